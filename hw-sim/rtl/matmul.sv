// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// MM: the array, what feeds it with weights and operands, and the addition to the accumulators.
//
// A step of the walker is visible in cycle t; its word's address is at the scratchpad in t + 1, the
// word in t + 4, its operands at the array in t + 5 (`OperandDelay`), their sums in t + 5 + R, the
// accumulators' new row at its memory in t + 6 + R. Nothing behind the step ever waits: MM goes first
// at every memory. A step waits only for the tile's weights.

module matmul
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import picture_pkg::*;
(
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       start_i,
  input  mm_entry_t                  entry_i,
  output logic                       ready_o,
  output logic                       done_o,

  output logic                       w_rd_valid_o,
  output logic      [WeightAddr-1:0] w_rd_addr_o,
  input  logic                       w_rsp_valid_i,
  input  logic        [WordBits-1:0] w_rsp_data_i,
  output logic                       sp_rd_valid_o,
  output logic  [ScratchpadAddr-1:0] sp_rd_addr_o,
  input  logic        [WordBits-1:0] sp_rsp_data_i,
  output logic                       a_rd_valid_o,
  output logic [AccumulatorAddr-1:0] a_rd_addr_o,
  input  logic         [RowBits-1:0] a_rsp_data_i,
  output logic                       a_wr_valid_o,
  output logic [AccumulatorAddr-1:0] a_wr_addr_o,
  output logic         [RowBits-1:0] a_wr_data_o,
  // For accounting.
  output mm_steps_t                  steps_o
);

  localparam int unsigned OperandDelay = MemoryRead + 2;
  // From a step to its row at the addition.
  localparam int unsigned SumDelay = OperandDelay + ArrayLatency;

  ////////////
  // Starts //
  ////////////

  // The loader begins at once; the streamer follows when strides are multiplied and the instruction
  // before has streamed.
  mm_entry_t held_q;
  steps_on_chip_t steps;
  logic loader_ready, setup_busy_q, setup_done, held_valid_q, walker_start, walker_valid;
  logic walker_last;

  assign ready_o = loader_ready && !setup_busy_q && !held_valid_q;

  weight_loader #(
    .Delay(OperandDelay)
  ) u_loader (
    .clk_i,
    .rst_ni,
    .start_i,
    .entry_i,
    .ready_o        (loader_ready),
    .rd_valid_o     (w_rd_valid_o),
    .rd_addr_o      (w_rd_addr_o),
    .rsp_valid_i    (w_rsp_valid_i),
    .rsp_data_i     (w_rsp_data_i),
    .tile_ready_o   (tile_ready),
    .tile_take_i    (tile_take),
    .weights_valid_o(weights_valid),
    .weights_row_o  (weights_row),
    .weights_o      (weights)
  );
  picture_setup u_setup (
    .clk_i,
    .rst_ni,
    .start_i,
    .pitch_i (held_q.cfg.set_pitch),
    .window_i(held_q.cfg.set_window),
    .done_o  (setup_done),
    .steps_o (steps)
  );

  assign walker_start = (held_valid_q || setup_done) && (!walker_valid || walker_last);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      setup_busy_q <= 1'b0;
      held_valid_q <= 1'b0;
    end else begin
      setup_busy_q <= start_i || (setup_busy_q && !setup_done);
      held_valid_q <= (held_valid_q || setup_done) && !walker_start;
    end
  end
  always_ff @(posedge clk_i) if (start_i) held_q <= entry_i;

  //////////////
  // Streamer //
  //////////////

  localparam int unsigned LoopY = 1;
  stream_t held_work;
  loop_t [Loops-1:0] loops;
  spot_t spot, behind_unused;
  logic next_unused;
  logic [Loops-1:0] firsts, lasts;
  logic step, tile_first, tile_ready, tile_take, last_channel;

  assign held_work = get_stream(held_q.word);
  // The innermost loop last.
  assign loops = {
      loop_again(held_q.cfg.set_weights.columns),
      loop_ky(held_q.cfg.set_window, steps),
      loop_kx(held_q.cfg.set_window, steps),
      loop_channel(held_q.cfg.set_window, held_q.cfg.set_pitch),
      loop_y(held_work.height, held_q.cfg.set_window, steps),
      loop_x(held_work.width, held_q.cfg.set_window, steps)
  };

  picture_walker u_walker (
    .clk_i,
    .rst_ni,
    .start_i (walker_start),
    .loops_i (loops),
    .first_i (place_t'(held_work.source)),
    .valid_o (walker_valid),
    .step_i  (step),
    .spot_o  (spot),
    .firsts_o(firsts),
    .lasts_o (lasts),
    .next_valid_o(next_unused),
    .next_step_i (1'b0),
    .next_o      (behind_unused)
  );

  // What the walker walks over.
  stream_t work_q;
  mm_config_t cfg_q;
  always_ff @(posedge clk_i) begin
    if (walker_start) begin
      work_q <= held_work;
      cfg_q  <= held_q.cfg;
    end
  end

  assign tile_first   = firsts[LoopY];
  assign step         = walker_valid && (!tile_first || tile_ready);
  assign tile_take    = step && tile_first;
  assign walker_last  = step && lasts[Loops-1];
  // In the last channel block the channel loop is at its end, whatever the loops within do.
  assign last_channel = channels_left_q == '0;

  logic [13:0] channels_left_q;
  always_ff @(posedge clk_i) begin
    if (walker_start) channels_left_q <= held_q.cfg.set_window.channels;
    else if (step && lasts[LoopY]) begin
      channels_left_q <= last_channel ? cfg_q.set_window.channels : channels_left_q - 14'd1;
    end
  end

  // For accounting: what of a step is padding.
  logic [11:0] columns_left_q;
  logic [31:0] index_q;
  assign steps_o = '{
      valid: step,
      pending: setup_busy_q || held_valid_q || walker_valid,
      pad_k: last_channel ? cfg_q.set_weights.pad_k : 6'd0,
      pad_n: columns_left_q == '0 ? cfg_q.set_weights.pad_n : 6'd0,
      index: index_q
  };
  always_ff @(posedge clk_i) begin
    if (walker_start) begin
      columns_left_q <= held_q.cfg.set_weights.columns;
      index_q        <= held_q.index;
    end else if (step && lasts[Loops-2]) begin
      columns_left_q <= columns_left_q - 12'd1;
    end
  end

  // The accumulator row: begins again with each tile, goes on with each column block.
  logic [12:0] sums_row_q, column_row_q;
  logic column_last;
  assign column_last = lasts[Loops-2];
  always_ff @(posedge clk_i) begin
    if (walker_start) begin
      sums_row_q   <= held_work.target;
      column_row_q <= held_work.target;
    end else if (step) begin
      sums_row_q <= lasts[LoopY] && !column_last ? column_row_q : sums_row_q + 13'd1;
      if (column_last) column_row_q <= sums_row_q + 13'd1;
    end
  end
  // The first tile of a column block starts the sums.
  logic starts_sums;
  assign starts_sums = first_tile_q && !work_q.accumulate;
  logic first_tile_q;
  always_ff @(posedge clk_i) begin
    if (walker_start) first_tile_q <= 1'b1;
    else if (step && lasts[LoopY]) first_tile_q <= column_last;
  end

  //////////////
  // Operands //
  //////////////

  // How a word becomes operands.
  typedef struct packed {
    logic              present;
    logic              is_unsigned;
    logic signed [8:0] zero_point;
    logic        [5:0] pad;
    logic              swap;
  } operand_t;
  operand_t [OperandDelay-2:0] operand_q;
  operand_t operand;
  logic signed [Lanes-1:0][8:0] operands_q, operands_d;
  logic swap_q, present;

  assign present  = step && is_inside(cfg_q.set_window, cfg_q.set_edge, spot);
  assign operand = operand_q[OperandDelay-2];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sp_rd_valid_o <= 1'b0;
      operand_q     <= '0;
      swap_q        <= 1'b0;
    end else begin
      sp_rd_valid_o <= present;
      operand_q     <= {operand_q[OperandDelay-3:0], operand_t'{
          present: present,
          is_unsigned: work_q.unsigned_input,
          zero_point: work_q.zero_point,
          pad: last_channel ? cfg_q.set_weights.pad_k : 6'd0,
          swap: tile_take
      }};
      swap_q        <= operand.swap;
    end
  end
  always_ff @(posedge clk_i) begin
    sp_rd_addr_o <= ScratchpadAddr'(in_ring(cfg_q.set_ring, spot.place));
    operands_q   <= operands_d;
  end
  always_comb begin
    for (int unsigned k = 0; k < Lanes; k++) begin
      logic [8:0] value;
      value = {!operand.is_unsigned && sp_rsp_data_i[8*k+7], sp_rsp_data_i[8*k+:8]};
      operands_d[k] = operand.present && k + 32'(operand.pad) < Lanes ?
          value - operand.zero_point : 9'd0;
    end
  end

  ///////////
  // Array //
  ///////////

  logic weights_valid;
  logic [$clog2(Lanes)-1:0] weights_row;
  logic signed [Lanes-1:0][8:0] weights;
  logic [Lanes-1:0][31:0] sums;

  array u_array (
    .clk_i,
    .operands_i     (operands_q),
    .swap_i         (swap_q),
    .weights_valid_i(weights_valid),
    .weights_row_i  (weights_row),
    .weights_i      (weights),
    .sums_o         (sums)
  );

  //////////////////
  // Accumulators //
  //////////////////

  typedef struct packed {
    logic                       valid;
    logic                       starts;
    logic                       last;
    logic [AccumulatorAddr-1:0] row;
  } sum_t;
  sum_t [SumDelay-1:0] sum_q;
  sum_t read, next, add;
  logic last_q;
  // The rows behind the addition, the newest first: not in memory when this one was read. Bit i: the
  // row at the addition is that of entry i.
  logic [SumsInFlight-1:0] new_valid_q;
  logic [SumsInFlight-1:0][AccumulatorAddr-1:0] new_row_q;
  logic [SumsInFlight-1:0][RowBits-1:0] new_data_q;
  logic [SumsInFlight-1:0] is_new_q;
  logic [RowBits-1:0] old;

  // The row is asked for so that it comes together with the sums.
  assign read         = sum_q[SumDelay-MemoryRead-1];
  assign next         = sum_q[SumDelay-2];
  assign add          = sum_q[SumDelay-1];
  assign a_wr_valid_o = new_valid_q[0];
  assign a_wr_addr_o  = new_row_q[0];
  assign a_wr_data_o  = new_data_q[0];

  always_comb begin
    old = a_rsp_data_i;
    for (int i = SumsInFlight - 1; i >= 0; i--) begin
      if (is_new_q[i]) old = new_data_q[i];
    end
    if (add.starts) old = '0;
  end
  assign a_rd_valid_o = read.valid && !read.starts;
  assign a_rd_addr_o  = read.row;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sum_q        <= '0;
      new_valid_q  <= '0;
      is_new_q     <= '0;
      last_q       <= 1'b0;
      done_o       <= 1'b0;
    end else begin
      sum_q        <= {sum_q[SumDelay-2:0], sum_t'{
          valid: step,
          starts: starts_sums,
          last: walker_last,
          row: AccumulatorAddr'(sums_row_q)
      }};
      new_valid_q  <= {new_valid_q[SumsInFlight-2:0], add.valid};
      // One cycle from now, what is at the addition is the newest entry.
      is_new_q[0]  <= add.valid && add.row == next.row;
      for (int unsigned i = 1; i < SumsInFlight; i++) begin
        is_new_q[i] <= new_valid_q[i-1] && new_row_q[i-1] == next.row;
      end
      last_q       <= add.valid && add.last;
      done_o       <= last_q;
    end
  end
  always_ff @(posedge clk_i) begin
    new_row_q <= {new_row_q[SumsInFlight-2:0], add.row};
    for (int unsigned i = 1; i < SumsInFlight; i++) new_data_q[i] <= new_data_q[i-1];
    for (int unsigned j = 0; j < Lanes; j++) new_data_q[0][32*j+:32] <= sums[j] + old[32*j+:32];
  end

endmodule
