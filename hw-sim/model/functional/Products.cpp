//===- Products.cpp - mm and dw -------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The array and the depthwise convolution, one product at a time. Sums are
// unsigned, which wraps as the specification says.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Picture.h"
#include "hw-sim/model/functional/Execute.h"
#include "hw-sim/model/functional/Numerics.h"

using namespace systole::isa;

namespace systole::sim {

/// The accumulators of row `row`.
static uint32_t *accumulatorsAt(Memories &memories, Memory memory,
                                int64_t row) {
  return reinterpret_cast<uint32_t *>(memories.at(memory, row));
}

void multiply(const Machine &machine, const MmConfig &config,
              const Stream &work, Memories &memories) {
  PictureView picture(config, work);
  const Window &window = picture.window;
  const ArrayWeights &weights = config.weights;
  int64_t lanes = machine.lanes(), tile = work.weights, row = work.target;

  for (int64_t n = 0; n < weights.columns; ++n, row += picture.outputs()) {
    bool isLast = n == weights.columns - 1;
    int64_t columns = lanes - (isLast ? weights.padN : 0);
    const uint8_t *zeroPoints =
        weights.zeroPoints
            ? memories.at(Memory::Weights, weights.zeroPointWord + n)
            : nullptr;
    if (!work.accumulate)
      for (int64_t i = 0; i < picture.outputs() * lanes; ++i)
        accumulatorsAt(memories, Memory::Accumulators, row)[i] = 0;
    for (int64_t ky = 0; ky < window.kernelY; ++ky)
      for (int64_t kx = 0; kx < window.kernelX; ++kx)
        for (int64_t c = 0; c < window.channels; ++c, tile += lanes)
          for (int64_t y = 0; y < picture.height; ++y)
            for (int64_t x = 0; x < picture.width; ++x) {
              int64_t Y = picture.rowOf(y, ky), X = picture.columnOf(x, kx);
              if (!picture.isInside(Y, X))
                continue;
              const uint8_t *input =
                  memories.at(Memory::Scratchpad, picture.addressOf(Y, X, c));
              uint32_t *sums = accumulatorsAt(memories, Memory::Accumulators,
                                              row + y * picture.width + x);
              int64_t depth =
                  lanes - (c == window.channels - 1 ? weights.padK : 0);
              for (int64_t k = 0; k < depth; ++k) {
                int32_t a =
                    byteOf(input[k], work.unsignedInput) - work.zeroPoint;
                const uint8_t *weight = memories.at(Memory::Weights, tile + k);
                for (int64_t j = 0; j < columns; ++j)
                  sums[j] += a * weightOf(weight, zeroPoints, j,
                                          weights.unsignedWeights);
              }
            }
  }
}

void convolveLanes(const Machine &machine, const DwConfig &config,
                   const Stream &work, Memories &memories) {
  PictureView picture(config, work);
  const Window &window = picture.window;
  const LaneWeights &weights = config.weights;
  int64_t lanes = machine.lanes();

  for (int64_t c = 0; c < window.channels; ++c)
    for (int64_t y = 0; y < picture.height; ++y)
      for (int64_t x = 0; x < picture.width; ++x) {
        bool isLast = c == window.channels - 1;
        const uint8_t *zeroPoints =
            weights.zeroPoints
                ? memories.at(Memory::Weights, weights.zeroPointWord + c)
                : nullptr;
        int64_t row =
            work.target + c * picture.outputs() + y * picture.width + x;
        uint32_t *sums = accumulatorsAt(memories, Memory::Depthwise, row);
        for (int64_t j = 0; j < lanes && !work.accumulate; ++j)
          sums[j] = 0;
        for (int64_t ky = 0; ky < window.kernelY; ++ky)
          for (int64_t kx = 0; kx < window.kernelX; ++kx) {
            int64_t Y = picture.rowOf(y, ky), X = picture.columnOf(x, kx);
            if (!picture.isInside(Y, X))
              continue;
            const uint8_t *input =
                memories.at(Memory::Scratchpad, picture.addressOf(Y, X, c));
            const uint8_t *weight =
                memories.at(Memory::Weights, work.weights + c * picture.taps() +
                                                 ky * window.kernelX + kx);
            for (int64_t j = 0; j < lanes - (isLast ? weights.padN : 0); ++j)
              sums[j] +=
                  (byteOf(input[j], work.unsignedInput) - work.zeroPoint) *
                  weightOf(weight, zeroPoints, j, weights.unsignedWeights);
          }
      }
}

} // namespace systole::sim
