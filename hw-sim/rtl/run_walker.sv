// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Three nested loops over runs, the first the innermost: where each begins in DRAM and on chip. One
// run a cycle.

module run_walker
  import systole_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  // Preconditions: `ready_o`.
  input  logic        start_i,
  output logic        ready_o,
  input  logic        linear_i,
  input  shape_t      shape_i,
  input  steps_t      steps_i,
  input  strides_t    strides_i,
  input  logic [47:0] dram_i,
  input  logic [20:0] chip_i,

  output logic        run_valid_o,
  input  logic        run_ready_i,
  output logic [47:0] run_dram_o,
  output logic [20:0] run_chip_o,
  // Of the instruction.
  output logic        run_last_o
);

  localparam int unsigned Loops = 3;

  // Iterations that are left in each loop, and where its present one began.
  logic [Loops-1:0][15:0] count_q, left_d, left_q;
  logic [Loops-1:0][31:0] step_q;
  logic [Loops-1:0][20:0] stride_q;
  logic [Loops-1:0][47:0] dram_d, dram_q;
  logic [Loops-1:0][20:0] chip_d, chip_q;
  logic busy_d, busy_q;

  assign ready_o     = !busy_q;
  assign run_valid_o = busy_q;
  assign run_dram_o  = dram_q[0];
  assign run_chip_o  = chip_q[0];
  assign run_last_o  = left_q == '0;

  always_comb begin
    logic moved;
    busy_d = busy_q;
    left_d = left_q;
    dram_d = dram_q;
    chip_d = chip_q;
    moved  = 1'b0;
    if (busy_q && run_ready_i) begin
      busy_d = !run_last_o;
      // The innermost loop that is not at its end goes on; those within begin again there.
      for (int unsigned i = 0; i < Loops; i++) begin
        if (!moved && left_q[i] != 16'd0) begin
          moved     = 1'b1;
          left_d[i] = left_q[i] - 16'd1;
          for (int unsigned j = 0; j <= i; j++) begin
            dram_d[j] = dram_q[i] + 48'($signed(step_q[i]));
            chip_d[j] = chip_q[i] + stride_q[i];
          end
        end else if (!moved) begin
          left_d[i] = count_q[i];
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
    end else begin
      busy_q <= start_i || busy_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      count_q  <= linear_i ? '0 : {shape_i.count2, shape_i.count1, shape_i.count0};
      left_q   <= linear_i ? '0 : {shape_i.count2, shape_i.count1, shape_i.count0};
      step_q   <= {steps_i.step2, steps_i.step1, steps_i.step0};
      stride_q <= {strides_i.stride2, strides_i.stride1, strides_i.stride0};
      dram_q   <= {Loops{dram_i}};
      chip_q   <= {Loops{chip_i}};
    end else begin
      left_q <= left_d;
      dram_q <= dram_d;
      chip_q <= chip_d;
    end
  end

  StartWhenReady: assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> ready_o);

endmodule
