//===- SimProgram.h - What sim and diff run ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What kind of program a file holds (an image, text of the isa dialect, or
// assembler text) follows from its content; each kind becomes an image, and
// from there on there is one way.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_SIMPROGRAM_H
#define SYSTOLE_TOOLS_SYSTOLE_SIMPROGRAM_H

#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Machine.h"
#include "runtime/devices/mxu/Engines.h"
#include "tools/systole/Options.h"

namespace systole::driver {

/// A program and the machine that it shall run on.
struct SimProgram {
  sim::Machine machine;
  isa::Image image;
};

/// The program of the verb's positional, on the machine of --machine with what
/// --what-if changes. A message and nullopt if there is none.
std::optional<SimProgram> readSimProgram(const Arguments &arguments);

/// The machine of --machine; else the one named in `fallback`, if any; with
/// what --what-if changes. A message and nullopt if there is none.
std::optional<sim::Machine> chooseMachine(const Arguments &arguments,
                                          llvm::StringRef fallback);

/// What the verb's options say about engines.
mxu::EngineOptions engineOptions(const Arguments &arguments);

/// Opens an engine; a message and null if it cannot be had.
std::unique_ptr<sim::Device> openEngine(const mxu::EngineInfo &engine,
                                        const sim::Machine &machine,
                                        const mxu::EngineOptions &options);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_SIMPROGRAM_H
