// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The steps over what is left, two operands one behind the other: zero points and sums of mm and dw,
// second operand and parameters of vx, and a table.

module other_steps
  import systole_pkg::*;
  import machine_pkg::*;
  import extent_pkg::*;
(
  input  logic         [3:0] step_i,
  input  logic       [127:0] word_i,
  input  mm_config_t         mm_i,
  input  dw_config_t         dw_i,
  input  vx_config_t         vx_i,
  input  walk_t              walk_i,
  output step_t              step_o
);

  opcode_e opcode;
  stream_t stream;
  logic is_mm;

  assign opcode = opcode_e'(word_i[5:0]);
  assign stream = get_stream(word_i);
  assign is_mm  = opcode == OPCODE_MATMUL;

  //////////////////////////
  // Zero points and sums //
  //////////////////////////

  step_t sums;
  logic has_zero_points;
  assign has_zero_points = is_mm ? mm_i.set_weights.zero_points : dw_i.set_weights.zero_points;
  always_comb begin
    sums        = nothing();
    sums.memory = MEMORY_WEIGHTS;
    if (step_i >= 4'd3) begin
      sums.memory   = is_mm ? MEMORY_ACCUMULATORS : MEMORY_DEPTHWISE;
      sums.is_write = 1'b1;
    end
    unique case (step_i)
      4'd0: begin
        sums.action = SIZE;
        sums.high   = counted(is_mm ? 32'(mm_i.set_weights.columns) :
                                      32'(walk_i.window.channels));
      end
      4'd1: begin
        sums.action = FIRST;
        sums.first  = wide_t'({1'b0, is_mm ? mm_i.set_weights.zero_point_word :
                                             dw_i.set_weights.zero_point_word});
      end
      4'd2: sums.action = has_zero_points ? CHECK : NOTHING;
      4'd3: begin sums.action = SIZE; sums.high = counted(32'(walk_i.width)); end
      4'd4: begin sums.action = TIMES; sums.by = times(32'(walk_i.height)); end
      4'd5: begin
        sums.action = FIRST;
        sums.first  = wide_t'({1'b0, stream.target});
      end
      4'd6: begin
        sums.action = TIMES;
        sums.by     = times(is_mm ? 32'(mm_i.set_weights.columns) :
                                    32'(walk_i.window.channels));
      end
      4'd8: sums.action = CHECK;
      default: ;
    endcase
  end

  ///////////////////////////////////////
  // Second operand and parameters     //
  ///////////////////////////////////////

  step_t second;
  vector_t vec;
  stages_t stages;
  logic uses_operand, uses_columns;
  logic [3:0] parameter_words;

  assign vec          = get_vector(word_i);
  assign stages       = vx_i.set_stages;
  assign uses_operand = stages.combine != COMBINE_NONE && stages.combine != COMBINE_SCALE;
  assign uses_columns =
      (vx_i.set_rescale.per_column && vx_i.set_rescale.rounding != ROUNDING_NONE) ||
      (vx_i.set_result.per_column && vx_i.set_result.rounding != ROUNDING_NONE &&
       stages.combine != COMBINE_NONE && stages.combine != COMBINE_ROW_MULTIPLY);
  assign parameter_words = uses_columns ? 4'd9 : stages.bias != BIAS_NONE ? 4'd4 : 4'd0;
  always_comb begin
    second        = nothing();
    second.first  = wide_t'({1'b0, vec.operand});
    if (step_i >= 4'd7) begin
      second.memory = MEMORY_PARAMETERS;
      second.first  = wide_t'({1'b0, vec.parameters});
    end
    unique case (step_i)
      4'd0: begin second.action = SIZE; second.high = operand_words(vx_i.set_operand); end
      4'd1: second.action = FIRST;
      4'd2: begin
        second.action = LOOP;
        second.high   = plain(32'(walk_i.width));
        second.by     = stride_t'(vx_i.set_operand.x);
      end
      4'd3: begin
        second.action = LOOP;
        second.high   = plain(32'(walk_i.height));
        second.by     = stride_t'(vx_i.set_operand.y);
      end
      4'd4: begin
        second.action = LOOP;
        second.high   = plain(32'(walk_i.window.channels));
        second.by     = stride_t'(vx_i.set_operand.channel);
      end
      4'd6: second.action = uses_operand ? CHECK : NOTHING;
      4'd7: begin second.action = SIZE; second.high = plain(32'(parameter_words)); end
      4'd8: begin second.action = TIMES; second.by = times(32'(walk_i.window.channels)); end
      4'd9: second.action = FIRST;
      4'd11: second.action = parameter_words != '0 ? CHECK : NOTHING;
      default: ;
    endcase
  end

  ///////////
  // Table //
  ///////////

  step_t entries;
  load_table_t table_word;
  assign table_word = get_load_table(word_i);
  always_comb begin
    entries        = nothing();
    entries.memory = MEMORY_PARAMETERS;
    entries.first  = wide_t'({1'b0, table_word.source});
    unique case (step_i)
      4'd0: begin
        entries.action = SIZE;
        entries.high   = plain(table_word.entries == TABLE_TYPE_INT16 ?
            (512 + Lanes - 1) / Lanes : (256 + Lanes - 1) / Lanes);
      end
      4'd1: entries.action = FIRST;
      4'd2: entries.action = CHECK;
      default: ;
    endcase
  end

  always_comb begin
    unique case (opcode)
      OPCODE_MATMUL, OPCODE_DEPTHWISE: step_o = sums;
      OPCODE_VECTOR: step_o = second;
      OPCODE_LOAD_TABLE: step_o = entries;
      default: step_o = nothing();
    endcase
  end

endmodule
