//===- Mutants.cpp - Programs with one thing wrong ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Mutants.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>
#include <set>

using namespace systole::isa;

namespace systole::sim {

const char *nameOf(MutantKind kind) {
  static const char *const names[] = {"pair dropped", "extent widened",
                                      "buffer moved"};
  return names[unsigned(kind)];
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

/// The how manieth signal, or wait, of a semaphore.
using PairKey = std::pair<unsigned, size_t>;

/// Calls `visit` with a reference to each token, the pair that it belongs to,
/// whether it is a signal, and its place; keeps what it changes.
template <typename Visit>
static void forEachToken(std::vector<Word> &program, Visit visit) {
  std::array<std::array<size_t, 2>, kSemaphores> seen = {};
  for (size_t i = 0; i < program.size(); ++i) {
    Instruction instruction;
    if (decode(program[i], instruction) || instruction.isSetting())
      continue;
    Tokens &tokens = instruction.tokens;
    auto meet = [&](int8_t &token, bool isSignal) {
      if (token >= 0)
        visit(token, PairKey{token, seen[token][isSignal]++}, isSignal, i);
    };
    meet(tokens.wait0, false);
    meet(tokens.wait1, false);
    meet(tokens.signal0, true);
    meet(tokens.signal1, true);
    program[i] = encode(instruction);
  }
}

std::array<size_t, kSemaphores> countPairs(const std::vector<Word> &program) {
  std::array<size_t, kSemaphores> pairs = {};
  std::vector<Word> copy = program;
  forEachToken(copy, [&](int8_t &, PairKey pair, bool isSignal, size_t) {
    pairs[pair.first] += !isSignal;
  });
  return pairs;
}

void dropPair(std::vector<Word> &program, unsigned semaphore, size_t index) {
  forEachToken(program, [&](int8_t &token, PairKey pair, bool, size_t) {
    if (pair == PairKey{semaphore, index})
      token = -1;
  });
}

void dropPairsOf(std::vector<Word> &program, size_t begin, size_t end) {
  std::set<PairKey> dropped;
  forEachToken(program, [&](int8_t &, PairKey pair, bool, size_t at) {
    if (begin <= at && at < end)
      dropped.insert(pair);
  });
  forEachToken(program, [&](int8_t &token, PairKey pair, bool, size_t) {
    if (dropped.count(pair))
      token = -1;
  });
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

static bool isExtent(const FieldInfo &field) {
  return field.kind == Kind::Count;
}

static bool isAddress(const FieldInfo &field) {
  static const std::string_view names[] = {
      "source",     "target",  "operand", "weights",
      "parameters", "address", "offset",  "zero_point_word"};
  return std::find(std::begin(names), std::end(names), field.name) !=
         std::end(names);
}

namespace {
/// A field of an instruction of the program.
struct Place {
  Word *word;
  const FieldInfo *field;

  int64_t value() const { return field->get(*word); }
};
} // namespace

template <typename IsWanted>
static std::vector<Place> placesOf(std::vector<Word> &program,
                                   IsWanted isWanted) {
  std::vector<Place> places;
  for (Word &word : program)
    if (std::optional<Format> format = formatOf(word))
      for (const FieldInfo &field : infoOf(*format).payload())
        if (isWanted(field))
          places.push_back({&word, &field});
  return places;
}

static bool change(const Place &place, int64_t value) {
  int64_t before = place.value();
  place.field->set(*place.word, std::clamp(value, place.field->minimum,
                                           place.field->maximum));
  return place.value() != before;
}

static bool widen(std::vector<Word> &program, Randomness &random) {
  std::vector<Place> places = placesOf(program, isExtent);
  if (places.empty())
    return false;
  Place place = random.of(places);
  int64_t value = place.value();
  return change(place, random.oneIn(2) ? value + random.pick(1, 4) : 2 * value);
}

/// Near where it was, or to where another buffer is.
static bool moveBuffer(std::vector<Word> &program, Randomness &random) {
  std::vector<Place> places = placesOf(program, isAddress);
  if (places.empty())
    return false;
  Place place = random.of(places), other = random.of(places);
  if (random.oneIn(2))
    return change(place, place.value() + random.pick(-20, 20));
  return change(place, other.value() + random.pick(-2, 2));
}

std::optional<std::vector<Word>>
mutate(MutantKind kind, const std::vector<Word> &program, Randomness &random) {
  std::vector<Word> mutant = program;
  bool isChanged = false;
  switch (kind) {
  case MutantKind::DropPair: {
    auto pairs = countPairs(program);
    std::vector<std::pair<unsigned, size_t>> all;
    for (unsigned i = 0; i < kSemaphores; ++i)
      for (size_t k = 0; k < pairs[i]; ++k)
        all.push_back({i, k});
    if ((isChanged = !all.empty())) {
      auto [semaphore, index] = random.of(all);
      dropPair(mutant, semaphore, index);
    }
    break;
  }
  case MutantKind::WidenExtent:
    isChanged = widen(mutant, random);
    break;
  case MutantKind::MoveBuffer:
    isChanged = moveBuffer(mutant, random);
    break;
  }
  return isChanged ? std::optional(mutant) : std::nullopt;
}

} // namespace systole::sim
