# Operators of 16-bit numbers, cut from a speech codec: the same bits as the
# golden outputs of TensorFlow Lite's reference kernels; on the cpu every eighth.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

files=$corpus/tflite-seanet-int16-ops
"$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/tflite_files.py" seanet "$files" interpreter
"$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/tflite_files.py" seanet "$files" cpu 8
