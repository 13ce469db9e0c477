# An installed tree works after being moved, without the source or build tree:
# both are hidden while it compiles.
# REQUIRES: mounts
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

# Outside the build tree, which is going to vanish.
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$SYSTOLE_BUILD" --prefix "$place/first" >install.txt
mv "$place/first" "$place/second"
cp "$models/mnist.onnx" "$models/digits.npy" "$place"
cp "$SYSTOLE_SOURCE/test/hw-sim/Inputs/copy.mlir" "$place"
for file in bin/systole bin/systole-opt bin/systole-lsp-server share/man/man1/systole.1 \
  share/man/man1/systole-reduce.1 share/bash-completion/completions/systole lib/libSystole.so include/systole/systole.h \
  lib/cmake/Systole/SystoleConfig.cmake share/systole/LICENSE \
  share/systole/machines/mxu-{8,16,32,64}.yaml share/systole/rtl/systole_pkg.sv; do
  [[ -e $place/second/$file ]] || fail "not installed: $file"
done
cat >"$place/inside.sh" <<'END'
set -eu
cd "$1"
mkdir nothing
mount --bind nothing "$SYSTOLE_BUILD"
mount --bind nothing "$SYSTOLE_SOURCE"
[ ! -e "$SYSTOLE_BUILD/bin" ]
second/bin/systole compile mnist.onnx --no-cache -o mnist
second/bin/systole run mnist.onnx --no-cache --input digits.npy --each --output-dir run
second/bin/systole-opt --help >help.txt
second/bin/systole-lsp-server --help >help.txt
# A preset by its name, and a machine file by its path.
second/bin/systole compile copy.mlir --emit=image -o named.img --target=mxu-32
second/bin/systole compile copy.mlir --emit=image -o path.img \
  --target=second/share/systole/machines/mxu-32.yaml
cmp named.img path.img
second/bin/systole-opt copy.mlir --isa-check-program -o checked.mlir
./mnist --input digits.npy --each --output-dir exe
cmp exe/Plus214_Output_0.npy run/Plus214_Output_0.npy
END
unshare -m /bin/sh "$place/inside.sh" "$place"
cp -r "$place/exe" .
[[ $(tensors predictions exe/Plus214_Output_0.npy "$models/digits-labels.npy") == '10 of 10' ]] ||
  fail "wrong digits"
# A sanitiser's messages name source files, so such a build may.
if [[ -z ${ASAN_OPTIONS-} ]] && grep -aq "$SYSTOLE_BUILD" "$place/second/bin/systole"; then
  fail "the build folder's path is inside"
fi
