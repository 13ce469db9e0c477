//===- GraphSignalOps.td - Transforms, determinants, random bits -*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_SIGNAL_OPS
#define SYSTOLE_GRAPH_SIGNAL_OPS

include "dialects/Graph/IR/GraphOpBase.td"

def Graph_DftOp : Graph_InferredOp<"dft"> {
  let summary = "Discrete Fourier transform along a dimension";
  let description = [{
    **Semantics.** The last dimension of `input` holds the real and the imaginary
    part of a complex number `z`. Along dimension `axis` of size `n`, `result[k] = sum over j
    of z[j] * e^(-2 pi i * j * k / n)`; with `inverse` the exponent is positive and
    the sum is divided by `n`. Sums may be reassociated, and factored, by backends.

    **Constraints.**
    - C1: the last dimension of `input` has size 2.
    - C2: `axis` is a dimension of `input` before the last.
    - C3: the result has the operand's shape and element type.

    **Example.**
    ```mlir
    %y = graph.dft %x {axis = 1 : i64} : (tensor<3x16x2xf32>) -> tensor<3x16x2xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input, I64Attr:$axis, UnitAttr:$inverse);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_DetOp : Graph_InferredOp<"det"> {
  let summary = "Determinants of square matrices";
  let description = [{
    **Semantics.** `result[b..]` is the determinant of the matrix `input[b.., :, :]`;
    that of an empty matrix is 1. By elimination in `f64`, the pivot being the
    largest element left in the column, the first of equals.

    **Constraints.**
    - C1: `input` has rank 2 or more, and its last two dimensions are equal.
    - C2: the element type does not change.

    **Example.**
    ```mlir
    %d = graph.det %x : (tensor<5x3x3xf32>) -> tensor<5xf32>
    ```
  }];
  let arguments = (ins Graph_FloatTensor:$input);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Graph_RandomBitsOp : Graph_InferredOp<"random_bits"> {
  let summary = "Numbers that look random, of a key and a position";
  let description = [{
    **Semantics.** Element `i` of the result, in row-major order, is word `i mod 4` of
    the block that Philox 4x32 with 10 rounds makes of the counter `i / 4` (its low
    word first, then its high word, then two zeros) under `key` (low word, high word). The same key
    and shape give the same numbers on every device.

    **Constraints.**
    - C1: `shape` has rank 1 and no negative entry.
    - C2: `key` has one element.
    - C3: the result has shape `shape` and element type `ui32`.

    **Example.**
    ```mlir
    %r = graph.random_bits %shape, %key : (tensor<2xi64>, tensor<i64>) -> tensor<?x?xui32>
    ```
  }];
  let arguments = (ins Graph_ShapeTensor:$shape, Graph_ShapeTensor:$key);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = "$shape `,` $key attr-dict `:` functional-type(operands, results)";
}

#endif // SYSTOLE_GRAPH_SIGNAL_OPS
