// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words that windows are cut from, in the order in which they are read: one or two come in a
// cycle, and as many as a lane has multipliers go out, from any place on. Each of the memories holds
// every so-manieth word, so that words that follow each other are in different ones.

module depthwise_ring
  import mxu_pkg::*;
  import depthwise_pkg::*;
(
  input  logic                                 clk_i,
  input  logic                                 rst_ni,
  // Everything that was in it is forgotten.
  input  logic                                 start_i,

  // A word that is not `present` is outside the picture. The second only with the first.
  input  logic                           [1:0] wr_valid_i,
  input  logic                           [1:0] wr_present_i,
  input  logic             [1:0][WordBits-1:0] wr_data_i,

  // Words from `rd_place_i` on, in the next cycle.
  input  logic                                 rd_en_i,
  input  place_in_ring_t                       rd_place_i,
  output logic               [Multipliers-1:0] rd_present_o,
  output logic [Multipliers-1:0][WordBits-1:0] rd_data_o
);

  place_in_ring_t wr_place_q, wr_second;
  lane_t rd_lane_q;
  logic [Multipliers-1:0][WordBits:0] words;

  assign wr_second = moved(wr_place_q, Splits[1]);

  for (genvar i = 0; i < Multipliers; i++) begin : gen_memory
    logic is_first, is_second;
    assign is_first  = wr_valid_i[0] && 32'(wr_place_q.lane) == i;
    assign is_second = wr_valid_i[1] && 32'(wr_second.lane) == i;
    mem_1r1w #(
      .Width(WordBits + 1),
      .Depth(RingDepth)
    ) u_mem (
      .clk_i,
      .rd_en_i,
      .rd_addr_i(i < 32'(rd_place_i.lane) ? wrapped(32'(rd_place_i.word) + 32'd1) :
                                            rd_place_i.word),
      .rd_data_o(words[i]),
      .wr_en_i  (is_first || is_second),
      .wr_addr_i(is_second ? wr_second.word : wr_place_q.word),
      .wr_data_i(is_second ? {wr_present_i[1], wr_data_i[1]} : {wr_present_i[0], wr_data_i[0]})
    );
  end

  always_comb begin
    for (int unsigned i = 0; i < Multipliers; i++) begin
      int unsigned lane;
      lane = 32'(rd_lane_q) + i;
      if (lane >= Multipliers) lane = lane - Multipliers;
      {rd_present_o[i], rd_data_o[i]} = words[lane];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wr_place_q <= '0;
    else if (start_i) wr_place_q <= '0;
    else if (wr_valid_i[0]) wr_place_q <= wr_valid_i[1] ? moved(wr_place_q, Splits[2]) : wr_second;
  end
  always_ff @(posedge clk_i) rd_lane_q <= rd_place_i.lane;

  // Two words that follow each other are never in one memory.
  Apart: assert property (@(posedge clk_i) disable iff (!rst_ni)
      wr_valid_i[1] |-> wr_valid_i[0] && Multipliers > 1);

endmodule
