//===- Engines.cpp - The engines of the matrix unit by name ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/devices/mxu/Engines.h"
#include "hw-sim/model/cycle/CycleDevice.h"
#include "hw-sim/model/functional/FunctionalDevice.h"
#include "hw-sim/sim-rtl/RtlBuild.h"
#include "hw-sim/sim-rtl/RtlDevice.h"

using namespace systole::sim;

namespace systole::mxu {

static std::unique_ptr<Device> openFunctional(const Machine &machine,
                                              const EngineOptions &options,
                                              std::string &) {
  return std::make_unique<FunctionalDevice>(machine, options.seed);
}

static std::unique_ptr<Device>
openCycle(const Machine &machine, const EngineOptions &options, std::string &) {
  return std::make_unique<CycleDevice>(machine, options.seed,
                                       !options.skipsNothing);
}

static std::unique_ptr<Device> openRtl(const Machine &machine,
                                       const EngineOptions &options,
                                       std::string &problem) {
  RtlBuildOptions build = defaultRtlBuild();
  build.isQuick = options.isQuickBuild;
  std::optional<std::string> library = buildRtl(machine, build, problem);
  if (!library)
    return nullptr;
  return RtlDevice::open(machine, options.seed, *library, problem);
}

const std::vector<EngineInfo> &engines() {
  static const std::vector<EngineInfo> table = {
      {"functional", "program order, no clock", false, false, openFunctional},
      {"cycle", "the RTL's cycles without the RTL", true, false, openCycle},
      {"rtl", "the Verilated SystemVerilog", true, true, openRtl},
  };
  return table;
}

const EngineInfo *findEngine(std::string_view name) {
  for (const EngineInfo &engine : engines())
    if (engine.name == name)
      return &engine;
  return nullptr;
}

const RunRecord *recordOf(const Device &device) {
  const auto *timed = dynamic_cast<const TimedDevice *>(&device);
  return timed ? &timed->record() : nullptr;
}

} // namespace systole::mxu
