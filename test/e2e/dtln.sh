# The denoiser's two stages over speech, states carried: cpu = interpreter.
# Blocks of 512 samples, shift 128, magnitudes of their real Fourier transform.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

folder=$corpus/dtln-noise-suppression
tensors dtln "$corpus/silero-vad/test.wav" magnitudes.npy frames.npy 100000
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
for stage in 1 2; do
  for file in interpreter-$stage/*.npy; do
    at_most "$(tensors absolute "cpu-$stage/$(basename "$file")" "$file")" 1e-5 \
      "stage $stage, $(basename "$file")"
  done
done
