// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How DW counts taps. Taps of a window go down its columns: tap t is in column t / KH, row t mod KH. A
// group is as many taps, one behind the other, as a lane has multipliers.

package depthwise_pkg;
  import machine_pkg::*;

  // verilator lint_off UNUSEDPARAM
  localparam int unsigned MaxTaps     = 64;
  localparam int unsigned TapWidth    = $clog2(MaxTaps);
  // 1 where the machine has no DW, so that this package means something there, too.
  localparam int unsigned Multipliers = DepthwiseMultipliers == 0 ? 1 : DepthwiseMultipliers;
  localparam int unsigned Groups      = (MaxTaps + Multipliers - 1) / Multipliers;
  localparam int unsigned GroupWidth  = Groups > 1 ? $clog2(Groups) : 1;
  localparam int unsigned LaneWidth   = Multipliers > 1 ? $clog2(Multipliers) : 1;

  // The ring of words that windows are cut from: a memory for each multiplier.
  localparam int unsigned RingDepth = (DepthwiseWords + Multipliers - 1) / Multipliers;
  localparam int unsigned RingWords = RingDepth * Multipliers;
  localparam int unsigned RingWidth = $clog2(RingDepth);
  localparam int unsigned RingCount = $clog2(RingWords + 1);
  // verilator lint_on UNUSEDPARAM

  typedef logic [TapWidth:0] taps_t;
  typedef logic [LaneWidth-1:0] lane_t;
  typedef logic [GroupWidth-1:0] group_t;

  // A number of taps in groups, and what is left.
  typedef struct packed {
    logic [TapWidth:0] groups;
    lane_t             rest;
  } split_t;
  typedef split_t [MaxTaps:0] splits_t;
  function automatic splits_t all_splits();
    splits_t splits;
    for (int unsigned i = 0; i <= MaxTaps; i++) begin
      splits[i] = '{groups: (TapWidth + 1)'(i / Multipliers), rest: lane_t'(i % Multipliers)};
    end
    return splits;
  endfunction
  localparam splits_t Splits = all_splits();

  // A place in the ring: the memory, and where in it.
  typedef struct packed {
    logic [RingWidth-1:0] word;
    lane_t                lane;
  } place_in_ring_t;
  function automatic logic [RingWidth-1:0] wrapped(int unsigned word);
    return RingWidth'(word >= RingDepth ? word - RingDepth : word);
  endfunction
  // Precondition: `by` is at most the ring.
  function automatic place_in_ring_t moved(place_in_ring_t from, split_t by);
    int unsigned lane, word;
    lane = 32'(from.lane) + 32'(by.rest);
    word = 32'(from.word) + 32'(by.groups) + (lane >= Multipliers ? 32'd1 : 32'd0);
    return '{word: wrapped(word),
             lane: lane_t'(lane >= Multipliers ? lane - Multipliers : lane)};
  endfunction

endpackage
