// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps over what an instruction moves on chip, or reads second: ends of transfers on chip, tiles,
// packed windows, weights, outputs of VX.

module target_steps
  import systole_pkg::*;
  import machine_pkg::*;
  import extent_pkg::*;
(
  input  logic         [3:0] step_i,
  input  logic       [127:0] word_i,
  input  ld_config_t         ld_i,
  input  mm_config_t         mm_i,
  input  vx_config_t         vx_i,
  input  st_config_t         st_i,
  input  walk_t              walk_i,
  input  found_t             found_i,
  output step_t              step_o
);

  opcode_e opcode;
  load_t load;
  load_window_t lines;
  load_tiles_t tiles;
  store_t store;
  logic is_store, is_mm, is_reduce, is_linear;

  assign opcode    = opcode_e'(word_i[5:0]);
  assign load      = get_load(word_i);
  assign lines     = get_load_window(word_i);
  assign tiles     = get_load_tiles(word_i);
  assign store     = get_store(word_i);
  assign is_store  = opcode == OPCODE_STORE;
  assign is_mm     = opcode == OPCODE_MATMUL;
  assign is_reduce = opcode == OPCODE_REDUCE;
  assign is_linear = is_store ? store.linear : load.linear;

  //////////////////
  // Runs on chip //
  //////////////////

  step_t runs;
  shape_t shape;
  strides_t strides;
  logic has_rows;
  logic [22:0] length;

  assign shape    = is_linear ? '0 : is_store ? st_i.set_shape : ld_i.set_shape;
  assign strides  = is_store ? st_i.set_strides : ld_i.set_strides;
  assign length   = is_store ? store.length : load.length;
  assign has_rows = is_store ? store.from != STORE_SOURCE_SCRATCHPAD :
      load.to == LOAD_TARGET_ACCUMULATORS;
  always_comb begin
    runs          = nothing();
    runs.is_write = !is_store;
    runs.first    = wide_t'({1'b0, is_store ? store.source : load.target});
    if (!is_store) runs.memory = memory_e'({1'b0, load.to});
    else if (store.from == STORE_SOURCE_ACCUMULATORS) runs.memory = MEMORY_ACCUMULATORS;
    else if (store.from == STORE_SOURCE_DEPTHWISE) runs.memory = MEMORY_DEPTHWISE;
    unique case (step_i)
      4'd0: begin runs.action = DIVIDE; runs.high = plain(32'(length)); end
      4'd1: runs.action = FIRST;
      4'd2: begin
        runs.action = LOOP;
        runs.high   = plain(32'(shape.count0));
        runs.by     = stride_t'(strides.stride0);
      end
      4'd3: begin
        // A row is four words.
        runs.action = SIZE;
        runs.high   = factor_t'(has_rows ? found_i.quotient >>> 2 : found_i.quotient) +
            factor_t'(1);
      end
      4'd4: begin
        runs.action = LOOP;
        runs.high   = plain(32'(shape.count1));
        runs.by     = stride_t'(strides.stride1);
      end
      4'd5: begin
        runs.action = LOOP;
        runs.high   = plain(32'(shape.count2));
        runs.by     = stride_t'(strides.stride2);
      end
      4'd7: runs.action = CHECK;
      default: ;
    endcase
  end

  ///////////
  // Tiles //
  ///////////

  step_t to_tiles;
  always_comb begin
    to_tiles          = nothing();
    to_tiles.memory   = MEMORY_WEIGHTS;
    to_tiles.is_write = 1'b1;
    to_tiles.first    = wide_t'({1'b0, tiles.target});
    unique case (step_i)
      4'd0: begin to_tiles.action = DIVIDE; to_tiles.high = plain(32'(tiles.rows)); end
      4'd1: to_tiles.action = FIRST;
      4'd2: begin
        to_tiles.action = LOOP;
        to_tiles.high   = plain(32'(tiles.blocks));
        to_tiles.by     = stride_t'(plain(32'(ld_i.set_tile_pitch.block_tile) * Lanes));
      end
      4'd3: begin
        to_tiles.action = LOOP;
        to_tiles.high   = factor_t'(found_i.quotient);
        to_tiles.by     = stride_t'(plain(32'(ld_i.set_tile_pitch.row_tile) * Lanes));
      end
      4'd4: begin to_tiles.action = SIZE; to_tiles.high = plain(Lanes); end
      4'd5: to_tiles.action = CHECK;
      default: ;
    endcase
  end

  ////////////////////
  // Packed windows //
  ////////////////////

  step_t windows;
  always_comb begin
    windows          = nothing();
    windows.is_write = 1'b1;
    windows.first    = wide_t'({1'b0, lines.target});
    unique case (step_i)
      4'd0: begin windows.action = SIZE; windows.high = counted(32'(ld_i.set_kernel.kernel_x)); end
      4'd1: begin windows.action = TIMES; windows.by = times(32'(ld_i.set_kernel.kernel_y)); end
      4'd3: begin windows.action = TIMES; windows.by = times(32'(ld_i.set_picture.channels)); end
      4'd5: windows.action = DIVIDE_RUN;
      4'd6: begin windows.action = SIZE; windows.high = counted(32'(lines.rows)); end
      4'd7: begin windows.action = TIMES; windows.by = times(32'(ld_i.set_kernel.columns)); end
      4'd8: windows.action = FIRST;
      4'd9: begin
        windows.action = TIMES;
        windows.by     = stride_t'(found_i.quotient) + stride_t'(1);
      end
      4'd11: windows.action = CHECK;
      default: ;
    endcase
  end

  /////////////
  // Weights //
  /////////////

  step_t weights;
  stream_t stream;
  assign stream = get_stream(word_i);
  always_comb begin
    weights        = nothing();
    weights.memory = MEMORY_WEIGHTS;
    weights.first  = wide_t'({1'b0, stream.weights});
    unique case (step_i)
      4'd0: begin weights.action = SIZE; weights.high = counted(32'(walk_i.window.kernel_x)); end
      4'd1: begin weights.action = TIMES; weights.by = times(32'(walk_i.window.kernel_y)); end
      4'd3: begin weights.action = is_mm ? NOTHING : LIMIT; weights.high = MaxTaps; end
      4'd4: begin weights.action = TIMES; weights.by = times(32'(walk_i.window.channels)); end
      4'd5: weights.action = FIRST;
      4'd6: begin
        weights.action = is_mm ? TIMES : NOTHING;
        weights.by     = times(32'(mm_i.set_weights.columns));
      end
      4'd8: begin weights.action = is_mm ? TIMES : NOTHING; weights.by = stride_t'(Lanes); end
      4'd10: weights.action = CHECK;
      default: ;
    endcase
  end

  ///////////////////
  // Outputs of VX //
  ///////////////////

  step_t outputs;
  vector_t vec;
  reduce_t reduce;
  assign vec    = get_vector(word_i);
  assign reduce = get_reduce(word_i);
  always_comb begin
    outputs          = nothing();
    outputs.is_write = 1'b1;
    outputs.first    = wide_t'({1'b0, is_reduce ? reduce.target : vec.target});
    unique case (step_i)
      4'd0: begin outputs.action = SIZE; outputs.high = counted(32'(walk_i.width)); end
      4'd1: begin outputs.action = TIMES; outputs.by = times(32'(walk_i.height)); end
      4'd2: outputs.action = FIRST;
      4'd3: begin outputs.action = TIMES; outputs.by = times(32'(walk_i.window.channels)); end
      4'd4: begin
        outputs.action = LOOP;
        outputs.high   = plain(32'(walk_i.width));
        outputs.by     = stride_t'(vx_i.set_target.x);
      end
      4'd5: begin outputs.action = TIMES; outputs.by = times(32'(walk_i.window.kernel_x)); end
      4'd6: begin
        outputs.action = LOOP;
        outputs.high   = plain(32'(walk_i.height));
        outputs.by     = stride_t'(vx_i.set_target.y);
      end
      4'd7: begin outputs.action = TIMES; outputs.by = times(32'(walk_i.window.kernel_y)); end
      4'd8: begin
        outputs.action = LOOP;
        outputs.high   = plain(32'(walk_i.window.channels));
        outputs.by     = stride_t'(vx_i.set_target.channel);
      end
      4'd9: begin outputs.action = LIMIT; outputs.high = MaxSteps; end
      4'd10: begin
        outputs.action = SIZE;
        outputs.high   = target_words(is_reduce, vx_i.set_target);
      end
      4'd11: outputs.action = CHECK;
      default: ;
    endcase
  end

  always_comb begin
    unique case (opcode)
      OPCODE_LOAD, OPCODE_STORE: step_o = runs;
      OPCODE_LOAD_WINDOW: step_o = windows;
      OPCODE_LOAD_TILES: step_o = to_tiles;
      OPCODE_MATMUL, OPCODE_DEPTHWISE: step_o = weights;
      OPCODE_VECTOR, OPCODE_REDUCE: step_o = outputs;
      default: step_o = nothing();
    endcase
  end

endmodule
