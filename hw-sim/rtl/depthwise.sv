// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DW: depthwise convolution. Columns of words are read once for a row of windows, two words a cycle,
// into a ring; a group of taps is taken from there, multiplied and added in a cycle, all lanes at
// once. The next instruction starts when the last group is taken.

module depthwise
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import picture_pkg::*;
  import depthwise_pkg::*;
(
  input  logic                           clk_i,
  input  logic                           rst_ni,

  input  logic                           start_i,
  input  dw_entry_t                      entry_i,
  output logic                           ready_o,
  output logic                           done_o,

  // Two readers of the scratchpad.
  output logic                     [1:0] sp_rd_valid_o,
  input  logic                     [1:0] sp_rd_ready_i,
  output logic [1:0][ScratchpadAddr-1:0] sp_rd_addr_o,
  input  logic                     [1:0] sp_rsp_valid_i,
  input  logic       [1:0][WordBits-1:0] sp_rsp_data_i,
  output logic                           w_rd_valid_o,
  input  logic                           w_rd_ready_i,
  output logic          [WeightAddr-1:0] w_rd_addr_o,
  input  logic                           w_rsp_valid_i,
  input  logic            [WordBits-1:0] w_rsp_data_i,
  // Never refused: DW goes before all others at its own accumulators.
  output logic                           d_rd_valid_o,
  output logic       [DepthwiseAddr-1:0] d_rd_addr_o,
  input  logic             [RowBits-1:0] d_rsp_data_i,
  output logic                           d_wr_valid_o,
  output logic       [DepthwiseAddr-1:0] d_wr_addr_o,
  output logic             [RowBits-1:0] d_wr_data_o
);

  // Words that a port of the scratchpad has been asked for.
  localparam int unsigned Room      = 8;
  localparam int unsigned RoomWidth = $clog2(Room + 1);
  // With one multiplier a word a cycle is enough.
  localparam bit HasSecond = Multipliers > 1;

  ////////////
  // Starts //
  ////////////

  dw_entry_t entry_q;
  stream_t work;
  window_t window;
  steps_on_chip_t steps;
  logic busy_q, setup_done;

  assign ready_o = !busy_q;
  assign work    = get_stream(entry_q.word);
  assign window  = entry_q.cfg.set_window;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else busy_q <= start_i || (busy_q && !(take && instruction_last));
  end
  always_ff @(posedge clk_i) if (start_i) entry_q <= entry_i;

  picture_setup u_setup (
    .clk_i,
    .rst_ni,
    .start_i,
    .pitch_i (entry_q.cfg.set_pitch),
    .window_i(window),
    .done_o  (setup_done),
    .steps_o (steps)
  );

  // Windows beside each other share columns, if these follow each other and none is left out.
  logic shares_q;
  logic [LoopWidth-1:0] columns_q;
  // Words of a window, and of what the next one leaves behind.
  taps_t taps_q, passed_q;
  always_ff @(posedge clk_i) begin
    shares_q  <= window.dilation_x == '0 && 8'(window.stride_x) <= window.kernel_x;
    columns_q <= LoopWidth'(work.width) * (LoopWidth'(window.stride_x) + LoopWidth'(1)) +
        LoopWidth'(window.kernel_x);
    // Dispatch has seen that there are at most 64.
    taps_q    <= taps_t'((9'(window.kernel_x) + 9'd1) * (9'(window.kernel_y) + 9'd1));
    passed_q  <= taps_t'((9'(window.stride_x) + 9'd1) * (9'(window.kernel_y) + 9'd1));
  end

  /////////////
  // Reading //
  /////////////

  typedef struct packed {
    // Whether there is a second word; whether each is inside the picture.
    logic       has_second;
    logic [1:0] present;
  } tag_t;

  spot_t [1:0] spots;
  logic [Loops-1:0] firsts_unused, lasts_unused;
  logic walking, second_there, step, second, tags_ready, tag_valid, tag_pop;
  logic [1:0] present, asks, port_free, word_valid, words_ready;
  logic [1:0][RoomWidth-1:0] free_q;
  logic [1:0][WordBits-1:0] words;
  logic [RingCount-1:0] room_q, ahead_q;
  tag_t tag, head;

  picture_walker u_walker (
    .clk_i,
    .rst_ni,
    .start_i (setup_done),
    .loops_i ({
      loop_again(12'd0),
      loop_channel(window, entry_q.cfg.set_pitch),
      loop_y(work.height, window, steps),
      loop_x(shares_q ? 12'd0 : work.width, window, steps),
      shares_q ? columns_loop : loop_kx(window, steps),
      loop_ky(window, steps)
    }),
    .first_i     (place_t'(work.source)),
    .valid_o     (walking),
    .step_i      (step),
    .spot_o      (spots[0]),
    .firsts_o    (firsts_unused),
    .lasts_o     (lasts_unused),
    .next_valid_o(second_there),
    .next_step_i (second),
    .next_o      (spots[1])
  );
  loop_t columns_loop;
  always_comb begin
    columns_loop       = loop_kx(window, steps);
    columns_loop.count = columns_q;
  end

  // Two words where there are two, and room for both.
  assign second    = step && HasSecond && second_there;
  assign port_free = ~sp_rd_valid_o | sp_rd_ready_i;
  assign step      = walking && tags_ready && port_free == '1 && free_q[0] != '0 &&
      free_q[1] != '0 && 32'(room_q) >= 32'd2;
  assign asks      = present & {second, step};
  assign tag       = '{has_second: second, present: present};
  always_comb begin
    for (int unsigned i = 0; i < 2; i++) begin
      present[i] = is_inside(window, entry_q.cfg.set_edge, spots[i]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sp_rd_valid_o <= '0;
      free_q        <= {2{RoomWidth'(Room)}};
    end else begin
      sp_rd_valid_o <= asks | (sp_rd_valid_o & ~sp_rd_ready_i);
      for (int unsigned i = 0; i < 2; i++) begin
        free_q[i] <= free_q[i] - RoomWidth'(asks[i]) + RoomWidth'(pops[i]);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < 2; i++) begin
      if (asks[i]) begin
        sp_rd_addr_o[i] <= ScratchpadAddr'(in_ring(entry_q.cfg.set_ring, spots[i].place));
      end
    end
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
  logic [1:0] awaited, pops;
  for (genvar i = 0; i < 2; i++) begin : gen_words
    fifo #(
      .Width(WordBits),
      .Depth(Room)
    ) u_words (
      .clk_i,
      .rst_ni,
      .in_valid_i (sp_rsp_valid_i[i]),
      .in_ready_o (words_ready[i]),
      .in_data_i  (sp_rsp_data_i[i]),
      .out_valid_o(word_valid[i]),
      .out_ready_i(pops[i]),
      .out_data_o (words[i])
    );
  end
  // Into the ring as they were asked for.
  assign awaited = head.present & {head.has_second, 1'b1};
  assign tag_pop = tag_valid && (awaited & ~word_valid) == '0;
  assign pops    = tag_pop ? awaited : '0;

  ////////////
  // Groups //
  ////////////

  // Which group of which window is next. A window that is not the last of its row leaves behind what
  // the next one does not use.
  logic [11:0] x_q, y_q;
  logic [13:0] blocks_left_q;
  group_t group_q;
  taps_t left_q, needed, passes;
  place_in_ring_t window_q;
  logic weights_ready, take, group_last, x_last, y_last, block_last, instruction_last;
  logic [12:0] row_q;
  logic windows_left_q;

  assign needed           = left_q <= taps_t'(Multipliers) ? taps_q :
      taps_q - left_q + taps_t'(Multipliers);
  assign take             = windows_left_q && weights_ready && 32'(ahead_q) >= 32'(needed);
  assign group_last       = left_q <= taps_t'(Multipliers);
  assign x_last           = x_q == work.width;
  assign y_last           = y_q == work.height;
  assign block_last       = group_last && x_last && y_last;
  assign instruction_last = block_last && blocks_left_q == '0;
  assign passes           = !(take && group_last) ? '0 : shares_q && !x_last ? passed_q : taps_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      windows_left_q <= 1'b0;
      room_q         <= RingCount'(RingWords);
      ahead_q        <= '0;
    end else begin
      windows_left_q <= setup_done || (windows_left_q && !(take && instruction_last));
      if (setup_done) begin
        room_q  <= RingCount'(RingWords);
        ahead_q <= '0;
      end else begin
        room_q  <= room_q + RingCount'(passes) - RingCount'(step) - RingCount'(second);
        ahead_q <= ahead_q - RingCount'(passes) + RingCount'(tag_pop) +
            RingCount'(tag_pop && head.has_second);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (setup_done) begin
      {x_q, y_q}    <= '0;
      blocks_left_q <= window.channels;
      group_q       <= '0;
      left_q        <= taps_q;
      window_q      <= '0;
      row_q         <= work.target;
    end else if (take) begin
      group_q <= group_last ? '0 : group_q + group_t'(1);
      left_q  <= group_last ? taps_q : left_q - taps_t'(Multipliers);
      if (group_last) begin
        window_q <= moved(window_q, Splits[passes]);
        row_q    <= row_q + 13'd1;
        x_q      <= x_last ? '0 : x_q + 12'd1;
        if (x_last) y_q <= y_last ? '0 : y_q + 12'd1;
      end
      if (block_last) blocks_left_q <= blocks_left_q - 14'd1;
    end
  end

  // Registered reads: what is taken in t is here in t + 1.
  logic [Multipliers-1:0] word_present;
  logic [Multipliers-1:0][WordBits-1:0] taken, weights;
  logic [WordBits-1:0] zero_points;

  depthwise_ring u_ring (
    .clk_i,
    .rst_ni,
    .start_i     (setup_done),
    .wr_valid_i  ({tag_pop && head.has_second, tag_pop}),
    .wr_present_i(head.present),
    .wr_data_i   (words),
    .rd_en_i     (take),
    .rd_place_i  ('{word: wrapped(32'(window_q.word) + 32'(group_q)), lane: window_q.lane}),
    .rd_present_o(word_present),
    .rd_data_o   (taken)
  );
  depthwise_weights u_weights (
    .clk_i,
    .rst_ni,
    .start_i      (setup_done),
    .addr_i       (work.weights),
    .window_i     (window),
    .weights_i    (entry_q.cfg.set_weights),
    .rd_valid_o   (w_rd_valid_o),
    .rd_ready_i   (w_rd_ready_i),
    .rd_addr_o    (w_rd_addr_o),
    .rsp_valid_i  (w_rsp_valid_i),
    .rsp_data_i   (w_rsp_data_i),
    .ready_o      (weights_ready),
    .taken_i      (take && block_last),
    .en_i         (take),
    .group_i      (group_q),
    .weights_o    (weights),
    .zero_points_o(zero_points)
  );

  ///////////
  // Lanes //
  ///////////

  // 1: words and weights are read. 2: operands. 3: products. 4: sums.
  typedef struct packed {
    logic                     valid;
    logic                     first;
    logic                     last;
    logic                     pads;
    taps_t                    left;
    // The instruction's, which is over when they are used.
    logic                     accumulate;
    logic                     instruction_last;
    logic [DepthwiseAddr-1:0] row;
  } stage_t;

  stage_t stage1_q, stage2_q, stage3_q;
  logic signed [Multipliers-1:0][Lanes-1:0][8:0] a2_q, w2_q;
  logic signed [Multipliers-1:0][Lanes-1:0][17:0] product_q;
  logic [Lanes-1:0][31:0] sum_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stage1_q <= '0;
      stage2_q <= '0;
      stage3_q <= '0;
    end else begin
      stage1_q <= '{valid: take, first: group_q == '0, last: group_last,
                    pads: blocks_left_q == '0, left: left_q, accumulate: work.accumulate,
                    instruction_last: instruction_last, row: DepthwiseAddr'(row_q)};
      stage2_q <= stage1_q;
      stage3_q <= stage2_q;
    end
  end

  // As the array's operands: 9 bits, less the zero point; 0 outside.
  function automatic logic [8:0] extended(logic [7:0] value, logic is_unsigned);
    return {!is_unsigned && value[7], value};
  endfunction
  always_ff @(posedge clk_i) if (stage1_q.valid) begin
    lane_weights_t config_weights;
    config_weights = entry_q.cfg.set_weights;
    for (int unsigned m = 0; m < Multipliers; m++) begin
      for (int unsigned j = 0; j < Lanes; j++) begin
        a2_q[m][j] <= word_present[m] && m < 32'(stage1_q.left) ?
            extended(taken[m][8*j+:8], work.unsigned_input) - work.zero_point : 9'd0;
        w2_q[m][j] <= stage1_q.pads && j + 32'(config_weights.pad_n) >= Lanes ? 9'd0 :
            extended(weights[m][8*j+:8], config_weights.unsigned_weights) -
                (config_weights.zero_points ?
                     extended(zero_points[8*j+:8], config_weights.unsigned_weights) : 9'd0);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (stage2_q.valid) begin
      for (int unsigned m = 0; m < Multipliers; m++) begin
        for (int unsigned j = 0; j < Lanes; j++) begin
          product_q[m][j] <= 18'($signed(a2_q[m][j])) * 18'($signed(w2_q[m][j]));
        end
      end
    end
    if (stage3_q.valid) begin
      for (int unsigned j = 0; j < Lanes; j++) begin
        logic [31:0] sum;
        sum = stage3_q.first ? 32'd0 : sum_q[j];
        for (int unsigned m = 0; m < Multipliers; m++) sum = sum + 32'($signed(product_q[m][j]));
        sum_q[j] <= sum;
      end
    end
  end

  //////////////////
  // Accumulators //
  //////////////////

  // The row is asked for with the last group's products, and here `MemoryRead` cycles later; the sums
  // wait for it.
  typedef struct packed {
    logic                     valid;
    logic                     accumulate;
    logic                     instruction_last;
    logic [DepthwiseAddr-1:0] row;
  } sum_t;
  sum_t [MemoryRead-1:0] row_stage_q;
  logic [MemoryRead-2:0][RowBits-1:0] late_q;
  sum_t add;
  logic last_q;
  logic [MemoryRead-1:0] rows_there;
  always_comb begin
    for (int unsigned i = 0; i < MemoryRead; i++) rows_there[i] = row_stage_q[i].valid;
  end

  assign d_rd_valid_o = stage3_q.valid && stage3_q.last && stage3_q.accumulate;
  assign d_rd_addr_o  = stage3_q.row;
  assign add          = row_stage_q[MemoryRead-1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      row_stage_q  <= '0;
      d_wr_valid_o <= 1'b0;
      last_q       <= 1'b0;
      done_o       <= 1'b0;
    end else begin
      row_stage_q  <= {row_stage_q[MemoryRead-2:0], sum_t'{
          valid: stage3_q.valid && stage3_q.last,
          accumulate: stage3_q.accumulate,
          instruction_last: stage3_q.instruction_last,
          row: stage3_q.row
      }};
      d_wr_valid_o <= add.valid;
      last_q       <= add.valid && add.instruction_last;
      done_o       <= last_q;
    end
  end
  always_ff @(posedge clk_i) begin
    if (rows_there != '0) late_q <= {late_q[MemoryRead-3:0], sum_q};
    d_wr_addr_o <= add.row;
    if (add.valid) begin
      for (int unsigned j = 0; j < Lanes; j++) begin
        d_wr_data_o[32*j+:32] <= late_q[MemoryRead-2][32*j+:32] +
            (add.accumulate ? d_rsp_data_i[32*j+:32] : 32'd0);
      end
    end
  end

  WordRoom: assert property (@(posedge clk_i) disable iff (!rst_ni)
      (sp_rsp_valid_i & ~words_ready) == '0);
  // No window leaves words behind that are not in the ring.
  Filled: assert property (@(posedge clk_i) disable iff (!rst_ni)
      take |-> 32'(ahead_q) >= 32'(passes));

endmodule
