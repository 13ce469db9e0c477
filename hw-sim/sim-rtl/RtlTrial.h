//===- RtlTrial.h - One program on RTL and functional engine ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_RTLTRIAL_H
#define SYSTOLE_HWSIM_SIMRTL_RTLTRIAL_H

#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/sim-rtl/RtlDevice.h"

namespace systole::sim {

class RtlTrial {
public:
  /// Both begin with the pattern of `seed`. Afterwards `rtl` has run the
  /// program.
  RtlTrial(const Machine &machine, const RandomProgram &program, uint64_t seed,
           RtlDevice &rtl);

  /// What differs, with the last instruction that wrote it; or "".
  const std::string &difference() const { return text; }

private:
  std::string text;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_RTLTRIAL_H
