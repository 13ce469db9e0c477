//===- FusionPasses.td - Passes that form kernels ----------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_FUSIONPASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_FUSIONPASSES

include "passes/Transforms/Graph/GraphPass.td"

def GraphRecomputeCheap : Graph_Pass<"graph-recompute-cheap"> {
  let summary = "Compute cheap values in each kernel that reads them";
  let description = [{
    A cheap element-wise result with several readers is computed once for each,
    where the readers are element-wise operations of its shape and reading its
    operands again moves fewer bytes than writing and reading the result. The
    fusing passes then take each copy into its reader's kernel.

    Before:
    ```mlir
    func.func @main(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
      %r = graph.relu %x : (tensor<8xf32>) -> tensor<8xf32>
      %a = graph.exp %r : (tensor<8xf32>) -> tensor<8xf32>
      %b = graph.tanh %r : (tensor<8xf32>) -> tensor<8xf32>
      return %a, %b : tensor<8xf32>, tensor<8xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
      %r = graph.relu %x : (tensor<8xf32>) -> tensor<8xf32>
      %a = graph.exp %r : (tensor<8xf32>) -> tensor<8xf32>
      %s = graph.relu %x : (tensor<8xf32>) -> tensor<8xf32>
      %b = graph.tanh %s : (tensor<8xf32>) -> tensor<8xf32>
      return %a, %b : tensor<8xf32>, tensor<8xf32>
    }
    ```

    **Precondition.** Shapes inferred; to be followed by the fusing passes.
    **Postcondition.** Every result has the same bits as before.
    **Limits.** Static shapes. Operands must be in memory anyway; what a contraction
    computes or takes as its epilogue stays single.
  }];
  let options = [
    Option<"maxReaders", "max-readers", "unsigned", "8", "Most readers of one value">];
  let statistics = [
    Statistic<"numRecomputed", "num-recomputed", "Copies made">,
    Statistic<"numBytesSaved", "num-bytes-saved", "Bytes not moved, by the cost model">];
}

def GraphFuseAttention : Graph_Pass<"graph-fuse-attention"> {
  let summary = "Form groups of two matrix products and the softmax between them";
  let description = [{
    `softmax(q k * scale + mask) v` becomes one `"attention"` group, which a backend
    runs one head after the other: the scores of all heads are never in memory.
    Whatever element-wise operations stand between the products belong to it.

    Before:
    ```mlir
    func.func @main(%q: tensor<4x8x2xf32>, %k: tensor<4x2x8xf32>, %v: tensor<4x8x2xf32>) -> tensor<4x8x2xf32> {
      %s = graph.matmul %q, %k : (tensor<4x8x2xf32>, tensor<4x2x8xf32>) -> tensor<4x8x8xf32>
      %p = graph.softmax %s {axis = 2 : i64} : (tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
      %y = graph.matmul %p, %v : (tensor<4x8x8xf32>, tensor<4x8x2xf32>) -> tensor<4x8x2xf32>
      return %y : tensor<4x8x2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%q: tensor<4x8x2xf32>, %k: tensor<4x2x8xf32>, %v: tensor<4x8x2xf32>) -> tensor<4x8x2xf32> {
      %y = graph.group "attention" (%gq = %q, %gk = %k, %gv = %v) : (tensor<4x8x2xf32>, tensor<4x2x8xf32>, tensor<4x8x2xf32>) -> (tensor<4x8x2xf32>) {
        %s = graph.matmul %gq, %gk : (tensor<4x8x2xf32>, tensor<4x2x8xf32>) -> tensor<4x8x8xf32>
        %p = graph.softmax %s {axis = 2 : i64} : (tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
        %o = graph.matmul %p, %gv : (tensor<4x8x8xf32>, tensor<4x8x2xf32>) -> tensor<4x8x2xf32>
        graph.yield %o : tensor<4x8x2xf32>
      }
      return %y : tensor<4x8x2xf32>
    }
    ```

    **Precondition.** Shapes inferred, layouts chosen.
    **Postcondition.** The group computes the same values at the place of the second
    product. Each of its tensors has at most the scores' leading dimensions.
    **Limits.** f32 and f64, several heads, softmax along the last dimension; nothing
    outside reads the scores.
  }];
  let options = [
    Option<"maxOps", "max-ops", "unsigned", "32", "Most operations in one group">];
  let statistics = [
    Statistic<"numGroups", "num-groups", "Groups formed">,
    Statistic<"numOpsGrouped", "num-ops-grouped", "Operations moved into groups">];
}

