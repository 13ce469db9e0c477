//===- Engines.cpp - The engines of the matrix unit by name ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/devices/mxu/Engines.h"
#include "hw-sim/model/CycleEstimate.h"
#include "hw-sim/model/cycle/CycleDevice.h"
#include "hw-sim/model/functional/FunctionalDevice.h"
#include "hw-sim/sim-rtl/RtlBuild.h"
#include "hw-sim/sim-rtl/RtlDevice.h"
#include "hw-sim/systemc/PlatformLibrary.h"
#include <dlfcn.h>

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

/// The library of a product for a machine; nothing, and why, if there is none.
static std::optional<std::string> libraryFor(const Machine &machine,
                                             const EngineOptions &options,
                                             RtlProduct product,
                                             std::string &problem) {
  RtlBuildOptions build = defaultRtlBuild();
  build.isQuick = options.isQuickBuild;
  build.product = product;
  return buildRtl(machine, build, problem);
}

static std::unique_ptr<Device> openRtl(const Machine &machine,
                                       const EngineOptions &options,
                                       std::string &problem) {
  std::optional<std::string> library = libraryFor(
      machine, options,
      options.wave ? RtlProduct::TracedModel : RtlProduct::Model, problem);
  if (!library)
    return nullptr;
  std::unique_ptr<RtlDevice> device =
      RtlDevice::open(machine, options.seed, *library, problem);
  if (device && options.wave)
    problem = device->trace(options.wave->path, options.wave->first,
                            options.wave->last);
  return problem.empty() ? std::move(device) : nullptr;
}

//===----------------------------------------------------------------------===//
// SystemC
//===----------------------------------------------------------------------===//

/// Makes a platform of a library, around `inner` if the library holds no RTL.
static std::unique_ptr<Device> openPlatform(const std::string &library,
                                            const Machine &machine,
                                            const EngineOptions &options,
                                            std::unique_ptr<Device> inner,
                                            std::string &problem) {
  // Never closed: modules live until the process ends.
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto factory = handle ? reinterpret_cast<sc::PlatformFactory>(
                              dlsym(handle, sc::kPlatformSymbol))
                        : nullptr;
  if (!factory) {
    problem = "cannot load the platform: " + std::string(dlerror());
    return nullptr;
  }
  sc::PlatformRequest request{
      machine, options.seed, std::move(inner),
      [machine](const std::vector<isa::Word> &program) -> uint64_t {
        return estimateProgram(machine, program).cycles;
      }};
  return std::unique_ptr<Device>(factory(request));
}

static std::unique_ptr<Device> openSystemc(const Machine &machine,
                                           const EngineOptions &options,
                                           std::string &problem) {
  std::optional<std::string> library =
      libraryFor(machine, options, RtlProduct::RtlPlatform, problem);
  return library ? openPlatform(*library, machine, options, nullptr, problem)
                 : nullptr;
}

/// Around an engine in C++.
template <decltype(EngineInfo::open) openInner>
static std::unique_ptr<Device> openAround(const Machine &machine,
                                          const EngineOptions &options,
                                          std::string &problem) {
  std::optional<std::string> library =
      libraryFor(machine, options, RtlProduct::ModelPlatform, problem);
  return library ? openPlatform(*library, machine, options,
                                openInner(machine, options, problem), problem)
                 : nullptr;
}

const std::vector<EngineInfo> &engines() {
  static const std::vector<EngineInfo> table = {
      {"functional", "program order, no clock", false, false, openFunctional},
      {"cycle", "the RTL's cycles without the RTL", true, false, openCycle},
      {"rtl", "the Verilated SystemVerilog", true, true, openRtl},
      {"systemc", "the RTL in a SystemC platform", true, false, openSystemc},
      {"systemc-at", "the cycle engine in a SystemC platform", true, false,
       openAround<openCycle>},
      {"systemc-lt", "the functional engine in a SystemC platform", false,
       false, openAround<openFunctional>},
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
