//===- Pieces.h - What an instruction touches, bit by bit -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_PIECES_H
#define SYSTOLE_HWSIM_DV_PIECES_H

#include "hw-sim/dv/Randomness.h"
#include "hw-sim/model/Memories.h"

namespace systole::sim {

/// Some units of a memory and, between reading and executing, or executing and
/// writing, their bytes.
struct Piece {
  isa::Memory memory;
  int64_t first, count;
  std::vector<uint8_t> bytes;

  void readFrom(const Machine &machine, Memories &memories);
  void writeTo(Memories &memories) const;
};

/// What an instruction reads, or writes, cut and shuffled.
std::vector<Piece> piecesOf(const Machine &machine,
                            const isa::Configuration &configuration,
                            const isa::Instruction &instruction, bool areWrites,
                            Randomness &random);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_PIECES_H
