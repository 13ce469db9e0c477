# An executable for riscv64, made here, reads the digits under qemu.
# REQUIRES: qemu-riscv64
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

systole compile "$models/mnist.onnx" --triple=riscv64-linux-gnu -o mnist
qemu-riscv64 ./mnist --input "$models/digits.npy" --each --output-dir out
[[ $(tensors predictions out/Plus214_Output_0.npy "$models/digits-labels.npy") == '10 of 10' ]] ||
  fail "wrong digits"
