//===- LinearAttention.cpp - Recurrent attention, rotary embeddings -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The recurrence is a graph.while over the positions of the sequence; a short
// sequence, as in decoding, is straight-line code.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Attention.h"

using namespace mlir;
using systole::graph::ComparePredicate;

namespace systole::frontend {

Value rotaryEmbedding(GraphBuilder &b, Value x, Value cosines, Value sines,
                      bool interleaved) {
  int64_t size = GraphBuilder::sizeOf(x, 3);
  int64_t pairs = GraphBuilder::sizeOf(cosines, 2);
  if (!x || !cosines || !sines)
    return {};
  if (size < 0 || pairs < 0 || 2 * pairs > size)
    return b.error("its heads of size " + llvm::Twine(size) + " do not hold " +
                   llvm::Twine(pairs) + " pairs to rotate");
  Value c = b.unsqueeze(cosines, {2}), s = b.unsqueeze(sines, {2});
  auto part = [&](int64_t start, int64_t end, int64_t step) {
    return b.slice(x, b.ints({start}), b.ints({end}), b.ints({step}), {3});
  };
  Value first = interleaved ? part(0, 2 * pairs, 2) : part(0, pairs, 1);
  Value second =
      interleaved ? part(1, 2 * pairs, 2) : part(pairs, 2 * pairs, 1);
  Value real = b.sub(b.mul(c, first), b.mul(s, second));
  Value imaginary = b.add(b.mul(s, first), b.mul(c, second));
  Value rotated;
  if (interleaved) {
    Value stacked =
        b.concat({b.unsqueeze(real, {4}), b.unsqueeze(imaginary, {4})}, 4);
    rotated = b.reshape(
        stacked, {b.extent(x, 0), b.extent(x, 1), b.extent(x, 2), 2 * pairs});
  } else {
    rotated = b.concat({real, imaginary}, 3);
  }
  return 2 * pairs == size ? rotated
                           : b.concat({rotated, part(2 * pairs, size, 1)}, 3);
}

//===----------------------------------------------------------------------===//
// Linear attention
//===----------------------------------------------------------------------===//

/// Position `at` (tensor<1xi64>) of x [batch, heads, sequence, n], without the
/// sequence: [batch, heads, n].
static Value pick(GraphBuilder &b, Value x, Value at) {
  return b.squeeze(b.gather(x, at, 2), {2});
}

/// Row vectors [.., n] times matrices [.., n, m]: [.., m].
static Value vectorTimes(GraphBuilder &b, Value vector, Value matrix) {
  return b.squeeze(b.matmul(b.unsqueeze(vector, {2}), matrix), {2});
}

/// One position: the next state, and this position's result.
static std::pair<Value, Value> step(GraphBuilder &b, const LinearAttention &a,
                                    Value state, Value at) {
  Value k = pick(b, a.k, at), v = pick(b, a.v, at), q = pick(b, a.q, at);
  if (a.decay)
    state = b.mul(state, b.unsqueeze(b.exp(pick(b, a.decay, at)), {3}));
  if (a.beta)
    v = b.mul(pick(b, a.beta, at), b.sub(v, vectorTimes(b, k, state)));
  state = b.add(state, b.mul(b.unsqueeze(k, {3}), b.unsqueeze(v, {2})));
  int64_t heads = GraphBuilder::sizeOf(a.q, 1);
  int64_t groups = GraphBuilder::sizeOf(a.k, 1);
  Value result;
  if (heads == groups) {
    result = vectorTimes(b, q, state);
  } else {
    // Several heads read one group's state: as rows of one matrix.
    Extent batch = b.extent(a.q, 0);
    Value rows =
        b.reshape(q, {batch, groups, heads / groups, b.extent(a.q, 3)});
    result = b.reshape(b.matmul(rows, state), {batch, heads, b.extent(a.v, 3)});
  }
  return {state, b.mul(result, a.scale)};
}

/// Sequences up to this length become straight-line code.
static constexpr int64_t kUnrolledSteps = 8;

static std::pair<Value, Value>
unrolled(GraphBuilder &b, const LinearAttention &a, int64_t length) {
  Value state = a.state;
  SmallVector<Value> results;
  for (int64_t at = 0; at < length; ++at) {
    auto [next, result] = step(b, a, state, b.ints({at}));
    state = next;
    results.push_back(b.unsqueeze(result, {2}));
  }
  return {b.concat(results, 2), state};
}

std::pair<Value, Value> linearAttention(GraphBuilder &b,
                                        const LinearAttention &a) {
  for (Value x : {a.q, a.k, a.v, a.state})
    if (!x || GraphBuilder::rankOf(x) != 4)
      return {};
  Extent length = b.extent(a.q, 2);
  if (!length.value && length.size >= 1 && length.size <= kUnrolledSteps)
    return unrolled(b, a, length.size);
  Type f32 = GraphBuilder::elementType(a.state);
  auto typeOf = [&](ArrayRef<int64_t> shape, Type element) -> Type {
    return RankedTensorType::get(shape, element);
  };
  Value zero = b.ints({0}), end = b.shape({length});
  // Results so far, one after the other along the sequence.
  Extent batch = b.extent(a.q, 0), heads = b.extent(a.q, 1),
         width = b.extent(a.v, 3);
  Value none = b.broadcast(b.scalar(f32, 0.0),
                           b.shape({batch, heads, int64_t(0), width}));
  if (!none || !end)
    return {};
  SmallVector<int64_t> grown(cast<RankedTensorType>(none.getType()).getShape());
  grown[2] = ShapedType::kDynamic;
  Type types[] = {zero.getType(), a.state.getType(), typeOf(grown, f32)};
  auto results = b.makeWhile(
      {zero, a.state, none}, types,
      [&](GraphBuilder &inner, GraphBuilder::Values carried) {
        return inner.compare(ComparePredicate::lt, carried[0], end);
      },
      [&](GraphBuilder &inner, GraphBuilder::Values carried) {
        auto [state, result] = step(inner, a, carried[1], carried[0]);
        return std::vector<Value>{
            inner.add(carried[0], 1.0), state,
            inner.concat({carried[2], inner.unsqueeze(result, {2})}, 2)};
      });
  if (results.size() != 3)
    return {};
  Value all = b.reshape(results[2], {batch, heads, length, width});
  return {all, results[1]};
}

} // namespace systole::frontend
