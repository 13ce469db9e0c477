//===- TransposedConv.cpp - Convolutions that spread out ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transposed convolution of stride s is s^d plain ones, one for each phase of
// the result: position u = q * s + r of the unpadded result is the sum over j
// of input[q - j] * filter[j * s + r], whose taps depend on the phase r only.
// The filters of all phases stand side by side as output channels of one
// convolution of stride 1, so that no zero is multiplied; a transposition
// interleaves the phases:
//
//   1. the filter [c, o, k] is dilated, filled up to a multiple of s, split
//   into
//      [c, o, J, s], reversed in J, and becomes [g * o * s, c / g, J];
//   2. the input is padded by J - 1 and convolved: [n, o * s, Q];
//   3. [n, o, s, Q] becomes [n, o, Q * s] and is cut to the wanted part.
//
// With constant weights, step 1 is done when the model is compiled.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/TransposedConv.h"

using namespace mlir;

namespace systole::frontend {

/// `x` with zeros around it, if any.
static Value padded(GraphBuilder &b, Value x, GraphBuilder::Ints pads) {
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return x;
  return b.pad(x, b.ints(pads));
}

/// `x` with `step - 1` zeros between the elements of dimension `d`, whose size
/// is `size`.
static Value spread(GraphBuilder &b, Value x, int64_t d, const Extent &size,
                    int64_t step) {
  auto rank = GraphBuilder::rankOf(x);
  if (step == 1 || !rank)
    return x;
  SmallVector<int64_t> pads(2 * (*rank + 1), 0);
  pads[*rank + 1 + d + 1] = step - 1;
  Value wide = padded(b, b.unsqueeze(x, {d + 1}), pads);
  SmallVector<Extent> shape;
  for (int64_t i = 0; i < *rank; ++i)
    shape.push_back(i == d ? b.product(size, step) : b.extent(x, i));
  return b.reshape(wide, shape);
}

/// Sizes of a transposed convolution in one spatial dimension.
namespace {
struct Phases {
  int64_t stride;
  /// Elements of the dilated kernel, and taps of one phase.
  int64_t kernel, taps;
};
} // namespace

/// Step 1: the filters of all phases, [g * o * phases, c / g, J..].
static Value phaseFilter(GraphBuilder &b, const TransposedConv &conv,
                         ArrayRef<Phases> phases) {
  Value filter = conv.filter;
  int64_t n = static_cast<int64_t>(phases.size());
  int64_t channels = GraphBuilder::sizeOf(filter, 0);
  int64_t outputs = GraphBuilder::sizeOf(filter, 1);
  for (int64_t d = 0; d < n; ++d) {
    int64_t size = GraphBuilder::sizeOf(filter, 2 + d);
    filter = spread(b, filter, 2 + d, size, conv.dilations[d]);
    // The last element's zeros go, and the phases are filled up.
    SmallVector<int64_t> pads(2 * (n + 2), 0);
    pads[n + 2 + 2 + d] =
        phases[d].taps * phases[d].stride - size * conv.dilations[d];
    filter = padded(b, filter, pads);
  }
  SmallVector<Extent> split{conv.groups, channels / conv.groups, outputs};
  SmallVector<int64_t> perm{0, 2}, axes;
  for (int64_t d = 0; d < n; ++d) {
    split.push_back(phases[d].taps);
    split.push_back(phases[d].stride);
    perm.push_back(4 + 2 * d);
    axes.push_back(3 + 2 * d);
  }
  perm.push_back(1);
  llvm::append_range(perm, axes);
  int64_t least = std::numeric_limits<int64_t>::min();
  Value reversed =
      b.slice(b.reshape(filter, split), b.ints(SmallVector<int64_t>(n, -1)),
              b.ints(SmallVector<int64_t>(n, least)),
              b.ints(SmallVector<int64_t>(n, -1)), axes);
  int64_t all = conv.groups * outputs;
  SmallVector<Extent> joined{all, channels / conv.groups};
  for (const Phases &p : phases) {
    all *= p.stride;
    joined.push_back(p.taps);
  }
  joined[0] = all;
  return b.reshape(b.transpose(reversed, perm), joined);
}

/// Step 3: the phases of y [n, o * phases, Q..] interleaved: [n, o, Q * s..].
static Value interleave(GraphBuilder &b, Value y, int64_t outputs,
                        ArrayRef<Phases> phases) {
  if (!y || llvm::all_of(phases, [](const Phases &p) { return p.stride == 1; }))
    return y;
  int64_t n = static_cast<int64_t>(phases.size());
  SmallVector<Extent> split{b.extent(y, 0), outputs};
  SmallVector<Extent> joined(split);
  SmallVector<int64_t> perm{0, 1};
  for (const Phases &p : phases)
    split.push_back(p.stride);
  for (int64_t d = 0; d < n; ++d) {
    split.push_back(b.extent(y, 2 + d));
    joined.push_back(b.product(split.back(), phases[d].stride));
    perm.append({2 + n + d, 2 + d});
  }
  return b.reshape(b.transpose(b.reshape(y, split), perm), joined);
}

/// `x` shifted by -low and brought to the sizes `sizes` in its spatial
/// dimensions, by cutting and by zeros.
static Value cut(GraphBuilder &b, Value x, ArrayRef<int64_t> low,
                 ArrayRef<Extent> sizes) {
  if (!x)
    return x;
  int64_t n = static_cast<int64_t>(low.size());
  SmallVector<Extent> before{int64_t(0), int64_t(0)}, after(before);
  bool known = true, changes = false;
  for (int64_t d = 0; d < n; ++d) {
    Extent have = b.extent(x, 2 + d);
    before.push_back(-low[d]);
    if (!have.value && !sizes[d].value) {
      after.push_back(sizes[d].size + low[d] - have.size);
      changes |= low[d] != 0 || after.back().size != 0;
      continue;
    }
    known = false;
    Value want = b.shape({sizes[d]});
    after.push_back(
        b.add(b.sub(want, b.shape({have})), static_cast<double>(low[d])));
  }
  if (known && !changes)
    return x;
  SmallVector<Extent> pads(before);
  llvm::append_range(pads, after);
  return b.pad(x, b.shape(pads));
}

Value transposedConv(GraphBuilder &b, const TransposedConv &conv) {
  if (!conv.input || !conv.filter)
    return {};
  int64_t n = static_cast<int64_t>(conv.strides.size());
  int64_t channels = GraphBuilder::sizeOf(conv.filter, 0);
  int64_t outputs = GraphBuilder::sizeOf(conv.filter, 1);
  if (channels < 0 || outputs < 0 || conv.groups < 1 ||
      channels % conv.groups != 0)
    return b.error("the filter's channels are unknown, or not divisible by " +
                   llvm::Twine(conv.groups) + " groups");
  SmallVector<Phases> phases;
  SmallVector<int64_t> pads(2 * n);
  for (int64_t d = 0; d < n; ++d) {
    int64_t size = GraphBuilder::sizeOf(conv.filter, 2 + d);
    if (size < 1)
      return b.error("the filter's size is unknown or 0");
    int64_t kernel = (size - 1) * conv.dilations[d] + 1;
    int64_t taps = (kernel + conv.strides[d] - 1) / conv.strides[d];
    phases.push_back({conv.strides[d], kernel, taps});
    pads[d] = pads[n + d] = taps - 1;
  }
  MLIRContext *context = b.getContext();
  auto layout = graph::LayoutAttr::channelsFirst(context, n);
  SmallVector<int64_t> ones(n, 1);
  Value y = b.make<graph::ConvOp>(
      {conv.input, phaseFilter(b, conv, phases)},
      {b.attr("input_layout", layout), b.attr("output_layout", layout),
       b.attr("filter_layout",
              graph::LayoutAttr::filterChannelsFirst(context, n)),
       b.attr("strides", ones), b.attr("dilations", ones), b.attr("pads", pads),
       b.attr("groups", conv.groups)});
  y = interleave(b, y, conv.groups * outputs, phases);
  y = cut(b, y, conv.padLow, conv.outSize);
  if (!conv.bias)
    return y;
  SmallVector<int64_t> axes;
  for (int64_t d = 0; d < n; ++d)
    axes.push_back(1 + d);
  return b.add(y, b.unsqueeze(conv.bias, axes));
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

Value blocksToImage(GraphBuilder &b, const BlocksToImage &sum) {
  int64_t n = static_cast<int64_t>(sum.image.size());
  int64_t blockSize = 1, rows = GraphBuilder::sizeOf(sum.blocks, 1);
  SmallVector<int64_t> positions;
  for (int64_t d = 0; d < n; ++d) {
    blockSize *= sum.block[d];
    int64_t extent = (sum.block[d] - 1) * sum.dilations[d] + 1;
    int64_t padded = sum.image[d] + sum.padLow[d] + sum.padHigh[d];
    if (padded < extent)
      return b.error("a block does not fit the image");
    positions.push_back((padded - extent) / sum.strides[d] + 1);
  }
  if (!sum.blocks || rows < 0 || blockSize < 1 || rows % blockSize)
    return b.error("the second dimension is unknown, or not divisible by the "
                   "block's " +
                   llvm::Twine(blockSize) + " elements");
  int64_t channels = rows / blockSize;
  Extent batch = b.extent(sum.blocks, 0);
  SmallVector<Extent> shape{batch, channels, blockSize};
  for (int64_t size : positions)
    shape.push_back(size);
  Value split = b.reshape(sum.blocks, shape);
  SmallVector<int64_t> perBlock(sum.block.begin(), sum.block.end());
  Value image;
  for (int64_t q = 0; q < blockSize && !b.failed(); ++q) {
    // Element q of all blocks, spread to where it belongs in the image.
    Value part = b.squeeze(b.slice(split, 2, q, q + 1), {2});
    SmallVector<int64_t> low;
    SmallVector<Extent> sizes;
    for (int64_t d = n - 1, rest = q; d >= 0; --d) {
      low.insert(low.begin(),
                 sum.padLow[d] - rest % perBlock[d] * sum.dilations[d]);
      rest /= perBlock[d];
      part = spread(b, part, 2 + d, positions[d], sum.strides[d]);
    }
    for (int64_t size : sum.image)
      sizes.push_back(size);
    part = cut(b, part, low, sizes);
    image = image ? b.add(image, part) : part;
  }
  return image;
}

} // namespace systole::frontend
