//===- WeightAndLayoutPasses.td - Weights and layouts ------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_WEIGHTANDLAYOUTPASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_WEIGHTANDLAYOUTPASSES

include "passes/Transforms/Graph/GraphPass.td"

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

def GraphMultiplyBytes : Graph_Pass<"graph-multiply-bytes"> {
  let summary = "Multiply bytes instead of centred 16-bit integers";
  let description = [{
    A sum of `(x - z) * w`, with `z` one number and `w` constant, is the sum of `x * w`
    less `z` times the sum of `w`, which is a constant for each output channel. So
    a contraction of 8-bit numbers that were centred in 16 bits takes them as they
    are, unsigned (`i8` is moved by 128), and weights of 8 bits. Padding is with
    what stands for zero, before the convolution. For machines that multiply bytes
    faster: on others it costs.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xui8>) -> tensor<1x2xi32> {
      %z = graph.constant dense<3> : tensor<i16>
      %w = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi16>
      %c = graph.cast %x to i16 : (tensor<1x2xui8>) -> tensor<1x2xi16>
      %d = graph.sub %c, %z : (tensor<1x2xi16>, tensor<i16>) -> tensor<1x2xi16>
      %y = graph.matmul %d, %w {sum_type = i32} : (tensor<1x2xi16>, tensor<2x2xi16>) -> tensor<1x2xi32>
      return %y : tensor<1x2xi32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xui8>) -> tensor<1x2xi32> {
      %c = graph.constant dense<[-12, -18]> : tensor<2xi32>
      %w = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
      %z = graph.matmul %x, %w {sum_type = i32} : (tensor<1x2xui8>, tensor<2x2xi8>) -> tensor<1x2xi32>
      %y = graph.add %z, %c : (tensor<1x2xi32>, tensor<2xi32>) -> tensor<1x2xi32>
      return %y : tensor<1x2xi32>
    }
    ```

    **Precondition.** Layouts chosen.
    **Postcondition.** Every result has the same bits as before.
    **Limits.** Sums of 32 bits, one group, a weight for every product in `[-128, 127]`;
    padding that follows from a size needs the size.
  }];
  let statistics = [
    Statistic<"numRewritten", "num-rewritten", "Contractions that take bytes">];
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

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_WEIGHTANDLAYOUTPASSES
