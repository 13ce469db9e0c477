// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sixteen counters. An engine takes only where it sees a token, and gives only where it sees
// room; each counter has one engine on each side.

module semaphores
  import mxu_pkg::*;
(
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Doorbell: all counters are zero.
  input  logic                          clear_i,
  input  semaphores_t [NumEngines-1:0]  take_i,
  input  semaphores_t [NumEngines-1:0]  give_i,
  output counts_t                       counts_o
);

  counts_t counts_d, counts_q;
  semaphores_t takes, gives;

  assign counts_o = counts_q;

  always_comb begin
    takes = '0;
    gives = '0;
    for (int unsigned e = 0; e < NumEngines; e++) begin
      takes |= take_i[e];
      gives |= give_i[e];
    end
    for (int unsigned s = 0; s < NumSemaphores; s++) begin
      counts_d[s] = clear_i ? 4'd0 : counts_q[s] + 4'(gives[s]) - 4'(takes[s]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) counts_q <= '0;
    else counts_q <= counts_d;
  end

  for (genvar s = 0; s < NumSemaphores; s++) begin : gen_assert
    // No token is taken that is not there, none is lost.
    Token: assert property (@(posedge clk_i) disable iff (!rst_ni)
        takes[s] |-> counts_q[s] != 4'd0);
    Room: assert property (@(posedge clk_i) disable iff (!rst_ni)
        gives[s] |-> counts_q[s] != 4'd15);
  end

endmodule
