//===- cpu_check.h - Can this machine run the module? --------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the CPU features that a module's code uses with those of the
// machine, before any of that code runs: a mismatch is a message, never a
// crash.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_CPU_CHECK_H
#define SYSTOLE_RUNTIME_SRC_CPU_CHECK_H

#include "runtime/src/tensor.h"

namespace systole::rt {

/// The systole_x86_feature bits that this CPU has and the system has enabled; 0
/// on other architectures. For tests the environment variable
/// SYSTOLE_CPU_FEATURES_MASK takes features away: a number in decimal or, after
/// 0x, hexadecimal, whose zero bits are those to remove.
uint64_t cpuFeatures();

/// Fails if code that uses `needed` features cannot run where there are
/// `present` ones; the message names what is missing and the best --cpu.
Status checkCpuFeatures(uint64_t needed, uint64_t present);

/// Checks ABI version, architecture and CPU features of a module.
Status checkLibrary(const systole_library &library);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_CPU_CHECK_H
