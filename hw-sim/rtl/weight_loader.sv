// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Brings the weights of one mm after the other to the array: zero points and tiles of every column
// block, in the order in which they lie in the weight memory.
//
// Words are read ahead into a queue. When one goes on is decided `Delay` cycles before it does, on the
// time of the streamer's steps, whose operands reach the array that much later: so the next tile fills
// the shadow from the cycle on in which the one before is taken over.

module weight_loader
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
#(
  // From a step of the streamer to its operands at the array.
  parameter  int unsigned Delay    = 5,
  localparam int unsigned RowWidth = $clog2(Lanes)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  input  logic                         start_i,
  input  mm_entry_t                    entry_i,
  // All words of the instruction before have been asked for.
  output logic                         ready_o,

  // Never refused: MM goes before all others.
  output logic                         rd_valid_o,
  output logic        [WeightAddr-1:0] rd_addr_o,
  input  logic                         rsp_valid_i,
  input  logic          [WordBits-1:0] rsp_data_i,

  // The streamer takes the tile that the shadow will hold.
  output logic                         tile_ready_o,
  input  logic                         tile_take_i,

  output logic                         weights_valid_o,
  output logic          [RowWidth-1:0] weights_row_o,
  output logic signed [Lanes-1:0][8:0] weights_o
);

  // How a word is to be read.
  typedef struct packed {
    logic       is_zero_points;
    logic       has_zero_points;
    logic       is_unsigned;
    logic [5:0] pad;
  } tag_t;

  /////////////
  // Reading //
  /////////////

  localparam int unsigned FreeWidth = $clog2(WeightQueue + 1);

  stream_t work;
  window_t window_q;
  array_weights_t weights_q;
  logic reading_q, zero_next_q, read;
  logic [RowWidth-1:0] lane_q;
  logic [13:0] channel_q;
  logic [7:0] kx_q, ky_q;
  logic [11:0] column_q;
  logic [19:0] addr_q, zero_addr_q;
  logic lane_last, channel_last, kx_last, ky_last, column_last;
  logic [FreeWidth-1:0] free_q;
  tag_t tag;

  assign work         = get_stream(entry_i.word);
  assign ready_o      = !reading_q;
  assign lane_last    = 32'(lane_q) == Lanes - 1;
  assign channel_last = lane_last && channel_q == window_q.channels;
  assign kx_last      = channel_last && kx_q == window_q.kernel_x;
  assign ky_last      = kx_last && ky_q == window_q.kernel_y;
  assign column_last  = column_q == weights_q.columns;
  assign read         = reading_q && free_q != '0;
  assign tag          = '{
      is_zero_points: zero_next_q,
      has_zero_points: weights_q.zero_points,
      is_unsigned: weights_q.unsigned_weights,
      pad: column_last ? weights_q.pad_n : 6'd0
  };

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reading_q  <= 1'b0;
      rd_valid_o <= 1'b0;
    end else begin
      if (start_i) reading_q <= 1'b1;
      else if (read && !zero_next_q && ky_last && column_last) reading_q <= 1'b0;
      rd_valid_o <= read;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      window_q    <= entry_i.cfg.set_window;
      weights_q   <= entry_i.cfg.set_weights;
      zero_next_q <= entry_i.cfg.set_weights.zero_points;
      addr_q      <= work.weights;
      zero_addr_q <= entry_i.cfg.set_weights.zero_point_word;
      lane_q      <= '0;
      channel_q   <= '0;
      kx_q        <= '0;
      ky_q        <= '0;
      column_q    <= '0;
    end else if (read && zero_next_q) begin
      zero_next_q <= 1'b0;
      zero_addr_q <= zero_addr_q + 20'd1;
    end else if (read) begin
      addr_q <= addr_q + 20'd1;
      lane_q <= lane_last ? '0 : lane_q + 1'b1;
      if (lane_last) channel_q <= channel_last ? '0 : channel_q + 14'd1;
      if (channel_last) kx_q <= kx_last ? '0 : kx_q + 8'd1;
      if (kx_last) ky_q <= ky_last ? '0 : ky_q + 8'd1;
      if (ky_last) begin
        column_q    <= column_q + 12'd1;
        zero_next_q <= weights_q.zero_points;
      end
    end
    rd_addr_o <= WeightAddr'(zero_next_q ? zero_addr_q : addr_q);
  end

  ////////////
  // Queues //
  ////////////

  // Of every word that was asked for; the word itself comes `MemoryRead` cycles behind its request.
  tag_t head;
  logic tags_ready, tag_valid, pass, words_ready, word_valid, word_pop;
  logic [WordBits-1:0] word;

  fifo #(
    .Width($bits(tag_t)),
    .Depth(WeightQueue)
  ) u_tags (
    .clk_i,
    .rst_ni,
    .in_valid_i (read),
    .in_ready_o (tags_ready),
    .in_data_i  (tag),
    .out_valid_o(tag_valid),
    .out_ready_i(pass),
    .out_data_o (head)
  );
  fifo #(
    .Width(WordBits),
    .Depth(WeightQueue)
  ) u_words (
    .clk_i,
    .rst_ni,
    .in_valid_i (rsp_valid_i),
    .in_ready_o (words_ready),
    .in_data_i  (rsp_data_i),
    .out_valid_o(word_valid),
    .out_ready_i(word_pop),
    .out_data_o (word)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) free_q <= FreeWidth'(WeightQueue);
    else free_q <= free_q - FreeWidth'(read) + FreeWidth'(word_pop);
  end

  ////////////
  // Shadow //
  ////////////

  // On the time of the streamer's steps.
  logic full_q, full;
  logic [RowWidth-1:0] row_q;

  assign tile_ready_o = full_q;
  assign full         = full_q && !tile_take_i;
  assign pass         = tag_valid && !full;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      full_q <= 1'b0;
      row_q  <= '0;
    end else begin
      full_q <= full || (pass && !head.is_zero_points && 32'(row_q) == Lanes - 1);
      if (pass && !head.is_zero_points) row_q <= 32'(row_q) == Lanes - 1 ? '0 : row_q + 1'b1;
    end
  end

  // On the time of the array: what was decided `Delay` cycles before.
  typedef struct packed {
    logic                valid;
    logic [RowWidth-1:0] row;
    tag_t                tag;
  } write_t;
  write_t [Delay-1:0] write_q;
  write_t write;
  logic [WordBits-1:0] zero_points_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_q <= '0;
    else write_q <= {write_q[Delay-2:0], {pass, row_q, head}};
  end
  assign write           = write_q[Delay-1];
  assign word_pop        = write.valid;
  assign weights_valid_o = write.valid && !write.tag.is_zero_points;
  assign weights_row_o   = write.row;

  always_ff @(posedge clk_i) if (write.valid && write.tag.is_zero_points) zero_points_q <= word;

  always_comb begin
    for (int unsigned j = 0; j < Lanes; j++) begin
      logic [8:0] value, zero_point;
      value = {!write.tag.is_unsigned && word[8*j+7], word[8*j+:8]};
      zero_point = {!write.tag.is_unsigned && zero_points_q[8*j+7], zero_points_q[8*j+:8]};
      weights_o[j] = value - (write.tag.has_zero_points ? zero_point : 9'd0);
      if (j + 32'(write.tag.pad) >= Lanes) weights_o[j] = '0;
    end
  end

  // A word is there when it is its turn.
  InTime: assert property (@(posedge clk_i) disable iff (!rst_ni) word_pop |-> word_valid);
  TagRoom: assert property (@(posedge clk_i) disable iff (!rst_ni) read |-> tags_ready);
  WordRoom: assert property (@(posedge clk_i) disable iff (!rst_ni) rsp_valid_i |-> words_ready);

endmodule
