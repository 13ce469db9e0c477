//===- KernelOracle.h - What reference kernels compute ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain loops over tensors in their natural order, [y][x][channel]; rescaling
// is that of NumericsOracle.h. Nothing of the machine appears here.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_HWSIM_KERNELORACLE_H
#define SYSTOLE_TEST_UNIT_HWSIM_KERNELORACLE_H

#include "hw-sim/dv/kernels/Kernels.h"
#include "test/unit/hw-sim/NumericsOracle.h"

namespace systole::sim {

/// The values of a picture.
struct Values {
  int64_t height, width, channels;
  std::vector<int32_t> at;

  Values(int64_t height, int64_t width, int64_t channels)
      : height(height), width(width), channels(channels),
        at(height * width * channels) {}
  int32_t &operator()(int64_t y, int64_t x, int64_t c) {
    return at[(y * width + x) * channels + c];
  }
  int32_t operator()(int64_t y, int64_t x, int64_t c) const {
    return at[(y * width + x) * channels + c];
  }
  bool contains(int64_t y, int64_t x) const {
    return y >= 0 && y < height && x >= 0 && x < width;
  }
};

inline int32_t valueOf(uint8_t byte, bool isUnsigned) {
  return isUnsigned ? int32_t(byte) : int32_t(int8_t(byte));
}

/// One rescaling, without zero point and clamp.
inline int64_t rescaled(isa::Rounding rounding, int32_t x, uint32_t multiplier,
                        int32_t shift) {
  switch (rounding) {
  case isa::Rounding::Double:
    return doubleOracle(x, int32_t(multiplier), shift);
  case isa::Rounding::Single:
    return singleOracle(x, int32_t(multiplier), shift);
  case isa::Rounding::Float:
    return floatOracle(x, multiplier);
  case isa::Rounding::None:
    break;
  }
  return x;
}

inline int32_t finished(const Requantization &r, int64_t x) {
  return int32_t(
      std::min<int64_t>(std::max<int64_t>(x + r.zeroPoint, r.low), r.high));
}

/// Of column `n`.
inline int32_t requantized(const Requantization &r, int32_t x, int64_t n) {
  size_t i = r.isPerColumn() ? n : 0;
  return finished(r, rescaled(r.rounding, x, r.multipliers[i], r.shifts[i]));
}

/// TFLite's ADD, or ONNX's in float.
inline int32_t added(const Addition &a, int32_t left, int32_t leftZero,
                     int32_t right) {
  const Requantization &r = a.result;
  int32_t x = left - leftZero, y = right - a.type.zeroPoint;
  if (r.rounding == isa::Rounding::Float) {
    Dyadic sum = plusFloat(timesFloat({x, 0}, ofBits(a.scale.multiplier0)),
                           timesFloat({y, 0}, ofBits(a.scale.multiplier1)));
    return finished(r, asInteger(timesFloat(sum, ofBits(r.multipliers[0]))));
  }
  auto shifted = [&](int32_t v) {
    return lowBits(Wide(v) * powerOfTwo(a.scale.left));
  };
  Wide sum =
      Wide(rescaled(r.rounding, shifted(x), a.scale.multiplier0,
                    a.scale.shift0)) +
      rescaled(r.rounding, shifted(y), a.scale.multiplier1, a.scale.shift1);
  return requantized(r, lowBits(sum), 0);
}

/// Calls visit(y, x, ky, kx, Y, X) for each output and tap, Y and X in the
/// input, perhaps outside.
template <typename Visit>
void forEachTap(const Taps &t, int64_t height, int64_t width, Visit visit) {
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (int64_t ky = 0; ky < t.height; ++ky)
        for (int64_t kx = 0; kx < t.width; ++kx)
          visit(y, x, ky, kx, y * t.strideY - t.top + ky * t.dilationY,
                x * t.strideX - t.left + kx * t.dilationX);
}

inline int32_t zeroOf(const std::vector<int32_t> &zeroPoints, int64_t n) {
  return zeroPoints.empty() ? 0 : zeroPoints[zeroPoints.size() == 1 ? 0 : n];
}

/// `weights` in the order [ky][kx][channel][column], `addend` of the output's
/// size or empty.
inline Values productOracle(const ProductSpec &spec, const Values &input,
                            const std::vector<uint8_t> &weights,
                            const Values *addend) {
  const Taps &t = spec.taps;
  Values out(t.outHeight(input.height), t.outWidth(input.width), spec.columns);
  for (size_t i = 0; i < out.at.size() && !spec.bias.empty(); ++i)
    out.at[i] = spec.bias[i % spec.columns];
  forEachTap(
      t, out.height, out.width,
      [&](int64_t y, int64_t x, int64_t ky, int64_t kx, int64_t Y, int64_t X) {
        if (!input.contains(Y, X))
          return;
        const uint8_t *row =
            &weights[(ky * t.width + kx) * input.channels * spec.columns];
        for (int64_t c = 0; c < input.channels; ++c)
          for (int64_t n = 0; n < spec.columns; ++n) {
            int64_t w =
                valueOf(row[c * spec.columns + n], spec.unsignedWeights) -
                zeroOf(spec.weightZeroPoints, n);
            int64_t a = input(Y, X, c) - spec.inputType.zeroPoint;
            out(y, x, n) = lowBits(Wide(out(y, x, n)) + a * w);
          }
      });
  for (size_t i = 0; i < out.at.size() && !spec.isRaw; ++i) {
    out.at[i] = requantized(spec.requantization, out.at[i], i % spec.columns);
    if (spec.addition)
      out.at[i] = added(*spec.addition, out.at[i],
                        spec.requantization.zeroPoint, addend->at[i]);
  }
  return out;
}

inline Values depthwiseOracle(const DepthwiseSpec &spec, const Values &input) {
  const Taps &t = spec.taps;
  int64_t channels = input.channels;
  Values out(t.outHeight(input.height), t.outWidth(input.width), channels);
  forEachTap(
      t, out.height, out.width,
      [&](int64_t y, int64_t x, int64_t ky, int64_t kx, int64_t Y, int64_t X) {
        for (int64_t c = 0; c < channels && input.contains(Y, X); ++c) {
          uint8_t w = spec.weights[(ky * t.width + kx) * channels + c];
          out(y, x, c) += (input(Y, X, c) - spec.inputType.zeroPoint) *
                          (valueOf(w, spec.unsignedWeights) -
                           zeroOf(spec.weightZeroPoints, c));
        }
      });
  for (size_t i = 0; i < out.at.size(); ++i) {
    int64_t c = i % channels;
    int32_t bias = spec.bias.empty() ? 0 : spec.bias[c];
    out.at[i] =
        requantized(spec.requantization, lowBits(Wide(out.at[i]) + bias), c);
  }
  return out;
}

inline Values poolOracle(const PoolSpec &spec, const Values &input) {
  const Taps &t = spec.taps;
  Values out(t.outHeight(input.height), t.outWidth(input.width),
             input.channels);
  Values count = out;
  forEachTap(t, out.height, out.width,
             [&](int64_t y, int64_t x, int64_t, int64_t, int64_t Y, int64_t X) {
               for (int64_t c = 0; c < input.channels; ++c) {
                 count(y, x, c) += spec.countsOutside && !spec.isMax;
                 if (!input.contains(Y, X))
                   continue;
                 int32_t v = input(Y, X, c), &o = out(y, x, c);
                 if (!spec.isMax)
                   o += v;
                 else
                   o = count(y, x, c) == 0 ? v : std::max(o, v);
                 count(y, x, c) += !spec.countsOutside || spec.isMax;
               }
             });
  for (size_t i = 0; i < out.at.size() && !spec.isMax; ++i)
    out.at[i] =
        count.at[i] == 0 ? 0 : int32_t(halfAway(out.at[i], count.at[i]));
  return out;
}

} // namespace systole::sim

#endif // SYSTOLE_TEST_UNIT_HWSIM_KERNELORACLE_H
