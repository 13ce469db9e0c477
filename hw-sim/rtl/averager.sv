// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Divides by up to 2^17 - 1, one bit of the quotient a cycle: the average of a window, half away from
// zero. 34 cycles (`DivideLatency`) behind `start_i` the quotient is there and stays.

module averager (
  input  logic        clk_i,
  input  logic        start_i,
  input  logic [31:0] sum_i,
  // 0 is taken as 1: nothing was summed.
  input  logic [16:0] taps_i,
  output logic [31:0] average_o
);

  localparam int unsigned Bits = 33;

  logic negative_q;
  logic [5:0] left_q;
  logic [Bits-1:0] dividend_q;
  logic [16:0] divisor_q, rest_q;
  logic [17:0] rest;
  logic [16:0] less;

  assign rest      = {rest_q, dividend_q[Bits-1]};
  assign less      = 17'(rest - {1'b0, divisor_q});
  assign average_o = negative_q ? -dividend_q[31:0] : dividend_q[31:0];

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      negative_q <= sum_i[31];
      dividend_q <= {1'b0, sum_i[31] ? -sum_i : sum_i} + {17'd0, taps_i[16:1]};
      divisor_q  <= taps_i == '0 ? 17'd1 : taps_i;
      rest_q     <= '0;
      left_q     <= 6'(Bits);
    end else if (left_q != '0) begin
      left_q     <= left_q - 6'd1;
      // The quotient's bits come in where the dividend's go out.
      dividend_q <= {dividend_q[Bits-2:0], rest >= {1'b0, divisor_q}};
      rest_q     <= rest >= {1'b0, divisor_q} ? less : rest[16:0];
    end
  end

endmodule
