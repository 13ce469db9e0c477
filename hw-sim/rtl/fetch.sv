// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FETCH's first half: reads the program ahead of time, an instruction of 16 bytes after the other.

module fetch
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   start_i,
  input  logic [           47:0] addr_i,
  // Instructions, at least one.
  input  logic [           31:0] count_i,
  // No more instructions are wanted; `idle_o` follows.
  input  logic                   stop_i,
  output logic                   idle_o,

  output logic                   req_valid_o,
  input  logic                   req_ready_i,
  output dram_request_t          req_o,
  input  logic                   beat_valid_i,
  input  logic [8*DramWidth-1:0] beat_data_i,

  output logic                   word_valid_o,
  input  logic                   word_ready_i,
  output logic [          127:0] word_o
);

  // Beats that were asked for and have not come; requests that have not been taken count.
  logic [15:0] awaited_q;
  logic run_ready, valid, unit_valid, taken;
  // The reader is being emptied; has been.
  logic clear_q, empty_q;
  logic [4:0] end_unused;
  logic last_unused;

  assign req_valid_o  = valid && !stop_i;
  assign taken        = req_valid_o && req_ready_i;
  assign word_valid_o = unit_valid && !stop_i;
  assign idle_o       = empty_q;

  run_reader #(
    .UnitBytes  (16),
    .Beats      (FetchBeats),
    .LengthWidth(37),
    .Runs       (1)
  ) u_reader (
    .clk_i,
    // Whatever it holds of a program that has stopped is forgotten.
    .rst_ni      (rst_ni && !clear_q),
    .run_valid_i (start_i),
    .run_ready_o (run_ready),
    .run_addr_i  (addr_i),
    .run_length_i({1'b0, count_i, 4'b0}),
    .req_valid_o (valid),
    .req_ready_i (req_ready_i || stop_i),
    .req_o,
    .beat_valid_i,
    .beat_data_i,
    .unit_valid_o(unit_valid),
    .unit_ready_i(word_ready_i || stop_i),
    .unit_data_o (word_o),
    .unit_end_o  (end_unused),
    .unit_last_o (last_unused)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      awaited_q <= '0;
      clear_q   <= 1'b0;
      empty_q   <= 1'b1;
    end else begin
      awaited_q <= awaited_q + (taken ? 16'(req_o.beats) : 16'd0) - 16'(beat_valid_i);
      clear_q   <= stop_i && awaited_q == '0 && !clear_q && !empty_q;
      empty_q   <= stop_i && (empty_q || clear_q);
    end
  end

  // A doorbell finds it empty.
  Empty: assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> run_ready && empty_q);

endmodule
