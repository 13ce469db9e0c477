//===- RtlTrial.cpp - One program on RTL and functional engine ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/RtlTrial.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Extents.h"
#include "hw-sim/model/functional/FunctionalDevice.h"

using namespace systole::isa;

namespace systole::sim {

/// `fault extent at instruction 7`.
static std::string textOf(const Outcome &outcome) {
  return std::string("fault ") + nameOf(outcome.fault) + " at instruction " +
         std::to_string(outcome.index);
}

/// `; last written by instruction 12: ld length=16`, of a unit of a memory.
static std::string lastWriter(const Machine &machine,
                              const RandomProgram &program, uint64_t seed,
                              const Difference &difference) {
  FunctionalDevice device(machine, seed);
  storeProgram(program, device.dram());
  int64_t unit = difference.address / machine.unitBytes(difference.memory);
  std::string text;
  device.observe([&](uint64_t index, const Configuration &configuration,
                     const Instruction &instruction) {
    if (instruction.isSetting())
      return;
    forEachAccess(
        machine, configuration, instruction, [&](const Access &access) {
          if (access.isWrite && access.memory == difference.memory &&
              access.first <= unit && unit < access.first + access.count)
            text = "; last written by instruction " + std::to_string(index) +
                   ": " + disassemble(encode(instruction));
        });
  });
  device.run(program.address, program.words.size());
  return text;
}

RtlTrial::RtlTrial(const Machine &machine, const RandomProgram &program,
                   uint64_t seed, RtlDevice &rtl) {
  FunctionalDevice functional(machine, seed);
  storeProgram(program, functional.dram());
  Outcome expected = functional.run(program.address, program.words.size());

  rtl.reset(seed);
  storeProgram(program, rtl.dram());
  Outcome outcome = rtl.run(program.address, program.words.size());

  if (outcome.fault != expected.fault || outcome.index != expected.index)
    text = textOf(outcome) + " instead of " + textOf(expected);
  else if (auto difference = firstDifference(functional, rtl))
    text = difference->text(machine) +
           lastWriter(machine, program, seed, *difference);
  else if (rtl.counters().cycles() != rtl.record().cycles ||
           !(rtl.counters() == rtl.record().ledger.total()))
    text = "causes and slots do not come to the program's cycles";
}

} // namespace systole::sim
