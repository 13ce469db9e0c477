// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ld.window: lines of a picture come in once each and are kept as long as windows need them; a window
// is put together from one segment of bytes for each of its rows, up to a word of bytes a cycle,
// wherever they begin: even and odd words of lines lie in memories of their own, and both are read.
//
// Line y is kept in slot (y - row) mod `Slots`. Places in a line are words and bytes in them, found by
// addition; only what the first window and a step to the next are is divided, once.

module window_packer
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                         clk_i,
  input  logic                         rst_ni,

  input  logic                         start_i,
  // Stay while not `idle_o`.
  input  ld_entry_t                    entry_i,
  output logic                         idle_o,

  // Lines, read whole.
  output logic                         run_valid_o,
  input  logic                         run_ready_i,
  output logic                  [47:0] run_addr_o,
  output logic                  [23:0] run_length_o,
  input  logic                         unit_valid_i,
  output logic                         unit_ready_o,
  input  logic          [WordBits-1:0] unit_data_i,
  input  logic                         unit_last_i,

  output logic                         word_valid_o,
  input  logic                         word_ready_i,
  output logic                  [20:0] word_addr_o,
  output logic          [WordBits-1:0] word_data_o,
  // Of the instruction.
  output logic                         word_last_o
);

  localparam int unsigned LineWords  = (WindowLineBytes + Lanes - 1) / Lanes;
  localparam int unsigned Slots      = WindowKernel + 1;
  // One more, since behind the last word one is read, too.
  localparam int unsigned LinePairs  = LineWords / 2 + 1;
  localparam int unsigned LineAddr   = $clog2(LinePairs * Slots);
  localparam int unsigned SlotWidth  = $clog2(Slots);
  localparam int unsigned LaneWidth  = $clog2(Lanes);
  localparam int unsigned EndWidth   = $clog2(Lanes + 1);
  localparam int unsigned Reciprocal = ((32'd1 << 30) - 1) / Lanes + 1;
  // Words that make every place positive before it is divided.
  localparam int unsigned Bias       = (32'd1 << 23) / Lanes + 1;

  typedef logic [SlotWidth-1:0] slot_t;
  // Bytes from a line's beginning; lines of the picture.
  typedef logic signed [25:0] byte_t;
  typedef logic signed [18:0] line_t;

  load_window_t work;
  picture_t picture;
  kernel_t kernel;
  assign work    = get_load_window(entry_i.word);
  assign picture = entry_i.cfg.set_picture;
  assign kernel  = entry_i.cfg.set_kernel;

  function automatic slot_t slot_sum(slot_t a, slot_t b);
    logic [SlotWidth:0] sum = (SlotWidth + 1)'(a) + (SlotWidth + 1)'(b);
    return 32'(sum) >= Slots ? slot_t'(32'(sum) - Slots) : slot_t'(sum);
  endfunction

  ///////////
  // Setup //
  ///////////

  // One multiplication a cycle.
  logic [3:0] setup_q;
  logic active_q, setup_done_q;
  logic signed [33:0] factor, by;
  logic signed [63:0] product;
  byte_t line_bytes_q, segment_bytes_q, first_byte_q, step_bytes_q;
  logic signed [47:0] first_line_q, step_lines_q;
  logic signed [24:0] first_word_q, step_words_q;
  logic [LaneWidth-1:0] first_lane_q, step_lanes_q;
  slot_t step_slot_q;

  always_comb begin
    factor = 34'sd1 + 34'($signed({1'b0, picture.channels}));
    unique case (setup_q)
      4'd0: by = 34'sd1 + 34'($signed({1'b0, picture.width}));
      4'd1: by = 34'sd1 + 34'($signed({1'b0, kernel.kernel_x}));
      4'd2: by = 34'sd1 + 34'($signed({1'b0, kernel.stride_x}));
      4'd3: by = 34'($signed(kernel.column));
      4'd4: {factor, by} = {34'(work.row), 34'(picture.pitch)};
      4'd5: {factor, by} = {34'sd1 + 34'($signed({1'b0, kernel.stride_y})), 34'(picture.pitch)};
      4'd6: {factor, by} = {34'(first_byte_q) + 34'($signed({1'b0, Bias * Lanes})),
                            34'($signed({1'b0, Reciprocal}))};
      default: {factor, by} = {34'(step_bytes_q), 34'($signed({1'b0, Reciprocal}))};
    endcase
  end
  assign product = 64'(factor) * 64'(by);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      setup_q      <= '0;
      setup_done_q <= 1'b0;
    end else if (start_i) begin
      active_q     <= 1'b1;
      setup_q      <= '0;
      setup_done_q <= 1'b0;
    end else if (active_q) begin
      if (setup_q != 4'd9) setup_q <= setup_q + 4'd1;
      setup_done_q <= setup_q == 4'd9;
      if (word_valid_o && word_ready_i && word_last_o) active_q <= 1'b0;
    end
  end
  always_ff @(posedge clk_i) begin
    unique case (setup_q)
      4'd0: line_bytes_q <= byte_t'(product);
      4'd1: segment_bytes_q <= byte_t'(product);
      4'd2: step_bytes_q <= byte_t'(product);
      4'd3: first_byte_q <= byte_t'(product);
      4'd4: first_line_q <= 48'(product);
      4'd5: step_lines_q <= 48'(product);
      4'd6: first_word_q <= 25'(product >>> 30);
      4'd7: step_words_q <= 25'(product >>> 30);
      4'd8: begin
        // What the divisions leave: a multiple of R less, and the bias.
        first_lane_q <= LaneWidth'(32'(first_byte_q) + Bias * Lanes - 32'(first_word_q) * Lanes);
        step_lanes_q <= LaneWidth'(32'(step_bytes_q) - 32'(step_words_q) * Lanes);
        first_word_q <= first_word_q - 25'(Bias);
        step_slot_q  <= slot_t'((32'(kernel.stride_y) + 32'd1) % Slots);
      end
      default: ;
    endcase
  end
  assign idle_o = !active_q;

  /////////////
  // Lines   //
  /////////////

  // The window row and the row in it that is to be asked for next.
  logic asking_q, ask, in_picture, is_new, has_slot, lines_ready, advance;
  logic [11:0] ask_row_q;
  logic [3:0] ask_ky_q;
  line_t ask_first_q, ask_line, asked_q, pack_first_q;
  logic signed [47:0] ask_first_addr_q, ask_addr_q;
  slot_t ask_first_slot_q, ask_slot_q;

  assign ask_line   = ask_first_q + line_t'({1'b0, ask_ky_q});
  assign in_picture = ask_line >= line_t'(0) && ask_line <= line_t'({1'b0, picture.height});
  assign is_new     = ask_line > asked_q;
  // Whoever was in the slot is above the windows that are packed now.
  assign has_slot   = ask_line < pack_first_q + line_t'(Slots);
  assign run_valid_o  = asking_q && in_picture && is_new && has_slot && lines_ready;
  assign run_addr_o   = entry_i.base + 48'(work.offset) + ask_addr_q;
  assign run_length_o = 24'(line_bytes_q);
  assign ask          = run_valid_o && run_ready_i;
  assign advance      = asking_q && (ask || !in_picture || !is_new);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) asking_q <= 1'b0;
    else if (start_i) asking_q <= 1'b0;
    else if (active_q && setup_q == 4'd9 && !setup_done_q) asking_q <= 1'b1;
    else if (advance && ask_ky_q == kernel.kernel_y && ask_row_q == work.rows) asking_q <= 1'b0;
  end
  always_ff @(posedge clk_i) begin
    if (setup_q == 4'd9 && !setup_done_q) begin
      ask_row_q        <= '0;
      ask_ky_q         <= '0;
      ask_first_q      <= line_t'(work.row);
      asked_q          <= -line_t'(1);
      ask_first_addr_q <= first_line_q;
      ask_addr_q       <= first_line_q;
      ask_first_slot_q <= '0;
      ask_slot_q       <= '0;
    end else if (advance) begin
      if (ask) asked_q <= ask_line;
      if (ask_ky_q != kernel.kernel_y) begin
        ask_ky_q   <= ask_ky_q + 4'd1;
        ask_addr_q <= ask_addr_q + 48'(picture.pitch);
        ask_slot_q <= slot_sum(ask_slot_q, slot_t'(1));
      end else begin
        ask_ky_q         <= '0;
        ask_row_q        <= ask_row_q + 12'd1;
        ask_first_q      <= ask_first_q + line_t'({1'b0, kernel.stride_y}) + line_t'(1);
        ask_first_addr_q <= ask_first_addr_q + step_lines_q;
        ask_addr_q       <= ask_first_addr_q + step_lines_q;
        ask_first_slot_q <= slot_sum(ask_first_slot_q, step_slot_q);
        ask_slot_q       <= slot_sum(ask_first_slot_q, step_slot_q);
      end
    end
  end

  // Lines that come in, in the order in which they were asked for.
  typedef struct packed {
    slot_t slot;
    line_t line;
  } coming_t;
  coming_t coming;
  logic coming_valid, line_ends;
  logic [$clog2(LineWords+1)-1:0] in_word_q;
  // The last line that is there as a whole.
  line_t here_q;

  fifo #(
    .Width($bits(coming_t)),
    .Depth(TransferRuns)
  ) u_coming (
    .clk_i,
    .rst_ni,
    .in_valid_i (ask),
    .in_ready_o (lines_ready),
    .in_data_i  ({ask_slot_q, ask_line}),
    .out_valid_o(coming_valid),
    .out_ready_i(line_ends),
    .out_data_o (coming)
  );
  assign unit_ready_o = coming_valid;
  assign line_ends    = unit_valid_i && unit_ready_o && unit_last_i;
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      in_word_q <= '0;
      here_q    <= -line_t'(1);
    end else if (unit_valid_i && unit_ready_o) begin
      in_word_q <= unit_last_i ? '0 : in_word_q + 1'b1;
      if (unit_last_i) here_q <= coming.line;
    end
  end

  //////////////
  // Segments //
  //////////////

  // Window (row, column), its row ky; in it the byte that is next.
  logic packing_q, piece, segment_ends, window_ends, row_ends, all_ends, lines_here, has_line;
  logic [11:0] row_q;
  logic [15:0] column_q;
  logic [3:0] ky_q;
  line_t line;
  slot_t first_slot_q, slot_q;
  // Where the window's segments begin; where this one is.
  byte_t begin_q, begin_next, byte_q, left_q;
  logic signed [24:0] begin_word_q, begin_word_next, word_q;
  logic [LaneWidth-1:0] begin_lane_q, begin_lane_next, lane_q;
  logic fill_now;
  logic [EndWidth-1:0] bytes;
  byte_t limit;
  logic piece_ready;

  assign line     = pack_first_q + line_t'({1'b0, ky_q});
  assign has_line = line >= line_t'(0) && line <= line_t'({1'b0, picture.height});
  // The last line of the window row that is in the picture has come.
  always_comb begin
    line_t last;
    last = pack_first_q + line_t'({1'b0, kernel.kernel_y});
    if (last > line_t'({1'b0, picture.height})) last = line_t'({1'b0, picture.height});
    lines_here = here_q >= last || last < line_t'(0) || pack_first_q > last;
  end

  // Bytes before and behind the line, and of lines that do not exist, are filled.
  always_comb begin
    fill_now = !has_line || byte_q < byte_t'(0) || byte_q >= line_bytes_q;
    limit    = left_q;
    if (has_line && byte_q < byte_t'(0) && -byte_q < limit) limit = -byte_q;
    if (!fill_now && line_bytes_q - byte_q < limit) limit = line_bytes_q - byte_q;
    if (limit > byte_t'(Lanes)) limit = byte_t'(Lanes);
    bytes = EndWidth'(limit);
  end
  assign piece        = packing_q && lines_here && piece_ready;
  assign segment_ends = limit == left_q;
  assign window_ends  = segment_ends && ky_q == kernel.kernel_y;
  assign row_ends     = window_ends && column_q == kernel.columns;
  assign all_ends     = row_ends && row_q == work.rows;

  always_comb begin
    logic [LaneWidth:0] lanes;
    lanes           = (LaneWidth + 1)'(begin_lane_q) + (LaneWidth + 1)'(step_lanes_q);
    begin_next      = begin_q + step_bytes_q;
    begin_word_next = begin_word_q + step_words_q;
    begin_lane_next = LaneWidth'(lanes);
    if (32'(lanes) >= Lanes) begin
      begin_word_next = begin_word_q + step_words_q + 25'sd1;
      begin_lane_next = LaneWidth'(32'(lanes) - Lanes);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) packing_q <= 1'b0;
    else if (active_q && setup_q == 4'd9 && !setup_done_q) packing_q <= 1'b1;
    else if (piece && all_ends) packing_q <= 1'b0;
  end
  // Where the next segment begins.
  byte_t next_byte;
  logic signed [24:0] next_word;
  logic [LaneWidth-1:0] next_lane;
  always_comb begin
    {next_byte, next_word, next_lane} = {begin_q, begin_word_q, begin_lane_q};
    if (window_ends) {next_byte, next_word, next_lane} = {begin_next, begin_word_next,
                                                          begin_lane_next};
    if (row_ends) {next_byte, next_word, next_lane} = {first_byte_q, first_word_q, first_lane_q};
  end
  always_ff @(posedge clk_i) begin
    if (setup_q == 4'd9 && !setup_done_q) begin
      {row_q, column_q, ky_q}              <= '0;
      pack_first_q                         <= line_t'(work.row);
      {first_slot_q, slot_q}               <= '0;
      {begin_q, begin_word_q, begin_lane_q} <= {first_byte_q, first_word_q, first_lane_q};
      {byte_q, word_q, lane_q}             <= {first_byte_q, first_word_q, first_lane_q};
      left_q                               <= segment_bytes_q;
    end else if (piece && !segment_ends) begin
      left_q <= left_q - limit;
      byte_q <= byte_q + limit;
      if (32'(lane_q) + 32'(bytes) >= Lanes) begin
        word_q <= word_q + 25'sd1;
        lane_q <= LaneWidth'(32'(lane_q) + 32'(bytes) - Lanes);
      end else begin
        lane_q <= LaneWidth'(32'(lane_q) + 32'(bytes));
      end
    end else if (piece) begin
      left_q                   <= segment_bytes_q;
      {byte_q, word_q, lane_q} <= {next_byte, next_word, next_lane};
      ky_q                     <= window_ends ? '0 : ky_q + 4'd1;
      slot_q                   <= window_ends ? first_slot_q : slot_sum(slot_q, slot_t'(1));
      if (window_ends) begin
        {begin_q, begin_word_q, begin_lane_q} <= {next_byte, next_word, next_lane};
        column_q <= row_ends ? '0 : column_q + 16'd1;
      end
      if (row_ends) begin
        row_q        <= row_q + 12'd1;
        pack_first_q <= pack_first_q + line_t'({1'b0, kernel.stride_y}) + line_t'(1);
        first_slot_q <= slot_sum(first_slot_q, step_slot_q);
        slot_q       <= slot_sum(first_slot_q, step_slot_q);
      end
    end
  end

  ////////////
  // Pieces //
  ////////////

  logic piece_valid_q, piece_fill_q, piece_last_q, piece_odd_q, pack_ready, unit_valid, unit_last;
  logic [LaneWidth-1:0] piece_lane_q, start_unused;
  logic [EndWidth-1:0] piece_bytes_q, unit_end;
  logic [WordBits-1:0] unit;

  assign piece_ready = !piece_valid_q || pack_ready;

  // Even words and odd ones. The word where the piece begins, and the one behind it.
  logic [1:0][WordBits-1:0] line_words;
  logic [2*WordBits-1:0] line_bytes;
  for (genvar i = 0; i < 2; i++) begin : gen_lines
    logic [24:0] pair;
    assign pair = i == 0 ? (25'(word_q) + 25'd1) >> 1 : 25'(word_q) >> 1;

    mem_1r1w #(
      .Width(WordBits),
      .Depth(LinePairs * Slots)
    ) u_lines (
      .clk_i,
      .rd_en_i  (piece && !fill_now),
      .rd_addr_i(LineAddr'(32'(slot_q) * LinePairs + 32'(pair))),
      .rd_data_o(line_words[i]),
      .wr_en_i  (unit_valid_i && unit_ready_o && in_word_q[0] == 1'(i)),
      .wr_addr_i(LineAddr'(32'(coming.slot) * LinePairs + (32'(in_word_q) >> 1))),
      .wr_data_i(unit_data_i)
    );
  end
  assign line_bytes = piece_odd_q ? {line_words[0], line_words[1]} : line_words;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) piece_valid_q <= 1'b0;
    else piece_valid_q <= piece || (piece_valid_q && !pack_ready);
  end
  always_ff @(posedge clk_i) begin
    if (piece) begin
      piece_fill_q  <= fill_now;
      piece_last_q  <= window_ends;
      piece_odd_q   <= word_q[0];
      piece_lane_q  <= lane_q;
      piece_bytes_q <= bytes;
    end
  end

  byte_packer #(
    .InBytes (Lanes),
    .OutBytes(Lanes)
  ) u_packer (
    .clk_i,
    .rst_ni,
    .in_valid_i (piece_valid_q),
    .in_ready_o (pack_ready),
    .in_data_i  (piece_fill_q ? {Lanes{picture.fill}} : WordBits'(line_bytes >> (8 * piece_lane_q))),
    .in_skip_i  ('0),
    .in_bytes_i (piece_bytes_q),
    .in_last_i  (piece_last_q),
    .in_start_i ('0),
    .out_valid_o(unit_valid),
    .out_ready_i(word_ready_i),
    .out_data_o (unit),
    .out_start_o(start_unused),
    .out_end_o  (unit_end),
    .out_last_o (unit_last)
  );

  // Words of the instruction; windows that are left to write.
  logic [20:0] word_addr_q;
  logic [27:0] windows_q;
  logic packed_all_q;

  assign word_valid_o = unit_valid;
  assign word_addr_o  = word_addr_q;
  // The last window's last word: nothing is left before it.
  assign word_last_o  = unit_last && packed_all_q && windows_q == 28'd1;
  always_comb begin
    for (int unsigned i = 0; i < Lanes; i++) begin
      word_data_o[8*i+:8] = i < 32'(unit_end) ? unit[8*i+:8] : picture.fill;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      word_addr_q  <= 21'(work.target);
      windows_q    <= '0;
      packed_all_q <= 1'b0;
    end else begin
      if (word_valid_o && word_ready_i) word_addr_q <= word_addr_q + 21'd1;
      // Windows in the packer.
      windows_q <= windows_q + 28'(piece && window_ends) -
          28'(word_valid_o && word_ready_i && unit_last);
      if (piece && all_ends) packed_all_q <= 1'b1;
    end
  end

endmodule
