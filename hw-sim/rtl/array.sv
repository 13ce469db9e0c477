// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// R x R multipliers, weights stationary. Operands of lane k go to all columns of row k, k cycles
// behind lane 0; sums go down one row a cycle. Rows at the bottom come out `Lanes` cycles behind their
// operands, all columns at once.
//
// Weights have a shadow, written row by row. `swap_i` comes with the first operands of a tile and moves
// down with them: row k takes its shadow over just before it multiplies them, and the shadow of row k
// may be written again in that cycle.

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

  // Rolled loops over whole arrays are what Verilator turns into vector code (bench/hw-sim).
  logic signed [8:0] skew_d[Lanes][Lanes], skew_q[Lanes][Lanes];
  logic signed [8:0] shadow_d[Lanes][Lanes], shadow_q[Lanes][Lanes];
  logic signed [8:0] active_d[Lanes][Lanes], active_q[Lanes][Lanes];
  logic signed [31:0] sum_d[Lanes][Lanes], sum_q[Lanes][Lanes];
  logic [Lanes-1:0] swap_q;

  always_comb begin
    for (int k = 0; k < Lanes; k++) begin
      skew_d[k][0] = operands_i[k];
      for (int d = 1; d < Lanes; d++) skew_d[k][d] = skew_q[k][d-1];
    end
  end

  always_comb begin
    for (int k = 0; k < Lanes; k++) begin
      logic signed [8:0] operand;
      logic swap;
      operand = k == 0 ? operands_i[0] : skew_q[k][k-1];
      swap    = k == 0 ? swap_i : swap_q[k-1];
      for (int j = 0; j < Lanes; j++) begin
        active_d[k][j] = swap ? shadow_q[k][j] : active_q[k][j];
        sum_d[k][j] = (k == 0 ? 32'sd0 : sum_q[k-1][j]) + 32'(operand) * 32'(active_d[k][j]);
      end
    end
  end

  always_comb begin
    shadow_d = shadow_q;
    for (int j = 0; j < Lanes; j++) begin
      if (weights_valid_i) shadow_d[weights_row_i][j] = weights_i[j];
    end
  end

  always_ff @(posedge clk_i) begin
    skew_q   <= skew_d;
    shadow_q <= shadow_d;
    active_q <= active_d;
    sum_q    <= sum_d;
    swap_q   <= {swap_q[Lanes-2:0], swap_i};
  end

  always_comb begin
    for (int j = 0; j < Lanes; j++) sums_o[j] = sum_q[Lanes-1][j];
  end

endmodule
