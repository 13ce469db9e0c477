//===- SimReport.h - What systole sim reports -------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A simulated run as text, as contract.md's JSON object, as a page, as a
// timeline, and as a table of instructions.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_SIMREPORT_H
#define SYSTOLE_TOOLS_SYSTOLE_SIMREPORT_H

#include "tools/systole/SimRun.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

/// The object has all keys of the contract; what the engine does not know is
/// null: without a clock all that is time.
void printSimJson(const SimRun &run, llvm::raw_ostream &os);
/// A few lines, and a table of the source nodes.
void printSimText(const SimRun &run, llvm::raw_ostream &os);
/// One HTML file that refers to nothing outside itself: roofline, timeline,
/// causes, slots, traffic. Precondition: a record.
void printSimPage(const SimRun &run, llvm::raw_ostream &os);

/// A timeline for Perfetto: a lane for each engine, and its waits for
/// semaphores, with arrows from who signalled. Precondition: a record.
void printSimTrace(const SimRun &run, llvm::raw_ostream &os);
/// A line for each working instruction, in program order, so that two engines'
/// can be compared by `diff`. Precondition: a record.
void printSimTimes(const SimRun &run, llvm::raw_ostream &os);

/// `mm width=4`: an instruction without its tokens, as a name.
std::string titleOf(const isa::Word &word);
/// Of working instructions in program order: start and retire.
std::vector<sim::InstructionTimes> sortedTimes(const SimRun &run);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_SIMREPORT_H
