//===- MachinePackage.cpp - A machine as a SystemVerilog package ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/MachinePackage.h"
#include "hw-sim/model/Timing.h"

namespace systole::sim {

std::string machinePackage(const Machine &machine) {
  Timing timing(machine);
  const struct {
    const char *name;
    uint64_t value;
    const char *comment;
  } numbers[] = {
      {"Lanes", machine.lanes(), "Rows and columns; bytes of a word."},
      {"DramWidth", machine.dram.width, "Bytes of a beat."},
      {"DramRowBytes", machine.dram.rowBytes, "No request crosses a row."},
      {"DramOutstanding", machine.dram.outstanding,
       "Requests that have not completed."},
      {"ScratchpadBanks", machine.scratchpad.banks, ""},
      {"ScratchpadBankWords", machine.wordsPerBank(), ""},
      {"WeightWords", machine.weightWords(), ""},
      {"ParameterWords", machine.parameterWords(), ""},
      {"AccumulatorRows", machine.accumulators.rows, "In ping, and in pong."},
      {"DepthwiseRows", machine.depthwise.accumulatorRows,
       "In ping, and in pong."},
      {"DepthwiseMultipliers", machine.depthwise.multipliersPerLane,
       "Of a lane; 0: no DW."},
      {"WindowLineBytes", machine.window.lineBytes, ""},
      {"WindowKernel", machine.window.kernel, ""},
      {"QueueDepth", machine.queue, "Working instructions that wait."},
      {"Watchdog", machine.watchdog, "Cycles in which nothing moves."},
      {"MemoryRead", timing.memoryRead, "From request to word."},
      {"AccumulateLoop", timing.accumulateLoop,
       "Until a sum is read as an operand."},
      {"InFlight", timing.inFlight, "Instructions started and not retired."},
      {"TransferRuns", timing.runs, "Runs between the sides of a transfer."},
      {"FetchBeats", timing.fetchBeats, "Room of FETCH."},
      {"LoadBeats", timing.loadBeats, "Room of LD."},
      {"StoreWords", timing.storeWords, "Room of ST."},
      {"WeightQueue", timing.weightWords, "Room before the array."},
      {"ArrayLatency", timing.arrayLatency, "From operands to sums."},
      {"TileCycles", timing.tileCycles, "From tile to tile, at least."},
  };
  std::string text = "// Generated from a machine file.\n"
                     "// SPDX-License-Identifier: Apache-2.0 WITH "
                     "LLVM-exception\n\npackage machine_pkg;\n"
                     "  // verilator lint_off UNUSEDPARAM\n\n";
  for (const auto &number : numbers) {
    if (*number.comment)
      text += std::string("  // ") + number.comment + "\n";
    text += std::string("  parameter int unsigned ") + number.name + " = " +
            std::to_string(number.value) + ";\n";
  }
  return text +
         "  // Where DRAM ends.\n  parameter logic [47:0] DramBytes = 48'd" +
         std::to_string(machine.dram.bytes) +
         ";\n\n  // verilator lint_on UNUSEDPARAM\nendpackage\n";
}

} // namespace systole::sim
