// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Catches defects of the machine: no engine active and nothing outstanding for too many cycles.

module watchdog
  import machine_pkg::*;
(
  input  logic clk_i,
  input  logic rst_ni,
  input  logic clear_i,
  input  logic busy_i,
  input  logic moves_i,
  output logic expired_o
);

  logic [31:0] still_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      still_q   <= '0;
      expired_o <= 1'b0;
    end else begin
      still_q   <= clear_i || moves_i || !busy_i ? '0 : still_q + 32'd1;
      expired_o <= busy_i && still_q >= Watchdog;
    end
  end

endmodule
