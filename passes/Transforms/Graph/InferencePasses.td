//===- InferencePasses.td - Passes that know more ----------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_INFERENCEPASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_INFERENCEPASSES

include "passes/Transforms/Graph/GraphPass.td"

def GraphInferShapes : Graph_Pass<"graph-infer-shapes"> {
  let summary = "Refine result types to what operands imply, to a fixed point";
  let description = [{
    Each operation's result type becomes the meet of what it declares and what its
    operands imply. Regions are followed: an `if` has what both branches agree on,
    a `while` starts from its initial values and widens a carried dimension that
    its body changes, a `group` passes types through, a function's signature
    follows what it returns, and its callers follow that.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>) -> tensor<*xf32> {
      %y = graph.exp %x : (tensor<2x3xf32>) -> tensor<*xf32>
      return %y : tensor<*xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```

    **Precondition.** Declared types are true of every run.
    **Postcondition.** Running the pass again changes nothing.
    **Limits.** Values that shapes depend on are followed only as far as the
    operations' own inference does; `graph-fold-shapes` goes further. Arguments of
    functions, and what is passed for them, keep their types: inline calls first.
  }];
  let statistics = [
    Statistic<"numTypesRefined", "num-types-refined", "Result types made more precise">,
    Statistic<"numTypesWidened", "num-types-widened", "Carried types widened because a loop changes them">];
}

def GraphFoldShapes : Graph_Pass<"graph-fold-shapes"> {
  let summary = "Replace shape arithmetic by what is known of its result";
  let description = [{
    Small integer tensors computed from `shape_of` are followed element by element,
    so that one unknown dimension does not hide the known ones. What is known
    entirely becomes a constant. A reshape whose target has one unknown entry gets
    a constant target with -1 there; entries that are the input's own dimensions
    become copied zeros; known entries refine the result type.

    Before:
    ```mlir
    func.func @main(%x: tensor<?x4x4xf32>) -> tensor<?x?xf32> {
      %zero = graph.constant dense<0> : tensor<1xi64>
      %flat = graph.constant dense<16> : tensor<1xi64>
      %shape = graph.shape_of %x : (tensor<?x4x4xf32>) -> tensor<3xi64>
      %batch = graph.gather %shape, %zero {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
      %target = graph.concat %batch, %flat {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
      %y = graph.reshape %x, %target : (tensor<?x4x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
      return %y : tensor<?x?xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<?x4x4xf32>) -> tensor<?x16xf32> {
      %target = graph.constant dense<[-1, 16]> : tensor<2xi64>
      %y = graph.reshape %x, %target : (tensor<?x4x4xf32>, tensor<2xi64>) -> tensor<?x16xf32>
      return %y : tensor<?x16xf32>
    }
    ```

    **Precondition.** None; types from `graph-infer-shapes` make it find more.
    **Postcondition.** No reshape has a computed target that a constant could say.
    **Limits.** Tensors of rank 0 or 1 with at most 64 elements.
  }];
  let statistics = [
    Statistic<"numValuesFolded", "num-values-folded", "Integer tensors replaced by constants">,
    Statistic<"numTargetsFolded", "num-targets-folded", "Reshape targets made constant with a -1 or 0">];
}

def GraphFoldConstants : Graph_Pass<"graph-fold-constants"> {
  let summary = "Evaluate operations whose operands are constants";
  let description = [{
    The reference interpreter evaluates each operation that has only constant
    operands; its results become constants. An `if` on a constant condition is
    replaced by the branch taken.

    Before:
    ```mlir
    func.func @main() -> tensor<2xf32> {
      %a = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
      %b = graph.constant dense<3.0> : tensor<f32>
      %y = graph.mul %a, %b : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main() -> tensor<2xf32> {
      %y = graph.constant dense<[3.0, 6.0]> : tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** What was folded has the interpreter's values, bit for bit.
    **Limits.** A result may not be larger than the operation's inputs (four times
    as large for element-wise operations: weights are kept in few bits), or than
    `max-bytes` if that is more, and may cost at most `max-macs`. Loops are not
    run. An operation whose evaluation fails (an index out of range) stays, and
    fails when it runs.
  }];
  let options = [
    Option<"maxBytes", "max-bytes", "int64_t", "1048576",
           "Largest result, in bytes, of operations whose inputs are smaller">,
    Option<"maxMacs", "max-macs", "int64_t", "100000000",
           "Most multiply-accumulates that folding one operation may take">];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Operations evaluated">,
    Statistic<"numBranchesFolded", "num-branches-folded", "Conditionals replaced by a branch">,
    Statistic<"numTooLarge", "num-too-large", "Operations left because of a limit">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_INFERENCEPASSES
