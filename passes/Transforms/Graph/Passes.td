//===- Passes.td - The graph dialect's passes --------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each description has a "Before" and an "After" example. The test
// test/passes/Transforms/Graph/examples.test runs every pass on its "Before"
// and compares with its "After".
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES

include "mlir/Pass/PassBase.td"

class Graph_Pass<string name> : Pass<name, "::mlir::ModuleOp"> {
  let dependentDialects = ["::systole::graph::GraphDialect", "::mlir::func::FuncDialect"];
}

//===----------------------------------------------------------------------===//
// Operations of plugins
//===----------------------------------------------------------------------===//

def GraphDecompose : Graph_Pass<"graph-decompose"> {
  let summary = "Replace operations of other dialects by graph operations";
  let description = [{
    Each operation with the interface `DecomposableOp` (a plugin's operation)
    becomes what it decomposes into, so that every device can run it. What is built
    keeps the operation's location, and with it the source node's name.

    ```mlir
    %y = demo.scale_shift %x {scale = 2.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
    ```
    becomes, where that is how `demo.scale_shift` says itself,
    ```mlir
    %scale = graph.constant dense<2.0> : tensor<f32>
    %y = graph.mul %x, %scale : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
    ```

    Graph operations stay:

    Before:
    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** No operation with the interface is left, or an error names it.
    **Limits.** A decomposition holds graph operations only: it is not repeated.
  }];
  let statistics = [Statistic<"numDecomposed", "num-decomposed", "Operations replaced">];
}

//===----------------------------------------------------------------------===//
// Knowing more
//===----------------------------------------------------------------------===//

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
    **Limits.** A result may not be larger than the operation's inputs, or than
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

//===----------------------------------------------------------------------===//
// Folding into weights
//===----------------------------------------------------------------------===//

def GraphFoldBatchNorm : Graph_Pass<"graph-fold-batch-norm"> {
  let summary = "Fold batch normalisation into weights, or into mul and add";
  let description = [{
    A batch normalisation with constant statistics is `x * s + t` per channel, with
    `s = scale / sqrt(variance + epsilon)` and `t = bias - mean * s`. After a
    convolution or a matrix product with a constant filter that has no other use,
    `s` goes into the filter and `t` into the bias. Elsewhere it becomes `mul` and
    `add`. All arithmetic is in double precision, rounded once to the element type.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %scale = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
      %bias = graph.constant dense<[1.0, 0.0]> : tensor<2xf32>
      %mean = graph.constant dense<[0.5, 1.0]> : tensor<2xf32>
      %variance = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
      %y = graph.batch_norm %x, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 0.0 : f64}
          : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %s = graph.constant dense<[2.0, 3.0]> : tensor<2xf32>
      %t = graph.constant dense<[0.0, -3.0]> : tensor<2xf32>
      %m = graph.mul %x, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
      %y = graph.add %m, %t : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** No batch normalisation with constant, finite `s` and `t` is
    left.
    **Limits.** Results differ from the unfolded ones by rounding, and an infinite
    activation times a zero scale is no longer NaN (`--precision=fast`). Where `s`,
    `t` or a scaled weight is not finite nothing is folded.
  }];
  let statistics = [
    Statistic<"numIntoConv", "num-into-conv", "Normalisations folded into a convolution">,
    Statistic<"numIntoMatmul", "num-into-matmul", "Normalisations folded into a matrix product">,
    Statistic<"numExpanded", "num-expanded", "Normalisations replaced by mul and add">];
}

