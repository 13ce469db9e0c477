//===- PatternParser.h - The tree of a regular expression ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For Pattern.cpp alone: a parser by recursive descent.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_PATTERNPARSER_H
#define SYSTOLE_DIALECTS_GRAPH_IR_PATTERNPARSER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace systole::graph {

inline constexpr uint32_t kLastCodePoint = 0x10ffff;

/// Code points, as ranges with both ends.
using CodePoints = std::vector<std::pair<uint32_t, uint32_t>>;

/// What a pattern says, part by part.
struct Tree {
  enum Kind {
    Set,
    Sequence,
    Choice,
    Repeat,
    Begin,
    End,
    Boundary, ///< Between a word and what is none.
    Inside    ///< Where there is no boundary.
  } kind;
  CodePoints points = {};
  std::vector<Tree> parts = {};
  /// Of Repeat; no upper limit: -1.
  int least = 0, most = -1;
};

/// Reads a pattern. After a mistake, `error` says what it is.
class PatternParser {
public:
  explicit PatternParser(llvm::StringRef text) : rest(text) {}
  Tree parse();
  std::string error;

private:
  Tree choice();
  Tree sequence();
  Tree repeated();
  Tree atom();
  Tree group();
  Tree escape();
  CodePoints bracket();
  bool namedClass(CodePoints &points);
  bool shorthand(char letter, CodePoints &points);
  std::optional<uint32_t> escapedCharacter();
  std::optional<std::pair<int, int>> counts();
  uint32_t codePoint();
  Tree fail(const llvm::Twine &message) {
    if (error.empty())
      error = message.str();
    rest = "";
    return {Tree::Sequence};
  }

  llvm::StringRef rest;
  int depth = 0;
};

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_PATTERNPARSER_H
