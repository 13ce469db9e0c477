//===- Kernels.h - Ways to execute instructions -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The instructions that take time have vector code beside the plain functions
// of Execute.h, compiled once for each level of the host's vector instructions.
// All leave the same bytes (test/unit/hw-sim/KernelsTest.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_FUNCTIONAL_KERNELS_H
#define SYSTOLE_HWSIM_MODEL_FUNCTIONAL_KERNELS_H

#include "hw-sim/model/functional/Execute.h"

namespace systole::sim {

/// One function for each instruction that takes time; preconditions as there.
struct Kernels {
  /// "plain", "portable", "avx2", "avx512".
  const char *name;
  /// Whether this host has the instructions.
  bool (*isSupported)();
  decltype(&sim::multiply) multiply;
  decltype(&sim::convolveLanes) convolveLanes;
  decltype(&sim::combineRows) combineRows;
  decltype(&sim::reduceRows) reduceRows;
};

/// The specification.
const Kernels &plainKernels();
/// All that this host can execute, the fastest last.
std::vector<const Kernels *> supportedKernels();
const Kernels &fastestKernels();

/// Executes a working instruction. Precondition: a Dispatcher has let it pass
/// with this configuration.
void execute(const Kernels &kernels, const Machine &machine,
             const isa::Configuration &configuration,
             const isa::Instruction &instruction, State &state);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_FUNCTIONAL_KERNELS_H
