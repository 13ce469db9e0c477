// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sum of two float32, one a cycle, three cycles long.

module float_adder
  import float_pkg::*;
(
  input  logic        clk_i,
  // Something is in a stage, or goes into the first.
  input  logic        en_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] sum_o
);

  aligned_t aligned_q;
  exact_t sum_q;

  always_ff @(posedge clk_i) if (en_i) begin
    aligned_q <= align(a_i, b_i);
    sum_q     <= add(aligned_q);
    sum_o     <= round(normalize(sum_q));
  end

endmodule
