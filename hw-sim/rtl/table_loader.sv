// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vx.table: reads 256 entries from the parameter memory and hands them on one a cycle.

module table_loader
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     start_i,
  input  load_table_t              work_i,
  output logic                     done_o,

  // Never refused: VX alone reads parameters.
  output logic                     rd_valid_o,
  output logic [ParameterAddr-1:0] rd_addr_o,
  input  logic                     rsp_valid_i,
  input  logic      [WordBits-1:0] rsp_data_i,

  output logic                     entry_valid_o,
  output logic               [7:0] entry_index_o,
  output logic              [15:0] entry_o
);

  localparam int unsigned PlaceWidth = $clog2(Lanes);

  load_table_t work_q;
  logic busy_q, word_valid_q, entry_last, word_last;
  logic [15:0] addr_q;
  // Place in the word, which moves down as entries leave it.
  logic [PlaceWidth-1:0] place_q;
  logic [WordBits-1:0] word_q;
  logic [7:0] index_q;
  logic is_wide;

  assign is_wide    = work_q.entries == TABLE_TYPE_INT16;
  assign entry_last = index_q == 8'd255;
  assign word_last  = 32'(place_q) == (is_wide ? Lanes - 2 : Lanes - 1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q        <= 1'b0;
      word_valid_q  <= 1'b0;
      rd_valid_o    <= 1'b0;
      entry_valid_o <= 1'b0;
      done_o        <= 1'b0;
    end else begin
      if (start_i) busy_q <= 1'b1;
      else if (word_valid_q && entry_last) busy_q <= 1'b0;
      // The next word is asked for when this one is used up.
      rd_valid_o    <= start_i || (word_valid_q && word_last && !entry_last);
      word_valid_q  <= (busy_q && rsp_valid_i) || (word_valid_q && !word_last && !entry_last);
      entry_valid_o <= word_valid_q;
      done_o        <= word_valid_q && entry_last;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      work_q    <= work_i;
      rd_addr_o <= ParameterAddr'(work_i.source);
      addr_q    <= work_i.source + 16'd1;
      index_q   <= '0;
    end else if (word_valid_q) begin
      index_q <= index_q + 8'd1;
      if (word_last) begin
        rd_addr_o <= ParameterAddr'(addr_q);
        addr_q    <= addr_q + 16'd1;
      end
    end
    if (busy_q && rsp_valid_i) begin
      word_q  <= rsp_data_i;
      place_q <= '0;
    end else if (word_valid_q) begin
      word_q  <= is_wide ? word_q >> 16 : word_q >> 8;
      place_q <= place_q + (is_wide ? PlaceWidth'(2) : PlaceWidth'(1));
    end
    entry_index_o <= index_q;
    unique case (work_q.entries)
      TABLE_TYPE_INT8: entry_o <= 16'($signed(word_q[7:0]));
      TABLE_TYPE_UINT8: entry_o <= 16'(word_q[7:0]);
      default: entry_o <= word_q[15:0];
    endcase
  end

endmodule
