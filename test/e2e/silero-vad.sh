# The voice detector over a minute of speech, its state carried from frame to
# frame: the static variant and the one with If, LSTM and dynamic shapes agree.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

folder=$corpus/silero-vad
tensors vad "$folder/test.wav" frames.npy
tensors scalar rate.npy 16000
systole inspect "$folder/silero_vad_16k_op15.onnx"
systole inspect "$folder/silero_vad_openvino_16k.onnx"
systole run "$folder/silero_vad_openvino_16k.onnx" --each --carry stateN=state \
  --input input=frames.npy --output-dir static
systole run "$folder/silero_vad_16k_op15.onnx" --each --carry stateN=state \
  --shape input=1x576 --input input=frames.npy --input sr=rate.npy --output-dir dynamic
at_most "$(tensors absolute static/output.npy dynamic/output.npy)" 1e-3 \
  "difference of the variants"
# A minute of speech has both: the detector is not stuck.
tensors spans static/output.npy 0.05 0.95
