//===- Execute.h - What one instruction does --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The meaning of every working instruction, as functions of the memories: the
// specification that runs, loops over single values. Program order, and whether
// an instruction is legal, are the caller's business (FunctionalDevice.h,
// hw-sim/model/Dispatch.h); Kernels.h chooses between these and vector code.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_FUNCTIONAL_EXECUTE_H
#define SYSTOLE_HWSIM_MODEL_FUNCTIONAL_EXECUTE_H

#include "hw-sim/model/Memories.h"

namespace systole::sim {

/// All that instructions change.
struct State {
  State(const Machine &machine, uint64_t seed) : memories(machine, seed) {}

  Memories memories;
  /// The table of VX.
  std::array<int32_t, 256> table = {};
};

//===----------------------------------------------------------------------===//
// One function for each instruction. Precondition: a Dispatcher has let it pass
// with this configuration.
//===----------------------------------------------------------------------===//

void load(const Machine &machine, const isa::LdConfig &config,
          const isa::Load &work, Memories &memories);
void loadWindows(const Machine &machine, const isa::LdConfig &config,
                 const isa::LoadWindow &work, Memories &memories);
void loadTiles(const Machine &machine, const isa::LdConfig &config,
               const isa::LoadTiles &work, Memories &memories);
void store(const Machine &machine, const isa::StConfig &config,
           const isa::Store &work, Memories &memories);

void multiply(const Machine &machine, const isa::MmConfig &config,
              const isa::Stream &work, Memories &memories);
void convolveLanes(const Machine &machine, const isa::DwConfig &config,
                   const isa::Stream &work, Memories &memories);

void combineRows(const Machine &machine, const isa::VxConfig &config,
                 const isa::Vector &work, State &state);
void reduceRows(const Machine &machine, const isa::VxConfig &config,
                const isa::Reduce &work, State &state);
/// What vx.reduce makes of the value x that a window was reduced to.
int32_t applied(const isa::VxConfig &config, const isa::Reduce &work,
                int32_t x);
void loadTable(const Machine &machine, const isa::LoadTable &work,
               State &state);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_FUNCTIONAL_EXECUTE_H
