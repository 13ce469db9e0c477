// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One lane of VX: the steps of `vx` on one value, and a lane's part of `vx.reduce`. Nothing in it
// waits: whatever is in a stage goes to the next.

module vector_lane
  import systole_pkg::*;
  import float_pkg::*;
  import vector_pkg::*;
(
  input  logic                  clk_i,
  // Stays while anything is in the lane.
  input  vector_control_t       control_i,
  input  column_t         [1:0] columns_i,

  // There are taps, or values, in stages, or go into the first: otherwise these stand still.
  input  logic                  taps_en_i,
  input  logic                  values_en_i,

  // A tap, as a register, and the same control later.
  input  tap_t                  tap_i,
  input  tap_t                  tap_pool_i,
  input  logic           [31:0] value_i,
  // Lanes that do not count in the last row of taps.
  input  logic                  is_padding_i,
  // What the window came to, behind its last tap; whether it had a tap.
  output logic           [31:0] pooled_o,
  output logic                  counted_o,

  // Division.
  input  logic                  divide_i,
  input  logic           [16:0] taps_i,
  output logic           [31:0] average_o,

  // A window's value and operand, as registers; sets of parameters for it later.
  input  logic           [31:0] window_i,
  input  logic           [31:0] operand_i,
  input  logic                  bias_set_i,
  input  logic                  result_set_i,
  output logic           [31:0] result_o,

  // The table's next entry.
  input  logic                  table_valid_i,
  input  logic                  entry_write_i,
  input  logic            [7:0] entry_index_i,
  input  logic           [15:0] entry_i
);

  stages_t stages;
  assign stages = control_i.stages;

  ///////////
  // Table //
  ///////////

  // Used either for taps or for results.
  logic [31:0] lookup_index;
  logic [15:0] entry;
  mem_1r1w #(
    .Width(16),
    .Depth(256)
  ) u_table (
    .clk_i,
    .rd_en_i  (taps_en_i || values_en_i),
    .rd_addr_i(lookup_index[7:0]),
    .rd_data_o(entry),
    .wr_en_i  (entry_write_i),
    .wr_addr_i(entry_index_i),
    .wr_data_i(entry_i)
  );
  logic [31:0] looked_up;
  assign looked_up = table_valid_i ? 32'($signed(entry)) : 32'd0;

  //////////
  // Taps //
  //////////

  logic [31:0] biased_q, multiplier_q;
  logic signed [7:0] shift_q;
  logic signed [63:0] rescaled;
  rounding_e rounding_q;
  logic [31:0] clamped_q, tap_late_q, tap_q;

  // 1. The bias; of a reduction the zero point, and squares as a product with itself.
  always_ff @(posedge clk_i) if (taps_en_i) begin
    logic [31:0] difference;
    logic is_square;
    difference = value_i - 32'($signed(stages.zero_point));
    is_square  = control_i.is_reduce && control_i.reduce.reduction == REDUCTION_SQUARES;
    rounding_q <= control_i.is_reduce ? (is_square ? ROUNDING_SINGLE : ROUNDING_NONE) :
        control_i.rescale.rounding;
    biased_q   <= value_i +
        (stages.bias == BIAS_FIRST ? columns_i[tap_i.bank].bias : 32'd0);
    multiplier_q <= control_i.rescale.per_column ? columns_i[tap_i.bank].multiplier :
        control_i.rescale.multiplier;
    shift_q <= control_i.rescale.per_column ? columns_i[tap_i.bank].shift :
        8'(control_i.rescale.shift);
    if (control_i.is_reduce) begin
      biased_q     <= is_square ? 32'($signed(difference[15:0])) : difference;
      multiplier_q <= 32'($signed(difference[15:0]));
      shift_q      <= 8'(control_i.reduce.shift);
    end
  end

  // 2. Rescaling.
  rescaler u_rescale (
    .clk_i,
    .en_i        (taps_en_i),
    .rounding_i  (rounding_q),
    .keep_float_i(1'b0),
    .is_float_i  (1'b0),
    .x_i         (64'($signed(biased_q))),
    .multiplier_i(multiplier_q),
    .shift_i     (shift_q),
    .value_o     (rescaled)
  );
  always_ff @(posedge clk_i) if (taps_en_i) begin
    clamped_q <= control_i.is_reduce || control_i.rescale.rounding == ROUNDING_NONE ?
        rescaled[31:0] : offset_and_clamp(control_i.rescale, rescaled);
    // 3. The table: one cycle to read, one to choose.
    tap_late_q <= clamped_q;
    tap_q      <= stages.lookup == LOOKUP_RESCALED && !control_i.is_reduce ? looked_up :
        tap_late_q;
  end

  // 4. Pooling: the first tap begins a window, whether it counts or not.
  logic [31:0] pool_d, pool_q;
  logic counted_d, counted_q, counts, is_max;

  assign is_max = control_i.is_reduce ? control_i.reduce.reduction == REDUCTION_MAX :
      stages.pool == POOL_MAX;
  assign counts = tap_pool_i.present && !(tap_pool_i.last_row && is_padding_i);
  always_comb begin
    pool_d    = tap_pool_i.first ? 32'd0 : pool_q;
    counted_d = tap_pool_i.first ? 1'b0 : counted_q;
    if (counts) begin
      if (!counted_d) pool_d = tap_q;
      else if (!is_max) pool_d = pool_d + tap_q;
      else if ($signed(tap_q) > $signed(pool_d)) pool_d = tap_q;
      counted_d = 1'b1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (tap_pool_i.valid) begin
      pool_q    <= pool_d;
      counted_q <= counted_d;
    end
  end
  assign pooled_o  = pool_q;
  assign counted_o = counted_q;

  averager u_averager (
    .clk_i,
    .start_i  (divide_i),
    .sum_i    (pool_q),
    .taps_i,
    .average_o
  );

  /////////////
  // Results //
  /////////////

  logic is_add, is_float_add, is_float;
  logic [31:0] a_q, b_q, a_multiplier_q, b_multiplier_q;
  logic signed [7:0] a_shift_q, b_shift_q;
  rounding_e a_rounding_q, b_rounding_q;
  logic signed [63:0] a_part, b_part;

  assign is_add       = stages.combine == COMBINE_ADD && !control_i.is_reduce;
  assign is_float_add = is_add && control_i.result.rounding == ROUNDING_FLOAT;
  assign is_float     = is_float_add;

  // Zero points, and what the two rescalers are to do.
  always_ff @(posedge clk_i) if (values_en_i) begin
    logic [31:0] a, b;
    logic [4:0] left;
    logic signed [9:0] exponent;
    a    = window_i - 32'($signed(stages.zero_point));
    b    = operand_i - 32'($signed(control_i.operand.zero_point));
    left = control_i.scale.left;
    // Of row_multiply: what the row's mantissa is divided by.
    exponent = 10'($signed({1'b0, operand_i[23:16]})) + 10'(control_i.result.shift);
    a_q            <= a;
    b_q            <= b;
    a_rounding_q   <= ROUNDING_NONE;
    b_rounding_q   <= ROUNDING_NONE;
    a_multiplier_q <= control_i.scale.multiplier0;
    b_multiplier_q <= control_i.scale.multiplier1;
    a_shift_q      <= 8'(control_i.scale.shift0);
    b_shift_q      <= 8'(control_i.scale.shift1);
    unique case (control_i.is_reduce ? COMBINE_NONE : stages.combine)
      COMBINE_NONE: a_q <= window_i;
      COMBINE_ADD: begin
        a_rounding_q <= control_i.result.rounding;
        b_rounding_q <= control_i.result.rounding;
        if (!is_float_add && control_i.result.rounding != ROUNDING_NONE) begin
          a_q <= a << left;
          b_q <= b << left;
        end
      end
      COMBINE_MULTIPLY: begin
        a_rounding_q   <= ROUNDING_SINGLE;
        a_multiplier_q <= b;
        a_shift_q      <= '0;
      end
      COMBINE_SUBTRACT: begin
        a_q <= a << left;
        b_q <= operand_i;
      end
      COMBINE_ROW_MULTIPLY: begin
        a_rounding_q   <= ROUNDING_SINGLE;
        a_multiplier_q <= 32'(operand_i[15:0]);
        a_shift_q      <= exponent < 10'sd0 ? 8'sd0 : exponent > 10'sd62 ? 8'sd62 : 8'(exponent);
      end
      default: ;
    endcase
  end

  rescaler u_first (
    .clk_i,
    .en_i        (values_en_i),
    .rounding_i  (a_rounding_q),
    .keep_float_i(is_float_add),
    .is_float_i  (1'b0),
    .x_i         (64'($signed(a_q))),
    .multiplier_i(a_multiplier_q),
    .shift_i     (a_shift_q),
    .value_o     (a_part)
  );
  rescaler u_second (
    .clk_i,
    .en_i        (values_en_i),
    .rounding_i  (b_rounding_q),
    .keep_float_i(is_float_add),
    .is_float_i  (1'b0),
    .x_i         (64'($signed(b_q))),
    .multiplier_i(b_multiplier_q),
    .shift_i     (b_shift_q),
    .value_o     (b_part)
  );

  // The sum of both parts: in float32, or as integers, kept as long as that takes.
  logic [31:0] float_sum, float_biased, bias_float_q;
  logic [AddLatency-1:0][63:0] sum_q, biased_sum_q;
  logic [31:0] bias;
  logic has_bias;

  float_adder u_sum (
    .clk_i,
    .en_i (values_en_i && is_float),
    .a_i  (a_part[31:0]),
    .b_i  (b_part[31:0]),
    .sum_o(float_sum)
  );
  always_ff @(posedge clk_i) if (values_en_i) begin
    logic [31:0] narrow;
    unique case (control_i.is_reduce ? COMBINE_NONE : stages.combine)
      COMBINE_ADD: narrow = a_part[31:0] + b_part[31:0];
      COMBINE_SUBTRACT: narrow = a_part[31:0] - b_part[31:0];
      default: narrow = a_part[31:0];
    endcase
    // All 64 bits of a row's product are clamped.
    sum_q <= {sum_q[AddLatency-2:0],
        stages.combine == COMBINE_ROW_MULTIPLY && !control_i.is_reduce ? 64'(a_part) :
                                                                  64'($signed(narrow))};
  end

  // The bias of the product. As a float32 it is ready in the cycle in which the sum is.
  assign has_bias = stages.bias == BIAS_PRODUCT && !control_i.is_reduce;
  assign bias     = columns_i[bias_set_i].bias;
  always_ff @(posedge clk_i) if (values_en_i) begin
    logic [31:0] magnitude;
    magnitude = bias[31] ? -bias : bias;
    bias_float_q <= round(exact_of(from_int(bias[31], magnitude, leading_zeros(magnitude))));
  end
  function automatic exact_t exact_of(float_t f);
    return '{is_nan: 1'b0, is_inf: 1'b0, negative: f.negative, exponent: f.exponent,
             mantissa: {f.mantissa, 24'd0}};
  endfunction

  float_adder u_biased (
    .clk_i,
    .en_i (values_en_i && is_float),
    .a_i  (float_sum),
    .b_i  (bias_float_q),
    .sum_o(float_biased)
  );
  logic [AddLatency-1:0][31:0] float_late_q;
  always_ff @(posedge clk_i) if (values_en_i) begin
    float_late_q <= {float_late_q[AddLatency-2:0], float_sum};
    biased_sum_q <= {biased_sum_q[AddLatency-2:0],
        has_bias ? 64'($signed(sum_q[AddLatency-1][31:0] + bias_late_q)) : sum_q[AddLatency-1]};
  end
  logic [31:0] bias_late_q;
  always_ff @(posedge clk_i) if (values_en_i) bias_late_q <= bias;

  // `result`: not behind combine none and row_multiply; in a reduction where it is applied.
  logic uses_result, uses_clamp;
  rounding_e result_rounding;
  logic signed [63:0] result_in, result;
  logic [31:0] result_q, result_late_q;

  assign uses_result = control_i.is_reduce ? control_i.reduce.apply == APPLY_RESCALE :
      stages.combine != COMBINE_NONE && stages.combine != COMBINE_ROW_MULTIPLY;
  assign uses_clamp  = uses_result ||
      (!control_i.is_reduce && stages.combine == COMBINE_ROW_MULTIPLY);
  assign result_rounding = uses_result ? control_i.result.rounding : ROUNDING_NONE;
  assign result_in = is_float ?
      {32'd0, has_bias ? float_biased : float_late_q[AddLatency-1]} : biased_sum_q[AddLatency-1];

  logic [31:0] result_multiplier;
  logic signed [7:0] result_shift;
  logic per_column;
  assign per_column        = control_i.result.per_column && !control_i.is_reduce;
  assign result_multiplier = per_column ? columns_i[result_set_i].multiplier :
      control_i.result.multiplier;
  assign result_shift      = per_column ? columns_i[result_set_i].shift :
      8'(control_i.result.shift);

  rescaler u_result (
    .clk_i,
    .en_i        (values_en_i),
    .rounding_i  (result_rounding),
    .keep_float_i(1'b0),
    .is_float_i  (is_float),
    .x_i         (result_in),
    .multiplier_i(result_multiplier),
    .shift_i     (result_shift),
    .value_o     (result)
  );
  always_ff @(posedge clk_i) if (values_en_i) begin
    result_q      <= uses_clamp ? offset_and_clamp(control_i.result, result) : result[31:0];
    result_late_q <= result_q;
    result_o      <= stages.lookup == LOOKUP_RESULT && !control_i.is_reduce ? looked_up :
        result_late_q;
  end

  assign lookup_index = stages.lookup == LOOKUP_RESULT ? result_q : clamped_q;

endmodule
