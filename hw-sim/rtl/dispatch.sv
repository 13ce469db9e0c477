// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FETCH's second half: takes instructions in program order, decides their faults, applies settings to
// its copy of each engine's configuration, and puts working instructions together with that copy into
// the queues. At the first fault it stops; earlier instructions complete.
//
// Cycles: 1 for a setting. A working instruction is looked at in one, checked in `CheckSteps` (`sync`
// in one), pushed in one or when its queue has room. The next one is taken in its last cycle.

module dispatch
  import systole_pkg::*;
  import mxu_pkg::*;
  import machine_pkg::*;
(
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // The doorbell: a program of `count_i` instructions at byte `addr_i`.
  input  logic                   start_i,
  input  logic            [47:0] addr_i,
  input  logic            [31:0] count_i,
  output logic                   done_o,
  output fault_e                 fault_o,
  // The instruction that faulted, or how many there were.
  output logic            [31:0] index_o,

  output logic                   fetch_start_o,
  output logic                   fetch_stop_o,
  input  logic                   fetch_idle_i,
  input  logic                   word_valid_i,
  output logic                   word_ready_o,
  input  logic           [127:0] word_i,

  output logic  [NumEngines-1:0] push_o,
  input  logic  [NumEngines-1:0] ready_i,
  output ld_entry_t              ld_entry_o,
  output mm_entry_t              mm_entry_o,
  output dw_entry_t              dw_entry_o,
  output vx_entry_t              vx_entry_o,
  output st_entry_t              st_entry_o,
  // Of each engine: an instruction has retired.
  input  logic  [NumEngines-1:0] retired_i,
  // Nothing has moved for too long.
  input  logic                   watchdog_i,
  // For accounting.
  output engine_e [NumSemaphores-1:0] givers_o,
  output dispatching_t           dispatching_o
);

  typedef enum logic [2:0] {
    // No program, or it is over.
    IDLE,
    // Waits for an instruction.
    FETCH,
    // Looks at opcode and fields; applies a setting.
    DECODE,
    // Extents, program, overlap; then semaphores.
    CHECK,
    // Waits for room in a queue.
    PUSH,
    // Waits for all engines and for what FETCH has asked for.
    DRAIN
  } state_e;

  state_e state_d, state_q;
  logic [127:0] word_q;
  logic [31:0] index_q, count_q;
  logic [47:0] first_q;
  fault_e fault_d, fault_q;
  engine_e engine;
  logic done_d, done_q;

  ////////////////////
  // Configurations //
  ////////////////////

  ld_config_t ld_q;
  mm_config_t mm_q;
  dw_config_t dw_q;
  vx_config_t vx_q;
  st_config_t st_q;
  logic apply;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ld_q <= '0;
      mm_q <= '0;
      dw_q <= '0;
      vx_q <= '0;
      st_q <= '0;
    end else if (start_i) begin
      ld_q <= '0;
      mm_q <= '0;
      dw_q <= '0;
      vx_q <= '0;
      st_q <= '0;
    end else if (apply) begin
      // A number belongs to one engine; the others' functions change nothing.
      ld_q <= apply_ld(ld_q, word_q);
      mm_q <= apply_mm(mm_q, word_q);
      dw_q <= apply_dw(dw_q, word_q);
      vx_q <= apply_vx(vx_q, word_q);
      st_q <= apply_st(st_q, word_q);
    end
  end

  always_comb begin
    load_t  ld;
    load_window_t window;
    store_t st;
    ld = get_load(word_q);
    window = get_load_window(word_q);
    st = get_store(word_q);
    ld_entry_o = '{index: index_q, word: word_q, base: ld_q.set_base[ld.base].address, cfg: ld_q};
    if (word_q[5:0] == OPCODE_LOAD_WINDOW) begin
      ld_entry_o.base = ld_q.set_base[window.base].address;
    end
    mm_entry_o = '{index: index_q, word: word_q, cfg: mm_q};
    dw_entry_o = '{index: index_q, word: word_q, cfg: dw_q};
    vx_entry_o = '{index: index_q, word: word_q, cfg: vx_q};
    st_entry_o = '{index: index_q, word: word_q, base: st_q.set_base[st.base].address, cfg: st_q};
  end

  always_comb begin
    sync_t sync;
    sync = get_sync(word_q);
    case (word_q[5:0])
      OPCODE_SYNC: engine = sync.engine;
      OPCODE_MATMUL: engine = ENGINE_MM;
      OPCODE_DEPTHWISE: engine = ENGINE_DW;
      OPCODE_VECTOR, OPCODE_REDUCE, OPCODE_LOAD_TABLE: engine = ENGINE_VX;
      OPCODE_STORE: engine = ENGINE_ST;
      default: engine = ENGINE_LD;
    endcase
  end

  ////////////
  // Checks //
  ////////////

  logic check_start, check_done, tokens_legal, tokens_take, is_last;
  fault_e check_fault;

  extent_checker u_checker (
    .clk_i,
    .rst_ni,
    .start_i        (check_start),
    .word_i         (word_q),
    .ld_i           (ld_q),
    .mm_i           (mm_q),
    .dw_i           (dw_q),
    .vx_i           (vx_q),
    .st_i           (st_q),
    .program_first_i(first_q),
    .program_count_i(count_q),
    .done_o         (check_done),
    .fault_o        (check_fault)
  );
  token_checker u_tokens (
    .clk_i,
    .rst_ni,
    .clear_i (start_i),
    .tokens_i(get_tokens(word_q)),
    .engine_i(engine),
    .take_i  (tokens_take),
    .legal_o (tokens_legal),
    .givers_o
  );

  /////////////
  // Program //
  /////////////

  // The program lies in DRAM as a whole.
  function automatic logic fits(logic [47:0] first, logic [31:0] count);
    return 49'(first) + 49'({count, 4'b0}) <= 49'(DramBytes);
  endfunction

  logic [8:0] pending_q;

  assign dispatching_o = '{
      has_instruction: state_q == DECODE || state_q == CHECK || state_q == PUSH,
      is_refused: state_q == PUSH && !ready_i[engine],
      waits_for_word: state_q == FETCH,
      is_over: state_q == DRAIN,
      engine: engine
  };
  assign is_last      = index_q + 32'd1 == count_q;
  assign word_ready_o = state_d == FETCH || state_d == DECODE;
  assign fetch_start_o = state_q == IDLE && start_i && fits(addr_i, count_i) && count_i != '0;
  assign fetch_stop_o = (state_q == IDLE && !fetch_start_o) || state_q == DRAIN;
  assign done_o       = done_q;
  assign fault_o      = fault_q;
  assign index_o      = index_q;
  assign tokens_take  = state_q == CHECK && state_d == PUSH;
  assign apply        = state_q == DECODE && word_q[5:0] == OPCODE_SET && fault_d == FAULT_NONE;

  // Behind an instruction that is not the last.
  state_e next;
  assign next = word_valid_i ? DECODE : FETCH;

  always_comb begin
    state_d     = state_q;
    fault_d     = fault_q;
    done_d      = done_q;
    check_start = 1'b0;
    push_o      = '0;
    unique case (state_q)
      IDLE: begin
        if (start_i) begin
          done_d  = 1'b0;
          fault_d = fits(addr_i, count_i) ? FAULT_NONE : FAULT_EXTENT;
          state_d = fetch_start_o ? FETCH : DRAIN;
        end
      end
      FETCH: state_d = next;
      DECODE: begin
        state_d = DRAIN;
        if (!is_known(word_q)) fault_d = FAULT_OPCODE;
        else if (!has_legal_fields(word_q)) fault_d = FAULT_FIELD;
        else if (word_q[5:0] == OPCODE_SET) state_d = is_last ? DRAIN : next;
        else if (engine == ENGINE_DW && DepthwiseMultipliers == 0) fault_d = FAULT_OPCODE;
        else begin
          state_d     = CHECK;
          check_start = 1'b1;
        end
      end
      CHECK: begin
        if (check_done) begin
          fault_d = check_fault != FAULT_NONE ? check_fault :
              tokens_legal ? FAULT_NONE : FAULT_SEMAPHORE;
          state_d = fault_d == FAULT_NONE ? PUSH : DRAIN;
        end
      end
      PUSH: begin
        push_o[engine] = 1'b1;
        if (ready_i[engine]) state_d = is_last ? DRAIN : next;
      end
      DRAIN: begin
        if (pending_q == '0 && fetch_idle_i) begin
          state_d = IDLE;
          done_d  = 1'b1;
        end
      end
      default: state_d = IDLE;
    endcase
    if (watchdog_i && state_q != IDLE) begin
      state_d = IDLE;
      done_d  = 1'b1;
      fault_d = FAULT_WATCHDOG;
    end
  end

  // An instruction is behind: it was applied or pushed. The last one is counted, too.
  logic passed;
  assign passed = (apply && fault_d == FAULT_NONE) || (push_o & ready_i) != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= IDLE;
      fault_q   <= FAULT_NONE;
      done_q    <= 1'b0;
      pending_q <= '0;
      index_q   <= '0;
    end else begin
      state_q   <= state_d;
      fault_q   <= fault_d;
      done_q    <= done_d;
      pending_q <= pending_q + 9'((push_o & ready_i) != '0) - 9'($countones(retired_i));
      if (start_i) index_q <= '0;
      else if (passed) index_q <= index_q + 32'd1;
    end
  end
  always_ff @(posedge clk_i) begin
    if (start_i) begin
      first_q <= addr_i;
      count_q <= count_i;
    end
    if (word_ready_o && word_valid_i) word_q <= word_i;
  end

  // A doorbell finds the machine idle.
  Doorbell: assert property (@(posedge clk_i) disable iff (!rst_ni)
      start_i |-> state_q == IDLE && pending_q == '0);

endmodule
