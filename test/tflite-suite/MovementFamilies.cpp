//===- MovementFamilies.cpp - Random quantised tensors in other shapes ----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomTflite.h"
#include <algorithm>
#include <cmath>

namespace systole::suite {

//===----------------------------------------------------------------------===//
// Resizing and padding
//===----------------------------------------------------------------------===//

bool TfliteMaker::addResize() {
  const QTensor *picked = pick(4);
  if (!picked)
    return false;
  QTensor x = *picked;
  Dims dims = x.dims;
  dims[1] = random.integer(1, 12);
  dims[2] = random.integer(1, 12);
  int32_t size = ints({dims[1], dims[2]});
  // At most one of both.
  int64_t grid = random.integer(0, 2);
  if (random.oneIn(2)) {
    fb::ResizeBilinearOptionsT o;
    o.align_corners = grid == 1;
    o.half_pixel_centers = grid == 2;
    moved(fb::BuiltinOperator_RESIZE_BILINEAR, {x.index, size}, x, dims, o);
  } else {
    fb::ResizeNearestNeighborOptionsT o;
    o.align_corners = grid == 1;
    o.half_pixel_centers = grid == 2;
    moved(fb::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, {x.index, size}, x, dims,
          o);
  }
  return true;
}

bool TfliteMaker::addPad() {
  const QTensor *picked = pick(-2);
  if (!picked || picked->rank() > 4)
    return false;
  QTensor x = *picked;
  bool mirrors = random.oneIn(3);
  fb::MirrorPadOptionsT o;
  o.mode =
      random.oneIn(2) ? fb::MirrorPadMode_REFLECT : fb::MirrorPadMode_SYMMETRIC;
  Dims pads, dims = x.dims;
  for (int64_t d = 0; d < x.rank(); ++d) {
    // Mirroring leaves the edge itself out.
    int64_t most = mirrors ? std::min<int64_t>(x.dims[d] - 1, 2) : 2;
    for (int i = 0; i < 2; ++i) {
      pads.push_back(random.oneIn(2) ? 0 : random.integer(0, most));
      dims[d] += pads.back();
    }
  }
  int32_t list = ints(pads, {x.rank(), 2});
  QTensor y = declare(x.type, dims, x.scale, x.zero);
  if (mirrors) {
    node(fb::BuiltinOperator_MIRROR_PAD, {x.index, list}, {y.index}, o);
  } else if (random.oneIn(3)) {
    QTensor filler = constant(x.type, {1}, x.scale, x.zero);
    node(fb::BuiltinOperator_PADV2, {x.index, list, filler.index}, {y.index});
  } else {
    node(fb::BuiltinOperator_PAD, {x.index, list}, {y.index});
  }
  keep(y);
  return true;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

bool TfliteMaker::addReshape() {
  const QTensor *picked = pick();
  if (!picked)
    return false;
  QTensor x = *picked;
  if (random.oneIn(3) && x.rank() < 5) {
    int64_t axis = random.integer(0, x.rank());
    Dims dims = x.dims;
    dims.insert(dims.begin() + axis, 1);
    QTensor y = declare(x.type, dims, x.scale, x.zero);
    int32_t place = ints({axis}, {});
    node(fb::BuiltinOperator_EXPAND_DIMS, {x.index, place}, {y.index});
    keep(y);
    return true;
  }
  auto one = std::find(x.dims.begin(), x.dims.end(), 1);
  if (one != x.dims.end() && random.oneIn(3)) {
    fb::SqueezeOptionsT o;
    Dims dims = x.dims;
    o.squeeze_dims = {static_cast<int32_t>(one - x.dims.begin())};
    dims.erase(dims.begin() + (one - x.dims.begin()));
    moved(fb::BuiltinOperator_SQUEEZE, {x.index}, x, dims, o);
    return true;
  }
  // Two neighbours become one, or a dimension becomes two.
  Dims dims = x.dims;
  int64_t d = x.rank() > 1 ? random.integer(0, x.rank() - 2) : 0;
  if (x.rank() > 1 && (random.oneIn(2) || x.rank() > 4)) {
    dims[d] *= dims[d + 1];
    dims.erase(dims.begin() + d + 1);
  } else if (x.rank() > 0) {
    int64_t part = dims[d] % 2 == 0 ? 2 : 1;
    dims[d] /= part;
    dims.insert(dims.begin() + d, part);
  }
  int32_t shape = ints(dims);
  moved(fb::BuiltinOperator_RESHAPE, {x.index, shape}, x, dims,
        fb::ReshapeOptionsT());
  return true;
}

bool TfliteMaker::addTranspose() {
  const QTensor *picked = pick(-3);
  if (!picked)
    return false;
  QTensor x = *picked;
  Dims perm, dims;
  for (int64_t d = 0; d < x.rank(); ++d)
    perm.insert(perm.begin() + random.integer(0, d), d);
  for (int64_t d : perm)
    dims.push_back(x.dims[d]);
  int32_t list = ints(perm);
  QTensor y = declare(x.type, dims, x.scale, x.zero);
  node(fb::BuiltinOperator_TRANSPOSE, {x.index, list}, {y.index});
  keep(y);
  return true;
}

bool TfliteMaker::addSlice() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  Dims starts, sizes, dims;
  for (int64_t dim : x.dims) {
    starts.push_back(random.integer(0, dim - 1));
    dims.push_back(random.integer(1, dim - starts.back()));
    // All that is left may be written as -1.
    bool all = dims.back() == dim - starts.back() && random.oneIn(2);
    sizes.push_back(all ? -1 : dims.back());
  }
  int32_t from = ints(starts), many = ints(sizes);
  QTensor y = declare(x.type, dims, x.scale, x.zero);
  node(fb::BuiltinOperator_SLICE, {x.index, from, many}, {y.index});
  keep(y);
  return true;
}

bool TfliteMaker::addStridedSlice() {
  const QTensor *picked = pick(-2);
  if (!picked || picked->rank() > 4)
    return false;
  QTensor x = *picked;
  fb::StridedSliceOptionsT o;
  Dims starts, ends, steps, dims;
  for (int64_t d = 0; d < x.rank(); ++d) {
    int64_t size = x.dims[d], from = random.integer(0, size - 1),
            step = random.integer(1, 3);
    bool back = random.oneIn(4), shrinks = random.oneIn(5);
    int64_t to =
        back ? random.integer(-1, from - 1) : random.integer(from + 1, size);
    int64_t count = (std::abs(to - from) + step - 1) / step;
    // Past the front there is no index: the mask says so.
    if (shrinks) {
      o.shrink_axis_mask |= 1 << d;
      to = from + 1;
      step = 1;
    } else if (back && to < 0) {
      o.end_mask |= 1 << d;
      to = 0;
    }
    starts.push_back(random.oneIn(4) && !shrinks ? from - size : from);
    ends.push_back(to);
    steps.push_back(back && !shrinks ? -step : step);
    if (!shrinks)
      dims.push_back(count);
  }
  int32_t a = ints(starts), b = ints(ends), c = ints(steps);
  moved(fb::BuiltinOperator_STRIDED_SLICE, {x.index, a, b, c}, x, dims, o);
  return true;
}

//===----------------------------------------------------------------------===//
// Choosing and repeating
//===----------------------------------------------------------------------===//

bool TfliteMaker::addGather() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::GatherOptionsT o;
  int64_t axis = random.integer(0, x.rank() - 1);
  o.axis = static_cast<int32_t>(axis);
  Dims places, dims = x.dims;
  for (int64_t i = random.integer(1, 5); i > 0; --i)
    places.push_back(random.integer(0, x.dims[axis] - 1));
  dims[axis] = static_cast<int64_t>(places.size());
  int32_t list = ints(places);
  moved(fb::BuiltinOperator_GATHER, {x.index, list}, x, dims, o);
  return true;
}

