// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one port to DRAM: FETCH before LD before ST, one request a cycle, never more than
// `DramOutstanding` that have not completed. Between a requester's register and the pins there are two
// cycles, from the pins to a requester one.

module dram_port
  import mxu_pkg::*;
  import machine_pkg::*;
#(
  localparam int unsigned Requesters = 3
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  // FETCH, LD, ST.
  input  logic          [Requesters-1:0] req_valid_i,
  output logic          [Requesters-1:0] req_ready_o,
  input  dram_request_t [Requesters-1:0] req_i,
  // A beat for FETCH, for LD; a write of ST is done.
  output logic          [Requesters-1:0] answer_o,
  output logic         [8*DramWidth-1:0] data_o,
  output logic                           idle_o,

  output logic                           dram_valid_o,
  output logic                     [1:0] dram_requester_o,
  output dram_request_t                  dram_request_o,
  // A beat of the requester; the last of a request, for ST: the write is done.
  input  logic                           dram_answer_i,
  input  logic                           dram_last_i,
  input  logic                     [1:0] dram_requester_i,
  input  logic         [8*DramWidth-1:0] dram_data_i
);

  localparam int unsigned CountWidth = $clog2(DramOutstanding + 1);

  logic [Requesters-1:0] valid, granted;
  dram_request_t [Requesters-1:0] request;
  logic [CountWidth-1:0] outstanding_q;
  logic may_grant;

  for (genvar i = 0; i < Requesters; i++) begin : gen_requester
    slice #(
      .Width($bits(dram_request_t))
    ) u_slice (
      .clk_i,
      .rst_ni,
      .in_valid_i (req_valid_i[i]),
      .in_ready_o (req_ready_o[i]),
      .in_data_i  (req_i[i]),
      .out_valid_o(valid[i]),
      .out_ready_i(granted[i]),
      .out_data_o (request[i])
    );
  end

  assign may_grant = outstanding_q != CountWidth'(DramOutstanding);
  assign idle_o    = outstanding_q == '0;
  always_comb begin
    granted = '0;
    for (int unsigned i = 0; i < Requesters; i++) begin
      granted[i] = may_grant && granted == '0 && valid[i];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      outstanding_q <= '0;
      dram_valid_o  <= 1'b0;
      answer_o      <= '0;
    end else begin
      outstanding_q <= outstanding_q + CountWidth'(granted != '0) -
          CountWidth'(dram_answer_i && dram_last_i);
      dram_valid_o  <= granted != '0;
      for (int unsigned i = 0; i < Requesters; i++) begin
        // ST waits for the last one.
        answer_o[i] <= dram_answer_i && dram_requester_i == 2'(i) &&
            (dram_last_i || i != Requesters - 1);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    data_o <= dram_data_i;
    for (int unsigned i = 0; i < Requesters; i++) begin
      if (granted[i]) begin
        dram_requester_o <= 2'(i);
        dram_request_o   <= request[i];
      end
    end
  end

  // A request lies in one row.
  InOneRow: assert property (@(posedge clk_i) disable iff (!rst_ni)
      dram_valid_o |-> 32'(dram_request_o.addr % 48'(DramRowBytes)) +
          32'(dram_request_o.beats) * DramWidth <= DramRowBytes);
  HasBeats: assert property (@(posedge clk_i) disable iff (!rst_ni)
      dram_valid_o |-> dram_request_o.beats != 5'd0 && 32'(dram_request_o.beats) <= MaxBeats);

endmodule
