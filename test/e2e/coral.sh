# Published 8-bit models see what their pictures show.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

coral=$corpus/coral-tflite
look() { "$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/coral.py" "$@"; }

v2=$coral/mobilenet_v2_1.0_224_quant.tflite
look label "$v2" 224 "$coral/cat.bmp" 286
look label "$v2" 224 "$coral/grace_hopper.bmp" 653
look label "$v2" 224 "$coral/sunflower.bmp" 986
look label "$v2" 224 "$coral/bird.bmp" 20
v1=$coral/mobilenet_v1_0.25_128_quant.tflite
look label "$v1" 128 "$coral/cat.bmp" 286
look label "$v1" 128 "$coral/sunflower.bmp" 986
bird=$(grep -n 'Poecile atricapillus' "$coral/inat_bird_labels.txt" | head -1)
look label "$coral/mobilenet_v2_1.0_224_inat_bird_quant.tflite" 224 \
  "$coral/bird.bmp" "$((${bird%%:*} - 1))"
look segment "$coral/deeplabv3_mnv2_dm05_pascal_quant.tflite" \
  "$coral/bird_segmentation.bmp" "$coral/bird_segmentation_mask.bmp" 3 0.96 0.83
look pose "$coral/movenet_single_pose_lightning_ptq.tflite" 192 \
  "$coral/squat.bmp" "$coral/movenet_single_pose_lightning_ptq_reference.csv" 0.05
look digit "$coral/keras_lstm_mnist_ptq.tflite" "$coral/mnist_nine.bmp" 9
