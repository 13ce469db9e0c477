//===- Trial.cpp - One program on two engines -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Trial.h"
#include "hw-sim/dv/RandomOrder.h"
#include "hw-sim/isa/Formats.h"

using namespace systole::isa;

namespace systole::sim {

Trial::Trial(const Machine &machine, const RandomProgram &program,
             uint64_t seed)
    : machine(machine), program(program), seed(seed),
      functional(machine, seed) {
  storeProgram(program, functional.dram());
  expected = functional.run(program.address, program.words.size());
}

/// `fault extent at instruction 7`.
static std::string textOf(const Outcome &outcome) {
  std::string text = std::string("fault ") + nameOf(outcome.fault) +
                     " at instruction " + std::to_string(outcome.index);
  return outcome.message.empty() ? text : text + " (" + outcome.message + ")";
}

std::string Trial::differenceInOrders(unsigned orders) const {
  for (unsigned i = 0; i < orders; ++i) {
    // The functional engine has vector code: the first run compares it with
    // the specification, the others need not.
    RandomOrderDevice device(machine, seed, seed * 1000 + i,
                             i == 0 ? plainKernels() : fastestKernels());
    storeProgram(program, device.dram());
    Outcome outcome = device.run(program.address, program.words.size());
    std::string where = "order " + std::to_string(i) + ": ";
    if (outcome.fault != expected.fault || outcome.index != expected.index)
      return where + textOf(outcome) + " instead of " + textOf(expected);
    if (auto difference =
            firstDifference(functional.memories(), device.memories()))
      return where + difference->text(machine);
  }
  return "";
}

} // namespace systole::sim
