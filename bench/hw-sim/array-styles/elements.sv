// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// hw-sim/rtl/array.sv with a module for each element: the same ports, the same sums in the same
// cycles. run.sh times both.

module element (
  input  logic               clk_i,
  input  logic signed  [8:0] operand_i,
  input  logic               swap_i,
  input  logic               shadow_valid_i,
  input  logic signed  [8:0] shadow_i,
  input  logic signed [31:0] sum_i,
  output logic signed [31:0] sum_o
);

  logic signed [8:0] shadow_q, active_q, weight;

  assign weight = swap_i ? shadow_q : active_q;
  always_ff @(posedge clk_i) begin
    if (shadow_valid_i) shadow_q <= shadow_i;
    active_q <= weight;
    sum_o    <= sum_i + 32'(operand_i) * 32'(weight);
  end

endmodule

module array
  import machine_pkg::*;
(
  input  logic                              clk_i,
  input  logic signed [Lanes-1:0][8:0]      operands_i,
  input  logic                              swap_i,
  input  logic                              weights_valid_i,
  input  logic        [$clog2(Lanes)-1:0]   weights_row_i,
  input  logic signed [Lanes-1:0][8:0]      weights_i,
  output logic        [Lanes-1:0][31:0]     sums_o
);

  logic [Lanes-1:0] swap, swap_q;
  logic [Lanes:0][Lanes-1:0][31:0] sum;

  assign swap   = {swap_q[Lanes-2:0], swap_i};
  assign sum[0] = '0;
  assign sums_o = sum[Lanes];
  always_ff @(posedge clk_i) swap_q <= swap;

  for (genvar k = 0; k < Lanes; k++) begin : gen_row
    // Row k's operand, k cycles behind row 0's.
    logic signed [k:0][8:0] skew, skew_q;
    if (k == 0) begin : gen_first
      assign skew = operands_i[0];
    end else begin : gen_skew
      assign skew = {skew_q[k-1:0], operands_i[k]};
    end
    always_ff @(posedge clk_i) skew_q <= skew;
    for (genvar j = 0; j < Lanes; j++) begin : gen_column
      element u_element (
        .clk_i,
        .operand_i     (skew[k]),
        .swap_i        (swap[k]),
        .shadow_valid_i(weights_valid_i && 32'(weights_row_i) == k),
        .shadow_i      (weights_i[j]),
        .sum_i         (sum[k][j]),
        .sum_o         (sum[k+1][j])
      );
    end
  end

endmodule
