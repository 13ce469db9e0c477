// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// vx.reduce across lanes: a tree of one level a cycle, then what `apply` says of reciprocals. The
// other ways to apply are VX's own rescaling. `ReduceLatency` cycles from lanes to value.

module row_reducer
  import systole_pkg::*;
  import machine_pkg::*;
  import float_pkg::*;
#(
  localparam int unsigned Levels        = $clog2(Lanes),
  localparam int unsigned ReduceLatency = Levels + 4
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   is_max_i,
  input  apply_e                 apply_i,
  input  logic                   valid_i,
  input  logic [Lanes-1:0][31:0] values_i,
  // Lanes in which nothing counted are left out; if there is none, the value is 0.
  input  logic       [Lanes-1:0] counted_i,
  output logic                   valid_o,
  output logic            [31:0] value_o
);

  localparam int unsigned Leaves = 1 << Levels;

  //////////
  // Tree //
  //////////

  // What goes into level l, Leaves >> l values; those behind them are not used.
  logic [Levels:0][Leaves-1:0][31:0] tree;
  logic [Levels:0][Leaves-1:0] counts;
  // What comes out of it.
  logic [Levels-1:0][Leaves-1:0][31:0] tree_d, tree_q;
  logic [Levels-1:0][Leaves-1:0] counts_d, counts_q;

  always_comb begin
    tree[Levels:1]   = tree_q;
    counts[Levels:1] = counts_q;
    for (int unsigned j = 0; j < Leaves; j++) begin
      tree[0][j]   = j < Lanes ? values_i[j%Lanes] : 32'd0;
      counts[0][j] = j < Lanes && counted_i[j%Lanes];
    end
  end
  always_comb begin
    tree_d   = tree_q;
    counts_d = counts_q;
    for (int unsigned l = 0; l < Levels; l++) begin
      for (int unsigned j = 0; j < Leaves / 2; j++) begin
        logic [31:0] a, b, both;
        a    = tree[l][2*j];
        b    = tree[l][2*j+1];
        both = !is_max_i ? a + b : $signed(a) > $signed(b) ? a : b;
        counts_d[l][j] = counts[l][2*j] || counts[l][2*j+1];
        tree_d[l][j]   = !counts[l][2*j+1] ? a : !counts[l][2*j] ? b : both;
      end
    end
  end
  // Nothing moves if no value is in the tree or behind it.
  logic [ReduceLatency-1:0] valid_q;
  logic en;
  assign en = valid_i || valid_q != '0;
  always_ff @(posedge clk_i) if (en) begin
    tree_q   <= tree_d;
    counts_q <= counts_d;
  end

  /////////////////
  // Reciprocals //
  /////////////////

  // The entries of 128 intervals and the one behind, of 1 / x and of 1 / sqrt(x) for even and odd
  // exponents; the functional engine's integer formulas.
  function automatic logic [15:0] reciprocal_entry(int unsigned i);
    return 16'(((1 << 23) / (128 + i) + 1) / 2);
  endfunction
  function automatic longint unsigned square_root(longint unsigned x);
    longint unsigned root;
    root = 0;
    for (int bits = 31; bits >= 0; bits--) begin
      if ((root + (64'd1 << bits)) * (root + (64'd1 << bits)) <= x) root = root + (64'd1 << bits);
    end
    return root;
  endfunction
  function automatic logic [15:0] root_entry(int unsigned i, int unsigned odd);
    return 16'((square_root((64'd1 << 39) / ((64'd128 + 64'(i)) << odd)) + 1) / 2);
  endfunction
  typedef logic [2:0][128:0][15:0] entries_t;
  function automatic entries_t all_entries();
    entries_t entries;
    for (int unsigned i = 0; i <= 128; i++) begin
      entries[0][i] = reciprocal_entry(i);
      entries[1][i] = root_entry(i, 0);
      entries[2][i] = root_entry(i, 1);
    end
    return entries;
  endfunction
  localparam entries_t Entries = all_entries();

  // 1: position of the highest bit. 2: the two entries. 3: their difference times the fraction. 4: the
  // word.
  logic [31:0] value1_q, value2_q, value3_q;
  logic [4:0] exponent1_q, exponent2_q, exponent3_q;
  logic [15:0] fraction2_q, entry2_q, drop2_q, entry3_q;
  logic [31:0] product3_q;

  always_ff @(posedge clk_i) if (en) begin
    logic [31:0] x, normal;
    logic [7:0] interval;
    logic [1:0] which;
    x           = tree[Levels][0];
    value1_q    <= counts[Levels][0] ? x : 32'd0;
    exponent1_q <= 5'(6'd31 - leading_zeros(!counts[Levels][0] || x == '0 ? 32'd1 : x));

    normal      = (value1_q == '0 ? 32'd1 : value1_q) << (5'd31 - exponent1_q);
    interval    = {1'b0, normal[30:24]};
    which       = apply_i == APPLY_RECIPROCAL ? 2'd0 : exponent1_q[0] ? 2'd2 : 2'd1;
    value2_q    <= value1_q;
    exponent2_q <= exponent1_q;
    fraction2_q <= normal[23:8];
    entry2_q    <= Entries[which][interval];
    drop2_q     <= Entries[which][interval] - Entries[which][interval+8'd1];

    value3_q    <= value2_q;
    exponent3_q <= exponent2_q;
    entry3_q    <= entry2_q;
    product3_q  <= 32'(drop2_q) * 32'(fraction2_q) + 32'h8000;

    unique case (apply_i)
      APPLY_RECIPROCAL:
        value_o <= {16'd15 + 16'(exponent3_q), entry3_q - product3_q[31:16]};
      APPLY_RSQRT:
        value_o <= {16'd15 + 16'(exponent3_q[4:1]), entry3_q - product3_q[31:16]};
      default: value_o <= value3_q;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[ReduceLatency-2:0], valid_i};
  end
  assign valid_o = valid_q[ReduceLatency-1];

endmodule
