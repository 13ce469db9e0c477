//===- PatternParser.cpp - The tree of a regular expression ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/PatternParser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

using llvm::StringRef;

namespace systole::graph {

/// Limits of what a pattern may say.
static constexpr int kMaxRepeat = 1000;
static constexpr int kMaxDepth = 200;

static CodePoints complement(CodePoints points) {
  llvm::sort(points);
  CodePoints result;
  uint32_t next = 0;
  for (auto [first, last] : points) {
    if (first > next)
      result.push_back({next, first - 1});
    next = std::max(next, last + 1);
  }
  if (next <= kLastCodePoint)
    result.push_back({next, kLastCodePoint});
  return result;
}

Tree PatternParser::parse() {
  Tree tree = choice();
  if (!rest.empty())
    return fail("a ')' has no '('");
  return tree;
}

Tree PatternParser::choice() {
  Tree result{Tree::Choice};
  result.parts.push_back(sequence());
  while (rest.consume_front("|"))
    result.parts.push_back(sequence());
  return result;
}

Tree PatternParser::sequence() {
  Tree result{Tree::Sequence};
  while (!rest.empty() && rest.front() != '|' && rest.front() != ')')
    result.parts.push_back(repeated());
  return result;
}

/// "{2}", "{2,}", "{2,5}" at the front of what is left; else nothing.
std::optional<std::pair<int, int>> PatternParser::counts() {
  StringRef text = rest;
  int least, most;
  if (!text.consume_front("{") || text.consumeInteger(10, least))
    return std::nullopt;
  most = least;
  if (text.consume_front(",") && text.consumeInteger(10, most))
    most = -1;
  if (!text.consume_front("}"))
    return std::nullopt;
  rest = text;
  return std::pair(least, most);
}

Tree PatternParser::repeated() {
  Tree result = atom();
  while (!rest.empty()) {
    Tree repeat{Tree::Repeat};
    if (rest.consume_front("*"))
      ;
    else if (rest.consume_front("+"))
      repeat.least = 1;
    else if (rest.consume_front("?"))
      repeat.most = 1;
    else if (auto range = counts())
      std::tie(repeat.least, repeat.most) = *range;
    else
      break;
    // How eager a repetition is does not matter to a match of all.
    rest.consume_front("?");
    if (repeat.least < 0 || repeat.least > kMaxRepeat ||
        repeat.most > kMaxRepeat ||
        (repeat.most >= 0 && repeat.most < repeat.least))
      return fail("a repetition is out of order or above " +
                  llvm::Twine(kMaxRepeat));
    repeat.parts.push_back(std::move(result));
    result = std::move(repeat);
  }
  return result;
}

uint32_t PatternParser::codePoint() {
  const auto *from = reinterpret_cast<const llvm::UTF8 *>(rest.data());
  llvm::UTF32 point = 0;
  if (llvm::convertUTF8Sequence(&from, from + rest.size(), &point,
                                llvm::strictConversion) != llvm::conversionOK) {
    fail("it is not UTF-8");
    return 0;
  }
  rest =
      rest.drop_front(from - reinterpret_cast<const llvm::UTF8 *>(rest.data()));
  return point;
}

Tree PatternParser::group() {
  if (rest.consume_front("?") && !rest.consume_front(":"))
    return fail("groups '(?' other than '(?:' are not supported");
  if (++depth > kMaxDepth)
    return fail("groups are nested more than " + llvm::Twine(kMaxDepth) +
                " deep");
  Tree result = choice();
  --depth;
  if (!rest.consume_front(")"))
    return fail("a '(' has no ')'");
  return result;
}

Tree PatternParser::atom() {
  if (rest.consume_front("("))
    return group();
  if (rest.consume_front("["))
    return {Tree::Set, bracket()};
  if (rest.consume_front("."))
    return {Tree::Set, complement({{'\n', '\n'}})};
  if (rest.consume_front("^"))
    return {Tree::Begin};
  if (rest.consume_front("$"))
    return {Tree::End};
  if (rest.consume_front("\\"))
    return escape();
  if (llvm::is_contained("*+?", rest.front()))
    return fail("a '" + llvm::Twine(rest.front()) + "' has nothing to repeat");
  uint32_t point = codePoint();
  return {Tree::Set, {{point, point}}};
}

bool PatternParser::shorthand(char letter, CodePoints &points) {
  switch (llvm::toLower(letter)) {
  case 'd':
    points = {{'0', '9'}};
    break;
  case 'w':
    points = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    break;
  case 's':
    points = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
    break;
  default:
    return false;
  }
  if (letter < 'a')
    points = complement(points);
  return true;
}

/// After a backslash: the one character that is meant.
std::optional<uint32_t> PatternParser::escapedCharacter() {
  static constexpr StringRef names = "tnrfva", values = "\t\n\r\f\v\a";
  char letter = rest.front();
  rest = rest.drop_front();
  if (size_t at = names.find(letter); at != StringRef::npos)
    return values[at];
  uint32_t value = 0;
  if (letter == 'x') {
    bool braced = rest.consume_front("{");
    StringRef digits = braced ? rest.take_until([](char c) { return c == '}'; })
                              : rest.take_front(2);
    if (digits.empty() || digits.getAsInteger(16, value) ||
        value > kLastCodePoint)
      return std::nullopt;
    rest = rest.drop_front(digits.size() + braced);
    return value;
  }
  if (llvm::isAlnum(letter) || static_cast<unsigned char>(letter) >= 0x80)
    return std::nullopt;
  return letter;
}

Tree PatternParser::escape() {
  if (rest.empty())
    return fail("it ends in a '\\'");
  char letter = rest.front();
  CodePoints points;
  if (shorthand(letter, points)) {
    rest = rest.drop_front();
    return {Tree::Set, points};
  }
  if (rest.consume_front("A"))
    return {Tree::Begin};
  if (rest.consume_front("z"))
    return {Tree::End};
  if (rest.consume_front("b"))
    return {Tree::Boundary};
  if (rest.consume_front("B"))
    return {Tree::Inside};
  if (std::optional<uint32_t> point = escapedCharacter())
    return {Tree::Set, {{*point, *point}}};
  return fail("the escape '\\" + llvm::Twine(letter) + "' is not supported");
}

/// "[:alpha:]" and its like inside brackets.
bool PatternParser::namedClass(CodePoints &points) {
  static const std::pair<StringRef, CodePoints> classes[] = {
      {"[:alnum:]", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
      {"[:alpha:]", {{'A', 'Z'}, {'a', 'z'}}},
      {"[:digit:]", {{'0', '9'}}},
      {"[:lower:]", {{'a', 'z'}}},
      {"[:upper:]", {{'A', 'Z'}}},
      {"[:punct:]", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
      {"[:space:]", {{'\t', '\r'}, {' ', ' '}}},
      {"[:word:]", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
      {"[:xdigit:]", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
  };
  for (const auto &[name, members] : classes)
    if (rest.consume_front(name)) {
      llvm::append_range(points, members);
      return true;
    }
  return false;
}

CodePoints PatternParser::bracket() {
  CodePoints points;
  bool negated = rest.consume_front("^");
  /// One end of a range; nothing where a class was read instead, or on failure.
  auto member = [&]() -> std::optional<uint32_t> {
    CodePoints set;
    if (!rest.consume_front("\\"))
      return codePoint();
    if (!rest.empty() && shorthand(rest.front(), set)) {
      rest = rest.drop_front();
      llvm::append_range(points, set);
      return std::nullopt;
    }
    std::optional<uint32_t> point;
    if (!rest.empty())
      point = escapedCharacter();
    if (!point)
      fail("an escape between brackets is not supported");
    return point;
  };
  // A ']' at the start stands for itself.
  for (bool isFirst = true; isFirst || !rest.starts_with("]");
       isFirst = false) {
    if (rest.empty()) {
      fail("a '[' has no ']'");
      return {};
    }
    if (namedClass(points))
      continue;
    std::optional<uint32_t> first = member(), last = first;
    if (!first)
      continue;
    if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
      rest = rest.drop_front();
      last = member();
    }
    if (!last || *last < *first) {
      fail("a range between brackets is out of order");
      return {};
    }
    points.push_back({*first, *last});
  }
  rest = rest.drop_front();
  return negated ? complement(points) : points;
}

} // namespace systole::graph
