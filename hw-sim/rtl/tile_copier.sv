// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ld.tiles: words of the scratchpad become words of weight tiles, one a cycle, transposed or not.
//
// R rows of one block are a tile. Byte n of row k is kept in memory (n + k) mod R at place k, so that
// a row, and also a column, is one access to each of the R memories. Two tiles fit: one is read in
// while the other is written out.

module tile_copier
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      start_i,
  input  load_tiles_t               work_i,
  input  tile_pitch_t               pitch_i,
  output logic                      idle_o,

  output logic                      rd_valid_o,
  input  logic                      rd_ready_i,
  output logic [ScratchpadAddr-1:0] rd_addr_o,
  input  logic                      rsp_valid_i,
  input  logic       [WordBits-1:0] rsp_data_i,

  output logic                      word_valid_o,
  input  logic                      word_ready_i,
  output logic               [20:0] word_addr_o,
  output logic       [WordBits-1:0] word_data_o,
  // Of the instruction.
  output logic                      word_last_o
);

  localparam int unsigned LaneWidth = $clog2(Lanes);
  typedef logic [LaneWidth-1:0] lane_t;
  localparam lane_t LastLane = lane_t'(Lanes - 1);

  load_tiles_t work_q;
  tile_pitch_t pitch_q;

  function automatic lane_t next(lane_t lane);
    return lane == LastLane ? '0 : lane + 1'b1;
  endfunction
  // (a + b) mod R, (a - b) mod R.
  function automatic lane_t sum(lane_t a, lane_t b);
    logic [LaneWidth:0] wide = (LaneWidth + 1)'(a) + (LaneWidth + 1)'(b);
    return 32'(wide) >= Lanes ? lane_t'(32'(wide) - Lanes) : lane_t'(wide);
  endfunction
  function automatic lane_t difference(lane_t a, lane_t b);
    return a >= b ? a - b : lane_t'(32'(a) + Lanes - 32'(b));
  endfunction

  /////////////
  // Reading //
  /////////////

  // Place in the source: lane in the tile, block, rows that are left from the tile's first on.
  logic reading_q, fill_now, step, tile_read;
  lane_t lane_q;
  logic [11:0] block_q;
  logic [16:0] rows_left_q;
  logic [20:0] row_addr_q, block_addr_q, tile_addr_q;
  logic last_block;
  // Tiles that stand in the memories as a whole; tiles that have a place there. At most two.
  logic [1:0] full_q, claimed_q;
  logic claim, tile_written;

  assign last_block = block_q == work_q.blocks;
  // A row that does not exist is not read.
  assign fill_now   = 17'(lane_q) >= rows_left_q;
  assign step       = reading_q && (lane_q != '0 || claimed_q != 2'd2) && (!rd_valid_o || rd_ready_i);
  assign claim      = step && lane_q == '0;
  assign tile_read  = step && lane_q == LastLane;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reading_q  <= 1'b0;
      rd_valid_o <= 1'b0;
    end else begin
      if (start_i) reading_q <= 1'b1;
      else if (tile_read && last_block && rows_left_q <= 17'(Lanes)) reading_q <= 1'b0;
      rd_valid_o <= (step && !fill_now) || (rd_valid_o && !rd_ready_i);
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      work_q       <= work_i;
      pitch_q      <= pitch_i;
      lane_q       <= '0;
      block_q      <= '0;
      rows_left_q  <= 17'(work_i.rows) + 17'd1;
      row_addr_q   <= 21'(work_i.source);
      block_addr_q <= 21'(work_i.source);
      tile_addr_q  <= 21'(work_i.source);
    end else if (step) begin
      rd_addr_o  <= ScratchpadAddr'(row_addr_q);
      lane_q     <= next(lane_q);
      row_addr_q <= row_addr_q + pitch_q.row;
      if (tile_read) begin
        block_q      <= last_block ? '0 : block_q + 12'd1;
        block_addr_q <= block_addr_q + pitch_q.block;
        row_addr_q   <= block_addr_q + pitch_q.block;
        if (last_block) begin
          rows_left_q  <= rows_left_q - 17'(Lanes);
          tile_addr_q  <= tile_addr_q + 21'(Lanes) * pitch_q.row;
          block_addr_q <= tile_addr_q + 21'(Lanes) * pitch_q.row;
          row_addr_q   <= tile_addr_q + 21'(Lanes) * pitch_q.row;
        end
      end
    end
  end

  // What arrives, in order: whether it is a row that does not exist.
  logic tag_valid, tag_pop, tag_fill, tag_ready, arrive;
  fifo #(
    .Width(1),
    .Depth(2 * Lanes)
  ) u_tags (
    .clk_i,
    .rst_ni,
    .in_valid_i (step),
    .in_ready_o (tag_ready),
    .in_data_i  (fill_now),
    .out_valid_o(tag_valid),
    .out_ready_i(tag_pop),
    .out_data_o (tag_fill)
  );
  assign arrive  = tag_valid && (tag_fill || word_in_valid);
  assign tag_pop = arrive;

  logic word_in_valid, word_in_ready;
  logic [WordBits-1:0] word_in;
  fifo #(
    .Width(WordBits),
    .Depth(2 * Lanes)
  ) u_words (
    .clk_i,
    .rst_ni,
    .in_valid_i (rsp_valid_i),
    .in_ready_o (word_in_ready),
    .in_data_i  (rsp_data_i),
    .out_valid_o(word_in_valid),
    .out_ready_i(arrive && !tag_fill),
    .out_data_o (word_in)
  );

  ////////////
  // Memory //
  ////////////

  lane_t in_lane_q, out_lane_q;
  logic in_half_q, out_half_q;
  logic [WordBits-1:0] in_word, in_turned, out_turned, out_word;
  logic fetch, fetch_last;
  logic fetched_q, fetched_last_q;
  lane_t fetched_lane_q;

  assign in_word = tag_fill ? {Lanes{work_q.fill}} : word_in;
  always_comb begin
    in_turned = '0;
    for (int unsigned n = 0; n < Lanes; n++) begin
      in_turned[8*32'(sum(lane_t'(n), in_lane_q))+:8] = in_word[8*n+:8];
    end
  end

  for (genvar b = 0; b < Lanes; b++) begin : gen_memory
    lane_t place;
    // Of a column: the row whose byte stands in this memory.
    assign place = work_q.transpose ? difference(lane_t'(b), out_lane_q) : out_lane_q;
    mem_1r1w #(
      .Width(8),
      .Depth(2 * Lanes)
    ) u_mem (
      .clk_i,
      .rd_en_i  (fetch),
      .rd_addr_i(out_half_q ? (LaneWidth + 1)'(32'(place) + Lanes) : (LaneWidth + 1)'(place)),
      .rd_data_o(out_turned[8*b+:8]),
      .wr_en_i  (arrive),
      .wr_addr_i(in_half_q ? (LaneWidth + 1)'(32'(in_lane_q) + Lanes) :
                             (LaneWidth + 1)'(in_lane_q)),
      .wr_data_i(in_turned[8*b+:8])
    );
  end

  always_comb begin
    for (int unsigned n = 0; n < Lanes; n++) begin
      out_word[8*n+:8] = out_turned[8*32'(sum(lane_t'(n), fetched_lane_q))+:8];
    end
  end

  /////////////
  // Writing //
  /////////////

  logic [11:0] out_block_q;
  logic [16:0] out_rows_left_q;
  logic [20:0] word_addr_q, out_block_addr_q, out_tile_addr_q;
  logic out_last_block;

  assign out_last_block = out_block_q == work_q.blocks;
  assign fetch          = full_q != 2'd0 && (!fetched_q || word_ready_i);
  assign fetch_last     = out_lane_q == LastLane && out_last_block && out_rows_left_q <= 17'(Lanes);
  assign tile_written   = fetch && out_lane_q == LastLane;
  assign word_valid_o   = fetched_q;
  assign word_data_o    = out_word;
  assign word_addr_o    = word_addr_q;
  assign word_last_o    = fetched_last_q;
  assign idle_o         = !reading_q && claimed_q == 2'd0 && !fetched_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      in_lane_q  <= '0;
      in_half_q  <= 1'b0;
      out_lane_q <= '0;
      out_half_q <= 1'b0;
      full_q     <= '0;
      claimed_q  <= '0;
      fetched_q  <= 1'b0;
    end else begin
      if (arrive) begin
        in_lane_q <= next(in_lane_q);
        if (in_lane_q == LastLane) in_half_q <= !in_half_q;
      end
      claimed_q <= claimed_q + 2'(claim) - 2'(tile_written);
      full_q    <= full_q + 2'(arrive && in_lane_q == LastLane) - 2'(tile_written);
      if (fetch) begin
        out_lane_q <= next(out_lane_q);
        if (out_lane_q == LastLane) out_half_q <= !out_half_q;
      end
      fetched_q <= fetch || (fetched_q && !word_ready_i);
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      out_block_q      <= '0;
      out_rows_left_q  <= 17'(work_i.rows) + 17'd1;
      out_block_addr_q <= 21'(work_i.target);
      out_tile_addr_q  <= 21'(work_i.target);
    end else if (tile_written) begin
      out_block_q      <= out_last_block ? '0 : out_block_q + 12'd1;
      out_block_addr_q <= out_block_addr_q + 21'(Lanes) * 21'(pitch_q.block_tile);
      if (out_last_block) begin
        out_rows_left_q  <= out_rows_left_q - 17'(Lanes);
        out_tile_addr_q  <= out_tile_addr_q + 21'(Lanes) * 21'(pitch_q.row_tile);
        out_block_addr_q <= out_tile_addr_q + 21'(Lanes) * 21'(pitch_q.row_tile);
      end
    end
    if (fetch) begin
      word_addr_q    <= out_block_addr_q + 21'(out_lane_q);
      fetched_last_q <= fetch_last;
      fetched_lane_q <= out_lane_q;
    end
  end

  // There is room for what was asked for.
  TagRoom: assert property (@(posedge clk_i) disable iff (!rst_ni) step |-> tag_ready);
  WordRoom: assert property (@(posedge clk_i) disable iff (!rst_ni)
      rsp_valid_i |-> word_in_ready);

endmodule
