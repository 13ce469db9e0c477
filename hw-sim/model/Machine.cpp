//===- Machine.cpp - The description of a machine -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The table of keys: every range is here and nowhere else.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Machine.h"
#include "hw-sim/isa/Hash.h"
#include "hw-sim/isa/Image.h"
#include <algorithm>
#include <sstream>

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

#define KEY(member)                                                            \
  [](Machine &machine) -> uint64_t & { return machine.member; }

static constexpr uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

const std::vector<MachineKey> &machineKeys() {
  // name, member, minimum, maximum, multiple of, power of two, changes results
  static const std::vector<MachineKey> keys = {
      {"array", KEY(array), 4, 64, 4, false, true, "",
       "rows and columns of the array, lanes of every engine"},
      {"dram.width", KEY(dram.width), 1, 128, 1, true, false, "bytes",
       "bytes a cycle, one beat"},
      {"dram.read_latency", KEY(dram.readLatency), 1, 10000, 1, false, false,
       "cycles", "from request to the first beat"},
      {"dram.write_latency", KEY(dram.writeLatency), 1, 10000, 1, false, false,
       "cycles", "from request to the first beat"},
      {"dram.row_bytes", KEY(dram.rowBytes), 64, 64 * kKiB, 1, true, false,
       "bytes", "of a row, which no request crosses"},
      {"dram.banks", KEY(dram.banks), 1, 64, 1, true, false, "",
       "each with one open row"},
      {"dram.row_miss", KEY(dram.rowMiss), 0, 1000, 1, false, false, "cycles",
       "added where the row is not open"},
      {"dram.outstanding", KEY(dram.outstanding), 1, 256, 1, false, false, "",
       "requests that have not completed"},
      {"dram.bytes", KEY(dram.bytes), kMiB, 1024 * kGiB, 1, false, true,
       "bytes", "where DRAM ends"},
      {"scratchpad.bytes", KEY(scratchpad.bytes), kKiB, 64 * kMiB, 1, false,
       true, "bytes", "of all banks"},
      {"scratchpad.banks", KEY(scratchpad.banks), 1, 64, 1, false, true, "",
       "each reads and writes one word a cycle"},
      {"weights.bytes", KEY(weights.bytes), kKiB, 64 * kMiB, 1, false, true,
       "bytes", "of weight tiles"},
      {"accumulators.rows", KEY(accumulators.rows), 16, 4096, 1, false, true,
       "rows", "of R int32, in ping, and in pong"},
      {"depthwise.multipliers_per_lane", KEY(depthwise.multipliersPerLane), 0,
       16, 1, false, true, "", "0: no depthwise engine"},
      {"depthwise.accumulator_rows", KEY(depthwise.accumulatorRows), 16, 4096,
       1, false, true, "rows", "of R int32, in ping, and in pong"},
      {"parameters.bytes", KEY(parameters.bytes), kKiB, 4 * kMiB, 1, false,
       true, "bytes", "of biases, multipliers, shifts, tables"},
      {"window.line_bytes", KEY(window.lineBytes), 16, 64 * kKiB, 1, false,
       true, "bytes", "of a picture row of ld.window"},
      {"window.kernel", KEY(window.kernel), 1, 16, 1, false, true, "",
       "rows, and columns, of a window of ld.window"},
      {"queue", KEY(queue), 1, 64, 1, false, false, "",
       "working instructions that wait at an engine"},
      {"watchdog", KEY(watchdog), 1000, 1000000000, 1, false, false, "cycles",
       "in which nothing moves, until a fault is reported"},
  };
  return keys;
}

#undef KEY

const MachineKey *findMachineKey(std::string_view name) {
  for (const MachineKey &key : machineKeys())
    if (name == key.name)
      return &key;
  return nullptr;
}

std::string MachineKey::range() const {
  std::string text = powerOfTwo ? "a power of two "
                     : multiple > 1
                         ? "a multiple of " + std::to_string(multiple) + " "
                         : "";
  return text + "from " + std::to_string(minimum) + " to " +
         std::to_string(maximum);
}

bool MachineKey::isLegal(uint64_t value) const {
  return value >= minimum && value <= maximum && value % multiple == 0 &&
         (!powerOfTwo || (value & (value - 1)) == 0);
}

//===----------------------------------------------------------------------===//
// Checks between keys
//===----------------------------------------------------------------------===//

