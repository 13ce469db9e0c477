# Published integer models recognise exactly as many samples as with TensorFlow
# Lite's reference kernels.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

right() {
  "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/tflite_files.py" right "$@"
}

clips=$corpus/data-speech-commands-kws01
right "$corpus/mlperf-tiny-kws-dscnn/kws_ref_model.tflite" cpu \
  "$clips/mfcc_int8.npy" "$clips/labels.npy" 0 449
pictures=$corpus/data-cifar10
right "$corpus/mlperf-tiny-ic-resnet8/pretrainedResnet_quant.tflite" cpu \
  "$pictures/lossless_train_x.npy" "$pictures/lossless_train_y.npy" 128 925