def GraphFoldBias : Graph_Pass<"graph-fold-bias"> {
  let summary = "Fold per-channel constants into a contraction's weights and bias";
  let description = [{
    After a convolution with no other use, adding or subtracting a constant for
    each output channel goes into the bias; multiplying by or dividing by one goes
    into filter and bias. After a matrix product with a constant right side,
    multiplying or dividing each column goes into that side. `(x + a) * b` becomes
    `x * b + a * b` where that lets `b` reach a contraction.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
      %s = graph.constant dense<[2.0, 10.0]> : tensor<2xf32>
      %z = graph.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      %y = graph.mul %z, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %w = graph.constant dense<[[2.0, 20.0], [6.0, 40.0]]> : tensor<2x2xf32>
      %y = graph.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** No convolution's only use adds a constant for each channel.
    **Limits.** Floating point only. As `graph-fold-batch-norm`: results differ by
    rounding, and nothing is folded that would make a weight infinite or NaN.
  }];
  let statistics = [
    Statistic<"numBiasFolded", "num-bias-folded", "Additions folded into a bias">,
    Statistic<"numScaleFolded", "num-scale-folded", "Multiplications folded into weights">];
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

def GraphFoldTransposes : Graph_Pass<"graph-fold-transposes"> {
  let summary = "Move transposes towards each other until they cancel";
  let description = [{
    Transposes sink through element-wise operations, reductions, `concat`, `pad`,
    `slice`, `softmax`, `batch_norm`, `squeeze` and `unsqueeze` whose operands are
    all transposed alike (constants and scalars adapt); pairs compose; transposes
    of constants are computed; one that only moves dimensions of size 1 becomes a
    reshape. A transpose rises through an element-wise operation where that cancels
    more transposes than it makes. One that is flattened into a matrix product with
    a constant right side reorders that constant's rows.

    Before:
    ```mlir
    func.func @main(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
      %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
      %r = graph.relu %t : (tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
      %y = graph.transpose %r {perm = array<i64: 0, 2, 1>} : (tensor<2x4x3xf32>) -> tensor<2x3x4xf32>
      return %y : tensor<2x3x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
      %r = graph.relu %x : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
      return %r : tensor<2x3x4xf32>
    }
    ```

    **Precondition.** Ranked types.
    **Postcondition.** No transpose is the operand of a transpose.
    **Limits.** Values that are not constant and not transposed stop a transpose
    unless the other side's gain pays for transposing them. Sums over several
    dimensions may take their terms in another order, unless `reassociate` is off.
  }];
  let options = [
    Option<"reassociate", "reassociate", "bool", "true",
           "Allow sums to take their terms in another order">];
  let statistics = [
    Statistic<"numRemoved", "num-removed", "Transposes fewer than before">,
    Statistic<"numLeft", "num-left", "Transposes left in the module">];
}

def GraphChooseLayout : Graph_Pass<"graph-choose-layout"> {
  let summary = "Give convolutions and pooling the target's preferred layout";
  let description = [{
    Convolutions and pooling with one to three spatial dimensions become channels-last
    (`n01c`, filters `01io`): the layout attributes change, and transposes around
    each operation keep its surroundings as they were. `graph-fold-transposes`
    then removes most of these.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
      %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
          strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
          : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
      return %y : tensor<1x3x4x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
      %t = graph.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
      %p = graph.max_pool %t {layout = #graph.layout<"n01c">, kernel = array<i64: 2, 2>,
          strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
          : (tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32>
      %y = graph.transpose %p {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x4x3xf32>) -> tensor<1x3x4x4xf32>
      return %y : tensor<1x3x4x4xf32>
    }
    ```

    **Precondition.** Ranked types.
    **Postcondition.** Every convolution and pooling has the chosen layout.
    **Limits.** One layout for the whole module; blocked layouts are the backend's.
  }];
  let options = [
    Option<"channelsLast", "channels-last", "bool", "true",
           "n01c and 01io if true, nc01 and oi01 if false">];
  let statistics = [
    Statistic<"numOpsChanged", "num-ops-changed", "Operations given another layout">,
    Statistic<"numTransposes", "num-transposes", "Transposes in the module afterwards">];
}

//===----------------------------------------------------------------------===//
// Fusion
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Checks and output
//===----------------------------------------------------------------------===//

def GraphVerifyNames : Graph_Pass<"graph-verify-names"> {
  let summary = "Fail if an operation has lost its place in the source model";
  let description = [{
    Every graph operation's location must name a node of the model, or a position
    in a text file for graphs written by hand. Constants are exempt: they are
    data, and equal ones are merged.

    Before:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc("act"("Relu"))
      return %y : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc("act"("Relu"))
      return %y : tensor<2xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** The module is unchanged; if the pass succeeds, every report
    can name the node it speaks of.
    **Limits.** It cannot tell a wrong name from a right one.
  }];
}

def GraphSaveIR : Graph_Pass<"graph-save-ir"> {
  let summary = "Write the module to a file";
  let description = [{
    Writes the module as text, with locations, so that `systole-opt` can go on from
    there. `--save-phases` puts one after each phase of the pipeline.

    Before:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      return %x : tensor<2xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      return %x : tensor<2xf32>
    }
    ```

    **Precondition.** The file's folder exists, or can be made.
    **Postcondition.** The module is unchanged. Fails if the file cannot be written.
    **Limits.** Constants larger than `elide-bytes` are elided: such a file is for
    reading, and cannot be compiled further.
  }];
  let options = [
    Option<"file", "file", "std::string", "\"-\"", "Where to write; - is standard output">,
    Option<"elideBytes", "elide-bytes", "int64_t", "-1",
           "Elide constants with more bytes than this; -1 elides none">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES
