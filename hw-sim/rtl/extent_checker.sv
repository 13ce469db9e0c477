// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lowest and the highest unit of every operand, from the instruction and the configuration alone:
// faults FIELD (of fields that only together are illegal), EXTENT, PROGRAM and OVERLAP.
//
// A small machine with two multipliers that takes one step a cycle: one operand of the instruction
// after the other, each with its list of steps. Counts are stored less one, which is what hulls need.

module extent_checker
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
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
  output logic         done_o,
  output fault_e       fault_o
);

  //////////////
  // Operands //
  //////////////

  typedef enum logic [3:0] {
    DRAM, CHIP, TILES_FROM, TILES_TO, LINES, WINDOWS, PICTURE, WEIGHTS, ZERO_POINTS, SUMS, OUTPUTS,
    SECOND, PARAMETERS, TABLE, OVERLAP
  } operand_e;

  typedef logic signed [57:0] wide_t;
  typedef logic signed [40:0] factor_t;
  typedef logic signed [33:0] stride_t;

  logic busy_q;
  operand_e operand_q, operand_d;
  logic [3:0] step_q;
  logic operand_ends, is_over;

  /////////////////
  // Instruction //
  /////////////////

  opcode_e opcode;
  load_t load;
  load_window_t load_window;
  load_tiles_t load_tiles;
  store_t store;
  stream_t stream;
  vector_t vec;
  reduce_t reduce;
  load_table_t load_table;
  logic is_store, is_mm, is_reduce, linear;

  assign opcode      = opcode_e'(word_i[5:0]);
  assign load        = get_load(word_i);
  assign load_window = get_load_window(word_i);
  assign load_tiles  = get_load_tiles(word_i);
  assign store       = get_store(word_i);
  assign stream      = get_stream(word_i);
  assign vec         = get_vector(word_i);
  assign reduce      = get_reduce(word_i);
  assign load_table  = get_load_table(word_i);
  assign is_store    = opcode == OPCODE_STORE;
  assign is_mm       = opcode == OPCODE_MATMUL;
  assign is_reduce   = opcode == OPCODE_REDUCE;
  assign linear      = is_store ? store.linear : load.linear;

  // What ld and st have in common; what mm, dw and vx have.
  shape_t shape;
  steps_t steps;
  strides_t strides;
  logic [22:0] length;
  pitch_t pitch;
  window_t window;
  edge_t edges;
  ring_t ring;
  logic [20:0] source;
  logic [11:0] width, height;

  assign shape   = linear ? '0 : is_store ? st_i.set_shape : ld_i.set_shape;
  assign steps   = is_store ? st_i.set_steps : ld_i.set_steps;
  assign strides = is_store ? st_i.set_strides : ld_i.set_strides;
  assign length  = is_store ? store.length : load.length;
  always_comb begin
    unique case (opcode)
      OPCODE_MATMUL: {pitch, window, edges, ring} =
          {mm_i.set_pitch, mm_i.set_window, mm_i.set_edge, mm_i.set_ring};
      OPCODE_DEPTHWISE: {pitch, window, edges, ring} =
          {dw_i.set_pitch, dw_i.set_window, dw_i.set_edge, dw_i.set_ring};
      default: {pitch, window, edges, ring} =
          {vx_i.set_pitch, vx_i.set_window, vx_i.set_edge, vx_i.set_ring};
    endcase
    source = stream.source;
    width  = stream.width;
    height = stream.height;
    if (opcode == OPCODE_VECTOR) {width, height} = {vec.width, 12'(vec.height)};
    if (is_reduce) {width, height} = {reduce.width, 12'(reduce.height)};
  end

  ////////////
  // Fields //
  ////////////

  stages_t stages;
  logic has_field_fault, uses_operand, uses_columns, has_bias;
  assign stages = vx_i.set_stages;

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
  assign uses_operand = stages.combine != COMBINE_NONE && stages.combine != COMBINE_SCALE;
  assign uses_columns =
      (vx_i.set_rescale.per_column && vx_i.set_rescale.rounding != ROUNDING_NONE) ||
      (vx_i.set_result.per_column && vx_i.set_result.rounding != ROUNDING_NONE &&
       stages.combine != COMBINE_NONE && stages.combine != COMBINE_ROW_MULTIPLY);
  assign has_bias = stages.bias != BIAS_NONE;

  //////////////
  // Sequence //
  //////////////

  logic is_vector;
  assign is_vector = opcode == OPCODE_VECTOR || is_reduce;

  // The operand behind this one, and whether there is none.
  always_comb begin
    operand_d = OVERLAP;
    is_over   = 1'b0;
    unique case (operand_q)
      DRAM: operand_d = CHIP;
      LINES: operand_d = WINDOWS;
      TILES_FROM: operand_d = TILES_TO;
      PICTURE: operand_d = is_vector ? OUTPUTS : WEIGHTS;
      WEIGHTS: operand_d =
          (is_mm ? mm_i.set_weights.zero_points : dw_i.set_weights.zero_points) ? ZERO_POINTS : SUMS;
      ZERO_POINTS: operand_d = SUMS;
      OUTPUTS:
        if (!is_reduce && uses_operand) operand_d = SECOND;
        else if (!is_reduce && parameter_words != '0) operand_d = PARAMETERS;
      SECOND: if (parameter_words != '0) operand_d = PARAMETERS;
      PARAMETERS: ;
      default: is_over = 1'b1;
    endcase
  end

  function automatic operand_e first_operand(opcode_e code);
    unique case (code)
      OPCODE_LOAD, OPCODE_STORE: return DRAM;
      OPCODE_LOAD_WINDOW: return LINES;
      OPCODE_LOAD_TILES: return TILES_FROM;
      OPCODE_LOAD_TABLE: return TABLE;
      default: return PICTURE;
    endcase
  endfunction

  ///////////
  // Steps //
  ///////////

  // What one cycle does. `low`, `high` and `by` are its numbers.
  typedef enum logic [3:0] {
    NOTHING,
    // run = high; run = run * by; quotient = high / R
    SIZE, TIMES, DIVIDE,
    // More than `high` is fault FIELD.
    LIMIT,
    // The last row, column: high * by, added to what there is.
    ROWS, COLUMNS,
    // Rows and columns inside the edges; rows of a picture in DRAM.
    CLIP, CLIP_LINES,
    // The hull: high; low * by to high * by added; wrapped in the ring; compared with the memory.
    FIRST, LOOP, WRAP, CHECK,
    // Distances of windows, for OVERLAP.
    DISTANCE_X, DISTANCE_Y, SPAN
  } action_e;

  action_e action;
  factor_t low, high;
  stride_t by;
  memory_e memory;
  logic is_write;
  // Words of a row.
  factor_t source_words, target_words, operand_words;
  logic [3:0] parameter_words;

  wide_t run_q, lo_q, hi_q, quotient_q;
  factor_t rows_lo_q, rows_hi_q, columns_lo_q, columns_hi_q;
  logic is_empty_q;

  localparam factor_t MaxSteps = factor_t'(1) <<< 24;
  localparam factor_t MaxTaps  = factor_t'(64);
  // x / R is x * Reciprocal / 2^30, for x below 2^24.
  localparam int unsigned ReciprocalUp = ((32'd1 << 30) - 1) / Lanes + 1;
  localparam stride_t Reciprocal = stride_t'({2'b00, ReciprocalUp});

  assign source_words    = stages.source == VECTOR_SOURCE_INT16 ? factor_t'(2) : factor_t'(1);
  assign target_words    = !is_reduce && vx_i.set_target.element == TARGET_TYPE_INT16 ?
      factor_t'(2) : factor_t'(1);
  assign operand_words   = vx_i.set_operand.element == OPERAND_TYPE_INT16 ?
      factor_t'(2) : factor_t'(1);
  assign parameter_words = uses_columns ? 4'd9 : has_bias ? 4'd4 : 4'd0;

  // Stored less one.
  function automatic factor_t counted(logic [31:0] stored);
    return factor_t'({1'b0, stored}) + factor_t'(1);
  endfunction
  function automatic factor_t plain(logic [31:0] x);
    return factor_t'({1'b0, x});
  endfunction

  always_comb begin
    action       = NOTHING;
    low          = '0;
    high         = '0;
    by           = '0;
    memory       = MEMORY_SCRATCHPAD;
    is_write     = 1'b0;
    operand_ends = 1'b0;
    unique case (operand_q)
      DRAM: begin
        memory   = MEMORY_DRAM;
        is_write = is_store;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(shape.count0)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(shape.count1))); end
          4'd2: begin action = TIMES; by = stride_t'(counted(32'(shape.count2))); end
          4'd3: begin action = DIVIDE; high = counted(32'(length)); by = Reciprocal; end
          4'd4: begin action = TIMES; by = stride_t'(quotient_q) + stride_t'(1); end
          4'd5: begin action = LIMIT; high = MaxSteps; end
          4'd6: begin action = FIRST; end
          4'd7: begin action = LOOP; high = plain(32'(shape.count0)); by = stride_t'($signed(steps.step0)); end
          4'd8: begin action = LOOP; high = plain(32'(shape.count1)); by = stride_t'($signed(steps.step1)); end
          4'd9: begin action = LOOP; high = plain(32'(shape.count2)); by = stride_t'($signed(steps.step2)); end
          4'd10: begin action = SIZE; high = counted(32'(length)); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      CHIP: begin
        is_write = !is_store;
        if (is_store) begin
          memory = store.from == STORE_SOURCE_SCRATCHPAD ? MEMORY_SCRATCHPAD :
              store.from == STORE_SOURCE_ACCUMULATORS ? MEMORY_ACCUMULATORS : MEMORY_DEPTHWISE;
        end else begin
          memory = memory_e'({1'b0, load.to});
        end
        unique case (step_q)
          4'd0: begin action = DIVIDE; high = plain(32'(length)); by = Reciprocal; end
          4'd1: begin
            action = SIZE;
            high = factor_t'(memory == MEMORY_ACCUMULATORS || memory == MEMORY_DEPTHWISE ?
                quotient_q >>> 2 : quotient_q) + factor_t'(1);
          end
          4'd2: begin action = FIRST; high = plain({12'd0, is_store ? store.source : load.target}); end
          4'd3: begin action = LOOP; high = plain(32'(shape.count0)); by = stride_t'(strides.stride0); end
          4'd4: begin action = LOOP; high = plain(32'(shape.count1)); by = stride_t'(strides.stride1); end
          4'd5: begin action = LOOP; high = plain(32'(shape.count2)); by = stride_t'(strides.stride2); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      TILES_FROM: begin
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(load_tiles.rows)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(load_tiles.blocks))); end
          4'd2: begin action = LIMIT; high = MaxSteps; end
          4'd3: begin action = SIZE; high = factor_t'(1); end
          4'd4: begin action = FIRST; high = plain(32'(load_tiles.source)); end
          4'd5: begin action = LOOP; high = plain(32'(load_tiles.rows)); by = stride_t'(ld_i.set_tile_pitch.row); end
          4'd6: begin action = LOOP; high = plain(32'(load_tiles.blocks)); by = stride_t'(ld_i.set_tile_pitch.block); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      TILES_TO: begin
        memory   = MEMORY_WEIGHTS;
        is_write = 1'b1;
        unique case (step_q)
          4'd0: begin action = DIVIDE; high = plain(32'(load_tiles.rows)); by = Reciprocal; end
          4'd1: begin action = FIRST; high = plain(32'(load_tiles.target)); end
          4'd2: begin
            action = LOOP;
            high   = factor_t'(quotient_q);
            by     = stride_t'(plain(32'(ld_i.set_tile_pitch.row_tile) * Lanes));
          end
          4'd3: begin
            action = LOOP;
            high   = plain(32'(load_tiles.blocks));
            by     = stride_t'(plain(32'(ld_i.set_tile_pitch.block_tile) * Lanes));
          end
          4'd4: begin action = SIZE; high = plain(Lanes); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      LINES: begin
        memory = MEMORY_DRAM;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(ld_i.set_picture.width)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(ld_i.set_picture.channels))); end
          4'd2: begin action = LIMIT; high = plain(WindowLineBytes); end
          4'd3: begin
            action = ROWS;
            high   = plain(32'(load_window.rows));
            by     = stride_t'(counted(32'(ld_i.set_kernel.stride_y)));
          end
          4'd4: begin action = CLIP_LINES; end
          4'd5: begin action = FIRST; end
          4'd6: begin
            action = LOOP;
            low    = rows_lo_q;
            high   = rows_hi_q;
            by     = stride_t'($signed(ld_i.set_picture.pitch));
          end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      WINDOWS: begin
        is_write = 1'b1;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(ld_i.set_kernel.kernel_x)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(ld_i.set_kernel.kernel_y))); end
          4'd2: begin action = TIMES; by = stride_t'(counted(32'(ld_i.set_picture.channels))); end
          4'd3: begin action = DIVIDE; high = factor_t'(run_q) - factor_t'(1); by = Reciprocal; end
          4'd4: begin action = SIZE; high = factor_t'(quotient_q) + factor_t'(1); end
          4'd5: begin action = TIMES; by = stride_t'(counted(32'(load_window.rows))); end
          4'd6: begin action = TIMES; by = stride_t'(counted(32'(ld_i.set_kernel.columns))); end
          4'd7: begin action = FIRST; high = plain(32'(load_window.target)); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      PICTURE: begin
        if (is_vector && stages.source == VECTOR_SOURCE_ACCUMULATORS) memory = MEMORY_ACCUMULATORS;
        if (is_vector && stages.source == VECTOR_SOURCE_DEPTHWISE) memory = MEMORY_DEPTHWISE;
        unique case (step_q)
          4'd0: begin action = ROWS; high = plain(32'(height)); by = stride_t'(counted(32'(window.stride_y))); end
          4'd1: begin action = ROWS; low = rows_hi_q; high = plain(32'(window.kernel_y)); by = stride_t'(counted(32'(window.dilation_y))); end
          4'd2: begin action = COLUMNS; high = plain(32'(width)); by = stride_t'(counted(32'(window.stride_x))); end
          4'd3: begin action = COLUMNS; low = columns_hi_q; high = plain(32'(window.kernel_x)); by = stride_t'(counted(32'(window.dilation_x))); end
          4'd4: begin action = CLIP; end
          4'd5: begin action = FIRST; high = factor_t'($signed(source)); end
          4'd6: begin action = LOOP; low = rows_lo_q; high = rows_hi_q; by = stride_t'(pitch.y); end
          4'd7: begin action = LOOP; low = columns_lo_q; high = columns_hi_q; by = stride_t'(pitch.x); end
          4'd8: begin action = LOOP; high = plain(32'(window.channels)); by = stride_t'(pitch.channel); end
          4'd9: begin action = WRAP; end
          4'd10: begin action = SIZE; high = is_vector ? source_words : factor_t'(1); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      WEIGHTS: begin
        memory = MEMORY_WEIGHTS;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(window.kernel_x)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(window.kernel_y))); end
          4'd2: begin action = is_mm ? NOTHING : LIMIT; high = MaxTaps; end
          4'd3: begin action = TIMES; by = stride_t'(counted(32'(window.channels))); end
          4'd4: begin action = is_mm ? TIMES : NOTHING; by = stride_t'(counted(32'(mm_i.set_weights.columns))); end
          4'd5: begin action = is_mm ? TIMES : NOTHING; by = stride_t'(plain(Lanes)); end
          4'd6: begin action = FIRST; high = plain(32'(stream.weights)); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      ZERO_POINTS: begin
        memory = MEMORY_WEIGHTS;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(is_mm ? 32'(mm_i.set_weights.columns) : 32'(window.channels)); end
          4'd1: begin
            action = FIRST;
            high   = plain(is_mm ? 32'(mm_i.set_weights.zero_point_word) :
                                   32'(dw_i.set_weights.zero_point_word));
          end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      SUMS: begin
        memory   = is_mm ? MEMORY_ACCUMULATORS : MEMORY_DEPTHWISE;
        is_write = 1'b1;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(width)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(height))); end
          4'd2: begin action = TIMES; by = stride_t'(counted(is_mm ? 32'(mm_i.set_weights.columns) : 32'(window.channels))); end
          4'd3: begin action = FIRST; high = plain(32'(stream.target)); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      OUTPUTS: begin
        is_write = 1'b1;
        unique case (step_q)
          4'd0: begin action = SIZE; high = counted(32'(width)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(height))); end
          4'd2: begin action = TIMES; by = stride_t'(counted(32'(window.channels))); end
          4'd3: begin action = TIMES; by = stride_t'(counted(32'(window.kernel_x))); end
          4'd4: begin action = TIMES; by = stride_t'(counted(32'(window.kernel_y))); end
          4'd5: begin action = LIMIT; high = MaxSteps; end
          4'd6: begin action = SIZE; high = target_words; end
          4'd7: begin action = FIRST; high = plain(is_reduce ? 32'(reduce.target) : 32'(vec.target)); end
          4'd8: begin action = LOOP; high = plain(32'(width)); by = stride_t'(vx_i.set_target.x); end
          4'd9: begin action = LOOP; high = plain(32'(height)); by = stride_t'(vx_i.set_target.y); end
          4'd10: begin action = LOOP; high = plain(32'(window.channels)); by = stride_t'(vx_i.set_target.channel); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      SECOND: begin
        unique case (step_q)
          4'd0: begin action = SIZE; high = operand_words; end
          4'd1: begin action = FIRST; high = plain(32'(vec.operand)); end
          4'd2: begin action = LOOP; high = plain(32'(width)); by = stride_t'(vx_i.set_operand.x); end
          4'd3: begin action = LOOP; high = plain(32'(height)); by = stride_t'(vx_i.set_operand.y); end
          4'd4: begin action = LOOP; high = plain(32'(window.channels)); by = stride_t'(vx_i.set_operand.channel); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      PARAMETERS: begin
        memory = MEMORY_PARAMETERS;
        unique case (step_q)
          4'd0: begin action = SIZE; high = plain(32'(parameter_words)); end
          4'd1: begin action = TIMES; by = stride_t'(counted(32'(window.channels))); end
          4'd2: begin action = FIRST; high = plain(32'(vec.parameters)); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      TABLE: begin
        memory = MEMORY_PARAMETERS;
        unique case (step_q)
          4'd0: begin
            action = SIZE;
            high   = plain(load_table.entries == TABLE_TYPE_INT16 ? (512 + Lanes - 1) / Lanes :
                                                                   (256 + Lanes - 1) / Lanes);
          end
          4'd1: begin action = FIRST; high = plain(32'(load_table.source)); end
          default: begin action = CHECK; operand_ends = 1'b1; end
        endcase
      end
      default: begin
        unique case (step_q)
          4'd0: begin action = DISTANCE_X; high = counted(32'(window.stride_x)); by = stride_t'(pitch.x); end
          4'd1: begin action = DISTANCE_Y; high = counted(32'(window.stride_y)); by = stride_t'(pitch.y); end
          default: begin
            action       = SPAN;
            high         = next_count;
            by           = next_distance;
            operand_ends = step_q == 4'd4;
          end
        endcase
      end
    endcase
  end

  //////////////
  // Datapath //
  //////////////

  wide_t product_low, product_high, first, limit;
  logic outside, in_program;

  factor_t multiplied;
  assign multiplied   = action == TIMES ? factor_t'(run_q) : high;
  assign product_low  = wide_t'(low) * wide_t'(by);
  assign product_high = wide_t'(multiplied) * wide_t'(by);

  always_comb begin
    first = wide_t'(high);
    if (operand_q == DRAM) begin
      first = is_store ? wide_t'({1'b0, st_i.set_base[store.base].address}) + wide_t'({1'b0, store.offset}) :
          wide_t'({1'b0, ld_i.set_base[load.base].address}) + wide_t'({1'b0, load.offset});
    end
    if (operand_q == LINES) begin
      first = wide_t'({1'b0, ld_i.set_base[load_window.base].address}) +
          wide_t'({1'b0, load_window.offset});
    end
    unique case (memory)
      MEMORY_SCRATCHPAD: limit = wide_t'({1'b0, ScratchpadWords});
      MEMORY_WEIGHTS: limit = wide_t'({1'b0, WeightWords});
      MEMORY_PARAMETERS: limit = wide_t'({1'b0, ParameterWords});
      MEMORY_ACCUMULATORS: limit = wide_t'({1'b0, 2 * AccumulatorRows});
      MEMORY_DEPTHWISE: limit = DepthwiseMultipliers == 0 ? '0 : wide_t'({1'b0, 2 * DepthwiseRows});
      default: limit = wide_t'({1'b0, DramBytes});
    endcase
  end
  wide_t hull_hi, program_end;
  assign hull_hi     = hi_q + run_q - wide_t'(1);
  assign outside     = lo_q < wide_t'(0) || hull_hi >= limit;
  assign program_end = wide_t'({1'b0, program_first_i}) + wide_t'({1'b0, program_count_i, 4'b0});
  assign in_program  = is_write && memory == MEMORY_DRAM && lo_q < program_end &&
      hull_hi >= wide_t'({1'b0, program_first_i});

  localparam wide_t Saturated = wide_t'(1) <<< 39;

  always_ff @(posedge clk_i) begin
    if (step_q == '0) is_empty_q <= 1'b0;
    unique case (action)
      SIZE: run_q <= wide_t'(high);
      TIMES: run_q <= product_high > Saturated ? Saturated : product_high;
      DIVIDE: quotient_q <= product_high >>> 30;
      ROWS: rows_hi_q <= low + factor_t'(product_high);
      COLUMNS: columns_hi_q <= low + factor_t'(product_high);
      CLIP: begin
        rows_lo_q    <= '0;
        columns_lo_q <= '0;
        if (window.edged) begin
          if (edges.top > 16'sd0) rows_lo_q <= factor_t'(edges.top);
          if (edges.left > 16'sd0) columns_lo_q <= factor_t'(edges.left);
          if (factor_t'(edges.bottom) <= rows_hi_q) rows_hi_q <= factor_t'(edges.bottom) - factor_t'(1);
          if (factor_t'(edges.right) <= columns_hi_q) columns_hi_q <= factor_t'(edges.right) - factor_t'(1);
        end
      end
      CLIP_LINES: begin
        rows_lo_q <= load_window.row > 16'sd0 ? factor_t'(load_window.row) : '0;
        rows_hi_q <= lines_end > plain(32'(ld_i.set_picture.height)) ?
            plain(32'(ld_i.set_picture.height)) : lines_end;
      end
      FIRST: begin
        lo_q <= first;
        hi_q <= first;
        is_empty_q <= (operand_q == PICTURE && (rows_hi_q < rows_lo_q || columns_hi_q < columns_lo_q)) ||
            (operand_q == LINES && rows_hi_q < rows_lo_q);
      end
      LOOP: begin
        lo_q <= lo_q + (product_low < product_high ? product_low : product_high);
        hi_q <= hi_q + (product_low < product_high ? product_high : product_low);
      end
      WRAP: begin
        if (ring.size != '0 && hi_q >= ring_limit) begin
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
      default: ;
    endcase
  end
  // The last row that windows touch, whether or not it is in the picture.
  factor_t lines_end;
  wide_t ring_limit, ring_size;
  assign lines_end  = factor_t'(load_window.row) + rows_hi_q +
      plain(32'(ld_i.set_kernel.kernel_y));
  assign ring_limit = wide_t'({1'b0, ring.limit});
  assign ring_size  = wide_t'({1'b0, ring.size});

  /////////////
  // Overlap //
  /////////////

  // Hulls in the scratchpad, and what a target must equal where it meets them.
  typedef struct packed {
    logic  valid;
    wide_t lo;
    wide_t hi;
  } hull_t;
  hull_t source_q, target_q, second_q;
  wide_t distance_x_q, distance_y_q, span_q;
  // Of loops that have several iterations: those whose distance has not been looked at.
  logic [2:0] left_q, pick, several;
  logic meets_source, meets_second, same_source, same_second;
  factor_t next_count;
  stride_t next_distance;
  stride_t [2:0] distances;

  function automatic logic meet(hull_t a, hull_t b);
    return a.valid && b.valid && a.lo <= b.hi && b.lo <= a.hi;
  endfunction

  assign several      = {window.channels != '0, height != '0, width != '0};
  assign meets_source = meet(source_q, target_q);
  assign meets_second = meet(second_q, target_q);
  assign same_source  = window.kernel_x == '0 && window.kernel_y == '0 && !window.edged &&
      ring.size == '0 &&
      factor_t'($signed(source)) == plain(is_reduce ? 32'(reduce.target) : 32'(vec.target)) &&
      source_words == target_words &&
      (!several[0] || distance_x_q == wide_t'(vx_i.set_target.x)) &&
      (!several[1] || distance_y_q == wide_t'(vx_i.set_target.y)) &&
      (!several[2] || pitch.channel == vx_i.set_target.channel);
  assign same_second  = vec.operand == vec.target && operand_words == target_words &&
      (!several[0] || vx_i.set_operand.x == vx_i.set_target.x) &&
      (!several[1] || vx_i.set_operand.y == vx_i.set_target.y) &&
      (!several[2] || vx_i.set_operand.channel == vx_i.set_target.channel);

  // Distances of the target without their signs; the smallest that is left.
  always_comb begin
    distances[0] = stride_t'(vx_i.set_target.x);
    distances[1] = stride_t'(vx_i.set_target.y);
    distances[2] = stride_t'(vx_i.set_target.channel);
    for (int unsigned i = 0; i < 3; i++) begin
      if (distances[i] < stride_t'(0)) distances[i] = -distances[i];
    end
    pick          = '0;
    next_distance = '0;
    next_count    = '0;
    for (int unsigned i = 0; i < 3; i++) begin
      if (left_q[i] && (pick == '0 || distances[i] < next_distance)) begin
        pick          = 3'd1 << i;
        next_distance = distances[i];
        next_count    = i == 0 ? plain(32'(width)) : i == 1 ? plain(32'(height)) :
            plain(32'(window.channels));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) {source_q.valid, target_q.valid, second_q.valid} <= '0;
    if (action == CHECK && memory == MEMORY_SCRATCHPAD && is_vector) begin
      if (operand_q == PICTURE) source_q <= '{valid: !is_empty_q, lo: lo_q, hi: hull_hi};
      if (operand_q == OUTPUTS) target_q <= '{valid: 1'b1, lo: lo_q, hi: hull_hi};
      if (operand_q == SECOND) second_q <= '{valid: 1'b1, lo: lo_q, hi: hull_hi};
    end
    if (action == DISTANCE_X) distance_x_q <= product_high;
    if (action == DISTANCE_Y) begin
      distance_y_q <= product_high;
      left_q       <= several;
      span_q       <= wide_t'(target_words);
    end
    if (action == SPAN) begin
      left_q <= left_q & ~pick;
      span_q <= span_q + product_high;
    end
  end

  ////////////
  // Faults //
  ////////////

  logic field_q, extent_q, program_q, overlap_q;

  assign fault_o = field_q ? FAULT_FIELD : extent_q ? FAULT_EXTENT :
      program_q ? FAULT_PROGRAM : overlap_q ? FAULT_OVERLAP : FAULT_NONE;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q    <= 1'b0;
      done_o    <= 1'b0;
      field_q   <= 1'b0;
      extent_q  <= 1'b0;
      program_q <= 1'b0;
      overlap_q <= 1'b0;
      operand_q <= DRAM;
      step_q    <= '0;
    end else begin
      done_o <= (busy_q && operand_ends && is_over) || (start_i && opcode == OPCODE_SYNC);
      if (start_i) begin
        busy_q    <= opcode != OPCODE_SYNC;
        operand_q <= first_operand(opcode);
        step_q    <= '0;
        field_q   <= has_field_fault;
        {extent_q, program_q, overlap_q} <= '0;
      end else if (busy_q) begin
        step_q <= operand_ends ? '0 : step_q + 4'd1;
        if (operand_ends) begin
          operand_q <= operand_d;
          if (is_over) busy_q <= 1'b0;
        end
        if (action == LIMIT && run_q > wide_t'(high)) field_q <= 1'b1;
        if (action == CHECK && !is_empty_q) begin
          if (outside) extent_q <= 1'b1;
          if (in_program) program_q <= 1'b1;
        end
        if (action == SPAN) begin
          if ((meets_source && !same_source) || (meets_second && !same_second)) overlap_q <= 1'b1;
          if ((meets_source || meets_second) && pick != '0 && wide_t'(next_distance) < span_q) begin
            overlap_q <= 1'b1;
          end
        end
      end
    end
  end

endmodule
