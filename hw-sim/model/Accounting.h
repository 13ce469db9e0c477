//===- Accounting.h - Where the cycles of a program went --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every cycle has one cause, seen from MM; the products of a busy one fall into
// slots. RTL, cycle engine and reports share these names, and one way to say to
// which instruction a cycle belongs. docs/hardware/timing.md defines them.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_ACCOUNTING_H
#define SYSTOLE_HWSIM_MODEL_ACCOUNTING_H

#include "hw-sim/isa/Instruction.h"
#include "hw-sim/isa/Word.h"
#include <array>

namespace systole::sim {

/// The first that matches, in this order.
enum class Cause : uint8_t {
  Busy,
  Weights,
  BankConflict,
  WaitVx,
  WaitDw,
  WaitSt,
  DramBandwidth,
  DramLatency,
  WaitLd,
  Config,
  Fetch,
  Drain,
  Idle
};
inline constexpr unsigned kCauses = 13;

/// What the array's R x R products of a busy cycle were for.
enum class Slot : uint8_t { Useful, PadK, PadN, PadM };
inline constexpr unsigned kSlots = 4;

/// As reports write them: `bank_conflict`, `pad_k`.
const char *nameOf(Cause cause);
const char *nameOf(Slot slot);

struct Accounting {
  std::array<uint64_t, kCauses> causes{};
  std::array<uint64_t, kSlots> slots{};

  uint64_t &of(Cause cause) { return causes[unsigned(cause)]; }
  uint64_t of(Cause cause) const { return causes[unsigned(cause)]; }
  uint64_t &of(Slot slot) { return slots[unsigned(slot)]; }
  uint64_t of(Slot slot) const { return slots[unsigned(slot)]; }

  uint64_t cycles() const;
  void add(const Accounting &o);
  bool operator==(const Accounting &o) const {
    return causes == o.causes && slots == o.slots;
  }
};

/// Products of `cycles` steps of MM on an array of `lanes` rows and columns, of
/// which the last `padK` rows and `padN` columns carry nothing.
void addSlots(Accounting &to, uint64_t lanes, uint64_t padK, uint64_t padN,
              uint64_t cycles = 1);

/// Gives every cycle to an instruction: a busy one to the mm that streams, any
/// other to the oldest instruction of MM, DW or VX that has not retired,
/// dispatched or not; behind the last one, to the last. An instruction has
/// retired from the cycle on that its trace reports.
class Ledger {
public:
  Ledger() = default;
  /// `program` as it lies in DRAM; what does not decode belongs to no engine.
  explicit Ledger(const std::vector<isa::Word> &program);

  /// To be called before the cycle `retire` of the instruction is counted.
  void retire(uint32_t index) {
    isRetired[index] = true;
    while (next + 1 < owners.size() && isRetired[owners[next]])
      ++next;
  }
  /// Cycles in which MM does not step.
  void wait(Cause cause, uint64_t cycles = 1) {
    ofInstruction[owners[next]].of(cause) += cycles;
  }
  /// Cycles in which it steps through instruction `index`.
  void stream(uint32_t index, uint64_t lanes, uint64_t padK, uint64_t padN,
              uint64_t cycles = 1) {
    Accounting &to = ofInstruction[index];
    to.of(Cause::Busy) += cycles;
    addSlots(to, lanes, padK, padN, cycles);
  }

  Accounting total() const;
  /// By index in the program. A program without MM, DW and VX has all cycles at
  /// its last instruction.
  const std::vector<Accounting> &instructions() const { return ofInstruction; }

private:
  /// Instructions of MM, DW and VX, ascending; which of them has not retired.
  std::vector<uint32_t> owners = {0};
  size_t next = 0;
  std::vector<bool> isRetired = {false};
  std::vector<Accounting> ofInstruction = std::vector<Accounting>(1);
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_ACCOUNTING_H
