# The standalone executable on 5,000 test digits: 4,915 +- 2 right, logits as
# OpenCV's, 120 kB at most with the weights inside.
# REQUIRES: shared
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

systole compile "$corpus/mnist-onnx-cntk/mnist.onnx" -o mnist
at_most "$(stat -c %s mnist)" 120000 "bytes of the executable"

tensors mnist "$corpus/data-mnist/t10k-first5000-images-idx3-ubyte.gz" digits.npy 5000
./mnist --input digits.npy --each --output-dir out
right=$(tensors accuracy out/Plus214_Output_0.npy \
  "$corpus/data-mnist/t10k-first5000-labels-idx1-ubyte.gz")
echo "$right right"
tensors within "${right% of 5000}" 4915 2
at_most "$(tensors difference out/Plus214_Output_0.npy \
  "$corpus/mnist-onnx-cntk/ref_logits_first500.npy")" 1e-3 "difference of logits"
