//===- Comparison.h - One program on several engines ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All engines leave the memories and the fault that the first one leaves. Those
// with a clock know the same times, to the cycle, as the first of them does, and
// say of each cycle, and of each product of the array, what it was for.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_COMPARISON_H
#define SYSTOLE_HWSIM_DV_COMPARISON_H

#include "hw-sim/model/TimedDevice.h"
#include <functional>

namespace systole::sim {

/// An engine with the name by which it is chosen.
struct NamedDevice {
  std::string name;
  Device *device;
};

/// Where two engines part.
struct Divergence {
  enum class Kind : uint8_t { Fault, Memory, Output, Time };
  Kind kind;
  /// The engine, and the one that it differs from.
  std::string engine, reference;
  /// The instruction it is about, if one can be named.
  std::optional<uint64_t> instruction;
  /// What differs, with both values, the reference's first.
  std::string text;

  bool isSame(const Divergence &o) const {
    return kind == o.kind && engine == o.engine;
  }
};

/// What all engines run.
struct Workload {
  uint64_t address = 0, count = 0;
  /// Makes the memories what they are before the doorbell; the number is the
  /// engine's place.
  std::function<void(Device &device, size_t engine)> prepare;
  /// Ranges of DRAM that are compared; none: all memories are.
  std::vector<std::pair<uint64_t, uint64_t>> outputs = {};
};

class Comparison {
public:
  /// At least one engine; all have the same machine.
  explicit Comparison(std::vector<NamedDevice> engines)
      : engines(std::move(engines)) {}

  /// Runs the workload on all engines. The first divergence of each kind of
  /// each engine, or none.
  std::vector<Divergence> run(const Workload &workload);
  /// How the run on the reference ended.
  const Outcome &outcome() const { return expected; }

  /// Finds the first instruction behind which the memories differ: the program
  /// is cut there by bisection. Precondition: run() gave this divergence.
  Divergence locate(Workload workload, const Divergence &divergence);

  /// The first engine with a clock, or null.
  const TimedDevice *timed() const;

private:
  std::optional<Divergence> compareMemories(const Workload &workload,
                                            const NamedDevice &other);
  std::optional<Divergence> compareTimes(const NamedDevice &other) const;
  std::optional<Divergence> checkAccounts(const NamedDevice &one) const;

  std::vector<NamedDevice> engines;
  Outcome expected;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_COMPARISON_H
