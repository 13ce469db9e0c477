// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Six nested loops over a picture, the first the innermost, one or two steps a cycle: address and
// coordinates by addition alone.

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
  output spot_t             spot_o,
  // Bit i: loops 0 to i are in their first, their last, iteration.
  output logic  [Loops-1:0] firsts_o,
  output logic  [Loops-1:0] lasts_o,
  // The step behind, which may be taken too if there is one.
  output logic              next_valid_o,
  input  logic              next_step_i,
  output spot_t             next_o
);

  // Iterations that are left in each loop, and where its present one began.
  typedef struct packed {
    logic  [Loops-1:0][LoopWidth-1:0] left;
    spot_t [Loops-1:0]                spots;
  } state_t;

  loop_t [Loops-1:0] loops_q;
  state_t state_q, next, behind;
  logic valid_q, ends;

  assign valid_o      = valid_q;
  assign spot_o       = state_q.spots[0];
  assign next_valid_o = valid_q && !lasts_o[Loops-1];
  assign next_o       = next.spots[0];

  function automatic state_t advance(loop_t [Loops-1:0] loops, state_t state);
    state_t moved_to;
    logic moved;
    moved_to = state;
    moved    = 1'b0;
    // The innermost loop that is not at its end goes on; those within begin again there.
    for (int unsigned i = 0; i < Loops; i++) begin
      if (!moved && state.left[i] != '0) begin
        moved            = 1'b1;
        moved_to.left[i] = state.left[i] - LoopWidth'(1);
        for (int unsigned j = 0; j <= i; j++) begin
          moved_to.spots[j] = '{place: state.spots[i].place + loops[i].place,
                                column: state.spots[i].column + loops[i].column,
                                row: state.spots[i].row + loops[i].row};
        end
      end else if (!moved) begin
        moved_to.left[i] = loops[i].count;
      end
    end
    return moved_to;
  endfunction

  always_comb begin
    logic all_first, all_last;
    all_first = 1'b1;
    all_last  = 1'b1;
    for (int unsigned i = 0; i < Loops; i++) begin
      all_first   = all_first && state_q.left[i] == loops_q[i].count;
      all_last    = all_last && state_q.left[i] == '0;
      firsts_o[i] = all_first;
      lasts_o[i]  = all_last;
    end
  end
  assign next   = advance(loops_q, state_q);
  assign behind = advance(loops_q, next);
  assign ends   = step_i && (lasts_o[Loops-1] || (next_step_i && next.left == '0));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= start_i || (valid_q && !ends);
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      loops_q <= loops_i;
      for (int unsigned i = 0; i < Loops; i++) state_q.left[i] <= loops_i[i].count;
      state_q.spots <= {Loops{spot_t'{place: first_i, column: '0, row: '0}}};
    end else if (step_i) begin
      state_q <= next_step_i ? behind : next;
    end
  end

  StepWhenValid: assert property (@(posedge clk_i) disable iff (!rst_ni) step_i |-> valid_o);
  BehindAStep: assert property (@(posedge clk_i) disable iff (!rst_ni)
      next_step_i |-> step_i && next_valid_o);

endmodule
