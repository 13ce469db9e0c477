//===- Execute.cpp - What one instruction does ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which function stands for which instruction.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Execute.h"

using namespace systole::isa;

namespace systole::sim {

void executePlainly(const Machine &machine, const Configuration &configuration,
                    const Instruction &instruction, State &state) {
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
    return multiply(machine, mm, instruction.as<Stream>(), memories);
  case Format::Depthwise:
    return convolveLanes(machine, dw, instruction.as<Stream>(), memories);
  case Format::Vector:
    return combineRows(machine, vx, instruction.as<Vector>(), state);
  case Format::Reduce:
    return reduceRows(machine, vx, instruction.as<Reduce>(), state);
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
