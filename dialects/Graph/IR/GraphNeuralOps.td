//===- GraphNeuralOps.td - Contractions, windows, reductions -*- tablegen -*-=//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_NEURAL_OPS
#define SYSTOLE_GRAPH_NEURAL_OPS

include "dialects/Graph/IR/GraphOpBase.td"

def Graph_MatMulOp : Graph_InferredOp<"matmul"> {
  let summary = "Matrix product, batched and broadcast";
  let description = [{
    **Semantics.** numpy's `matmul`: `result[b.., m, n] = sum over k of
    lhs[b.., m, k] * rhs[b.., k, n]`, batch dimensions `b..` broadcast. A vector
    on the left is read as one row, on the right as one column, and the added
    dimension is dropped from the result. Sums start at zero and take `k` in
    increasing order in the interpreter; backends may reassociate. With `sum_type`,
    which is for integers, elements are converted to it before they are multiplied.

    **Constraints.**
    - C1: the operands have rank 1 or more and one element type, which the result has,
      too; with `sum_type` they may differ, and the result has that.
    - C2: `k` is the same in both.
    - C3: the batch dimensions broadcast.
    - C4: `sum_type` is `i32` or `i64`, and the operands are signed integers of at
      most 16 bits, or unsigned ones of at most 8.

    **Example.**
    ```mlir
    %z = graph.matmul %x, %y : (tensor<5x2x3xf32>, tensor<3x4xf32>) -> tensor<5x2x4xf32>
    ```
  }];
  let arguments = (ins Graph_NumericTensor:$lhs, Graph_NumericTensor:$rhs,
    OptionalAttr<TypeAttr>:$sum_type);
  let results = (outs Graph_NumericTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def Graph_ConvOp : Graph_InferredOp<"conv"> {
  let summary = "Convolution with any layout, stride, padding, dilation, groups";
  let description = [{
    **Semantics.** For each batch entry `n`, output channel `o` in group `g` and
    output position `p`: `result = bias[o] + sum over input channel i of the group
    and kernel position q of input[n, g * I + i, p * strides + q * dilations - pads_low]
    * filter[o, i, q]`, positions outside `input` contributing 0. The layouts say
    which dimension is which. `pads` lists the low pads of each spatial dimension,
    then the high ones; with `auto_pad` other than `explicit` it is zeros, and the
    padding makes the output `ceil(size / stride)`, the odd element going to the
    high side (`same_upper`) or the low one (`same_lower`). With `sum_type`, which is
    for integers, elements are converted to it before they are multiplied.

    **Constraints.**
    - C1: `input`, `filter` and the layouts have one rank, at least 3.
    - C2: `strides` and `dilations` have an entry for each spatial dimension, all
      positive; `pads` two, none negative.
    - C3: `groups` is positive and divides the input and output channels; the
      filter's input channels are `input`'s divided by `groups`.
    - C4: `bias` has shape `[output channels]`.
    - C5: `input` and `filter` have one element type, which `bias` and the result have,
      too; with `sum_type` the former may differ, and the latter have that.
    - C6: the padded input is not smaller than the dilated kernel.
    - C7: `input_layout` and `output_layout` name `n`, `c`; `filter_layout` `o`, `i`.
    - C8: `sum_type` is `i32` or `i64`, and `input` and `filter` hold signed integers of
      at most 16 bits, or unsigned ones of at most 8.

    **Example.**
    ```mlir
    %y = graph.conv %x, %w, %b {
        input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
        output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
        dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
        : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
    ```
  }];
  let arguments = (ins Graph_NumericTensor:$input, Graph_NumericTensor:$filter,
    Optional<Graph_NumericTensor>:$bias, Graph_LayoutAttr:$input_layout,
    Graph_LayoutAttr:$filter_layout, Graph_LayoutAttr:$output_layout,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
    DefaultValuedAttr<Graph_AutoPadAttr, "::systole::graph::AutoPad::explicit_pads">:$auto_pad, I64Attr:$groups,
    OptionalAttr<TypeAttr>:$sum_type);
  let results = (outs Graph_NumericTensor:$result);
  let assemblyFormat = [{
    $input `,` $filter (`,` $bias^)? attr-dict `:` functional-type(operands, results)
  }];
}

class Graph_PoolOp<string mnemonic, dag extraArguments = (ins), Type resultType = Graph_RealTensor>
    : Graph_InferredOp<mnemonic> {
  let arguments = !con((ins Graph_RealTensor:$input, Graph_LayoutAttr:$layout,
    DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads, DefaultValuedAttr<Graph_AutoPadAttr, "::systole::graph::AutoPad::explicit_pads">:$auto_pad,
    UnitAttr:$ceil_mode), extraArguments);
  let results = (outs resultType:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_MaxPoolOp : Graph_PoolOp<"max_pool"> {
  let summary = "Maximum over a sliding window";
  let description = [{
    **Semantics.** For each batch entry, channel and output position, the largest
    input element in the window that starts at `position * strides - pads_low` and
    takes every `dilations`-th element, `kernel` of them; padding never wins (a
    window of padding alone gives the type's lowest value). NaN where the window
    holds one. Output size `floor((padded - dilated kernel) / stride) + 1`, or with
    `ceil_mode` the ceiling, less one where the last window would start beyond the
    input and its low padding.

    **Constraints.**
    - C1: `layout` names `n`, `c` and has the rank of `input`, at least 3.
    - C2: `kernel`, `strides`, `dilations` have a positive entry for each spatial
      dimension, `pads` two, none negative.
    - C3: the padded input is not smaller than the dilated kernel.
    - C4: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
        strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
        : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
    ```
  }];
}

def Graph_ArgMaxPoolOp : Graph_PoolOp<"arg_max_pool", (ins), Graph_ShapeTensor> {
  let summary = "Where in a sliding window the maximum is";
  let description = [{
    **Semantics.** For each window of `graph.max_pool`, the place of the element that
    it finds, the first of equal ones: its number in row-major order among the
    spatial positions of `input`, in the order of the layout's digits. A window of
    padding alone gives -1.

    **Constraints.**
    - C1: `layout` names `n`, `c` and has the rank of `input`, at least 3.
    - C2: `kernel`, `strides`, `dilations` have a positive entry for each spatial
      dimension, `pads` two, none negative.
    - C3: the padded input is not smaller than the dilated kernel.
    - C4: the result's element type is `i64`.

    **Example.**
    ```mlir
    %i = graph.arg_max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
        strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
        : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xi64>
    ```
  }];
}

def Graph_AvgPoolOp : Graph_PoolOp<"avg_pool", (ins UnitAttr:$count_include_pad)> {
  let summary = "Mean over a sliding window";
  let description = [{
    **Semantics.** As `graph.max_pool` with the mean of the window. The divisor is
    the number of elements inside `input`, or with `count_include_pad` inside
    `input` and its explicit padding (never beyond it, which `ceil_mode` reaches).

    **Constraints.**
    - C1: `layout` names `n`, `c` and has the rank of `input`, at least 3.
    - C2: `kernel`, `strides`, `dilations` have a positive entry for each spatial
      dimension, `pads` two, none negative.
    - C3: the padded input is not smaller than the dilated kernel.
    - C4: the element type is floating point and does not change.

    **Example.**
    ```mlir
    %y = graph.avg_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
        strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
        : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
    ```
  }];
}

def Graph_ReduceOp : Graph_InferredOp<"reduce"> {
  let summary = "Combines the elements along some dimensions";
  let description = [{
    **Semantics.** `result` combines, for each index of the other dimensions, all
    elements along `axes`; the reduced dimensions stay with size 1 under
    `keep_dims`, otherwise they vanish. Of no elements, `sum` is 0, `prod` 1, `max`
    the lowest value (minus infinity), `min` the highest, `mean` NaN (integers: 0).
    Integer means round towards zero. No axes: each element by itself.

    **Constraints.**
    - C1: `axes` is increasing and within the rank of `input`.
    - C2: the result's shape is `input`'s without `axes`, or with 1 there.
    - C3: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.reduce mean, %x {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xf32>
    ```
  }];
  let arguments = (ins Graph_ReduceAttr:$kind, Graph_RealTensor:$input, DenseI64ArrayAttr:$axes,
                       UnitAttr:$keep_dims);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$kind `,` $input attr-dict `:` functional-type(operands, results)";
}

def Graph_SoftmaxOp : Graph_InferredOp<"softmax"> {
  let summary = "Exponentials that sum to one along a dimension";
  let description = [{
    **Semantics.** `result = e^(input - m) / sum of e^(input - m)` along `axis`,
    with `m` the largest element there.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: the result has the operand's shape and element type.

    **Example.**
    ```mlir
    %y = graph.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, I64Attr:$axis);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_BatchNormOp : Graph_InferredOp<"batch_norm"> {
  let summary = "Batch normalisation with known statistics";
  let description = [{
    **Semantics.** For each channel `c` (the index along dimension `axis`):
    `result = (input - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c]`.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: `scale`, `bias`, `mean`, `variance` have shape `[channels]`.
    - C3: all element types are the same, which is the result's.

    **Example.**
    ```mlir
    %y = graph.batch_norm %x, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 1.0e-5 : f64}
        : (tensor<1x3x8x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
        -> tensor<1x3x8x8xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_FloatTensor:$scale, Graph_FloatTensor:$bias,
    Graph_FloatTensor:$mean, Graph_FloatTensor:$variance, I64Attr:$axis, F64Attr:$epsilon);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $bias `,` $mean `,` $variance attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // SYSTOLE_GRAPH_NEURAL_OPS
