// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Control of the vector lanes: what stays during an instruction, and what goes with each tap and each
// output. Stages are counted from the register that holds a tap, and from the one that holds a
// window's value.

package vector_pkg;
  import systole_pkg::*;

  // verilator lint_off UNUSEDPARAM
  localparam int unsigned RescaleLatency = timing_pkg::RescaleLatency;
  localparam int unsigned AddLatency     = timing_pkg::AddLatency;
  localparam int unsigned DivideLatency  = timing_pkg::DivideLatency;

  // A tap: bias (1), rescale, clamp (1), table (2), pool.
  localparam int unsigned TapClamp  = 1 + RescaleLatency;
  localparam int unsigned TapLookup = TapClamp + 1;
  localparam int unsigned TapPool   = TapLookup + 2;
  // A value: zero points (1), both parts, addition, bias, result, clamp (1), table (2).
  localparam int unsigned OutPart   = 1;
  localparam int unsigned OutSum    = OutPart + RescaleLatency;
  localparam int unsigned OutBias   = OutSum + AddLatency;
  localparam int unsigned OutResult = OutBias + AddLatency;
  localparam int unsigned OutClamp  = OutResult + RescaleLatency;
  localparam int unsigned OutLookup = OutClamp + 1;
  localparam int unsigned OutLast   = OutLookup + 2;
  // verilator lint_on UNUSEDPARAM

  // During an instruction. The configuration's fields, and what it is.
  typedef struct packed {
    logic       is_reduce;
    reduce_t    reduce;
    stages_t    stages;
    rescale_t   rescale;
    rescale_t   result;
    scale_t     scale;
    operand_t   operand;
  } vector_control_t;

  // With a tap.
  typedef struct packed {
    logic        valid;
    // It is inside, or there is nothing to read.
    logic        present;
    logic        first;
    logic        last;
    logic        last_row;
    // Which set of parameters.
    logic        bank;
  } tap_t;

  // Of a column.
  typedef struct packed {
    logic [31:0] bias;
    logic [31:0] multiplier;
    logic  [7:0] shift;
  } column_t;

  // clamp(value + zero_point, low, high), in this order: high wins.
  function automatic logic [31:0] offset_and_clamp(rescale_t to, logic signed [63:0] value);
    logic signed [63:0] sum;
    sum = value + 64'(to.zero_point);
    if (sum < 64'(to.low)) sum = 64'(to.low);
    if (sum > 64'(to.high)) sum = 64'(to.high);
    return sum[31:0];
  endfunction

endpackage
