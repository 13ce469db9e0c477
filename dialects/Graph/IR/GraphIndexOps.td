//===- GraphIndexOps.td - Indices, orders and scans --------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_INDEX_OPS
#define SYSTOLE_GRAPH_INDEX_OPS

include "dialects/Graph/IR/GraphOpBase.td"

def Graph_RangeOp : Graph_InferredOp<"range"> {
  let summary = "Equally spaced numbers";
  let description = [{
    **Semantics.** `result[i] = start + i * delta`, product and sum rounded one
    by one, for `0 <= i < max(0, ceil((limit - start) / delta))`. The count of
    floats is computed in `f64`. A `delta` of 0, and any NaN, is a run-time error.

    **Constraints.**
    - C1: `start`, `limit` and `delta` have one element each, of one element type.
    - C2: the result has rank 1 and that element type.

    **Example.**
    ```mlir
    %y = graph.range %start, %limit, %delta
        : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$start, Graph_RealTensor:$limit, Graph_RealTensor:$delta);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = [{
    $start `,` $limit `,` $delta attr-dict `:` functional-type(operands, results)
  }];
}

//===----------------------------------------------------------------------===//
// Gathering and scattering
//===----------------------------------------------------------------------===//

def Graph_GatherElementsOp : Graph_InferredOp<"gather_elements"> {
  let summary = "Picks single elements by index along one dimension";
  let description = [{
    **Semantics.** `result[a.., i, b..] = input[a.., indices[a.., i, b..], b..]`
    with `i` at position `axis`. A negative index counts from the end; one outside
    `[-size, size)` is a run-time error.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: `indices` has the rank of `input`, and the result its shape.
    - C3: no dimension of `indices` but `axis` is larger than `input`'s.
    - C4: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.gather_elements %x, %i {axis = 1 : i64} : (tensor<2x8xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` functional-type(operands, results)";
}

def Graph_GatherNDOp : Graph_InferredOp<"gather_nd"> {
  let summary = "Picks slices by tuples of indices";
  let description = [{
    **Semantics.** `result[b.., i.., s..] = input[b.., t.., s..]`, where the tuple
    `t..` is `indices[b.., i.., :]` and `b..` are the first `batch_dims` dimensions
    of both. A negative index counts from the end; one outside `[-size, size)` is a
    run-time error.

    **Constraints.**
    - C1: `batch_dims` is at least 0, at most the rank of `input`, and less than the
      rank of `indices`.
    - C2: the first `batch_dims` dimensions of `input` and `indices` agree.
    - C3: the last dimension of `indices`, the tuples' length, is at most the rank of
      `input` without the batch dimensions. The result's rank is unknown where it is.
    - C4: the result's shape is that of `indices` without its last dimension, then
      the dimensions of `input` beyond batch and tuple.
    - C5: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.gather_nd %x, %i {batch_dims = 0 : i64} : (tensor<4x5x6xf32>, tensor<7x2xi64>) -> tensor<7x6xf32>
    ```
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices, I64Attr:$batch_dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` functional-type(operands, results)";
}

def Graph_ScatterElementsOp : Graph_InferredOp<"scatter_elements"> {
  let summary = "Puts single elements at indices along one dimension";
  let description = [{
    **Semantics.** The result starts as `input`. Then for each index of `updates`, in
    row-major order, with `i` at position `axis`: the element at
    `[a.., indices[a.., i, b..], b..]` and `updates[a.., i, b..]` are combined by
    `kind` (`replace`: the update stays; `add`, `mul`, `max`, `min` round after each
    step). A negative index counts from the end; one outside `[-size, size)` is a
    run-time error.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: `indices` has the rank of `input`, and `updates` its shape.
    - C3: no dimension of `indices` but `axis` is larger than `input`'s.
    - C4: `input` and `updates` have one element type; the result has the type of
      `input`.
    - C5: a kind other than `replace` combines elements that are real numbers.

    **Example.**
    ```mlir
    %y = graph.scatter_elements add, %x, %i, %u {axis = 1 : i64}
        : (tensor<2x8xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins Graph_ScatterAttr:$kind, Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       Graph_Tensor:$updates, I64Attr:$axis);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $kind `,` $input `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_ScatterNDOp : Graph_InferredOp<"scatter_nd"> {
  let summary = "Puts slices at tuples of indices";
  let description = [{
    **Semantics.** The result starts as `input`. Then for each `i..`, in row-major
    order, the slice `[t.., s..]`, with the tuple `t..` = `indices[i.., :]`, and
    `updates[i.., s..]` are combined by `kind`, as in `graph.scatter_elements`. A
    negative index counts from the end; one outside `[-size, size)` is a run-time
    error.

    **Constraints.**
    - C1: `indices` has rank 1 or more; its last dimension, the tuples' length, is
      known and at most the rank of `input`.
    - C2: the shape of `updates` is that of `indices` without its last dimension, then
      the dimensions of `input` beyond the tuple.
    - C3: `input` and `updates` have one element type; the result has the type of
      `input`.
    - C4: a kind other than `replace` combines elements that are real numbers.

    **Example.**
    ```mlir
    %y = graph.scatter_nd replace, %x, %i, %u
        : (tensor<4x5x6xf32>, tensor<7x2xi64>, tensor<7x6xf32>) -> tensor<4x5x6xf32>
    ```
  }];
  let arguments = (ins Graph_ScatterAttr:$kind, Graph_Tensor:$input, Graph_IndexTensor:$indices,
                       Graph_Tensor:$updates);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $kind `,` $input `,` $indices `,` $updates attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_NonZeroOp : Graph_InferredOp<"non_zero"> {
  let summary = "Where a tensor is not zero";
  let description = [{
    **Semantics.** Column `j` of the result holds the coordinates of the `j`-th
    element, in row-major order, that is not zero. NaN is not zero, -0.0 is. How
    many there are is known when the program runs.

    **Constraints.**
    - C1: the result is `tensor<Rx?xi64>`, where `R` is the rank of `input`.

    **Example.**
    ```mlir
    %y = graph.non_zero %x : (tensor<2x3xf32>) -> tensor<2x?xi64>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input);
  let results = (outs Graph_ShapeTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Orders
//===----------------------------------------------------------------------===//

def Graph_ArgReduceOp : Graph_InferredOp<"arg_reduce"> {
  let summary = "Where along a dimension the largest or smallest element is";
  let description = [{
    **Semantics.** For each index of the other dimensions, the position along `axis`
    of the largest (`max`) or smallest (`min`) element: the first of equal ones, or
    under `select_last` the last. A NaN wins over all numbers. The reduced dimension
    stays with size 1 under `keep_dims`, otherwise it vanishes.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: the result's shape is `input`'s without `axis`, or with 1 there.
    - C3: the result's element type is `i64`.
    - C4: `kind` is `max` or `min`.
    - C5: the dimension `axis` is not empty.

    **Example.**
    ```mlir
    %y = graph.arg_reduce max, %x {axis = 1 : i64, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xi64>
    ```
  }];
  let arguments = (ins Graph_ReduceAttr:$kind, Graph_RealTensor:$input, I64Attr:$axis,
                       UnitAttr:$keep_dims, UnitAttr:$select_last);
  let results = (outs Graph_ShapeTensor:$result);
  let assemblyFormat = "$kind `,` $input attr-dict `:` functional-type(operands, results)";
}

def Graph_TopKOp : Graph_InferredOp<"top_k"> {
  let summary = "Where along a dimension the largest elements are, in order";
  let description = [{
    **Semantics.** For each index of the other dimensions, the positions along `axis`
    of the `k` largest elements, the largest first; under `smallest` of the smallest,
    the smallest first. Of equal elements the one at the lower position comes first.
    NaN counts as larger than all numbers. With `k` the size of the dimension, this
    is a stable sort.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: `k` has one element, which is at least 0 and at most the size of the
      dimension.
    - C3: the result is `input`'s shape with `k` at `axis`, of element type `i64`.

    **Example.**
    ```mlir
    %i = graph.top_k %x, %k {axis = 1 : i64} : (tensor<2x8xf32>, tensor<i64>) -> tensor<2x?xi64>
    ```
  }];
  let arguments = (ins Graph_RealTensor:$input, Graph_ShapeTensor:$k, I64Attr:$axis,
                       UnitAttr:$smallest);
  let results = (outs Graph_ShapeTensor:$result);
  let assemblyFormat = "$input `,` $k attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Scans
//===----------------------------------------------------------------------===//

def Graph_CumulativeOp : Graph_InferredOp<"cumulative"> {
  let summary = "Combines all elements up to each";
  let description = [{
    **Semantics.** Along `axis`, `result[i]` combines `input[0] .. input[i]` by
    `kind`, one after the other in the compute type, without rounding in between to
    a narrower element type. With `exclusive`, `input[i]` itself is left out, and
    nothing is combined into 0 (`sum`), 1 (`prod`), the lowest (`max`) or highest
    value (`min`). With `reverse`, the order is from the last element to the first.

    **Constraints.**
    - C1: `axis` is within the rank of `input`.
    - C2: the result has the operand's shape and element type.
    - C3: `kind` is not `mean`.

    **Example.**
    ```mlir
    %y = graph.cumulative sum, %x {axis = 1 : i64, exclusive} : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins Graph_ReduceAttr:$kind, Graph_RealTensor:$input, I64Attr:$axis,
                       UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$kind `,` $input attr-dict `:` functional-type(operands, results)";
}

#endif // SYSTOLE_GRAPH_INDEX_OPS
