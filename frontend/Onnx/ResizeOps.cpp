//===- ResizeOps.cpp - ONNX Resize and Upsample ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both name sizes or scales; graph.resize wants both. Dimensions that are known
// to stay as they are are left out.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::onnx {

namespace {
/// What is resized: dimensions with their new sizes and their scales (f64), the
/// region of 'tf_crop_and_resize' or null.
struct Resizing {
  SmallVector<int64_t> axes;
  Value sizes, scales, region;
};
} // namespace

/// Sizes of the dimensions that are resized, tensor<Nxi64>.
static Value inputSizes(Node &n, Value x, ArrayRef<int64_t> axes) {
  SmallVector<Extent> sizes;
  for (int64_t axis : axes)
    sizes.push_back(n.extent(x, axis));
  return n.shape(sizes);
}

/// Sizes from scales: rounded down.
static void setScales(Node &n, Resizing &r, Value x, Value scales) {
  Type f64 = n.getBuilder().getF64Type(), i64 = n.getBuilder().getI64Type();
  r.scales = n.cast(scales, f64);
  Value sizes = n.mul(n.cast(inputSizes(n, x, r.axes), f64), r.scales);
  r.sizes = n.cast(n.floor(sizes), i64);
}

/// Scales from sizes, after `policy` on the ratio of the dimensions.
static void setSizes(Node &n, Resizing &r, Value x, Value sizes,
                     llvm::StringRef policy) {
  Type f64 = n.getBuilder().getF64Type(), i64 = n.getBuilder().getI64Type();
  Value before = n.cast(inputSizes(n, x, r.axes), f64);
  r.sizes = n.cast(sizes, i64);
  r.scales = n.div(n.cast(r.sizes, f64), before);
  if (policy == "stretch")
    return;
  if (policy != "not_larger" && policy != "not_smaller")
    return (void)n.error("keep_aspect_ratio_policy '" + policy +
                         "' is unknown");
  // One scale for all; sizes round half up.
  bool least = policy == "not_larger";
  Value scale = n.reduce(least ? ReduceKind::min : ReduceKind::max, r.scales,
                         {0}, /*keepDims=*/true);
  r.scales = n.broadcast(scale, n.shapeOf(before));
  r.sizes = n.cast(n.floor(n.add(n.mul(before, scale), 0.5)), i64);
}

/// Leaves out the dimensions that are known to stay as they are.
static void dropUnchanged(Node &n, Resizing &r, Value x) {
  auto sizes = r.sizes ? graph::constantInts(r.sizes) : std::nullopt;
  ElementsAttr scales =
      r.scales ? graph::constantAttribute(r.scales) : ElementsAttr();
  auto tensor =
      scales ? graph::tensorFromAttribute(scales) : FailureOr<graph::Tensor>();
  if (r.region || !sizes || !scales || mlir::failed(tensor))
    return;
  SmallVector<int64_t> axes, kept;
  SmallVector<double> factors;
  for (auto [k, axis] : llvm::enumerate(r.axes)) {
    double scale = tensor->getDouble(k);
    if (scale == 1.0 && GraphBuilder::sizeOf(x, axis) == (*sizes)[k])
      continue;
    axes.push_back(axis);
    kept.push_back((*sizes)[k]);
    factors.push_back(scale);
  }
  graph::Tensor rest(tensor->getElementType(),
                     {static_cast<int64_t>(factors.size())});
  for (auto [k, factor] : llvm::enumerate(factors))
    rest.setDouble(k, factor);
  r = {axes, n.ints(kept), n.constant(rest), {}};
}

