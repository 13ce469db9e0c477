//===- GraphVariableOps.td - State of a model --------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_VARIABLE_OPS
#define SYSTOLE_GRAPH_VARIABLE_OPS

include "dialects/Graph/IR/GraphOpBase.td"
include "mlir/IR/SymbolInterfaces.td"

/// All variables together; an effect also names the one that it is on.
def Graph_Variables : Resource<"::systole::graph::VariableResource">;

def Graph_VariableOp : Graph_Op<"variable", [Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "A tensor that outlives a run";
  let description = [{
    **Semantics.** Declares a part of the model's state: a tensor that all functions
    of the module share and that keeps its value between runs. A state begins with
    every variable at its `initial` value, zeros where there is none; then the
    functions marked `graph.initializer` run, in the module's order.

    A variable marked `per_sample` takes its initial value again before each sample
    of a data set (`run --each`); the others keep theirs for the whole of it. Both
    keep it between the calls of a program that links the model, until it resets
    the state.

    **Constraints.**
    - C1: `type` is a ranked tensor of static shape whose elements are no strings.
    - C2: `initial` has this type.

    **Example.**
    ```mlir
    graph.variable @steps = dense<0> : tensor<i64>
    graph.variable @hidden per_sample : tensor<1x4xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type,
    OptionalAttr<ElementsAttr>:$initial, UnitAttr:$per_sample);
  let assemblyFormat = [{
    $sym_name (`per_sample` $per_sample^)? custom<TypeOrInitial>($type, $initial) attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The type as the verifier guarantees it.
    ::mlir::RankedTensorType getTensorType() {
      return ::llvm::cast<::mlir::RankedTensorType>(getType());
    }
  }];
}

def Graph_ReadVariableOp : Graph_Op<"read_variable", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "The value of a variable at this moment";
  let description = [{
    **Semantics.** `result` is the value that the variable has when this operation
    runs; what is assigned later does not change it. Reads and assignments of one
    variable happen in the program's order: that of a block, of iterations, and of
    calls.

    **Constraints.**
    - C1: `variable` names a `graph.variable` of the module.
    - C2: the result has the variable's type.

    **Example.**
    ```mlir
    %h = graph.read_variable @hidden : tensor<1x4xf32>
    ```
  }];
  let arguments = (ins Arg<FlatSymbolRefAttr, "", [MemRead<Graph_Variables>]>:$variable);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$variable attr-dict `:` type($result)";
}

def Graph_AssignVariableOp : Graph_Op<"assign_variable", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "Gives a variable a new value";
  let description = [{
    **Semantics.** From now on the variable has the value `value`, until it is
    assigned again or its state is reset. A run that fails leaves every variable
    as it was before the run.

    **Constraints.**
    - C1: `variable` names a `graph.variable` of the module.
    - C2: `value` has the variable's element type and a compatible shape; when the
      operation runs, its shape is the variable's.

    **Example.**
    ```mlir
    graph.assign_variable @hidden, %next : tensor<1x4xf32>
    ```
  }];
  let arguments = (ins Arg<FlatSymbolRefAttr, "", [MemWrite<Graph_Variables>]>:$variable,
    Graph_Tensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($value)";
}

#endif // SYSTOLE_GRAPH_VARIABLE_OPS
