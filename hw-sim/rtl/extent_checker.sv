// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Placeholder during bring-up: every working instruction is legal.

module extent_checker
  import systole_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
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
  assign fault_o = FAULT_NONE;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) done_o <= 1'b0;
    else done_o <= start_i;
  end
endmodule
