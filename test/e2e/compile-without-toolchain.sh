# Making an executable needs no compiler, linker or libc development package:
# here their folders are empty and no program can be found.
# REQUIRES: mounts
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

mkdir nothing
cat >inside.sh <<'END'
set -eu
for folder in /usr/include /usr/lib/gcc /usr/lib/llvm-22/bin \
  /usr/lib/llvm-22/lib/clang /usr/share/cmake-3.25; do
  [ ! -d "$folder" ] || /bin/mount --bind nothing "$folder"
done
for file in crt1.o crti.o crtn.o Scrt1.o libc.a libc.so libm.a libm.so; do
  path=/usr/lib/x86_64-linux-gnu/$file
  [ ! -e "$path" ] || /bin/mount --bind /dev/null "$path"
done
PATH=$PWD/nothing
for tool in cc gcc clang clang-22 ld ld.lld as objcopy; do
  if command -v "$tool"; then exit 1; fi
done
[ ! -e /usr/include/stdio.h ]
"$SYSTOLE_BUILD/bin/systole" compile "$SYSTOLE_MODELS/mnist.onnx" -o mnist --no-cache
END
unshare -m /bin/sh inside.sh
./mnist --input "$models/digits.npy" --each --output-dir out
[[ $(tensors predictions out/Plus214_Output_0.npy "$models/digits-labels.npy") == '10 of 10' ]] ||
  fail "wrong digits"
