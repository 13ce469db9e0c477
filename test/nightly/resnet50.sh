# ResNet-50: logits within 1e-4 of ONNX Runtime's on 8 inputs, compiled in 20 s
# and 1.5 GB or less, at most 3 times as slow on one thread.
# REQUIRES: nightly-resnet50
# RUN: bash %s
exec "$SYSTOLE_SOURCE/bench/resnet50/run.sh" --check
