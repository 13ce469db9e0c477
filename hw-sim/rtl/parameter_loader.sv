// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads the parameters of channel blocks, two sets in turn: the next block's while the present one is
// worked on. A set is bias (4 words) or bias, multipliers (4) and shifts (1).

module parameter_loader
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import vector_pkg::*;
(
  input  logic                              clk_i,
  input  logic                              rst_ni,

  input  logic                              start_i,
  input  logic                       [15:0] first_i,
  // Channel blocks less one; words of each, 0 if nothing is used.
  input  logic                       [13:0] channels_i,
  input  logic                        [3:0] words_i,

  // Never refused: VX alone reads parameters.
  output logic                              rd_valid_o,
  output logic          [ParameterAddr-1:0] rd_addr_o,
  input  logic                              rsp_valid_i,
  input  logic               [WordBits-1:0] rsp_data_i,

  // The next block's set is there; the block begins.
  output logic                              ready_o,
  input  logic                              next_i,
  // Nothing uses the set of the block before any more.
  input  logic                              free_i,
  output column_t [Lanes-1:0]         [1:0] columns_o
);

  localparam int unsigned Quarter = Lanes / 4;

  logic loading_q, bank_q, reading_q;
  logic [3:0] words_q, read_q, got_q;
  logic [13:0] left_q;
  logic [15:0] addr_q;
  // Sets that are loaded and not begun: at most one while its predecessor is used.
  logic loaded_q;
  column_t [Lanes-1:0][1:0] columns_q;

  assign columns_o = columns_q;
  assign ready_o   = loaded_q || words_q == '0;

  logic begin_load, more_q;
  assign begin_load = more_q && !loading_q && !loaded_q && free_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loading_q  <= 1'b0;
      reading_q  <= 1'b0;
      loaded_q   <= 1'b0;
      more_q     <= 1'b0;
      rd_valid_o <= 1'b0;
      words_q    <= '0;
    end else begin
      rd_valid_o <= reading_q;
      if (start_i) begin
        more_q   <= words_i != '0;
        words_q  <= words_i;
        loaded_q <= 1'b0;
      end else begin
        if (begin_load) more_q <= left_q != '0;
        if (begin_load) loading_q <= 1'b1;
        else if (rsp_valid_i && loading_q && got_q + 4'd1 == words_q) loading_q <= 1'b0;
        if (begin_load) reading_q <= 1'b1;
        else if (read_q + 4'd1 == words_q) reading_q <= 1'b0;
        if (rsp_valid_i && loading_q && got_q + 4'd1 == words_q) loaded_q <= 1'b1;
        else if (next_i) loaded_q <= 1'b0;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    rd_addr_o <= ParameterAddr'(addr_q);
    if (start_i) begin
      addr_q <= first_i;
      left_q <= channels_i;
      bank_q <= 1'b1;
    end else begin
      if (begin_load) begin
        bank_q <= !bank_q;
        left_q <= left_q - 14'd1;
        read_q <= '0;
        got_q  <= '0;
      end
      if (reading_q) begin
        addr_q <= addr_q + 16'd1;
        read_q <= read_q + 4'd1;
      end
      if (rsp_valid_i && loading_q) got_q <= got_q + 4'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rsp_valid_i && loading_q) begin
      for (int unsigned j = 0; j < Lanes; j++) begin
        if (got_q[3]) columns_q[j][bank_q].shift <= rsp_data_i[8*j+:8];
        else if (32'(got_q[1:0]) == j / Quarter) begin
          if (got_q[2]) columns_q[j][bank_q].multiplier <= rsp_data_i[32*(j%Quarter)+:32];
          else columns_q[j][bank_q].bias <= rsp_data_i[32*(j%Quarter)+:32];
        end
      end
    end
  end

endmodule
