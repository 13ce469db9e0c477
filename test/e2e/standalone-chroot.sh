# The executable needs nothing but itself: it runs in a chroot that holds only
# it and its input, and it asks for no interpreter and no library.
# REQUIRES: root
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

mkdir root
systole compile "$models/mnist.onnx" -o root/mnist
cp "$models/digits.npy" root/
(cd root && "$(command -v chroot)" . /mnist --input /digits.npy --each --output-dir /out)
[[ $(tensors predictions root/out/Plus214_Output_0.npy "$models/digits-labels.npy") == '10 of 10' ]] ||
  fail "wrong digits"
llvm-readelf -l root/mnist >segments.txt
! grep -Eq 'INTERP|DYNAMIC' segments.txt || fail "the executable is not static"
