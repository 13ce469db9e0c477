// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One lane's rescaling of an int32, or of a float32: any rounding of the instruction set, one value a
// cycle, `RescaleLatency` cycles long.
//
//   NONE    x
//   DOUBLE  the high half of twice the product of x * 2^max(shift, 0) and the multiplier, half up and
//           saturated; then by 2^max(-shift, 0), half away from zero
//   SINGLE  (x * multiplier + 2^(s-1)) >> s
//   FLOAT   float32(x) * float32(multiplier), as float32 or as the nearest integer

module rescaler
  import systole_pkg::*;
  import float_pkg::*;
(
  input  logic               clk_i,
  // Something is in a stage, or goes into the first: otherwise all stand still.
  input  logic               en_i,
  input  rounding_e          rounding_i,
  // The product stays a float32.
  input  logic               keep_float_i,
  // x is a float32, already.
  input  logic               is_float_i,
  // As long as it is not rescaled, 64 bits go through.
  input  logic signed [63:0] x_i,
  input  logic        [31:0] multiplier_i,
  input  logic signed  [7:0] shift_i,
  output logic signed [63:0] value_o
);

  ///////////////////////////////
  // 1: magnitudes, left shift //
  ///////////////////////////////

  logic negative1_q;
  logic [31:0] magnitude1_q, bits1_q, multiplier1_q;
  logic [5:0] zeros1_q, float_zeros1_q, multiplier_zeros1_q;
  logic signed [63:0] x1_q;
  logic signed [31:0] y1_q;
  logic [5:0] right1_q;

  always_ff @(posedge clk_i) if (en_i) begin
    logic [31:0] magnitude;
    logic signed [7:0] e;
    magnitude            = x_i[31] ? -x_i[31:0] : x_i[31:0];
    e                    = shift_i < -8'sd31 ? -8'sd31 : shift_i > 8'sd31 ? 8'sd31 : shift_i;
    if (rounding_i == ROUNDING_FLOAT) begin
      negative1_q         <= x_i[31];
      magnitude1_q        <= magnitude;
      zeros1_q            <= leading_zeros(magnitude);
      bits1_q             <= x_i[31:0];
      float_zeros1_q      <= leading_zeros({9'd0, x_i[22:0]});
      multiplier_zeros1_q <= leading_zeros({9'd0, multiplier_i[22:0]});
    end
    multiplier1_q <= multiplier_i;
    x1_q          <= x_i;
    if (rounding_i == ROUNDING_DOUBLE) begin
      y1_q     <= e > 8'sd0 ? x_i[31:0] << e[4:0] : x_i[31:0];
      right1_q <= e < 8'sd0 ? 6'(-e) : 6'd0;
    end else begin
      y1_q     <= x_i[31:0];
      right1_q <= shift_i[5:0];
    end
  end

  /////////////////
  // 2: operands //
  /////////////////

  float_t a2_q, b2_q;
  logic signed [31:0] y2_q, m2_q;
  logic signed [63:0] x2_q;
  logic [5:0] right2_q;

  always_ff @(posedge clk_i) if (en_i) begin
    float_t a, b;
    if (rounding_i == ROUNDING_FLOAT) begin
      a = is_float_i ? from_bits(bits1_q, float_zeros1_q) :
          from_int(negative1_q, magnitude1_q, zeros1_q);
      b = from_bits(multiplier1_q, multiplier_zeros1_q);
      a2_q <= a;
      b2_q <= b;
      y2_q <= {8'd0, a.mantissa};
      m2_q <= {8'd0, b.mantissa};
    end else begin
      y2_q <= y1_q;
      m2_q <= multiplier1_q;
    end
    x2_q     <= x1_q;
    right2_q <= right1_q;
  end

  ////////////////
  // 3: product //
  ////////////////

  float_t a3_q, b3_q;
  logic signed [63:0] product3_q, x3_q;
  logic [5:0] right3_q;
  logic lowest3_q;

  always_ff @(posedge clk_i) if (en_i) begin
    product3_q <= 64'(y2_q) * 64'(m2_q);
    // The one product whose high half does not fit.
    lowest3_q  <= y2_q == 32'h8000_0000 && m2_q == 32'h8000_0000;
    a3_q       <= a2_q;
    b3_q       <= b2_q;
    x3_q       <= x2_q;
    right3_q   <= right2_q;
  end

  //////////////////
  // 4: high half //
  //////////////////

  exact_t exact4_q;
  logic signed [63:0] wide4_q;
  logic [5:0] right4_q;

  always_ff @(posedge clk_i) if (en_i) begin
    logic signed [63:0] half;
    half = right3_q == '0 ? '0 : 64'sd1 << (right3_q - 6'd1);
    if (rounding_i == ROUNDING_FLOAT) exact4_q <= product_of(a3_q, b3_q, product3_q[47:0]);
    right4_q <= right3_q;
    unique case (rounding_i)
      ROUNDING_DOUBLE: wide4_q <= lowest3_q ? 64'sh7fff_ffff : (product3_q + (64'sd1 << 30)) >>> 31;
      ROUNDING_SINGLE: wide4_q <= product3_q + half;
      default: wide4_q <= x3_q;
    endcase
  end

  //////////////////
  // 5: rounding  //
  //////////////////

  logic signed [63:0] value5_q;

  always_ff @(posedge clk_i) if (en_i) begin
    logic [30:0] mask, rest;
    logic signed [63:0] shifted;
    mask = ~(~31'd0 << right4_q[4:0]);
    rest = wide4_q[30:0] & mask;
    // By itself, so that nothing unsigned beside it makes the shift unsigned.
    shifted = wide4_q >>> right4_q;
    unique case (rounding_i)
      ROUNDING_DOUBLE: begin
        value5_q <= shifted + 64'(32'(rest) > (32'(mask) >> 1) + 32'(wide4_q[63]));
      end
      ROUNDING_SINGLE: value5_q <= shifted;
      ROUNDING_FLOAT: value5_q <= {32'd0, round(exact4_q)};
      default: value5_q <= wide4_q;
    endcase
  end

  /////////////////
  // 6: integers //
  /////////////////

  always_ff @(posedge clk_i) if (en_i) begin
    value_o <= rounding_i == ROUNDING_FLOAT && !keep_float_i ?
        64'($signed(to_int(value5_q[31:0]))) : value5_q;
  end

endmodule
