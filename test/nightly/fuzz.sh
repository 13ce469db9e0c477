# Ten minutes of what test/fuzz/onnx.sh does for one.
# REQUIRES: nightly-fuzz
# RUN: env SYSTOLE_FUZZ_SECONDS=600 bash %S/../fuzz/onnx.sh %t
