// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A register stage for a valid-ready channel, of two entries, so that `in_ready_o` is a register too
// and nothing is lost at full rate. From `in_valid_i` to `out_valid_o` it is one cycle.

module slice #(
  parameter int unsigned Width = 32
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  logic main_valid_d, main_valid_q, skid_valid_d, skid_valid_q;
  logic [Width-1:0] main_d, main_q, skid_d, skid_q;

  assign in_ready_o  = !skid_valid_q;
  assign out_valid_o = main_valid_q;
  assign out_data_o  = main_q;

  always_comb begin
    main_valid_d = main_valid_q && !out_ready_i;
    main_d       = main_q;
    skid_valid_d = skid_valid_q;
    skid_d       = skid_q;
    if (!main_valid_d) begin
      // The older entry goes first; while it is there, nothing comes in.
      main_valid_d = skid_valid_q || in_valid_i;
      main_d       = skid_valid_q ? skid_q : in_data_i;
      skid_valid_d = 1'b0;
    end else if (in_valid_i && in_ready_o) begin
      skid_valid_d = 1'b1;
      skid_d       = in_data_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      main_valid_q <= 1'b0;
      skid_valid_q <= 1'b0;
    end else begin
      main_valid_q <= main_valid_d;
      skid_valid_q <= skid_valid_d;
    end
  end
  always_ff @(posedge clk_i) begin
    main_q <= main_d;
    skid_q <= skid_d;
  end

  // The second entry is only there beside the first.
  SkidIsSecond: assert property (@(posedge clk_i) disable iff (!rst_ni)
      skid_valid_q |-> main_valid_q);

endmodule
