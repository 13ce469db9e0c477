# Same model, options and CPU: the same bytes, twice, from different folders
# and under a different name of the model's folder.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p one two/deeper
cp "$models/mnist.onnx" one/mnist.onnx
cp "$models/mnist.onnx" two/deeper/mnist.onnx
for emit in exe obj module mlir; do
  (cd one && systole compile mnist.onnx --emit=$emit --no-cache -o out.$emit)
  (cd two && SYSTOLE_CACHE=$PWD/cache systole compile deeper/mnist.onnx --emit=$emit -o out.$emit)
done
for emit in exe module mlir; do
  cmp one/out.$emit two/out.$emit
done
for file in one/out.obj* one/out.o one/out.h; do
  [[ ! -e $file ]] || cmp "$file" "two/${file#one/}"
done
