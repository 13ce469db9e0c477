//===- GraphQuantOps.td - Quantisation ---------------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Quantised tensors are plain integer (or small float) tensors; the first two
// operations lead to them and back, the third from one scale to another without
// a float between. Scales and zero points are operands that broadcast: one
// number, one for each channel, or one for each block, repeated.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_QUANT_OPS
#define SYSTOLE_GRAPH_QUANT_OPS

include "dialects/Graph/IR/GraphOpBase.td"

def Graph_QuantizeOp : Graph_InferredOp<"quantize", [Graph_Elementwise]> {
  let summary = "Numbers as multiples of a scale, in few bits";
  let description = [{
    **Semantics.** On operands broadcast to one shape, `q = input[i] / scale[i]`,
    rounded to the operands' element type. For an integer type `to`, `result[i]` is `q`
    rounded half to even, plus `zero_point[i]` (0 where absent), clamped to the type's
    range; NaN counts as 0. For a float type it is `graph.cast` of `q`, after clamping to the
    largest finite numbers under `saturate` (NaN stays NaN).

    **Constraints.**
    - C1: `input` and `scale` have the same element type.
    - C2: `zero_point` has element type `to`, which is then an integer.
    - C3: `to` is an integer of 2 to 32 bits or a float of at most 16.
    - C4: the operands' shapes broadcast; the result has the broadcast shape.

    **Example.**
    ```mlir
    %q = graph.quantize %x, %s, %z to i8 : (tensor<2x3xf32>, tensor<f32>, tensor<i8>) -> tensor<2x3xi8>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_FloatTensor:$scale,
    Optional<Graph_RealTensor>:$zero_point, TypeAttr:$to, UnitAttr:$saturate);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale (`,` $zero_point^)? `to` $to attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_DequantizeOp : Graph_InferredOp<"dequantize", [Graph_Elementwise]> {
  let summary = "The numbers that quantised ones stand for";
  let description = [{
    **Semantics.** `result[i] = (input[i] - zero_point[i]) * scale[i]` on operands
    broadcast to one shape. The difference of integers is exact; it is converted to the
    compute type of `scale` (`f64` for `f64`, else `f32`), multiplied, and rounded once to
    the element type of `scale`, which is the result's.

    **Constraints.**
    - C1: `zero_point` has the element type of `input`.
    - C2: `input` is an integer of 2 to 32 bits or a float of at most 16.
    - C3: the operands' shapes broadcast; the result has the broadcast shape and the
      element type of `scale`.

    **Example.**
    ```mlir
    %x = graph.dequantize %q, %s, %z : (tensor<2x3xi8>, tensor<f32>, tensor<i8>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, Graph_FloatTensor:$scale,
    Optional<Graph_RealTensor>:$zero_point);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale (`,` $zero_point^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_RescaleRoundingEnum : Graph_Enum<"RescaleRounding", "how often a rescaled integer is rounded", [
  I32EnumAttrCase<"twice", 0>, I32EnumAttrCase<"once", 1>]>;
def Graph_RescaleRoundingAttr : EnumAttr<Graph_Dialect, Graph_RescaleRoundingEnum, "rescale_rounding"> {
  let assemblyFormat = "`<` $value `>`";
}

def Graph_RescaleOp : Graph_InferredOp<"rescale", [Graph_Elementwise]> {
  let summary = "Integers times fixed-point numbers, rounded to integers";
  let description = [{
    **Semantics.** On operands broadcast to one shape, `result[i]` is
    `input[i] * multiplier[i] / 2^shift[i]`, rounded in one of two ways that kernels of
    quantised networks are published with. Both are in integers alone; `shift` outside
    `[0, 62]` counts as the nearer bound, `half(n)` is `2^(n-1)`, 0 for `n = 0`, and every
    result is the low 32 bits of what its formula gives.
    - `twice`, the default: with `x = input[i] * 2^max(31 - shift[i], 0)` in 32 bits that wrap,
      `h = floor((x * multiplier[i] + 2^30) / 2^31)` in 32 bits, and the result is
      `h / 2^max(shift[i] - 31, 0)` rounded to the nearest integer, halves away from zero.
    - `once`: `floor((input[i] * multiplier[i] + half(shift[i])) / 2^shift[i])`, halves up, in
      64 bits that wrap.

    **Constraints.**
    - C1: `multiplier` and `shift` hold `i32`.
    - C2: `input` holds `i32`, or `i64` where the rounding is `once`.
    - C3: the operands' shapes broadcast; the result is of `i32` and has the broadcast shape.

    **Example.**
    ```mlir
    %y = graph.rescale %x, %m, %s {rounding = #graph.rescale_rounding<once>}
      : (tensor<2x3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<2x3xi32>
    ```
  }];
  let arguments = (ins Graph_IntTensor:$input, Graph_IntTensor:$multiplier, Graph_IntTensor:$shift,
    DefaultValuedAttr<Graph_RescaleRoundingAttr, "::systole::graph::RescaleRounding::twice">:$rounding);
  let results = (outs Graph_IntTensor:$result);
  let assemblyFormat = [{
    $input `,` $multiplier `,` $shift attr-dict `:` functional-type(operands, results)
  }];
}

#endif // SYSTOLE_GRAPH_QUANT_OPS
