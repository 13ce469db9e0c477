# The denoiser's two stages over speech, states carried: cpu = interpreter.
# Blocks of 512 samples, shift 128, magnitudes of their real Fourier transform.
# Here over the first three seconds; test.sh --nightly=models takes the whole
# file, minutes of interpretation.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

folder=$corpus/dtln-noise-suppression
tensors dtln "$corpus/silero-vad/test.wav" magnitudes.npy frames.npy \
  "${SYSTOLE_DTLN_FRAMES:-400}"
systole inspect "$folder/model_1.onnx"
systole inspect "$folder/model_2.onnx"
for device in cpu interpreter; do
  systole run "$folder/model_1.onnx" --device=$device --each \
    --carry tf_op_layer_stack_2=input_3 --input input_2=magnitudes.npy \
    --output-dir $device-1
done
tensors masked frames.npy cpu-1/activation_2.npy estimates.npy
for device in cpu interpreter; do
  systole run "$folder/model_2.onnx" --device=$device --each \
    --carry tf_op_layer_stack_5=input_5 --input input_4=estimates.npy \
    --output-dir $device-2
done
# Outputs by absolute difference; states, which grow to tens, by relative.
for output in 1/activation_2 2/conv1d_3; do
  at_most "$(tensors absolute cpu-$output.npy interpreter-$output.npy)" 1e-5 \
    "stage $output"
done
for state in 1/tf_op_layer_stack_2 2/tf_op_layer_stack_5; do
  at_most "$(tensors difference cpu-$state.npy interpreter-$state.npy)" 1e-5 \
    "stage $state"
done
