//===- StringFunctions.h - What operations on strings compute ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One string at a time, as the specifications of the graph.string_* operations
// say. The interpreter calls these; backends take their tables (letters,
// automata) from here and write the loops themselves.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_STRINGFUNCTIONS_H
#define SYSTOLE_DIALECTS_GRAPH_IR_STRINGFUNCTIONS_H

#include "llvm/ADT/StringRef.h"
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace systole::graph {

/// The last code point that UTF-8 writes with two bytes.
inline constexpr uint32_t kLastOfTwoBytes = 0x7ff;

/// The small (or capital) form of a letter up to kLastOfTwoBytes; other
/// characters, and letters whose forms differ in length, are their own.
uint32_t changeCase(uint32_t letter, bool upper);
/// A whole string; bytes that are no UTF-8 stay as they are.
std::string changeCase(llvm::StringRef text, bool upper);

/// The fields of a string, in order (graph.string_field); `limit` separators
/// are looked for, or all if it is negative.
std::vector<llvm::StringRef>
splitFields(llvm::StringRef text, llvm::StringRef delimiter, int64_t limit);

/// A deterministic automaton on bytes. State 0 is the start.
struct Automaton {
  struct State {
    std::array<uint16_t, 256> next;
    bool accepts;
  };
  std::vector<State> states;

  /// True if all of `text` leads to a state that accepts.
  bool matches(llvm::StringRef text) const;
};

/// The automaton of a pattern (graph.string_match), or nothing and why.
std::optional<Automaton> compilePattern(llvm::StringRef pattern,
                                        std::string &error);

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_STRINGFUNCTIONS_H
