//===- ProgramBuilder.h - Legal programs without races ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Takes working instructions without tokens and puts them into a program:
// settings where the configuration changes, signals and waits where accesses
// meet. Which pairs of engines have semaphores, where between the last access
// and the next a signal stands, and what is signalled long before somebody
// waits for it, is random.
//
// It looks at every unit and byte by itself, knowing nothing of strided sets:
// what it lets pass and what the checker lets pass are found in two ways.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_PROGRAMBUILDER_H
#define SYSTOLE_HWSIM_DV_PROGRAMBUILDER_H

#include "hw-sim/checker/Ordering.h"
#include "hw-sim/dv/Randomness.h"
#include "hw-sim/model/Extents.h"
#include <unordered_map>

namespace systole::sim {

class ProgramBuilder {
public:
  /// `calm`: how many times rarer instructions signal and wait unasked.
  ProgramBuilder(const Machine &machine, Randomness &random, int64_t calm = 1);

  /// What an instruction sees if nothing is set before it.
  const isa::Configuration &configuration() const { return current; }

  /// Adds a legal instruction that is to see `wanted`; its tokens are set here.
  void add(const isa::Configuration &wanted, isa::Instruction instruction);
  /// Signals some semaphore several times; the waits follow some time.
  void addBurst();
  /// The program, with a wait for every signal.
  std::vector<isa::Word> finish();

  /// Working instructions so far, and about the cycles that they take.
  unsigned works() const { return numWorks; }
  int64_t cycles() const { return lastCycle; }
  /// Who has least to do.
  isa::Engine idlest() const;

private:
  /// A working instruction that is in the program.
  struct Work {
    size_t place;
    /// What is over when a signal of it is given, and when that is.
    Clock after;
    int64_t end;
  };
  struct Semaphore {
    Semaphore(unsigned from, unsigned to) : from(from), to(to) {}

    /// kEngineCount: it is not used.
    unsigned from, to;
    /// The last instruction of `from` that signals it: later signals stand
    /// behind it.
    uint32_t lastSignal = 0;
    /// Signals without a wait: numbers of instructions of `from`.
    std::deque<uint32_t> open;
    /// Places of the waits, ascending.
    std::vector<size_t> waits;
  };
  /// A wait that the next instruction of an engine has to have.
  struct Wait {
    unsigned semaphore;
    uint32_t signal;
  };
  /// Of one unit, the number of each engine's last reader and writer.
  struct Unit {
    Clock reads = {}, writes = {};
  };

  std::vector<unsigned> enginesHere() const;
  void chooseSemaphores();
  void addSettings(const isa::Configuration &wanted);
  Clock needsOf(const isa::Instruction &instruction);
  std::vector<Wait> waitsFor(unsigned engine, const Clock &needs);
  void waitFor(unsigned from, unsigned to, uint32_t number,
               std::vector<Wait> &waits);
  void signalFrom(Semaphore &semaphore, uint32_t number);
  bool trySignal(Semaphore &semaphore, uint32_t number);
  unsigned viaEngine(unsigned from, unsigned to) const;
  uint32_t emit(isa::Instruction instruction, std::vector<Wait> waits);
  void place(isa::Instruction instruction, const Wait *waits, unsigned count);
  uint32_t addSync(unsigned engine, std::vector<Wait> waits);
  std::vector<unsigned> semaphoresOf(unsigned from, unsigned to) const;
  Unit &unitAt(isa::Memory memory, int64_t index);

  const Machine &machine;
  Randomness &random;
  isa::Configuration current;
  std::vector<isa::Instruction> program;
  std::array<std::vector<Work>, isa::kEngineCount> issued;
  /// What each engine's next instruction is behind; when the engine is free.
  std::array<Clock, isa::kEngineCount> clocks = {};
  std::array<int64_t, isa::kEngineCount> freeAt = {};
  std::vector<Semaphore> semaphores;
  std::array<std::vector<Unit>, isa::kMemoryCount> onChip;
  std::unordered_map<int64_t, Unit> inDram;
  /// One time in how many instructions signal, and wait, unasked.
  int64_t eagerness, patience;
  /// When DRAM's bus is free.
  int64_t busFreeAt = 0;
  unsigned numWorks = 0;
  int64_t lastCycle = 0;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_PROGRAMBUILDER_H
