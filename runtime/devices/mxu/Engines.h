//===- Engines.h - The engines of the matrix unit by name -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All engines are a Device (hw-sim/model/Device.h); those with a clock are a
// TimedDevice, too. Whoever has one of these does not know which engine it is.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_DEVICES_MXU_ENGINES_H
#define SYSTOLE_RUNTIME_DEVICES_MXU_ENGINES_H

#include "hw-sim/model/TimedDevice.h"
#include <memory>

namespace systole::mxu {

/// A waveform of all signals, in the cycles from `first` to `last` behind the
/// doorbell.
struct Wave {
  std::string path;
  uint64_t first = 0, last = UINT64_MAX;
};

/// What an engine is opened with.
struct EngineOptions {
  /// Untouched memory is the pattern of this.
  uint64_t seed = 1;
  /// Of the RTL: a simulator that is soon there, and slow.
  bool isQuickBuild = false;
  /// Of the RTL: where signals are written, if anywhere; the simulator is
  /// slower then.
  std::optional<Wave> wave;
  /// Of the cycle engine: no steady state is skipped.
  bool skipsNothing = false;
};

/// One row for each engine.
struct EngineInfo {
  const char *name;
  /// A few words, for messages.
  const char *summary;
  bool hasClock, hasWaves;
  /// Nothing, and why, if the engine cannot be had.
  std::unique_ptr<sim::Device> (*open)(const sim::Machine &machine,
                                       const EngineOptions &options,
                                       std::string &problem);
};

/// All of them, the simplest first.
const std::vector<EngineInfo> &engines();
/// Null if there is none of this name.
const EngineInfo *findEngine(std::string_view name);

/// What a device says about its last run; null if it has no clock.
const sim::RunRecord *recordOf(const sim::Device &device);

} // namespace systole::mxu

#endif // SYSTOLE_RUNTIME_DEVICES_MXU_ENGINES_H
