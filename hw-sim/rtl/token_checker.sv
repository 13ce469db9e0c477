// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tokens in program order: a wait on a counter that is zero, a sixteenth token, a second engine on one
// side of a semaphore are faults.

module token_checker
  import systole_pkg::*;
  import mxu_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,
  // No instruction has passed.
  input  logic    clear_i,
  input  tokens_t tokens_i,
  input  engine_e engine_i,
  // The instruction passes.
  input  logic    take_i,
  output logic    legal_o,
  // Who signals each semaphore, as far as instructions have passed.
  output engine_e [NumSemaphores-1:0] givers_o
);

  // Whose semaphore it is; nobody's so far where `owned` is not set.
  typedef struct packed {
    logic       waited;
    engine_e    waits;
    logic       signalled;
    engine_e    signals;
    logic [3:0] tokens;
  } semaphore_t;

  semaphore_t [NumSemaphores-1:0] all_d, all_q;
  semaphores_t waits, gives;

  always_comb begin
    for (int unsigned s = 0; s < NumSemaphores; s++) givers_o[s] = all_q[s].signals;
  end
  assign waits = named(tokens_i.wait0) | named(tokens_i.wait1);
  assign gives = named(tokens_i.signal0) | named(tokens_i.signal1);

  always_comb begin
    legal_o = 1'b1;
    all_d   = all_q;
    for (int unsigned s = 0; s < NumSemaphores; s++) begin
      if (waits[s]) begin
        if (all_q[s].tokens == 4'd0 || (all_q[s].waited && all_q[s].waits != engine_i)) begin
          legal_o = 1'b0;
        end
        all_d[s].waited = 1'b1;
        all_d[s].waits  = engine_i;
        all_d[s].tokens = all_q[s].tokens - 4'd1;
      end
      // An instruction may give what it has taken.
      if (gives[s]) begin
        if (all_d[s].tokens == 4'd15 || (all_q[s].signalled && all_q[s].signals != engine_i)) begin
          legal_o = 1'b0;
        end
        all_d[s].signalled = 1'b1;
        all_d[s].signals   = engine_i;
        all_d[s].tokens    = all_d[s].tokens + 4'd1;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) all_q <= '0;
    else if (clear_i) all_q <= '0;
    else if (take_i) all_q <= all_d;
  end

endmodule
