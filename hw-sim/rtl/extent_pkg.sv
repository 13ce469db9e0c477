// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What extent_checker and its parts share: the steps of a hull, and how an instruction walks.

package extent_pkg;
  import systole_pkg::*;

  // verilator lint_off UNUSEDPARAM
  typedef logic signed [57:0] wide_t;
  typedef logic signed [40:0] factor_t;
  typedef logic signed [33:0] stride_t;

  // What one cycle of extent_hull does with `low`, `high` and `by`. A step takes its numbers in the
  // cycle in which it is issued, multiplies in the next, and its product shows two cycles later: in
  // step s + 3 a step list sees what step s has computed, in s + 2 the hull itself does.
  typedef enum logic [3:0] {
    NOTHING,
    // run = high; run = run * by.
    SIZE, TIMES,
    // quotient = high / R; quotient = (run - 1) / R.
    DIVIDE, DIVIDE_RUN,
    // A run of more than `high` is fault FIELD.
    LIMIT,
    // The last row, column: high * by; or that added to what there is.
    ROWS, MORE_ROWS, COLUMNS, MORE_COLUMNS,
    // Rows and columns inside the edges; rows of a picture in DRAM.
    CLIP, CLIP_LINES,
    // The hull: `first`; low * by to high * by added; wrapped in the ring; compared with the memory.
    FIRST, LOOP, WRAP, CHECK
  } action_e;
  typedef struct packed {
    action_e action;
    factor_t low;
    factor_t high;
    stride_t by;
    wide_t   first;
    memory_e memory;
    logic    is_write;
  } step_t;

  // What a step list sees of its hull.
  typedef struct packed {
    wide_t   quotient;
    factor_t rows_lo;
    factor_t rows_hi;
    factor_t columns_lo;
    factor_t columns_hi;
  } found_t;

  // How mm, dw, vx and vx.reduce walk.
  typedef struct packed {
    pitch_t      pitch;
    window_t     window;
    edge_t       edges;
    ring_t       ring;
    logic [20:0] source;
    logic [11:0] width;
    logic [11:0] height;
  } walk_t;

  // Longest lists of steps, and the most taps of dw.
  localparam factor_t MaxSteps = factor_t'(1) <<< 24;
  localparam factor_t MaxTaps  = factor_t'(64);
  // verilator lint_on UNUSEDPARAM

  // Stored less one; as it is.
  function automatic factor_t counted(logic [31:0] stored);
    return factor_t'({1'b0, stored}) + factor_t'(1);
  endfunction
  function automatic factor_t plain(logic [31:0] x);
    return factor_t'({1'b0, x});
  endfunction
  function automatic stride_t times(logic [31:0] stored);
    return stride_t'(counted(stored));
  endfunction

  function automatic step_t nothing();
    return '{action: NOTHING, low: '0, high: '0, by: '0, first: '0, memory: MEMORY_SCRATCHPAD,
             is_write: 1'b0};
  endfunction

  // Words of an operand of each type.
  function automatic factor_t source_words(stages_t stages);
    return stages.source == VECTOR_SOURCE_INT16 ? factor_t'(2) : factor_t'(1);
  endfunction
  function automatic factor_t target_words(logic is_reduce, target_t target);
    return !is_reduce && target.element == TARGET_TYPE_INT16 ? factor_t'(2) : factor_t'(1);
  endfunction
  function automatic factor_t operand_words(operand_t operand);
    return operand.element == OPERAND_TYPE_INT16 ? factor_t'(2) : factor_t'(1);
  endfunction

endpackage
