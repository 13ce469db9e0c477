# Ten minutes each of what test/fuzz/onnx.sh and tflite.sh do for less.
# REQUIRES: nightly-fuzz
# RUN: env SYSTOLE_FUZZ_SECONDS=600 bash %S/../fuzz/onnx.sh %t
# RUN: env SYSTOLE_FUZZ_SECONDS=600 bash %S/../fuzz/tflite.sh %t
