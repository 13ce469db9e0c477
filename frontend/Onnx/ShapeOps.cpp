//===- ShapeOps.cpp - ONNX operators that move data ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reshaping, slicing, joining. Axes are resolved here; sizes that are only
// known at run time stay operands.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

/// A shape operand as i64.
static Value asIndex(Node &n, Value value) {
  return value ? n.cast(value, n.getBuilder().getI64Type()) : value;
}

//===----------------------------------------------------------------------===//
// Shape only
//===----------------------------------------------------------------------===//

static void importReshape(Node &n) {
  Value shape;
  if (n.opset < 5) {
    auto dims = n.integers("shape");
    if (!dims)
      return (void)n.error("attribute 'shape' is missing");
    shape = n.ints(*dims);
  } else {
    shape = asIndex(n, n.in(1));
  }
  n.set(0, n.reshape(n.in(0), shape, /*copyZeros=*/!n.integer("allowzero", 0)));
}

static void importFlatten(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  int64_t axis = n.integer("axis", 1);
  if (axis < -*rank || axis > *rank)
    return (void)n.error("axis " + llvm::Twine(axis) + " is outside the " +
                         llvm::Twine(*rank) + " dimensions");
  n.set(0, flattenTo2D(n, n.in(0), axis < 0 ? axis + *rank : axis));
}

static void importTranspose(Node &n) {
  auto perm = n.integers("perm");
  if (!perm) {
    // Without one, the dimensions are reversed.
    auto rank = n.rank(0);
    if (!rank)
      return;
    perm.emplace();
    for (int64_t d = *rank - 1; d >= 0; --d)
      perm->push_back(d);
  }
  n.set(0, n.transpose(n.in(0), *perm));
}

static void importSqueeze(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto given = n.axes(1);
  if (n.failed())
    return;
  if (given) {
    auto axes = n.resolveAxes(*given, *rank);
    if (axes)
      n.set(0, n.squeeze(n.in(0), *axes));
    return;
  }
  // Without axes, every dimension of size 1 goes: all must be known.
  SmallVector<int64_t> ones;
  for (int64_t d = 0; d < *rank; ++d) {
    int64_t size = GraphBuilder::sizeOf(n.in(0), d);
    if (size < 0) {
      std::string source = describeDynamicSource(n.in(0));
      n.error("which dimensions are dropped depends on the size of " +
              (source.empty() ? "a dimension" : source));
      std::string binding = suggestBinding(n.in(0));
      if (!binding.empty())
        n.help("bind it: " + binding);
      return;
    }
    if (size == 1)
      ones.push_back(d);
  }
  n.set(0, n.squeeze(n.in(0), ones));
}

static void importUnsqueeze(Node &n) {
  auto given = n.axes(1);
  if (!given) {
    if (!n.failed())
      n.error("its axes are missing");
    return;
  }
  // Only negative axes need the rank.
  bool isNegative = llvm::any_of(*given, [](int64_t axis) { return axis < 0; });
  int64_t rank = GraphBuilder::rankOf(n.in(0)).value_or(int64_t(1) << 30);
  if (isNegative) {
    auto known = n.rank(0);
    if (!known)
      return;
    rank = *known;
  }
  auto axes = n.resolveAxes(*given, rank + given->size());
  if (axes)
    n.set(0, n.unsqueeze(n.in(0), *axes));
}

static void importExpand(Node &n) {
  n.set(0, n.broadcast(n.in(0), asIndex(n, n.in(1))));
}

static void importTile(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  if (n.opset < 6) {
    auto count = n.requireInts(n.in(1), "input 'tiles'");
    auto axis = n.requireInts(n.in(2), "input 'axis'");
    if (!count || !axis || count->size() != 1 || axis->size() != 1)
      return;
    auto resolved = n.resolveAxis((*axis)[0], *rank);
    if (!resolved)
      return;
    SmallVector<int64_t> repeats(*rank, 1);
    repeats[*resolved] = (*count)[0];
    return n.set(0, tile(n, n.in(0), repeats));
  }
  Value repeats = asIndex(n, n.in(1));
  int64_t count = GraphBuilder::sizeOf(repeats, 0);
  if (count >= 0 && count != *rank)
    return (void)n.error("there are " + llvm::Twine(count) + " repeats for " +
                         llvm::Twine(*rank) + " dimensions");
  n.set(0, tile(n, n.in(0), repeats));
}

