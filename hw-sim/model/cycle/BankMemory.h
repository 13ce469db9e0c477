//===- BankMemory.h - Who reads and writes which bank when ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// bank_memory.sv: of an address only the bank matters. A memory's edge comes
// before that of its clients.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_BANKMEMORY_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_BANKMEMORY_H

#include "hw-sim/model/TimedDevice.h"
#include "hw-sim/model/cycle/Channels.h"
#include <array>

namespace systole::sim::cycle {

/// A client's port; its requests are banks.
struct BankPort : Slice<uint8_t> {
  /// Of this cycle and those before, the youngest lowest: a bank was given.
  uint8_t grants = 0;
  /// The request in front has lost its bank in this cycle.
  bool hasLost = false;

  /// In this cycle a word that was read is there; a write is acknowledged.
  bool hasWord() const { return grants & 4; }
  bool isWritten() const { return grants & 2; }
  bool isIdle() const { return !(valid | mainValid | (grants & 7)); }
};

/// Finds the bank of a word of at most 2^20.
class BankOf {
public:
  explicit BankOf(uint64_t bankWords)
      : reciprocal(((uint64_t(1) << 40) - 1) / bankWords + 1) {}
  uint8_t operator()(uint64_t word) const {
    return static_cast<uint8_t>((word & 0xfffff) * reciprocal >> 40);
  }

private:
  uint64_t reciprocal;
};

template <unsigned readerCount, unsigned writerCount>
struct BankMemory {
  /// The first goes first.
  std::array<BankPort, readerCount> readers;
  std::array<BankPort, writerCount> writers;

  /// Returns a bit for each reader, and behind them each writer, that is not
  /// idle.
  unsigned clock(BankCounts &counts) {
    return clock(readers, 0, counts) | clock(writers, readerCount, counts);
  }

private:
  template <typename Ports>
  static unsigned clock(Ports &ports, unsigned bit, BankCounts &counts) {
    uint64_t taken = 0;
    unsigned busy = 0;
    for (BankPort &port : ports) {
      unsigned mark = 1u << bit++;
      if (port.isIdle())
        continue;
      busy |= mark;
      bool granted = port.mainValid && !(taken >> port.main & 1);
      counts.served += granted;
      counts.delayed += granted && port.hasLost;
      port.hasLost = port.mainValid && !granted;
      if (granted)
        taken |= uint64_t(1) << port.main;
      port.grants = static_cast<uint8_t>(port.grants << 1 | granted);
      port.clock(granted);
    }
    return busy;
  }
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_BANKMEMORY_H
