# Both face detectors on both pictures, within 1e-3 of an independent runtime;
# the full and the folded file give equal scores.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

folder=$corpus/ultraface
for picture in face grace_hopper; do
  tensors pixels "$folder/ref_pixels_${picture}_320.npy" $picture.npy
done
for model in version-RFB-320 version-RFB-320_simplified; do
  systole compile "$folder/$model.onnx" -o $model
  for picture in face grace_hopper; do
    ./$model --input $picture.npy --output-dir $model-$picture
    for output in scores boxes; do
      at_most "$(tensors absolute $model-$picture/$output.npy \
        "$folder/ref_${model}_${picture}_$output.npy")" 1e-3 "$model, $picture, $output"
    done
  done
done
for picture in face grace_hopper; do
  at_most "$(tensors absolute version-RFB-320-$picture/scores.npy \
    version-RFB-320_simplified-$picture/scores.npy)" 1e-5 "full against folded"
done
