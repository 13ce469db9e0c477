// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memories on chip: scratchpad, weights, parameters, both engines' accumulators, each a
// bank_memory with a port for each engine that reads or writes it, in order of priority. LD has one
// port to all that it writes.

module chip_memories
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
#(
  // Readers of the scratchpad: MM, VX, DW (two), LD, ST.
  localparam int unsigned ScratchpadReaders = 6,
  // Of all memories, readers and writers.
  localparam int unsigned Clients           = 22
) (
  input  logic                                               clk_i,
  input  logic                                               rst_ni,

  input  logic [ScratchpadReaders-1:0]                       sp_rd_valid_i,
  output logic [ScratchpadReaders-1:0]                       sp_rd_ready_o,
  input  logic [ScratchpadReaders-1:0][ScratchpadAddr-1:0]   sp_rd_addr_i,
  output logic [ScratchpadReaders-1:0]                       sp_rsp_valid_o,
  output logic [ScratchpadReaders-1:0][WordBits-1:0]         sp_rsp_data_o,

  // Weights: MM and DW. Parameters: VX. Accumulators: MM, VX, ST. DW's: DW, VX, ST.
  input  logic [1:0]                                         w_rd_valid_i,
  output logic [1:0]                                         w_rd_ready_o,
  input  logic [1:0][WeightAddr-1:0]                         w_rd_addr_i,
  output logic [1:0]                                         w_rsp_valid_o,
  output logic [1:0][WordBits-1:0]                           w_rsp_data_o,
  input  logic                                               p_rd_valid_i,
  output logic                                               p_rd_ready_o,
  input  logic [ParameterAddr-1:0]                           p_rd_addr_i,
  output logic                                               p_rsp_valid_o,
  output logic [WordBits-1:0]                                p_rsp_data_o,
  input  logic [2:0]                                         a_rd_valid_i,
  output logic [2:0]                                         a_rd_ready_o,
  input  logic [2:0][AccumulatorAddr-1:0]                    a_rd_addr_i,
  output logic [2:0]                                         a_rsp_valid_o,
  output logic [2:0][RowBits-1:0]                            a_rsp_data_o,
  input  logic [2:0]                                         d_rd_valid_i,
  output logic [2:0]                                         d_rd_ready_o,
  input  logic [2:0][DepthwiseAddr-1:0]                      d_rd_addr_i,
  output logic [2:0]                                         d_rsp_valid_o,
  output logic [2:0][RowBits-1:0]                            d_rsp_data_o,

  // LD writes to one of these: which, and when it is done.
  input  logic [3:0]                                         ld_wr_valid_i,
  output logic [3:0]                                         ld_wr_ready_o,
  input  logic [20:0]                                        ld_wr_addr_i,
  input  logic [RowBits-1:0]                                 ld_wr_data_i,
  output logic [3:0]                                         ld_wr_done_o,
  // MM to accumulators, DW to its own, VX to the scratchpad.
  input  logic                                               mm_wr_valid_i,
  output logic                                               mm_wr_ready_o,
  input  logic [AccumulatorAddr-1:0]                         mm_wr_addr_i,
  input  logic [RowBits-1:0]                                 mm_wr_data_i,
  input  logic                                               dw_wr_valid_i,
  output logic                                               dw_wr_ready_o,
  input  logic [DepthwiseAddr-1:0]                           dw_wr_addr_i,
  input  logic [RowBits-1:0]                                 dw_wr_data_i,
  input  logic                                               vx_wr_valid_i,
  output logic                                               vx_wr_ready_o,
  input  logic [ScratchpadAddr-1:0]                          vx_wr_addr_i,
  input  logic [WordBits-1:0]                                vx_wr_data_i,

  // Engines that have lost a bank; requests that are served, and served late.
  output logic [NumEngines-1:0]                              lost_o,
  output logic [Clients-1:0]                                 served_o,
  output logic [Clients-1:0]                                 delayed_o
);

  // Of each memory's readers, and writers: who has lost a bank, is served, is served late.
  logic [5:0] sp_rd_lost;
  logic [1:0] sp_wr_lost, w_rd_lost, a_wr_lost;
  logic w_wr_lost, p_rd_lost, p_wr_lost, d_wr_lost;
  logic [2:0] a_rd_lost, d_rd_lost;
  logic [7:0] sp_served, sp_delayed;
  logic [2:0] w_served, w_delayed;
  logic [1:0] p_served, p_delayed;
  logic [4:0] a_served, a_delayed;
  logic [3:0] d_served, d_delayed;
  // Only LD waits for its writes.
  logic vx_done_unused, mm_done_unused, dw_done_unused;

  bank_memory #(
    .Width    (WordBits),
    .BankWords(ScratchpadBankWords),
    .Banks    (ScratchpadBanks),
    .Readers  (ScratchpadReaders),
    .Writers  (2)
  ) u_scratchpad (
    .clk_i,
    .rst_ni,
    .rd_valid_i (sp_rd_valid_i),
    .rd_ready_o (sp_rd_ready_o),
    .rd_addr_i  (sp_rd_addr_i),
    .rsp_valid_o(sp_rsp_valid_o),
    .rsp_data_o (sp_rsp_data_o),
    .wr_valid_i ({ld_wr_valid_i[LOAD_TARGET_SCRATCHPAD], vx_wr_valid_i}),
    .wr_ready_o ({ld_wr_ready_o[LOAD_TARGET_SCRATCHPAD], vx_wr_ready_o}),
    .wr_addr_i  ({ScratchpadAddr'(ld_wr_addr_i), vx_wr_addr_i}),
    .wr_data_i  ({ld_wr_data_i[WordBits-1:0], vx_wr_data_i}),
    .wr_done_o  ({ld_wr_done_o[LOAD_TARGET_SCRATCHPAD], vx_done_unused}),
    .rd_lost_o  (sp_rd_lost),
    .wr_lost_o  (sp_wr_lost),
    .served_o   (sp_served),
    .delayed_o  (sp_delayed)
  );

  bank_memory #(
    .Width    (WordBits),
    .BankWords(WeightWords),
    .Banks    (1),
    .Readers  (2),
    .Writers  (1)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .rd_valid_i (w_rd_valid_i),
    .rd_ready_o (w_rd_ready_o),
    .rd_addr_i  (w_rd_addr_i),
    .rsp_valid_o(w_rsp_valid_o),
    .rsp_data_o (w_rsp_data_o),
    .wr_valid_i (ld_wr_valid_i[LOAD_TARGET_WEIGHTS]),
    .wr_ready_o (ld_wr_ready_o[LOAD_TARGET_WEIGHTS]),
    .wr_addr_i  (WeightAddr'(ld_wr_addr_i)),
    .wr_data_i  (ld_wr_data_i[WordBits-1:0]),
    .wr_done_o  (ld_wr_done_o[LOAD_TARGET_WEIGHTS]),
    .rd_lost_o  (w_rd_lost),
    .wr_lost_o  (w_wr_lost),
    .served_o   (w_served),
    .delayed_o  (w_delayed)
  );

  bank_memory #(
    .Width    (WordBits),
    .BankWords(ParameterWords),
    .Banks    (1),
    .Readers  (1),
    .Writers  (1)
  ) u_parameters (
    .clk_i,
    .rst_ni,
    .rd_valid_i (p_rd_valid_i),
    .rd_ready_o (p_rd_ready_o),
    .rd_addr_i  (p_rd_addr_i),
    .rsp_valid_o(p_rsp_valid_o),
    .rsp_data_o (p_rsp_data_o),
    .wr_valid_i (ld_wr_valid_i[LOAD_TARGET_PARAMETERS]),
    .wr_ready_o (ld_wr_ready_o[LOAD_TARGET_PARAMETERS]),
    .wr_addr_i  (ParameterAddr'(ld_wr_addr_i)),
    .wr_data_i  (ld_wr_data_i[WordBits-1:0]),
    .wr_done_o  (ld_wr_done_o[LOAD_TARGET_PARAMETERS]),
    .rd_lost_o  (p_rd_lost),
    .wr_lost_o  (p_wr_lost),
    .served_o   (p_served),
    .delayed_o  (p_delayed)
  );

  // Ping and pong.
  bank_memory #(
    .Width    (RowBits),
    .BankWords(AccumulatorRows),
    .Banks    (2),
    .Readers  (3),
    .Writers  (2)
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .rd_valid_i (a_rd_valid_i),
    .rd_ready_o (a_rd_ready_o),
    .rd_addr_i  (a_rd_addr_i),
    .rsp_valid_o(a_rsp_valid_o),
    .rsp_data_o (a_rsp_data_o),
    .wr_valid_i ({ld_wr_valid_i[LOAD_TARGET_ACCUMULATORS], mm_wr_valid_i}),
    .wr_ready_o ({ld_wr_ready_o[LOAD_TARGET_ACCUMULATORS], mm_wr_ready_o}),
    .wr_addr_i  ({AccumulatorAddr'(ld_wr_addr_i), mm_wr_addr_i}),
    .wr_data_i  ({ld_wr_data_i, mm_wr_data_i}),
    .wr_done_o  ({ld_wr_done_o[LOAD_TARGET_ACCUMULATORS], mm_done_unused}),
    .rd_lost_o  (a_rd_lost),
    .wr_lost_o  (a_wr_lost),
    .served_o   (a_served),
    .delayed_o  (a_delayed)
  );

  bank_memory #(
    .Width    (RowBits),
    .BankWords(DepthwiseRows),
    .Banks    (2),
    .Readers  (3),
    .Writers  (1)
  ) u_depthwise (
    .clk_i,
    .rst_ni,
    .rd_valid_i (d_rd_valid_i),
    .rd_ready_o (d_rd_ready_o),
    .rd_addr_i  (d_rd_addr_i),
    .rsp_valid_o(d_rsp_valid_o),
    .rsp_data_o (d_rsp_data_o),
    .wr_valid_i (dw_wr_valid_i),
    .wr_ready_o (dw_wr_ready_o),
    .wr_addr_i  (dw_wr_addr_i),
    .wr_data_i  (dw_wr_data_i),
    .wr_done_o  (dw_done_unused),
    .rd_lost_o  (d_rd_lost),
    .wr_lost_o  (d_wr_lost),
    .served_o   (d_served),
    .delayed_o  (d_delayed)
  );

  assign served_o  = {sp_served, w_served, p_served, a_served, d_served};
  assign delayed_o = {sp_delayed, w_delayed, p_delayed, a_delayed, d_delayed};
  always_comb begin
    // MM goes first everywhere.
    lost_o            = '0;
    lost_o[ENGINE_LD] = sp_rd_lost[4] || sp_wr_lost[1] || w_wr_lost || p_wr_lost || a_wr_lost[1];
    lost_o[ENGINE_DW] = sp_rd_lost[3:2] != '0 || w_rd_lost[1] || d_rd_lost[0] || d_wr_lost;
    lost_o[ENGINE_VX] = sp_rd_lost[1] || sp_wr_lost[0] || p_rd_lost || a_rd_lost[1] ||
        d_rd_lost[1];
    lost_o[ENGINE_ST] = sp_rd_lost[5] || a_rd_lost[2] || d_rd_lost[2];
  end

  // Who goes first at a memory is never refused, and counts on it.
  localparam int unsigned First = 0;
  MmReads: assert property (@(posedge clk_i) disable iff (!rst_ni)
      sp_rd_ready_o[First] && w_rd_ready_o[First] && a_rd_ready_o[First]);
  MmWrites: assert property (@(posedge clk_i) disable iff (!rst_ni) mm_wr_ready_o);
  DwAccumulates: assert property (@(posedge clk_i) disable iff (!rst_ni)
      d_rd_ready_o[First] && dw_wr_ready_o);
  VxReads: assert property (@(posedge clk_i) disable iff (!rst_ni) p_rd_ready_o);
  VxWrites: assert property (@(posedge clk_i) disable iff (!rst_ni) vx_wr_ready_o);

endmodule
