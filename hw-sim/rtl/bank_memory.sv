// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A memory of several banks, shared by readers and writers with fixed priorities, the first the
// highest. Word w of bank b is b * BankWords + w. Each bank reads and writes one word a cycle.
//
// A request that no other delays: visible at the port in cycle t, in the slice in t + 1, where banks
// are given; a word is there in t + 3, a written word can be read by what is in a slice from t + 2 on,
// and is acknowledged in t + 2. Answers to a reader come in the order of its requests.

module bank_memory #(
  parameter  int unsigned Width     = 32,
  parameter  int unsigned BankWords = 16,
  parameter  int unsigned Banks     = 2,
  parameter  int unsigned Readers   = 2,
  parameter  int unsigned Writers   = 1,
  localparam int unsigned Words     = BankWords * Banks,
  localparam int unsigned AddrWidth = $clog2(Words) > 0 ? $clog2(Words) : 1
) (
  input logic clk_i,
  input logic rst_ni,

  input  logic [Readers-1:0]                rd_valid_i,
  output logic [Readers-1:0]                rd_ready_o,
  input  logic [Readers-1:0][AddrWidth-1:0] rd_addr_i,
  output logic [Readers-1:0]                rsp_valid_o,
  output logic [Readers-1:0][    Width-1:0] rsp_data_o,

  input  logic [Writers-1:0]                wr_valid_i,
  output logic [Writers-1:0]                wr_ready_o,
  input  logic [Writers-1:0][AddrWidth-1:0] wr_addr_i,
  input  logic [Writers-1:0][    Width-1:0] wr_data_i,
  // The writer's oldest request is done.
  output logic [Writers-1:0]                wr_done_o,

  // Requests that have lost their bank in this cycle; that are served, and had lost it before.
  output logic [Readers-1:0]                rd_lost_o,
  output logic [Writers-1:0]                wr_lost_o,
  output logic [Readers+Writers-1:0]        served_o,
  output logic [Readers+Writers-1:0]        delayed_o
);

  localparam int unsigned BankWidth = BankWords > 1 ? $clog2(BankWords) : 1;

  //////////////
  // Requests //
  //////////////

  logic [Readers-1:0] rd_valid, rd_granted;
  logic [Readers-1:0][AddrWidth-1:0] rd_addr;
  logic [Writers-1:0] wr_valid, wr_granted;
  logic [Writers-1:0][AddrWidth-1:0] wr_addr;
  logic [Writers-1:0][Width-1:0] wr_data;

  for (genvar i = 0; i < Readers; i++) begin : gen_reader
    slice #(
      .Width(AddrWidth)
    ) u_slice (
      .clk_i,
      .rst_ni,
      .in_valid_i (rd_valid_i[i]),
      .in_ready_o (rd_ready_o[i]),
      .in_data_i  (rd_addr_i[i]),
      .out_valid_o(rd_valid[i]),
      .out_ready_i(rd_granted[i]),
      .out_data_o (rd_addr[i])
    );
  end
  for (genvar i = 0; i < Writers; i++) begin : gen_writer
    slice #(
      .Width(AddrWidth + Width)
    ) u_slice (
      .clk_i,
      .rst_ni,
      .in_valid_i (wr_valid_i[i]),
      .in_ready_o (wr_ready_o[i]),
      .in_data_i  ({wr_addr_i[i], wr_data_i[i]}),
      .out_valid_o(wr_valid[i]),
      .out_ready_i(wr_granted[i]),
      .out_data_o ({wr_addr[i], wr_data[i]})
    );
  end

  ///////////
  // Banks //
  ///////////

  // Who reads, and writes, each bank in this cycle: at most one each.
  logic [Banks-1:0][Readers-1:0] bank_reads, bank_reads_q;
  logic [Banks-1:0][Writers-1:0] bank_writes;
  logic [Banks-1:0][Width-1:0] bank_data;

  for (genvar b = 0; b < Banks; b++) begin : gen_bank
    localparam int unsigned First = b * BankWords;
    logic rd_en, wr_en;
    logic [BankWidth-1:0] rd_place, wr_place;
    logic [Width-1:0] wr_word;

    always_comb begin
      rd_en         = 1'b0;
      rd_place      = '0;
      bank_reads[b] = '0;
      for (int unsigned i = 0; i < Readers; i++) begin
        if (!rd_en && rd_valid[i] && 32'(rd_addr[i]) - First < BankWords) begin
          rd_en            = 1'b1;
          rd_place         = BankWidth'(32'(rd_addr[i]) - First);
          bank_reads[b][i] = 1'b1;
        end
      end
      wr_en          = 1'b0;
      wr_place       = '0;
      wr_word        = '0;
      bank_writes[b] = '0;
      for (int unsigned i = 0; i < Writers; i++) begin
        if (!wr_en && wr_valid[i] && 32'(wr_addr[i]) - First < BankWords) begin
          wr_en             = 1'b1;
          wr_place          = BankWidth'(32'(wr_addr[i]) - First);
          wr_word           = wr_data[i];
          bank_writes[b][i] = 1'b1;
        end
      end
    end

    mem_1r1w #(
      .Width(Width),
      .Depth(BankWords)
    ) u_mem (
      .clk_i,
      .rd_en_i  (rd_en),
      .rd_addr_i(rd_place),
      .rd_data_o(bank_data[b]),
      .wr_en_i  (wr_en),
      .wr_addr_i(wr_place),
      .wr_data_i(wr_word)
    );
  end

  always_comb begin
    rd_granted = '0;
    wr_granted = '0;
    for (int unsigned b = 0; b < Banks; b++) begin
      rd_granted |= bank_reads[b];
      wr_granted |= bank_writes[b];
    end
  end

  logic [Readers+Writers-1:0] lost_q;
  assign rd_lost_o = rd_valid & ~rd_granted;
  assign wr_lost_o = wr_valid & ~wr_granted;
  assign served_o  = {wr_granted, rd_granted};
  assign delayed_o = served_o & lost_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) lost_q <= '0;
    else lost_q <= {wr_lost_o, rd_lost_o};
  end

  /////////////
  // Answers //
  /////////////

  logic [Readers-1:0] rsp_valid_d;
  logic [Readers-1:0][Width-1:0] rsp_data_d;

  always_comb begin
    rsp_valid_d = '0;
    rsp_data_d  = rsp_data_o;
    for (int unsigned b = 0; b < Banks; b++) begin
      for (int unsigned i = 0; i < Readers; i++) begin
        if (bank_reads_q[b][i]) begin
          rsp_valid_d[i] = 1'b1;
          rsp_data_d[i]  = bank_data[b];
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bank_reads_q <= '0;
      rsp_valid_o  <= '0;
      wr_done_o    <= '0;
    end else begin
      bank_reads_q <= bank_reads;
      rsp_valid_o  <= rsp_valid_d;
      wr_done_o    <= wr_granted;
    end
  end
  always_ff @(posedge clk_i) rsp_data_o <= rsp_data_d;

  // The first reader and the first writer never wait.
  FirstReads: assert property (@(posedge clk_i) disable iff (!rst_ni)
      rd_valid[0] |-> rd_granted[0]);
  FirstWrites: assert property (@(posedge clk_i) disable iff (!rst_ni)
      wr_valid[0] |-> wr_granted[0]);

endmodule
