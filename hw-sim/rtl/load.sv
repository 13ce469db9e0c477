// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LD: the instructions `ld`, `ld.tiles` and `ld.window`. Its two ends work apart: the next
// instructions ask DRAM while answers to earlier ones come in. One writer serves all three; it begins
// the next instruction while the last writes of the one before are not acknowledged, and ends it when
// they are.

module load
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                        clk_i,
  input  logic                        rst_ni,

  input  logic                        start_i,
  input  ld_entry_t                   entry_i,
  // May start what is in `entry_i`.
  output logic                        ready_o,
  output logic                        done_o,

  output logic                        req_valid_o,
  input  logic                        req_ready_i,
  output dram_request_t               req_o,
  input  logic                        beat_valid_i,
  input  logic      [8*DramWidth-1:0] beat_data_i,

  // The scratchpad, for tiles.
  output logic                        rd_valid_o,
  input  logic                        rd_ready_i,
  output logic   [ScratchpadAddr-1:0] rd_addr_o,
  input  logic                        rsp_valid_i,
  input  logic         [WordBits-1:0] rsp_data_i,

  // Scratchpad, weights, parameters, accumulators, in the order of `load_target_e`.
  output logic                  [3:0] wr_valid_o,
  input  logic                  [3:0] wr_ready_i,
  output logic                 [20:0] wr_addr_o,
  output logic          [RowBits-1:0] wr_data_o,
  input  logic                  [3:0] wr_done_i
);

  localparam int unsigned EndWidth = $clog2(Lanes + 1);

  ////////////
  // Starts //
  ////////////

  load_t work;
  logic walker_ready, copy_start, tiles_start, is_tiles, windows_start_q, is_window, is_alone;
  // Nothing of it is under way.
  logic tiles_idle, windows_idle, writer_idle;
  ld_entry_t windows_q;
  // Instructions whose runs have not all been written.
  logic [7:0] copies_q;
  load_target_e to_q;
  logic [7:0] fill_q;
  logic [22:0] length_q;

  assign work        = get_load(entry_i.word);
  assign is_tiles    = entry_i.word[5:0] == OPCODE_LOAD_TILES;
  assign is_window   = entry_i.word[5:0] == OPCODE_LOAD_WINDOW;
  // Tiles may read what earlier instructions write, and no other load runs meanwhile; windows have the
  // reader for themselves.
  assign is_alone    = is_tiles || is_window;
  assign ready_o     = walker_ready && tiles_idle && windows_idle && !windows_start_q &&
      (!is_alone || (copies_q == 8'd0 && writer_idle));
  assign copy_start  = start_i && !is_alone;
  assign tiles_start = start_i && is_tiles;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) windows_start_q <= 1'b0;
    else windows_start_q <= start_i && is_window;
  end
  always_ff @(posedge clk_i) begin
    if (start_i && is_window) windows_q <= entry_i;
    if (copy_start) begin
      to_q     <= work.to;
      fill_q   <= work.fill;
      length_q <= work.length;
    end
  end

  //////////
  // Runs //
  //////////

  typedef struct packed {
    logic         last;
    load_target_e to;
    logic [7:0]   fill;
    logic [20:0]  chip;
  } run_t;

  logic run_valid, run_ready, reader_ready, chips_ready, run_last;
  logic [47:0] run_dram;
  logic [20:0] run_chip;
  run_t head;
  logic head_valid, head_pop;

  assign run_ready = reader_ready && chips_ready;

  run_walker u_walker (
    .clk_i,
    .rst_ni,
    .start_i    (copy_start),
    .ready_o    (walker_ready),
    .linear_i   (work.linear),
    .shape_i    (entry_i.cfg.set_shape),
    .steps_i    (entry_i.cfg.set_steps),
    .strides_i  (entry_i.cfg.set_strides),
    .dram_i     (entry_i.base + 48'(work.offset)),
    .chip_i     (21'(work.target)),
    .run_valid_o(run_valid),
    .run_ready_i(run_ready),
    .run_dram_o (run_dram),
    .run_chip_o (run_chip),
    .run_last_o (run_last)
  );
  fifo #(
    .Width($bits(run_t)),
    .Depth(TransferRuns)
  ) u_chips (
    .clk_i,
    .rst_ni,
    .in_valid_i (run_valid && reader_ready),
    .in_ready_o (chips_ready),
    .in_data_i  ({run_last, to_q, fill_q, run_chip}),
    .out_valid_o(head_valid),
    .out_ready_i(head_pop),
    .out_data_o (head)
  );

  logic unit_valid, unit_ready, unit_last;
  logic [WordBits-1:0] unit_data;
  logic [EndWidth-1:0] unit_end;

  run_reader #(
    .UnitBytes  (Lanes),
    .Beats      (LoadBeats),
    .LengthWidth(24),
    .Runs       (TransferRuns)
  ) u_reader (
    .clk_i,
    .rst_ni,
    .run_valid_i (windows_idle ? run_valid && chips_ready : line_valid),
    .run_ready_o (reader_ready),
    .run_addr_i  (windows_idle ? run_dram : line_dram),
    .run_length_i(windows_idle ? 24'(length_q) + 24'd1 : line_length),
    .req_valid_o,
    .req_ready_i,
    .req_o,
    .beat_valid_i,
    .beat_data_i,
    .unit_valid_o(unit_valid),
    .unit_ready_i(windows_idle ? unit_ready : line_unit_ready),
    .unit_data_o (unit_data),
    .unit_end_o  (unit_end),
    .unit_last_o (unit_last)
  );

  ///////////
  // Tiles //
  ///////////

  logic tile_valid, tile_ready, tile_last;
  logic [20:0] tile_addr;
  logic [WordBits-1:0] tile_data;

  tile_copier u_tiles (
    .clk_i,
    .rst_ni,
    .start_i     (tiles_start),
    .work_i      (get_load_tiles(entry_i.word)),
    .pitch_i     (entry_i.cfg.set_tile_pitch),
    .idle_o      (tiles_idle),
    .rd_valid_o,
    .rd_ready_i,
    .rd_addr_o,
    .rsp_valid_i,
    .rsp_data_i,
    .word_valid_o(tile_valid),
    .word_ready_i(tile_ready),
    .word_addr_o (tile_addr),
    .word_data_o (tile_data),
    .word_last_o (tile_last)
  );

  /////////////
  // Windows //
  /////////////

  logic line_valid, line_unit_ready, packed_valid, packed_ready, packed_last;
  logic [47:0] line_dram;
  logic [23:0] line_length;
  logic [20:0] packed_addr;
  logic [WordBits-1:0] packed_data;

  window_packer u_windows (
    .clk_i,
    .rst_ni,
    .start_i     (windows_start_q),
    .entry_i     (windows_q),
    .idle_o      (windows_idle),
    .run_valid_o (line_valid),
    .run_ready_i (reader_ready),
    .run_addr_o  (line_dram),
    .run_length_o(line_length),
    .unit_valid_i(unit_valid && !windows_idle),
    .unit_ready_o(line_unit_ready),
    .unit_data_i (unit_data),
    .unit_last_i (unit_last),
    .word_valid_o(packed_valid),
    .word_ready_i(packed_ready),
    .word_addr_o (packed_addr),
    .word_data_o (packed_data),
    .word_last_o (packed_last)
  );

  ////////////
  // Writer //
  ////////////

  // The word that is next: of a run, of what follows a run in its accumulator row, of a tile or window.
  logic word_valid, word_ready, row_end, run_end;
  logic padding_d, padding_q, inside_d, inside_q;
  logic [1:0] quarter_d, quarter_q;
  logic [20:0] chip_d, chip_q;
  logic [RowBits-WordBits-1:0] row_d, row_q;
  logic [WordBits-1:0] word;
  logic to_rows;
  // The write that is at the port; those of each target that are not acknowledged.
  logic wr_last_d, wr_last_q, wr_free, wr_accepted, last_free;
  logic [3:0] wr_valid_d;
  logic [3:0][3:0] in_flight_d, in_flight_q;
  // The last write of an instruction is under way: so many of its target's before it, and itself.
  logic closing_q, close, closed;
  logic [3:0] close_left_q, close_to_q;

  always_comb begin
    for (int unsigned i = 0; i < Lanes; i++) begin
      word[8*i+:8] = padding_q || i >= 32'(unit_end) ? head.fill : unit_data[8*i+:8];
    end
  end

  assign to_rows     = head.to == LOAD_TARGET_ACCUMULATORS;
  assign wr_accepted = (wr_valid_o & wr_ready_i) != '0;
  assign wr_free     = wr_valid_o == '0 || wr_accepted;
  // While the last word of an instruction is under way, that of the next one waits.
  assign last_free   = wr_free && !closing_q && !wr_last_q;
  assign run_end     = padding_q || unit_last;
  assign row_end     = !to_rows || quarter_q == 2'd3;
  assign word_valid  = head_valid && (unit_valid || padding_q);
  assign word_ready  = word_valid && (run_end && row_end && head.last ? last_free : wr_free);
  assign unit_ready  = word_ready && !padding_q;
  assign head_pop    = word_ready && run_end && row_end;
  assign tile_ready   = tile_valid && (tile_last ? last_free : wr_free);
  assign packed_ready = packed_valid && (packed_last ? last_free : wr_free);

  always_comb begin
    wr_valid_d = wr_accepted ? '0 : wr_valid_o;
    wr_last_d  = wr_last_q && !wr_accepted;
    quarter_d  = quarter_q;
    padding_d  = padding_q;
    inside_d   = inside_q;
    chip_d     = chip_q;
    row_d      = row_q;
    if (word_ready) begin
      if (row_end) begin
        wr_valid_d[head.to] = 1'b1;
        wr_last_d           = head_pop && head.last;
        chip_d              = (inside_q ? chip_q : head.chip) + 21'd1;
        inside_d            = !head_pop;
      end
      quarter_d = to_rows ? quarter_q + 2'd1 : 2'd0;
      padding_d = run_end && !row_end;
      row_d     = {word, row_q[RowBits-WordBits-1:WordBits]};
    end else if (tile_ready) begin
      wr_valid_d[LOAD_TARGET_WEIGHTS] = 1'b1;
      wr_last_d                       = tile_last;
    end else if (packed_ready) begin
      wr_valid_d[LOAD_TARGET_SCRATCHPAD] = 1'b1;
      wr_last_d                          = packed_last;
    end
  end

  // Acknowledged is what has left the port and is not in flight any more.
  assign writer_idle = wr_valid_o == '0 && in_flight_q == '0 && !closing_q;
  assign close       = wr_last_q && wr_accepted;
  assign closed      = closing_q && !done_o && close_left_q == '0;
  always_comb begin
    for (int unsigned i = 0; i < 4; i++) begin
      in_flight_d[i] = in_flight_q[i] + 4'(wr_valid_o[i] && wr_ready_i[i]) - 4'(wr_done_i[i]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_valid_o  <= '0;
      wr_last_q   <= 1'b0;
      quarter_q   <= '0;
      padding_q   <= 1'b0;
      inside_q    <= 1'b0;
      in_flight_q <= '0;
      closing_q   <= 1'b0;
      done_o      <= 1'b0;
      copies_q    <= '0;
    end else begin
      wr_valid_o  <= wr_valid_d;
      wr_last_q   <= wr_last_d;
      quarter_q   <= quarter_d;
      padding_q   <= padding_d;
      inside_q    <= inside_d;
      in_flight_q <= in_flight_d;
      closing_q   <= (closing_q || close) && !done_o;
      done_o      <= closed;
      copies_q    <= copies_q + 8'(copy_start) - 8'(head_pop && head.last);
    end
  end
  always_ff @(posedge clk_i) begin
    chip_q <= chip_d;
    row_q  <= row_d;
    if (close) begin
      close_to_q <= wr_valid_o;
      for (int unsigned i = 0; i < 4; i++) if (wr_valid_o[i]) close_left_q <= in_flight_d[i];
    end else begin
      close_left_q <= close_left_q - 4'((close_to_q & wr_done_i) != '0 && close_left_q != '0);
    end
    if (word_ready && row_end) begin
      wr_addr_o <= inside_q ? chip_q : head.chip;
      wr_data_o <= to_rows ? {word, row_q} : RowBits'(word);
    end else if (tile_ready) begin
      wr_addr_o <= tile_addr;
      wr_data_o <= RowBits'(tile_data);
    end else if (packed_ready) begin
      wr_addr_o <= packed_addr;
      wr_data_o <= RowBits'(packed_data);
    end
  end

  // Runs, tiles and windows do not meet.
  OneSource: assert property (@(posedge clk_i) disable iff (!rst_ni)
      $onehot0({tile_valid, head_valid, packed_valid}));
  OneTarget: assert property (@(posedge clk_i) disable iff (!rst_ni) $onehot0(wr_valid_o));

endmodule
