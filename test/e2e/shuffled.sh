# A model means the same whatever the order of its nodes and the names of its
# tensors: the outputs of real models, written differently, are equal to the bit
# on the interpreter, and within rounding on the cpu.
# UNSUPPORTED: asan
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

same() {
  "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/Inputs/same_outputs.py" "$@"
}

same "$models/mnist.onnx" x=1x1x28x28
same "$corpus/dtln-noise-suppression/model_1.onnx" x=1x1x257 x=1x2x128x2
same "$corpus/super-resolution-espcn/super_resolution_core.onnx" x=1x1x224x224
# Two branches of an If, with an LSTM each.
same "$corpus/silero-vad/silero_vad_16k_op15.onnx" x=1x512 x=2x1x128 rate=16000
