//===- Walkers.h - Nested loops by addition ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// run_walker.sv and picture_walker.sv. Sums wrap; what dispatch has let pass
// and lies inside the edges is right.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_WALKERS_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_WALKERS_H

#include "hw-sim/isa/Instruction.h"
#include <array>

namespace systole::sim::cycle {

/// Iterations less one, and what one moves.
struct TransferLoop {
  uint32_t count;
  int64_t dram;
  int64_t chip;
};

/// Three loops over runs, the first the innermost.
class RunWalker {
public:
  void start(const std::array<TransferLoop, 3> &to, uint64_t dram,
             int64_t chip);

  bool valid() const { return busy; }
  uint64_t dram() const { return places[0].dram; }
  int64_t chip() const { return places[0].chip; }
  bool isLast() const { return (left[0] | left[1] | left[2]) == 0; }
  /// Precondition: valid().
  void next();

private:
  struct Place {
    uint64_t dram;
    int64_t chip;
  };

  std::array<TransferLoop, 3> loops = {};
  std::array<uint32_t, 3> left = {};
  std::array<Place, 3> places = {};
  bool busy = false;
};

/// The loops of ld and st.
template <typename Config>
std::array<TransferLoop, 3> transferLoops(const Config &config, bool linear) {
  if (linear)
    return {};
  const isa::Shape &shape = config.shape;
  const isa::Steps &steps = config.steps;
  const isa::Strides &strides = config.strides;
  return {{{shape.count0 - 1, steps.step0, strides.stride0},
           {shape.count1 - 1, steps.step1, strides.stride1},
           {shape.count2 - 1, steps.step2, strides.stride2}}};
}

/// Iterations less one; what one moves in memory and in the picture.
struct PictureLoop {
  uint32_t count = 0;
  int32_t place = 0, column = 0, row = 0;
};

/// Six loops over a picture, the first the innermost.
class PictureWalker {
public:
  static constexpr unsigned kLoops = 6;
  using Loops = std::array<PictureLoop, kLoops>;

  void start(const Loops &to, const isa::Window &window, const isa::Edge &edge,
             const isa::Ring &ring, int32_t first);

  bool valid() const { return busy; }
  /// The picture has the tap; where it lies then.
  bool isInside() const {
    const Place &at = places[0];
    return !edged || (at.column >= edge.left && at.column < edge.right &&
                      at.row >= edge.top && at.row < edge.bottom);
  }
  uint32_t address() const {
    int32_t place = places[0].place;
    return uint32_t(place >= limit ? place - size : place);
  }
  /// Loops 0 to `last` are in their first, their last, iteration.
  bool areFirst(unsigned last) const {
    for (unsigned i = 0; i <= last; ++i)
      if (left[i] != loops[i].count)
        return false;
    return true;
  }
  bool areLast(unsigned last) const {
    for (unsigned i = 0; i <= last; ++i)
      if (left[i] != 0)
        return false;
    return true;
  }
  /// Iterations that follow the present one of a loop.
  uint32_t leftOf(unsigned loop) const { return left[loop]; }
  /// Of a loop, less one.
  uint32_t countOf(unsigned loop) const { return loops[loop].count; }

  /// Precondition: valid(). The last step ends the walk.
  void step() {
    if (left[0] == 0) {
      stepOut();
      return;
    }
    --left[0];
    move(places[0], loops[0]);
  }

private:
  struct Place {
    int32_t place = 0, column = 0, row = 0;
  };
  static void move(Place &at, const PictureLoop &by) {
    at.place += by.place;
    at.column += by.column;
    at.row += by.row;
  }
  void stepOut();

  Loops loops;
  std::array<uint32_t, kLoops> left = {};
  std::array<Place, kLoops> places = {};
  isa::Edge edge;
  bool edged = false, busy = false;
  /// Of the ring; without one no address reaches the limit.
  int32_t limit = INT32_MAX, size = 0;
};

/// picture_setup.sv: from a start to the cycle in which strides are multiplied.
inline constexpr unsigned kPictureSetupCycles = 5;

/// The loops over windows, taps and channel blocks of mm, dw and vx.
struct PictureLoops {
  PictureLoop x, y, kx, ky, channel;

  PictureLoops(const isa::Pitch &pitch, const isa::Window &window,
               uint32_t width, uint32_t height);
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_WALKERS_H
