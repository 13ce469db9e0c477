// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A memory with one read and one write port: the only place where memory exists. What is read and
// written in the same cycle is the old value.

module mem_1r1w #(
  parameter  int unsigned Width     = 32,
  parameter  int unsigned Depth     = 16,
  localparam int unsigned AddrWidth = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                 clk_i,
  input  logic                 rd_en_i,
  input  logic [AddrWidth-1:0] rd_addr_i,
  // One cycle behind `rd_en_i`; kept until the next read.
  output logic [    Width-1:0] rd_data_o,
  input  logic                 wr_en_i,
  input  logic [AddrWidth-1:0] wr_addr_i,
  input  logic [    Width-1:0] wr_data_i
);

  // The bench fills it before, and compares it behind a program.
  logic [Width-1:0] mem[Depth] /*verilator public_flat_rw*/;

  always_ff @(posedge clk_i) begin
    if (wr_en_i) mem[wr_addr_i] <= wr_data_i;
  end
  always_ff @(posedge clk_i) begin
    if (rd_en_i) rd_data_o <= mem[rd_addr_i];
  end

  // Whoever asks for a place asks for one that exists.
  AddressRead: assert property (@(posedge clk_i) rd_en_i |-> 32'(rd_addr_i) < Depth);
  AddressWritten: assert property (@(posedge clk_i) wr_en_i |-> 32'(wr_addr_i) < Depth);

endmodule
