// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machine's numbers under the names that the RTL uses. They are those of the machine file
// (systole_machine_pkg) and what follows from it about time (timing_pkg), both generated.

package machine_pkg;
  // verilator lint_off UNUSEDPARAM

  // Rows and columns of the array; bytes of a word.
  localparam int unsigned Lanes = systole_machine_pkg::Array;

  localparam int unsigned DramWidth       = systole_machine_pkg::DramWidth;
  localparam int unsigned DramRowBytes    = systole_machine_pkg::DramRowBytes;
  localparam int unsigned DramOutstanding = systole_machine_pkg::DramOutstanding;
  localparam logic [47:0] DramBytes       = 48'(systole_machine_pkg::DramBytes);

  localparam int unsigned ScratchpadBanks     = systole_machine_pkg::ScratchpadBanks;
  localparam int unsigned ScratchpadBankWords = systole_machine_pkg::ScratchpadBankWords;
  localparam int unsigned WeightWords         = systole_machine_pkg::WeightsUnits;
  localparam int unsigned ParameterWords      = systole_machine_pkg::ParametersUnits;
  // In ping, and in pong.
  localparam int unsigned AccumulatorRows = systole_machine_pkg::AccumulatorsRows;
  localparam int unsigned DepthwiseRows   = systole_machine_pkg::DepthwiseAccumulatorRows;

  // Of a lane; 0: there is no DW.
  localparam int unsigned DepthwiseMultipliers = systole_machine_pkg::DepthwiseMultipliersPerLane;
  localparam int unsigned WindowLineBytes      = systole_machine_pkg::WindowLineBytes;
  localparam int unsigned WindowKernel         = systole_machine_pkg::WindowKernel;
  localparam int unsigned QueueDepth           = systole_machine_pkg::Queue;
  localparam int unsigned Watchdog             = systole_machine_pkg::Watchdog;

  // docs/hardware/timing.md says what they are.
  localparam int unsigned MemoryRead     = timing_pkg::MemoryRead;
  localparam int unsigned SumsInFlight   = timing_pkg::SumsInFlight;
  localparam int unsigned CheckSteps     = timing_pkg::CheckSteps;
  localparam int unsigned InFlight       = timing_pkg::InFlight;
  localparam int unsigned TransferRuns   = timing_pkg::TransferRuns;
  localparam int unsigned FetchBeats     = timing_pkg::FetchBeats;
  localparam int unsigned LoadBeats      = timing_pkg::LoadBeats;
  localparam int unsigned StoreWords     = timing_pkg::StoreWords;
  localparam int unsigned DepthwiseWords = timing_pkg::DepthwiseWords;
  localparam int unsigned WeightQueue    = timing_pkg::WeightQueue;
  localparam int unsigned ArrayLatency   = timing_pkg::ArrayLatency;

  // verilator lint_on UNUSEDPARAM
endpackage
