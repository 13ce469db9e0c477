//===- DiffReport.h - What systole diff prints ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_DIFFREPORT_H
#define SYSTOLE_TOOLS_SYSTOLE_DIFFREPORT_H

#include "hw-sim/dv/DiffCampaign.h"
#include "hw-sim/isa/Image.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

/// `instruction 3 (vx width=4), node 'conv1': ...`: where and how, in one line.
std::string describe(const sim::Divergence &divergence,
                     const std::vector<isa::Word> &program,
                     const isa::Image *image = nullptr);

/// `N programs, 0 differences`, times, how busy the machine was, coverage.
void printCampaign(const sim::DiffCampaign &campaign, llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_DIFFREPORT_H
