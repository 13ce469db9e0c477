//===- Strings.cpp - Strings and labels -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Strings.h"
#include "dialects/Graph/IR/StringFunctions.h"
#include "frontend/Common/Composites.h"

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

static bool holdsStrings(Value x) {
  return isa_and_present<graph::StringType>(GraphBuilder::elementType(x));
}

Value equal(GraphBuilder &b, Value x, Value y) {
  if (holdsStrings(x) && holdsStrings(y))
    return b.make<graph::StringEqualOp>({x, y});
  return b.compare(ComparePredicate::eq, x, y);
}

/// Whether each element of x is key j, in a new last dimension.
static Value matches(GraphBuilder &b, Value x, Value keys) {
  auto rank = GraphBuilder::rankOf(x);
  if (!x || !keys)
    return {};
  if (!rank)
    return b.error("the rank of what is looked up is not known");
  Value wide = b.unsqueeze(x, {*rank});
  Value same = equal(b, wide, keys);
  if (!isa<FloatType>(GraphBuilder::elementType(x)))
    return same;
  auto isNan = [&](Value v) { return b.compare(ComparePredicate::ne, v, v); };
  return b.make<graph::OrOp>(
      {same, b.make<graph::AndOp>({isNan(wide), isNan(keys)})});
}

Value isAmong(GraphBuilder &b, Value x, Value keys) {
  Value same = matches(b, x, keys);
  if (!same)
    return {};
  Value count =
      b.reduce(ReduceKind::max, b.cast(same, b.getBuilder().getIntegerType(8)),
               {*GraphBuilder::rankOf(same) - 1}, /*keepDims=*/false);
  return b.compare(ComparePredicate::gt, count, 0.0);
}

Value lookUp(GraphBuilder &b, Value x, Value keys, Value values,
             Value otherwise) {
  Value same = matches(b, x, keys);
  if (!same)
    return {};
  int64_t count = GraphBuilder::sizeOf(keys, 0);
  if (count <= 0 || GraphBuilder::sizeOf(values, 0) != count)
    return b.error("a table does not have a value for each key");
  // Place 0 is that of the value of no key.
  Type i64 = b.getBuilder().getI64Type();
  Value numbers = b.add(iota(b, Extent(count)), 1.0);
  Value places = b.reduce(ReduceKind::max, b.mul(b.cast(same, i64), numbers),
                          {*GraphBuilder::rankOf(same) - 1},
                          /*keepDims=*/false);
  return b.gather(b.concat({otherwise, values}, 0), places, 0);
}

Value changeCase(GraphBuilder &b, Value x, bool upper) {
  SmallVector<NamedAttribute> attributes;
  if (upper)
    attributes.push_back(b.unitAttr("upper"));
  return b.make<graph::StringCaseOp>({x}, attributes);
}

Value withoutWords(GraphBuilder &b, Value x, llvm::ArrayRef<std::string> words,
                   bool matchCase) {
  if (words.empty())
    return x;
  std::vector<std::string> keys(words);
  if (!matchCase)
    for (std::string &key : keys)
      key = graph::changeCase(key, /*upper=*/false);
  Value compared = matchCase ? x : changeCase(b, x, /*upper=*/false);
  Value kept =
      truePositions(b, b.logicalNot(isAmong(b, compared, b.texts(keys))));
  // An empty string after the last serves where none is kept.
  Value all = b.concat({x, b.texts({""})}, 0);
  Value places = b.concat({kept, b.shape({b.extent(x, 0)})}, 0);
  Value count = b.max(b.shape({b.extent(kept, 0)}), 1.0);
  Value first = b.slice(places, b.ints({0}), count, b.ints({1}), {0});
  return b.gather(all, first, 0);
}

Fields splitStrings(GraphBuilder &b, Value x, llvm::StringRef delimiter,
                    std::optional<int64_t> limit) {
  auto rank = GraphBuilder::rankOf(x);
  if (!x)
    return {};
  if (!rank)
    return {b.error("the rank of what is split is not known"), {}};
  SmallVector<NamedAttribute> attributes = {
      b.attr("delimiter", b.getBuilder().getStringAttr(delimiter))};
  if (limit)
    attributes.push_back(b.attr("limit", *limit));
  Value counts = b.make<graph::StringFieldCountOp>({x}, attributes);
  Value flat =
      b.concat({b.reshape(counts, {Extent(int64_t(-1))}), b.ints({0})}, 0);
  Value most = b.reduce(ReduceKind::max, flat, {0}, /*keepDims=*/true);
  Value index = iota(b, most ? Extent(most) : Extent(int64_t(0)));
  return {b.make<graph::StringFieldOp>({b.unsqueeze(x, {*rank}), index},
                                       attributes),
          counts};
}

} // namespace systole::frontend
