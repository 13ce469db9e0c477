// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What VX reads: taps of windows, in the order channel block, row, column, ky, kx, and before the last
// tap of each window its operand. One memory access a cycle, ahead of what is needed as long as there
// is room; behind the memories the words are put together again.

module vector_reader
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
  import picture_pkg::*;
  import vector_pkg::*;
(
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       start_i,
  // Stay until the instruction is done.
  input  vx_entry_t                  entry_i,
  input  vector_control_t            control_i,
  input  logic                       uses_operand_i,
  input  steps_on_chip_t             steps_i,

  output logic                       sp_rd_valid_o,
  input  logic                       sp_rd_ready_i,
  output logic  [ScratchpadAddr-1:0] sp_rd_addr_o,
  input  logic                       sp_rsp_valid_i,
  input  logic        [WordBits-1:0] sp_rsp_data_i,
  // Accumulators, DW's accumulators.
  output logic                 [1:0] rows_rd_valid_o,
  input  logic                 [1:0] rows_rd_ready_i,
  output logic                [20:0] rows_rd_addr_o,
  input  logic                 [1:0] rows_rsp_valid_i,
  input  logic    [1:0][RowBits-1:0] rows_rsp_data_i,

  // The parameters of the channel block are there; of which parity it is.
  input  logic                       parameters_ready_i,
  // A tap of the next channel block.
  output logic                       channel_next_o,

  // A tap: control and lanes, registers.
  output tap_t                       tap_o,
  output logic         [RowBits-1:0] lanes_o,
  // With the last tap of a window: how many taps there were, where its result goes, its operand.
  output logic                       window_o,
  output logic                [16:0] taps_o,
  output logic                [20:0] target_o,
  output logic                       instruction_last_o,
  output logic      [2*WordBits-1:0] operand_o
);

  localparam int unsigned Room      = 8;
  localparam int unsigned RoomWidth = $clog2(Room + 1);
  localparam int unsigned LoopKy    = 1;
  localparam int unsigned LoopY     = 3;

  stages_t stages;
  vector_t work;
  reduce_t reduce;
  logic [11:0] width;
  logic [6:0] height;
  logic from_rows, two_words;

  assign stages    = control_i.stages;
  assign work      = get_vector(entry_i.word);
  assign reduce    = control_i.reduce;
  assign width     = control_i.is_reduce ? reduce.width : work.width;
  assign height    = control_i.is_reduce ? reduce.height : work.height;
  assign from_rows = stages.source == VECTOR_SOURCE_ACCUMULATORS ||
      stages.source == VECTOR_SOURCE_DEPTHWISE;
  assign two_words = stages.source == VECTOR_SOURCE_INT16;

  /////////////
  // Walking //
  /////////////

  spot_t spot, behind_unused;
  logic next_unused;
  logic [Loops-1:0] firsts, lasts;
  logic walking, step, is_last_tap, present;
  logic [47:0] operand_addr;
  logic [20:0] target_addr;
  logic outputs_valid, outputs_last, ready_unused;

  picture_walker u_walker (
    .clk_i,
    .rst_ni,
    .start_i,
    .loops_i ({
      loop_again(12'd0),
      loop_channel(entry_i.cfg.set_window, entry_i.cfg.set_pitch),
      loop_y(12'(height), entry_i.cfg.set_window, steps_i),
      loop_x(width, entry_i.cfg.set_window, steps_i),
      loop_ky(entry_i.cfg.set_window, steps_i),
      loop_kx(entry_i.cfg.set_window, steps_i)
    }),
    .first_i (place_t'(work.source)),
    .valid_o (walking),
    .step_i  (step),
    .spot_o  (spot),
    .firsts_o(firsts),
    .lasts_o (lasts),
    .next_valid_o(next_unused),
    .next_step_i (1'b0),
    .next_o      (behind_unused)
  );
  // Where operands and results lie: the two addresses of a transfer's runs.
  run_walker u_outputs (
    .clk_i,
    .rst_ni,
    .start_i,
    .ready_o    (ready_unused),
    .linear_i   (1'b0),
    .shape_i    ('{count2: 16'(entry_i.cfg.set_window.channels), count1: 16'(height),
                   count0: 16'(width)}),
    .steps_i    ('{step2: 32'(entry_i.cfg.set_operand.channel),
                   step1: 32'(entry_i.cfg.set_operand.y), step0: 32'(entry_i.cfg.set_operand.x)}),
    .strides_i  ('{stride2: entry_i.cfg.set_target.channel, stride1: entry_i.cfg.set_target.y,
                   stride0: entry_i.cfg.set_target.x}),
    .dram_i     (48'(work.operand)),
    .chip_i     (control_i.is_reduce ? 21'(reduce.target) : 21'(work.target)),
    .run_valid_o(outputs_valid),
    .run_ready_i(step && is_last_tap),
    .run_dram_o (operand_addr),
    .run_chip_o (target_addr),
    .run_last_o (outputs_last)
  );

  assign is_last_tap = lasts[LoopKy];
  assign present     = is_inside(entry_i.cfg.set_window, entry_i.cfg.set_edge, spot);

  // The accesses of a tap, one after the other.
  typedef enum logic [1:0] {OPERAND_LOW, OPERAND_HIGH, SOURCE_LOW, SOURCE_HIGH} access_e;
  typedef struct packed {
    access_e     kind;
    logic        is_read;
    // With the last access of a tap.
    logic        ends;
    logic        first;
    logic        last;
    logic        last_row;
    logic        channel_first;
    logic        instruction_last;
    logic [20:0] target;
  } tag_t;

  access_e access, access_q;
  logic begun_q, issue, ends, is_read, to_rows, port_free, has_room;
  logic [20:0] addr;
  logic [RoomWidth-1:0] words_free_q, rows_free_q;
  logic tags_ready, tag_valid, tag_pop;
  tag_t tag, head;

  assign access = begun_q ? access_q :
      is_last_tap && uses_operand_i ? OPERAND_LOW : SOURCE_LOW;
  assign ends    = access == SOURCE_HIGH || (access == SOURCE_LOW && (!two_words || !present));
  assign is_read = access == OPERAND_LOW || access == OPERAND_HIGH || present;
  assign to_rows = from_rows && (access == SOURCE_LOW || access == SOURCE_HIGH);
  always_comb begin
    place_t source;
    source = in_ring(entry_i.cfg.set_ring, spot.place);
    unique case (access)
      OPERAND_LOW: addr = 21'(operand_addr);
      OPERAND_HIGH: addr = 21'(operand_addr) + 21'd1;
      SOURCE_LOW: addr = 21'(source);
      default: addr = 21'(source) + 21'd1;
    endcase
  end
  assign has_room  = !is_read || (to_rows ? rows_free_q != '0 : words_free_q != '0);
  assign port_free = (!sp_rd_valid_o || sp_rd_ready_i) &&
      (rows_rd_valid_o == '0 || (rows_rd_valid_o & rows_rd_ready_i) != '0);
  assign issue     = walking && outputs_valid && tags_ready && has_room && port_free;
  assign step      = issue && ends;
  assign tag       = '{
      kind: access,
      is_read: is_read,
      ends: ends,
      first: firsts[LoopKy],
      last: is_last_tap,
      // The window's last row of taps: the loop over ky is at its end when it is in the last tap, or
      // would be but for kx.
      last_row: ky_left_q == '0,
      channel_first: firsts[LoopY],
      instruction_last: outputs_last && is_last_tap,
      target: target_addr
  };

  logic [7:0] ky_left_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q         <= 1'b0;
      sp_rd_valid_o   <= 1'b0;
      rows_rd_valid_o <= '0;
    end else begin
      if (issue) begun_q <= !ends;
      sp_rd_valid_o <= (issue && is_read && !to_rows) || (sp_rd_valid_o && !sp_rd_ready_i);
      if (issue && is_read && to_rows) begin
        rows_rd_valid_o <= stages.source == VECTOR_SOURCE_ACCUMULATORS ? 2'b01 : 2'b10;
      end else begin
        rows_rd_valid_o <= rows_rd_valid_o & ~rows_rd_ready_i;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (issue) begin
      unique case (access)
        OPERAND_LOW:
          access_q <= control_i.operand.element == OPERAND_TYPE_INT16 ? OPERAND_HIGH : SOURCE_LOW;
        OPERAND_HIGH: access_q <= SOURCE_LOW;
        default: access_q <= SOURCE_HIGH;
      endcase
      if (!to_rows) sp_rd_addr_o <= ScratchpadAddr'(addr);
      else rows_rd_addr_o <= addr;
    end
    if (start_i) ky_left_q <= entry_i.cfg.set_window.kernel_y;
    else if (step && lasts[0]) begin
      ky_left_q <= ky_left_q == '0 ? entry_i.cfg.set_window.kernel_y : ky_left_q - 8'd1;
    end
  end

  ///////////////
  // Gathering //
  ///////////////

  logic words_ready, word_valid, word_pop, rows_ready, row_valid, row_pop;
  logic [WordBits-1:0] word, low_q, operand_low_q, operand_high_q;
  logic [RowBits-1:0] row_data, lanes;

  fifo #(
    .Width($bits(tag_t)),
    .Depth(2 * Room)
  ) u_tags (
    .clk_i,
    .rst_ni,
    .in_valid_i (issue),
    .in_ready_o (tags_ready),
    .in_data_i  (tag),
    .out_valid_o(tag_valid),
    .out_ready_i(tag_pop),
    .out_data_o (head)
  );
  fifo #(
    .Width(WordBits),
    .Depth(Room)
  ) u_words (
    .clk_i,
    .rst_ni,
    .in_valid_i (sp_rsp_valid_i),
    .in_ready_o (words_ready),
    .in_data_i  (sp_rsp_data_i),
    .out_valid_o(word_valid),
    .out_ready_i(word_pop),
    .out_data_o (word)
  );
  fifo #(
    .Width(RowBits),
    .Depth(Room)
  ) u_rows (
    .clk_i,
    .rst_ni,
    .in_valid_i (rows_rsp_valid_i != '0),
    .in_ready_o (rows_ready),
    .in_data_i  (rows_rsp_valid_i[0] ? rows_rsp_data_i[0] : rows_rsp_data_i[1]),
    .out_valid_o(row_valid),
    .out_ready_i(row_pop),
    .out_data_o (row_data)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      words_free_q <= RoomWidth'(Room);
      rows_free_q  <= RoomWidth'(Room);
    end else begin
      words_free_q <= words_free_q - RoomWidth'(issue && is_read && !to_rows) +
          RoomWidth'(word_pop);
      rows_free_q <= rows_free_q - RoomWidth'(issue && is_read && to_rows) + RoomWidth'(row_pop);
    end
  end

  // An average takes the divider for some time, 16-bit results the write port for two cycles.
  logic [5:0] gap, gap_q;
  logic from_row_queue, is_here, may_end;
  assign gap = control_i.is_reduce ? 6'd0 :
      stages.pool == POOL_AVERAGE ? 6'(DivideLatency + 1) :
      entry_i.cfg.set_target.element == TARGET_TYPE_INT16 ? 6'd1 : 6'd0;
  assign from_row_queue = from_rows && (head.kind == SOURCE_LOW || head.kind == SOURCE_HIGH);
  assign is_here  = !head.is_read || (from_row_queue ? row_valid : word_valid);
  assign may_end  = (!is_next_channel || parameters_ready_i) &&
      (!head.ends || !head.last || gap_q == '0);
  assign tag_pop  = tag_valid && is_here && may_end;
  assign word_pop = tag_pop && head.is_read && !from_row_queue;
  assign row_pop  = tag_pop && head.is_read && from_row_queue;

  // A channel block begins; the parity of the block.
  logic is_next_channel, parity_q;
  logic [16:0] taps_q, taps;
  assign is_next_channel = head.channel_first && head.ends;
  assign channel_next_o  = tag_pop && is_next_channel;
  assign taps = (head.first ? 17'd0 : taps_q) +
      17'((head.is_read && head.ends) || stages.count_outside);

  always_comb begin
    lanes = row_data;
    for (int unsigned j = 0; j < Lanes; j++) begin
      unique case (stages.source)
        VECTOR_SOURCE_INT8: lanes[32*j+:32] = 32'($signed(word[8*j+:8]));
        VECTOR_SOURCE_UINT8: lanes[32*j+:32] = 32'(word[8*j+:8]);
        VECTOR_SOURCE_INT16: begin
          if (j < Lanes / 2) lanes[32*j+:32] = 32'($signed(low_q[16*(j%(Lanes/2))+:16]));
          else lanes[32*j+:32] = 32'($signed(word[16*(j%(Lanes/2))+:16]));
        end
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tap_o    <= '0;
      window_o <= 1'b0;
      gap_q    <= '0;
      parity_q <= 1'b1;
    end else begin
      tap_o <= '{
          valid: tag_pop && head.ends,
          present: head.is_read,
          first: head.first,
          last: head.last,
          last_row: head.last_row,
          bank: parity_q ^ is_next_channel
      };
      window_o <= tag_pop && head.ends && head.last;
      if (tag_pop && head.ends && head.last) gap_q <= gap;
      else if (gap_q != '0) gap_q <= gap_q - 6'd1;
      if (start_i) begin
          parity_q <= 1'b1;
      end else if (tag_pop && head.ends) begin
        parity_q <= parity_q ^ is_next_channel;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (tag_pop) begin
      if (head.kind == SOURCE_LOW) low_q <= word;
      if (head.kind == OPERAND_LOW) operand_low_q <= word;
      if (head.kind == OPERAND_HIGH) operand_high_q <= word;
      if (head.ends) taps_q <= taps;
      lanes_o            <= lanes;
      taps_o             <= taps;
      target_o           <= head.target;
      instruction_last_o <= head.instruction_last;
    end
  end
  assign operand_o = {operand_high_q, operand_low_q};

  // There is room for all answers.
  WordRoom: assert property (@(posedge clk_i) disable iff (!rst_ni)
      sp_rsp_valid_i |-> words_ready);
  RowRoom: assert property (@(posedge clk_i) disable iff (!rst_ni)
      rows_rsp_valid_i != '0 |-> rows_ready);

endmodule
