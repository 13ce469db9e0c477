// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A queue on a memory: what comes in is at the output two cycles later at the earliest. It holds
// `Depth` entries and one more, which stands in the memory's read register.

module fifo #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  localparam int unsigned AddrWidth  = Depth > 1 ? $clog2(Depth) : 1;
  localparam int unsigned CountWidth = $clog2(Depth + 1);

  logic [AddrWidth-1:0] rd_addr_q, wr_addr_q;
  logic [CountWidth-1:0] count_q;
  logic head_valid_q, push, fetch;

  assign in_ready_o  = count_q != CountWidth'(Depth);
  assign out_valid_o = head_valid_q;
  assign push        = in_valid_i && in_ready_o;
  // The read register is free, or becomes so.
  assign fetch       = count_q != '0 && (!head_valid_q || out_ready_i);

  function automatic logic [AddrWidth-1:0] next(logic [AddrWidth-1:0] addr);
    return addr == AddrWidth'(Depth - 1) ? '0 : addr + 1'b1;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rd_addr_q    <= '0;
      wr_addr_q    <= '0;
      count_q      <= '0;
      head_valid_q <= 1'b0;
    end else begin
      if (push) wr_addr_q <= next(wr_addr_q);
      if (fetch) rd_addr_q <= next(rd_addr_q);
      count_q      <= count_q + CountWidth'(push) - CountWidth'(fetch);
      head_valid_q <= fetch || (head_valid_q && !out_ready_i);
    end
  end

  mem_1r1w #(
    .Width(Width),
    .Depth(Depth)
  ) u_mem (
    .clk_i,
    .rd_en_i  (fetch),
    .rd_addr_i(rd_addr_q),
    .rd_data_o(out_data_o),
    .wr_en_i  (push),
    .wr_addr_i(wr_addr_q),
    .wr_data_i(in_data_i)
  );

endmodule
