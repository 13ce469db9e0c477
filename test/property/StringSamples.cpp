//===- StringSamples.cpp - Random operations on strings -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include "Samples.h"
#include "dialects/Graph/IR/GraphDialect.h"

using namespace mlir;

namespace systole::property {

/// Up to `most` pieces: letters of one and two bytes, separators, spaces, and
/// bytes that are no UTF-8.
static std::string text(Random &random, int64_t most) {
  static const std::string pieces[] = {"a",  "B", "b", "ä",  "Ж",    "ÿ",
                                       "€",  ",", ",", "--", " ",    "\t",
                                       "ab", "1", "-", "",   "\xc3", "\xff"};
  std::string result;
  for (int64_t i = random.integer(0, most); i > 0; --i)
    result += random.pick<std::string>(pieces);
  return result;
}

static Tensor texts(Random &random, ArrayRef<int64_t> shape, int64_t most) {
  Tensor tensor(random.type("!graph.string"), shape);
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.setString(i, text(random, most));
  return tensor;
}

static Sample equalOf(Random &random) {
  Shape shape = random.shape(0, 3);
  // Short ones, that some are equal.
  return {"graph.string_equal",
          {{texts(random, shape, 2)},
           {texts(random, random.broadcastable(shape), 2)}},
          "",
          ""};
}

static Sample concat(Random &random) {
  Shape shape = random.shape(0, 3);
  return {"graph.string_concat",
          {{texts(random, shape, 6)},
           {texts(random, random.broadcastable(shape), 6)}},
          "",
          ""};
}

static Sample changeCase(Random &random) {
  return {"graph.string_case",
          {{texts(random, random.shape(0, 3), 8)}},
          random.oneIn(2) ? "upper" : "",
          ""};
}

/// Attributes of the operations on fields.
static std::string separators(Random &random) {
  static const std::string delimiters[] = {"", ",", "--", "ab", " "};
  std::string result =
      "delimiter = \"" + random.pick<std::string>(delimiters) + "\"";
  if (random.oneIn(2))
    result += ", limit = " + std::to_string(random.integer(0, 4)) + " : i64";
  return result;
}

static Sample countFields(Random &random) {
  return {"graph.string_field_count",
          {{texts(random, random.shape(0, 3), 12)}},
          separators(random),
          ""};
}

static Sample field(Random &random) {
  Shape shape = random.shape(0, 3);
  Tensor index(random.type("i64"), random.broadcastable(shape));
  for (int64_t i = 0; i < index.size(); ++i)
    index.setInt(i, random.integer(-1, 5));
  return {"graph.string_field",
          {{texts(random, shape, 12)}, {index}},
          separators(random),
          ""};
}

static Sample match(Random &random) {
  static const std::string patterns[] = {
      "",           "a*",   "(a|ab)(,|-)*", "[^,]+", ".*b.*",
      "\\\\w{1,3}", ".{2}", "(\\\\s|a|B)*", "^.*$",  "[ä-€]+"};
  return {"graph.string_match",
          {{texts(random, random.shape(0, 3), 4)}},
          "pattern = \"" + random.pick<std::string>(patterns) + "\"",
          ""};
}

void addStrings(std::map<std::string, Generator> &table) {
  table["graph.string_equal"] = equalOf;
  table["graph.string_concat"] = concat;
  table["graph.string_case"] = changeCase;
  table["graph.string_field_count"] = countFields;
  table["graph.string_field"] = field;
  table["graph.string_match"] = match;
}

} // namespace systole::property
