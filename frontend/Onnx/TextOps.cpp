//===- TextOps.cpp - ONNX operators on texts of tokens -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tokens are integers here, and strings become integers first.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Common/Strings.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::onnx {

namespace {
/// What a TfIdfVectorizer looks for.
struct Vocabulary {
  /// All n-grams, one after the other; those of length n begin at starts[n -
  /// 1].
  SmallVector<int64_t> pool, starts;
  /// Lengths of n-grams that count, and most tokens left out between two.
  int64_t shortest, longest, skips;

  /// The n-grams of length `n`: how many, and token `j` of each.
  int64_t count(int64_t n) const {
    if (n > static_cast<int64_t>(starts.size()))
      return 0;
    int64_t end = n == static_cast<int64_t>(starts.size())
                      ? static_cast<int64_t>(pool.size())
                      : starts[n];
    return (end - starts[n - 1]) / n;
  }
  SmallVector<int64_t> tokens(int64_t n, int64_t j) const {
    SmallVector<int64_t> result;
    for (int64_t g = 0; g < count(n); ++g)
      result.push_back(pool[starts[n - 1] + g * n + j]);
    return result;
  }
};
} // namespace

/// The tokens of all n-grams; of strings, the place where each occurs first.
static SmallVector<int64_t> readPool(Node &n) {
  if (!n.attribute("pool_strings"))
    return n.integers("pool_int64s").value_or(SmallVector<int64_t>());
  std::vector<std::string> strings = n.strings("pool_strings");
  SmallVector<int64_t> pool;
  for (const std::string &token : strings)
    pool.push_back(llvm::find(strings, token) - strings.begin());
  return pool;
}

/// The node's tokens as the pool numbers them.
static Value readTokens(Node &n, const Vocabulary &words) {
  Type i64 = n.getBuilder().getI64Type();
  if (!n.attribute("pool_strings"))
    return n.cast(n.in(0), i64);
  // The last place of a token is found; it leads to the first.
  return lookUp(n, n.in(0), n.texts(n.strings("pool_strings")),
                n.ints(words.pool), n.ints({-1}));
}

/// The vocabulary of a node; nothing, with a message, if it contradicts itself.
static std::optional<Vocabulary> readVocabulary(Node &n) {
  Vocabulary words{
      readPool(n), n.integers("ngram_counts").value_or(SmallVector<int64_t>()),
      n.integer("min_gram_length", 1), n.integer("max_gram_length", 1),
      n.integer("max_skip_count", 0)};
  auto size = static_cast<int64_t>(words.pool.size());
  bool fits = words.shortest >= 1 && words.longest >= words.shortest &&
              words.longest <= 64 && words.skips >= 0 && words.skips <= 64 &&
              !words.starts.empty() && llvm::is_sorted(words.starts) &&
              words.starts.front() == 0 && words.starts.back() <= size;
  for (size_t i = 0; fits && i < words.starts.size(); ++i) {
    int64_t end = i + 1 < words.starts.size() ? words.starts[i + 1] : size;
    fits = (end - words.starts[i]) % static_cast<int64_t>(i + 1) == 0;
  }
  if (fits)
    return words;
  n.error("pool_int64s, ngram_counts and the lengths do not fit each other");
  return std::nullopt;
}

/// How often each n-gram of length `length` occurs in the rows of `x` [rows,
/// tokens], with `step` from one token to the next: [rows, n-grams], i64.
static Value countNgrams(Node &n, const Vocabulary &words, Value x,
                         int64_t length, int64_t step) {
  constexpr int64_t toEnd = std::numeric_limits<int64_t>::max();
  Value matches;
  for (int64_t j = 0; j < length; ++j) {
    // The j-th tokens of all windows.
    int64_t after = (length - 1 - j) * step;
    Value tokens = n.slice(x, 1, j * step, after == 0 ? toEnd : -after);
    Value wanted = n.ints(words.tokens(length, j));
    Value equal =
        n.compare(ComparePredicate::eq, n.unsqueeze(tokens, {2}), wanted);
    matches = matches ? n.make<graph::AndOp>({matches, equal}) : equal;
  }
  if (!matches)
    return {};
  return n.reduce(ReduceKind::sum, n.cast(matches, n.getBuilder().getI64Type()),
                  {1}, /*keepDims=*/false);
}

/// Occurrences of all n-grams of the vocabulary, in its order: [rows, n-grams].
static Value countAll(Node &n, const Vocabulary &words, Value x) {
  SmallVector<Value> parts;
  Value rows = n.shape({n.extent(x, 0)});
  for (int64_t length = 1; length <= static_cast<int64_t>(words.starts.size());
       ++length) {
    int64_t count = words.count(length);
    if (count == 0)
      continue;
    Value sum = n.broadcast(n.scalar(n.getBuilder().getI64Type(), 0),
                            n.concat({rows, n.ints({count})}, 0));
    bool counts = length >= words.shortest && length <= words.longest;
    // A single token has nothing to leave out.
    for (int64_t skip = 0; counts && skip <= (length > 1 ? words.skips : 0);
         ++skip)
      sum = n.add(sum, countNgrams(n, words, x, length, skip + 1));
    parts.push_back(sum);
  }
  return parts.empty() ? n.error("its pool is empty") : n.concat(parts, 1);
}

static void importTfIdfVectorizer(Node &n) {
  auto words = readVocabulary(n);
  auto rank = n.rank(0);
  auto places = n.integers("ngram_indexes");
  if (!words || !rank)
    return;
  if (*rank < 1 || *rank > 2)
    return (void)n.error("its input has not 1 or 2 dimensions");
  Value x = readTokens(n, *words);
  Value counts = countAll(n, *words, *rank == 1 ? n.unsqueeze(x, {0}) : x);
  int64_t ngrams = GraphBuilder::sizeOf(counts, 1);
  if (!counts || !places || static_cast<int64_t>(places->size()) != ngrams ||
      llvm::any_of(*places, [](int64_t p) { return p < 0 || p > 1 << 24; }))
    return (void)n.error("ngram_indexes does not have a place for each n-gram");
  Type f32 = n.getBuilder().getF32Type();
  std::string mode = n.string("mode", "TF");
  Value values = n.cast(counts, f32);
  if (mode != "TF") {
    SmallVector<double> weights = n.reals("weights");
    graph::Tensor factors(f32, {ngrams});
    for (int64_t g = 0; g < ngrams; ++g)
      factors.setDouble(g, weights.empty() ? 1.0 : weights[g % weights.size()]);
    if (!weights.empty() && static_cast<int64_t>(weights.size()) != ngrams)
      return (void)n.error("weights does not have a number for each n-gram");
    if (mode == "IDF")
      values = n.min(values, 1.0);
    else if (mode != "TFIDF")
      return (void)n.error("mode '" + mode + "' is unknown");
    values = n.mul(values, n.constant(factors));
  }
  // Each n-gram's number goes to its place.
  int64_t width = *llvm::max_element(*places) + 1;
  Value shape = n.shape({n.extent(values, 0), width});
  Value zeros = n.broadcast(n.scalar(f32, 0), shape);
  Value indices = n.broadcast(n.ints(*places), n.shapeOf(values));
  Value result = scatterElements(n, graph::ScatterKind::replace, zeros, indices,
                                 values, 1);
  n.set(0, *rank == 1 ? n.squeeze(result, {0}) : result);
}

llvm::ArrayRef<Operator> textOperators() {
  static constexpr Operator rows[] = {
      {"TfIdfVectorizer", 9, 28, importTfIdfVectorizer},
  };
  return rows;
}

} // namespace systole::onnx
