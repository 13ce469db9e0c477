//===- HwSimTesting.h - Machines and programs for tests ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_HWSIM_HWSIMTESTING_H
#define SYSTOLE_TEST_UNIT_HWSIM_HWSIMTESTING_H

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/MachineFile.h"
#include "gtest/gtest.h"

namespace systole::sim {

/// A machine of hw-sim/configs.
inline Machine machineOf(const std::string &preset) {
  std::vector<FileProblem> problems;
  return loadMachine(SYSTOLE_SOURCE "/hw-sim/configs/" + preset + ".yaml",
                     problems)
      .value();
}

/// The words of a text without mistakes.
inline std::vector<isa::Word> wordsOf(const std::string &text) {
  std::vector<isa::AssemblyProblem> problems;
  std::vector<isa::Word> words = isa::assemble(text, problems);
  for (const isa::AssemblyProblem &problem : problems)
    ADD_FAILURE() << text << ": " << problem.message;
  return words;
}

} // namespace systole::sim

#endif // SYSTOLE_TEST_UNIT_HWSIM_HWSIMTESTING_H
