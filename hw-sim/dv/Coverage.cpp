//===- Coverage.cpp - What programs have tried ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each family of bins a function that declares them and one that counts;
// what fields say is in CoverageModes.cpp.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Coverage.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Dispatch.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

struct Coverage::Walk {
  std::array<std::vector<Unit>, kMemoryCount> onChip;
  std::unordered_map<int64_t, Unit> inDram;
  std::array<unsigned, kSemaphores> tokens = {};
  /// The engine that signals each.
  std::array<int, kSemaphores> from = {};
};

/// What engines do with memories; of DW only where there is one.
namespace {
struct Port {
  Engine engine;
  Memory memory;
  bool reads, writes;
};
} // namespace
static const Port kPorts[] = {
    {Engine::Ld, Memory::Scratchpad, true, true},
    {Engine::Ld, Memory::Weights, false, true},
    {Engine::Ld, Memory::Parameters, false, true},
    {Engine::Ld, Memory::Accumulators, false, true},
    {Engine::Ld, Memory::Dram, true, false},
    {Engine::Mm, Memory::Scratchpad, true, false},
    {Engine::Mm, Memory::Weights, true, false},
    {Engine::Mm, Memory::Accumulators, true, true},
    {Engine::Dw, Memory::Scratchpad, true, false},
    {Engine::Dw, Memory::Weights, true, false},
    {Engine::Dw, Memory::Depthwise, true, true},
    {Engine::Vx, Memory::Scratchpad, true, true},
    {Engine::Vx, Memory::Parameters, true, false},
    {Engine::Vx, Memory::Accumulators, true, false},
    {Engine::Vx, Memory::Depthwise, true, false},
    {Engine::St, Memory::Scratchpad, true, false},
    {Engine::St, Memory::Accumulators, true, false},
    {Engine::St, Memory::Depthwise, true, false},
    {Engine::St, Memory::Dram, false, true},
};

static std::string arrow(unsigned from, unsigned to) {
  return std::string(nameOf(static_cast<Engine>(from))) + " -> " +
         nameOf(static_cast<Engine>(to));
}

//===----------------------------------------------------------------------===//
// Bins
//===----------------------------------------------------------------------===//

void Coverage::declare(const std::string &group, const std::string &name) {
  if (places.emplace(group + " " + name, all.size()).second)
    all.push_back({group, name});
}

void Coverage::hit(const std::string &group, const std::string &name) {
  auto found = places.find(group + " " + name);
  if (found != places.end())
    ++all[found->second].hits;
}

uint64_t Coverage::leastHits() const {
  uint64_t least = UINT64_MAX;
  for (const Bin &bin : all)
    least = std::min(least, bin.hits);
  return least;
}

std::string Coverage::text(uint64_t wanted) const {
  std::string groups, few;
  for (size_t i = 0; i < all.size();) {
    size_t end = i, least = i;
    for (; end < all.size() && all[end].group == all[i].group; ++end) {
      if (all[end].hits < all[least].hits)
        least = end;
      if (all[end].hits < wanted)
        few += "  below " + std::to_string(wanted) + ": " + all[end].group +
               " " + all[end].name + ", " + std::to_string(all[end].hits) +
               "\n";
    }
    groups += "  " + all[i].group + ": " + std::to_string(end - i) +
              " bins, least " + std::to_string(all[least].hits) + " (" +
              all[least].name + ")\n";
    i = end;
  }
  return groups + few;
}

Coverage::Coverage(const Machine &machine) : machine(machine) {
  declareFields();
  declareSemaphores();
  declareAccesses();
  declareModes();
}

void Coverage::add(uint64_t address, const std::vector<Word> &program) {
  Walk walk;
  for (unsigned i = 0; i < kMemoryCount; ++i)
    if (Memory memory = static_cast<Memory>(i); memory != Memory::Dram)
      walk.onChip[i].resize(machine.unitsOf(memory));
  Dispatcher dispatcher(machine, address, program.size() * kInstructionBytes);
  for (const Word &word : program) {
    Instruction instruction;
    if (dispatcher.dispatch(word, instruction))
      return;
    countFields(word, instruction);
    if (instruction.isSetting())
      continue;
    countTokens(walk, instruction);
    countAccesses(walk, dispatcher.configuration(), instruction);
    countModes(dispatcher.configuration(), instruction);
  }
}

//===----------------------------------------------------------------------===//
// Semaphores
//===----------------------------------------------------------------------===//

void Coverage::declareSemaphores() {
  for (unsigned i = 0; i < kSemaphores; ++i)
    declare("semaphore", "number " + std::to_string(i));
  for (unsigned i = 0; i <= 2; ++i) {
    declare("semaphore", "waits " + std::to_string(i));
    declare("semaphore", "signals " + std::to_string(i));
  }
  for (unsigned i = 1; i <= kMaxTokens; ++i)
    declare("depth", std::to_string(i));
  for (unsigned from = 0; from < kEngineCount; ++from)
    for (unsigned to = 0; to < kEngineCount; ++to)
      if (from != to && hasEngine(static_cast<Engine>(from)) &&
          hasEngine(static_cast<Engine>(to)))
        declare("pair", arrow(from, to));
}

