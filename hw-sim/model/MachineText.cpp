//===- MachineText.cpp - Machines as texts of all kinds -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Machine files, tables of the manual, parameters of the RTL.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/MachineFile.h"
#include <cctype>

namespace systole::sim {

std::string printMachine(const Machine &machine) {
  std::string text = "name: " + machine.name + "\n", group;
  for (const MachineKey &key : machineKeys()) {
    std::string name = key.name;
    std::string value = std::to_string(key.get(machine)) + "\n";
    size_t dot = name.find('.');
    if (dot == std::string::npos) {
      text += name + ": " + value;
      continue;
    }
    if (name.substr(0, dot) != group) {
      group = name.substr(0, dot);
      text += group + ":\n";
    }
    text += "  " + name.substr(dot + 1) + ": " + value;
  }
  return text;
}

std::string describeMachineKeys() {
  std::string text = "| key | unit | value | meaning | results |\n"
                     "|---|---|---|---|---|\n";
  for (const MachineKey &key : machineKeys())
    text += "| `" + std::string(key.name) + "` | " + key.unit + " | " +
            key.range() + " | " + key.summary + " | " +
            (key.changesResults ? "yes" : "") + " |\n";
  return text;
}

std::string describeMemories(const std::vector<Machine> &machines) {
  std::string text = "| memory | unit |", line = "|---|---|";
  for (const Machine &machine : machines) {
    text += " " + machine.name + " |";
    line += "---|";
  }
  text += "\n" + line + "\n";
  auto row = [&](const std::string &title, auto value) {
    text += "| " + title + " |";
    for (const Machine &machine : machines)
      text += " " + std::to_string(value(machine)) + " |";
    text += "\n";
  };
  row("R | bytes of a word", [](const Machine &m) { return m.lanes(); });
  row("scratchpad | words",
      [](const Machine &m) { return m.unitsOf(isa::Memory::Scratchpad); });
  row("of a bank | words", [](const Machine &m) { return m.wordsPerBank(); });
  row("weights | words",
      [](const Machine &m) { return m.unitsOf(isa::Memory::Weights); });
  row("parameters | words",
      [](const Machine &m) { return m.unitsOf(isa::Memory::Parameters); });
  row("accumulators, ping and pong | rows",
      [](const Machine &m) { return m.unitsOf(isa::Memory::Accumulators); });
  row("DW's accumulators, ping and pong | rows",
      [](const Machine &m) { return m.unitsOf(isa::Memory::Depthwise); });
  return text;
}

/// "dram.read_latency" as lowRISC's style has it: DramReadLatency.
static std::string upperCamel(std::string_view name) {
  std::string camel;
  bool isFirst = true;
  for (char c : name) {
    bool isLetter = std::isalnum(static_cast<unsigned char>(c));
    if (isLetter)
      camel += isFirst ? char(std::toupper(static_cast<unsigned char>(c))) : c;
    isFirst = !isLetter;
  }
  return camel;
}

std::string printParameters(const Machine &machine) {
  std::string text = "// The machine '" + machine.name +
                     "', made from its machine file; do not edit.\n"
                     "// SPDX-License-Identifier: Apache-2.0 WITH "
                     "LLVM-exception\n\npackage systole_machine_pkg;\n";
  auto add = [&](const std::string &name, uint64_t value,
                 const std::string &what) {
    bool isLong = value > UINT32_MAX;
    text += "\n  // " + what + "\n  parameter " + (isLong ? "longint" : "int") +
            " unsigned " + name + " = " + (isLong ? "64'd" : "") +
            std::to_string(value) + ";";
  };
  for (const MachineKey &key : machineKeys())
    add(upperCamel(key.name), key.get(machine),
        key.summary + (*key.unit ? " (" + std::string(key.unit) + ")" : ""));
  add("ScratchpadBankWords", machine.wordsPerBank(), "words of a bank");
  for (unsigned i = 0; i < isa::kMemoryCount; ++i) {
    auto memory = static_cast<isa::Memory>(i);
    if (memory != isa::Memory::Dram)
      add(upperCamel(isa::nameOf(memory)) + "Units", machine.unitsOf(memory),
          std::string("words or rows of ") + isa::nameOf(memory));
  }
  add("TransferBytes", machine.transferBytes(),
      "bytes that LD, and ST, move in a cycle");
  add("Fingerprint", fingerprint(machine),
      "hash of what results depend on, as in an image");
  return text + "\n\nendpackage\n";
}

} // namespace systole::sim
