# One minute of damaged models for the ONNX importer, ten under test.sh
# --nightly=fuzz. What ever made it fail is kept in seeds/ and tried first.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

mkdir bad
"$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/onnx_files.py" bad bad "$SYSTOLE_MODELS/mnist.onnx"
find bad -name '*.onnx' -size -64k -exec cp {} corpus/ \;
cp "$SYSTOLE_MODELS/mnist.onnx" corpus/
fuzz_importers corpus "$SYSTOLE_SOURCE/test/fuzz/seeds"
