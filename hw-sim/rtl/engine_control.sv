// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all engines do alike at both ends of an instruction: take its tokens before it starts, and
// give its signals when it and all earlier ones are done. `sync` does nothing in between.
//
// An instruction starts in the cycle in which its tokens are there, the engine is ready, and neither
// this unit nor the engine has started one in the cycle before (counters show a token's taking two
// cycles later). Signals are given one cycle behind the last of: the instruction's `done_i`, the
// signals of the one before, room in the counters.

module engine_control
  import systole_pkg::*;
  import mxu_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  // The head of the queue.
  input  logic        entry_valid_i,
  output logic        entry_ready_o,
  input  logic [31:0] entry_index_i,
  input  tokens_t     entry_tokens_i,
  input  logic        entry_is_sync_i,

  input  counts_t     counts_i,
  output semaphores_t take_o,
  output semaphores_t give_o,

  input  logic        engine_ready_i,
  output logic        start_o,
  // A pulse for each instruction that was started, in order.
  input  logic        done_i,
  // Nothing has started that has not retired.
  output logic        idle_o,

  output logic        started_o,
  output logic [31:0] started_index_o,
  output logic        retired_o,
  output logic [31:0] retired_index_o
);

  typedef struct packed {
    logic        is_sync;
    semaphores_t signals;
    logic [31:0] index;
  } flight_t;

  localparam int unsigned CountWidth = $clog2(machine_pkg::InFlight + 3);

  ///////////
  // Start //
  ///////////

  semaphores_t waits, missing, full;
  logic flight_ready, go, settle_q;

  assign waits = named(entry_tokens_i.wait0) | named(entry_tokens_i.wait1);
  always_comb begin
    for (int unsigned s = 0; s < NumSemaphores; s++) begin
      missing[s] = counts_i[s] == 4'd0;
      full[s]    = counts_i[s] == 4'd15;
    end
  end
  assign go = entry_valid_i && (waits & missing) == '0 && flight_ready && !settle_q &&
      (entry_is_sync_i || engine_ready_i);
  assign entry_ready_o = go;
  assign start_o       = go && !entry_is_sync_i;

  ////////////
  // Retire //
  ////////////

  flight_t started, head;
  logic head_valid, retire, gave_q;
  // Instructions that are done, and not yet retired; that have started.
  logic [CountWidth-1:0] done_q, flying_q;

  assign started = '{
      is_sync: entry_is_sync_i,
      signals: named(entry_tokens_i.signal0) | named(entry_tokens_i.signal1),
      index: entry_index_i
  };
  fifo #(
    .Width($bits(flight_t)),
    .Depth(machine_pkg::InFlight)
  ) u_flight (
    .clk_i,
    .rst_ni,
    .in_valid_i (go),
    .in_ready_o (flight_ready),
    .in_data_i  (started),
    .out_valid_o(head_valid),
    .out_ready_i(retire),
    .out_data_o (head)
  );

  assign retire = head_valid && (head.is_sync || done_q != '0) && (head.signals & full) == '0 &&
      !gave_q;
  assign idle_o = flying_q == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      settle_q  <= 1'b0;
      gave_q    <= 1'b0;
      take_o    <= '0;
      give_o    <= '0;
      done_q    <= '0;
      flying_q  <= '0;
      started_o <= 1'b0;
      retired_o <= 1'b0;
    end else begin
      settle_q  <= go;
      gave_q    <= retire;
      take_o    <= go ? waits : '0;
      give_o    <= retire ? head.signals : '0;
      done_q    <= done_q + CountWidth'(done_i) - CountWidth'(retire && !head.is_sync);
      flying_q  <= flying_q + CountWidth'(go) - CountWidth'(retire);
      started_o <= go;
      retired_o <= retire;
    end
  end
  always_ff @(posedge clk_i) begin
    started_index_o <= entry_index_i;
    retired_index_o <= head.index;
  end

  // Only what has started is done.
  DoneOfStarted: assert property (@(posedge clk_i) disable iff (!rst_ni)
      done_i |-> flying_q != '0);

endmodule
