// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps over what an instruction reads first, or ld and st move in DRAM: runs, lines of a picture
// in DRAM, rows that become tiles, a picture on chip.

module source_steps
  import systole_pkg::*;
  import machine_pkg::*;
  import extent_pkg::*;
(
  input  logic         [3:0] step_i,
  input  logic       [127:0] word_i,
  input  ld_config_t         ld_i,
  input  st_config_t         st_i,
  input  stages_t            stages_i,
  input  walk_t              walk_i,
  input  found_t             found_i,
  output step_t              step_o
);

  opcode_e opcode;
  load_t load;
  load_window_t lines;
  load_tiles_t tiles;
  store_t store;
  logic is_store, is_linear;

  assign opcode    = opcode_e'(word_i[5:0]);
  assign load      = get_load(word_i);
  assign lines     = get_load_window(word_i);
  assign tiles     = get_load_tiles(word_i);
  assign store     = get_store(word_i);
  assign is_store  = opcode == OPCODE_STORE;
  assign is_linear = is_store ? store.linear : load.linear;

  //////////////////
  // Runs in DRAM //
  //////////////////

  step_t runs;
  shape_t shape;
  steps_t steps;
  logic [22:0] length;

  assign shape  = is_linear ? '0 : is_store ? st_i.set_shape : ld_i.set_shape;
  assign steps  = is_store ? st_i.set_steps : ld_i.set_steps;
  assign length = is_store ? store.length : load.length;
  always_comb begin
    runs          = nothing();
    runs.memory   = MEMORY_DRAM;
    runs.is_write = is_store;
    runs.first    = is_store ?
        wide_t'({1'b0, st_i.set_base[store.base].address}) + wide_t'({1'b0, store.offset}) :
        wide_t'({1'b0, ld_i.set_base[load.base].address}) + wide_t'({1'b0, load.offset});
    unique case (step_i)
      4'd0: begin runs.action = DIVIDE; runs.high = counted(32'(length)); end
      4'd1: begin runs.action = SIZE; runs.high = counted(32'(shape.count0)); end
      4'd2: begin runs.action = TIMES; runs.by = times(32'(shape.count1)); end
      4'd3: runs.action = FIRST;
      4'd4: begin runs.action = TIMES; runs.by = times(32'(shape.count2)); end
      4'd5: begin
        runs.action = LOOP;
        runs.high   = plain(32'(shape.count0));
        runs.by     = stride_t'($signed(steps.step0));
      end
      4'd6: begin runs.action = TIMES; runs.by = stride_t'(found_i.quotient) + stride_t'(1); end
      4'd7: begin
        runs.action = LOOP;
        runs.high   = plain(32'(shape.count1));
        runs.by     = stride_t'($signed(steps.step1));
      end
      4'd8: begin runs.action = LIMIT; runs.high = MaxSteps; end
      4'd9: begin
        runs.action = LOOP;
        runs.high   = plain(32'(shape.count2));
        runs.by     = stride_t'($signed(steps.step2));
      end
      4'd10: begin runs.action = SIZE; runs.high = counted(32'(length)); end
      4'd11: runs.action = CHECK;
      default: ;
    endcase
  end

  ///////////////////////////////
  // Rows that become tiles    //
  ///////////////////////////////

  step_t rows;
  always_comb begin
    rows       = nothing();
    rows.first = wide_t'({1'b0, tiles.source});
    unique case (step_i)
      4'd0: begin rows.action = SIZE; rows.high = counted(32'(tiles.rows)); end
      4'd1: begin rows.action = TIMES; rows.by = times(32'(tiles.blocks)); end
      4'd2: rows.action = FIRST;
      4'd3: begin rows.action = LIMIT; rows.high = MaxSteps; end
      4'd4: begin
        rows.action = LOOP;
        rows.high   = plain(32'(tiles.rows));
        rows.by     = stride_t'(ld_i.set_tile_pitch.row);
      end
      4'd5: begin
        rows.action = LOOP;
        rows.high   = plain(32'(tiles.blocks));
        rows.by     = stride_t'(ld_i.set_tile_pitch.block);
      end
      4'd6: begin rows.action = SIZE; rows.high = factor_t'(1); end
      4'd7: rows.action = CHECK;
      default: ;
    endcase
  end

  ////////////////////////
  // Lines of a picture //
  ////////////////////////

  step_t line;
  always_comb begin
    line        = nothing();
    line.memory = MEMORY_DRAM;
    line.first  = wide_t'({1'b0, ld_i.set_base[lines.base].address}) +
        wide_t'({1'b0, lines.offset});
    unique case (step_i)
      4'd0: begin line.action = SIZE; line.high = counted(32'(ld_i.set_picture.width)); end
      4'd1: begin line.action = TIMES; line.by = times(32'(ld_i.set_picture.channels)); end
      4'd2: begin
        line.action = ROWS;
        line.high   = plain(32'(lines.rows));
        line.by     = times(32'(ld_i.set_kernel.stride_y));
      end
      4'd3: begin line.action = LIMIT; line.high = plain(WindowLineBytes); end
      4'd4: line.action = CLIP_LINES;
      4'd5: line.action = FIRST;
      4'd6: begin
        line.action = LOOP;
        line.low    = found_i.rows_lo;
        line.high   = found_i.rows_hi;
        line.by     = stride_t'($signed(ld_i.set_picture.pitch));
      end
      4'd8: line.action = CHECK;
      default: ;
    endcase
  end

  ///////////////////////
  // A picture on chip //
  ///////////////////////

  step_t picture;
  logic is_vector;
  assign is_vector = opcode == OPCODE_VECTOR || opcode == OPCODE_REDUCE;
  always_comb begin
    picture       = nothing();
    picture.first = wide_t'($signed(walk_i.source));
    if (is_vector && stages_i.source == VECTOR_SOURCE_ACCUMULATORS) begin
      picture.memory = MEMORY_ACCUMULATORS;
    end
    if (is_vector && stages_i.source == VECTOR_SOURCE_DEPTHWISE) begin
      picture.memory = MEMORY_DEPTHWISE;
    end
    unique case (step_i)
      4'd0: begin
        picture.action = ROWS;
        picture.high   = plain(32'(walk_i.height));
        picture.by     = times(32'(walk_i.window.stride_y));
      end
      4'd1: begin
        picture.action = MORE_ROWS;
        picture.high   = plain(32'(walk_i.window.kernel_y));
        picture.by     = times(32'(walk_i.window.dilation_y));
      end
      4'd2: begin
        picture.action = COLUMNS;
        picture.high   = plain(32'(walk_i.width));
        picture.by     = times(32'(walk_i.window.stride_x));
      end
      4'd3: begin
        picture.action = MORE_COLUMNS;
        picture.high   = plain(32'(walk_i.window.kernel_x));
        picture.by     = times(32'(walk_i.window.dilation_x));
      end
      4'd4: picture.action = FIRST;
      4'd5: picture.action = CLIP;
      4'd6: begin
        picture.action = LOOP;
        picture.high   = plain(32'(walk_i.window.channels));
        picture.by     = stride_t'(walk_i.pitch.channel);
      end
      4'd7: begin
        picture.action = LOOP;
        picture.low    = found_i.rows_lo;
        picture.high   = found_i.rows_hi;
        picture.by     = stride_t'(walk_i.pitch.y);
      end
      4'd8: begin
        picture.action = LOOP;
        picture.low    = found_i.columns_lo;
        picture.high   = found_i.columns_hi;
        picture.by     = stride_t'(walk_i.pitch.x);
      end
      4'd9: begin
        picture.action = SIZE;
        picture.high   = is_vector ? source_words(stages_i) : factor_t'(1);
      end
      4'd10: picture.action = WRAP;
      4'd11: picture.action = CHECK;
      default: ;
    endcase
  end

  always_comb begin
    unique case (opcode)
      OPCODE_LOAD, OPCODE_STORE: step_o = runs;
      OPCODE_LOAD_WINDOW: step_o = line;
      OPCODE_LOAD_TILES: step_o = rows;
      OPCODE_MATMUL, OPCODE_DEPTHWISE, OPCODE_VECTOR, OPCODE_REDUCE: step_o = picture;
      default: step_o = nothing();
    endcase
  end

endmodule
