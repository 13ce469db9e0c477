# The ONNX models of the zoo, which tf2onnx wrote from TensorFlow and Keras, give
# what ONNX Runtime gave, on both devices.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

for device in interpreter cpu; do
  "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/zoo.py" "$SYSTOLE_SHARED/zoo" \
    '.*onnx.*' "$device"
done
