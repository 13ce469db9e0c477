// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// VX: reads, R lanes, reductions, table, writes. One instruction after the other: the next starts when
// the last result of the one before is written, so that it may read it.

module vector
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import picture_pkg::*;
  import vector_pkg::*;
(
  input  logic                      clk_i,
  input  logic                      rst_ni,
  // Doorbell: the table is all zeros.
  input  logic                      clear_i,

  input  logic                      start_i,
  input  vx_entry_t                 entry_i,
  output logic                      ready_o,
  output logic                      done_o,

  output logic                      sp_rd_valid_o,
  input  logic                      sp_rd_ready_i,
  output logic [ScratchpadAddr-1:0] sp_rd_addr_o,
  input  logic                      sp_rsp_valid_i,
  input  logic       [WordBits-1:0] sp_rsp_data_i,
  // Accumulators, DW's accumulators.
  output logic                [1:0] rows_rd_valid_o,
  input  logic                [1:0] rows_rd_ready_i,
  output logic               [20:0] rows_rd_addr_o,
  input  logic                [1:0] rows_rsp_valid_i,
  input  logic   [1:0][RowBits-1:0] rows_rsp_data_i,
  output logic                      p_rd_valid_o,
  output logic  [ParameterAddr-1:0] p_rd_addr_o,
  input  logic                      p_rsp_valid_i,
  input  logic       [WordBits-1:0] p_rsp_data_i,
  // Never refused: VX writes before LD.
  output logic                      wr_valid_o,
  output logic [ScratchpadAddr-1:0] wr_addr_o,
  output logic       [WordBits-1:0] wr_data_o
);

  ////////////
  // Starts //
  ////////////

  vx_entry_t entry_q;
  vector_control_t control;
  steps_on_chip_t steps;
  logic busy_q, is_table, setup_done, uses_operand, uses_columns, table_done, table_valid_q;
  logic [3:0] parameter_words;

  assign ready_o  = !busy_q;
  assign is_table = entry_i.word[5:0] == OPCODE_LOAD_TABLE;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else busy_q <= start_i || (busy_q && !done_o);
  end
  always_ff @(posedge clk_i) if (start_i) entry_q <= entry_i;

  assign control = '{
      is_reduce: entry_q.word[5:0] == OPCODE_REDUCE,
      reduce: get_reduce(entry_q.word),
      stages: entry_q.cfg.set_stages,
      rescale: entry_q.cfg.set_rescale,
      result: entry_q.cfg.set_result,
      scale: entry_q.cfg.set_scale,
      operand: entry_q.cfg.set_operand
  };
  assign uses_operand = !control.is_reduce && control.stages.combine != COMBINE_NONE &&
      control.stages.combine != COMBINE_SCALE;
  assign uses_columns =
      (control.rescale.per_column && control.rescale.rounding != ROUNDING_NONE) ||
      (control.result.per_column && control.result.rounding != ROUNDING_NONE &&
       control.stages.combine != COMBINE_NONE && control.stages.combine != COMBINE_ROW_MULTIPLY);
  assign parameter_words = control.is_reduce ? 4'd0 : uses_columns ? 4'd9 :
      control.stages.bias != BIAS_NONE ? 4'd4 : 4'd0;

  picture_setup u_setup (
    .clk_i,
    .rst_ni,
    .start_i (start_i && !is_table),
    .pitch_i (entry_q.cfg.set_pitch),
    .window_i(entry_q.cfg.set_window),
    .done_o  (setup_done),
    .steps_o (steps)
  );

  ////////////////
  // Parameters //
  ////////////////

  vector_t work;
  logic parameters_ready, channel_next, set_free;
  logic p_set_valid, p_table_valid;
  logic [ParameterAddr-1:0] p_set_addr, p_table_addr;
  column_t [Lanes-1:0][1:0] columns;

  assign work = get_vector(entry_q.word);
  parameter_loader u_parameters (
    .clk_i,
    .rst_ni,
    .start_i    (setup_done),
    .first_i    (work.parameters),
    .channels_i (entry_q.cfg.set_window.channels),
    .words_i    (parameter_words),
    .rd_valid_o (p_set_valid),
    .rd_addr_o  (p_set_addr),
    .rsp_valid_i(p_rsp_valid_i),
    .rsp_data_i (p_rsp_data_i),
    .ready_o    (parameters_ready),
    .next_i     (channel_next),
    .free_i     (set_free),
    .columns_o  (columns)
  );

  logic entry_write;
  logic [7:0] entry_index;
  logic [15:0] entry;
  table_loader u_table (
    .clk_i,
    .rst_ni,
    .start_i      (start_i && is_table),
    .work_i       (get_load_table(entry_i.word)),
    .done_o       (table_done),
    .rd_valid_o   (p_table_valid),
    .rd_addr_o    (p_table_addr),
    .rsp_valid_i  (p_rsp_valid_i),
    .rsp_data_i   (p_rsp_data_i),
    .entry_valid_o(entry_write),
    .entry_index_o(entry_index),
    .entry_o      (entry)
  );
  assign p_rd_valid_o = p_set_valid || p_table_valid;
  assign p_rd_addr_o  = p_set_valid ? p_set_addr : p_table_addr;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) table_valid_q <= 1'b0;
    else table_valid_q <= !clear_i && (table_valid_q || table_done);
  end

  /////////////
  // Reading //
  /////////////

  tap_t tap;
  logic [RowBits-1:0] lanes;
  logic window_valid, instruction_last;
  logic [16:0] taps;
  logic [20:0] target;
  logic [2*WordBits-1:0] operand;

  vector_reader u_reader (
    .clk_i,
    .rst_ni,
    .start_i           (setup_done),
    .entry_i           (entry_q),
    .control_i         (control),
    .uses_operand_i    (uses_operand),
    .steps_i           (steps),
    .sp_rd_valid_o,
    .sp_rd_ready_i,
    .sp_rd_addr_o,
    .sp_rsp_valid_i,
    .sp_rsp_data_i,
    .rows_rd_valid_o,
    .rows_rd_ready_i,
    .rows_rd_addr_o,
    .rows_rsp_valid_i,
    .rows_rsp_data_i,
    .parameters_ready_i(parameters_ready),
    .channel_next_o    (channel_next),
    .tap_o             (tap),
    .lanes_o           (lanes),
    .window_o          (window_valid),
    .taps_o            (taps),
    .target_o          (target),
    .instruction_last_o(instruction_last),
    .operand_o         (operand)
  );

  // What a window needs behind its pooling: divisor, parity, operand; and behind its result.
  typedef struct packed {
    logic                  bank;
    logic           [16:0] taps;
    logic [2*WordBits-1:0] operand;
  } pooled_t;
  typedef struct packed {
    logic        last;
    logic        bank;
    logic [20:0] target;
  } output_t;

  localparam int unsigned Windows = 64;
  pooled_t window;
  output_t out;
  logic window_pop, window_here, out_pop, out_here, windows_ready, outs_ready;

  fifo #(
    .Width($bits(pooled_t)),
    .Depth(Windows)
  ) u_windows (
    .clk_i,
    .rst_ni,
    .in_valid_i (window_valid),
    .in_ready_o (windows_ready),
    .in_data_i  ({tap.bank, taps, operand}),
    .out_valid_o(window_here),
    .out_ready_i(window_pop),
    .out_data_o (window)
  );
  fifo #(
    .Width($bits(output_t)),
    .Depth(Windows)
  ) u_outputs (
    .clk_i,
    .rst_ni,
    .in_valid_i (window_valid),
    .in_ready_o (outs_ready),
    .in_data_i  ({instruction_last, tap.bank, target}),
    .out_valid_o(out_here),
    .out_ready_i(out_pop),
    .out_data_o (out)
  );

  //////////////////
  // Lane control //
  //////////////////

  // Taps until they are pooled.
  tap_t [TapPool-1:0] tap_q;
  logic pooled_valid_q;
  tap_t tap_pool;
  assign tap_pool = tap_q[TapPool-1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tap_q          <= '0;
      pooled_valid_q <= 1'b0;
    end else begin
      tap_q          <= {tap_q[TapPool-2:0], tap};
      pooled_valid_q <= tap_pool.valid && tap_pool.last;
    end
  end

  // From what is pooled to the window's value: at once, divided, or reduced.
  logic is_average, divide, divided, reduced, take;
  logic [DivideLatency-1:0] dividing_q;
  logic [31:0] reduced_value;
  logic [Lanes-1:0][31:0] pooled, average, values_q, operands_q, results;
  logic [Lanes-1:0] counted;

  assign is_average = !control.is_reduce && control.stages.pool == POOL_AVERAGE;
  assign divide     = pooled_valid_q && is_average;
  assign divided    = dividing_q[DivideLatency-1];
  assign take       = control.is_reduce ? reduced : is_average ? divided : pooled_valid_q;
  assign window_pop = take;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) dividing_q <= '0;
    else dividing_q <= {dividing_q[DivideLatency-2:0], divide};
  end
  row_reducer u_reducer (
    .clk_i,
    .rst_ni,
    .is_max_i (control.reduce.reduction == REDUCTION_MAX),
    .apply_i  (control.reduce.apply),
    .valid_i  (pooled_valid_q && control.is_reduce),
    .values_i (pooled),
    .counted_i(counted),
    .valid_o  (reduced),
    .value_o  (reduced_value)
  );

  always_ff @(posedge clk_i) if (take) begin
    for (int unsigned j = 0; j < Lanes; j++) begin
      values_q[j] <= control.is_reduce ? reduced_value :
          is_average ? average[j] : pooled[j];
      unique case (control.operand.element)
        OPERAND_TYPE_INT8: operands_q[j] <= 32'($signed(window.operand[8*j+:8]));
        OPERAND_TYPE_UINT8: operands_q[j] <= 32'(window.operand[8*j+:8]);
        OPERAND_TYPE_INT16: operands_q[j] <= 32'($signed(window.operand[16*j+:16]));
        default: operands_q[j] <= window.operand[31:0];
      endcase
    end
  end

  // Values until they are results.
  logic [OutLast:0] value_valid_q, value_bank_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      value_valid_q <= '0;
      value_bank_q  <= '0;
    end else begin
      value_valid_q <= {value_valid_q[OutLast-1:0], take};
      value_bank_q  <= {value_bank_q[OutLast-1:0], window.bank};
    end
  end

  logic [TapPool-1:0] tap_there;
  logic taps_en, values_en;
  always_comb begin
    for (int unsigned i = 0; i < TapPool; i++) tap_there[i] = tap_q[i].valid;
  end
  assign taps_en   = tap.valid || tap_there != '0;
  assign values_en = value_valid_q[OutLast-1:0] != '0;

  for (genvar j = 0; j < Lanes; j++) begin : gen_lane
    vector_lane u_lane (
      .clk_i,
      .control_i    (control),
      .columns_i    (columns[j]),
      .taps_en_i    (taps_en),
      .values_en_i  (values_en),
      .tap_i        (tap),
      .tap_pool_i   (tap_pool),
      .value_i      (lanes[32*j+:32]),
      .is_padding_i (control.is_reduce && j + 32'(control.reduce.pad) >= Lanes),
      .pooled_o     (pooled[j]),
      .counted_o    (counted[j]),
      .divide_i     (divide),
      .taps_i       (window.taps),
      .average_o    (average[j]),
      .window_i     (values_q[j]),
      .operand_i    (operands_q[j]),
      .bias_set_i   (value_bank_q[OutBias-1]),
      .result_set_i (value_bank_q[OutResult]),
      .result_o     (results[j]),
      .table_valid_i(table_valid_q),
      .entry_write_i(entry_write),
      .entry_index_i(entry_index),
      .entry_i      (entry)
    );
  end

  /////////////
  // Writing //
  /////////////

  logic result_valid, is_wide, second_q, last_q;
  logic [WordBits-1:0] word, high_word, high_word_q;

  assign result_valid = value_valid_q[OutLast];
  assign is_wide      = !control.is_reduce && entry_q.cfg.set_target.element == TARGET_TYPE_INT16;
  assign out_pop      = is_wide ? second_q : result_valid;
  always_comb begin
    logic [2*WordBits-1:0] wide;
    for (int unsigned j = 0; j < Lanes; j++) begin
      wide[16*j+:16] = results[j][15:0];
      word[8*j+:8]   = results[j][7:0];
    end
    high_word = wide[2*WordBits-1:WordBits];
    if (is_wide) word = wide[WordBits-1:0];
    // A reduction is the same in all lanes.
    if (control.is_reduce) word = WordBits'(results[0]);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_valid_o <= 1'b0;
      second_q   <= 1'b0;
      last_q     <= 1'b0;
      done_o     <= 1'b0;
    end else begin
      wr_valid_o <= result_valid || second_q;
      second_q   <= result_valid && is_wide;
      last_q     <= out_pop && out.last;
      done_o     <= last_q || table_done;
    end
  end
  always_ff @(posedge clk_i) begin
    high_word_q <= high_word;
    wr_addr_o   <= ScratchpadAddr'(second_q ? out.target + 21'd1 : out.target);
    wr_data_o   <= second_q ? high_word_q : word;
  end

  // Windows of each parity that have begun and not ended.
  logic [1:0][7:0] using_q;
  logic begun_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      using_q <= '0;
      begun_q <= 1'b0;
    end else begin
      for (int unsigned b = 0; b < 2; b++) begin
        using_q[b] <= using_q[b] + 8'(window_valid && 32'(tap.bank) == b) -
            8'(out_pop && 32'(out.bank) == b);
      end
      begun_q <= tap.valid || (begun_q && !start_i);
    end
  end
  // The set to load next is not that of the present block, whose parity a tap has shown. A tap that
  // begins a block is itself one cycle old here.
  logic present_bank_q;
  always_ff @(posedge clk_i) if (tap.valid) present_bank_q <= tap.bank;
  assign set_free = !begun_q || (!channel_next && !tap.valid && using_q[!present_bank_q] == '0) ||
      (!channel_next && tap.valid && using_q[!tap.bank] == '0);

  // Queues have room, and what is taken is there.
  Room: assert property (@(posedge clk_i) disable iff (!rst_ni)
      window_valid |-> windows_ready && outs_ready);
  Window: assert property (@(posedge clk_i) disable iff (!rst_ni) take |-> window_here);
  Output: assert property (@(posedge clk_i) disable iff (!rst_ni)
      (result_valid || second_q) |-> out_here);

endmodule
