//===- Trial.h - One program on two engines ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_TRIAL_H
#define SYSTOLE_HWSIM_DV_TRIAL_H

#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/model/functional/FunctionalDevice.h"

namespace systole::sim {

/// What the functional engine makes of a program.
class Trial {
public:
  Trial(const Machine &machine, const RandomProgram &program, uint64_t seed);

  const Outcome &outcome() const { return expected; }
  /// Runs the program in `orders` random orders; how the first that ends
  /// differently differs, or "".
  std::string differenceInOrders(unsigned orders) const;

private:
  const Machine &machine;
  const RandomProgram &program;
  uint64_t seed;
  FunctionalDevice functional;
  Outcome expected;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_TRIAL_H
