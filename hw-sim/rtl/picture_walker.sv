// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Six nested loops over a picture, the first the innermost, one step a cycle: address and coordinates
// by addition alone.

module picture_walker
  import picture_pkg::*;
(
  input  logic              clk_i,
  input  logic              rst_ni,

  // Precondition: not `valid_o`, or its last step is taken in this cycle.
  input  logic              start_i,
  input  loop_t [Loops-1:0] loops_i,
  input  place_t            first_i,

  output logic              valid_o,
  input  logic              step_i,
  output place_t            place_o,
  output coord_t            column_o,
  output coord_t            row_o,
  // Bit i: loops 0 to i are in their first, their last, iteration.
  output logic  [Loops-1:0] firsts_o,
  output logic  [Loops-1:0] lasts_o
);

  // Iterations that are left in each loop, and where its present one began.
  loop_t [Loops-1:0] loops_q;
  logic [Loops-1:0][LoopWidth-1:0] left_d, left_q;
  place_t [Loops-1:0] place_d, place_q;
  coord_t [Loops-1:0] column_d, column_q, row_d, row_q;
  logic valid_q;

  assign valid_o  = valid_q;
  assign place_o  = place_q[0];
  assign column_o = column_q[0];
  assign row_o    = row_q[0];
  always_comb begin
    logic all_first, all_last;
    all_first = 1'b1;
    all_last  = 1'b1;
    for (int unsigned i = 0; i < Loops; i++) begin
      all_first   = all_first && left_q[i] == loops_q[i].count;
      all_last    = all_last && left_q[i] == '0;
      firsts_o[i] = all_first;
      lasts_o[i]  = all_last;
    end
  end

  always_comb begin
    logic moved;
    left_d   = left_q;
    place_d  = place_q;
    column_d = column_q;
    row_d    = row_q;
    moved    = 1'b0;
    // The innermost loop that is not at its end goes on; those within begin again there.
    for (int unsigned i = 0; i < Loops; i++) begin
      if (!moved && left_q[i] != '0) begin
        moved     = 1'b1;
        left_d[i] = left_q[i] - LoopWidth'(1);
        for (int unsigned j = 0; j <= i; j++) begin
          place_d[j]  = place_q[i] + loops_q[i].place;
          column_d[j] = column_q[i] + loops_q[i].column;
          row_d[j]    = row_q[i] + loops_q[i].row;
        end
      end else if (!moved) begin
        left_d[i] = loops_q[i].count;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= start_i || (valid_q && !(step_i && lasts_o[Loops-1]));
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      loops_q  <= loops_i;
      for (int unsigned i = 0; i < Loops; i++) left_q[i] <= loops_i[i].count;
      place_q  <= {Loops{first_i}};
      column_q <= '0;
      row_q    <= '0;
    end else if (step_i) begin
      left_q   <= left_d;
      place_q  <= place_d;
      column_q <= column_d;
      row_q    <= row_d;
    end
  end

  StepWhenValid: assert property (@(posedge clk_i) disable iff (!rst_ni) step_i |-> valid_o);

endmodule
