//===- SimplifyPasses.td - Passes that make graphs smaller -*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_SIMPLIFYPASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_SIMPLIFYPASSES

include "passes/Transforms/Graph/GraphPass.td"

//===----------------------------------------------------------------------===//
// Simplifying
//===----------------------------------------------------------------------===//

def GraphSimplifyAlgebra : Graph_Pass<"graph-simplify-algebra"> {
  let summary = "Replace arithmetic by less or cheaper arithmetic";
  let description = [{
    Signs cancel, constants of neighbouring operations become one, powers and
    quotients by constants become products, conditions and reductions in two steps
    become one. New constants are the reference interpreter's.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %a = graph.constant dense<4.0> : tensor<f32>
      %b = graph.constant dense<2.0> : tensor<f32>
      %c = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
      %n = graph.neg %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
      %d = graph.div %n, %a : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %m = graph.mul %d, %b : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %s = graph.pow %m, %b : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %y = graph.add %s, %c : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %a = graph.constant dense<0.5> : tensor<f32>
      %c = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
      %n = graph.neg %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
      %m = graph.mul %n, %a : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %s = graph.mul %m, %m : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
      %y = graph.add %s, %c : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```

    **Precondition.** None; types from `graph-infer-shapes` make it find more.
    **Postcondition.** Shapes and element types are as before.
    **Limits.** Where `reassociate` is off, no result changes in any bit: then only
    integers, powers of two, comparisons and choices are simplified. A constant that
    would not be finite stops its rule.
  }];
  let options = [
    Option<"reassociate", "reassociate", "bool", "true",
           "Allow results to differ by rounding, and zeros by their sign">];
  let statistics = [
    Statistic<"numSimplified", "num-simplified", "Operations replaced by cheaper ones">,
    Statistic<"numConstantsMerged", "num-constants-merged", "Pairs of constants that became one">,
    Statistic<"numReductionsMerged", "num-reductions-merged", "Reductions merged or removed">];
}

def GraphSimplifyReshapes : Graph_Pass<"graph-simplify-reshapes"> {
  let summary = "Merge views, and broadcast only where elements are needed";
  let description = [{
    Of several `reshape`, `squeeze` and `unsqueeze` in a row, one or none is left. A
    view between a kernel and an element-wise operation goes behind the operation,
    so that they can be fused. A `broadcast` is removed where its reader broadcasts
    by itself, and goes behind an element-wise operation of which it is the only
    operand, so that fewer elements are computed.

    Before:
    ```mlir
    func.func @main(%x: tensor<4xf32>, %y: tensor<2x3x4xf32>) -> tensor<2x3x4x1xf32> {
      %shape = graph.constant dense<[2, 3, 4]> : tensor<3xi64>
      %b = graph.broadcast %x, %shape : (tensor<4xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
      %e = graph.exp %b : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
      %s = graph.add %e, %y : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
      %u = graph.unsqueeze %s {axes = array<i64: 0>} : (tensor<2x3x4xf32>) -> tensor<1x2x3x4xf32>
      %v = graph.unsqueeze %u {axes = array<i64: 4>} : (tensor<1x2x3x4xf32>) -> tensor<1x2x3x4x1xf32>
      %z = graph.squeeze %v {axes = array<i64: 0>} : (tensor<1x2x3x4x1xf32>) -> tensor<2x3x4x1xf32>
      return %z : tensor<2x3x4x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4xf32>, %y: tensor<2x3x4xf32>) -> tensor<2x3x4x1xf32> {
      %shape = graph.constant dense<[2, 3, 4, 1]> : tensor<4xi64>
      %e = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      %s = graph.add %e, %y : (tensor<4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
      %z = graph.reshape %s, %shape : (tensor<2x3x4xf32>, tensor<4xi64>) -> tensor<2x3x4x1xf32>
      return %z : tensor<2x3x4x1xf32>
    }
    ```

    **Precondition.** None; types from `graph-infer-shapes` make it find more.
    **Postcondition.** Every result has the same bits as before.
    **Limits.** Broadcasts go only where static shapes, or the other operand, tell
    the result's shape.
  }];
  let statistics = [
    Statistic<"numViewsMerged", "num-views-merged", "Views merged with the one before">,
    Statistic<"numViewsSunk", "num-views-sunk", "Views moved behind an element-wise operation">,
    Statistic<"numBroadcastsRemoved", "num-broadcasts-removed", "Broadcasts removed, merged or moved">];
}

def GraphSimplifySlices : Graph_Pass<"graph-simplify-slices"> {
  let summary = "Merge slices and concatenations that undo each other";
  let description = [{
    A slice of a slice is one slice. A slice of a `concat` reads only the operands
    that it touches. Consecutive slices of one value, put together again, are that
    part of the value. A `concat` of a `concat` along the same dimension is one.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x4xf32>, %y: tensor<2x3xf32>) -> tensor<2x2xf32> {
      %start = graph.constant dense<5> : tensor<1xi64>
      %end = graph.constant dense<7> : tensor<1xi64>
      %step = graph.constant dense<1> : tensor<1xi64>
      %c = graph.concat %x, %y {axis = 1 : i64} : (tensor<2x4xf32>, tensor<2x3xf32>) -> tensor<2x7xf32>
      %z = graph.slice %c, %start, %end, %step {axes = array<i64: 1>}
          : (tensor<2x7xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x2xf32>
      return %z : tensor<2x2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x4xf32>, %y: tensor<2x3xf32>) -> tensor<2x2xf32> {
      %step = graph.constant dense<1> : tensor<1xi64>
      %end = graph.constant dense<3> : tensor<1xi64>
      %z = graph.slice %y, %step, %end, %step {axes = array<i64: 1>}
          : (tensor<2x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x2xf32>
      return %z : tensor<2x2xf32>
    }
    ```

    **Precondition.** None; types from `graph-infer-shapes` make it find more.
    **Postcondition.** Every result has the same bits as before.
    **Limits.** Bounds must be constants, and the sliced dimensions of known size.
  }];
  let statistics = [
    Statistic<"numSlicesMerged", "num-slices-merged", "Slices that read an earlier value">,
    Statistic<"numConcatsMerged", "num-concats-merged", "Concatenations merged or undone">];
}

def GraphFoldPads : Graph_Pass<"graph-fold-pads"> {
  let summary = "Fold padding into the convolution or pooling that reads it";
  let description = [{
    Zeros around a convolution's or a mean's input, and what cannot win around a
    maximum's, become the operation's own padding. Padding around padding with the
    same value is one.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32> {
      %pads = graph.constant dense<[0, 0, 1, 1, 0, 0, 1, 1]> : tensor<8xi64>
      %p = graph.pad constant, %x, %pads : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x6x6xf32>
      %y = graph.conv %p, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
          output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
          pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
          : (tensor<1x1x6x6xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
      return %y : tensor<1x2x4x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32> {
      %y = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
          output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
          pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
          : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
      return %y : tensor<1x2x4x4xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** Every result has the same bits as before.
    **Limits.** Constant pads that remove nothing, of spatial dimensions alone. Zeros
    go into a maximum only where the operand is known not to be negative, and each
    window holds an element.
  }];
  let statistics = [
    Statistic<"numFolded", "num-folded", "Paddings folded into an operation">,
    Statistic<"numMerged", "num-merged", "Paddings merged with the one before">];
}

def GraphRecognizeComposites : Graph_Pass<"graph-recognize-composites"> {
  let summary = "Find the operations that exporters wrote out";
  let description = [{
    A softmax, sigmoid or relu that was exported as arithmetic becomes the operation
    again: backends have one kernel for it, and it does not overflow.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %m = graph.reduce max, %x {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xf32>
      %d = graph.sub %x, %m : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
      %e = graph.exp %d : (tensor<2x3xf32>) -> tensor<2x3xf32>
      %s = graph.reduce sum, %e {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xf32>
      %y = graph.div %e, %s : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = graph.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    }
    ```

    **Precondition.** None; types from `graph-infer-shapes` make it find more.
    **Postcondition.** Shapes and element types are as before.
    **Limits.** Results differ by rounding, a zero by its sign, and an overflow may be
    gone: not under `--precision=strict`. Composites of element-wise operations alone
    (GELU, hard-swish) and normalisations are made one kernel by the fusing passes.
  }];
  let statistics = [
    Statistic<"numSoftmax", "num-softmax", "Softmax found">,
    Statistic<"numSigmoid", "num-sigmoid", "Sigmoid found">,
    Statistic<"numRelu", "num-relu", "Relu found">];
}

def GraphHoistInvariants : Graph_Pass<"graph-hoist-invariants"> {
  let summary = "Compute before a loop or a branch what does not depend on it";
  let description = [{
    Operations of a `while` whose operands come from outside run once, before it.
    Equal operations of both branches of an `if` become one before it, and a result
    that is the same value on either side is that value.

    Before:
    ```mlir
    func.func @main(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
        %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
        %b = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
        graph.yield %b : tensor<2xf32>
      } else {
        %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
        graph.yield %a : tensor<2xf32>
      }
      return %y : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
      %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
      %y = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
        %b = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
        graph.yield %b : tensor<2xf32>
      } else {
        graph.yield %a : tensor<2xf32>
      }
      return %y : tensor<2xf32>
    }
    ```

    **Precondition.** None; types from `graph-infer-shapes` make it find more.
    **Postcondition.** A program that ran without an error still does, with the same
    results.
    **Limits.** A loop's body may never run: from there moves only what cannot fail.
    Operations with regions stay.
  }];
  let statistics = [
    Statistic<"numFromLoops", "num-from-loops", "Operations moved before a loop">,
    Statistic<"numFromBranches", "num-from-branches", "Pairs of branches' operations that became one">];
}

//===----------------------------------------------------------------------===//
// Removing
//===----------------------------------------------------------------------===//

def GraphPrune : Graph_Pass<"graph-prune"> {
  let summary = "Remove what no fetched result needs";
  let description = [{
    Removes operations whose results nobody uses, unused results of `if`, carried
    values of `while` that neither the condition nor a used result depends on, and
    private functions that nobody calls. With `fetches`, entry functions first lose
    the results whose `graph.name` is not listed.

    Before:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %dead = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
      %deader = graph.neg %dead : (tensor<2xf32>) -> tensor<2xf32>
      %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```

    **Precondition.** Every name in `fetches` is a result of an entry function.
    **Postcondition.** Every operation is needed by a result of a public function.
    **Limits.** Arguments of entry functions stay: they are the model's signature.
  }];
  let options = [
    ListOption<"fetches", "fetches", "std::string",
               "Results of entry functions to keep; all of them if empty">];
  let statistics = [
    Statistic<"numOpsPruned", "num-ops-pruned", "Operations removed">,
    Statistic<"numResultsPruned", "num-results-pruned", "Results of regions and entries removed">,
    Statistic<"numFunctionsPruned", "num-functions-pruned", "Private functions removed">];
}

def GraphEliminateCommonSubexpressions : Graph_Pass<"graph-eliminate-common-subexpressions"> {
  let summary = "Compute equal values once and keep all their names";
  let description = [{
    An operation equal to an earlier one that is visible from it (same operands,
    attributes and types) is replaced by it, and the survivor's location becomes
    the fusion of both, so that reports name every node of the model. Constants are
    equal when their types and bytes are, wherever the bytes are stored.

    Before:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
      %b = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
      %y = graph.add %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
      %y = graph.add %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** No block computes the same pure operation twice.
    **Limits.** Operations with regions are compared only inside, never merged.
  }];
  let statistics = [
    Statistic<"numMerged", "num-merged", "Operations replaced by an equal one">,
    Statistic<"numConstantsMerged", "num-constants-merged", "Constants replaced by an equal one">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_SIMPLIFYPASSES
