//===- GraphSpatialOps.td - Interpolation and boxes --------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_SPATIAL_OPS
#define SYSTOLE_GRAPH_SPATIAL_OPS

include "dialects/Graph/IR/GraphOpBase.td"

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def Graph_InterpolationEnum : Graph_Enum<"Interpolation", "how an element between elements is made", [
  I32EnumAttrCase<"nearest", 0>, I32EnumAttrCase<"linear", 1>, I32EnumAttrCase<"cubic", 2>]>;
def Graph_InterpolationAttr : EnumAttr<Graph_Dialect, Graph_InterpolationEnum, "interpolation">;

def Graph_ResizeCoordinatesEnum : Graph_Enum<"ResizeCoordinates", "where a resized element lies in the input", [
  I32EnumAttrCase<"half_pixel", 0>, I32EnumAttrCase<"half_pixel_symmetric", 1>,
  I32EnumAttrCase<"half_pixel_unless_single", 2>, I32EnumAttrCase<"align_corners", 3>,
  I32EnumAttrCase<"asymmetric", 4>, I32EnumAttrCase<"crop", 5>]>;
def Graph_ResizeCoordinatesAttr
    : EnumAttr<Graph_Dialect, Graph_ResizeCoordinatesEnum, "resize_coordinates"> {
  let assemblyFormat = "`<` $value `>`";
}

def Graph_NearestRoundingEnum : Graph_Enum<"NearestRounding", "which neighbour is the nearest one", [
  I32EnumAttrCase<"prefer_floor", 0>, I32EnumAttrCase<"prefer_ceil", 1>,
  I32EnumAttrCase<"floor", 2>, I32EnumAttrCase<"ceil", 3>]>;
def Graph_NearestRoundingAttr
    : EnumAttr<Graph_Dialect, Graph_NearestRoundingEnum, "nearest_rounding"> {
  let assemblyFormat = "`<` $value `>`";
}

def Graph_BorderModeEnum : Graph_Enum<"BorderMode", "what lies outside a tensor", [
  I32EnumAttrCase<"zeros", 0>, I32EnumAttrCase<"edge", 1>, I32EnumAttrCase<"reflect", 2>]>;
