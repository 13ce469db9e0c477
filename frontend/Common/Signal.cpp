//===- Signal.cpp - Fourier transforms and windows ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Signal.h"
#include "frontend/Common/Composites.h"
#include <cmath>

using namespace mlir;
using systole::graph::ComparePredicate;

namespace systole::frontend {

/// `x` with zeros, or without elements, at the end of `axis` so that it has
/// `size` there.
static Value fitted(GraphBuilder &b, Value x, int64_t axis,
                    const Extent &size) {
  auto rank = GraphBuilder::rankOf(x);
  if (!rank)
    return x;
  Extent have = b.extent(x, axis);
  if (!have.value && !size.value && have.size == size.size)
    return x;
  SmallVector<Extent> pads(2 * *rank, Extent(int64_t(0)));
  pads[*rank + axis] = Extent(b.sub(b.shape({size}), b.shape({have})));
  return b.pad(x, b.shape(pads));
}

/// `x` with its imaginary parts, zeros if it has none.
static Value asComplex(GraphBuilder &b, Value x) {
  auto rank = GraphBuilder::rankOf(x);
  if (!rank || *rank < 2)
    return x ? b.error("needs 2 dimensions or more") : x;
  int64_t parts = GraphBuilder::sizeOf(x, *rank - 1);
  if (parts != 1 && parts != 2)
    return b.error("its last dimension must be 1 (real) or 2 (complex)");
  return fitted(b, x, *rank - 1, int64_t(2));
}

/// length / 2 + 1, as a slice's end.
static Value halfOf(GraphBuilder &b, const Extent &length) {
  return b.add(b.div(b.shape({length}), 2.0), 1.0);
}

static Value transform(GraphBuilder &b, Value x, int64_t axis, bool inverse) {
  SmallVector<NamedAttribute> attributes{b.attr("axis", axis)};
  if (inverse)
    attributes.push_back(b.unitAttr("inverse"));
  return b.make<graph::DftOp>({x}, attributes);
}

Value fourier(GraphBuilder &b, Value x, const Extent &length, int64_t axis,
              bool oneSided) {
  Value y = transform(b, asComplex(b, fitted(b, x, axis, length)), axis, false);
  if (!oneSided)
    return y;
  return b.slice(y, b.ints({0}), halfOf(b, length), b.ints({1}), {axis});
}

Value inverseFourier(GraphBuilder &b, Value x, const Extent &length,
                     int64_t axis, bool oneSided) {
  if (!oneSided)
    return transform(b, asComplex(b, fitted(b, x, axis, length)), axis, true);
  auto rank = GraphBuilder::rankOf(x);
  if (!rank)
    return {};
  // The other half are the conjugates, in reverse: of the frequencies from 1 to
  // (length - 1) / 2.
  Value half = halfOf(b, length);
  Value first = asComplex(b, fitted(b, x, axis, Extent(half)));
  Value last = b.div(b.sub(b.shape({length}), 1.0), 2.0);
  Value mirrored = b.slice(
      b.slice(first, b.ints({1}), b.add(last, 1.0), b.ints({1}), {axis}),
      b.ints({-1}), b.ints({std::numeric_limits<int64_t>::min()}), b.ints({-1}),
      {axis});
  graph::Tensor conjugate(GraphBuilder::elementType(x), {2});
  conjugate.setDouble(0, 1.0);
  conjugate.setDouble(1, -1.0);
  Value all = b.concat({first, b.mul(mirrored, b.constant(conjugate))}, axis);
  return b.slice(transform(b, all, axis, true), *rank - 1, 0, 1);
}

Value shortTimeFourier(GraphBuilder &b, Value signal, Value window,
                       int64_t length, int64_t step, bool oneSided) {
  if (!signal)
    return signal;
  if (GraphBuilder::rankOf(signal) != 3 || length < 1 || step < 1)
    return b.error("needs a signal of 3 dimensions, and a positive frame "
                   "length and step");
  Extent samples = b.extent(signal, 1);
  Extent frames = int64_t(0);
  if (samples.value) {
    Value rest = b.sub(samples.value, static_cast<double>(length));
    frames = Extent(b.add(b.div(rest, static_cast<double>(step)), 1.0));
  } else if (samples.size < length) {
    return b.error("a frame of " + llvm::Twine(length) +
                   " samples is longer than the signal of " +
                   llvm::Twine(samples.size));
  } else {
    frames = (samples.size - length) / step + 1;
  }
  Value starts = b.mul(iota(b, frames), static_cast<double>(step));
  Value places =
      b.add(b.unsqueeze(starts, {1}), b.unsqueeze(iota(b, length), {0}));
  Value framed = b.gather(signal, places, 1);
  if (window)
    framed = b.mul(framed, b.unsqueeze(window, {1}));
  return fourier(b, framed, length, 2, oneSided);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

Value cosineWindow(GraphBuilder &b, Type type, const Extent &size,
                   bool periodic, ArrayRef<double> weights) {
  Type f64 = b.getBuilder().getF64Type();
  Value period = b.cast(b.shape({size}), f64);
  if (!periodic)
    period = b.max(b.sub(period, 1.0), 1.0);
  Value turns = b.div(b.cast(iota(b, size), f64), period), sum;
  for (auto [k, weight] : llvm::enumerate(weights)) {
    Value angle = b.mul(turns, 2 * M_PI * static_cast<double>(k));
    Value part = b.mul(b.make<graph::CosOp>({angle}), k % 2 ? -weight : weight);
    sum = sum ? b.add(sum, part) : part;
  }
  return b.cast(sum, type);
}

/// One mel is about 2595 times the logarithm of base 10.
static const double kMelScale = 2595.0 / std::log(10.0);

/// Corners of the triangles, in frequency bins: [bins + 2], f64.
static Value melCorners(GraphBuilder &b, const MelBands &bands) {
  Type f64 = b.getBuilder().getF64Type();
  auto melOf = [&](Value hertz) {
    Value one = b.reshape(b.cast(hertz, f64), {int64_t(1)});
    return b.mul(b.log(b.add(b.div(one, 700.0), 1.0)), kMelScale);
  };
  double parts = static_cast<double>(bands.bins + 2);
  Value low = melOf(bands.low);
  Value step = b.div(b.sub(melOf(bands.high), low), parts);
  Value numbers = b.cast(iota(b, Extent(bands.bins + 2)), f64);
  Value mel = b.add(b.mul(numbers, step), low);
  Value hertz = b.mul(b.sub(b.exp(b.div(mel, kMelScale)), 1.0), 700.0);
  double binsPerHertz = static_cast<double>(bands.dftLength + 1);
  return b.floor(
      b.div(b.mul(hertz, binsPerHertz), static_cast<double>(bands.sampleRate)));
}

Value melWeights(GraphBuilder &b, Type type, const MelBands &bands) {
  if (bands.bins < 0 || bands.bins > (1 << 20) || bands.dftLength < 0 ||
      bands.dftLength > (1 << 26) || bands.sampleRate < 1)
    return b.error("its number of bands, transform length or sample rate is "
                   "not positive, or too large");
  Type f64 = b.getBuilder().getF64Type();
  Value corners = melCorners(b, bands);
  auto corner = [&](int64_t first) {
    return b.slice(corners, 0, first, first + bands.bins);
  };
  Value left = corner(0), middle = corner(1), right = corner(2);
  Extent rows = bands.dftLength / 2 + 1;
  Value bin = b.unsqueeze(b.cast(iota(b, rows), f64), {1});
  // A side of width 0 is the middle alone.
  auto side = [&](Value distance, Value width) {
    return b.max(b.div(distance, b.max(width, 1.0)), 0.0);
  };
  Value up = side(b.sub(bin, left), b.sub(middle, left));
  Value down = side(b.sub(right, bin), b.sub(right, middle));
  Value isMiddle = b.compare(ComparePredicate::eq, bin, middle);
  Value isLeft = b.compare(ComparePredicate::lt, bin, middle);
  Value weights = b.select(isLeft, up, down);
  return b.cast(b.select(isMiddle, b.like(weights, 1.0), weights), type);
}

} // namespace systole::frontend
