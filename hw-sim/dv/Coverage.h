//===- Coverage.h - What programs have tried --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bins follow from the instruction table and the machine, so that a bin that
// nothing hits is there too. It looks at words alone: whoever made the program
// has no say in what it covers.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_COVERAGE_H
#define SYSTOLE_HWSIM_DV_COVERAGE_H

#include "hw-sim/model/Machine.h"
#include "hw-sim/model/Operands.h"
#include <unordered_map>

namespace systole::sim {

class Coverage {
public:
  explicit Coverage(const Machine &machine);

  /// Counts what the instructions up to the first fault do.
  void add(uint64_t address, const std::vector<isa::Word> &program);

  struct Bin {
    /// "bank", "3 read by mm".
    std::string group, name;
    uint64_t hits = 0;
  };
  const std::vector<Bin> &bins() const { return all; }
  uint64_t leastHits() const;
  /// A line for each group: its bins and the least hit of them; all bins below
  /// `wanted`.
  std::string text(uint64_t wanted) const;

private:
  /// The history of one unit within a program.
  struct Unit {
    int8_t writer = -1;
    /// Engines that have read since, by bits.
    uint8_t readers = 0;
  };
  /// Of one program.
  struct Walk;

  bool hasEngine(isa::Engine engine) const {
    return engine != isa::Engine::Dw || machine.hasDepthwise();
  }
  void declare(const std::string &group, const std::string &name);
  void hit(const std::string &group, const std::string &name);
  void declareFields();
  void declareAccesses();
  void declareSemaphores();
  void declareModes();
  void countFields(const isa::Word &word, const isa::Instruction &instruction);
  void countTokens(Walk &walk, const isa::Instruction &instruction);
  void countAccesses(Walk &walk, const isa::Configuration &configuration,
                     const isa::Instruction &instruction);
  void countAccess(Walk &walk, unsigned engine, const Access &access);
  void countAlignment(const isa::Instruction &instruction,
                      const OperandAccess &operand);
  void countModes(const isa::Configuration &configuration,
                  const isa::Instruction &instruction);
  void countPicture(const std::string &engine, const PictureView &picture);

  const Machine &machine;
  std::vector<Bin> all;
  std::unordered_map<std::string, size_t> places;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_COVERAGE_H
