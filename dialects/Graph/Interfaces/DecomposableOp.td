//===- DecomposableOp.td - Operations said in graph operations -*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERFACES_DECOMPOSABLEOP
#define SYSTOLE_DIALECTS_GRAPH_INTERFACES_DECOMPOSABLEOP

include "mlir/IR/OpBase.td"

def Graph_DecomposableOp : OpInterface<"DecomposableOp"> {
  let cppNamespace = "::systole::graph";
  let description = [{
    An operation of another dialect that can say itself in graph operations.

    This is how a plugin adds an operation: its passes match it as a whole in the
    phases `import` and `simplify`; the pass `graph-decompose` then replaces it, so
    that it works on every device; and the interpreter computes it by what it
    decomposes into.
  }];
  let methods = [
    InterfaceMethod<[{
        Emits graph operations at `builder` and returns a value for each result, of
        exactly its type. On failure an error has been emitted; operations that
        were built are removed by the caller.
      }],
      "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "decompose",
      (ins "::mlir::OpBuilder &":$builder)>
  ];
}

#endif // SYSTOLE_DIALECTS_GRAPH_INTERFACES_DECOMPOSABLEOP
