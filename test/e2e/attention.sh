# Attention runs head by head on the cpu and gives what the interpreter gives:
# with scale and masks of several shapes, keys that heads share, numbers of heads
# and batches that are known only when it runs.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

# check NAME INPUT=SHAPE...: NAME.mlir forms the group, and both devices agree on
# seeded inputs.
check() {
  local name=$1 arguments=()
  shift
  "$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" "$name" "$@" <<'END'
import random
import sys

sys.path.insert(0, sys.argv[1])
import tensors

random.seed(sys.argv[2])
for spec in sys.argv[3:]:
    name, sizes = spec.split("=")
    shape = [int(size) for size in sizes.split("x")]
    count = 1
    for size in shape:
        count *= size
    if name == "keep":
        tensors.save(f"{name}.npy", shape, [i % 3 != 1 for i in range(count)], "|b1")
    else:
        tensors.save(f"{name}.npy", shape, [random.gauss(0, 1) for i in range(count)])
END
  for input; do
    arguments+=(--input "${input%%=*}=${input%%=*}.npy")
  done
  systole compile "$name.mlir" --compile-to=fuse -o "$name.fused.mlir"
  grep -q 'graph.group "attention"' "$name.fused.mlir" || fail "$name: no group"
  rm -rf out
  systole run "$name.mlir" --quiet --device=interpreter "${arguments[@]}" \
    --output-dir out
  systole run "$name.mlir" --quiet --device=cpu "${arguments[@]}" \
    --compare out/y.npy --rtol 1e-5 --atol 1e-6
}

# A scale, then a mask with one line for each batch entry: all of it is the first
# product's epilogue.
cat >masked.mlir <<'END'
func.func @main(%q: tensor<2x3x9x4xf32> {graph.name = "q"}, %k: tensor<2x3x4x7xf32> {graph.name = "k"}, %v: tensor<2x3x7x5xf32> {graph.name = "v"}, %m: tensor<2x1x1x7xf32> {graph.name = "m"}) -> (tensor<2x3x9x5xf32> {graph.name = "y"}) {
  %c = graph.constant dense<0.5> : tensor<1x1x1x1xf32>
  %s = graph.matmul %q, %k : (tensor<2x3x9x4xf32>, tensor<2x3x4x7xf32>) -> tensor<2x3x9x7xf32>
  %t = graph.mul %s, %c : (tensor<2x3x9x7xf32>, tensor<1x1x1x1xf32>) -> tensor<2x3x9x7xf32>
  %a = graph.add %t, %m : (tensor<2x3x9x7xf32>, tensor<2x1x1x7xf32>) -> tensor<2x3x9x7xf32>
  %p = graph.softmax %a {axis = 3 : i64} : (tensor<2x3x9x7xf32>) -> tensor<2x3x9x7xf32>
  %y = graph.matmul %p, %v : (tensor<2x3x9x7xf32>, tensor<2x3x7x5xf32>) -> tensor<2x3x9x5xf32>
  return %y : tensor<2x3x9x5xf32>
}
END
check masked q=2x3x9x4 k=2x3x4x7 v=2x3x7x5 m=2x1x1x7

# Keys that all heads share, values that all batch entries share, a boolean mask of
# queries by keys.
cat >shared.mlir <<'END'
func.func @main(%q: tensor<2x3x9x4xf32> {graph.name = "q"}, %k: tensor<2x1x4x7xf32> {graph.name = "k"}, %v: tensor<3x7x5xf32> {graph.name = "v"}, %keep: tensor<9x7xi1> {graph.name = "keep"}) -> (tensor<2x3x9x5xf32> {graph.name = "y"}) {
  %low = graph.constant dense<-1.0e30> : tensor<f32>
  %s = graph.matmul %q, %k : (tensor<2x3x9x4xf32>, tensor<2x1x4x7xf32>) -> tensor<2x3x9x7xf32>
  %a = graph.select %keep, %s, %low : (tensor<9x7xi1>, tensor<2x3x9x7xf32>, tensor<f32>) -> tensor<2x3x9x7xf32>
  %p = graph.softmax %a {axis = 3 : i64} : (tensor<2x3x9x7xf32>) -> tensor<2x3x9x7xf32>
  %y = graph.matmul %p, %v : (tensor<2x3x9x7xf32>, tensor<3x7x5xf32>) -> tensor<2x3x9x5xf32>
  return %y : tensor<2x3x9x5xf32>
}
END
check shared q=2x3x9x4 k=2x1x4x7 v=3x7x5 keep=9x7

# As many batch entries and queries as there are.
cat >dynamic.mlir <<'END'
func.func @main(%q: tensor<?x?x4xf32> {graph.name = "q"}, %v: tensor<9x5xf32> {graph.name = "v"}, %k: tensor<4x9xf32> {graph.name = "k"}) -> (tensor<?x?x5xf32> {graph.name = "y"}) {
  %s = graph.matmul %q, %k : (tensor<?x?x4xf32>, tensor<4x9xf32>) -> tensor<?x?x9xf32>
  %p = graph.softmax %s {axis = 2 : i64} : (tensor<?x?x9xf32>) -> tensor<?x?x9xf32>
  %y = graph.matmul %p, %v : (tensor<?x?x9xf32>, tensor<9x5xf32>) -> tensor<?x?x5xf32>
  return %y : tensor<?x?x5xf32>
}
END
check dynamic q=3x6x4 v=9x5 k=4x9
