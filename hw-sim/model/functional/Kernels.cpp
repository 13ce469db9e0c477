//===- Kernels.cpp - Ways to execute instructions -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which function stands for which instruction, and which level the host has.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Kernels.h"

using namespace systole::isa;

namespace systole::sim {

namespace portable {
extern const Kernels kKernels;
}
#ifdef __x86_64__
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}
#endif

const Kernels &plainKernels() {
  static const Kernels kernels = {"plain",     [] { return true; },
                                  multiply,    convolveLanes,
                                  combineRows, reduceRows};
  return kernels;
}

std::vector<const Kernels *> supportedKernels() {
  std::vector<const Kernels *> all = {&plainKernels(), &portable::kKernels,
#ifdef __x86_64__
                                      &avx2::kKernels, &avx512::kKernels
#endif
  };
  std::vector<const Kernels *> supported;
  for (const Kernels *kernels : all)
    if (kernels->isSupported())
      supported.push_back(kernels);
  return supported;
}

const Kernels &fastestKernels() {
  static const Kernels &fastest = *supportedKernels().back();
  return fastest;
}

void execute(const Kernels &kernels, const Machine &machine,
             const Configuration &configuration, const Instruction &instruction,
             State &state) {
  const auto &[ld, mm, dw, vx, st] = configuration;
  Memories &memories = state.memories;
  switch (instruction.format) {
  case Format::Load:
    return load(machine, ld, instruction.as<Load>(), memories);
  case Format::LoadWindow:
    return loadWindows(machine, ld, instruction.as<LoadWindow>(), memories);
  case Format::LoadTiles:
    return loadTiles(machine, ld, instruction.as<LoadTiles>(), memories);
  case Format::Matmul:
    return kernels.multiply(machine, mm, instruction.as<Stream>(), memories);
  case Format::Depthwise:
    return kernels.convolveLanes(machine, dw, instruction.as<Stream>(),
                                 memories);
  case Format::Vector:
    return kernels.combineRows(machine, vx, instruction.as<Vector>(), state);
  case Format::Reduce:
    return kernels.reduceRows(machine, vx, instruction.as<Reduce>(), state);
  case Format::LoadTable:
    return loadTable(machine, instruction.as<LoadTable>(), state);
  case Format::Store:
    return store(machine, st, instruction.as<Store>(), memories);
  default:
    // sync, and settings, which dispatch has applied.
    return;
  }
}

} // namespace systole::sim