bool TfliteMaker::addRepeat() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  Dims dims = x.dims, list;
  bool tiles = random.oneIn(2);
  for (int64_t d = 0; d < x.rank(); ++d) {
    if (tiles) {
      list.push_back(random.integer(1, 2));
      dims[d] *= list.back();
    } else if (random.oneIn(2)) {
      list.push_back(d);
    }
  }
  if (list.empty())
    return false;
  int32_t given = ints(list);
  QTensor y = declare(x.type, dims, x.scale, x.zero);
  node(tiles ? fb::BuiltinOperator_TILE : fb::BuiltinOperator_REVERSE_V2,
       {x.index, given}, {y.index});
  keep(y);
  return true;
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

bool TfliteMaker::addBlocks() {
  const QTensor *picked = pick(4);
  if (!picked)
    return false;
  QTensor x = *picked;
  Dims d = x.dims;
  if (d[1] % 2 == 0 && d[2] % 2 == 0 && random.oneIn(2)) {
    fb::SpaceToDepthOptionsT o;
    o.block_size = 2;
    moved(fb::BuiltinOperator_SPACE_TO_DEPTH, {x.index}, x,
          {d[0], d[1] / 2, d[2] / 2, d[3] * 4}, o);
    return true;
  }
  if (d[3] % 4 == 0 && random.oneIn(2)) {
    fb::DepthToSpaceOptionsT o;
    o.block_size = 2;
    moved(fb::BuiltinOperator_DEPTH_TO_SPACE, {x.index}, x,
          {d[0], d[1] * 2, d[2] * 2, d[3] / 4}, o);
    return true;
  }
  // To batches and back, with one operator between.
  int64_t padH = d[1] % 2, padW = d[2] % 2;
  int32_t blocks = ints({2, 2}), edges = ints({0, padH, 0, padW}, {2, 2});
  QTensor parts =
      declare(x.type, {d[0] * 4, (d[1] + padH) / 2, (d[2] + padW) / 2, d[3]},
              x.scale, x.zero);
  node(fb::BuiltinOperator_SPACE_TO_BATCH_ND, {x.index, blocks, edges},
       {parts.index});
  keep(parts);
  QTensor whole = declare(x.type, d, x.scale, x.zero);
  node(fb::BuiltinOperator_BATCH_TO_SPACE_ND, {parts.index, blocks, edges},
       {whole.index});
  keep(whole);
  return true;
}

