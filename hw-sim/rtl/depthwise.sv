// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DW: depthwise convolution. Weights of a channel block's taps are held in a memory; one tap is read,
// multiplied and added a cycle, all lanes at once. One instruction after the other; the next channel
// block's weights are loaded when the taps of the one before have been taken.

module depthwise
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import picture_pkg::*;
(
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      start_i,
  input  dw_entry_t                 entry_i,
  output logic                      ready_o,
  output logic                      done_o,

  output logic                      sp_rd_valid_o,
  input  logic                      sp_rd_ready_i,
  output logic [ScratchpadAddr-1:0] sp_rd_addr_o,
  input  logic                      sp_rsp_valid_i,
  input  logic       [WordBits-1:0] sp_rsp_data_i,
  output logic                      w_rd_valid_o,
  input  logic                      w_rd_ready_i,
  output logic     [WeightAddr-1:0] w_rd_addr_o,
  input  logic                      w_rsp_valid_i,
  input  logic       [WordBits-1:0] w_rsp_data_i,
  // Never refused: DW goes before all others at its own accumulators.
  output logic                      d_rd_valid_o,
  output logic  [DepthwiseAddr-1:0] d_rd_addr_o,
  input  logic        [RowBits-1:0] d_rsp_data_i,
  output logic                      d_wr_valid_o,
  output logic  [DepthwiseAddr-1:0] d_wr_addr_o,
  output logic        [RowBits-1:0] d_wr_data_o
);

  localparam int unsigned MaxTaps   = 64;
  localparam int unsigned TapWidth  = $clog2(MaxTaps);
  localparam int unsigned Room      = 8;
  localparam int unsigned RoomWidth = $clog2(Room + 1);
  localparam int unsigned LoopKy    = 1;
  localparam int unsigned LoopY     = 3;

  ////////////
  // Starts //
  ////////////

  dw_entry_t entry_q;
  stream_t work;
  steps_on_chip_t steps;
  logic busy_q, setup_done;

  assign ready_o = !busy_q;
  assign work    = get_stream(entry_q.word);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else busy_q <= start_i || (busy_q && !done_o);
  end
  always_ff @(posedge clk_i) if (start_i) entry_q <= entry_i;

  picture_setup u_setup (
    .clk_i,
    .rst_ni,
    .start_i,
    .pitch_i (entry_q.cfg.set_pitch),
    .window_i(entry_q.cfg.set_window),
    .done_o  (setup_done),
    .steps_o (steps)
  );

  /////////////
  // Weights //
  /////////////

  // Words of a channel block: its zero points, if it has some, and its taps.
  logic asking_q, loaded_q, ask, block_taken, zero_next_q, zero_awaited_q;
  logic [TapWidth-1:0] tap_last_q, asked_q, got_q;
  logic [19:0] addr_q, zero_addr_q;
  logic [WordBits-1:0] zero_points_q;
  logic setup_late_q, begin_block, tap_arrives;

  assign begin_block = setup_late_q || block_taken;
  assign ask         = asking_q && (!w_rd_valid_o || w_rd_ready_i);
  assign tap_arrives = w_rsp_valid_i && !zero_awaited_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asking_q     <= 1'b0;
      loaded_q     <= 1'b0;
      w_rd_valid_o <= 1'b0;
      setup_late_q <= 1'b0;
    end else begin
      setup_late_q <= setup_done;
      if (begin_block) asking_q <= 1'b1;
      else if (ask && !zero_next_q && asked_q == tap_last_q) asking_q <= 1'b0;
      w_rd_valid_o <= ask || (w_rd_valid_o && !w_rd_ready_i);
      if (begin_block) loaded_q <= 1'b0;
      else if (tap_arrives && got_q == tap_last_q) loaded_q <= 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (setup_done) begin
      addr_q      <= work.weights;
      zero_addr_q <= entry_q.cfg.set_weights.zero_point_word;
      // Dispatch has seen that there are at most 64.
      tap_last_q  <= TapWidth'((9'(entry_q.cfg.set_window.kernel_x) + 9'd1) *
                               (9'(entry_q.cfg.set_window.kernel_y) + 9'd1) - 9'd1);
    end
    if (begin_block) begin
      zero_next_q    <= entry_q.cfg.set_weights.zero_points;
      zero_awaited_q <= entry_q.cfg.set_weights.zero_points;
      asked_q        <= '0;
      got_q          <= '0;
    end else begin
      if (ask) begin
        w_rd_addr_o <= WeightAddr'(zero_next_q ? zero_addr_q : addr_q);
        zero_next_q <= 1'b0;
        if (zero_next_q) zero_addr_q <= zero_addr_q + 20'd1;
        else begin
          addr_q  <= addr_q + 20'd1;
          asked_q <= asked_q + 1'b1;
        end
      end
      if (w_rsp_valid_i) begin
        zero_awaited_q <= 1'b0;
        if (zero_awaited_q) zero_points_q <= w_rsp_data_i;
        else got_q <= got_q + 1'b1;
      end
    end
  end

  /////////////
  // Reading //
  /////////////

  typedef struct packed {
    logic                     present;
    logic                     first;
    logic                     last;
    logic                     block_first;
    logic                     block_last;
    logic                     instruction_last;
    logic [DepthwiseAddr-1:0] row;
  } tag_t;

  place_t place;
  coord_t column, row;
  logic [Loops-1:0] firsts, lasts;
  logic walking, step, present, tags_ready, tag_valid, tag_pop, word_valid, words_ready;
  logic [12:0] row_q;
  logic [RoomWidth-1:0] free_q;
  logic [WordBits-1:0] word;
  tag_t tag, head;

  picture_walker u_walker (
    .clk_i,
    .rst_ni,
    .start_i (setup_done),
    .loops_i ({
      loop_again(12'd0),
      loop_channel(entry_q.cfg.set_window, entry_q.cfg.set_pitch),
      loop_y(work.height, entry_q.cfg.set_window, steps),
      loop_x(work.width, entry_q.cfg.set_window, steps),
      loop_ky(entry_q.cfg.set_window, steps),
      loop_kx(entry_q.cfg.set_window, steps)
    }),
    .first_i (place_t'(work.source)),
    .valid_o (walking),
    .step_i  (step),
    .place_o (place),
    .column_o(column),
    .row_o   (row),
    .firsts_o(firsts),
    .lasts_o (lasts)
  );

  assign present = is_inside(entry_q.cfg.set_window, entry_q.cfg.set_edge, column, row);
  assign step    = walking && tags_ready && (!sp_rd_valid_o || sp_rd_ready_i) &&
      (!present || free_q != '0);
  assign tag     = '{
      present: present,
      first: firsts[LoopKy],
      last: lasts[LoopKy],
      block_first: firsts[LoopY],
      block_last: lasts[LoopY],
      instruction_last: lasts[Loops-1],
      row: DepthwiseAddr'(row_q)
  };

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sp_rd_valid_o <= 1'b0;
      free_q        <= RoomWidth'(Room);
    end else begin
      sp_rd_valid_o <= (step && present) || (sp_rd_valid_o && !sp_rd_ready_i);
      free_q        <= free_q - RoomWidth'(step && present) + RoomWidth'(tag_pop && head.present);
    end
  end
  always_ff @(posedge clk_i) begin
    if (step) sp_rd_addr_o <= ScratchpadAddr'(in_ring(entry_q.cfg.set_ring, place));
    if (setup_done) row_q <= work.target;
    else if (step && lasts[LoopKy]) row_q <= row_q + 13'd1;
  end

  fifo #(
    .Width($bits(tag_t)),
    .Depth(2 * Room)
  ) u_tags (
    .clk_i,
    .rst_ni,
    .in_valid_i (step),
    .in_ready_o (tags_ready),
    .in_data_i  (tag),
    .out_valid_o(tag_valid),
    .out_ready_i(tag_pop),
    .out_data_o (head)
  );
  fifo #(
    .Width(WordBits),
    .Depth(Room)
  ) u_words (
    .clk_i,
    .rst_ni,
    .in_valid_i (sp_rsp_valid_i),
    .in_ready_o (words_ready),
    .in_data_i  (sp_rsp_data_i),
    .out_valid_o(word_valid),
    .out_ready_i(tag_pop && head.present),
    .out_data_o (word)
  );

  // A block's last tap leaves the weights to the next; a tap waits for them.
  assign tag_pop     = tag_valid && (!head.present || word_valid) && loaded_q;
  assign block_taken = tag_pop && head.block_last && !head.instruction_last;

  ///////////
  // Lanes //
  ///////////

  // 1: the weights are read. 2: operands. 3: sums.
  typedef struct packed {
    logic                     valid;
    logic                     present;
    logic                     first;
    logic                     last;
    logic                     pads;
    logic                     instruction_last;
    logic [DepthwiseAddr-1:0] row;
  } stage_t;

  stage_t stage1_q, stage2_q;
  logic [TapWidth-1:0] tap_q;
  logic [WordBits-1:0] word1_q, weight1, zero_points1_q;
  logic signed [Lanes-1:0][8:0] a2_q, w2_q;
  logic [Lanes-1:0][31:0] sum_q;
  logic [13:0] blocks_left_q;

  mem_1r1w #(
    .Width(WordBits),
    .Depth(MaxTaps)
  ) u_held (
    .clk_i,
    .rd_en_i  (tag_pop),
    .rd_addr_i(tap_q),
    .rd_data_o(weight1),
    .wr_en_i  (tap_arrives),
    .wr_addr_i(got_q),
    .wr_data_i(w_rsp_data_i)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stage1_q <= '0;
      stage2_q <= '0;
    end else begin
      stage1_q <= '{valid: tag_pop, present: head.present, first: head.first, last: head.last,
                    pads: blocks_left_q == '0, instruction_last: head.instruction_last,
                    row: head.row};
      stage2_q <= stage1_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (setup_done) begin
      tap_q         <= '0;
      blocks_left_q <= entry_q.cfg.set_window.channels;
    end else if (tag_pop) begin
      tap_q <= head.last ? '0 : tap_q + 1'b1;
      if (head.block_last) blocks_left_q <= blocks_left_q - 14'd1;
    end
    word1_q        <= word;
    zero_points1_q <= zero_points_q;
    for (int unsigned j = 0; j < Lanes; j++) begin
      logic [8:0] a, w, zero_point;
      logic sign_a, sign_w;
      sign_a     = !work.unsigned_input;
      sign_w     = !entry_q.cfg.set_weights.unsigned_weights;
      a          = {sign_a && word1_q[8*j+7], word1_q[8*j+:8]};
      w          = {sign_w && weight1[8*j+7], weight1[8*j+:8]};
      zero_point = {sign_w && zero_points1_q[8*j+7], zero_points1_q[8*j+:8]};
      a2_q[j] <= stage1_q.present ? a - work.zero_point : 9'd0;
      w2_q[j] <= stage1_q.pads && j + 32'(entry_q.cfg.set_weights.pad_n) >= Lanes ? 9'd0 :
          w - (entry_q.cfg.set_weights.zero_points ? zero_point : 9'd0);
    end
    if (stage2_q.valid) begin
      for (int unsigned j = 0; j < Lanes; j++) begin
        sum_q[j] <= (stage2_q.first ? 32'd0 : sum_q[j]) +
            32'($signed(a2_q[j])) * 32'($signed(w2_q[j]));
      end
    end
  end

  //////////////////
  // Accumulators //
  //////////////////

  // The row is asked for with the last tap's operands, and here `MemoryRead` cycles later; the sums
  // wait for it.
  typedef struct packed {
    logic                     valid;
    logic                     instruction_last;
    logic [DepthwiseAddr-1:0] row;
  } sum_t;
  sum_t [MemoryRead-1:0] row_stage_q;
  logic [MemoryRead-2:0][RowBits-1:0] late_q;
  sum_t add;
  logic last_q;

  assign d_rd_valid_o = stage2_q.valid && stage2_q.last && work.accumulate;
  assign d_rd_addr_o  = stage2_q.row;
  assign add          = row_stage_q[MemoryRead-1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_stage_q  <= '0;
      d_wr_valid_o <= 1'b0;
      last_q       <= 1'b0;
      done_o       <= 1'b0;
    end else begin
      row_stage_q  <= {row_stage_q[MemoryRead-2:0], sum_t'{
          valid: stage2_q.valid && stage2_q.last,
          instruction_last: stage2_q.instruction_last,
          row: stage2_q.row
      }};
      d_wr_valid_o <= add.valid;
      last_q       <= add.valid && add.instruction_last;
      done_o       <= last_q;
    end
  end
  always_ff @(posedge clk_i) begin
    late_q      <= {late_q[MemoryRead-3:0], sum_q};
    d_wr_addr_o <= add.row;
    for (int unsigned j = 0; j < Lanes; j++) begin
      d_wr_data_o[32*j+:32] <= late_q[MemoryRead-2][32*j+:32] +
          (work.accumulate ? d_rsp_data_i[32*j+:32] : 32'd0);
    end
  end

  WordRoom: assert property (@(posedge clk_i) disable iff (!rst_ni)
      sp_rsp_valid_i |-> words_ready);
  // Whether a block begins is read from its tags, and its weights are there.
  BlockLoaded: assert property (@(posedge clk_i) disable iff (!rst_ni)
      tag_pop && head.block_first |-> loaded_q);

endmodule
