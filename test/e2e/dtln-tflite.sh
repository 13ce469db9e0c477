# The denoiser's two stages are one network in two formats: over speech, states
# carried, TensorFlow Lite's file gives what the ONNX file gives.
# Here over the first three seconds; test.sh --nightly=models takes the whole
# file.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

folder=$corpus/dtln-noise-suppression
tensors dtln "$corpus/silero-vad/test.wav" magnitudes.npy frames.npy \
  "${SYSTOLE_DTLN_FRAMES:-400}"

# stage NUMBER STATE INPUT FILE OUTPUT NEXT-STATE: both formats on one input.
stage() {
  systole run "$folder/model_$1.onnx" --each --carry "$6=$2" --input "$3=$4" \
    --output-dir onnx-$1
  systole run "$folder/model_$1.tflite" --each --carry "Identity_1=$2" \
    --input "$3=$4" --output-dir tflite-$1
  at_most "$(tensors absolute "tflite-$1/Identity.npy" "onnx-$1/$5.npy")" 1e-5 \
    "stage $1"
  at_most "$(tensors difference "tflite-$1/Identity_1.npy" "onnx-$1/$6.npy")" \
    1e-5 "stage $1, state"
}

stage 1 input_3 input_2 magnitudes.npy activation_2 tf_op_layer_stack_2
tensors masked frames.npy onnx-1/activation_2.npy estimates.npy
stage 2 input_5 input_4 estimates.npy conv1d_3 tf_op_layer_stack_5