//===----------------------------------------------------------------------===//
// Joining and splitting
//===----------------------------------------------------------------------===//

/// Tensors that mean different things, as one; or as one dimension more.
bool TfliteMaker::addConcat() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  bool packs = random.oneIn(3) && x.rank() < 5;
  bool same = x.is16() || packs || random.oneIn(3);
  int64_t axis = random.integer(0, x.rank() - 1);
  std::vector<int32_t> parts{x.index};
  Dims dims = x.dims;
  for (int64_t i = random.integer(1, 2); i > 0; --i) {
    Dims part = x.dims;
    part[axis] = packs ? part[axis] : random.integer(1, 4);
    dims[axis] += part[axis];
    parts.push_back(
        constant(x.type, part,
                 same ? x.scale
                      : x.scale * static_cast<float>(std::exp(random.real())),
                 same ? x.zero : zeroFor(x.type))
            .index);
  }
  if (packs) {
    fb::PackOptionsT o;
    o.axis = static_cast<int32_t>(axis);
    o.values_count = static_cast<int32_t>(parts.size());
    dims = x.dims;
    dims.insert(dims.begin() + axis, static_cast<int64_t>(parts.size()));
    moved(fb::BuiltinOperator_PACK, parts, x, dims, o);
    return true;
  }
  fb::ConcatenationOptionsT o;
  o.axis = static_cast<int32_t>(random.oneIn(2) ? axis - x.rank() : axis);
  QTensor y = same ? declare(x.type, dims, x.scale, x.zero)
                   : resultOf(x.type, dims, magnitudeOf(x));
  node(fb::BuiltinOperator_CONCATENATION, parts, {y.index}, o);
  keep(y);
  return true;
}

/// Equal parts, given parts, or one dimension less.
bool TfliteMaker::addSplit() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  int64_t axis = random.integer(0, x.rank() - 1), size = x.dims[axis];
  if (size < 2 || size > 6)
    return false;
  std::vector<int32_t> parts;
  Dims dims = x.dims, sizes;
  auto addPart = [&](int64_t part) {
    dims[axis] = part;
    sizes.push_back(part);
    parts.push_back(keep(declare(x.type, dims, x.scale, x.zero)).index);
  };
  int32_t place = ints({axis}, {});
  if (size % 2 == 0 && random.oneIn(2)) {
    addPart(size / 2);
    addPart(size / 2);
    fb::SplitOptionsT o;
    o.num_splits = 2;
    node(fb::BuiltinOperator_SPLIT, {place, x.index}, parts, o);
    return true;
  }
  if (random.oneIn(2)) {
    int64_t first = random.integer(1, size - 1);
    addPart(first);
    addPart(size - first);
    fb::SplitVOptionsT o;
    o.num_splits = 2;
    int32_t list = ints(sizes);
    node(fb::BuiltinOperator_SPLIT_V, {x.index, list, place}, parts, o);
    return true;
  }
  fb::UnpackOptionsT o;
  o.num = static_cast<int32_t>(size);
  o.axis = static_cast<int32_t>(axis);
  dims.erase(dims.begin() + axis);
  for (int64_t i = 0; i < size; ++i)
    parts.push_back(keep(declare(x.type, dims, x.scale, x.zero)).index);
  node(fb::BuiltinOperator_UNPACK, {x.index}, parts, o);
  return true;
}

} // namespace systole::suite
