//===- ShapeOps.cpp - TFLite operators that move elements -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shapes, slices, paddings, blocks. Elements are moved as they are stored:
// quantised numbers keep their meaning, or are rescaled where the file changes
// it.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Tflite/Quantized.h"
#include <numeric>

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static void importReshape(Node &n) {
  Value x = n.in(0);
  if (n.has(1))
    return n.set(0, n.reshape(x, n.index(1)));
  const auto *options = n.op.options_as<fb::ReshapeOptions>();
  SmallVector<int64_t> shape = n.outputShape();
  if (options && options->new_shape())
    shape.assign(list(options->new_shape()).begin(),
                 list(options->new_shape()).end());
  n.set(0, n.reshape(x, n.ints(shape)));
}

static void importSqueeze(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  SmallVector<int64_t> axes;
  const auto *options = n.op.options_as<fb::SqueezeOptions>();
  for (int32_t axis : list(options ? options->squeeze_dims() : nullptr)) {
    auto one = n.resolveAxis(axis, *rank);
    if (!one)
      return;
    axes.push_back(*one);
  }
  // None: all that have one index.
  for (int64_t d = 0; d < *rank && !options; ++d)
    if (GraphBuilder::sizeOf(n.in(0), d) == 1)
      axes.push_back(d);
  if (options && axes.empty())
    for (int64_t d = 0; d < *rank; ++d)
      if (GraphBuilder::sizeOf(n.in(0), d) == 1)
        axes.push_back(d);
  llvm::sort(axes);
  n.set(0, n.squeeze(n.in(0), axes));
}

static void importExpandDims(Node &n) {
  auto rank = n.rank(0);
  auto axis = n.integers(1, "the axis");
  if (!rank || !axis)
    return;
  if (axis->size() != 1)
    return (void)n.error("its axis is not one number");
  if (auto resolved = n.resolveAxis(axis->front(), *rank + 1))
    n.set(0, n.unsqueeze(n.in(0), {*resolved}));
}

static void importTranspose(Node &n) {
  auto perm = n.integers(1, "the permutation");
  auto rank = n.rank(0);
  if (!perm || !rank)
    return;
  for (int64_t &axis : *perm)
    axis = axis < 0 ? axis + *rank : axis;
  n.set(0, n.transpose(n.in(0), *perm));
}

static void importShape(Node &n) {
  Value shape = n.shapeOf(n.in(0));
  if (shape && n.outputType(0))
    n.set(0, n.cast(shape, n.outputType(0)));
}

static void importRank(Node &n) {
  if (auto rank = n.rank(0))
    n.set(0, n.scalar(n.getBuilder().getI32Type(), double(*rank)));
}

static void importBroadcastTo(Node &n) {
  n.set(0, n.broadcast(n.in(0), n.index(1)));
}
static void importFill(Node &n) { n.set(0, n.broadcast(n.in(1), n.index(0))); }
static void importTile(Node &n) { n.set(0, tile(n, n.in(0), n.index(1))); }

//===----------------------------------------------------------------------===//
// Joining and splitting
//===----------------------------------------------------------------------===//

/// Inputs from `first` on, in the meaning of the output.
static SmallVector<Value> sameMeaning(Node &n) {
  SmallVector<Value> values;
  for (unsigned i = 0; i < n.numInputs(); ++i)
    values.push_back(rescaledToOutput(n, i));
  return values;
}

static void importConcatenation(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axis =
      n.resolveAxis(n.option(&fb::ConcatenationOptions::axis, 0), *rank);
  auto activation =
      n.option(&fb::ConcatenationOptions::activation, fb::Activation_NONE);
  if (!axis)
    return;
  Value joined = n.concat(sameMeaning(n), *axis);
  if (n.isOutputQuantized(0))
    n.set(0, clampToActivation(n, joined, activation));
  else
    n.set(0, n.activate(joined, activation));
}

static void importPack(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axis = n.resolveAxis(n.option(&fb::PackOptions::axis, 0), *rank + 1);
  if (!axis)
    return;
  SmallVector<Value> slices;
  for (Value value : sameMeaning(n))
    slices.push_back(n.unsqueeze(value, {*axis}));
  n.set(0, n.concat(slices, *axis));
}

