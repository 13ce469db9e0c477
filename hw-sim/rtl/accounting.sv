// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gives every cycle of a program one cause, seen from MM, and counts: causes, slots of busy cycles,
// requests at banks. docs/hardware/timing.md says what each cause means.

module accounting
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
#(
  parameter  int unsigned Clients    = 8,
  localparam int unsigned CountWidth = 48
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  // The doorbell; its own cycle is idle.
  input  logic                                  start_i,
  input  logic                                  done_i,

  // MM: a step and what of it is padding; an instruction that has not taken all its steps.
  input  mm_steps_t                             steps_i,
  // The head of its queue, and who gives each semaphore.
  input  logic                                  head_valid_i,
  input  tokens_t                               head_tokens_i,
  input  counts_t                               counts_i,
  input  engine_e             [NumSemaphores-1:0] givers_i,
  // Instructions of each engine: none has started and not retired.
  input  logic                 [NumEngines-1:0] idle_i,
  // Dispatch has an instruction, for the queue of an engine that has no room; waits for one; is over.
  input  dispatching_t                          dispatching_i,
  input  logic                                  word_valid_i,
  // DRAM: a beat on the bus; requests that have not completed.
  input  logic                                  beat_i,
  input  logic                                  outstanding_i,
  // Requests at banks: those of each engine that are not served; of all clients.
  input  logic                 [NumEngines-1:0] lost_i,
  input  logic                    [Clients-1:0] served_i,
  input  logic                    [Clients-1:0] delayed_i,

  // Of the cycle before.
  output cause_e                                cause_o,
  output mm_steps_t                             steps_o,
  output logic [NumCauses-1:0][CountWidth-1:0]  causes_o,
  output logic  [NumSlots-1:0][CountWidth-1:0]  slots_o,
  output logic           [1:0][CountWidth-1:0]  banks_o
);

  ///////////
  // Cause //
  ///////////

  logic [NumEngines-1:0] waits;
  semaphores_t wanted;
  logic waits_ld, is_loading;
  cause_e cause;

  // Whom MM waits for: who gives what its next instruction misses; or who keeps dispatch from it.
  assign wanted = named(head_tokens_i.wait0) | named(head_tokens_i.wait1);
  always_comb begin
    waits = '0;
    if (head_valid_i) begin
      for (int unsigned s = 0; s < NumSemaphores; s++) begin
        if (wanted[s] && counts_i[s] == 4'd0) waits[givers_i[s]] = 1'b1;
      end
    end else if (dispatching_i.is_refused) begin
      waits[dispatching_i.engine] = 1'b1;
    end
    waits[ENGINE_MM] = 1'b0;
  end
  assign waits_ld   = waits[ENGINE_LD];
  assign is_loading = waits_ld && !idle_i[ENGINE_LD];

  always_comb begin
    if (start_i) cause = CAUSE_IDLE;
    else if (steps_i.valid) cause = CAUSE_BUSY;
    else if (steps_i.pending) cause = CAUSE_WEIGHTS;
    else if ((waits & lost_i) != '0) cause = CAUSE_BANK_CONFLICT;
    else if (waits[ENGINE_VX]) cause = CAUSE_WAIT_VX;
    else if (waits[ENGINE_DW]) cause = CAUSE_WAIT_DW;
    else if (waits[ENGINE_ST]) cause = CAUSE_WAIT_ST;
    else if (is_loading && beat_i) cause = CAUSE_DRAM_BANDWIDTH;
    else if (is_loading && outstanding_i) cause = CAUSE_DRAM_LATENCY;
    else if (waits_ld) cause = CAUSE_WAIT_LD;
    else if (head_valid_i || dispatching_i.has_instruction || word_valid_i) cause = CAUSE_CONFIG;
    else if (dispatching_i.waits_for_word) cause = CAUSE_FETCH;
    else if (dispatching_i.is_over && idle_i != '1) cause = CAUSE_DRAIN;
    else cause = CAUSE_IDLE;
  end

  //////////////
  // Counters //
  //////////////

  localparam int unsigned SideWidth    = $clog2(Lanes + 1);
  localparam int unsigned ProductWidth = 2 * SideWidth;
  localparam int unsigned ClientWidth  = $clog2(Clients + 1);

  // Products of a step, one cycle behind it.
  logic [ProductWidth-1:0] pad_k_q, pad_n_q, useful_q;
  logic [SideWidth-1:0] rows, columns;
  logic [ClientWidth-1:0] served_q, delayed_q;
  logic counting;

  assign counting = start_i || !done_i;
  assign rows     = SideWidth'(Lanes) - SideWidth'(steps_i.pad_k);
  assign columns  = SideWidth'(Lanes) - SideWidth'(steps_i.pad_n);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      causes_o  <= '0;
      slots_o   <= '0;
      banks_o   <= '0;
      cause_o   <= CAUSE_IDLE;
      steps_o   <= '0;
      pad_k_q   <= '0;
      pad_n_q   <= '0;
      useful_q  <= '0;
      served_q  <= '0;
      delayed_q <= '0;
    end else begin
      cause_o <= cause;
      steps_o <= steps_i;
      for (int unsigned c = 0; c < NumCauses; c++) begin
        causes_o[c] <= (start_i ? '0 : causes_o[c]) +
            CountWidth'(counting && 32'(cause) == c);
      end
      {pad_k_q, pad_n_q, useful_q} <= '0;
      if (steps_i.valid) begin
        pad_k_q  <= ProductWidth'(steps_i.pad_k) * ProductWidth'(Lanes);
        pad_n_q  <= ProductWidth'(rows) * ProductWidth'(steps_i.pad_n);
        useful_q <= ProductWidth'(rows) * ProductWidth'(columns);
      end
      slots_o[SLOT_USEFUL] <= (start_i ? '0 : slots_o[SLOT_USEFUL]) + CountWidth'(useful_q);
      slots_o[SLOT_PAD_K]  <= (start_i ? '0 : slots_o[SLOT_PAD_K]) + CountWidth'(pad_k_q);
      slots_o[SLOT_PAD_N]  <= (start_i ? '0 : slots_o[SLOT_PAD_N]) + CountWidth'(pad_n_q);
      // Nothing streams that does not exist.
      slots_o[SLOT_PAD_M]  <= '0;
      served_q   <= ClientWidth'($countones(served_i));
      delayed_q  <= ClientWidth'($countones(delayed_i));
      banks_o[0] <= (start_i ? '0 : banks_o[0]) + CountWidth'(served_q);
      banks_o[1] <= (start_i ? '0 : banks_o[1]) + CountWidth'(delayed_q);
    end
  end

endmodule
