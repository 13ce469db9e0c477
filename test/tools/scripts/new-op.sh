# new-op.sh makes an operation that the generator accepts, code that compiles,
# and a test for each of its constraints; it refuses what exists.
# RUN: bash %s %t
set -euo pipefail

work=$1
rm -rf "$work"
mkdir -p "$work/tree" "$work/inc/dialects/Graph/IR"
cd "$SYSTOLE_SOURCE"
tar -cf - dialects passes backends frontend tools test | tar -xf - -C "$work/tree"
cd "$work/tree"

./tools/scripts/new-op.sh cube_root --onnx=CubeRoot:22
grep -q '{"CubeRoot", 22, kNewestOpset, importCubeRoot},' frontend/Onnx/NeuralOps.cpp
not ./tools/scripts/new-op.sh cube_root 2>&1 | grep 'graph.cube_root exists'
not ./tools/scripts/new-op.sh CubeRoot 2>&1 | grep 'is not a name'

# The constraint has its test, and would be missed.
./tools/scripts/check-spec-ids.sh
rm test/dialects/Graph/cube_root-errors.mlir
not ./tools/scripts/check-spec-ids.sh 2>&1 | grep '@cube_root_c1'

llvm=$(dirname "$(dirname "$(command -v mlir-tblgen)")")
# Generated code, from the changed definitions, before that of the build.
generate() {
  mlir-tblgen "$1" -I . -I "$llvm/include" dialects/Graph/IR/GraphOps.td \
    -o "$work/inc/dialects/Graph/IR/$2"
}
generate -gen-op-decls GraphOps.h.inc
generate -gen-op-defs GraphOps.cpp.inc
for file in dialects/Graph/IR/CubeRootOp.cpp dialects/Graph/Interpreter/CubeRootEval.cpp \
  backends/Cpu/LowerCubeRoot.cpp; do
  clang++-22 -std=c++17 -fsyntax-only -fno-exceptions -Wall -Wextra -Wno-unused-parameter \
    -I . -I "$work/inc" -I "$SYSTOLE_BUILD" \
    -isystem "$llvm/include" "$file"
done
