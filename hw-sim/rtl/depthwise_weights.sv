// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DW's weights: zero points and taps of two channel blocks, the present one and the next. In the
// weight memory the taps of a window go along its rows; here they go down its columns.

module depthwise_weights
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import depthwise_pkg::*;
(
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  input  logic                                 start_i,
  // Stay until all blocks are taken.
  input  logic                          [19:0] addr_i,
  input  window_t                              window_i,
  input  lane_weights_t                        weights_i,

  output logic                                 rd_valid_o,
  input  logic                                 rd_ready_i,
  output logic                [WeightAddr-1:0] rd_addr_o,
  input  logic                                 rsp_valid_i,
  input  logic                  [WordBits-1:0] rsp_data_i,

  // The present block's are here. They are taken for the last time.
  output logic                                 ready_o,
  input  logic                                 taken_i,
  // Weights of a group, in the next cycle.
  input  logic                                 en_i,
  input  group_t                               group_i,
  output logic [Multipliers-1:0][WordBits-1:0] weights_o,
  output logic                  [WordBits-1:0] zero_points_o
);

  // Words that are left of a block: the zero points, if it has some, and its taps.
  logic asking_q, arriving_q, ask, more_q, begins, arrives, ends;
  logic zero_next_q, zero_awaited_q;
  logic [1:0] loaded_q;
  logic load_bank_q, use_bank_q, read_bank_q;
  logic [13:0] left_q;
  logic [19:0] addr_q, zero_addr_q;
  logic [7:0] asked_x_q, asked_y_q, got_x_q, got_y_q;
  logic asked_row, asked_all, got_row, got_all;
  taps_t tap_q;
  logic [1:0][WordBits-1:0] zero_points_q;

  assign ready_o       = loaded_q[use_bank_q];
  assign begins        = more_q && !arriving_q && !loaded_q[load_bank_q];
  assign ask           = asking_q && (!rd_valid_o || rd_ready_i);
  assign asked_row     = asked_x_q == window_i.kernel_x;
  assign asked_all     = asked_row && asked_y_q == window_i.kernel_y;
  assign arrives       = rsp_valid_i && !zero_awaited_q;
  assign got_row       = got_x_q == window_i.kernel_x;
  assign got_all       = got_row && got_y_q == window_i.kernel_y;
  assign ends          = arrives && got_all;
  assign zero_points_o = zero_points_q[read_bank_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asking_q    <= 1'b0;
      arriving_q  <= 1'b0;
      more_q      <= 1'b0;
      loaded_q    <= '0;
      rd_valid_o  <= 1'b0;
      load_bank_q <= 1'b0;
      use_bank_q  <= 1'b0;
    end else begin
      if (start_i) more_q <= 1'b1;
      else if (begins && left_q == '0) more_q <= 1'b0;
      if (begins) asking_q <= 1'b1;
      else if (ask && !zero_next_q && asked_all) asking_q <= 1'b0;
      if (begins) arriving_q <= 1'b1;
      else if (ends) arriving_q <= 1'b0;
      rd_valid_o <= ask || (rd_valid_o && !rd_ready_i);
      if (ends) begin
        loaded_q[load_bank_q] <= 1'b1;
        load_bank_q           <= !load_bank_q;
      end
      if (taken_i) begin
        loaded_q[use_bank_q] <= 1'b0;
        use_bank_q           <= !use_bank_q;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      addr_q      <= addr_i;
      zero_addr_q <= weights_i.zero_point_word;
      left_q      <= window_i.channels;
    end
    if (begins) begin
      left_q         <= left_q - 14'd1;
      zero_next_q    <= weights_i.zero_points;
      zero_awaited_q <= weights_i.zero_points;
      {asked_x_q, asked_y_q, got_x_q, got_y_q} <= '0;
      tap_q          <= '0;
    end
    if (ask) begin
      rd_addr_o   <= WeightAddr'(zero_next_q ? zero_addr_q : addr_q);
      zero_next_q <= 1'b0;
      if (zero_next_q) zero_addr_q <= zero_addr_q + 20'd1;
      else begin
        addr_q    <= addr_q + 20'd1;
        asked_x_q <= asked_row ? '0 : asked_x_q + 8'd1;
        if (asked_row) asked_y_q <= asked_y_q + 8'd1;
      end
    end
    if (rsp_valid_i) begin
      zero_awaited_q <= 1'b0;
      if (zero_awaited_q) zero_points_q[load_bank_q] <= rsp_data_i;
      else begin
        got_x_q <= got_row ? '0 : got_x_q + 8'd1;
        if (got_row) got_y_q <= got_y_q + 8'd1;
        // The tap to the right is a column further; behind a row it is the next row's first.
        tap_q <= got_row ? taps_t'(got_y_q) + taps_t'(1) :
            tap_q + taps_t'(window_i.kernel_y) + taps_t'(1);
      end
    end
    if (en_i) read_bank_q <= use_bank_q;
  end

  split_t place;
  assign place = Splits[tap_q];
  for (genvar i = 0; i < Multipliers; i++) begin : gen_memory
    mem_1r1w #(
      .Width(WordBits),
      .Depth(2 * Groups)
    ) u_mem (
      .clk_i,
      .rd_en_i  (en_i),
      .rd_addr_i(($clog2(2 * Groups))'(32'(group_i) + (use_bank_q ? Groups : 0))),
      .rd_data_o(weights_o[i]),
      .wr_en_i  (arrives && 32'(place.rest) == i),
      .wr_addr_i(($clog2(2 * Groups))'(32'(place.groups) + (load_bank_q ? Groups : 0))),
      .wr_data_i(rsp_data_i)
    );
  end

endmodule
