//===- StringOps.cpp - ONNX operators on strings and labels --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Strings.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

static void importStringConcat(Node &n) {
  n.set(0, n.make<graph::StringConcatOp>({n.in(0), n.in(1)}));
}

static void importRegexFullMatch(Node &n) {
  Attribute pattern = n.getBuilder().getStringAttr(n.string("pattern", ""));
  n.set(0,
        n.make<graph::StringMatchOp>({n.in(0)}, {n.attr("pattern", pattern)}));
}

static void importStringSplit(Node &n) {
  std::optional<int64_t> limit;
  if (int64_t most = n.integer("maxsplit", -1); most >= 0)
    limit = most;
  Fields split = splitStrings(n, n.in(0), n.string("delimiter", ""), limit);
  n.set(0, split.fields);
  n.set(1, split.counts);
}

/// A list of strings, or one row of them.
static void importStringNormalizer(Node &n) {
  auto rank = n.rank(0);
  std::string action = n.string("case_change_action", "NONE");
  if (!rank)
    return;
  if (*rank > 2 || *rank == 0 ||
      (*rank == 2 && GraphBuilder::sizeOf(n.in(0), 0) > 1))
    return (void)n.error("its input is neither a list nor one row of strings");
  if (action != "NONE" && action != "LOWER" && action != "UPPER")
    return (void)n.error("case_change_action '" + action + "' is unknown");
  Value x = *rank == 2 ? n.squeeze(n.in(0), {0}) : n.in(0);
  x = withoutWords(n, x, n.strings("stopwords"),
                   n.integer("is_case_sensitive", 0) != 0);
  if (action != "NONE")
    x = changeCase(n, x, action == "UPPER");
  n.set(0, *rank == 2 ? n.unsqueeze(x, {0}) : x);
}

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

/// The list that an encoder's attribute `prefix`_strings, _int64s, _floats or
/// _tensor holds; null if none of them is there.
static Value listOf(Node &n, llvm::StringRef prefix) {
  std::string name = prefix.str() + "_";
  if (n.attribute(name + "strings"))
    return n.texts(n.strings(name + "strings"));
  if (n.attribute(name + "int64s"))
    return n.ints(n.integers(name + "int64s").value_or(SmallVector<int64_t>()));
  if (n.attribute(name + "floats"))
    return n.numbers(n.getBuilder().getF32Type(), n.reals(name + "floats"));
  if (!n.attribute(name + "tensor"))
    return {};
  auto tensor = n.tensor(name + "tensor");
  return tensor ? n.constant(*tensor) : Value();
}

/// The value of unknown keys, [1], of the type of `values`.
static Value defaultOf(Node &n, Value values) {
  Type type = GraphBuilder::elementType(values);
  if (!type)
    return {};
  if (n.attribute("default_tensor")) {
    auto tensor = n.tensor("default_tensor");
    Value given = tensor ? n.constant(*tensor) : Value();
    return n.reshape(given, {Extent(int64_t(1))});
  }
  if (isa<graph::StringType>(type))
    return n.texts(n.string("default_string", "_Unused"));
  double number = isa<FloatType>(type)
                      ? n.real("default_float", -0.0)
                      : static_cast<double>(n.integer("default_int64", -1));
  return n.unsqueeze(n.scalar(type, number), {0});
}

/// From keys to values, or, in the first version, between the names of classes
/// and their numbers.
static void importLabelEncoder(Node &n) {
  Value keys = listOf(n, "keys"), values = listOf(n, "values");
  if (n.attribute("classes_strings")) {
    Value names = n.texts(n.strings("classes_strings"));
    SmallVector<int64_t> numbers;
    for (int64_t i = 0; i < GraphBuilder::sizeOf(names, 0); ++i)
      numbers.push_back(i);
    bool fromNames =
        n.in(0) && isa<graph::StringType>(GraphBuilder::elementType(n.in(0)));
    keys = fromNames ? names : n.ints(numbers);
    values = fromNames ? n.ints(numbers) : names;
  }
  if ((!keys || !values) && !n.failed())
    return (void)n.error("it has no keys or no values");
  n.set(0, lookUp(n, n.in(0), keys, values, defaultOf(n, values)));
}

static void importCategoryMapper(Node &n) {
  Value x = n.in(0);
  if (!n.attribute("cats_strings") || !n.attribute("cats_int64s") || !x)
    return (void)n.error("it has no lists of categories");
  Value names = n.texts(n.strings("cats_strings"));
  Value numbers =
      n.ints(n.integers("cats_int64s").value_or(SmallVector<int64_t>()));
  bool fromNames = isa<graph::StringType>(GraphBuilder::elementType(x));
  Value values = fromNames ? numbers : names;
  n.set(0, lookUp(n, x, fromNames ? names : numbers, values,
                  defaultOf(n, values)));
}

llvm::ArrayRef<Operator> stringOperators() {
  static constexpr Operator rows[] = {
      {"CategoryMapper", 1, 28, importCategoryMapper, kMlDomain},
      {"LabelEncoder", 1, 28, importLabelEncoder, kMlDomain},
      {"RegexFullMatch", 20, 28, importRegexFullMatch},
      {"StringConcat", 20, 28, importStringConcat},
      {"StringNormalizer", 10, 28, importStringNormalizer},
      {"StringSplit", 20, 28, importStringSplit},
  };
  return rows;
}

} // namespace systole::onnx
