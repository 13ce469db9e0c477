//===- Attention.cpp - Scaled dot-product attention -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Masks are kept apart by kind: what allows and forbids is one boolean tensor,
// what is added is one of numbers. So a forbidden key never meets arithmetic,
// and rows without any key are known.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Attention.h"
#include "frontend/Common/Composites.h"
#include <cmath>
#include <limits>

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

Value splitHeads(GraphBuilder &b, Value x, int64_t heads) {
  int64_t hidden = GraphBuilder::sizeOf(x, 2);
  if (!x || GraphBuilder::rankOf(x) != 3 || heads < 1 || hidden < 0 ||
      hidden % heads != 0)
    return x ? b.error("needs 3 dimensions, the last divisible by " +
                       llvm::Twine(heads) + " heads")
             : x;
  return b.transpose(
      b.reshape(x, {b.extent(x, 0), b.extent(x, 1), heads, hidden / heads}),
      {0, 2, 1, 3});
}

Value joinHeads(GraphBuilder &b, Value x) {
  if (!x)
    return x;
  Extent width = b.product(b.extent(x, 1), b.extent(x, 3));
  Extent batch = b.extent(x, 0), length = b.extent(x, 2);
  return b.reshape(b.transpose(x, {0, 2, 1, 3}), {batch, length, width});
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

namespace {
/// A mask as two tensors, both broadcast to [batch, heads, queries, keys]; null
/// where they would change nothing.
struct SplitMask {
  Value allowed, added;
  /// Each query has a key that is allowed.
  bool neverEmpty = true;
};

/// Builds the mask of one attention.
struct MaskBuilder {
  GraphBuilder &b;
  const AttentionMask &mask;
  Extent queries, keys;
  /// Keys before the first query, tensor<i64>; per batch entry [batch, 1, 1,
  /// 1].
  Value offset;
  bool offsetIsKnown;
  SplitMask result;

  void allow(Value condition, bool neverEmpty) {
    result.neverEmpty &= neverEmpty;
    result.allowed = result.allowed
                         ? b.make<graph::AndOp>({result.allowed, condition})
                         : condition;
  }
  void addGiven(Type type);
  void addPositions();
};
} // namespace

/// `x` with its last dimension filled up to `size` with `filler`.
static Value padLast(GraphBuilder &b, Value x, const Extent &size,
                     double filler) {
  auto rank = GraphBuilder::rankOf(x);
  if (!rank || *rank < 1)
    return x;
  int64_t have = GraphBuilder::sizeOf(x, *rank - 1);
  bool fits = have >= 0 && (have == 1 || (!size.value && have == size.size));
  // A mask whose length is unknown is as long as the keys, or one.
  if (fits || have < 0 || size.value)
    return x;
  SmallVector<int64_t> pads(2 * *rank, 0);
  pads.back() = size.size - have;
  return b.pad(x, b.ints(pads), b.like(x, filler));
}

void MaskBuilder::addGiven(Type type) {
  if (!mask.given)
    return;
  if (GraphBuilder::elementType(mask.given).isInteger(1))
    return allow(padLast(b, mask.given, keys, 0.0), false);
  Value added = padLast(b, b.cast(mask.given, type), keys, -kInfinity);
  result.added = added;
  // Minus infinity forbids, too.
  allow(b.compare(ComparePredicate::ne, added, -kInfinity), false);
}

void MaskBuilder::addPositions() {
  bool windows = mask.left >= 0 || mask.right >= 0;
  if (!mask.causal && !windows && !mask.validKeys)
    return;
  Value key = b.unsqueeze(iota(b, keys), {0, 1, 2});
  if (mask.causal || windows) {
    Value query = b.unsqueeze(iota(b, queries), {0, 1, 3});
    Value position = b.add(query, offset);
    // The query's own key is in reach unless there are more queries than keys.
    bool safe = offsetIsKnown && !mask.validKeys && !windows;
    if (mask.causal)
      allow(b.compare(ComparePredicate::le, key, position), safe);
    if (mask.left >= 0)
      allow(b.compare(ComparePredicate::ge, key,
                      b.sub(position, static_cast<double>(mask.left))),
            false);
    if (mask.right >= 0)
      allow(b.compare(ComparePredicate::le, key,
                      b.add(position, static_cast<double>(mask.right))),
            false);
  }
  if (mask.validKeys)
    allow(b.compare(ComparePredicate::lt, key,
                    b.unsqueeze(mask.validKeys, {1, 2, 3})),
          false);
}

/// Splits the mask of `a`, whose keys (past ones included) are `keys`.
static SplitMask splitMask(GraphBuilder &b, const Attention &a, Value keys) {
  MaskBuilder builder{
      b, a.mask, b.extent(a.q, 2), b.extent(keys, 2), Value(), true, {}};
  if (a.pastKey) {
    Extent past = b.extent(a.pastKey, 2);
    builder.offset = past.value ? b.squeeze(past.value, {0})
                                : b.squeeze(b.ints({past.size}), {0});
  } else if (a.mask.validKeys) {
    Value count = b.shape({builder.queries});
    builder.offset = b.unsqueeze(b.sub(a.mask.validKeys, count), {1, 2, 3});
  } else {
    builder.offset = b.squeeze(b.ints({0}), {0});
  }
  builder.addGiven(GraphBuilder::elementType(a.q));
  builder.addPositions();
  return builder.result;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// x [batch, heads, n, m] as [batch, groups, heads / groups, n, m].
static Value splitGroups(GraphBuilder &b, Value x, const Extent &groups,
                         int64_t each) {
  return b.reshape(
      x, {b.extent(x, 0), groups, each, b.extent(x, 2), b.extent(x, 3)});
}

/// x [batch, heads, ...] times y [batch, groups, ...], each group's matrix for
/// several heads.
static Value groupedMatmul(GraphBuilder &b, Value x, Value y) {
  int64_t heads = GraphBuilder::sizeOf(x, 1);
  int64_t groups = GraphBuilder::sizeOf(y, 1);
  if (!x || !y || heads == groups)
    return b.matmul(x, y);
  if (heads < 0 || groups < 1 || heads % groups != 0)
    return b.error("its " + llvm::Twine(groups) +
                   " heads of keys and values do not divide the " +
                   llvm::Twine(heads) + " heads of the queries");
  Extent batch = b.extent(x, 0), rows = b.extent(x, 2),
         columns = b.extent(y, 3);
  Value product =
      b.matmul(splitGroups(b, x, groups, heads / groups), b.unsqueeze(y, {2}));
  return b.reshape(product, {batch, heads, rows, columns});
}

/// q times k transposed, scaled.
static Value scaledScores(GraphBuilder &b, const Attention &a, Value keys) {
  int64_t size = GraphBuilder::sizeOf(a.q, 3);
  if (!a.scale && size < 1)
    return b.error("the head size is not known, and no scale is given");
  double scale = a.scale.value_or(1.0 / std::sqrt(static_cast<double>(size)));
  Value q = a.q;
  Type type = GraphBuilder::elementType(q);
  bool isHalf = type && type.getIntOrFloatBitWidth() < 32;
  // Narrow types overflow less if both factors take a part of the scale.
  if (isHalf && scale > 0) {
    q = b.mul(q, std::sqrt(scale));
    keys = b.mul(keys, std::sqrt(scale));
  } else if (scale != 1) {
    q = b.mul(q, scale);
  }
  return groupedMatmul(b, q, b.transpose(keys, {0, 1, 3, 2}));
}

/// Softmax over the keys, 0 for queries that no key is allowed to.
static Value maskedSoftmax(GraphBuilder &b, Value scores,
                           const SplitMask &mask) {
  Value probabilities = b.softmax(scores, 3);
  if (!mask.allowed || mask.neverEmpty)
    return probabilities;
  int64_t last = GraphBuilder::rankOf(mask.allowed).value_or(0) - 1;
  if (last < 0)
    return b.select(mask.allowed, probabilities, b.like(probabilities, 0.0));
  Value any =
      b.reduce(ReduceKind::max, mask.allowed, {last}, /*keepDims=*/true);
  return b.select(any, probabilities, b.like(probabilities, 0.0));
}

AttentionResult attention(GraphBuilder &b, const Attention &a) {
  AttentionResult r;
  for (Value x : {a.q, a.k, a.v})
    if (!x || GraphBuilder::rankOf(x) != 4)
      return r;
  Type type = GraphBuilder::elementType(a.q);
  Type softmaxType = a.softmaxType ? a.softmaxType : type;
  r.keys = a.pastKey ? b.concat({a.pastKey, a.k}, 2) : a.k;
  r.values = a.pastValue ? b.concat({a.pastValue, a.v}, 2) : a.v;
  r.scores = r.capped = scaledScores(b, a, r.keys);
  if (a.softcap > 0)
    r.capped = b.mul(b.tanh(b.div(r.scores, a.softcap)), a.softcap);
  SplitMask mask = splitMask(b, a, r.keys);
  r.masked = mask.added ? b.add(r.capped, mask.added) : r.capped;
  if (mask.allowed && r.masked)
    r.masked = b.select(mask.allowed, r.masked, b.like(r.masked, -kInfinity));
  Value scores = b.cast(r.masked, softmaxType);
  if (a.changeScores)
    scores = a.changeScores(scores);
  Value probabilities = maskedSoftmax(b, scores, mask);
  if (a.changeProbabilities)
    probabilities = a.changeProbabilities(probabilities);
  r.probabilities = b.cast(probabilities, type);
  Type valueType = GraphBuilder::elementType(r.values);
  Type productType = a.productInSoftmaxType ? softmaxType : valueType;
  r.result = b.cast(groupedMatmul(b, b.cast(probabilities, productType),
                                  b.cast(r.values, productType)),
                    type);
  return r;
}

} // namespace systole::frontend
