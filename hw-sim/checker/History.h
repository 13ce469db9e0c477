//===- History.h - Who touched what, and the races in it --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A race is a pair of instructions that touch the same bytes, one of them
// writing, without an ordering path from the earlier to the later. Since every
// engine is in order, it is enough to remember for each word on chip the last
// read and the last write of each engine: if that one is over, so are those
// before it. So a program has a race if and only if one is found.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_CHECKER_HISTORY_H
#define SYSTOLE_HWSIM_CHECKER_HISTORY_H

#include "hw-sim/checker/Ordering.h"
#include "hw-sim/checker/StridedSet.h"
#include <map>
#include <tuple>

namespace systole::sim {

/// Two instructions, by their places among the program's working instructions.
struct Race {
  uint32_t earlier, later;
  isa::Memory memory;
  bool earlierWrites, laterWrites;

  bool operator<(const Race &o) const {
    return std::tie(later, earlier, memory, earlierWrites, laterWrites) <
           std::tie(o.later, o.earlier, o.memory, o.earlierWrites,
                    o.laterWrites);
  }
};

/// Stretches of units that overlap, first and last: the first thousand of them
/// in the order in which they were found.
using Stretches = std::vector<std::pair<int64_t, int64_t>>;

/// Follows a program in its order.
class History {
public:
  explicit History(const Machine &machine);

  /// The next working instruction, which raises no fault.
  void add(const isa::Configuration &configuration,
           const isa::Instruction &instruction);

  /// All that were found, each once, by the later instruction.
  const std::map<Race, Stretches> &races() const { return found; }
  /// Places of an engine's instructions; see Order::number.
  uint32_t placeOf(unsigned engine, uint32_t number) const {
    return places[engine][number - 1];
  }
  const Order &orderOf(uint32_t place) const { return orders[place]; }
  const Ordering &ordering() const { return order; }

private:
  /// Of one word, the number of each engine's last instruction that read it,
  /// and that wrote it; 0: none.
  struct Unit {
    Clock reads = {}, writes = {};
  };
  /// A set of bytes in DRAM and who touched it.
  struct Transfer {
    StridedSet bytes;
    uint32_t number;
  };

  void touchOnChip(uint32_t place, const Access &access);
  void touchDram(uint32_t place, bool isWrite, const StridedSet &bytes);
  /// Notes that these units overlap; false if more of them need not be told.
  bool report(const Race &race, int64_t first, int64_t last);

  const Machine &machine;
  Ordering order;
  std::vector<Order> orders;
  std::array<std::vector<uint32_t>, isa::kEngineCount> places;
  /// For every memory on chip.
  std::array<std::vector<Unit>, isa::kMemoryCount> units;
  /// For every engine and both directions, in order.
  std::array<std::vector<Transfer>, isa::kEngineCount> dramReads, dramWrites;
  std::map<Race, Stretches> found;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_CHECKER_HISTORY_H
