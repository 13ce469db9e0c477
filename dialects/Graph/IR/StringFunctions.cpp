//===- StringFunctions.cpp - What operations on strings compute -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/StringFunctions.h"

using llvm::StringRef;

namespace systole::graph {

//===----------------------------------------------------------------------===//
// Letters
//===----------------------------------------------------------------------===//

namespace {
/// Capital letters first..last and where the small ones are: `distance`
/// further, or, where it is 1, the two forms take turns.
struct Letters {
  uint32_t first, last, distance;
};
} // namespace

static constexpr Letters kLetters[] = {
    {'A', 'Z', 32},     {0xc0, 0xd6, 32},   {0xd8, 0xde, 32},
    {0x100, 0x12f, 1},  {0x132, 0x137, 1},  {0x139, 0x148, 1},
    {0x14a, 0x177, 1},  {0x179, 0x17e, 1},  {0x386, 0x386, 38},
    {0x388, 0x38a, 37}, {0x38c, 0x38c, 64}, {0x38e, 0x38f, 63},
    {0x391, 0x3a1, 32}, {0x3a3, 0x3ab, 32}, {0x400, 0x40f, 80},
    {0x410, 0x42f, 32}, {0x460, 0x481, 1},  {0x48a, 0x4bf, 1},
    {0x4d0, 0x52f, 1},
};

uint32_t changeCase(uint32_t letter, bool upper) {
  for (const Letters &range : kLetters) {
    if (range.distance == 1) {
      // Pairs begin with the capital letter at `first`, `first` + 2, ...
      bool isSmall = (letter - range.first) % 2;
      if (letter >= range.first && letter <= range.last && isSmall == upper)
        return upper ? letter - 1 : letter + 1;
      continue;
    }
    uint32_t shift = upper ? range.distance : 0;
    if (letter >= range.first + shift && letter <= range.last + shift)
      return upper ? letter - range.distance : letter + range.distance;
  }
  return letter;
}

std::string changeCase(StringRef text, bool upper) {
  std::string result = text.str();
  for (size_t i = 0; i < result.size(); ++i) {
    auto byte = static_cast<unsigned char>(result[i]);
    if (byte < 0x80) {
      result[i] = static_cast<char>(changeCase(byte, upper));
      continue;
    }
    bool isPair = byte >= 0xc2 && byte <= 0xdf && i + 1 < result.size() &&
                  (result[i + 1] & 0xc0) == 0x80;
    if (!isPair)
      continue;
    uint32_t letter =
        changeCase((byte & 0x1fu) << 6 | (result[i + 1] & 0x3fu), upper);
    result[i] = static_cast<char>(0xc0 | letter >> 6);
    result[++i] = static_cast<char>(0x80 | (letter & 0x3f));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

static bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<StringRef> splitFields(StringRef text, StringRef delimiter,
                                   int64_t limit) {
  std::vector<StringRef> fields;
  auto mayEnd = [&] {
    return limit < 0 || static_cast<int64_t>(fields.size()) < limit;
  };
  if (!delimiter.empty()) {
    size_t at;
    while (mayEnd() && (at = text.find(delimiter)) != StringRef::npos) {
      fields.push_back(text.take_front(at));
      text = text.drop_front(at + delimiter.size());
    }
    fields.push_back(text);
    return fields;
  }
  while (!(text = text.drop_while(isSpace)).empty()) {
    StringRef field = mayEnd() ? text.take_until(isSpace) : text;
    fields.push_back(field);
    text = text.drop_front(field.size());
  }
  return fields;
}

} // namespace systole::graph