static void importUnpack(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axis = n.resolveAxis(n.option(&fb::UnpackOptions::axis, 0), *rank);
  for (unsigned i = 0; axis && i < n.numOutputs(); ++i)
    n.set(i, n.squeeze(n.slice(n.in(0), *axis, i, i + 1), {*axis}));
}

/// Parts of `sizes` along an axis.
static void setParts(Node &n, unsigned input, int64_t axis,
                     llvm::ArrayRef<int64_t> sizes) {
  int64_t start = 0;
  for (auto [i, size] : llvm::enumerate(sizes)) {
    n.set(i, n.slice(n.in(input), axis, start, start + size));
    start += size;
  }
}

/// The constant axis in input `i`, resolved for input `data`.
static std::optional<int64_t> axisInput(Node &n, unsigned i, unsigned data) {
  auto axis = n.integers(i, "the axis");
  auto rank = n.rank(data);
  if (!axis || !rank)
    return std::nullopt;
  if (axis->size() == 1)
    return n.resolveAxis(axis->front(), *rank);
  n.error("its axis is not one number");
  return std::nullopt;
}

static void importSplit(Node &n) {
  auto axis = axisInput(n, 0, 1);
  if (!axis)
    return;
  int64_t size = GraphBuilder::sizeOf(n.in(1), *axis), parts = n.numOutputs();
  if (parts == 0 || size < 0 || size % parts != 0)
    return (void)n.error("dimension " + llvm::Twine(*axis) + " of size " +
                         llvm::Twine(size) + " has no " + llvm::Twine(parts) +
                         " equal parts");
  setParts(n, 1, *axis, SmallVector<int64_t>(parts, size / parts));
}

