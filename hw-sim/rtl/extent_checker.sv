// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lowest and the highest unit of every operand, from the instruction and the configuration alone:
// faults FIELD (of fields that only together are illegal), EXTENT, PROGRAM and OVERLAP.
//
// Three small machines, extent_hull, take one step a cycle each, side by side: over what an
// instruction reads first, over what it writes or reads second, and over the rest. Their lists of
// steps are all shorter than `CheckSteps`; so every check takes that long. Counts are stored less
// one, which is what hulls need.

module extent_checker
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import extent_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  // Stay until `done_o`, as all that follows.
  input  logic [127:0] word_i,
  input  ld_config_t   ld_i,
  input  mm_config_t   mm_i,
  input  dw_config_t   dw_i,
  input  vx_config_t   vx_i,
  input  st_config_t   st_i,
  input  logic  [47:0] program_first_i,
  input  logic  [31:0] program_count_i,
  // In the last cycle.
  output logic         done_o,
  output fault_e       fault_o
);

  localparam int unsigned Hulls = 3;

  /////////////////
  // Instruction //
  /////////////////

  opcode_e opcode;
  stream_t stream;
  vector_t vec;
  reduce_t reduce;
  load_window_t lines;
  stages_t stages;
  window_t window;
  walk_t walk;

  assign opcode = opcode_e'(word_i[5:0]);
  assign stream = get_stream(word_i);
  assign vec    = get_vector(word_i);
  assign reduce = get_reduce(word_i);
  assign lines  = get_load_window(word_i);
  assign stages = vx_i.set_stages;
  assign window = walk.window;
  always_comb begin
    unique case (opcode)
      OPCODE_MATMUL: {walk.pitch, walk.window, walk.edges, walk.ring} =
          {mm_i.set_pitch, mm_i.set_window, mm_i.set_edge, mm_i.set_ring};
      OPCODE_DEPTHWISE: {walk.pitch, walk.window, walk.edges, walk.ring} =
          {dw_i.set_pitch, dw_i.set_window, dw_i.set_edge, dw_i.set_ring};
      default: {walk.pitch, walk.window, walk.edges, walk.ring} =
          {vx_i.set_pitch, vx_i.set_window, vx_i.set_edge, vx_i.set_ring};
    endcase
    walk.source = stream.source;
    {walk.width, walk.height} = {stream.width, stream.height};
    if (opcode == OPCODE_VECTOR) {walk.width, walk.height} = {vec.width, 12'(vec.height)};
    if (opcode == OPCODE_REDUCE) {walk.width, walk.height} = {reduce.width, 12'(reduce.height)};
  end

  ////////////
  // Fields //
  ////////////

  logic has_field_fault, field_q;

  function automatic logic is_zero_point_illegal(stream_t s);
    return s.unsigned_input ? s.zero_point < 9'sd0 :
        s.zero_point < -9'sd128 || s.zero_point > 9'sd127;
  endfunction

  always_comb begin
    has_field_fault = 1'b0;
    unique case (opcode)
      OPCODE_LOAD_WINDOW:
        has_field_fault = 32'(ld_i.set_kernel.kernel_x) >= WindowKernel ||
            32'(ld_i.set_kernel.kernel_y) >= WindowKernel;
      OPCODE_MATMUL:
        has_field_fault = 32'(mm_i.set_weights.pad_k) >= Lanes ||
            32'(mm_i.set_weights.pad_n) >= Lanes || is_zero_point_illegal(stream);
      OPCODE_DEPTHWISE:
        has_field_fault = 32'(dw_i.set_weights.pad_n) >= Lanes || is_zero_point_illegal(stream);
      OPCODE_VECTOR:
        has_field_fault =
            (stages.pool == POOL_NONE && (window.kernel_x != '0 || window.kernel_y != '0)) ||
            (vx_i.set_rescale.per_column && vx_i.set_result.per_column) ||
            (stages.combine == COMBINE_ROW_MULTIPLY &&
             vx_i.set_operand.element != OPERAND_TYPE_ROW) ||
            (stages.bias == BIAS_PRODUCT && (stages.combine == COMBINE_NONE ||
                                             stages.combine == COMBINE_ROW_MULTIPLY));
      OPCODE_REDUCE:
        has_field_fault = stages.bias != BIAS_NONE || stages.lookup != LOOKUP_NONE ||
            stages.pool != POOL_NONE || stages.combine != COMBINE_NONE ||
            32'(reduce.pad) >= Lanes;
      default: ;
    endcase
  end

  ///////////
  // Steps //
  ///////////

  logic busy_q;
  logic [3:0] step_q, step;
  step_t [Hulls-1:0] steps;
  found_t [Hulls-1:0] found;
  logic [Hulls-1:0] field, extent, in_program, checks, in_scratchpad;
  wide_t [Hulls-1:0] lo, hi;

  // No list has a last step.
  assign step = busy_q ? step_q : '1;

  source_steps u_source_steps (
    .step_i  (step),
    .word_i,
    .ld_i,
    .st_i,
    .stages_i(stages),
    .walk_i  (walk),
    .found_i (found[0]),
    .step_o  (steps[0])
  );
  target_steps u_target_steps (
    .step_i (step),
    .word_i,
    .ld_i,
    .mm_i,
    .vx_i,
    .st_i,
    .walk_i (walk),
    .found_i(found[1]),
    .step_o (steps[1])
  );
  other_steps u_other_steps (
    .step_i(step),
    .word_i,
    .mm_i,
    .dw_i,
    .vx_i,
    .walk_i(walk),
    .step_o(steps[2])
  );
  for (genvar i = 0; i < Hulls; i++) begin : gen_hull
    extent_hull #(
      .Clips(i == 0)
    ) u_hull (
      .clk_i,
      .rst_ni,
      .start_i,
      .step_i         (steps[i]),
      .walk_i         (walk),
      .line_i         (lines.row),
      .kernel_i       (ld_i.set_kernel),
      .picture_i      (ld_i.set_picture),
      .program_first_i,
      .program_count_i,
      .found_o        (found[i]),
      .field_o        (field[i]),
      .extent_o       (extent[i]),
      .program_o      (in_program[i]),
      .checks_o       (checks[i]),
      .in_scratchpad_o(in_scratchpad[i]),
      .lo_o           (lo[i]),
      .hi_o           (hi[i])
    );
  end

  // Hulls of vx in the scratchpad; the third of them is the second operand's.
  logic is_vector, overlap;
  assign is_vector = opcode == OPCODE_VECTOR || opcode == OPCODE_REDUCE;
  overlap_checker u_overlap (
    .clk_i,
    .start_i,
    .step_i   (step),
    .word_i,
    .vx_i,
    .walk_i   (walk),
    .valid_i  (is_vector ? checks & in_scratchpad : '0),
    .lo_i     (lo),
    .hi_i     (hi),
    .overlap_o(overlap)
  );

  ////////////
  // Faults //
  ////////////

  assign done_o  = busy_q && (opcode == OPCODE_SYNC || 32'(step_q) == CheckSteps - 1);
  assign fault_o = field_q || field != '0 ? FAULT_FIELD : extent != '0 ? FAULT_EXTENT :
      in_program != '0 ? FAULT_PROGRAM : is_vector && overlap ? FAULT_OVERLAP : FAULT_NONE;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q  <= 1'b0;
      field_q <= 1'b0;
      step_q  <= '0;
    end else begin
      busy_q <= start_i || (busy_q && !done_o);
      step_q <= start_i ? '0 : step_q + 4'(busy_q);
      if (start_i) field_q <= has_field_fault;
    end
  end

endmodule
