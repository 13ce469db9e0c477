//===- Shrink.cpp - The least program that shows it -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three ways to make a program smaller: fields, of which there are most, are
// tried when nothing can go any more, and a few times only.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Shrink.h"
#include "hw-sim/dv/Mutants.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Replaces the program by the candidate if that is as interesting.
static bool accept(std::vector<Word> &program, std::vector<Word> candidate,
                   const IsInteresting &isInteresting) {
  if (candidate == program || !isInteresting(candidate))
    return false;
  program = std::move(candidate);
  return true;
}

static std::vector<Word> without(std::vector<Word> program, size_t begin,
                                 size_t end) {
  program.erase(program.begin() + begin, program.begin() + end);
  return program;
}

/// Stretches of instructions, halving their length: with their pairs, so that
/// tokens stay balanced, or without, where it is about tokens.
static bool removeInstructions(std::vector<Word> &program,
                               const IsInteresting &isInteresting) {
  bool isSmaller = false;
  for (size_t length = std::max<size_t>(program.size() / 2, 1); length > 0;
       length /= 2)
    for (size_t end = program.size(); end > 0;) {
      size_t begin = end - std::min(end, length);
      std::vector<Word> unpaired = program;
      dropPairsOf(unpaired, begin, end);
      bool hasPairs = unpaired != program;
      if (accept(program, without(unpaired, begin, end), isInteresting) ||
          (hasPairs &&
           accept(program, without(program, begin, end), isInteresting)))
        isSmaller = true;
      end = begin;
    }
  return isSmaller;
}

/// Signals with their waits: an instruction without tokens can go alone.
static bool removePairs(std::vector<Word> &program,
                        const IsInteresting &isInteresting) {
  bool isSmaller = false;
  std::array<size_t, kSemaphores> pairs = countPairs(program);
  for (unsigned i = 0; i < kSemaphores; ++i)
    for (size_t k = pairs[i]; k-- > 0;) {
      std::vector<Word> candidate = program;
      dropPair(candidate, i, k);
      isSmaller |= accept(program, candidate, isInteresting);
    }
  return isSmaller;
}

/// Nearer to zero bits: all the way, or by halves of what is left.
static bool simplifyField(std::vector<Word> &program, size_t at,
                          const FieldInfo &field,
                          const IsInteresting &isInteresting) {
  auto left = [&] { return field.get(program[at]) - field.zero(); };
  auto goes = [&](int64_t way) {
    int64_t less = field.get(program[at]) - way;
    if (!field.isLegal(less))
      return false;
    std::vector<Word> candidate = program;
    field.set(candidate[at], less);
    return accept(program, candidate, isInteresting);
  };
  bool isSmaller = false;
  // Most fields matter as they are: they are to cost three tries.
  while (left() != 0 && field.isLegal(field.get(program[at])) &&
         (goes(left()) || goes(left() / 2) || goes(left() > 0 ? 1 : -1))) {
    isSmaller = true;
    for (int64_t way = left() / 4; way != 0; way /= 2)
      goes(way);
  }
  return isSmaller;
}

/// Every field, tokens too.
static bool simplifyFields(std::vector<Word> &program,
                           const IsInteresting &isInteresting) {
  bool isSmaller = false;
  for (size_t i = 0; i < program.size(); ++i) {
    std::optional<Format> format = formatOf(program[i]);
    if (!format)
      continue;
    const FormatInfo &info = infoOf(*format);
    for (const FieldInfo &field : info.payload())
      isSmaller |= simplifyField(program, i, field, isInteresting);
    if (!info.isSetting())
      for (const FieldInfo &field : info.header())
        isSmaller |= simplifyField(program, i, field, isInteresting);
  }
  return isSmaller;
}

std::vector<Word> shrink(std::vector<Word> program,
                         const IsInteresting &isInteresting) {
  // Fields that depend on each other would go down by turns, step by step.
  constexpr unsigned kRounds = 4;
  for (unsigned round = 0, isSmaller = true; isSmaller && round < kRounds;
       ++round) {
    while (removeInstructions(program, isInteresting) ||
           removePairs(program, isInteresting))
      ;
    isSmaller = simplifyFields(program, isInteresting);
  }
  return program;
}

} // namespace systole::sim