//===----------------------------------------------------------------------===//
// Joining and splitting
//===----------------------------------------------------------------------===//

static void importConcat(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  if (!n.attribute("axis") && n.opset >= 4)
    return (void)n.error("attribute 'axis' is missing");
  auto axis = n.resolveAxis(n.integer("axis", 1), *rank);
  if (!axis)
    return;
  SmallVector<Value> values;
  for (unsigned i = 0; i < n.numInputs(); ++i)
    values.push_back(n.in(i));
  n.set(0, n.concat(values, *axis));
}

/// Sizes of the parts of a split where the model does not list them.
static std::optional<SmallVector<int64_t>> equalParts(Node &n, int64_t size) {
  int64_t parts = n.numOutputs();
  if (n.opset >= 18 && n.attribute("num_outputs") &&
      n.integer("num_outputs", 0) != parts) {
    n.error("num_outputs is not the number of outputs");
    return std::nullopt;
  }
  if (size < 0) {
    n.error("the size of the split dimension is not known");
    return std::nullopt;
  }
  // Since operator set 18 the last part may be smaller.
  int64_t chunk = (size + parts - 1) / parts;
  SmallVector<int64_t> sizes(parts, chunk);
  sizes.back() = size - chunk * (parts - 1);
  if (sizes.back() < 0 || (n.opset < 18 && sizes.back() != chunk)) {
    n.error("a dimension of size " + llvm::Twine(size) +
            " does not split into " + llvm::Twine(parts) + " parts");
    return std::nullopt;
  }
  return sizes;
}

