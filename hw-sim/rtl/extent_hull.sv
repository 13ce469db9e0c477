// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lowest and the highest unit of an operand: two multipliers that take one step a cycle
// (extent_pkg), registers on both sides of them.

module extent_hull
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import extent_pkg::*;
#(
  // Whether there are pictures with edges.
  parameter bit Clips = 1'b1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  // Forgets what was found.
  input  logic                start_i,
  input  step_t               step_i,
  // Stay until all steps are taken, as all that follows.
  input  walk_t               walk_i,
  input  logic signed  [15:0] line_i,
  input  kernel_t             kernel_i,
  input  picture_t            picture_i,
  input  logic         [47:0] program_first_i,
  input  logic         [31:0] program_count_i,

  output found_t              found_o,
  output logic                field_o,
  output logic                extent_o,
  output logic                program_o,
  // With CHECK: the hull of an operand that is not empty.
  output logic                checks_o,
  output logic                in_scratchpad_o,
  output wide_t               lo_o,
  output wide_t               hi_o
);

  // x / R is x * Reciprocal / 2^30, for x below 2^24.
  localparam int unsigned ReciprocalUp = ((32'd1 << 30) - 1) / Lanes + 1;
  localparam stride_t Reciprocal = stride_t'({2'b00, ReciprocalUp});
  localparam wide_t Saturated = wide_t'(1) <<< 39;

  // A step that was issued, and one that has multiplied.
  step_t step_q;
  action_e behind_q;
  wide_t run_q, lo_q, hi_q, quotient_q, product_low_q, product_high_q;
  factor_t rows_lo_q, rows_hi_q, columns_lo_q, columns_hi_q, multiplied;
  logic is_clipped_q, is_empty;

  assign found_o = '{quotient: quotient_q, rows_lo: rows_lo_q, rows_hi: rows_hi_q,
                     columns_lo: columns_lo_q, columns_hi: columns_hi_q};

  //////////////
  // Multiply //
  //////////////

  stride_t by;
  always_comb begin
    by = step_q.by;
    multiplied = step_q.high;
    unique case (step_q.action)
      TIMES: multiplied = factor_t'(run_q);
      DIVIDE: by = Reciprocal;
      DIVIDE_RUN: begin
        multiplied = factor_t'(run_q) - factor_t'(1);
        by = Reciprocal;
      end
      default: ;
    endcase
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step_q   <= nothing();
      behind_q <= NOTHING;
    end else begin
      step_q   <= step_i;
      behind_q <= step_q.action;
    end
  end
  always_ff @(posedge clk_i) begin
    product_low_q  <= wide_t'(step_q.low) * wide_t'(by);
    product_high_q <= wide_t'(multiplied) * wide_t'(by);
  end

  /////////////
  // Numbers //
  /////////////

  always_ff @(posedge clk_i) begin
    if (step_q.action == SIZE) run_q <= wide_t'(step_q.high);
    if (behind_q == TIMES) run_q <= product_high_q > Saturated ? Saturated : product_high_q;
    if (behind_q == DIVIDE || behind_q == DIVIDE_RUN) quotient_q <= product_high_q >>> 30;
  end

  if (Clips) begin : gen_clips
    // The last row that windows touch, whether or not it is in the picture.
    factor_t lines_end;
    assign lines_end = factor_t'(line_i) + rows_hi_q + plain(32'(kernel_i.kernel_y));

    always_ff @(posedge clk_i) begin
      unique case (behind_q)
        ROWS: rows_hi_q <= factor_t'(product_high_q);
        MORE_ROWS: rows_hi_q <= rows_hi_q + factor_t'(product_high_q);
        COLUMNS: columns_hi_q <= factor_t'(product_high_q);
        MORE_COLUMNS: columns_hi_q <= columns_hi_q + factor_t'(product_high_q);
        default: ;
      endcase
      if (step_q.action == CLIP) begin
        rows_lo_q    <= '0;
        columns_lo_q <= '0;
        if (walk_i.window.edged) begin
          if (walk_i.edges.top > 16'sd0) rows_lo_q <= factor_t'(walk_i.edges.top);
          if (walk_i.edges.left > 16'sd0) columns_lo_q <= factor_t'(walk_i.edges.left);
          if (factor_t'(walk_i.edges.bottom) <= rows_hi_q) begin
            rows_hi_q <= factor_t'(walk_i.edges.bottom) - factor_t'(1);
          end
          if (factor_t'(walk_i.edges.right) <= columns_hi_q) begin
            columns_hi_q <= factor_t'(walk_i.edges.right) - factor_t'(1);
          end
        end
      end
      if (step_q.action == CLIP_LINES) begin
        rows_lo_q    <= line_i > 16'sd0 ? factor_t'(line_i) : '0;
        rows_hi_q    <= lines_end > plain(32'(picture_i.height)) ? plain(32'(picture_i.height)) :
            lines_end;
        columns_lo_q <= '0;
        columns_hi_q <= '0;
      end
      if (start_i) is_clipped_q <= 1'b0;
      else if (step_q.action == CLIP || step_q.action == CLIP_LINES) is_clipped_q <= 1'b1;
    end
    assign is_empty = is_clipped_q && (rows_hi_q < rows_lo_q || columns_hi_q < columns_lo_q);
  end else begin : gen_no_clips
    assign {rows_lo_q, rows_hi_q, columns_lo_q, columns_hi_q, is_clipped_q, is_empty} = '0;
    logic unused_clips;
    assign unused_clips = ^{line_i, kernel_i, picture_i, walk_i, is_clipped_q};
  end

  //////////
  // Hull //
  //////////

  wide_t ring_limit, ring_size;
  assign ring_limit = wide_t'({1'b0, walk_i.ring.limit});
  assign ring_size  = wide_t'({1'b0, walk_i.ring.size});

  always_ff @(posedge clk_i) begin
    if (step_q.action == FIRST) begin
      lo_q <= step_q.first;
      hi_q <= step_q.first;
    end
    if (behind_q == LOOP) begin
      lo_q <= lo_q + (product_low_q < product_high_q ? product_low_q : product_high_q);
      hi_q <= hi_q + (product_low_q < product_high_q ? product_high_q : product_low_q);
    end
    if (step_q.action == WRAP && walk_i.ring.size != '0 && hi_q >= ring_limit) begin
      if (lo_q >= ring_limit) begin
        lo_q <= lo_q - ring_size;
        hi_q <= hi_q - ring_size;
      end else begin
        if (ring_limit - ring_size < lo_q) lo_q <= ring_limit - ring_size;
        hi_q <= ring_limit - wide_t'(1) > hi_q - ring_size ? ring_limit - wide_t'(1) :
                                                             hi_q - ring_size;
      end
    end
  end

  ////////////
  // Faults //
  ////////////

  wide_t limit, program_end;
  logic outside, in_program;

  always_comb begin
    unique case (step_q.memory)
      MEMORY_SCRATCHPAD: limit = wide_t'({1'b0, ScratchpadWords});
      MEMORY_WEIGHTS: limit = wide_t'({1'b0, WeightWords});
      MEMORY_PARAMETERS: limit = wide_t'({1'b0, ParameterWords});
      MEMORY_ACCUMULATORS: limit = wide_t'({1'b0, 2 * AccumulatorRows});
      MEMORY_DEPTHWISE: limit = DepthwiseMultipliers == 0 ? '0 : wide_t'({1'b0, 2 * DepthwiseRows});
      default: limit = wide_t'({1'b0, DramBytes});
    endcase
  end
  assign lo_o        = lo_q;
  assign hi_o        = hi_q + run_q - wide_t'(1);
  assign checks_o    = step_q.action == CHECK && !is_empty;
  assign in_scratchpad_o = step_q.memory == MEMORY_SCRATCHPAD;
  assign outside     = lo_q < wide_t'(0) || hi_o >= limit;
  assign program_end = wide_t'({1'b0, program_first_i}) + wide_t'({1'b0, program_count_i, 4'b0});
  assign in_program  = step_q.is_write && step_q.memory == MEMORY_DRAM && lo_q < program_end &&
      hi_o >= wide_t'({1'b0, program_first_i});

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {field_o, extent_o, program_o} <= '0;
    else if (start_i) {field_o, extent_o, program_o} <= '0;
    else begin
      if (step_q.action == LIMIT && run_q > wide_t'(step_q.high)) field_o <= 1'b1;
      if (checks_o && outside) extent_o <= 1'b1;
      if (checks_o && in_program) program_o <= 1'b1;
    end
  end

endmodule
