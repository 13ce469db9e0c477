//===- TimingTrial.h - One program's cycles on two engines ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The timing contract: start and retire of every instruction, causes and slots,
// counts of banks and DRAM are the same wherever a machine keeps time.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_TIMINGTRIAL_H
#define SYSTOLE_HWSIM_DV_TIMINGTRIAL_H

#include "hw-sim/model/TimedDevice.h"

namespace systole::sim {

/// What differs first between two records of one program: the instruction with
/// the earliest start or retirement that is not the same, or else a figure; ""
/// if nothing does.
std::string timingDifference(const RunRecord &expected,
                             const RunRecord &record);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_TIMINGTRIAL_H
