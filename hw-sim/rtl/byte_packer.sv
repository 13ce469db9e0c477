// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Puts pieces of a run of bytes together to units of another size, in order. A run begins at byte
// `in_start_i` of its first unit; its last unit may be partial. Pieces of `InBytes`, units of
// `OutBytes`; one of each a cycle where sizes allow.

module byte_packer #(
  parameter  int unsigned InBytes  = 16,
  parameter  int unsigned OutBytes = 16,
  localparam int unsigned SkipWidth  = $clog2(InBytes) > 0 ? $clog2(InBytes) : 1,
  localparam int unsigned InWidth    = $clog2(InBytes + 1),
  localparam int unsigned StartWidth = $clog2(OutBytes) > 0 ? $clog2(OutBytes) : 1,
  localparam int unsigned OutWidth   = $clog2(OutBytes + 1)
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [  8*InBytes-1:0] in_data_i,
  // Bytes to leave out at the beginning, and bytes that count behind them.
  input  logic [  SkipWidth-1:0] in_skip_i,
  input  logic [    InWidth-1:0] in_bytes_i,
  input  logic                   in_last_i,
  // Of the first piece of a run.
  input  logic [ StartWidth-1:0] in_start_i,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [ 8*OutBytes-1:0] out_data_o,
  // The first byte that counts and the one behind the last.
  output logic [ StartWidth-1:0] out_start_o,
  output logic [   OutWidth-1:0] out_end_o,
  output logic                   out_last_o
);

  localparam int unsigned Bytes      = InBytes + OutBytes;
  localparam int unsigned CountWidth = $clog2(Bytes + 1);

  logic [8*Bytes-1:0] bytes_d, bytes_q;
  logic [CountWidth-1:0] count_d, count_q, count_left, count_base;
  logic [StartWidth-1:0] start_d, start_q;
  // The run ends in what is held; the next piece begins a run.
  logic last_d, last_q, last_left, fresh_d, fresh_q;
  logic emit, accept, is_full;

  assign is_full     = count_q >= CountWidth'(OutBytes);
  assign out_valid_o = is_full || last_q;
  assign out_data_o  = bytes_q[8*OutBytes-1:0];
  assign out_start_o = start_q;
  assign out_end_o   = is_full ? OutWidth'(OutBytes) : OutWidth'(count_q);
  assign out_last_o  = last_q && count_q <= CountWidth'(OutBytes);
  assign emit        = out_valid_o && out_ready_i;

  // What is left behind this cycle's unit.
  assign count_left  = !emit ? count_q : is_full ? count_q - CountWidth'(OutBytes) : '0;
  assign last_left   = last_q && !(emit && out_last_o);
  assign in_ready_o  = !last_left && count_left < CountWidth'(OutBytes);
  assign accept      = in_valid_i && in_ready_o;
  assign count_base  = fresh_q ? CountWidth'(in_start_i) : count_left;

  always_comb begin
    logic [8*InBytes-1:0] piece;
    logic [8*Bytes-1:0] placed;
    bytes_d = emit ? bytes_q >> (8 * OutBytes) : bytes_q;
    start_d = emit ? '0 : start_q;
    count_d = count_left;
    last_d  = last_left;
    fresh_d = fresh_q;
    // Bytes that do not count become 0.
    piece   = (in_data_i >> {in_skip_i, 3'b0}) &
              ~(~(8 * InBytes)'(0) << {in_bytes_i, 3'b0});
    placed  = (8 * Bytes)'(piece) << {count_base, 3'b0};
    if (accept) begin
      bytes_d = (fresh_q ? '0 : bytes_d) | placed;
      start_d = fresh_q ? in_start_i : start_d;
      count_d = count_base + CountWidth'(in_bytes_i);
      last_d  = in_last_i;
      fresh_d = in_last_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
      start_q <= '0;
      last_q  <= 1'b0;
      fresh_q <= 1'b1;
    end else begin
      count_q <= count_d;
      start_q <= start_d;
      last_q  <= last_d;
      fresh_q <= fresh_d;
    end
  end
  always_ff @(posedge clk_i) bytes_q <= bytes_d;

  // Nothing that is held is pushed out.
  HasRoom: assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(count_q) <= Bytes);

endmodule
