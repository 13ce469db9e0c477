//===- SpatialOps.cpp - ONNX resizing, sampling, spreading, boxes ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads operands and attributes; frontend/Common/Sampling.h and
// TransposedConv.h do the work. Resizing is in ResizeOps.cpp.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Einsum.h"
#include "frontend/Common/Sampling.h"
#include "frontend/Common/TransposedConv.h"
#include "frontend/Onnx/Windows.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// Sampling
//===----------------------------------------------------------------------===//

static void importGridSample(Node &n) {
  SampleMode mode;
  std::string name = n.string("mode", n.opset < 20 ? "bilinear" : "linear");
  llvm::StringRef kind = name;
  kind.consume_front("bi");
  if (kind == "nearest")
    mode.interpolation = graph::Interpolation::nearest;
  else if (kind == "cubic")
    mode.interpolation = graph::Interpolation::cubic;
  else if (kind != "linear")
    return (void)n.error("mode '" + name + "' is unknown");
  std::string padding = n.string("padding_mode", "zeros");
  if (padding == "border")
    mode.border = graph::BorderMode::edge;
  else if (padding == "reflection")
    mode.border = graph::BorderMode::reflect;
  else if (padding != "zeros")
    return (void)n.error("padding_mode '" + padding + "' is unknown");
  mode.alignCorners = n.integer("align_corners", 0);
  if (n.rank(0) && n.rank(1))
    n.set(0, gridSample(n, n.in(0), n.in(1), mode));
}

static void importAffineGrid(Node &n) {
  Value theta = n.in(0);
  auto size = n.requireInts(n.in(1), "input 'size'");
  if (!theta || !size)
    return;
  if (size->size() < 3)
    return (void)n.error("its size needs 3 entries or more");
  n.set(0, affineGrid(n, theta, ArrayRef<int64_t>(*size).drop_front(2),
                      n.integer("align_corners", 0)));
}

static void importRoiAlign(Node &n) {
  RegionPool pool{n.in(0), n.in(1), n.in(2)};
  if (!pool.input || !pool.corners || !pool.images)
    return;
  pool.height = n.integer("output_height", 1);
  pool.width = n.integer("output_width", 1);
  pool.scale = n.real("spatial_scale", 1);
  int64_t ratio = n.integer("sampling_ratio", 0);
  std::string mode = n.string("mode", "avg");
  std::string coordinates =
      n.string("coordinate_transformation_mode",
               n.opset < 16 ? "output_half_pixel" : "half_pixel");
  if ((mode != "avg" && mode != "max") || pool.height < 1 || pool.width < 1 ||
      ratio < 0 || ratio > 1 << 10)
    return (void)n.error("its mode, output size or sampling ratio is not one "
                         "that is defined");
  n.set(0, alignRegions(n, pool, ratio, mode == "max",
                        coordinates == "half_pixel"));
}

static void importMaxRoiPool(Node &n) {
  auto shape = n.integers("pooled_shape");
  Value rois = n.in(1);
  if (!shape || !rois)
    return (void)(shape || n.error("attribute 'pooled_shape' is missing"));
  if (shape->size() != 2 || (*shape)[0] < 1 || (*shape)[1] < 1)
    return (void)n.error("'pooled_shape' needs two positive entries");
  // Rows are (image, x1, y1, x2, y2).
  Value images = n.cast(n.squeeze(n.slice(rois, 1, 0, 1), {1}),
                        n.getBuilder().getI64Type());
  RegionPool pool{n.in(0),     n.slice(rois, 1, 1, 5),    images, (*shape)[0],
                  (*shape)[1], n.real("spatial_scale", 1)};
  n.set(0, poolRegions(n, pool));
}

static void importDeformConv(Node &n) {
  Window w;
  if (!readWindow(n, w))
    return;
  DeformableConv conv;
  conv.input = n.in(0);
  conv.filter = n.in(1);
  conv.offsets = n.in(2);
  conv.bias = n.optional(3);
  conv.mask = n.optional(4);
  conv.groups = n.integer("group", 1);
  conv.offsetGroups = n.integer("offset_group", 1);
  conv.strides = w.strides;
  conv.dilations = w.dilations;
  conv.padLow = w.pads;
  conv.padLow.resize(w.spatial);
  n.set(0, deformableConv(n, conv));
}

//===----------------------------------------------------------------------===//
// Spreading
//===----------------------------------------------------------------------===//

