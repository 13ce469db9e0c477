//===- GraphQuantOps.td - Quantisation ---------------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Quantised tensors are plain integer (or small float) tensors; these two
// operations lead to them and back. Scales and zero points are operands that
// broadcast: one number, one for each channel, or one for each block, repeated.
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

#endif // SYSTOLE_GRAPH_QUANT_OPS
