# ESPCN, dynamic height and width: 31.00 +- 0.01 dB against the true picture.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

folder=$corpus/super-resolution-espcn
for device in cpu interpreter; do
  systole run "$folder/super_resolution_core.onnx" --device=$device \
    --input "$folder/ref_input.npy" --output-dir $device
  decibels=$(tensors psnr $device/*.npy "$folder/hires_y.npy" 6)
  echo "$device: $decibels dB"
  tensors within "$decibels" 31.00 0.01
  at_most "$(tensors absolute $device/*.npy "$folder/ref_output.npy")" 1e-3 \
    "$device against OpenCV"
done

# The whole file has operators of a private domain: all of them are named.
refused 1 'DecodeImage' systole compile -o whole \
  "$folder/pytorch_superresolution_with_pre_post_processing_op18.onnx"
grep -q EncodeImage stderr.txt || fail "only the first unsupported operator is named"
[[ ! -e whole ]] || fail "a partial output file is left"