void Coverage::countTokens(Walk &walk, const Instruction &instruction) {
  unsigned engine = unsigned(instruction.engine());
  const Tokens &named = instruction.tokens;
  unsigned waits = 0, signals = 0;
  for (int8_t i : {named.wait0, named.wait1}) {
    if (i < 0)
      continue;
    ++waits;
    --walk.tokens[i];
    hit("pair", arrow(walk.from[i], engine));
    hit("semaphore", "number " + std::to_string(i));
  }
  for (int8_t i : {named.signal0, named.signal1}) {
    if (i < 0)
      continue;
    ++signals;
    hit("depth", std::to_string(++walk.tokens[i]));
    walk.from[i] = engine;
  }
  hit("semaphore", "waits " + std::to_string(waits));
  hit("semaphore", "signals " + std::to_string(signals));
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

static std::string bankName(int64_t bank, bool isWrite, unsigned engine) {
  return std::to_string(bank) + (isWrite ? " written by " : " read by ") +
         nameOf(static_cast<Engine>(engine));
}

static std::string overlapName(Memory memory, const char *kind, unsigned from,
                               unsigned to) {
  return std::string(nameOf(memory)) + " " + kind + " " + arrow(from, to);
}

void Coverage::declareAccesses() {
  for (const Port &port : kPorts)
    for (uint64_t bank = 0; bank < machine.scratchpad.banks; ++bank)
      for (bool isWrite : {false, true})
        if (port.memory == Memory::Scratchpad && hasEngine(port.engine) &&
            (isWrite ? port.writes : port.reads))
          declare("bank", bankName(bank, isWrite, unsigned(port.engine)));
  for (const Port &first : kPorts)
    for (const Port &then : kPorts) {
      if (first.memory != then.memory || first.engine == then.engine ||
          !hasEngine(first.engine) || !hasEngine(then.engine))
        continue;
      unsigned from = unsigned(first.engine), to = unsigned(then.engine);
      if (first.writes && then.reads)
        declare("overlap",
                overlapName(first.memory, "read after write", from, to));
      // What MM and DW read of accumulators they write in the same step.
      if (first.reads && then.writes &&
          !(first.writes && first.memory != Memory::Scratchpad))
        declare("overlap",
                overlapName(first.memory, "write after read", from, to));
      if (first.writes && then.writes)
        declare("overlap",
                overlapName(first.memory, "write after write", from, to));
    }
  for (const char *name : {"ld", "ld.window", "st"})
    for (const char *bin :
         {" at a beat", " within a beat", " whole words", " part of a word",
          " within a DRAM row", " over DRAM rows"})
      declare("alignment", std::string(name) + bin);
}

void Coverage::countAccess(Walk &walk, unsigned engine, const Access &access) {
  bool isDram = access.memory == Memory::Dram;
  std::vector<Unit> &memory = walk.onChip[unsigned(access.memory)];
  int64_t lastBank = -1;
  for (int64_t i = access.first; i < access.first + access.count; ++i) {
    if (access.memory == Memory::Scratchpad) {
      int64_t bank = i / int64_t(machine.wordsPerBank());
      if (bank != lastBank)
        hit("bank", bankName(bank, access.isWrite, engine));
      lastBank = bank;
    }
    Unit &unit = isDram ? walk.inDram[i] : memory[i];
    bool isOther = unit.writer >= 0 && unit.writer != int(engine);
    if (isOther)
      hit("overlap",
          overlapName(access.memory,
                      access.isWrite ? "write after write" : "read after write",
                      unit.writer, engine));
    for (unsigned from = 0; access.isWrite && from < kEngineCount; ++from)
      if (from != engine && unit.readers >> from & 1)
        hit("overlap",
            overlapName(access.memory, "write after read", from, engine));
    if (access.isWrite)
      unit = {int8_t(engine), 0};
    else
      unit.readers |= 1 << engine;
  }
}

void Coverage::countAlignment(const Instruction &instruction,
                              const OperandAccess &operand) {
  std::string name = infoOf(instruction.format).mnemonic;
  int64_t beat = machine.dram.width, row = machine.dram.rowBytes;
  int64_t lanes = machine.lanes();
  forEachAccess(operand, [&](const Access &access) {
    hit("alignment",
        name + (access.first % beat ? " within a beat" : " at a beat"));
    hit("alignment",
        name + (access.count % lanes ? " part of a word" : " whole words"));
    bool crosses =
        access.first / row != (access.first + access.count - 1) / row;
    hit("alignment",
        name + (crosses ? " over DRAM rows" : " within a DRAM row"));
  });
}

void Coverage::countAccesses(Walk &walk, const Configuration &configuration,
                             const Instruction &instruction) {
  unsigned engine = unsigned(instruction.engine());
  for (const OperandAccess &operand :
       operandsOf(machine, configuration, instruction)) {
    forEachAccess(operand, [&](const Access &access) {
      countAccess(walk, engine, access);
    });
    if (operand.memory == Memory::Dram)
      countAlignment(instruction, operand);
  }
}

} // namespace systole::sim
