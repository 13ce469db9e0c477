// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types that modules share: words, addresses, what stands in queues, what DRAM is asked.

package mxu_pkg;
  import systole_pkg::*;
  import machine_pkg::*;

  // verilator lint_off UNUSEDPARAM
  localparam int unsigned WordBits = 8 * Lanes;
  localparam int unsigned RowBits  = 32 * Lanes;

  localparam int unsigned ScratchpadWords = ScratchpadBanks * ScratchpadBankWords;
  localparam int unsigned ScratchpadAddr  = $clog2(ScratchpadWords);
  localparam int unsigned WeightAddr      = $clog2(WeightWords);
  localparam int unsigned ParameterAddr   = $clog2(ParameterWords);
  localparam int unsigned AccumulatorAddr = $clog2(2 * AccumulatorRows);
  localparam int unsigned DepthwiseAddr   = $clog2(2 * DepthwiseRows);

  localparam int unsigned NumEngines    = 5;
  localparam int unsigned NumSemaphores = 16;
  localparam int unsigned NumCauses     = 13;
  localparam int unsigned NumSlots      = 4;
  localparam int unsigned MaxBeats      = 16;
  localparam int unsigned BeatOffset    = DramWidth > 1 ? $clog2(DramWidth) : 1;
  // verilator lint_on UNUSEDPARAM

  // Tokens of every semaphore; semaphores that are taken from or given to.
  typedef logic [NumSemaphores-1:0][3:0] counts_t;
  typedef logic [NumSemaphores-1:0] semaphores_t;

  // A request of whole beats inside one DRAM row.
  typedef struct packed {
    logic [47:0] addr;
    logic [4:0]  beats;
  } dram_request_t;

  // Working instructions with the configuration that they see.
  typedef struct packed {
    logic [31:0]  index;
    logic [127:0] word;
    logic [47:0]  base;
    ld_config_t   cfg;
  } ld_entry_t;
  typedef struct packed {
    logic [31:0]  index;
    logic [127:0] word;
    mm_config_t   cfg;
  } mm_entry_t;
  typedef struct packed {
    logic [31:0]  index;
    logic [127:0] word;
    dw_config_t   cfg;
  } dw_entry_t;
  typedef struct packed {
    logic [31:0]  index;
    logic [127:0] word;
    vx_config_t   cfg;
  } vx_entry_t;
  typedef struct packed {
    logic [31:0]  index;
    logic [127:0] word;
    logic [47:0]  base;
    st_config_t   cfg;
  } st_entry_t;

  // Causes of a cycle, the first that matches; slots of a busy one (hw-sim/model/Accounting.h).
  typedef enum logic [3:0] {
    CAUSE_BUSY, CAUSE_WEIGHTS, CAUSE_BANK_CONFLICT, CAUSE_WAIT_VX, CAUSE_WAIT_DW, CAUSE_WAIT_ST,
    CAUSE_DRAM_BANDWIDTH, CAUSE_DRAM_LATENCY, CAUSE_WAIT_LD, CAUSE_CONFIG, CAUSE_FETCH, CAUSE_DRAIN,
    CAUSE_IDLE
  } cause_e;
  typedef enum logic [1:0] {SLOT_USEFUL, SLOT_PAD_K, SLOT_PAD_N, SLOT_PAD_M} slot_e;

  // A step of MM: lanes and columns that carry nothing, whose it is; instructions that have steps left.
  typedef struct packed {
    logic        valid;
    logic        pending;
    logic [5:0]  pad_k;
    logic [5:0]  pad_n;
    logic [31:0] index;
  } mm_steps_t;

  // What dispatch is at.
  typedef struct packed {
    logic    has_instruction;
    logic    is_refused;
    logic    waits_for_word;
    logic    is_over;
    engine_e engine;
  } dispatching_t;

  // The semaphore that a token field names.
  function automatic semaphores_t named(logic [4:0] token);
    return token == 5'd0 ? '0 : semaphores_t'(1) << (token - 5'd1);
  endfunction

endpackage
