//===- Passes.td - Quantisation's passes -------------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_PASSES
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_PASSES

include "mlir/Pass/PassBase.td"

class Quantize_Pass<string name> : Pass<name, "::mlir::ModuleOp"> {
  let dependentDialects = ["::systole::graph::GraphDialect", "::mlir::func::FuncDialect"];
}

def GraphCalibrate : Quantize_Pass<"graph-calibrate"> {
  let summary = "Measure the ranges of values on examples";
  let description = [{
    Runs the entry on examples and writes down, on each operation and argument that
    gives a tensor of `f32`, where its elements were: `graph.range`. What a
    contraction with constant weights reads has `graph.means` and
    `graph.magnitudes`, too: mean and largest magnitude of each channel.

    Before:
    ```mlir
    func.func @main(%x: tensor<4xf32> {graph.range = array<f32: -1.0, 1.0>}) -> tensor<4xf32> {
      %c = graph.constant dense<2.0> : tensor<f32>
      %z = graph.sub %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %y = graph.add %z, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4xf32> {graph.range = array<f32: -1.0, 1.0>}) -> tensor<4xf32> {
      %c = graph.constant dense<2.0> : tensor<f32>
      %z = graph.sub %x, %x {graph.range = array<f32: 0.0, 0.0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %y = graph.add %z, %c {graph.range = array<f32: 2.0, 2.0>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    ```

    Where 8 bits do not resolve a long tail, less than all numbers make the better
    range: `percentile` leaves out 0.01 % at each end, `mean-square` (default) takes
    the range with the least mean square error of 8-bit integers.

    **Precondition.** Types are inferred; the entry's own block is what is looked at.
    **Postcondition.** Every `f32` value of that block has a range. Values that had one
    keep it, unless `renew` is on.
    **Limits.** A value that is NaN or infinite in a sample is an error.
  }];
  let options = [
    Option<"ranges", "ranges", "std::string", /*default=*/"\"mean-square\"",
           "min-max, percentile or mean-square">,
    Option<"renew", "renew", "bool", "false", "Measure known ranges, too">,
    Option<"samples", "samples", "int64_t", "16",
           "Random samples, where the driver brings none">,
    Option<"seed", "seed", "int64_t", "1", "Of the random samples">];
  let statistics = [
    Statistic<"numValues", "num-values", "Values whose range was measured">];
}