static void importSplitV(Node &n) {
  auto axis = axisInput(n, 2, 0);
  auto sizes = n.integers(1, "the sizes");
  if (!axis || !sizes)
    return;
  // One size may be -1: what is left.
  int64_t size = GraphBuilder::sizeOf(n.in(0), *axis), sum = 0;
  for (int64_t part : *sizes)
    sum += std::max<int64_t>(part, 0);
  for (int64_t &part : *sizes)
    part = part < 0 ? size - sum : part;
  if (sizes->size() != n.numOutputs() || size < 0 ||
      std::accumulate(sizes->begin(), sizes->end(), int64_t(0)) != size)
    return (void)n.error("its sizes do not add up to the dimension");
  setParts(n, 0, *axis, *sizes);
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

static void importSlice(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  Value starts = n.index(1), sizes = n.index(2);
  if (!starts || !sizes)
    return;
  // A size of -1 takes all that is left.
  Value ends = n.add(starts, sizes);
  Value all = n.compare(graph::ComparePredicate::lt, sizes, 0.0);
  ends = n.select(all, n.shapeOf(n.in(0)), ends);
  n.set(0, n.slice(n.in(0), starts, ends,
                   n.ints(SmallVector<int64_t>(*rank, 1)), axes));
}

namespace {
/// A strided slice as lists, one entry for each dimension of the input, and
/// what becomes of the dimensions of the specification.
struct StridedSlice {
  SmallVector<int64_t> starts, ends, steps, axes, shrunk, added;
};
} // namespace

/// Reads one entry of the specification for dimension `d` of `size` indices.
static void addStridedEntry(Node &n, StridedSlice &s, size_t i, int64_t d,
                            int64_t size, llvm::ArrayRef<int64_t> begin,
                            llvm::ArrayRef<int64_t> end,
                            llvm::ArrayRef<int64_t> strides,
                            const fb::StridedSliceOptions &o) {
  constexpr int64_t last = std::numeric_limits<int32_t>::max();
  int64_t bit = int64_t(1) << i, step = strides[i];
  int64_t from = begin[i], to = o.offset() ? begin[i] + end[i] : end[i];
  if (o.shrink_axis_mask() & bit) {
    // One index, whatever the end and the stride.
    if (from < 0 && size >= 0)
      from += size;
    s.shrunk.push_back(d);
    step = 1;
    to = from == -1 ? last : from + 1;
  } else {
    if (o.begin_mask() & bit)
      from = step > 0 ? 0 : last;
    if (o.end_mask() & bit)
      to = step > 0 ? last : -last;
  }
  s.starts.push_back(from);
  s.ends.push_back(to);
  s.steps.push_back(step);
  s.axes.push_back(d);
}

static void importStridedSlice(Node &n) {
  auto rank = n.rank(0);
  auto begin = n.integers(1, "the start"), end = n.integers(2, "the end"),
       strides = n.integers(3, "the strides");
  const auto *o = n.options<fb::StridedSliceOptions>();
  if (!rank || !begin || !end || !strides || !o)
    return;
  if (begin->size() != end->size() || begin->size() != strides->size() ||
      begin->size() > 31)
    return (void)n.error("its starts, ends and strides differ in number");
  StridedSlice s;
  int64_t d = 0, added = llvm::popcount(uint32_t(o->new_axis_mask()) &
                                        ((1u << begin->size()) - 1));
  int64_t skipped = *rank - (static_cast<int64_t>(begin->size()) - added - 1);
  int64_t place = 0;
  for (size_t i = 0; i < begin->size(); ++i) {
    int64_t bit = int64_t(1) << i;
    if (o->ellipsis_mask() & bit) {
      d += std::max<int64_t>(skipped, 0);
      place += std::max<int64_t>(skipped, 0);
    } else if (o->new_axis_mask() & bit) {
      s.added.push_back(place++);
    } else if (d >= *rank) {
      return (void)n.error("it slices more dimensions than the input has");
    } else {
      addStridedEntry(n, s, i, d, GraphBuilder::sizeOf(n.in(0), d), *begin,
                      *end, *strides, *o);
      place += (o->shrink_axis_mask() & bit) ? 0 : 1;
      ++d;
    }
  }
  Value x = n.in(0);
  if (!s.axes.empty())
    x = n.slice(x, n.ints(s.starts), n.ints(s.ends), n.ints(s.steps), s.axes);
  if (!s.shrunk.empty())
    x = n.squeeze(x, s.shrunk);
  n.set(0, s.added.empty() ? x : n.unsqueeze(x, s.added));
}

static void importReverse(Node &n) {
  auto rank = n.rank(0);
  auto axes = rank ? n.axes(1, *rank) : std::nullopt;
  if (!axes)
    return;
  constexpr int64_t last = std::numeric_limits<int32_t>::max();
  size_t count = axes->size();
  n.set(0, n.slice(n.in(0), n.ints(SmallVector<int64_t>(count, last)),
                   n.ints(SmallVector<int64_t>(count, -last)),
                   n.ints(SmallVector<int64_t>(count, -1)), *axes));
}

//===----------------------------------------------------------------------===//
// Padding and blocks
//===----------------------------------------------------------------------===//

/// [rank, 2] pads as the graph's list: all low ones, then all high ones.
static Value padList(Node &n, unsigned i) {
  return n.reshape(n.transpose(n.index(i), {1, 0}), {Extent(int64_t(-1))});
}

static void importPad(Node &n) {
  Value x = n.in(0), filler;
  if (n.has(2))
    filler = n.reshape(n.in(2), llvm::ArrayRef<Extent>());
  else if (n.isQuantized(0) && x)
    filler = n.like(x, double(n.outputQuant(0).zeroPoint()));
  n.set(0, n.pad(x, padList(n, 1), filler));
}

static void importMirrorPad(Node &n) {
  auto rank = n.rank(0);
  auto pads = n.integers(1, "the padding");
  if (!rank || !pads)
    return;
  bool repeats =
      n.option(&fb::MirrorPadOptions::mode, fb::MirrorPadMode_REFLECT) ==
      fb::MirrorPadMode_SYMMETRIC;
  if (static_cast<int64_t>(pads->size()) != 2 * *rank)
    return (void)n.error("its padding is not two numbers a dimension");
  if (!repeats)
    return n.set(
        0, n.make<graph::PadOp>(
               {n.in(0), padList(n, 1)},
               {n.attr("mode", graph::PadModeAttr::get(
                                   n.getContext(), graph::PadMode::reflect))}));
  // The edge itself is repeated: slices, turned round, on both sides.
  Value x = n.in(0);
  constexpr int64_t last = std::numeric_limits<int32_t>::max();
  for (int64_t d = 0; d < *rank; ++d) {
    int64_t low = (*pads)[2 * d], high = (*pads)[2 * d + 1];
    SmallVector<Value> parts;
    auto mirrored = [&](int64_t from, int64_t to) {
      return n.slice(x, n.ints({from}), n.ints({to}), n.ints({-1}), {d});
    };
    if (low > 0)
      parts.push_back(mirrored(low - 1, -last));
    parts.push_back(x);
    if (high > 0)
      parts.push_back(mirrored(last, -high - 1));
    x = parts.size() > 1 ? n.concat(parts, d) : x;
  }
  n.set(0, x);
}

static Value toChannelsFirst(Node &n, Value x) {
  return n.transpose(x, {0, 3, 1, 2});
}
static void importDepthToSpace(Node &n) {
  const auto *o = n.options<fb::DepthToSpaceOptions>();
  if (o && n.in(0))
    n.set(0, n.transpose(depthToSpace(n, toChannelsFirst(n, n.in(0)),
                                      o->block_size(), DepthOrder::BlockFirst),
                         {0, 2, 3, 1}));
}
static void importSpaceToDepth(Node &n) {
  const auto *o = n.options<fb::SpaceToDepthOptions>();
  if (o && n.in(0))
    n.set(0, n.transpose(
                 spaceToDepth(n, toChannelsFirst(n, n.in(0)), o->block_size()),
                 {0, 2, 3, 1}));
}

namespace {
/// The constant blocks and pads or crops of two block operators.
struct Blocks {
  SmallVector<int64_t> sizes, edges;
};
} // namespace

static std::optional<Blocks> readBlocks(Node &n, int64_t rank) {
  auto sizes = n.integers(1, "the block sizes"),
       edges = n.integers(2, "the edges");
  if (!sizes || !edges)
    return std::nullopt;
  int64_t count = sizes->size();
  bool good = count >= 1 && count < rank &&
              edges->size() == 2 * sizes->size() &&
              llvm::all_of(
                  *sizes, [](int64_t b) { return b > 0; }) &&
              llvm::all_of(*edges, [](int64_t e) { return e >= 0; });
  if (good)
    return Blocks{*sizes, *edges};
  n.error("its block sizes and edges do not fit the input");
  return std::nullopt;
}

static void importSpaceToBatch(Node &n) {
  auto rank = n.rank(0);
  auto blocks = rank ? readBlocks(n, *rank) : std::nullopt;
  if (!blocks)
    return;
  int64_t count = blocks->sizes.size();
  SmallVector<int64_t> pads(2 * *rank, 0);
  for (int64_t d = 0; d < count; ++d) {
    pads[d + 1] = blocks->edges[2 * d];
    pads[*rank + d + 1] = blocks->edges[2 * d + 1];
  }
  Value x = n.in(0), filler;
  if (n.isQuantized(0))
    filler = n.like(x, double(n.outputQuant(0).zeroPoint()));
  x = n.pad(x, n.ints(pads), filler);
  if (!x)
    return;
  // [batch, size / block, block, ..., rest] to [blocks.., batch, sizes..,
  // rest].
  SmallVector<Extent> split = {n.extent(x, 0)}, joined;
  SmallVector<int64_t> perm;
  Extent batch = n.extent(x, 0);
  for (int64_t d = 0; d < count; ++d) {
    int64_t size = GraphBuilder::sizeOf(x, d + 1), block = blocks->sizes[d];
    if (size < 0 || size % block != 0)
      return (void)n.error("dimension " + llvm::Twine(d + 1) +
                           " is no multiple of its block size, or not known; "
                           "bind it with --shape");
    split.push_back(size / block);
    split.push_back(block);
    perm.push_back(2 * d + 2);
    batch = n.product(batch, block);
  }
  perm.push_back(0);
  joined.push_back(batch);
  for (int64_t d = 0; d < count; ++d) {
    perm.push_back(2 * d + 1);
    joined.push_back(split[2 * d + 1]);
  }
  for (int64_t d = count + 1; d < *rank; ++d) {
    split.push_back(n.extent(x, d));
    joined.push_back(split.back());
    perm.push_back(d + count);
  }
  n.set(0, n.reshape(n.transpose(n.reshape(x, split), perm), joined));
}

static void importBatchToSpace(Node &n) {
  auto rank = n.rank(0);
  auto blocks = rank ? readBlocks(n, *rank) : std::nullopt;
  if (!blocks)
    return;
  int64_t count = blocks->sizes.size(), volume = 1;
  Value x = n.in(0);
  SmallVector<Extent> split, joined;
  for (int64_t block : blocks->sizes) {
    split.push_back(block);
    volume *= block;
  }
  int64_t batch = GraphBuilder::sizeOf(x, 0);
  if (batch >= 0 && batch % volume != 0)
    return (void)n.error("its batch of " + llvm::Twine(batch) +
                         " is no multiple of its blocks");
  // An unknown batch is what is left.
  split.push_back(batch < 0 ? -1 : batch / volume);
  joined.push_back(batch < 0 ? -1 : batch / volume);
  SmallVector<int64_t> perm = {count}, starts, ends, axes;
  for (int64_t d = 0; d < count; ++d) {
    split.push_back(n.extent(x, d + 1));
    perm.push_back(count + 1 + d);
    perm.push_back(d);
    joined.push_back(n.product(n.extent(x, d + 1), blocks->sizes[d]));
    starts.push_back(blocks->edges[2 * d]);
    // An end of 0 would be the start; "all" is beyond every size.
    int64_t crop = blocks->edges[2 * d + 1];
    ends.push_back(crop ? -crop : std::numeric_limits<int32_t>::max());
    axes.push_back(d + 1);
  }
  for (int64_t d = count + 1; d < *rank; ++d) {
    split.push_back(n.extent(x, d));
    joined.push_back(n.extent(x, d));
    perm.push_back(d + count);
  }
  Value moved = n.reshape(n.transpose(n.reshape(x, split), perm), joined);
  n.set(0, n.slice(moved, n.ints(starts), n.ints(ends),
                   n.ints(SmallVector<int64_t>(count, 1)), axes));
}

/// Sparse constants are dense ones from the start.
static void importDensify(Node &n) { n.set(0, n.in(0)); }

llvm::ArrayRef<Operator> shapeOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_BATCH_TO_SPACE_ND, importBatchToSpace, Moves},
      {fb::BuiltinOperator_BROADCAST_TO, importBroadcastTo, Moves},
      {fb::BuiltinOperator_CONCATENATION, importConcatenation, Moves},
      {fb::BuiltinOperator_DENSIFY, importDensify, Moves},
      {fb::BuiltinOperator_DEPTH_TO_SPACE, importDepthToSpace, Moves},
      {fb::BuiltinOperator_EXPAND_DIMS, importExpandDims, Moves},
      {fb::BuiltinOperator_FILL, importFill, Moves},
      {fb::BuiltinOperator_MIRROR_PAD, importMirrorPad, Moves},
      {fb::BuiltinOperator_PACK, importPack, Moves},
      {fb::BuiltinOperator_PAD, importPad, Moves},
      {fb::BuiltinOperator_PADV2, importPad, Moves},
      {fb::BuiltinOperator_RANK, importRank, Moves},
      {fb::BuiltinOperator_RESHAPE, importReshape, Moves},
      {fb::BuiltinOperator_REVERSE_V2, importReverse, Moves},
      {fb::BuiltinOperator_SHAPE, importShape, Moves},
      {fb::BuiltinOperator_SLICE, importSlice, Moves},
      {fb::BuiltinOperator_SPACE_TO_BATCH_ND, importSpaceToBatch, Moves},
      {fb::BuiltinOperator_SPACE_TO_DEPTH, importSpaceToDepth, Moves},
      {fb::BuiltinOperator_SPLIT, importSplit, Moves},
      {fb::BuiltinOperator_SPLIT_V, importSplitV, Moves},
      {fb::BuiltinOperator_SQUEEZE, importSqueeze, Moves},
      {fb::BuiltinOperator_STRIDED_SLICE, importStridedSlice, Moves},
      {fb::BuiltinOperator_TILE, importTile, Moves},
      {fb::BuiltinOperator_TRANSPOSE, importTranspose, Moves},
      {fb::BuiltinOperator_UNPACK, importUnpack, Moves},
  };
  return rows;
}

} // namespace systole::tflite
