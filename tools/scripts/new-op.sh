#!/usr/bin/env bash
# Creates all the places of a new graph operation, and tests for it that fail
# until each place is written.
# Usage: new-op.sh NAME [--onnx=OPERATOR:SINCE]
#   NAME                    as in graph.NAME: cube_root
#   --onnx=OPERATOR:SINCE   also an importer row, from that operator set on
# Example: new-op.sh cube_root --onnx=CubeRoot:22
#
# What is made compiles. Each function reports at run time that it is not
# written yet, so nothing wrong can be computed by mistake. It starts as one
# numeric tensor in, one out: change the operands in the .td file first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
}
fail() {
  echo "new-op.sh: error: $1" >&2
  exit "${2:-1}"
}

name=
onnx=
for argument in "$@"; do
  case $argument in
    -h | --help) usage && exit 0 ;;
    --onnx=*:*) onnx=${argument#*=} ;;
    -*) fail "unknown option '$argument'; see --help" 2 ;;
    *) name=$argument ;;
  esac
done
[[ $name =~ ^[a-z][a-z0-9]*(_[a-z0-9]+)*$ ]] ||
  fail "'$name' is not a name such as cube_root; see --help" 2
class=$(sed -E 's/(^|_)([a-z0-9])/\U\2/g' <<<"$name")

definitions=dialects/Graph/IR/GraphNeuralOps.td
evaluate=dialects/Graph/Interpreter/Evaluate.h
interpreter=dialects/Graph/Interpreter/Interpreter.cpp
lowerings=backends/Cpu/Lowerings.h
dispatch=backends/Cpu/LowerControl.cpp
importer=frontend/Onnx/NeuralOps.cpp

! grep -rqE "Graph_${class}Op\b" dialects/Graph/IR || fail "graph.$name exists"

# insert FILE BEFORE: puts standard input before the first line that contains
# BEFORE, or fails without changing anything.
insert() {
  local file=$1 before=$2 text
  # The letter keeps the blank lines at the end.
  text=$(cat && echo x)
  grep -qF -- "$before" "$file" ||
    fail "$file has no line with '$before' any more: mend this script"
  text=${text%x} before=$before awk '
    !done && index($0, ENVIRON["before"]) { printf "%s", ENVIRON["text"]; done = 1 }
    { print }' "$file" >"$file.new"
  mv "$file.new" "$file"
  echo "  changed  $file"
}

# banner FILE DESCRIPTION: the head of a source file.
banner() {
  printf '//===- %s - %s -===//\n' "$(basename "$1")" "$2"
  cat <<END
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

END
}

create() {
  mkdir -p "$(dirname "$1")"
  cat >"$1"
  echo "  created  $1"
}

echo "graph.$name:"