def GraphFuseRows : Graph_Pass<"graph-fuse-rows"> {
  let summary = "Form groups of reductions along rows and what surrounds them";
  let description = [{
    Reductions along the last dimension, and element-wise operations on their
    operands and results, become one `"rows"` group that a backend runs row by row:
    normalisations, sums of products, and what exporters write out in a dozen
    operations that each pass over the whole tensor. Operands are rows, one number
    for each row, one row for all of them, or one number.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %m = graph.reduce mean, %x {axes = array<i64: 1>, keep_dims} : (tensor<2x8xf32>) -> tensor<2x1xf32>
      %c = graph.sub %x, %m : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
      return %c : tensor<2x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %c = graph.group "rows" (%gx = %x) : (tensor<2x8xf32>) -> (tensor<2x8xf32>) {
        %m = graph.reduce mean, %gx {axes = array<i64: 1>, keep_dims} : (tensor<2x8xf32>) -> tensor<2x1xf32>
        %s = graph.sub %gx, %m : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
        graph.yield %s : tensor<2x8xf32>
      }
      return %c : tensor<2x8xf32>
    }
    ```

    **Precondition.** Shapes inferred, layouts chosen.
    **Postcondition.** The group computes the same values at the place of its last
    operation.
    **Limits.** f32 and f64, `keep_dims`, one result. What a contraction takes as its
    epilogue stays with it; a costly function that two sweeps over a row would need
    stays outside.
  }];
  let options = [
    Option<"maxOps", "max-ops", "unsigned", "64", "Most operations in one group">];
  let statistics = [
    Statistic<"numGroups", "num-groups", "Groups formed">,
    Statistic<"numOpsGrouped", "num-ops-grouped", "Operations moved into groups">];
}

def GraphFuseElementwise : Graph_Pass<"graph-fuse-elementwise"> {
  let summary = "Form groups of operations that a backend runs as one kernel";
  let description = [{
    Two kinds of `graph.group` are formed. A **contraction** (`"conv"`, `"matmul"`)
    takes the element-wise operations after it that keep the shape of its result;
    their other operands have that shape, vary only along its last dimension, or
    have one element. What remains element-wise is joined with its producers into
    `"elementwise"` groups of one shape, whose operands may broadcast freely. A
    group has one result: an intermediate that is needed outside ends it.
    In the group, a contraction comes first; constants of one element are copied
    into it, all else are operands.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
      %z = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
      %s = graph.add %z, %b : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
      %y = graph.relu %s : (tensor<2x4xf32>) -> tensor<2x4xf32>
      return %y : tensor<2x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>, %b: tensor<4xf32>) -> tensor<2x4xf32> {
      %y = graph.group "matmul" (%gx = %x, %gw = %w, %gb = %b)
          : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<4xf32>) -> (tensor<2x4xf32>) {
        %z = graph.matmul %gx, %gw : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
        %s = graph.add %z, %gb : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
        %r = graph.relu %s : (tensor<2x4xf32>) -> tensor<2x4xf32>
        graph.yield %r : tensor<2x4xf32>
      }
      return %y : tensor<2x4xf32>
    }
    ```

    **Precondition.** Shapes inferred, layouts chosen.
    **Postcondition.** The group computes the same values at the place of its last
    operation.
    **Limits.** Shapes must be equal by type, or by construction where they are
    dynamic. Softmax and pooling stay alone; reductions are `graph-fuse-rows`'.
  }];
  let options = [
    Option<"maxOps", "max-ops", "unsigned", "64", "Most operations in one group">];
  let statistics = [
    Statistic<"numGroups", "num-groups", "Groups formed">,
    Statistic<"numOpsGrouped", "num-ops-grouped", "Operations moved into groups">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_FUSIONPASSES
