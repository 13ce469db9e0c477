//===- TimingPackage.cpp - Latencies as a SystemVerilog package -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/TimingPackage.h"
#include "hw-sim/model/Timing.h"

namespace systole::sim {

std::string timingPackage(const Machine &machine) {
  Timing timing(machine);
  const std::pair<const char *, uint64_t> numbers[] = {
      {"MemoryRead", timing.memoryRead},
      {"SumsInFlight", timing.sumsInFlight},
      {"CheckSteps", timing.checkSteps},
      {"InFlight", timing.inFlight},
      {"TransferRuns", timing.transferRuns},
      {"FetchBeats", timing.fetchBeats},
      {"LoadBeats", timing.loadBeats},
      {"StoreWords", timing.storeWords},
      {"DepthwiseWords", timing.depthwiseWords},
      {"WeightQueue", timing.weightQueue},
      {"ArrayLatency", timing.arrayLatency},
      {"RescaleLatency", timing.rescaleLatency},
      {"AddLatency", timing.addLatency},
      {"DivideLatency", timing.divideLatency},
  };
  std::string text = "// Made from a machine file; do not edit.\n"
                     "// SPDX-License-Identifier: Apache-2.0 WITH "
                     "LLVM-exception\n\npackage timing_pkg;\n";
  for (const auto &[name, value] : numbers)
    text += std::string("  parameter int unsigned ") + name + " = " +
            std::to_string(value) + ";\n";
  return text + "endpackage\n";
}

} // namespace systole::sim
