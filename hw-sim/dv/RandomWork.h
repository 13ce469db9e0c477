//===- RandomWork.h - Random working instructions ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Legal by construction: first shapes and strides, then a place where what they
// reach fits.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_RANDOMWORK_H
#define SYSTOLE_HWSIM_DV_RANDOMWORK_H

#include "hw-sim/dv/Districts.h"
#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/model/Operands.h"

namespace systole::sim {

/// An instruction without tokens, and the configuration that it wants.
struct Work {
  isa::Configuration configuration;
  isa::Instruction instruction;
};

/// A legal value in every field; what has to fit together does not.
isa::Instruction randomInstruction(isa::Format format, Randomness &random);

class RandomWork {
public:
  /// Transfers use these bytes of DRAM.
  RandomWork(const Machine &machine, Randomness &random, Mix mix,
             UnitRange dram);

  /// Some instruction, of one engine if that is given; much of `now` is often
  /// left as it is.
  Work next(const isa::Configuration &now,
            std::optional<isa::Engine> engine = {});
  /// Of a crowd: gives each engine another part of the memories.
  void changeDistricts() { districts.change(); }

private:
  /// The most of each, but for what a window or the machine limits.
  struct Sizes {
    /// Of blocks; of mm, also the tiles that it walks.
    int64_t width, height, tiles;
    /// Runs of a transfer, in each loop but the first of half as many.
    int64_t runs;
    /// One in how many times something is configured anew.
    int64_t constancy;
  };
  static const Sizes &sizesOf(Mix mix);

  /// What an operand reaches from its address on: lowest and highest.
  struct Span {
    int64_t low, high;
  };

  /// Where outputs of VX lie; None: they do not fit.
  enum class TargetPlace { None, Apart, InPlace };

  /// Each fills in an instruction; false if it cannot be done with what chance
  /// gave.
  bool fill(Work &work);
  bool fillLoad(Work &work);
  bool fillLoadWindow(Work &work);
  bool fillLoadTiles(Work &work);
  bool fillMatmul(Work &work);
  void alternateBanks(isa::MmConfig &config);
  bool fillDepthwise(Work &work);
  bool fillVector(Work &work);
  bool fillReduce(Work &work);
  bool fillLoadTable(Work &work);
  bool fillStore(Work &work);

  template <typename Config, typename Transfer>
  void changeTransfer(Config &config, Transfer &transfer, isa::Memory memory);
  template <typename Config, typename Transfer>
  bool placeInDram(const Work &work, Config &config, Transfer &transfer,
                   bool isWrite);
  template <typename Config>
  void changePicture(Config &config, int64_t maxTaps);
  template <typename Config, typename Payload>
  bool placePicture(Work &work, Config &config, Payload &payload,
                    isa::Memory memory);
  template <typename Config>
  bool placeStream(Work &work, Config &config, isa::Memory target);
  void changeStages(isa::VxConfig &config);
  void changeRescale(isa::Rescale &rescale);
  void changeOutputs(isa::VxConfig &config);
  template <typename Payload>
  TargetPlace placeTarget(Work &work, Payload &payload);
  bool isTargetApart(const Work &work, bool isInPlace) const;
  bool placeOperand(Work &work, isa::Vector &payload, TargetPlace target);

  /// What an operand reaches, its address being 0: the nth of those that read,
  /// or write, a memory. Nothing if it touches nothing.
  std::optional<Span> spanOf(const Work &work, isa::Memory memory, bool isWrite,
                             unsigned nth = 0) const;
  /// Where something of this span fits into a memory.
  std::optional<int64_t> place(const Work &work, isa::Memory memory,
                               bool isWrite, Span span);
  /// Near a few places of the program, so that instructions meet.
  int64_t placeNearFavourite(isa::Memory memory, Span span, int64_t low,
                             int64_t high);
  /// Places it at `address`, which is to be 0 before.
  template <typename Field>
  bool placeAt(const Work &work, Field &address, isa::Memory memory,
               bool isWrite, unsigned nth = 0);
  /// A stride of any sign, often `run`, or none.
  int32_t stride(int64_t run);
  bool changes() { return random.oneIn(sizes.constancy); }

  const Machine &machine;
  Randomness &random;
  Mix mix;
  const Sizes &sizes;
  UnitRange dram;
  Districts districts;
  /// Favourite places.
  std::array<std::vector<int64_t>, isa::kMemoryCount> favourites;
};

//===----------------------------------------------------------------------===//
// What all kinds of instructions share
//===----------------------------------------------------------------------===//

template <typename Field>
bool RandomWork::placeAt(const Work &work, Field &address, isa::Memory memory,
                         bool isWrite, unsigned nth) {
  address = 0;
  std::optional<Span> span = spanOf(work, memory, isWrite, nth);
  if (!span)
    return true;
  std::optional<int64_t> at = place(work, memory, isWrite, *span);
  if (at)
    address = *at;
  return at.has_value();
}

template <typename Config>
void RandomWork::changePicture(Config &config, int64_t maxTaps) {
  isa::Window &window = config.window;
  do {
    window.kernelX = random.pick(1, 3);
    window.kernelY = random.pick(1, 3);
  } while (int64_t(window.kernelX) * window.kernelY > maxTaps);
  window.strideX = random.pick(1, 3);
  window.strideY = random.pick(1, 2);
  window.dilationX = random.pick(1, 2);
  window.dilationY = random.pick(1, 3);
  window.channels = random.pick(1, 2);
  window.edged = random.oneIn(2);
  config.pitch = {stride(1), stride(6), stride(20)};
  config.edge.left = random.pick(-3, 2);
  config.edge.right = config.edge.left + random.pick(-1, 9);
  config.edge.top = random.pick(-3, 2);
  config.edge.bottom = config.edge.top + random.pick(-1, 6);
  // The size is found out when the picture is placed.
  config.ring = {0, random.oneIn(3) ? 1u : 0u};
}

template <typename Config, typename Payload>
bool RandomWork::placePicture(Work &work, Config &config, Payload &payload,
                              isa::Memory memory) {
  isa::Ring ring = config.ring;
  config.ring = {};
  payload.source = 0;
  std::optional<Span> span = spanOf(work, memory, false);
  if (!span) {
    // All taps lie outside: the address means nothing.
    config.ring = ring;
    payload.source = random.pick(-1000, 1000);
    return true;
  }
  if (ring.size == 0)
    return placeAt(work, payload.source, memory, false);
  int64_t size = span->high - span->low + 1, units = machine.unitsOf(memory);
  if (ring.limit == 0 || ring.size < size || ring.limit < ring.size ||
      ring.limit >= units) {
    ring.size = size + random.pick(0, 5);
    // A run of two words may begin at the last one.
    std::optional<int64_t> first = place(work, memory, /*isWrite=*/false,
                                         {0, ring.size});
    if (!first)
      return false;
    ring.limit = *first + ring.size;
  }
  config.ring = ring;
  payload.source = int64_t(ring.limit) - ring.size - span->low +
                   random.pick(0, ring.size - 1);
  return true;
}

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_RANDOMWORK_H
