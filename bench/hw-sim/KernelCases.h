//===- KernelCases.h - Kernels whose bounds are known -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrix products of M, N, K from 64 to 1024 and layers of known networks, with
// the least that each needs on a machine:
//
//   bound = 1.03 max(compute, bytes / width) + 3 latency + 12 R
//
// and with what is asked of it. The only list of these: all benchmarks of
// kernels take their cases from here.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BENCH_HWSIM_KERNELCASES_H
#define SYSTOLE_BENCH_HWSIM_KERNELCASES_H

#include "hw-sim/dv/kernels/Kernels.h"
#include <functional>

namespace systole::sim {

struct KernelCase {
  std::string name;
  /// Nothing, with the reason in its argument.
  std::function<MaybeImage(std::string &)> make;
  /// Cycles of the array, or of DW's multipliers; bytes of operands, results
  /// and parameters, each once.
  double compute = 0, bytes = 0;
  /// Padding not included; and how many of them the engine does in a cycle.
  double macs = 0, macsPerCycle = 0;
  /// Of macsPerCycle, what must be reached; 0: cycles may be `slack` times the
  /// larger of compute and traffic; if that is 0 too, as many as the bound.
  double leastUtilisation = 0, slack = 0;

  /// The larger of compute and traffic, in cycles.
  double least(const Machine &machine) const;
  double bound(const Machine &machine) const;
  /// Cycles that it may take.
  double limit(const Machine &machine) const;
};

/// A machine file; nothing, behind a message, where something is wrong with it.
std::optional<Machine> openMachine(const char *path);

/// M x K times K x N, int8, a bias, one scale.
KernelCase gemmCase(const Machine &machine, int64_t m, int64_t n, int64_t k);
/// All 125; or those of the quick tests, 12 of them.
std::vector<KernelCase> gemmSweep(const Machine &machine);
std::vector<KernelCase> gemmSelection(const Machine &machine);
/// Convolutions, among them those that accelerator figures are quoted for.
std::vector<KernelCase> convolutionCases(const Machine &machine);
std::vector<KernelCase> depthwiseCases(const Machine &machine);

} // namespace systole::sim

#endif // SYSTOLE_BENCH_HWSIM_KERNELCASES_H
