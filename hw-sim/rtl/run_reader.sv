// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads runs of bytes from DRAM and hands them on in units, in order: requests of up to 16 beats ahead
// of time, as long as there is room for the answers.

module run_reader
  import mxu_pkg::*;
  import machine_pkg::*;
#(
  parameter  int unsigned UnitBytes   = 16,
  // Beats that were asked for, and not yet handed on.
  parameter  int unsigned Beats       = 32,
  parameter  int unsigned LengthWidth = 24,
  parameter  int unsigned Runs        = 8,
  localparam int unsigned EndWidth    = $clog2(UnitBytes + 1)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Bytes `run_addr_i` to `run_addr_i` + `run_length_i` - 1.
  input  logic                   run_valid_i,
  output logic                   run_ready_o,
  input  logic [           47:0] run_addr_i,
  input  logic [LengthWidth-1:0] run_length_i,

  output logic                   req_valid_o,
  input  logic                   req_ready_i,
  output dram_request_t          req_o,
  input  logic                   beat_valid_i,
  input  logic [8*DramWidth-1:0] beat_data_i,

  output logic                   unit_valid_o,
  input  logic                   unit_ready_i,
  output logic [8*UnitBytes-1:0] unit_data_o,
  // Bytes that belong to the run.
  output logic [   EndWidth-1:0] unit_end_o,
  output logic                   unit_last_o
);

  localparam int unsigned Log2Width = $clog2(DramWidth);
  localparam int unsigned RowBeats  = DramRowBytes / DramWidth;
  localparam int unsigned RowWidth  = $clog2(RowBeats) > 0 ? $clog2(RowBeats) : 1;
  localparam int unsigned FreeWidth = $clog2(Beats + 1);
  localparam int unsigned LeftWidth = LengthWidth + 1;

  //////////////
  // Requests //
  //////////////

  logic busy_q, issue, info_ready;
  logic [47:0] addr_q;
  logic [LeftWidth-1:0] left_q, run_beats;
  logic [4:0] beats;
  logic [FreeWidth-1:0] free_q;
  logic [BeatOffset-1:0] run_offset;
  logic pop;

  assign run_offset  = Log2Width == 0 ? '0 : BeatOffset'(run_addr_i);
  assign run_ready_o = !busy_q && info_ready;
  assign run_beats   = (LeftWidth'(run_length_i) + LeftWidth'(run_offset) +
      LeftWidth'(DramWidth) - LeftWidth'(1)) >> Log2Width;

  always_comb begin
    // To the end of the row: the low bits of the beat's number count up to it.
    logic [RowWidth:0] to_row_end;
    to_row_end = RowBeats == 1 ? (RowWidth + 1)'(1) :
        (RowWidth + 1)'(RowBeats) - (RowWidth + 1)'(RowWidth'(addr_q >> Log2Width));
    beats = 5'(MaxBeats);
    if (32'(to_row_end) < MaxBeats) beats = 5'(to_row_end);
    if (left_q < LeftWidth'(beats)) beats = 5'(left_q);
  end
  assign issue = busy_q && 32'(free_q) >= 32'(beats) && (!req_valid_o || req_ready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q      <= 1'b0;
      req_valid_o <= 1'b0;
      free_q      <= FreeWidth'(Beats);
    end else begin
      if (run_valid_i && run_ready_o) busy_q <= 1'b1;
      else if (issue && left_q == LeftWidth'(beats)) busy_q <= 1'b0;
      req_valid_o <= issue || (req_valid_o && !req_ready_i);
      free_q      <= free_q - (issue ? FreeWidth'(beats) : '0) + FreeWidth'(pop);
    end
  end
  always_ff @(posedge clk_i) begin
    if (run_valid_i && run_ready_o) begin
      addr_q <= (run_addr_i >> Log2Width) << Log2Width;
      left_q <= run_beats;
    end else if (issue) begin
      addr_q <= addr_q + (48'(beats) << Log2Width);
      left_q <= left_q - LeftWidth'(beats);
    end
    if (issue) req_o <= '{addr: addr_q, beats: beats};
  end

  /////////////
  // Answers //
  /////////////

  typedef struct packed {
    logic [BeatOffset-1:0]  offset;
    logic [LengthWidth-1:0] length;
  } info_t;

  info_t info;
  logic info_valid, info_pop, beat_valid, packer_ready, beats_ready;
  logic [8*DramWidth-1:0] beat_data;
  // A run always begins at byte 0 of its first unit.
  logic [$clog2(UnitBytes)-1:0] start_unused;
  // Within a run: bytes that are left.
  logic inside_q, beat_last;
  logic [LengthWidth-1:0] length_q, length;
  logic [BeatOffset-1:0] skip;
  logic [$clog2(DramWidth+1)-1:0] bytes;

  fifo #(
    .Width($bits(info_t)),
    .Depth(Runs)
  ) u_info (
    .clk_i,
    .rst_ni,
    .in_valid_i (run_valid_i && run_ready_o),
    .in_ready_o (info_ready),
    .in_data_i  ({run_offset, run_length_i}),
    .out_valid_o(info_valid),
    .out_ready_i(info_pop),
    .out_data_o (info)
  );
  fifo #(
    .Width(8 * DramWidth),
    .Depth(Beats)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .in_valid_i (beat_valid_i),
    .in_ready_o (beats_ready),
    .in_data_i  (beat_data_i),
    .out_valid_o(beat_valid),
    .out_ready_i(pop),
    .out_data_o (beat_data)
  );

  assign length    = inside_q ? length_q : info.length;
  assign skip      = inside_q ? '0 : info.offset;
  assign beat_last = 32'(length) + 32'(skip) <= DramWidth;
  assign bytes     = ($bits(bytes))'(beat_last ? 32'(length) : DramWidth - 32'(skip));
  assign pop       = beat_valid && info_valid && packer_ready;
  assign info_pop  = pop && beat_last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) inside_q <= 1'b0;
    else if (pop) inside_q <= !beat_last;
  end
  always_ff @(posedge clk_i) if (pop) length_q <= length - LengthWidth'(bytes);

  byte_packer #(
    .InBytes (DramWidth),
    .OutBytes(UnitBytes)
  ) u_packer (
    .clk_i,
    .rst_ni,
    .in_valid_i (beat_valid && info_valid),
    .in_ready_o (packer_ready),
    .in_data_i  (beat_data),
    .in_skip_i  (skip),
    .in_bytes_i (bytes),
    .in_last_i  (beat_last),
    .in_start_i ('0),
    .out_valid_o(unit_valid_o),
    .out_ready_i(unit_ready_i),
    .out_data_o (unit_data_o),
    .out_start_o(start_unused),
    .out_end_o  (unit_end_o),
    .out_last_o (unit_last_o)
  );

  // There is room for every answer, and it is known to which run it belongs.
  RoomForBeat: assert property (@(posedge clk_i) disable iff (!rst_ni)
      beat_valid_i |-> beats_ready);

endmodule