# The specification.
insert "$definitions" '#endif // SYSTOLE_GRAPH_NEURAL_OPS' <<END
def Graph_${class}Op : Graph_InferredOp<"$name"> {
  let summary = "What $name computes, in one line";
  let description = [{
    **Semantics.** \`result\` as a formula of the operands.

    **Constraints.**
    - C1: what must hold between operands, attributes and the result.

    **Example.**
    \`\`\`mlir
    %y = graph.$name %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
    \`\`\`
  }];
  let arguments = (ins Graph_NumericTensor:\$input);
  let results = (outs Graph_NumericTensor:\$result);
  let assemblyFormat = "\$input attr-dict \`:\` functional-type(operands, results)";
}

END

# Verification and shape inference.
file=dialects/Graph/IR/${class}Op.cpp
{
  banner "$file" "Inference of graph.$name"
  cat <<END
#include "dialects/Graph/IR/InferUtils.h"

using namespace mlir;
using namespace systole::graph;

LogicalResult ${class}Op::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                           Adaptor adaptor,
                                           InferredTypeList &types) {
  // C1
  return inferError<${class}Op>(location, "has no shape inference yet: write $file");
}
END
} | create "$file"

# The oracle.
insert "$evaluate" '// Helpers (EvaluateSupport.cpp)' <<END
// ${class}Eval.cpp.
Evaluated evaluate(${class}Op op, Operands operands);

//===----------------------------------------------------------------------===//
END
# The bar above the title stood there already: the new lines go before it.
awk '{ lines[NR] = $0 }
     END { for (i = 1; i <= NR; ++i)
             if (lines[i] ~ /^\/\/===-+===\/\/$/ && lines[i + 1] ~ /^\/\/ [A-Z][A-Za-z0-9]*Eval\.cpp\.$/) continue
             else print lines[i] }' "$evaluate" >"$evaluate.new"
mv "$evaluate.new" "$evaluate"
grep -q 'Op>;$' "$interpreter" || fail "$interpreter has no list of operations any more"
sed -i "0,/Op>;\$/s//Op, ${class}Op>;/" "$interpreter"
echo "  changed  $interpreter"
file=dialects/Graph/Interpreter/${class}Eval.cpp
{
  banner "$file" "What graph.$name means"
  cat <<END
#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"

using namespace mlir;

namespace systole::graph {

Evaluated evaluate(${class}Op op, Operands operands) {
  return op.emitOpError("has no interpreter yet: write $file");
}

} // namespace systole::graph
END
} | create "$file"

# The CPU.
insert "$lowerings" '//===--- Shared pieces ---===//' <<END
mlir::LogicalResult lower${class}(HostBuilder &host, graph::${class}Op op);

END
insert "$dispatch" '.Default([&](Operation *) -> LogicalResult {' <<END
      .Case<graph::${class}Op>([&](auto typed) { return lower${class}(host, typed); })
END
file=backends/Cpu/Lower${class}.cpp
{
  banner "$file" "graph.$name for the CPU"
  cat <<END
#include "backends/Cpu/Lowerings.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

LogicalResult systole::cpu::lower${class}(HostBuilder &host, graph::${class}Op op) {
  return op.emitOpError("has no CPU lowering yet: write $file");
}
END
} | create "$file"

# The importer.
if [[ -n $onnx ]]; then
  insert "$importer" 'llvm::ArrayRef<Operator> neuralOperators() {' <<END
static void import${onnx%:*}(Node &n) {
  n.error("the importer of this operator is not written yet (frontend/Onnx)");
}

END
  # The end of that function's table.
  row="      {\"${onnx%:*}\", ${onnx#*:}, kNewestOpset, import${onnx%:*}},"
  row=$row awk '
    /neuralOperators\(\) \{/ { inside = 1 }
    inside && /^  };/ { print ENVIRON["row"]; inside = 0 }
    { print }' "$importer" >"$importer.new"
  mv "$importer.new" "$importer"
fi

# The tests, which fail until the places above are written.
create "test/dialects/Graph/$name.mlir" <<END
// graph.$name: parses, prints, and gives the specified numbers on every device.
// RUN: systole-opt %s | systole-opt | FileCheck %s
// RUN: systole compile %s -o %t && %t --selftest

// CHECK-LABEL: func.func @main
// CHECK: graph.$name
func.func @main(%x: tensor<2x3xf32> {graph.name = "x"})
    -> (tensor<2x3xf32> {graph.name = "y"}) attributes {graph.entry} {
  %y = graph.$name %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
END
create "test/dialects/Graph/$name-errors.mlir" <<END
// Each constraint of graph.$name, broken.
// RUN: systole-opt %s -split-input-file -verify-diagnostics

func.func @${name}_c1(%x: tensor<2x3xf32>) -> tensor<5xf32> {
  // expected-error @+1 {{the message of C1}}
  %y = graph.$name %x : (tensor<2x3xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}
END

cat <<END
Next: write the specification, then make the two tests pass, place by place:
  ./tools/scripts/build.sh && lit-22 -v build/test --filter=Graph/$name
Elementwise operations are shorter: see Graph_DocumentedUnary in
dialects/Graph/IR/GraphElementwiseOps.td. docs/developer/README.md has the rest.
END