def Graph_BorderModeAttr : EnumAttr<Graph_Dialect, Graph_BorderModeEnum, "border_mode"> {
  let assemblyFormat = "`<` $value `>`";
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

def Graph_ResizeOp : Graph_InferredOp<"resize"> {
  let summary = "Changes the size of dimensions by interpolation";
  let description = [{
    **Semantics.** One dimension of `axes` after the other. Along dimension `axes[k]`
    of size `n`, element `i` of the result's `m = sizes[k]` lies at the position `x`
    of the input that `coordinates` gives, with `s = scales[k]`, `L = s * n`, and
    `[a, b]` the dimension's region:

    | `coordinates` | `x` |
    |---|---|
    | `half_pixel` | `(i + 0.5) / s - 0.5` |
    | `half_pixel_symmetric` | `n / 2 * (1 - m / L) + (i + 0.5) / s - 0.5` |
    | `half_pixel_unless_single` | as `half_pixel`; 0 where `m` is 1 |
    | `align_corners` | `i * (n - 1) / (L - 1)`; 0 where `L` is 1 |
    | `asymmetric` | `i / s` |
    | `crop` | `a * (n - 1) + i * (b - a) * (n - 1) / (L - 1)`, the region's middle where `L` is 1 |

    `nearest` takes the element at `x` rounded by `rounding`. The others sum the
    elements `j` around `x` with the weights `w(t * (j - x))`, where `t` is 1, or with
    `antialias` the smaller of 1 and `s`: `linear` with `w(d) = max(0, 1 - |d|)`,
    `cubic` with Keys' function of parameter `cubic_a`. An element `j` outside the
    input is the one at the edge, or with `exclude_outside` none; with that or
    `antialias` the weights are divided by their sum. With `crop`, a position
    outside the input gives `extrapolation`. `region` lists the starts of all
    `axes`, then the ends, in units of `n - 1`.

    Positions and weights are computed in `f64`, sums and all dimensions but the last in
    `f32` (`f64` for `f64`); integer results round half to even and saturate.

    **Constraints.**
    - C1: `axes` are distinct and within the rank of `input`.
    - C2: `sizes` and `scales` have rank 1 and the length of `axes`; no size is
      negative, all scales are between 2^-24 and 2^24.
    - C3: `region` has twice the length of `axes`, and is given with `crop` alone.
    - C4: a dimension of size 0 stays so.
    - C5: the element type does not change.

    **Example.**
    ```mlir
    %y = graph.resize linear, %x, %sizes, %scales {axes = array<i64: 2, 3>}
        : (tensor<1x3x8x8xf32>, tensor<2xi64>, tensor<2xf64>) -> tensor<1x3x?x?xf32>
    ```
  }];
  let arguments = (ins Graph_InterpolationAttr:$mode, Graph_RealTensor:$input, Graph_ShapeTensor:$sizes,
    TensorOf<[F64]>:$scales, Optional<TensorOf<[F64]>>:$region, DenseI64ArrayAttr:$axes,
    DefaultValuedAttr<Graph_ResizeCoordinatesAttr, "::systole::graph::ResizeCoordinates::half_pixel">:$coordinates,
    DefaultValuedAttr<Graph_NearestRoundingAttr, "::systole::graph::NearestRounding::prefer_floor">:$rounding,
    DefaultValuedAttr<F64Attr, "-0.75">:$cubic_a, DefaultValuedAttr<F64Attr, "0.0">:$extrapolation,
    UnitAttr:$antialias, UnitAttr:$exclude_outside);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = [{
    $mode `,` $input `,` $sizes `,` $scales (`,` $region^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_SampleOp : Graph_InferredOp<"sample"> {
  let summary = "Reads a tensor at positions between its elements";
  let description = [{
    **Semantics.** `input` has shape `[entries, channels, s1, ..., sr]` and
    `positions` `[m, p.., r]`; `result[i, c, p..]` is the input of channel `c` at
    `positions[i, p..]`, whose `r` numbers count elements of the spatial dimensions,
    0 the first element's centre. Row `i` reads entry `entries[i]`, or entry `i`
    where `entries` is absent.

    The border of a dimension of size `s` runs at -0.5 and `s - 0.5`, or with
    `align_corners` at 0 and `s - 1`. `nearest` rounds each position half to even
    first. Then `border` treats positions beyond the border, and afterwards, in the
    same way, the elements that interpolation asks for beside it: `zeros` leaves
    positions and reads zeros; `edge` takes the nearest element; `reflect` reflects
    about the borders as often as needed. `linear` weighs the two neighbours in
    each dimension by distance, `cubic` four, by Keys' function with -0.75.
    Positions that are not finite or beyond 2^30 read as position -2^30. All is
    computed in `f64` where `input` or `positions` is, else in `f32`.

    **Constraints.**
    - C1: `input` has 1 to 4 spatial dimensions.
    - C2: `positions` has rank 2 or more, and `r` as its last dimension.
    - C3: without `entries`, `m` is the number of entries; else `entries` has shape
      `[m]` and is within the entries.
    - C4: the element type does not change; only `nearest` takes integers.
    - C5: no spatial dimension of `input` is 0, unless the result is empty.

    **Example.**
    ```mlir
    %y = graph.sample linear, %x, %p {border = #graph.border_mode<edge>}
        : (tensor<1x3x8x8xf32>, tensor<1x4x5x2xf32>) -> tensor<1x3x4x5xf32>
    ```
  }];
  let arguments = (ins Graph_InterpolationAttr:$mode, Graph_RealTensor:$input,
    TensorOf<[F32, F64]>:$positions, Optional<Graph_ShapeTensor>:$entries,
    DefaultValuedAttr<Graph_BorderModeAttr, "::systole::graph::BorderMode::zeros">:$border,
    UnitAttr:$align_corners);
  let results = (outs Graph_RealTensor:$result);
  let assemblyFormat = [{
    $mode `,` $input `,` $positions (`,` $entries^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_NonMaxSuppressionOp : Graph_InferredOp<"non_max_suppression"> {
  let summary = "Picks boxes that overlap little, best score first";
  let description = [{
    **Semantics.** For each batch entry and class, in this order: of the boxes whose
    score exceeds `score_threshold`, the one of the largest score that is left (the
    first of equals) is selected, unless its intersection with an already selected box, divided
    by their union, exceeds `iou_threshold`; until `max_boxes` are selected. A row of
    the result is (entry, class, box). A box is two opposite corners, in any order.

    **Constraints.**
    - C1: `boxes` has shape `[batch, n, 4]`, `scores` `[batch, classes, n]`.
    - C2: all floats are of one element type.
    - C3: `max_boxes`, `iou_threshold` and `score_threshold` have one element.
    - C4: the result has shape `[k, 3]` with `k` unknown.

    **Example.**
    ```mlir
    %i = graph.non_max_suppression %boxes, %scores, %max, %iou, %score
        : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64>
    ```
  }];
  let arguments = (ins TensorOf<[F32, F64]>:$boxes, TensorOf<[F32, F64]>:$scores,
    Graph_ShapeTensor:$max_boxes, TensorOf<[F32, F64]>:$iou_threshold,
    TensorOf<[F32, F64]>:$score_threshold);
  let results = (outs Graph_ShapeTensor:$result);
  let assemblyFormat = [{
    $boxes `,` $scores `,` $max_boxes `,` $iou_threshold `,` $score_threshold attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // SYSTOLE_GRAPH_SPATIAL_OPS
