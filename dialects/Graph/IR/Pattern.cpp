//===- Pattern.cpp - Regular expressions as automata ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// 1. A parser (PatternParser.h) makes a tree of the pattern.
// 2. The tree becomes a nondeterministic automaton on bytes, from its end to
//    its start: each part knows the state that comes after it. Sets of code
//    points become sequences of byte ranges.
// 3. Sets of its states are the states of the deterministic one.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/PatternParser.h"
#include "dialects/Graph/IR/StringFunctions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include <map>

using llvm::StringRef;

namespace systole::graph {

/// Limits of what a pattern may grow to.
static constexpr size_t kMaxStates = 4096;
static constexpr size_t kMaxPieces = 100000;

//===----------------------------------------------------------------------===//
// The nondeterministic automaton
//===----------------------------------------------------------------------===//

namespace {
/// A state: reads a byte in [low, high] and goes to `next`; or reads nothing
/// and goes to `next` and `other`, under a condition perhaps.
struct Piece {
  enum Kind { Byte, Split, AtBegin, AtEnd, AtBoundary, Inside, Match } kind;
  int next = -1, other = -1;
  uint8_t low = 0, high = 0;
};

class PieceBuilder {
public:
  std::vector<Piece> pieces;
  bool isTooLarge() const { return pieces.size() > kMaxPieces; }

  int add(Piece piece) {
    // The last piece serves once the limit is reached: the result is dropped.
    if (!isTooLarge())
      pieces.push_back(piece);
    return static_cast<int>(pieces.size()) - 1;
  }
  /// The first state of `tree` followed by state `next`.
  int build(const Tree &tree, int next);

private:
  int buildRepeat(const Tree &tree, int next);
  void buildRange(uint32_t first, uint32_t last, int next,
                  std::vector<int> &starts);
  int anyOf(llvm::ArrayRef<int> starts);
};
} // namespace

int PieceBuilder::anyOf(llvm::ArrayRef<int> starts) {
  // Nothing can be read: a split to nowhere.
  int result = -1;
  for (int start : llvm::reverse(starts))
    result = result < 0 ? start : add({Piece::Split, start, result});
  return result < 0 ? add({Piece::Split}) : result;
}

/// All of [first, last] in UTF-8: split where lengths change and where not all
/// values of the later bytes are allowed.
void PieceBuilder::buildRange(uint32_t first, uint32_t last, int next,
                              std::vector<int> &starts) {
  for (uint32_t end : {0x7fu, kLastOfTwoBytes, 0xffffu})
    if (first <= end && last > end) {
      buildRange(first, end, next, starts);
      return buildRange(end + 1, last, next, starts);
    }
  for (int i = 1; i < 4 && last > 0x7f; ++i) {
    uint32_t low = (1u << (6 * i)) - 1;
    if ((first & ~low) == (last & ~low))
      continue;
    if (first & low) {
      buildRange(first, first | low, next, starts);
      return buildRange((first | low) + 1, last, next, starts);
    }
    if ((last & low) != low) {
      buildRange(first, (last & ~low) - 1, next, starts);
      return buildRange(last & ~low, last, next, starts);
    }
  }
  char firstBytes[4], lastBytes[4];
  char *firstEnd = firstBytes, *lastEnd = lastBytes;
  llvm::ConvertCodePointToUTF8(first, firstEnd);
  llvm::ConvertCodePointToUTF8(last, lastEnd);
  for (auto i = firstEnd - firstBytes - 1; i >= 0; --i)
    next = add({Piece::Byte, next, -1, static_cast<uint8_t>(firstBytes[i]),
                static_cast<uint8_t>(lastBytes[i])});
  starts.push_back(next);
}

int PieceBuilder::buildRepeat(const Tree &tree, int next) {
  const Tree &part = tree.parts.front();
  int after = next;
  if (tree.most < 0) {
    after = add({Piece::Split, -1, next});
    int start = build(part, after);
    pieces[after].next = start;
  }
  for (int i = tree.least; i < tree.most; ++i)
    after = add({Piece::Split, build(part, after), next});
  for (int i = 0; i < tree.least && !isTooLarge(); ++i)
    after = build(part, after);
  return after;
}

int PieceBuilder::build(const Tree &tree, int next) {
  if (isTooLarge())
    return next;
  switch (tree.kind) {
  case Tree::Set: {
    std::vector<int> starts;
    for (auto [first, last] : tree.points) {
      // Half of a surrogate pair is no character.
      if (first < 0xd800)
        buildRange(first, std::min(last, 0xd7ffu), next, starts);
      if (last > 0xdfff)
        buildRange(std::max(first, 0xe000u), last, next, starts);
    }
    return anyOf(starts);
  }
  case Tree::Sequence:
    for (const Tree &part : llvm::reverse(tree.parts))
      next = build(part, next);
    return next;
  case Tree::Choice: {
    std::vector<int> starts;
    for (const Tree &part : tree.parts)
      starts.push_back(build(part, next));
    return anyOf(starts);
  }
  case Tree::Repeat:
    return buildRepeat(tree, next);
  case Tree::Begin:
    return add({Piece::AtBegin, next});
  case Tree::End:
    return add({Piece::AtEnd, next});
  case Tree::Boundary:
    return add({Piece::AtBoundary, next});
  case Tree::Inside:
    return add({Piece::Inside, next});
  }
  return next;
}

//===----------------------------------------------------------------------===//
// The deterministic automaton
//===----------------------------------------------------------------------===//

namespace {
using Pieces = std::vector<int>;

/// Where in the text the automaton is, as far as is known.
struct Place {
  bool atBegin = false, atEnd = false;
  /// Whether there is a word on one side alone; nothing: not known yet.
  std::optional<bool> isBoundary = std::nullopt;

