# Twenty seconds of damaged models for the TFLite importer, ten minutes under
# test.sh --nightly=fuzz.
# RUN: bash %s %t
: "${SYSTOLE_FUZZ_SECONDS:=20}"
source "$(dirname "$0")/lib.sh" "$1"

# The tests' own models: each is small, and together they have most structures.
for text in "$SYSTOLE_SOURCE"/test/frontend/Tflite/*.test; do
  "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/frontend/Tflite/Inputs/make.py" \
    "$SYSTOLE_SOURCE/frontend/Tflite/tflite.fbs" "$text" \
    "corpus/$(basename "$text" .test).tflite"
done
fuzz_importers corpus
