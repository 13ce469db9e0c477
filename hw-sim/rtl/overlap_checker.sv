// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fault OVERLAP of vx and vx.reduce: where the target meets an operand in the scratchpad, it is to lie
// exactly there, and results are not to lie on each other. Distances are multiplied while extent_hull
// is at work; its hulls come last.

module overlap_checker
  import systole_pkg::*;
  import extent_pkg::*;
(
  input  logic               clk_i,
  input  logic               start_i,
  input  logic         [3:0] step_i,
  // Stay until the last step.
  input  logic       [127:0] word_i,
  input  vx_config_t         vx_i,
  input  walk_t              walk_i,
  // With `valid`: hulls of the source, the target and the second operand.
  input  logic         [2:0] valid_i,
  input  wide_t        [2:0] lo_i,
  input  wide_t        [2:0] hi_i,
  output logic               overlap_o
);

  localparam int unsigned Source = 0;
  localparam int unsigned Target = 1;
  localparam int unsigned Second = 2;

  logic is_reduce;
  vector_t vec;
  reduce_t reduce;
  stages_t stages;
  assign is_reduce = opcode_e'(word_i[5:0]) == OPCODE_REDUCE;
  assign vec       = get_vector(word_i);
  assign reduce    = get_reduce(word_i);
  assign stages    = vx_i.set_stages;

  // Of loops: whether they have several iterations; the target's distances without their signs.
  logic [2:0] several;
  stride_t [2:0] distances;
  assign several = {walk_i.window.channels != '0, walk_i.height != '0, walk_i.width != '0};
  always_comb begin
    distances = {stride_t'(vx_i.set_target.channel), stride_t'(vx_i.set_target.y),
                 stride_t'(vx_i.set_target.x)};
    for (int unsigned i = 0; i < 3; i++) begin
      if (distances[i] < stride_t'(0)) distances[i] = -distances[i];
    end
  end

  //////////////
  // Products //
  //////////////

  // Steps 0 and 1 are the source's distances of windows; 2, 5 and 8 the spans of the target's loops,
  // the smallest distance first, each to be at least what those before it span.
  logic [2:0] left_q, pick, is_span_q;
  factor_t next_count, high_q;
  stride_t next_distance, by_q, distance_q;
  wide_t product_q, span_q, distance_x_q, distance_y_q;
  logic is_span, is_picked_q, crosses_q;

  assign is_span = step_i == 4'd2 || step_i == 4'd5 || step_i == 4'd8;
  always_comb begin
    pick          = '0;
    next_distance = '0;
    next_count    = '0;
    for (int unsigned i = 0; i < 3; i++) begin
      if (left_q[i] && (pick == '0 || distances[i] < next_distance)) begin
        pick          = 3'd1 << i;
        next_distance = distances[i];
        next_count    = i == 0 ? plain(32'(walk_i.width)) : i == 1 ? plain(32'(walk_i.height)) :
            plain(32'(walk_i.window.channels));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    product_q <= wide_t'(high_q) * wide_t'(by_q);
    is_span_q <= {is_span_q[1:0], is_span};
    unique case (step_i)
      4'd0: begin high_q <= counted(32'(walk_i.window.stride_x)); by_q <= stride_t'(walk_i.pitch.x); end
      4'd1: begin high_q <= counted(32'(walk_i.window.stride_y)); by_q <= stride_t'(walk_i.pitch.y); end
      default: begin high_q <= next_count; by_q <= next_distance; end
    endcase
    if (step_i == 4'd2) distance_x_q <= product_q;
    if (step_i == 4'd3) distance_y_q <= product_q;
    if (start_i) begin
      left_q    <= several;
      span_q    <= wide_t'(target_words(is_reduce, vx_i.set_target));
      crosses_q <= 1'b0;
      is_span_q <= '0;
    end else begin
      if (is_span) begin
        left_q      <= left_q & ~pick;
        is_picked_q <= pick != '0;
        distance_q  <= next_distance;
      end
      if (is_span_q[0] && is_picked_q && wide_t'(distance_q) < span_q) crosses_q <= 1'b1;
      if (is_span_q[1]) span_q <= span_q + product_q;
    end
  end

  //////////////
  // Meetings //
  //////////////

  typedef struct packed {
    logic  valid;
    wide_t lo;
    wide_t hi;
  } hull_t;
  hull_t [2:0] hulls_q;
  logic meets_source, meets_second, same_source, same_second;

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < 3; i++) begin
      if (start_i) hulls_q[i].valid <= 1'b0;
      else if (valid_i[i]) hulls_q[i] <= '{valid: 1'b1, lo: lo_i[i], hi: hi_i[i]};
    end
  end

  function automatic logic meet(hull_t a, hull_t b);
    return a.valid && b.valid && a.lo <= b.hi && b.lo <= a.hi;
  endfunction

  assign meets_source = meet(hulls_q[Source], hulls_q[Target]);
  assign meets_second = meet(hulls_q[Second], hulls_q[Target]);
  assign same_source  = walk_i.window.kernel_x == '0 && walk_i.window.kernel_y == '0 &&
      !walk_i.window.edged && walk_i.ring.size == '0 &&
      factor_t'($signed(walk_i.source)) ==
          plain(is_reduce ? 32'(reduce.target) : 32'(vec.target)) &&
      source_words(stages) == target_words(is_reduce, vx_i.set_target) &&
      (!several[0] || distance_x_q == wide_t'(vx_i.set_target.x)) &&
      (!several[1] || distance_y_q == wide_t'(vx_i.set_target.y)) &&
      (!several[2] || walk_i.pitch.channel == vx_i.set_target.channel);
  assign same_second  = vec.operand == vec.target &&
      operand_words(vx_i.set_operand) == target_words(is_reduce, vx_i.set_target) &&
      (!several[0] || vx_i.set_operand.x == vx_i.set_target.x) &&
      (!several[1] || vx_i.set_operand.y == vx_i.set_target.y) &&
      (!several[2] || vx_i.set_operand.channel == vx_i.set_target.channel);
  assign overlap_o    = (meets_source && !same_source) || (meets_second && !same_second) ||
      ((meets_source || meets_second) && crosses_q);

endmodule
