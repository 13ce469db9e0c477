//===- Walkers.cpp - Nested loops by addition -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Walkers.h"

using namespace systole::isa;

namespace systole::sim::cycle {

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

void RunWalker::start(const std::array<TransferLoop, 3> &to, uint64_t dram,
                      int64_t chip) {
  loops = to;
  for (unsigned i = 0; i < loops.size(); ++i)
    left[i] = loops[i].count;
  places.fill({dram, chip});
  busy = true;
}

void RunWalker::next() {
  for (unsigned i = 0; i < loops.size(); ++i) {
    if (left[i] == 0) {
      left[i] = loops[i].count;
      continue;
    }
    --left[i];
    Place moved = {places[i].dram + uint64_t(loops[i].dram),
                   places[i].chip + loops[i].chip};
    for (unsigned j = 0; j <= i; ++j)
      places[j] = moved;
    return;
  }
  busy = false;
}

//===----------------------------------------------------------------------===//
// Pictures
//===----------------------------------------------------------------------===//

void PictureWalker::start(const Loops &to, const Window &window,
                          const Edge &edges, const Ring &ring, int32_t first) {
  loops = to;
  for (unsigned i = 0; i < kLoops; ++i)
    left[i] = loops[i].count;
  places.fill({first, 0, 0});
  edge = edges;
  edged = window.edged;
  limit = ring.size > 0 ? int32_t(ring.limit) : INT32_MAX;
  size = int32_t(ring.size);
  busy = true;
}

/// The innermost loop that is not at its end goes on; those within begin again.
void PictureWalker::stepOut() {
  left[0] = loops[0].count;
  for (unsigned i = 1; i < kLoops; ++i) {
    if (left[i] == 0) {
      left[i] = loops[i].count;
      continue;
    }
    --left[i];
    move(places[i], loops[i]);
    for (unsigned j = 0; j < i; ++j)
      places[j] = places[i];
    return;
  }
  busy = false;
}

/// The low bits of a product, as often as it wraps.
static int32_t times(uint32_t factor, int32_t pitch) {
  return int32_t(factor * uint32_t(pitch));
}

PictureLoops::PictureLoops(const Pitch &pitch, const Window &window,
                           uint32_t width, uint32_t height)
    : x{width - 1, times(window.strideX, pitch.x), int32_t(window.strideX), 0},
      y{height - 1, times(window.strideY, pitch.y), 0, int32_t(window.strideY)},
      kx{window.kernelX - 1, times(window.dilationX, pitch.x),
         int32_t(window.dilationX), 0},
      ky{window.kernelY - 1, times(window.dilationY, pitch.y), 0,
         int32_t(window.dilationY)},
      channel{window.channels - 1, pitch.channel, 0, 0} {}

} // namespace systole::sim::cycle