  bool allows(Piece::Kind kind) const {
    return kind == Piece::Split || (kind == Piece::AtBegin && atBegin) ||
           (kind == Piece::AtEnd && atEnd) ||
           (kind == Piece::AtBoundary && isBoundary == true) ||
           (kind == Piece::Inside && isBoundary == false);
  }
};

/// A state: pieces, and whether a letter of a word was read last (which only
/// matters where the pattern has boundaries).
struct StateKey {
  Pieces pieces;
  bool afterWord;

  bool operator<(const StateKey &other) const {
    return std::tie(afterWord, pieces) <
           std::tie(other.afterWord, other.pieces);
  }
};

/// Numbers sets of pieces, and finds where bytes lead.
class Determiniser {
public:
  explicit Determiniser(llvm::ArrayRef<Piece> pieces)
      : pieces(pieces), hasBoundaries(llvm::any_of(pieces, [](const Piece &p) {
          return p.kind == Piece::AtBoundary || p.kind == Piece::Inside;
        })) {}
  std::optional<Automaton> run(int start);

private:
  /// What can be reached from `from` without reading, sorted.
  Pieces closure(Pieces from, const Place &place) const;
  bool accepts(const StateKey &state, bool atBegin) const;
  /// Where the next byte makes a difference to `state`.
  std::vector<bool> edges(const StateKey &state) const;
  StateKey successor(const StateKey &state, bool atBegin, int byte) const;
  uint16_t number(const StateKey &state);

  llvm::ArrayRef<Piece> pieces;
  bool hasBoundaries;
  std::map<StateKey, uint16_t> numbers;
  std::vector<StateKey> states;
};
} // namespace

/// The bytes of `\w`.
static bool isWordByte(int byte) {
  return byte < 0x80 && (llvm::isAlnum(static_cast<char>(byte)) || byte == '_');
}

Pieces Determiniser::closure(Pieces from, const Place &place) const {
  std::vector<bool> seen(pieces.size());
  Pieces result;
  while (!from.empty()) {
    int at = from.back();
    from.pop_back();
    if (at < 0 || seen[at])
      continue;
    seen[at] = true;
    result.push_back(at);
    if (place.allows(pieces[at].kind)) {
      from.push_back(pieces[at].next);
      from.push_back(pieces[at].other);
    }
  }
  llvm::sort(result);
  return result;
}

bool Determiniser::accepts(const StateKey &state, bool atBegin) const {
  Place end{atBegin, /*atEnd=*/true, state.afterWord};
  return llvm::any_of(closure(state.pieces, end),
                      [&](int at) { return pieces[at].kind == Piece::Match; });
}

uint16_t Determiniser::number(const StateKey &state) {
  auto [entry, isNew] =
      numbers.try_emplace(state, static_cast<uint16_t>(states.size()));
  if (isNew)
    states.push_back(state);
  return entry->second;
}

std::vector<bool> Determiniser::edges(const StateKey &state) const {
  std::vector<bool> result(257);
  result[0] = result[256] = true;
  // What comes after a boundary is not among the pieces yet.
  for (int byte = 1; byte < 256 && hasBoundaries; ++byte)
    result[byte] = true;
  for (int at : state.pieces)
    if (pieces[at].kind == Piece::Byte)
      result[pieces[at].low] = result[pieces[at].high + 1] = true;
  return result;
}

StateKey Determiniser::successor(const StateKey &state, bool atBegin,
                                 int byte) const {
  bool isWord = hasBoundaries && isWordByte(byte);
  Pieces now = state.pieces, next;
  if (hasBoundaries)
    now = closure(now, {atBegin, false, isWord != state.afterWord});
  for (int at : now)
    if (pieces[at].kind == Piece::Byte && pieces[at].low <= byte &&
        pieces[at].high >= byte)
      next.push_back(pieces[at].next);
  return {closure(std::move(next), {}), isWord};
}

std::optional<Automaton> Determiniser::run(int start) {
  Automaton result;
  // Only the first state is at the beginning: nothing leads back to it.
  states.push_back({closure({start}, {/*atBegin=*/true}), false});
  for (size_t i = 0; i < states.size(); ++i) {
    if (states.size() > kMaxStates)
      return std::nullopt;
    StateKey state = states[i];
    result.states.push_back({{}, accepts(state, i == 0)});
    std::vector<bool> isEdge = edges(state);
    for (int low = 0, high; low < 256; low = high) {
      for (high = low + 1; !isEdge[high];)
        ++high;
      uint16_t to = number(successor(state, i == 0, low));
      for (int byte = low; byte < high; ++byte)
        result.states[i].next[byte] = to;
    }
  }
  return result;
}

bool Automaton::matches(StringRef text) const {
  uint16_t state = 0;
  for (char byte : text)
    state = states[state].next[static_cast<unsigned char>(byte)];
  return states[state].accepts;
}

std::optional<Automaton> compilePattern(StringRef pattern, std::string &error) {
  PatternParser parser(pattern);
  Tree tree = parser.parse();
  error = parser.error;
  if (!error.empty())
    return std::nullopt;
  PieceBuilder builder;
  int match = builder.add({Piece::Match});
  int start = builder.build(tree, match);
  std::optional<Automaton> result;
  if (!builder.isTooLarge())
    result = Determiniser(builder.pieces).run(start);
  if (!result)
    error =
        "its automaton has more than " + std::to_string(kMaxStates) + " states";
  return result;
}

} // namespace systole::graph
