//===- main.cpp - Clocks an array and times it ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// New operands in every cycle, a row of weights in every cycle, a new tile
// every `kTile` cycles. Prints a checksum of all sums, which is the same for
// each way to write the array, and cycles a second of processor time, of
// several rounds the best.
//
//===----------------------------------------------------------------------===//

#include "Varray.h"
#include "verilated.h"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

static constexpr unsigned kTile = 64, kCycles = 100000, kRounds = 5;

/// Another pattern of bits in all of a pin.
template <typename Pin>
static void fill(Pin &pin, uint64_t &state) {
  auto *bytes = reinterpret_cast<uint8_t *>(&pin);
  for (size_t i = 0; i < 9 * LANES / 8; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    bytes[i] = state >> 56;
  }
}

int main() {
  Varray array;
  uint64_t state = 1, sum = 0;
  double best = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    clock_t begin = clock();
    for (unsigned cycle = 0; cycle < kCycles; ++cycle) {
      fill(array.operands_i, state);
      fill(array.weights_i, state);
      array.weights_valid_i = 1;
      array.weights_row_i = cycle % LANES;
      array.swap_i = cycle % kTile == 0;
      array.clk_i = 1;
      array.eval();
      array.clk_i = 0;
      array.eval();
      // What was in the array before a whole tile went through is not known.
      uint32_t last;
      memcpy(&last, reinterpret_cast<uint8_t *>(&array.sums_o) + 4 * LANES - 4,
             sizeof last);
      if (round > 0 || cycle > 4 * kTile)
        sum = sum * 31 + last;
    }
    double seconds = double(clock() - begin) / CLOCKS_PER_SEC;
    best = std::max(best, kCycles / seconds / 1e6);
  }
  printf("%2d x %-2d  checksum %016llx  %.2f Mcycle/s\n", LANES, LANES,
         static_cast<unsigned long long>(sum), best);
}
