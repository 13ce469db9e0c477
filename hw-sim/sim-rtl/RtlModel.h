//===- RtlModel.h - What a Verilated machine offers -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each machine is a shared library of its own, made on demand (RtlBuild.h). It
// exports one symbol, kRtlModelSymbol, of type RtlModelFactory. Library and
// user are compiled from the same sources (the library's name holds their
// hash), so C++ may cross.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_RTLMODEL_H
#define SYSTOLE_HWSIM_SIMRTL_RTLMODEL_H

#include "hw-sim/model/TimedDevice.h"
#include "hw-sim/sim-rtl/ChipMemories.h"

namespace systole::sim {

/// What a run of the hardware gave.
struct RtlOutcome {
  isa::Fault fault = isa::Fault::None;
  uint64_t index = 0;
  RunRecord record;
};

class RtlModel {
public:
  virtual ~RtlModel() = default;

  /// Reset, doorbell, and cycles until done, which go to `ledger`, that of the
  /// program.
  virtual RtlOutcome run(uint64_t address, uint64_t count, Ledger ledger) = 0;
  /// The banks of a memory on chip, in the order of their addresses; none if
  /// the machine does not have it.
  virtual std::vector<RtlBank> banks(isa::Memory memory) = 0;
  /// Writes these cycles of the next run to a waveform file, once. Only of a
  /// machine that was made with signals (RtlBuildOptions::hasWaves).
  virtual void trace(const char *path, uint64_t first, uint64_t last) = 0;
};

/// `dram` outlives the model.
using RtlModelFactory = RtlModel *(*)(const Machine &machine, Dram &dram);
inline constexpr char kRtlModelSymbol[] = "systoleRtlModel";

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_RTLMODEL_H
