// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ST: copies runs from the scratchpad or accumulators to DRAM. Words are read ahead as long as there
// is room for them, packed to beats, and sent to the memory controller; the request follows its last
// beat. An instruction is done when its last write is.

module store
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,

  input  logic                        start_i,
  input  st_entry_t                   entry_i,
  output logic                        ready_o,
  output logic                        done_o,

  // Scratchpad, accumulators, DW's accumulators, in the order of `store_source_e`.
  output logic                  [2:0] rd_valid_o,
  input  logic                  [2:0] rd_ready_i,
  output logic                 [20:0] rd_addr_o,
  input  logic                  [2:0] rsp_valid_i,
  input  logic         [WordBits-1:0] rsp_word_i,
  input  logic     [1:0][RowBits-1:0] rsp_rows_i,

  output logic                        req_valid_o,
  input  logic                        req_ready_i,
  output dram_request_t               req_o,
  // A beat of the next request, and which of its bytes count.
  output logic                        beat_valid_o,
  output logic      [8*DramWidth-1:0] beat_data_o,
  output logic        [DramWidth-1:0] beat_strobe_o,
  input  logic                        written_i
);

  localparam int unsigned EndWidth   = $clog2(Lanes + 1);
  localparam int unsigned FreeWidth  = $clog2(StoreWords + 1);
  localparam int unsigned Log2Width  = $clog2(DramWidth);
  localparam int unsigned RowBeats   = DramRowBytes / DramWidth;
  localparam int unsigned StartWidth = $clog2(DramWidth) > 0 ? $clog2(DramWidth) : 1;

  //////////
  // Runs //
  //////////

  store_t work;
  store_source_e from_q;
  logic [22:0] length_q;
  logic walker_ready, run_valid, run_pop, run_last, drams_ready;
  logic [47:0] run_dram;
  logic [20:0] run_chip;
  logic [FreeWidth-1:0] free_q;

  assign work    = get_store(entry_i.word);
  // Answers of two memories would not come in order.
  assign ready_o = walker_ready && !reading_q && rd_valid_o == '0 &&
      (work.from == from_q || free_q == FreeWidth'(StoreWords));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) from_q <= STORE_SOURCE_SCRATCHPAD;
    else if (start_i) from_q <= work.from;
  end
  always_ff @(posedge clk_i) if (start_i) length_q <= work.length;

  run_walker u_walker (
    .clk_i,
    .rst_ni,
    .start_i,
    .ready_o    (walker_ready),
    .linear_i   (work.linear),
    .shape_i    (entry_i.cfg.set_shape),
    .steps_i    (entry_i.cfg.set_steps),
    .strides_i  (entry_i.cfg.set_strides),
    .dram_i     (entry_i.base + 48'(work.offset)),
    .chip_i     (21'(work.source)),
    .run_valid_o(run_valid),
    .run_ready_i(run_pop),
    .run_dram_o (run_dram),
    .run_chip_o (run_chip),
    .run_last_o (run_last)
  );

  /////////////
  // Reading //
  /////////////

  typedef struct packed {
    logic                  last;
    logic [StartWidth-1:0] start;
    logic [1:0]            quarter;
    logic [EndWidth-1:0]   bytes;
  } tag_t;

  // Within a run: bytes that are left, the unit, the word of an accumulator row.
  logic reading_q, read, word_last;
  logic [23:0] left_q;
  logic [20:0] chip_q;
  logic [1:0] quarter_q;
  logic [StartWidth-1:0] start_q;
  logic tags_ready;
  tag_t tag;

  assign run_pop   = run_valid && !reading_q && drams_ready;
  assign word_last = 32'(left_q) <= Lanes;
  assign read      = reading_q && free_q != '0 && tags_ready &&
      (rd_valid_o == '0 || (rd_valid_o & rd_ready_i) != '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reading_q  <= 1'b0;
      rd_valid_o <= '0;
    end else begin
      if (run_pop) reading_q <= 1'b1;
      else if (read && word_last) reading_q <= 1'b0;
      if (read) rd_valid_o <= 3'd1 << from_q;
      else rd_valid_o <= rd_valid_o & ~rd_ready_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (run_pop) begin
      left_q             <= 24'(length_q) + 24'd1;
      chip_q             <= run_chip;
      quarter_q          <= '0;
      start_q            <= Log2Width == 0 ? '0 : StartWidth'(run_dram);
    end else if (read) begin
      left_q    <= left_q - 24'(Lanes);
      quarter_q <= quarter_q + 2'd1;
      if (from_q == STORE_SOURCE_SCRATCHPAD || quarter_q == 2'd3) chip_q <= chip_q + 21'd1;
    end
    if (read) rd_addr_o <= chip_q;
  end

  fifo #(
    .Width($bits(tag_t)),
    .Depth(StoreWords)
  ) u_tags (
    .clk_i,
    .rst_ni,
    .in_valid_i (read),
    .in_ready_o (tags_ready),
    .in_data_i  ({word_last, start_q, quarter_q, word_last ? EndWidth'(left_q) : EndWidth'(Lanes)}),
    .out_valid_o(tag_valid),
    .out_ready_i(word_pop),
    .out_data_o (tag)
  );

  /////////////
  // Packing //
  /////////////

  logic tag_valid, words_ready, words_valid, word_valid, word_pop, packer_ready;
  logic [RowBits-1:0] row, answer;
  logic [WordBits-1:0] word;

  always_comb begin
    row = RowBits'(rsp_word_i);
    if (rsp_valid_i[STORE_SOURCE_ACCUMULATORS]) row = rsp_rows_i[0];
    if (rsp_valid_i[STORE_SOURCE_DEPTHWISE]) row = rsp_rows_i[1];
  end
  fifo #(
    .Width(RowBits),
    .Depth(StoreWords)
  ) u_words (
    .clk_i,
    .rst_ni,
    .in_valid_i (rsp_valid_i != '0),
    .in_ready_o (words_ready),
    .in_data_i  (row),
    .out_valid_o(words_valid),
    .out_ready_i(word_pop),
    .out_data_o (answer)
  );
  // Words that were asked for from the scratchpad stand lowest; quarters count only in rows.
  assign word       = answer[32'(quarter)*WordBits+:WordBits];
  assign quarter    = from_scratchpad_q ? 2'd0 : tag.quarter;
  assign word_valid = words_valid && tag_valid;
  assign word_pop   = word_valid && packer_ready;

  logic from_scratchpad_q;
  logic [1:0] quarter;
  always_ff @(posedge clk_i) from_scratchpad_q <= from_q == STORE_SOURCE_SCRATCHPAD;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) free_q <= FreeWidth'(StoreWords);
    else free_q <= free_q - FreeWidth'(read) + FreeWidth'(word_pop);
  end

  logic beat_valid, beat_pop, beat_last;
  logic [8*DramWidth-1:0] beat;
  logic [StartWidth-1:0] beat_start;
  logic [$clog2(DramWidth+1)-1:0] beat_end;

  byte_packer #(
    .InBytes (Lanes),
    .OutBytes(DramWidth)
  ) u_packer (
    .clk_i,
    .rst_ni,
    .in_valid_i (word_valid),
    .in_ready_o (packer_ready),
    .in_data_i  (word),
    .in_skip_i  ('0),
    .in_bytes_i (tag.bytes),
    .in_last_i  (tag.last),
    .in_start_i (tag.start),
    .out_valid_o(beat_valid),
    .out_ready_i(beat_pop),
    .out_data_o (beat),
    .out_start_o(beat_start),
    .out_end_o  (beat_end),
    .out_last_o (beat_last)
  );

  //////////////
  // Requests //
  //////////////

  typedef struct packed {
    logic        last;
    logic [47:0] dram;
  } dram_t;

  dram_t target;
  logic target_valid, target_pop, inside_q, request_end, lasts_ready;
  logic [47:0] addr, addr_q;
  logic [4:0] beats_q, beats;
  logic row_end;
  logic [DramWidth-1:0] strobe;

  fifo #(
    .Width($bits(dram_t)),
    .Depth(TransferRuns)
  ) u_drams (
    .clk_i,
    .rst_ni,
    .in_valid_i (run_pop),
    .in_ready_o (drams_ready),
    .in_data_i  ({run_last, run_dram}),
    .out_valid_o(target_valid),
    .out_ready_i(target_pop),
    .out_data_o (target)
  );

  always_comb begin
    for (int unsigned i = 0; i < DramWidth; i++) begin
      strobe[i] = i >= 32'(beat_start) && i < 32'(beat_end);
    end
  end

  // `addr` is that of the beat; `beats` counts it.
  assign addr        = inside_q ? addr_q : (target.dram >> Log2Width) << Log2Width;
  assign beats       = beats_q + 5'd1;
  assign row_end     = (addr >> Log2Width) % 48'(RowBeats) == 48'(RowBeats) - 48'd1;
  assign request_end = beat_last || row_end || 32'(beats) == MaxBeats;
  assign beat_pop    = beat_valid && target_valid &&
      (!request_end || ((!req_valid_o || req_ready_i) && lasts_ready));
  assign target_pop  = beat_pop && beat_last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q     <= 1'b0;
      beats_q      <= '0;
      req_valid_o  <= 1'b0;
      beat_valid_o <= 1'b0;
    end else begin
      if (beat_pop) begin
        inside_q <= !beat_last;
        beats_q  <= request_end ? '0 : beats;
      end
      req_valid_o  <= (beat_pop && request_end) || (req_valid_o && !req_ready_i);
      beat_valid_o <= beat_pop;
    end
  end
  always_ff @(posedge clk_i) begin
    if (beat_pop) begin
      addr_q        <= addr + 48'(DramWidth);
      beat_data_o   <= beat;
      beat_strobe_o <= strobe;
      if (request_end) req_o <= '{addr: addr - (48'(beats_q) << Log2Width), beats: beats};
    end
  end

  //////////
  // Done //
  //////////

  logic last_valid, is_last;

  // Of each request under way: whether the instruction ends with it.
  fifo #(
    .Width(1),
    .Depth(DramOutstanding + 4)
  ) u_lasts (
    .clk_i,
    .rst_ni,
    .in_valid_i (beat_pop && request_end),
    .in_ready_o (lasts_ready),
    .in_data_i  (beat_last && target.last),
    .out_valid_o(last_valid),
    .out_ready_i(written_i),
    .out_data_o (is_last)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) done_o <= 1'b0;
    else done_o <= written_i && is_last;
  end

  // Every write is known; there is room for every word.
  Known: assert property (@(posedge clk_i) disable iff (!rst_ni) written_i |-> last_valid);
  Room: assert property (@(posedge clk_i) disable iff (!rst_ni)
      rsp_valid_i != '0 |-> words_ready);

endmodule
