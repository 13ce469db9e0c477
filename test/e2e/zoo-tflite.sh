# The TFLite models of the zoo give what TensorFlow Lite's reference kernels gave:
# integers the same bits. On the cpu some here, all under test.sh
# --nightly=models.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

zoo() {
  "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/tflite_files.py" zoo \
    "$SYSTOLE_SHARED/zoo" "$@"
}
if [[ -z ${SYSTOLE_TFLITE_ALL:-} ]]; then
  zoo interpreter '.*'
  zoo cpu 'mnist-functional|lstm-.*|geron-.*|linreg-.*'
else
  zoo cpu '.*'
fi
