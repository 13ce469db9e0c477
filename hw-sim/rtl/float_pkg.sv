// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// float32 as IEEE 754 has it, in steps that fit a cycle: every operation rounds to nearest even, with
// subnormals, infinities and NaNs. A NaN has no payload and no sign: it only ever becomes 0.

package float_pkg;

  // A number taken apart: (-1)^negative * mantissa / 2^23 * 2^exponent. The mantissa of what is not
  // zero has its highest bit set.
  typedef struct packed {
    logic               is_nan;
    logic               is_inf;
    logic               negative;
    logic signed [10:0] exponent;
    logic        [23:0] mantissa;
  } float_t;

  localparam logic [31:0] Nan = 32'h7fc0_0000;

  // Zeros above the highest one.
  function automatic logic [5:0] leading_zeros(logic [31:0] x);
    logic [5:0] count;
    count = 6'd32;
    for (int unsigned i = 0; i < 32; i++) begin
      if (x[i]) count = 6'd31 - 6'(i);
    end
    return count;
  endfunction

  // The nearest float32 to (-1)^negative * x, `zeros` its leading zeros.
  function automatic float_t from_int(logic negative, logic [31:0] x, logic [5:0] zeros);
    logic [31:0] normal;
    logic [24:0] rounded;
    float_t f;
    normal  = x << zeros;
    rounded = {1'b0, normal[31:8]} +
        25'(normal[7] && (normal[6:0] != '0 || normal[8]));
    f = '0;
    f.negative = negative;
    if (x != '0) begin
      f.exponent = 11'sd31 - 11'($signed({1'b0, zeros})) + 11'(rounded[24]);
      f.mantissa = rounded[24] ? 24'h80_0000 : rounded[23:0];
    end
    return f;
  endfunction

  // Takes bits apart, `zeros` the leading zeros of the lowest 23.
  function automatic float_t from_bits(logic [31:0] bits, logic [5:0] zeros);
    float_t f;
    logic [5:0] shift;
    f = '0;
    f.negative = bits[31];
    f.is_nan   = bits[30:23] == 8'hff && bits[22:0] != '0;
    f.is_inf   = bits[30:23] == 8'hff && bits[22:0] == '0;
    // 32 bits have nine zeros more than 23.
    shift      = zeros - 6'd8;
    if (bits[30:23] != '0) begin
      f.exponent = 11'($signed({1'b0, bits[30:23]})) - 11'sd127;
      f.mantissa = {1'b1, bits[22:0]};
    end else if (bits[22:0] != '0) begin
      f.exponent = -11'sd126 - 11'($signed({1'b0, shift}));
      f.mantissa = {1'b0, bits[22:0]} << shift;
    end
    return f;
  endfunction

  // What is left to round: mantissa / 2^47 * 2^exponent, its highest bit set unless it is zero; below
  // the lowest exponent already shifted.
  typedef struct packed {
    logic               is_nan;
    logic               is_inf;
    logic               negative;
    logic signed [10:0] exponent;
    logic        [47:0] mantissa;
  } exact_t;

  localparam logic signed [10:0] MinExponent = -11'sd126;

  // Right by up to 63, ones that fall out remembered in the lowest bit.
  function automatic logic [47:0] shift_sticky(logic [47:0] x, logic [5:0] count);
    logic [47:0] lost;
    lost = x & ~(~48'd0 << count);
    return (x >> count) | 48'(lost != '0);
  endfunction

  // The product of two floats from that of their mantissas.
  function automatic exact_t product_of(float_t a, float_t b, logic [47:0] product);
    exact_t p;
    logic signed [10:0] below;
    p.negative = a.negative ^ b.negative;
    p.is_nan   = a.is_nan || b.is_nan || (a.is_inf && !b.is_inf && b.mantissa == '0) ||
        (b.is_inf && !a.is_inf && a.mantissa == '0);
    p.is_inf   = a.is_inf || b.is_inf;
    p.exponent = a.exponent + b.exponent + 11'(product[47]);
    p.mantissa = product[47] ? product : product << 1;
    below      = MinExponent - p.exponent;
    if (below > 11'sd0) begin
      p.mantissa = shift_sticky(p.mantissa, below > 11'sd63 ? 6'd63 : 6'(below));
      p.exponent = MinExponent;
    end
    return p;
  endfunction

  // Rounds and puts together.
  function automatic logic [31:0] round(exact_t x);
    logic [8:0] biased;
    logic [31:0] bits;
    logic up;
    // A mantissa without its highest bit is subnormal.
    biased = x.mantissa[47] ? 9'(x.exponent + 11'sd127) : 9'd0;
    up     = x.mantissa[23] && (x.mantissa[22:0] != '0 || x.mantissa[24]);
    // An exponent that is too high stays so.
    if (x.mantissa[47] && x.exponent > 11'sd127) biased = 9'd255;
    bits   = {biased, x.mantissa[46:24]} + 32'(up);
    if (x.is_nan) return Nan;
    if (x.is_inf || bits[31] || bits[30:23] == 8'hff) begin
      return {x.negative, 8'hff, 23'd0};
    end
    return {x.negative, bits[30:0]};
  endfunction

  // Two numbers to add, the one with the larger exponent first, on a common exponent.
  typedef struct packed {
    logic               is_nan;
    logic               is_inf;
    logic               negative;
    logic               other_negative;
    logic signed [10:0] exponent;
    logic        [47:0] mantissa;
    logic        [47:0] other;
  } aligned_t;

  function automatic aligned_t align(logic [31:0] a, logic [31:0] b);
    logic [31:0] high, low;
    logic [7:0] high_field, low_field, distance;
    aligned_t r;
    high       = a[30:0] >= b[30:0] ? a : b;
    low       = a[30:0] >= b[30:0] ? b : a;
    // Subnormals have the lowest exponent and no hidden bit.
    high_field = high[30:23] == '0 ? 8'd1 : high[30:23];
    low_field = low[30:23] == '0 ? 8'd1 : low[30:23];
    distance    = high_field - low_field;
    r.negative       = high[31];
    r.other_negative = low[31];
    r.is_nan   = (high[30:23] == 8'hff && high[22:0] != '0) ||
        (low[30:23] == 8'hff && (low[22:0] != '0 || low[31] != high[31]));
    r.is_inf   = high[30:23] == 8'hff;
    r.exponent = 11'($signed({1'b0, high_field})) - 11'sd127;
    // One bit of room for a carry above, the rest below.
    r.mantissa = {1'b0, high[30:23] != '0, high[22:0], 23'd0};
    r.other    = shift_sticky({1'b0, low[30:23] != '0, low[22:0], 23'd0},
                              distance > 8'd63 ? 6'd63 : 6'(distance));
    return r;
  endfunction

  // The sum, not yet normal: mantissa / 2^46 * 2^exponent.
  function automatic exact_t add(aligned_t x);
    exact_t s;
    s.is_nan   = x.is_nan;
    s.is_inf   = x.is_inf;
    s.exponent = x.exponent;
    s.mantissa = x.negative == x.other_negative ? x.mantissa + x.other : x.mantissa - x.other;
    s.negative = x.negative;
    return s;
  endfunction

  // Makes the highest bit that is set the highest, as far as exponents go.
  function automatic exact_t normalize(exact_t s);
    exact_t n;
    logic [5:0] zeros;
    logic signed [10:0] room;
    zeros = 6'd48;
    for (int unsigned i = 0; i < 48; i++) begin
      if (s.mantissa[i]) zeros = 6'd47 - 6'(i);
    end
    n = s;
    // Left by `zeros` the exponent is one higher, less `zeros`.
    room = s.exponent + 11'sd1 - MinExponent;
    if (11'($signed({1'b0, zeros})) > room) zeros = 6'(room);
    n.mantissa = s.mantissa << zeros;
    n.exponent = s.exponent + 11'sd1 - 11'($signed({1'b0, zeros}));
    return n;
  endfunction

  // The nearest int32; beyond, the largest or smallest.
  function automatic logic [31:0] to_int(logic [31:0] bits);
    logic signed [9:0] exponent;
    logic [55:0] fixed;
    logic [31:0] magnitude;
    logic up;
    exponent = 10'($signed({1'b0, bits[30:23]})) - 10'sd127;
    if (bits[30:23] == 8'hff && bits[22:0] != '0) return 32'd0;
    if (exponent >= 10'sd31) return bits[31] ? 32'h8000_0000 : 32'h7fff_ffff;
    if (exponent < -10'sd1) return 32'd0;
    // 24 bits behind the point.
    fixed     = {32'd0, 1'b1, bits[22:0]} << 5'(exponent + 10'sd1);
    up        = fixed[23] && (fixed[22:0] != '0 || fixed[24]);
    magnitude = fixed[55:24] + 32'(up);
    return bits[31] ? -magnitude : magnitude;
  endfunction

endpackage