/// Reads how positions and neighbours are chosen; false with a message.
static bool readModes(Node &n, SmallVectorImpl<NamedAttribute> &attributes) {
  using graph::Interpolation, graph::ResizeCoordinates, graph::NearestRounding;
  std::string mode = n.string("mode", "nearest");
  auto interpolation = llvm::StringSwitch<std::optional<Interpolation>>(mode)
                           .Case("nearest", Interpolation::nearest)
                           .Cases({"linear", "bilinear"}, Interpolation::linear)
                           .Case("cubic", Interpolation::cubic)
                           .Default(std::nullopt);
  bool isOld = n.opset < 11 || n.proto.op_type() == "Upsample";
  std::string where = n.string("coordinate_transformation_mode",
                               isOld ? "asymmetric" : "half_pixel");
  // Positions half an element further; see below.
  bool shifted = where == "tf_half_pixel_for_nn";
  auto coordinates =
      llvm::StringSwitch<std::optional<ResizeCoordinates>>(where)
          .Cases({"half_pixel", "tf_half_pixel_for_nn"},
                 ResizeCoordinates::half_pixel)
          .Case("half_pixel_symmetric", ResizeCoordinates::half_pixel_symmetric)
          .Case("pytorch_half_pixel",
                ResizeCoordinates::half_pixel_unless_single)
          .Case("align_corners", ResizeCoordinates::align_corners)
          .Case("asymmetric", ResizeCoordinates::asymmetric)
          .Case("tf_crop_and_resize", ResizeCoordinates::crop)
          .Default(std::nullopt);
  std::string nearest =
      n.string("nearest_mode", isOld ? "floor" : "round_prefer_floor");
  auto rounding = llvm::StringSwitch<std::optional<NearestRounding>>(nearest)
                      .Case("round_prefer_floor", NearestRounding::prefer_floor)
                      .Case("round_prefer_ceil", NearestRounding::prefer_ceil)
                      .Case("floor", NearestRounding::floor)
                      .Case("ceil", NearestRounding::ceil)
                      .Default(std::nullopt);
  if (!interpolation || !coordinates || !rounding) {
    n.error("mode '" + mode + "' with coordinates '" + where +
            "' and nearest_mode '" + nearest + "' is unknown");
    return false;
  }
  if (shifted) {
    // floor(x + 0.5) and ceil(x + 0.5 - 0.5) of the unshifted x.
    bool known = *interpolation == Interpolation::nearest &&
                 (nearest == "floor" || nearest == "round_prefer_floor");
    if (!known) {
      n.error("coordinates '" + where +
              "' are supported with mode 'nearest' "
              "and nearest_mode 'floor' or 'round_prefer_floor' only");
      return false;
    }
    rounding = nearest == "floor" ? NearestRounding::prefer_ceil
                                  : NearestRounding::ceil;
  }
  MLIRContext *context = n.getContext();
  attributes.append(
      {n.attr("mode", graph::InterpolationAttr::get(context, *interpolation)),
       n.attr("coordinates",
              graph::ResizeCoordinatesAttr::get(context, *coordinates)),
       n.attr("rounding", graph::NearestRoundingAttr::get(context, *rounding)),
       n.attr("cubic_a", n.real("cubic_coeff_a", -0.75)),
       n.attr("extrapolation", n.real("extrapolation_value", 0))});
  for (auto [name, flag] : {std::pair("antialias", "antialias"),
                            std::pair("exclude_outside", "exclude_outside")})
    if (n.integer(name, 0))
      attributes.push_back(n.unitAttr(flag));
  return true;
}

static void makeResize(Node &n, Value x, Resizing r) {
  SmallVector<NamedAttribute> attributes;
  if (!readModes(n, attributes))
    return;
  dropUnchanged(n, r, x);
  if (r.axes.empty())
    return n.set(0, x);
  attributes.push_back(n.attr("axes", r.axes));
  n.set(0, n.make<graph::ResizeOp>({x, r.sizes, r.scales, r.region}, attributes,
                                   1));
}

/// True if operand `value` is given and has elements.
static bool isGiven(Value value) {
  return value && GraphBuilder::sizeOf(value, 0) != 0;
}

static SmallVector<int64_t> allAxes(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

static void importResize(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0), region = n.optional(1), scales = n.optional(2),
        sizes = n.optional(3);
  if (!rank)
    return;
  Resizing r{allAxes(*rank), {}, {}, {}};
  if (auto axes = n.integers("axes")) {
    r.axes.clear();
    for (int64_t axis : *axes)
      r.axes.push_back(n.resolveAxis(axis, *rank).value_or(0));
    if (n.failed())
      return;
  }
  if (isGiven(scales) == isGiven(sizes))
    return (void)n.error("needs either 'scales' or 'sizes'");
  if (isGiven(scales))
    setScales(n, r, x, scales);
  else
    setSizes(n, r, x, sizes, n.string("keep_aspect_ratio_policy", "stretch"));
  if (n.string("coordinate_transformation_mode", "") == "tf_crop_and_resize") {
    if (!region)
      return (void)n.error("coordinates 'tf_crop_and_resize' need input 'roi'");
    r.region = n.cast(region, n.getBuilder().getF64Type());
  }
  makeResize(n, x, r);
}

/// Opset 10: (x, scales).
static void importResize10(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0), scales = n.in(1);
  if (!rank)
    return;
  Resizing r{allAxes(*rank), {}, {}, {}};
  setScales(n, r, x, scales);
  makeResize(n, x, r);
}

/// Upsample: scales as an attribute, later as an operand.
static void importUpsample(Node &n) {
  if (n.opset >= 9)
    return importResize10(n);
  auto rank = n.rank(0);
  if (!rank)
    return;
  SmallVector<double> factors = n.reals("scales");
  if (n.opset < 7)
    factors = {1, 1, n.real("height_scale", 1), n.real("width_scale", 1)};
  graph::Tensor scales(n.getBuilder().getF64Type(),
                       {static_cast<int64_t>(factors.size())});
  for (auto [k, factor] : llvm::enumerate(factors))
    scales.setDouble(k, factor);
  if (static_cast<int64_t>(factors.size()) != *rank)
    return (void)n.error(llvm::Twine(factors.size()) + " scales for " +
                         llvm::Twine(*rank) + " dimensions");
  Resizing r{allAxes(*rank), {}, {}, {}};
  setScales(n, r, n.in(0), n.constant(scales));
  makeResize(n, n.in(0), r);
}

llvm::ArrayRef<Operator> resizeOperators() {
  static constexpr Operator rows[] = {
      {"Resize", 10, 10, importResize10},
      {"Resize", 11, 28, importResize},
      {"Upsample", 1, 9, importUpsample},
  };
  return rows;
}

} // namespace systole::onnx