def GraphEqualizeChannels : Quantize_Pass<"graph-equalize-channels"> {
  let summary = "Scale channels between two contractions alike";
  let description = [{
    Between two contractions with nothing but rectified units, a channel may be
    scaled in the first one's weights and bias, and back in the second one's:
    `relu(s * x) = s * relu(x)` for positive `s`. With one scale for a whole tensor,
    8 bits resolve channels of equal magnitude best. Factors are powers of two, so
    results do not change by a bit: `sqrt(m / w)` rounded, with `m` the magnitude of
    the channel (`graph.magnitudes`, else its largest weight in the first
    contraction) and `w` its largest weight in the second; `m` alone where the second
    one is depthwise, whose weights have a scale for each channel.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
      %a = graph.constant dense<[[16.0, 1.0]]> : tensor<1x2xf32>
      %b = graph.constant dense<[[1.0], [1.0]]> : tensor<2x1xf32>
      %h = graph.matmul %x, %a : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
      %r = graph.relu %h : (tensor<1x2xf32>) -> tensor<1x2xf32>
      %y = graph.matmul %r, %b : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
      %a = graph.constant dense<[[4.0, 1.0]]> : tensor<1x2xf32>
      %h = graph.matmul %x, %a : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
      %r = graph.relu %h : (tensor<1x2xf32>) -> tensor<1x2xf32>
      %b = graph.constant dense<[[4.0], [1.0]]> : tensor<2x1xf32>
      %y = graph.matmul %r, %b : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```

    **Precondition.** None.
    **Postcondition.** Ranges of what was scaled are forgotten: calibrate again.
    **Limits.** The value between the two must have one reader. Upper bounds
    (ReLU6) are not homogeneous and end the search. Factors are from 1/256 to 256.
  }];
  let statistics = [
    Statistic<"numPairs", "num-pairs", "Pairs of contractions that were changed">];
}

def GraphCorrectBias : Quantize_Pass<"graph-correct-bias"> {
  let summary = "Take the mean error of rounded weights out of the bias";
  let description = [{
    Rounding weights to 8 bits changes each output channel by `(W' - W) * x`, whose
    mean over the samples is known: that of `x` for each channel (`graph.means`). It is
    subtracted from the bias; a contraction without one gets a bias.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 255.0>, graph.means = array<f32: 16.0, 0.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[0.125], [127.0]]> : tensor<2x1xf32>
      %y = graph.matmul %x, %w {graph.range = array<f32: -1.0, 1.0>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 255.0>, graph.means = array<f32: 16.0, 0.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[0.125], [127.0]]> : tensor<2x1xf32>
      %c = graph.constant dense<2.0> : tensor<1xf32>
      %h = graph.matmul %x, %w {graph.range = array<f32: -1.0, 1.0>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      %y = graph.add %h, %c {graph.range = array<f32: -1.0, 1.0>} : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```
    The scale is 1, where 0.125 becomes 0.

    **Precondition.** `graph-calibrate` has run.
    **Postcondition.** Results differ: only the quantised graph is meant to be run.
    **Limits.** Zeros of padding count as if they were means.
  }];
  let statistics = [
    Statistic<"numCorrected", "num-corrected", "Contractions with another bias">];
}

def GraphMeasureNoise : Quantize_Pass<"graph-measure-noise"> {
  let summary = "Report how much noise quantisation adds to each node";
  let description = [{
    Runs the entry and its quantised form side by side on the examples. As remarks,
    and in the driver's report: the ratio of signal to noise of each unit's result, in
    decibels, with the noise of all units before it, and of the model's results.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[1.0], [0.5]]> : tensor<2x1xf32>
      %y = graph.matmul %x, %w {graph.range = array<f32: -1.5, 1.5>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[1.0], [0.5]]> : tensor<2x1xf32>
      %y = graph.matmul %x, %w {graph.range = array<f32: -1.5, 1.5>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```

    **Precondition.** `graph-calibrate` has run.
    **Postcondition.** The graph is unchanged.
  }];
  let options = [
    Option<"samples", "samples", "int64_t", "16",
           "Random samples, where the driver brings none">,
    Option<"seed", "seed", "int64_t", "1", "Of the random samples">];
}

def GraphChooseFloat : Quantize_Pass<"graph-choose-float"> {
  let summary = "Keep operations on floats that lose accuracy";
  let description = [{
    As long as the model's results have a ratio of signal to noise below `target`, the
    unit with the least ratio of its own (run on the original's floats) is marked
    `graph.keep_float`, if its multiply-adds are within what is left of `budget`. A
    mark that gains less than a tenth of a decibel is taken back.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[1.0], [0.5]]> : tensor<2x1xf32>
      %y = graph.matmul %x, %w {graph.range = array<f32: -1.5, 1.5>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: -1.0, 1.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[1.0], [0.5]]> : tensor<2x1xf32>
      %y = graph.matmul %x, %w {graph.range = array<f32: -1.5, 1.5>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```

    **Precondition.** `graph-calibrate` has run.
    **Postcondition.** Marked operations are not part of any unit of `graph-quantize`.
    **Limits.** A model with variables is not measured: all that can be is quantised.
  }];
  let options = [
    Option<"target", "target", "double", "25.0", "Wanted ratio, in decibels">,
    Option<"budget", "budget", "double", "10.0",
           "Most multiply-adds on floats, in percent of the model's">,
    Option<"samples", "samples", "int64_t", "16",
           "Random samples, where the driver brings none">,
    Option<"seed", "seed", "int64_t", "1", "Of the random samples">];
  let statistics = [
    Statistic<"numKept", "num-kept", "Units that stay on floats">];
}

def GraphQuantize : Quantize_Pass<"graph-quantize"> {
  let summary = "Compute on 8-bit integers what calibration allows";
  let description = [{
    Every unit (`passes/Transforms/Quantize/Units.h`) whose values have a
    `graph.range` and that is not marked `graph.keep_float` computes on integers of 8 bits.
    Activations have a scale and a zero point, weights are symmetric with a scale for
    each output channel, biases are integers of 32 bits. Convolutions and products are
    those on 16-bit integers with a `sum_type`, and one rescaling; means are sums;
    functions of one number are tables. Numbers between operations that are not
    quantised, and the entry's inputs and outputs, stay floats.

    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: -128.0, 127.0>}) -> tensor<1x1xf32> {
      %w = graph.constant dense<[[127.0], [64.0]]> : tensor<2x1xf32>
      %y = graph.matmul %x, %w {graph.range = array<f32: -100.0, 100.0>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
      %s = graph.constant dense<1.0> : tensor<f32>
      %q = graph.quantize %x, %s to i8 {saturate} : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xi8>
      %i = graph.cast %q to i16 : (tensor<1x2xi8>) -> tensor<1x2xi16>
      %w = graph.constant dense<[[127], [64]]> : tensor<2x1xi16>
      %p = graph.matmul %i, %w {sum_type = i32} : (tensor<1x2xi16>, tensor<2x1xi16>) -> tensor<1x1xi32>
      %t = graph.constant dense<1.0> : tensor<f32>
      %y = graph.dequantize %p, %t : (tensor<1x1xi32>, tensor<f32>) -> tensor<1x1xf32>
      return %y : tensor<1x1xf32>
    }
    ```

    **Precondition.** `graph-calibrate` has run, or ranges are written by hand.
    **Postcondition.** No annotation of calibration is left. All devices give the same
    bits for what is computed on integers.
    **Limits.** Operations in loops and branches stay floats, and so does what does not
    follow a contraction.
  }];
  let statistics = [
    Statistic<"numUnits", "num-units", "Units computed on integers">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_PASSES
