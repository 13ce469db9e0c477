//===- SimReport.h - What systole sim reports -------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The report of a simulated run, as text and as contract.md's JSON object.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_SIMREPORT_H
#define SYSTOLE_TOOLS_SYSTOLE_SIMREPORT_H

#include "tools/systole/ImageEngine.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

struct SimReport {
  const sim::Machine &machine;
  llvm::StringRef engine;
  const ImageRun &run;
};

/// The object has all keys of the contract; what this engine does not know, all
/// that is time, is null.
void printSimJson(const SimReport &report, llvm::raw_ostream &os);
/// A few lines, and a table of the source nodes.
void printSimText(const SimReport &report, llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_SIMREPORT_H
