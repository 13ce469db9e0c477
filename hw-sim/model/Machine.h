//===- Machine.h - The description of a machine -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a machine file says, the range of every key, and what follows from it.
// RTL parameters, models, target attributes and manual tables all come from
// here: no other place holds a hardware number.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_MACHINE_H
#define SYSTOLE_HWSIM_MODEL_MACHINE_H

#include "hw-sim/isa/Instruction.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace systole::sim {

/// A machine file; see machineKeys() for the meaning and range of each number.
struct Machine {
  std::string name;
  uint64_t array = 0;
  struct {
    uint64_t width = 0, readLatency = 0, writeLatency = 0, rowBytes = 0,
             banks = 0, rowMiss = 0, outstanding = 0, bytes = 0;
  } dram;
  struct {
    uint64_t bytes = 0, banks = 0;
  } scratchpad;
  struct {
    uint64_t bytes = 0;
  } weights;
  struct {
    uint64_t rows = 0;
  } accumulators;
  struct {
    uint64_t multipliersPerLane = 0, accumulatorRows = 0;
  } depthwise;
  struct {
    uint64_t bytes = 0;
  } parameters;
  struct {
    uint64_t lineBytes = 0, kernel = 0;
  } window;
  uint64_t queue = 0, watchdog = 0;

  //===--------------------------------------------------------------------===//
  // What follows
  //===--------------------------------------------------------------------===//

  /// R: rows and columns of the array, lanes, bytes of a word.
  uint64_t lanes() const { return array; }
  /// Scratchpad words in a bank: word w of bank b is b * wordsPerBank() + w.
  uint64_t wordsPerBank() const {
    return scratchpad.bytes / (scratchpad.banks * array);
  }
  uint64_t scratchpadWords() const { return wordsPerBank() * scratchpad.banks; }
  uint64_t weightWords() const { return weights.bytes / array; }
  uint64_t parameterWords() const { return parameters.bytes / array; }
  /// Ping and pong.
  uint64_t accumulatorRows() const { return 2 * accumulators.rows; }
  uint64_t depthwiseRows() const {
    return hasDepthwise() ? 2 * depthwise.accumulatorRows : 0;
  }
  bool hasDepthwise() const { return depthwise.multipliersPerLane > 0; }
  /// Bytes that LD, and ST, move in a cycle.
  uint64_t transferBytes() const {
    return dram.width < array ? dram.width : array;
  }
  /// Units of a memory, and bytes of one: words, rows, or bytes of DRAM.
  uint64_t unitsOf(isa::Memory memory) const;
  uint64_t unitBytes(isa::Memory memory) const;
};

/// A number of the machine file.
struct MachineKey {
  /// As in the file: "dram.width".
  const char *name;
  uint64_t &(*member)(Machine &machine);
  /// Smallest and largest value.
  uint64_t minimum, maximum;
  /// What a value must be beside in range: a multiple of this; a power of two.
  uint64_t multiple;
  bool powerOfTwo;
  /// Whether results, not only times, depend on it: part of the fingerprint.
  bool changesResults;
  const char *unit, *summary;

  uint64_t get(const Machine &machine) const {
    return member(const_cast<Machine &>(machine));
  }
  /// "a multiple of 4 from 4 to 64".
  std::string range() const;
  bool isLegal(uint64_t value) const;
};

/// All of them, in the order of the file.
const std::vector<MachineKey> &machineKeys();
const MachineKey *findMachineKey(std::string_view name);

/// What is wrong with a machine's numbers, each with the key it is about.
struct MachineProblem {
  std::string key, message;
};
std::vector<MachineProblem> checkMachine(const Machine &machine);

/// "key=value" of every key that changes results, one a line, and the version
/// of the instruction set: two machines with the same text compute the same.
std::string resultText(const Machine &machine);
/// A hash of it.
uint64_t fingerprint(const Machine &machine);

/// Why a machine cannot run a program that was made for one with the text
/// `requirements` and needs `capabilities` (isa::Capability); all reasons. A
/// program without requirements, which a person wrote, runs on any machine that
/// can do what it uses.
std::vector<std::string> unmetRequirements(const Machine &machine,
                                           const std::string &requirements,
                                           uint32_t capabilities);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_MACHINE_H