/// Where the result of a transposed convolution begins and how large it is.
static bool transposedSizes(Node &n, const Window &w, TransposedConv &conv) {
  SmallVector<int64_t> extra;
  if (!readList(n, "output_padding", w.spatial, 0, extra))
    return false;
  auto wanted = n.integers("output_shape");
  // Some files list all dimensions.
  if (wanted && static_cast<int64_t>(wanted->size()) == w.spatial + 2)
    wanted->erase(wanted->begin(), wanted->begin() + 2);
  if (wanted && static_cast<int64_t>(wanted->size()) != w.spatial) {
    n.error("'output_shape' has " + llvm::Twine(wanted->size()) + " entries");
    return false;
  }
  bool isSame = w.autoPad != graph::AutoPad::explicit_pads;
  for (int64_t d = 0; d < w.spatial; ++d) {
    int64_t stride = w.strides[d],
            size = GraphBuilder::sizeOf(conv.filter, d + 2);
    if (size < 1) {
      n.error("the size of its filter is not known");
      return false;
    }
    int64_t kernel = (size - 1) * w.dilations[d] + 1 + extra[d];
    Extent in = n.extent(conv.input, d + 2);
    // The unpadded result is stride * (in - 1) + kernel long.
    int64_t total = kernel - stride;
    if (wanted && in.value) {
      n.error("'output_shape' needs an input of known size");
      return false;
    }
    if (wanted)
      total = stride * (in.size - 1) + kernel - (*wanted)[d];
    if (wanted || isSame) {
      total = std::max<int64_t>(total, 0);
      bool upper = w.autoPad == graph::AutoPad::same_upper;
      conv.padLow.push_back(upper ? total / 2 : total - total / 2);
      conv.outSize.push_back(wanted ? Extent((*wanted)[d])
                                    : n.product(in, stride));
      continue;
    }
    int64_t rest = kernel - stride - w.pads[d] - w.pads[w.spatial + d];
    conv.padLow.push_back(w.pads[d]);
    Extent whole = n.product(in, stride);
    conv.outSize.push_back(
        whole.value ? Extent(n.add(whole.value, static_cast<double>(rest)))
                    : Extent(whole.size + rest));
    if (!whole.value && whole.size + rest < 0) {
      n.error("its pads are larger than its result");
      return false;
    }
  }
  return !n.failed();
}

static void importConvTranspose(Node &n) {
  Window w;
  TransposedConv conv;
  conv.input = n.in(0);
  conv.filter = n.in(1);
  conv.bias = n.optional(2);
  if (!readWindow(n, w) || !conv.input || !conv.filter)
    return;
  conv.groups = n.integer("group", 1);
  conv.strides = w.strides;
  conv.dilations = w.dilations;
  if (transposedSizes(n, w, conv))
    n.set(0, transposedConv(n, conv));
}

static void importCol2Im(Node &n) {
  auto image = n.requireInts(n.in(1), "input 'image_shape'");
  auto block = n.requireInts(n.in(2), "input 'block_shape'");
  if (!image || !block)
    return;
  int64_t count = static_cast<int64_t>(image->size());
  BlocksToImage sum{n.in(0), *image, *block, {}, {}, {}, {}};
  SmallVector<int64_t> pads;
  if (block->size() != image->size() ||
      !readList(n, "strides", count, 1, sum.strides) ||
      !readList(n, "dilations", count, 1, sum.dilations) ||
      !readList(n, "pads", 2 * count, 0, pads))
    return (void)n.error("its block and image differ in dimensions");
  auto isPositive = [](int64_t x) { return x > 0 && x < 1 << 20; };
  for (ArrayRef<int64_t> list :
       {ArrayRef<int64_t>(*block), ArrayRef<int64_t>(sum.strides),
        ArrayRef<int64_t>(sum.dilations)})
    if (!llvm::all_of(list, isPositive))
      return (void)n.error("its block, strides or dilations are not positive");
  sum.padLow.assign(pads.begin(), pads.begin() + count);
  sum.padHigh.assign(pads.begin() + count, pads.end());
  n.set(0, blocksToImage(n, sum));
}

//===----------------------------------------------------------------------===//
// Boxes, determinants, sums
//===----------------------------------------------------------------------===//

/// Boxes (x, y, width, height) of centres as corners (y1, x1, y2, x2).
static Value cornersOfCentres(Node &n, Value boxes) {
  auto column = [&](int64_t i) { return n.slice(boxes, 2, i, i + 1); };
  Value x = column(0), y = column(1);
  Value w = n.div(column(2), 2.0), h = n.div(column(3), 2.0);
  return n.concat({n.sub(y, h), n.sub(x, w), n.add(y, h), n.add(x, w)}, 2);
}

static void importNonMaxSuppression(Node &n) {
  Value boxes = n.in(0), scores = n.in(1);
  Value most = n.optional(2), iou = n.optional(3), least = n.optional(4);
  if (n.integer("center_point_box", 0))
    boxes = cornersOfCentres(n, boxes);
  if (!most)
    most = n.scalar(n.getBuilder().getI64Type(), 0);
  if (!iou)
    iou = n.like(boxes, 0.0);
  if (!least)
    least = n.like(boxes, -std::numeric_limits<double>::infinity());
  n.set(0,
        n.make<graph::NonMaxSuppressionOp>({boxes, scores, most, iou, least}));
}

static void importDet(Node &n) { n.set(0, n.make<graph::DetOp>({n.in(0)})); }

static void importEinsum(Node &n) {
  SmallVector<Value> operands;
  for (unsigned i = 0; i < n.numInputs(); ++i)
    operands.push_back(n.in(i));
  if (!n.failed())
    n.set(0, einsum(n, n.string("equation", ""), operands));
}

llvm::ArrayRef<Operator> spatialOperators() {
  static constexpr Operator rows[] = {
      {"AffineGrid", 20, 28, importAffineGrid},
      {"Col2Im", 18, 28, importCol2Im},
      {"ConvTranspose", 1, 28, importConvTranspose},
      {"DeformConv", 19, 28, importDeformConv},
      {"Det", 11, 28, importDet},
      {"Einsum", 12, 28, importEinsum},
      {"GridSample", 16, 28, importGridSample},
      {"MaxRoiPool", 1, 28, importMaxRoiPool},
      {"NonMaxSuppression", 10, 28, importNonMaxSuppression},
      {"RoiAlign", 10, 28, importRoiAlign},
  };
  return rows;
}

} // namespace systole::onnx
