//===- RunReport.h - What a run tells ---------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_RUNREPORT_H
#define SYSTOLE_TOOLS_SYSTOLE_RUNREPORT_H

#include "tools/systole/Engine.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

/// What the JSON of `run --json` says.
struct RunReport {
  Engine &engine;
  const rt::RunResult &result;
  llvm::StringRef device;
  /// Operations that the interpreter evaluates in one run.
  int64_t interpretedOps;
};

/// Prints contract.md's JSON object.
void printRunJson(const RunReport &report, llvm::raw_ostream &os);

/// Prints one line: the latency.
void printLatency(const rt::Latency &latency, llvm::raw_ostream &os);

/// Prints a short view of each output.
void printOutputs(const systole_entry_info &entry, const rt::RunResult &result,
                  llvm::raw_ostream &os);

/// --dequantize: makes outputs of 16-bit and 8-bit floats, and of quantised
/// integers, float32. A message and false if memory is exhausted.
bool widenOutputs(const systole_entry_info &entry, rt::RunResult &result);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_RUNREPORT_H
