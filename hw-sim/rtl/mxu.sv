// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The matrix unit: FETCH, five engines with their queues, semaphores, memories, one port to DRAM.

module mxu
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                          clk_i,
  input  logic                          rst_ni,

  // The host: a doorbell while `done_o`, or behind reset.
  input  logic                          start_i,
  input  logic                   [47:0] program_addr_i,
  input  logic                   [31:0] program_count_i,
  output logic                          done_o,
  output fault_e                        fault_o,
  output logic                   [31:0] index_o,

  // DRAM.
  output logic                          dram_valid_o,
  output logic                    [1:0] dram_requester_o,
  output logic                   [47:0] dram_addr_o,
  output logic                    [4:0] dram_beats_o,
  output logic                          dram_beat_valid_o,
  output logic        [8*DramWidth-1:0] dram_beat_data_o,
  output logic          [DramWidth-1:0] dram_beat_strobe_o,
  input  logic                          dram_answer_i,
  input  logic                          dram_last_i,
  input  logic                    [1:0] dram_requester_i,
  input  logic        [8*DramWidth-1:0] dram_data_i,

  // What starts and retires, by engine.
  output logic         [NumEngines-1:0] started_o,
  output logic   [NumEngines-1:0][31:0] started_index_o,
  output logic         [NumEngines-1:0] retired_o,
  output logic   [NumEngines-1:0][31:0] retired_index_o,

  // Accounting: of the cycle before, and counters since the doorbell.
  output cause_e                        cause_o,
  output mm_steps_t                     steps_o,
  output logic    [NumCauses-1:0][47:0] causes_o,
  output logic     [NumSlots-1:0][47:0] slots_o,
  output logic              [1:0][47:0] banks_o
);

  ///////////////
  // FETCH     //
  ///////////////

  logic fetch_start, fetch_stop, fetch_idle, word_valid, word_ready;
  logic [127:0] word;
  logic [2:0] req_valid, req_ready, answer;
  dram_request_t [2:0] req;
  logic [8*DramWidth-1:0] data;
  logic [NumEngines-1:0] push, ready, idle;
  logic watchdog, port_idle;

  ld_entry_t ld_push, ld_entry;
  mm_entry_t mm_push, mm_entry;
  dw_entry_t dw_push, dw_entry;
  vx_entry_t vx_push, vx_entry;
  st_entry_t st_push, st_entry;

  engine_e [NumSemaphores-1:0] givers;
  dispatching_t dispatching;

  fetch u_fetch (
    .clk_i,
    .rst_ni,
    .start_i     (fetch_start),
    .addr_i      (program_addr_i),
    .count_i     (program_count_i),
    .stop_i      (fetch_stop),
    .idle_o      (fetch_idle),
    .req_valid_o (req_valid[0]),
    .req_ready_i (req_ready[0]),
    .req_o       (req[0]),
    .beat_valid_i(answer[0]),
    .beat_data_i (data),
    .word_valid_o(word_valid),
    .word_ready_i(word_ready),
    .word_o      (word)
  );
  dispatch u_dispatch (
    .clk_i,
    .rst_ni,
    .start_i,
    .addr_i       (program_addr_i),
    .count_i      (program_count_i),
    .done_o,
    .fault_o,
    .index_o,
    .fetch_start_o(fetch_start),
    .fetch_stop_o (fetch_stop),
    .fetch_idle_i (fetch_idle),
    .word_valid_i (word_valid),
    .word_ready_o (word_ready),
    .word_i       (word),
    .push_o       (push),
    .ready_i      (ready),
    .ld_entry_o   (ld_push),
    .mm_entry_o   (mm_push),
    .dw_entry_o   (dw_push),
    .vx_entry_o   (vx_push),
    .st_entry_o   (st_push),
    .retired_i    (retired_o),
    .watchdog_i   (watchdog),
    .givers_o     (givers),
    .dispatching_o(dispatching)
  );
  watchdog u_watchdog (
    .clk_i,
    .rst_ni,
    .clear_i  (start_i),
    .busy_i   (!done_o),
    .moves_i  (started_o != '0 || retired_o != '0 || idle != '1 || !port_idle || word_valid),
    .expired_o(watchdog)
  );

  ////////////////////////////
  // Queues and semaphores  //
  ////////////////////////////

  counts_t counts;
  semaphores_t [NumEngines-1:0] take, give;
  logic [NumEngines-1:0] entry_valid, entry_ready, engine_ready, start, done, is_sync;
  logic [NumEngines-1:0][31:0] entry_index;
  tokens_t [NumEngines-1:0] entry_tokens;

  fifo #(.Width($bits(ld_entry_t)), .Depth(QueueDepth)) u_ld_queue (
    .clk_i,
    .rst_ni,
    .in_valid_i (push[ENGINE_LD]),
    .in_ready_o (ready[ENGINE_LD]),
    .in_data_i  (ld_push),
    .out_valid_o(entry_valid[ENGINE_LD]),
    .out_ready_i(entry_ready[ENGINE_LD]),
    .out_data_o (ld_entry)
  );
  fifo #(.Width($bits(mm_entry_t)), .Depth(QueueDepth)) u_mm_queue (
    .clk_i,
    .rst_ni,
    .in_valid_i (push[ENGINE_MM]),
    .in_ready_o (ready[ENGINE_MM]),
    .in_data_i  (mm_push),
    .out_valid_o(entry_valid[ENGINE_MM]),
    .out_ready_i(entry_ready[ENGINE_MM]),
    .out_data_o (mm_entry)
  );
  fifo #(.Width($bits(dw_entry_t)), .Depth(QueueDepth)) u_dw_queue (
    .clk_i,
    .rst_ni,
    .in_valid_i (push[ENGINE_DW]),
    .in_ready_o (ready[ENGINE_DW]),
    .in_data_i  (dw_push),
    .out_valid_o(entry_valid[ENGINE_DW]),
    .out_ready_i(entry_ready[ENGINE_DW]),
    .out_data_o (dw_entry)
  );
  fifo #(.Width($bits(vx_entry_t)), .Depth(QueueDepth)) u_vx_queue (
    .clk_i,
    .rst_ni,
    .in_valid_i (push[ENGINE_VX]),
    .in_ready_o (ready[ENGINE_VX]),
    .in_data_i  (vx_push),
    .out_valid_o(entry_valid[ENGINE_VX]),
    .out_ready_i(entry_ready[ENGINE_VX]),
    .out_data_o (vx_entry)
  );
  fifo #(.Width($bits(st_entry_t)), .Depth(QueueDepth)) u_st_queue (
    .clk_i,
    .rst_ni,
    .in_valid_i (push[ENGINE_ST]),
    .in_ready_o (ready[ENGINE_ST]),
    .in_data_i  (st_push),
    .out_valid_o(entry_valid[ENGINE_ST]),
    .out_ready_i(entry_ready[ENGINE_ST]),
    .out_data_o (st_entry)
  );

  assign entry_index  = {st_entry.index, vx_entry.index, dw_entry.index, mm_entry.index,
                         ld_entry.index};
  assign entry_tokens = {get_tokens(st_entry.word), get_tokens(vx_entry.word),
                         get_tokens(dw_entry.word), get_tokens(mm_entry.word),
                         get_tokens(ld_entry.word)};
  assign is_sync      = {st_entry.word[5:0] == OPCODE_SYNC, vx_entry.word[5:0] == OPCODE_SYNC,
                         dw_entry.word[5:0] == OPCODE_SYNC, mm_entry.word[5:0] == OPCODE_SYNC,
                         ld_entry.word[5:0] == OPCODE_SYNC};

  for (genvar e = 0; e < NumEngines; e++) begin : gen_control
    engine_control u_control (
      .clk_i,
      .rst_ni,
      .entry_valid_i  (entry_valid[e]),
      .entry_ready_o  (entry_ready[e]),
      .entry_index_i  (entry_index[e]),
      .entry_tokens_i (entry_tokens[e]),
      .entry_is_sync_i(is_sync[e]),
      .counts_i       (counts),
      .take_o         (take[e]),
      .give_o         (give[e]),
      .engine_ready_i (engine_ready[e]),
      .start_o        (start[e]),
      .done_i         (done[e]),
      .idle_o         (idle[e]),
      .started_o      (started_o[e]),
      .started_index_o(started_index_o[e]),
      .retired_o      (retired_o[e]),
      .retired_index_o(retired_index_o[e])
    );
  end
  semaphores u_semaphores (
    .clk_i,
    .rst_ni,
    .clear_i (start_i),
    .take_i  (take),
    .give_i  (give),
    .counts_o(counts)
  );

  //////////////
  // Memories //
  //////////////

  localparam int unsigned ScratchpadReaders = 6;
  logic [ScratchpadReaders-1:0] sp_rd_valid, sp_rd_ready, sp_rsp_valid;
  logic [ScratchpadReaders-1:0][ScratchpadAddr-1:0] sp_rd_addr;
  logic [ScratchpadReaders-1:0][WordBits-1:0] sp_rsp_data;
  logic [1:0] w_rd_valid, w_rd_ready, w_rsp_valid;
  logic [1:0][WeightAddr-1:0] w_rd_addr;
  logic [1:0][WordBits-1:0] w_rsp_data;
  logic p_rd_valid, p_rsp_valid;
  logic [ParameterAddr-1:0] p_rd_addr;
  logic [WordBits-1:0] p_rsp_data;
  logic [2:0] a_rd_valid, a_rd_ready, a_rsp_valid;
  logic [2:0][AccumulatorAddr-1:0] a_rd_addr;
  logic [2:0][RowBits-1:0] a_rsp_data;
  logic [2:0] d_rd_valid, d_rd_ready, d_rsp_valid;
  logic [2:0][DepthwiseAddr-1:0] d_rd_addr;
  logic [2:0][RowBits-1:0] d_rsp_data;

  logic [3:0] ld_wr_valid, ld_wr_ready, ld_wr_done;
  logic [20:0] ld_wr_addr;
  logic [RowBits-1:0] ld_wr_data;
  logic mm_wr_valid, dw_wr_valid, vx_wr_valid;
  logic [AccumulatorAddr-1:0] mm_wr_addr;
  logic [DepthwiseAddr-1:0] dw_wr_addr;
  logic [ScratchpadAddr-1:0] vx_wr_addr;
  logic [RowBits-1:0] mm_wr_data, dw_wr_data;
  logic [WordBits-1:0] vx_wr_data;
  // Who goes first is always served.
  logic p_ready_unused, mm_ready_unused, dw_ready_unused, vx_ready_unused;

  logic [NumEngines-1:0] lost;
  logic [21:0] served, delayed;

  chip_memories u_memories (
    .clk_i,
    .rst_ni,
    .sp_rd_valid_i (sp_rd_valid),
    .sp_rd_ready_o (sp_rd_ready),
    .sp_rd_addr_i  (sp_rd_addr),
    .sp_rsp_valid_o(sp_rsp_valid),
    .sp_rsp_data_o (sp_rsp_data),
    .w_rd_valid_i  (w_rd_valid),
    .w_rd_ready_o  (w_rd_ready),
    .w_rd_addr_i   (w_rd_addr),
    .w_rsp_valid_o (w_rsp_valid),
    .w_rsp_data_o  (w_rsp_data),
    .p_rd_valid_i  (p_rd_valid),
    .p_rd_ready_o  (p_ready_unused),
    .p_rd_addr_i   (p_rd_addr),
    .p_rsp_valid_o (p_rsp_valid),
    .p_rsp_data_o  (p_rsp_data),
    .a_rd_valid_i  (a_rd_valid),
    .a_rd_ready_o  (a_rd_ready),
    .a_rd_addr_i   (a_rd_addr),
    .a_rsp_valid_o (a_rsp_valid),
    .a_rsp_data_o  (a_rsp_data),
    .d_rd_valid_i  (d_rd_valid),
    .d_rd_ready_o  (d_rd_ready),
    .d_rd_addr_i   (d_rd_addr),
    .d_rsp_valid_o (d_rsp_valid),
    .d_rsp_data_o  (d_rsp_data),
    .ld_wr_valid_i (ld_wr_valid),
    .ld_wr_ready_o (ld_wr_ready),
    .ld_wr_addr_i  (ld_wr_addr),
    .ld_wr_data_i  (ld_wr_data),
    .ld_wr_done_o  (ld_wr_done),
    .mm_wr_valid_i (mm_wr_valid),
    .mm_wr_ready_o (mm_ready_unused),
    .mm_wr_addr_i  (mm_wr_addr),
    .mm_wr_data_i  (mm_wr_data),
    .dw_wr_valid_i (dw_wr_valid),
    .dw_wr_ready_o (dw_ready_unused),
    .dw_wr_addr_i  (dw_wr_addr),
    .dw_wr_data_i  (dw_wr_data),
    .vx_wr_valid_i (vx_wr_valid),
    .vx_wr_ready_o (vx_ready_unused),
    .vx_wr_addr_i  (vx_wr_addr),
    .vx_wr_data_i  (vx_wr_data),
    .lost_o        (lost),
    .served_o      (served),
    .delayed_o     (delayed)
  );

  ////////
  // LD //
  ////////

  load u_load (
    .clk_i,
    .rst_ni,
    .start_i     (start[ENGINE_LD]),
    .entry_i     (ld_entry),
    .ready_o     (engine_ready[ENGINE_LD]),
    .done_o      (done[ENGINE_LD]),
    .req_valid_o (req_valid[1]),
    .req_ready_i (req_ready[1]),
    .req_o       (req[1]),
    .beat_valid_i(answer[1]),
    .beat_data_i (data),
    .rd_valid_o  (sp_rd_valid[4]),
    .rd_ready_i  (sp_rd_ready[4]),
    .rd_addr_o   (sp_rd_addr[4]),
    .rsp_valid_i (sp_rsp_valid[4]),
    .rsp_data_i  (sp_rsp_data[4]),
    .wr_valid_o  (ld_wr_valid),
    .wr_ready_i  (ld_wr_ready),
    .wr_addr_o   (ld_wr_addr),
    .wr_data_o   (ld_wr_data),
    .wr_done_i   (ld_wr_done)
  );

  ////////
  // MM //
  ////////

  mm_steps_t mm_steps;

  matmul u_matmul (
    .clk_i,
    .rst_ni,
    .start_i      (start[ENGINE_MM]),
    .entry_i      (mm_entry),
    .ready_o      (engine_ready[ENGINE_MM]),
    .done_o       (done[ENGINE_MM]),
    .w_rd_valid_o (w_rd_valid[0]),
    .w_rd_addr_o  (w_rd_addr[0]),
    .w_rsp_valid_i(w_rsp_valid[0]),
    .w_rsp_data_i (w_rsp_data[0]),
    .sp_rd_valid_o(sp_rd_valid[0]),
    .sp_rd_addr_o (sp_rd_addr[0]),
    .sp_rsp_data_i(sp_rsp_data[0]),
    .a_rd_valid_o (a_rd_valid[0]),
    .a_rd_addr_o  (a_rd_addr[0]),
    .a_rsp_data_i (a_rsp_data[0]),
    .a_wr_valid_o (mm_wr_valid),
    .a_wr_addr_o  (mm_wr_addr),
    .a_wr_data_o  (mm_wr_data),
    .steps_o      (mm_steps)
  );

  ////////
  // VX //
  ////////

  logic [20:0] vx_rows_addr;

  vector u_vector (
    .clk_i,
    .rst_ni,
    .clear_i         (start_i),
    .start_i         (start[ENGINE_VX]),
    .entry_i         (vx_entry),
    .ready_o         (engine_ready[ENGINE_VX]),
    .done_o          (done[ENGINE_VX]),
    .sp_rd_valid_o   (sp_rd_valid[1]),
    .sp_rd_ready_i   (sp_rd_ready[1]),
    .sp_rd_addr_o    (sp_rd_addr[1]),
    .sp_rsp_valid_i  (sp_rsp_valid[1]),
    .sp_rsp_data_i   (sp_rsp_data[1]),
    .rows_rd_valid_o ({d_rd_valid[1], a_rd_valid[1]}),
    .rows_rd_ready_i ({d_rd_ready[1], a_rd_ready[1]}),
    .rows_rd_addr_o  (vx_rows_addr),
    .rows_rsp_valid_i({d_rsp_valid[1], a_rsp_valid[1]}),
    .rows_rsp_data_i ({d_rsp_data[1], a_rsp_data[1]}),
    .p_rd_valid_o    (p_rd_valid),
    .p_rd_addr_o     (p_rd_addr),
    .p_rsp_valid_i   (p_rsp_valid),
    .p_rsp_data_i    (p_rsp_data),
    .wr_valid_o      (vx_wr_valid),
    .wr_addr_o       (vx_wr_addr),
    .wr_data_o       (vx_wr_data)
  );
  assign a_rd_addr[1] = AccumulatorAddr'(vx_rows_addr);
  assign d_rd_addr[1] = DepthwiseAddr'(vx_rows_addr);

  ////////
  // DW //
  ////////

  if (DepthwiseMultipliers > 0) begin : gen_depthwise
    depthwise u_engine (
      .clk_i,
      .rst_ni,
      .start_i       (start[ENGINE_DW]),
      .entry_i       (dw_entry),
      .ready_o       (engine_ready[ENGINE_DW]),
      .done_o        (done[ENGINE_DW]),
      .sp_rd_valid_o (sp_rd_valid[3:2]),
      .sp_rd_ready_i (sp_rd_ready[3:2]),
      .sp_rd_addr_o  (sp_rd_addr[3:2]),
      .sp_rsp_valid_i(sp_rsp_valid[3:2]),
      .sp_rsp_data_i (sp_rsp_data[3:2]),
      .w_rd_valid_o  (w_rd_valid[1]),
      .w_rd_ready_i  (w_rd_ready[1]),
      .w_rd_addr_o   (w_rd_addr[1]),
      .w_rsp_valid_i (w_rsp_valid[1]),
      .w_rsp_data_i  (w_rsp_data[1]),
      .d_rd_valid_o  (d_rd_valid[0]),
      .d_rd_addr_o   (d_rd_addr[0]),
      .d_rsp_data_i  (d_rsp_data[0]),
      .d_wr_valid_o  (dw_wr_valid),
      .d_wr_addr_o   (dw_wr_addr),
      .d_wr_data_o   (dw_wr_data)
    );
  end else begin : gen_no_depthwise
    logic w_ready_unused;
    assign w_ready_unused = w_rd_ready[1];
    // Dispatch lets no instruction of DW pass.
    assign {engine_ready[ENGINE_DW], done[ENGINE_DW]} = '0;
    assign {sp_rd_valid[3:2], sp_rd_addr[3:2], w_rd_valid[1], w_rd_addr[1]} = '0;
    assign {d_rd_valid[0], d_rd_addr[0], dw_wr_valid, dw_wr_addr, dw_wr_data} = '0;
  end

  ////////
  // ST //
  ////////

  logic [2:0] st_rd_valid;
  logic [20:0] st_rd_addr;

  store u_store (
    .clk_i,
    .rst_ni,
    .start_i      (start[ENGINE_ST]),
    .entry_i      (st_entry),
    .ready_o      (engine_ready[ENGINE_ST]),
    .done_o       (done[ENGINE_ST]),
    .rd_valid_o   (st_rd_valid),
    .rd_ready_i   ({d_rd_ready[2], a_rd_ready[2], sp_rd_ready[5]}),
    .rd_addr_o    (st_rd_addr),
    .rsp_valid_i  ({d_rsp_valid[2], a_rsp_valid[2], sp_rsp_valid[5]}),
    .rsp_word_i   (sp_rsp_data[5]),
    .rsp_rows_i   ({d_rsp_data[2], a_rsp_data[2]}),
    .req_valid_o  (req_valid[2]),
    .req_ready_i  (req_ready[2]),
    .req_o        (req[2]),
    .beat_valid_o (dram_beat_valid_o),
    .beat_data_o  (dram_beat_data_o),
    .beat_strobe_o(dram_beat_strobe_o),
    .written_i    (answer[2])
  );

  assign sp_rd_valid[5] = st_rd_valid[STORE_SOURCE_SCRATCHPAD];
  assign a_rd_valid[2]  = st_rd_valid[STORE_SOURCE_ACCUMULATORS];
  assign d_rd_valid[2]  = st_rd_valid[STORE_SOURCE_DEPTHWISE];
  assign sp_rd_addr[5]  = ScratchpadAddr'(st_rd_addr);
  assign a_rd_addr[2]   = AccumulatorAddr'(st_rd_addr);
  assign d_rd_addr[2]   = DepthwiseAddr'(st_rd_addr);

  //////////
  // DRAM //
  //////////

  dram_request_t dram_request;
  assign dram_addr_o  = dram_request.addr;
  assign dram_beats_o = dram_request.beats;

  dram_port u_port (
    .clk_i,
    .rst_ni,
    .req_valid_i     (req_valid),
    .req_ready_o     (req_ready),
    .req_i           (req),
    .answer_o        (answer),
    .data_o          (data),
    .idle_o          (port_idle),
    .dram_valid_o,
    .dram_requester_o,
    .dram_request_o  (dram_request),
    .dram_answer_i,
    .dram_last_i,
    .dram_requester_i,
    .dram_data_i
  );

  ////////////////
  // Accounting //
  ////////////////

  accounting #(
    .Clients(22)
  ) u_accounting (
    .clk_i,
    .rst_ni,
    .start_i,
    .done_i       (done_o),
    .steps_i      (mm_steps),
    .head_valid_i (entry_valid[ENGINE_MM]),
    .head_tokens_i(entry_tokens[ENGINE_MM]),
    .counts_i     (counts),
    .givers_i     (givers),
    .idle_i       (idle),
    .dispatching_i(dispatching),
    .word_valid_i (word_valid),
    .beat_i       (dram_answer_i),
    .outstanding_i(!port_idle),
    .lost_i       (lost),
    .served_i     (served),
    .delayed_i    (delayed),
    .cause_o,
    .steps_o,
    .causes_o,
    .slots_o,
    .banks_o
  );

endmodule
