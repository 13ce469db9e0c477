// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Multiplies strides and dilations by pitches, one product a cycle: in the fourth cycle behind
// `start_i` all are there.

module picture_setup
  import systole_pkg::*;
  import picture_pkg::*;
(
  input  logic           clk_i,
  input  logic           rst_ni,
  input  logic           start_i,
  // Stay until `done_o`.
  input  pitch_t         pitch_i,
  input  window_t        window_i,
  // One cycle.
  output logic           done_o,
  output steps_on_chip_t steps_o
);

  logic busy_q;
  logic [1:0] step_q;
  logic [8:0] factor;
  logic signed [20:0] pitch;
  place_t product;

  always_comb begin
    // Counts are stored less one.
    unique case (step_q)
      2'd0: factor = 9'(window_i.dilation_y) + 9'd1;
      2'd1: factor = 9'(window_i.dilation_x) + 9'd1;
      2'd2: factor = 9'(window_i.stride_y) + 9'd1;
      default: factor = 9'(window_i.stride_x) + 9'd1;
    endcase
    pitch = step_q[0] ? pitch_i.x : pitch_i.y;
  end
  assign product = PlaceWidth'($signed({1'b0, factor}) * PlaceWidth'(pitch));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
      step_q <= '0;
      done_o <= 1'b0;
    end else begin
      busy_q <= start_i || (busy_q && step_q != 2'd3);
      if (busy_q) step_q <= step_q + 2'd1;
      done_o <= busy_q && step_q == 2'd3;
    end
  end
  always_ff @(posedge clk_i) begin
    if (busy_q) begin
      unique case (step_q)
        2'd0: steps_o.tap_y <= product;
        2'd1: steps_o.tap_x <= product;
        2'd2: steps_o.window_y <= product;
        default: steps_o.window_x <= product;
      endcase
    end
  end

endmodule