static void importSplit(Node &n) {
  auto rank = n.rank(0);
  if (!rank || n.numOutputs() == 0)
    return;
  auto axis = n.resolveAxis(n.integer("axis", 0), *rank);
  if (!axis)
    return;
  std::optional<SmallVector<int64_t>> sizes = n.integers("split");
  if (!sizes && n.has(1))
    sizes = n.requireInts(n.in(1), "input 'split'");
  int64_t size = GraphBuilder::sizeOf(n.in(0), *axis);
  if (!sizes && !n.failed())
    sizes = equalParts(n, size);
  if (!sizes)
    return;
  int64_t sum = 0;
  for (int64_t part : *sizes)
    if (part < 0 || llvm::AddOverflow(sum, part, sum))
      return (void)n.error("a part has an impossible size");
  if (sizes->size() != n.numOutputs() || (size >= 0 && sum != size))
    return (void)n.error(
        "the parts do not add up: " + llvm::Twine(sizes->size()) +
        " sizes with sum " + llvm::Twine(sum) + " for " +
        llvm::Twine(n.numOutputs()) + " outputs");
  int64_t start = 0;
  for (unsigned i = 0; i < n.numOutputs(); ++i) {
    int64_t end = start + (*sizes)[i];
    if (n.wants(i))
      n.set(i, n.slice(n.in(0), *axis, start, end));
    start = end;
  }
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

/// Slices at run-time positions; `axes` in the operator's order.
static void setSlice(Node &n, Value starts, Value ends, Value steps,
                     std::optional<SmallVector<int64_t>> axes) {
  int64_t count = GraphBuilder::sizeOf(starts, 0);
  if (!starts || !ends || GraphBuilder::rankOf(starts) != 1 || count < 0) {
    if (!n.failed())
      n.error("the number of sliced dimensions is not known");
    return;
  }
  if (!axes) {
    axes.emplace();
    for (int64_t d = 0; d < count; ++d)
      axes->push_back(d);
  }
  bool isNegative = llvm::any_of(*axes, [](int64_t axis) { return axis < 0; });
  if (isNegative) {
    auto rank = n.rank(0);
    if (!rank)
      return;
    for (int64_t &axis : *axes) {
      auto resolved = n.resolveAxis(axis, *rank);
      if (!resolved)
        return;
      axis = *resolved;
    }
  }
  if (!steps)
    steps = n.ints(SmallVector<int64_t>(count, 1));
  n.set(0, n.slice(n.in(0), starts, ends, steps, *axes));
}

static void importSlice1(Node &n) {
  auto starts = n.integers("starts"), ends = n.integers("ends");
  if (!starts || !ends)
    return (void)n.error("attribute 'starts' or 'ends' is missing");
  setSlice(n, n.ints(*starts), n.ints(*ends), {}, n.integers("axes"));
}

static void importSlice10(Node &n) {
  std::optional<SmallVector<int64_t>> axes;
  if (n.has(3)) {
    axes = n.requireInts(n.in(3), "input 'axes'");
    if (!axes)
      return;
  }
  setSlice(n, asIndex(n, n.in(1)), asIndex(n, n.in(2)),
           n.has(4) ? asIndex(n, n.in(4)) : Value(), axes);
}

static void importGather(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axis = n.resolveAxis(n.integer("axis", 0), *rank);
  if (axis)
    n.set(0, n.gather(n.in(0), n.in(1), *axis));
}

//===----------------------------------------------------------------------===//
// Padding
//===----------------------------------------------------------------------===//

/// Pads of all dimensions from those of `axes`, given as a constant or
/// computed.
static Value spreadPads(Node &n, Value pads, llvm::ArrayRef<int64_t> axes,
                        int64_t rank) {
  int64_t count = axes.size();
  SmallVector<Value> parts(2 * rank);
  for (int64_t i = 0; i < 2 * count; ++i) {
    int64_t slot = (i < count ? 0 : rank) + axes[i % count];
    parts[slot] = n.slice(pads, 0, i, i + 1);
    if (!parts[slot])
      return {};
  }
  for (Value &part : parts)
    if (!part)
      part = n.ints({0});
  return n.concat(parts, 0);
}

static void importPad(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  Value pads, value = n.opset < 11 ? Value() : n.optional(2);
  if (n.opset < 11) {
    auto given = n.integers(n.opset < 2 ? "paddings" : "pads");
    if (!given)
      return (void)n.error("attribute 'pads' is missing");
    pads = n.ints(*given);
    value = n.like(n.in(0), n.real("value", 0));
  } else {
    pads = asIndex(n, n.in(1));
  }
  if (n.opset >= 18 && n.has(3)) {
    auto given = n.requireInts(n.in(3), "input 'axes'");
    if (!given)
      return;
    for (int64_t &axis : *given) {
      auto resolved = n.resolveAxis(axis, *rank);
      if (!resolved)
        return;
      axis = *resolved;
    }
    if (GraphBuilder::sizeOf(pads, 0) !=
        2 * static_cast<int64_t>(given->size()))
      return (void)n.error("the number of pads is not twice that of axes");
    pads = spreadPads(n, pads, *given, *rank);
  }
  std::string modeName = n.string("mode", "constant");
  auto mode = graph::symbolizePadMode(modeName);
  if (!mode)
    return (void)n.error("mode '" + modeName + "' is not supported");
  if (*mode != graph::PadMode::constant)
    value = Value();
  n.set(0, n.make<graph::PadOp>(
               {n.in(0), pads, value},
               {n.attr("mode", graph::PadModeAttr::get(n.getContext(), *mode))},
               1));
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

static void importDepthToSpace(Node &n) {
  std::string mode = n.string("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return (void)n.error("mode '" + mode + "' is unknown");
  n.set(0, depthToSpace(n, n.in(0), n.integer("blocksize", 0),
                        mode == "DCR" ? DepthOrder::BlockFirst
                                      : DepthOrder::ChannelFirst));
}

static void importSpaceToDepth(Node &n) {
  n.set(0, spaceToDepth(n, n.in(0), n.integer("blocksize", 0)));
}

llvm::ArrayRef<Operator> shapeOperators() {
  static constexpr Operator rows[] = {
      {"Concat", 1, 28, importConcat},
      {"DepthToSpace", 1, 28, importDepthToSpace},
      {"Expand", 8, 28, importExpand},
      {"Flatten", 1, 28, importFlatten},
      {"Gather", 1, 28, importGather},
      {"Pad", 1, 28, importPad},
      {"Reshape", 1, 28, importReshape},
      {"Slice", 1, 9, importSlice1},
      {"Slice", 10, 28, importSlice10},
      {"SpaceToDepth", 1, 28, importSpaceToDepth},
      {"Split", 1, 28, importSplit},
      {"Squeeze", 1, 28, importSqueeze},
      {"Tile", 1, 28, importTile},
      {"Transpose", 1, 28, importTranspose},
      {"Unsqueeze", 1, 28, importUnsqueeze},
  };
  return rows;
}

} // namespace systole::onnx
