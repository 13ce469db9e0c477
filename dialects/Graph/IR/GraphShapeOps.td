//===- GraphShapeOps.td - Constants and data movement ------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_SHAPE_OPS
#define SYSTOLE_GRAPH_SHAPE_OPS

include "dialects/Graph/IR/GraphOpBase.td"

def Graph_ConstantOp : Graph_InferredOp<"constant", [ConstantLike]> {
  let summary = "A tensor known at compile time";
  let description = [{
    **Semantics.** `result = value`. Large values are resources
    (`dense_resource`) that may point into the mapped model file; their bytes may
    be unaligned.

    **Constraints.**
    - C1: the result has the value's type.

    **Example.**
    ```mlir
    %c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Graph_ShapeOfOp : Graph_InferredOp<"shape_of"> {
  let summary = "The dimensions of a tensor";
  let description = [{
    **Semantics.** `result[d]` is the size of dimension `d` of `input`.

    **Constraints.**
    - C1: the result is `tensor<Rxi64>` where `R` is the rank of `input`.

    **Example.**
    ```mlir
    %s = graph.shape_of %x : (tensor<2x?xf32>) -> tensor<2xi64>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_ShapeTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_ReshapeOp : Graph_InferredOp<"reshape"> {
  let summary = "Gives the same elements another shape";
  let description = [{
    **Semantics.** The elements of `input` in row-major order, in the shape that
    `shape` lists. One entry may be -1: it becomes what makes the sizes equal.
    With `copy_zeros`, an entry of 0 means the dimension of `input` at the same
    position (ONNX's rule); otherwise it means 0.

    **Constraints.**
    - C1: `shape` has rank 1; its length is the result's rank, which is unknown
      where the length is.
    - C2: at most one entry is -1, none is less.
    - C3: the number of elements does not change.
    - C4: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.reshape %x, %s : (tensor<2x6xf32>, tensor<3xi64>) -> tensor<2x3x2xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ShapeTensor:$shape, UnitAttr:$copy_zeros);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `,` $shape attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Graph_SqueezeOp : Graph_InferredOp<"squeeze"> {
  let summary = "Drops dimensions of size 1";
  let description = [{
    **Semantics.** `input` without the dimensions `axes`.

    **Constraints.**
    - C1: `axes` is increasing and within the rank of `input`.
    - C2: each dropped dimension has size 1.
    - C3: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.squeeze %x {axes = array<i64: 0, 2>} : (tensor<1x3x1xf32>) -> tensor<3xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_UnsqueezeOp : Graph_InferredOp<"unsqueeze"> {
  let summary = "Inserts dimensions of size 1";
  let description = [{
    **Semantics.** `input` with dimensions of size 1 inserted so that they stand
    at positions `axes` of the result.

    **Constraints.**
    - C1: `axes` is increasing and within the rank of the result.
    - C2: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.unsqueeze %x {axes = array<i64: 0, 2>} : (tensor<3xf32>) -> tensor<1x3x1xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$axes);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_TransposeOp : Graph_InferredOp<"transpose"> {
  let summary = "Reorders dimensions";
  let description = [{
    **Semantics.** Dimension `d` of the result is dimension `perm[d]` of `input`.

    **Constraints.**
    - C1: `perm` is a permutation of the dimensions of `input`.
    - C2: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$perm);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_BroadcastOp : Graph_InferredOp<"broadcast"> {
  let summary = "Repeats a tensor to a shape";
  let description = [{
    **Semantics.** `input` broadcast together with a tensor of shape `shape`
    (ONNX's Expand: a dimension of `input` may also exceed a 1 in `shape`).

    **Constraints.**
    - C1: `shape` has rank 1; where its length is unknown, so is the result's rank.
    - C2: the shape of `input` and `shape` broadcast; no entry is negative.
    - C3: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.broadcast %x, %s : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ShapeTensor:$shape);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `,` $shape attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_ConcatOp : Graph_InferredOp<"concat"> {
  let summary = "Joins tensors along one dimension";
  let description = [{
    **Semantics.** The operands one after the other along dimension `axis`.

    **Constraints.**
    - C1: there is at least one operand; all have one rank and element type.
    - C2: `axis` is within the rank.
    - C3: dimensions other than `axis` agree.

    **Example.**
    ```mlir
    %z = graph.concat %x, %y {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
    ```
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Graph_SliceOp : Graph_InferredOp<"slice"> {
  let summary = "Takes a strided part of a tensor";
  let description = [{
    **Semantics.** For each `k`, dimension `axes[k]` keeps the indices `starts[k]`,
    `starts[k] + steps[k]`, ... before `ends[k]`. Negative starts and ends count
    from the end; then both are clamped: for a positive step to `[0, size]`, for a
    negative one to `[-1, size - 1]` (an end below `-size` means "through index 0").

    **Constraints.**
    - C1: `starts`, `ends`, `steps` have rank 1 and the length of `axes`.
    - C2: `axes` are distinct and within the rank of `input`.
    - C3: no step is 0.
    - C4: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.slice %x, %starts, %ends, %steps {axes = array<i64: 1>}
        : (tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x?xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_ShapeTensor:$starts, Graph_ShapeTensor:$ends,
                       Graph_ShapeTensor:$steps, DenseI64ArrayAttr:$axes);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $starts `,` $ends `,` $steps attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_PadOp : Graph_InferredOp<"pad"> {
  let summary = "Adds elements around a tensor";
  let description = [{
    **Semantics.** `pads` holds, for each dimension, how many elements go before,
    then for each dimension how many go after (`tensor<2Rxi64>`); negative numbers
    remove elements. Mode `constant` fills with the scalar `value` (zero when
    absent), `reflect` mirrors without repeating the edge, `edge` repeats it, `wrap`
    goes on at the other end.

    **Constraints.**
    - C1: `pads` has length `2 * rank`.
    - C2: no dimension of the result is negative; `reflect` pads by less than the
      dimension; `edge` and `wrap` pad no empty dimension.
    - C3: `value` is a scalar (one element) of the element type of `input`, given
      only in mode `constant`.
    - C4: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.pad reflect, %x, %pads : (tensor<2x3xf32>, tensor<4xi64>) -> tensor<?x?xf32>
    ```
  }];
  let arguments = (ins Graph_PadModeAttr:$mode, Graph_Tensor:$input, Graph_ShapeTensor:$pads,
                       Optional<Graph_Tensor>:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $mode `,` $input `,` $pads (`,` $value^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Graph_GatherOp : Graph_InferredOp<"gather"> {
  let summary = "Picks slices by index along one dimension";
  let description = [{
    **Semantics.** `result[a.., i.., b..] = input[a.., indices[i..], b..]`, where
    `a..` are the dimensions before `axis` and `b..` those after it. A negative
    index counts from the end; one outside `[-size, size)` is a run-time error.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: the result's shape is `input`'s with `axis` replaced by `indices`' shape.
    - C3: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.gather %x, %i {axis = 1 : i64} : (tensor<2x8xf32>, tensor<3x4xi64>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

#endif // SYSTOLE_GRAPH_SHAPE_OPS
