//===- Pieces.cpp - What an instruction touches, bit by bit ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Pieces.h"
#include "hw-sim/model/Extents.h"
#include <algorithm>
#include <cstring>

using namespace systole::isa;

namespace systole::sim {

/// Pieces into which an instruction's reads, or writes, are cut at most, about.
static constexpr int64_t kPieces = 12;

void Piece::readFrom(const Machine &machine, Memories &memories) {
  bytes.resize(count * machine.unitBytes(memory));
  if (memory == Memory::Dram)
    memories.dram.read(first, bytes.data(), count);
  else
    memcpy(bytes.data(), memories.at(memory, first), bytes.size());
}

void Piece::writeTo(Memories &memories) const {
  if (memory == Memory::Dram)
    memories.dram.write(first, bytes.data(), count);
  else
    memcpy(memories.at(memory, first), bytes.data(), bytes.size());
}

std::vector<Piece> piecesOf(const Machine &machine,
                            const Configuration &configuration,
                            const Instruction &instruction, bool areWrites,
                            Randomness &random) {
  std::vector<Access> accesses;
  int64_t total = 0;
  forEachAccess(machine, configuration, instruction, [&](const Access &access) {
    if (access.isWrite != areWrites)
      return;
    accesses.push_back(access);
    total += access.count;
  });
  int64_t largest = 1 + 2 * total / kPieces;
  std::vector<Piece> pieces;
  for (const Access &access : accesses)
    for (int64_t at = 0; at < access.count;) {
      int64_t count = std::min(access.count - at, random.pick(1, largest));
      pieces.push_back({access.memory, access.first + at, count, {}});
      at += count;
    }
  random.shuffle(pieces);
  return pieces;
}

} // namespace systole::sim
