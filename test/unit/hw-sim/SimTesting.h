//===- SimTesting.h - What tests of the engines share -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Machines, programs on devices, and random numbers.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_HWSIM_SIMTESTING_H
#define SYSTOLE_TEST_UNIT_HWSIM_SIMTESTING_H

#include "hw-sim/model/functional/FunctionalDevice.h"
#include "test/unit/hw-sim/HwSimTesting.h"
#include <random>

namespace systole::sim {

/// A preset with some keys changed; aborts the test program if they are wrong.
inline Machine changedMachine(
    const std::string &preset,
    std::initializer_list<std::pair<const char *, const char *>> values) {
  Machine machine = machineOf(preset);
  for (auto [key, value] : values)
    EXPECT_EQ(setMachineKey(machine, key, value), "") << key;
  for (const MachineProblem &problem : checkMachine(machine))
    ADD_FAILURE() << problem.key << " " << problem.message;
  return machine;
}

/// The presets, and three odd ones: 12 lanes, tiny memories, narrow DRAM.
inline std::vector<Machine> testMachines() {
  return {machineOf("mxu-8"),
          machineOf("mxu-16"),
          machineOf("mxu-32"),
          machineOf("mxu-64"),
          changedMachine("mxu-16", {{"array", "12"}}),
          changedMachine("mxu-8", {{"array", "4"},
                                   {"scratchpad.bytes", "4096"},
                                   {"weights.bytes", "1024"},
                                   {"accumulators.rows", "64"},
                                   {"depthwise.accumulator_rows", "32"},
                                   {"parameters.bytes", "1024"}}),
          changedMachine("mxu-16", {{"dram.width", "2"}, {"array", "20"}})};
}

/// Where test programs lie in DRAM.
inline constexpr uint64_t kProgramAddress = 512 * 1024;

/// Writes a program and runs its first `count` instructions.
inline Outcome run(Device &device, const std::vector<isa::Word> &words,
                   uint64_t count) {
  uint64_t at = kProgramAddress;
  for (const isa::Word &word : words) {
    uint8_t bytes[isa::kInstructionBytes];
    word.store(bytes);
    device.dram().write(at, bytes, sizeof bytes);
    at += sizeof bytes;
  }
  return device.run(kProgramAddress, count);
}

inline Outcome run(Device &device, const std::vector<isa::Word> &words) {
  return run(device, words, words.size());
}

inline Outcome run(Device &device, const std::string &text) {
  return run(device, wordsOf(text));
}

/// Random numbers that are the same everywhere, unlike those of the standard
/// distributions.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}

  /// From `low` to `high`.
  int64_t in(int64_t low, int64_t high) {
    return low + int64_t(engine() % uint64_t(high - low + 1));
  }
  bool oneIn(int64_t n) { return in(0, n - 1) == 0; }
  uint64_t bits() { return engine(); }
  template <typename T>
  T of(std::initializer_list<T> values) {
    return values.begin()[in(0, int64_t(values.size()) - 1)];
  }

private:
  std::mt19937_64 engine;
};

} // namespace systole::sim

#endif // SYSTOLE_TEST_UNIT_HWSIM_SIMTESTING_H
