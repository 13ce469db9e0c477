//===- Kernels.h - Reference kernels ----------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whole programs for single operations, scheduled as well as a person would:
// what the machine can do, and the bar for the compiler. Each maker takes any
// shape, tiles by the machine's capacities, and gives an image; how a schedule
// reaches which bound is in docs/hardware/kernels.md.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_KERNELS_H
#define SYSTOLE_HWSIM_DV_KERNELS_KERNELS_H

#include "hw-sim/dv/kernels/Pictures.h"
#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Machine.h"

namespace systole::sim {

/// How 8-bit values are meant: int8 or uint8 less a zero point of that type.
struct Quantity {
  bool isUnsigned = false;
  int32_t zeroPoint = 0;

  int32_t lowest() const { return isUnsigned ? 0 : -128; }
  int32_t highest() const { return isUnsigned ? 255 : 127; }
};

/// Taps over a picture.
struct Taps {
  int64_t height = 1, width = 1, strideY = 1, strideX = 1, dilationY = 1,
          dilationX = 1, top = 0, left = 0, bottom = 0, right = 0;

  int64_t outHeight(int64_t rows) const {
    return (rows + top + bottom - (height - 1) * dilationY - 1) / strideY + 1;
  }
  int64_t outWidth(int64_t columns) const {
    return (columns + left + right - (width - 1) * dilationX - 1) / strideX + 1;
  }
};

/// From int32 to 8 bits. One multiplier and shift, or one for each column.
struct Requantization {
  isa::Rounding rounding = isa::Rounding::Double;
  std::vector<uint32_t> multipliers = {1u << 30};
  std::vector<int8_t> shifts = {0};
  int32_t zeroPoint = 0, low = -128, high = 127;

  bool isPerColumn() const { return multipliers.size() > 1; }
};

/// The addition of a second picture, of the output's size, as vx does it.
struct Addition {
  Quantity type;
  isa::Scale scale;
  /// Of the sum; not for each column.
  Requantization result;
};

/// Where a product's weights come from.
enum class WeightSource {
  /// Constants, packed when the program is made.
  Packed,
  /// An input of K rows of N bytes, or of N rows of K bytes: activations that
  /// LD turns into tiles on chip. Taps are 1 x 1.
  Rows,
  Transposed
};

/// Matrix products (1 x M pictures) and convolutions.
struct ProductSpec {
  DramPicture input;
  int64_t columns = 1;
  Taps taps;
  Quantity inputType;
  /// [ky][kx][channel][column] if packed; else empty.
  std::vector<uint8_t> weights;
  WeightSource weightSource = WeightSource::Packed;
  bool unsignedWeights = false;
  /// None (0), one for all, or one for each column.
  std::vector<int32_t> weightZeroPoints;
  /// None, or one for each column.
  std::vector<int32_t> bias;
  /// int32 as they are: no requantisation, no addition.
  bool isRaw = false;
  Requantization requantization;
  std::optional<Addition> addition;
};

struct DepthwiseSpec {
  DramPicture input;
  Taps taps;
  Quantity inputType;
  /// [ky][kx][channel].
  std::vector<uint8_t> weights;
  bool unsignedWeights = false;
  std::vector<int32_t> weightZeroPoints, bias;
  Requantization requantization;
};

/// Maximum or average, each in the input's own scale.
struct PoolSpec {
  DramPicture input;
  Taps taps;
  bool isUnsigned = false, isMax = true;
  /// Whether an average divides by the taps outside, too.
  bool countsOutside = false;
};

struct AddSpec {
  DramPicture input;
  Quantity type;
  Addition addition;
};

/// An image: inputs "x" and (addition: "r", weights that are no constants: "w")
/// and the output "y". Nothing if the machine cannot do it, with the reason in
/// `problem`.
using MaybeImage = std::optional<isa::Image>;
MaybeImage makeProduct(const Machine &machine, const ProductSpec &spec,
                       std::string &problem);
MaybeImage makeDepthwise(const Machine &machine, const DepthwiseSpec &spec,
                         std::string &problem);
MaybeImage makePool(const Machine &machine, const PoolSpec &spec,
                    std::string &problem);
MaybeImage makeAdd(const Machine &machine, const AddSpec &spec,
                   std::string &problem);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_KERNELS_H