/// Words of `array` bytes that a memory may have, because an instruction's
/// field for its addresses says no more.
namespace {
struct AddressLimit {
  const char *key;
  uint64_t maxWords;
};
} // namespace
static constexpr AddressLimit kAddressLimits[] = {
    {"scratchpad.bytes", uint64_t(1) << 20},
    {"weights.bytes", uint64_t(1) << 20},
    {"parameters.bytes", uint64_t(1) << 16},
};

std::vector<MachineProblem> checkMachine(const Machine &machine) {
  std::vector<MachineProblem> problems;
  for (const MachineKey &key : machineKeys())
    if (uint64_t value = key.get(machine); !key.isLegal(value))
      problems.push_back({key.name, "is " + std::to_string(value) +
                                        ", but must be " + key.range()});
  // What follows divides by numbers that may be 0.
  if (!problems.empty())
    return problems;
  std::string words =
      " words of array = " + std::to_string(machine.array) + " bytes";
  for (const AddressLimit &limit : kAddressLimits)
    if (findMachineKey(limit.key)->get(machine) / machine.array >
        limit.maxWords)
      problems.push_back(
          {limit.key,
           "has more than " + std::to_string(limit.maxWords) + words});
  if (machine.wordsPerBank() < 1)
    problems.push_back(
        {"scratchpad.bytes", "has no word for each of scratchpad.banks = " +
                                 std::to_string(machine.scratchpad.banks) +
                                 " banks"});
  if (machine.weightWords() < 2 * machine.array)
    problems.push_back(
        {"weights.bytes", "has less than two tiles of array x "
                          "array = " +
                              std::to_string(machine.array * machine.array) +
                              " bytes"});
  if (machine.dram.rowBytes < machine.dram.width)
    problems.push_back(
        {"dram.row_bytes",
         "is less than dram.width = " + std::to_string(machine.dram.width)});
  return problems;
}

//===----------------------------------------------------------------------===//
// What follows
//===----------------------------------------------------------------------===//

uint64_t Machine::unitsOf(isa::Memory memory) const {
  switch (memory) {
  case isa::Memory::Scratchpad:
    return scratchpadWords();
  case isa::Memory::Weights:
    return weightWords();
  case isa::Memory::Parameters:
    return parameterWords();
  case isa::Memory::Accumulators:
    return accumulatorRows();
  case isa::Memory::Depthwise:
    return depthwiseRows();
  case isa::Memory::Dram:
    return dram.bytes;
  }
  return 0;
}

uint64_t Machine::unitBytes(isa::Memory memory) const {
  switch (memory) {
  case isa::Memory::Dram:
    return 1;
  case isa::Memory::Accumulators:
  case isa::Memory::Depthwise:
    return 4 * array;
  default:
    return array;
  }
}

std::string resultText(const Machine &machine) {
  std::string text =
      "isa=" + std::to_string(isa::kInstructionSetVersion) + "\n";
  for (const MachineKey &key : machineKeys()) {
    if (!key.changesResults)
      continue;
    uint64_t value = key.get(machine);
    // How many multipliers there are is a matter of time; whether, is not.
    if (&key == findMachineKey("depthwise.multipliers_per_lane"))
      value = machine.hasDepthwise();
    text += key.name + ("=" + std::to_string(value)) + "\n";
  }
  return text;
}

uint64_t fingerprint(const Machine &machine) {
  std::string text = resultText(machine);
  return isa::hashBytes(text.data(), text.size());
}

/// The lines of a text.
static std::vector<std::string> linesOf(const std::string &text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> unmetRequirements(const Machine &machine,
                                           const std::string &requirements,
                                           uint32_t capabilities) {
  std::vector<std::string> problems;
  std::vector<std::string> given = linesOf(resultText(machine));
  for (const std::string &want : linesOf(requirements)) {
    std::string key = want.substr(0, want.find('=') + 1), have = "nothing";
    for (const std::string &line : given)
      if (!key.empty() && line.compare(0, key.size(), key) == 0)
        have = line;
    if (want != have)
      problems.push_back("the program was made for " + want + ", machine '" +
                         machine.name + "' has " + have);
  }
  if ((capabilities & isa::kNeedsDepthwise) && !machine.hasDepthwise())
    problems.push_back("the program uses the depthwise engine, machine '" +
                       machine.name + "' has none");
  if (capabilities & ~uint32_t(isa::kAllCapabilities))
    problems.push_back("the program needs what no machine of this version has");
  return problems;
}

} // namespace systole::sim
