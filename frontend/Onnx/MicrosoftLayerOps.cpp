//===- MicrosoftLayerOps.cpp - Whole layers of ONNX Runtime's quantiser ---===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Attention, LSTM, embeddings and products with weights of few bits, of domain
// com.microsoft. Products of quantised numbers are exact sums of integers; what
// is not quantised stays floats.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Attention.h"
#include "frontend/Common/Composites.h"
#include "frontend/Common/Quantization.h"
#include "frontend/Onnx/Node.h"
#include "frontend/Onnx/RecurrentOps.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// What is added to the scores of keys that `mask` forbids: lengths [batch],
/// ends and then begins [2 * batch], or flags [batch, keys] or [batch, queries,
/// keys].
static Value addedScores(Node &n, Value mask, const Extent &batch,
                         const Extent &keys) {
  Type f32 = n.getBuilder().getF32Type(), i64 = n.getBuilder().getI64Type();
  auto rank = n.requireRank(mask, "the mask");
  if (!rank || *rank < 1 || *rank > 3)
    return rank ? n.error("its mask has " + llvm::Twine(*rank) + " dimensions")
                : Value();
  Value allowed;
  if (*rank == 1) {
    // Behind the ends may stand the begins.
    Value key = n.unsqueeze(iota(n, keys), {0});
    Value bounds = n.reshape(n.cast(mask, i64),
                             n.concat({n.ints({-1}), n.shape({batch})}, 0));
    auto bound = [&](int64_t i) {
      return n.unsqueeze(n.squeeze(n.slice(bounds, 0, i, i + 1), {0}), {1});
    };
    allowed = n.compare(ComparePredicate::lt, key, bound(0));
    if (GraphBuilder::sizeOf(bounds, 0) == 2)
      allowed = n.make<graph::AndOp>(
          {allowed, n.compare(ComparePredicate::ge, key, bound(1))});
    else if (GraphBuilder::sizeOf(bounds, 0) != 1)
      return n.error("whether its mask has begins is not known");
  } else {
    allowed = n.compare(ComparePredicate::ne, mask, 0.0);
  }
  Value forbidden = n.sub(n.scalar(f32, 1), n.cast(allowed, f32));
  Value added = n.mul(forbidden, n.real("mask_filter_value", -10000.0));
  return *rank == 3 ? n.unsqueeze(added, {1}) : n.unsqueeze(added, {1, 2});
}

/// Past keys and values [2, batch, heads, keys, size], `i` of them.
static Value ofPair(Node &n, Value pair, int64_t i) {
  return pair ? n.squeeze(n.slice(pair, 0, i, i + 1), {0}) : pair;
}

/// Attention of quantised numbers to themselves: one product makes queries,
/// keys and values.
static void importQAttention(Node &n) {
  Value bias = n.in(2), mask = n.optional(5), past = n.optional(8);
  int64_t heads = n.integer("num_heads", 0);
  if (n.integer("do_rotary", 0) || n.integer("past_present_share_buffer", 0))
    return (void)n.error("rotary embeddings and shared buffers of it are not "
                         "supported");
  if (!n.rank(0) || !bias || heads < 1)
    return heads < 1 ? (void)n.error("num_heads is not positive") : (void)0;
  Value sum =
      n.matmul(centred(n, n.in(0), n.optional(6)),
               centred(n, n.in(1), n.optional(7)), n.getBuilder().getI32Type());
  Value all = n.add(dequantize(n, sum, n.mul(n.in(3), n.in(4)), {},
                               n.getBuilder().getF32Type()),
                    bias);
  int64_t width = GraphBuilder::sizeOf(bias, 0);
  if (width < 3 || width % (3 * heads) != 0)
    return (void)n.error("its bias does not have a number for each query, key "
                         "and value of each head");
  auto part = [&](int64_t i) {
    return splitHeads(n, n.slice(all, 2, i * width / 3, (i + 1) * width / 3),
                      heads);
  };
  Attention a;
  a.q = part(0), a.k = part(1), a.v = part(2);
  a.pastKey = ofPair(n, past, 0), a.pastValue = ofPair(n, past, 1);
  a.mask.causal = n.integer("unidirectional", 0);
  if (n.attribute("scale"))
    a.scale = n.real("scale", 0);
  Value keys = a.pastKey ? n.concat({a.pastKey, a.k}, 2) : a.k;
  if (mask)
    a.mask.given =
        addedScores(n, mask, n.extent(n.in(0), 0), n.extent(keys, 2));
  AttentionResult result = attention(n, a);
  n.set(0, joinHeads(n, result.result));
  if (n.wants(1))
    n.set(1, n.concat({n.unsqueeze(result.keys, {0}),
                       n.unsqueeze(result.values, {0})},
                      0));
}

//===----------------------------------------------------------------------===//
// Recurrent layers
//===----------------------------------------------------------------------===//

/// Entry `d` of weights and their parameters: products with floats that are
/// quantised to their own range.
static CellProduct quantizedProduct(Node &n, unsigned weights, unsigned scale,
                                    int64_t d) {
  auto entry = [&](Value value) {
    return value ? n.squeeze(n.slice(value, 0, d, d + 1), {0}) : value;
  };
  Value w = centred(n, entry(n.in(weights)), entry(n.optional(scale + 1)));
  Value factor = entry(n.in(scale));
  return [w, factor](GraphBuilder &b, Value x) {
    DynamicRange range = dynamicRange(b, x);
    Value sum = b.matmul(centred(b, range.quantized, range.zeroPoint), w,
                         b.getBuilder().getI32Type());
    return dequantize(b, sum, b.mul(range.scale, factor), {},
                      b.getBuilder().getF32Type());
  };
}

static void importQuantizedLstm(Node &n) {
  importLstm(n, [&](RecurrentCell &cell, int64_t d) {
    cell.timesW = quantizedProduct(n, 1, 8, d);
    cell.timesR = quantizedProduct(n, 2, 10, d);
  });
}

//===----------------------------------------------------------------------===//
// Embeddings
//===----------------------------------------------------------------------===//

/// The sum of a word's, its position's and its segment's quantised embedding,
/// normalised; and how many words the mask counts.
static void importQEmbedLayerNorm(Node &n) {
  Value words = n.in(0), mask = n.optional(7);
  if (!n.rank(0))
    return;
  // Tables stand from input 2 on, their scales from 8 on, zero points from 13.
  auto rows = [&](unsigned i, Value places) {
    Value table = n.in(2 + i);
    return dequantize(n, places ? n.gather(table, places, 0) : table,
                      n.in(8 + i), n.optional(13 + i),
                      n.getBuilder().getF32Type());
  };
  Value sum = n.add(rows(0, words), rows(1, iota(n, n.extent(words, 1))));
  if (Value segments = n.optional(1))
    sum = n.add(sum, rows(2, segments));
  n.set(0,
        layerNorm(n, sum, rows(3, {}), rows(4, {}), 2, n.real("epsilon", 1e-12))
            .result);
  if (!n.wants(1))
    return;
  Type i32 = n.getBuilder().getI32Type();
  Value flags = mask ? n.cast(mask, i32) : n.cast(n.like(words, 0), i32);
  if (!mask)
    flags = n.broadcast(flags, n.shapeOf(words));
  n.set(1, n.reduce(graph::ReduceKind::sum, flags, {1}, false));
}

//===----------------------------------------------------------------------===//
// Weights of few bits
//===----------------------------------------------------------------------===//

/// Bytes [.., count] as numbers of `bits` bits [.., count * 8 / bits], the
/// lowest bits first.
static Value unpacked(Node &n, Value bytes, int64_t bits) {
  auto rank = n.requireRank(bytes, "its packed numbers");
  if (!rank || bits == 8)
    return bytes;
  SmallVector<Value> parts;
  for (int64_t shift = 0; shift < 8; shift += bits) {
    Value moved = n.make<graph::ShiftRightOp>({bytes, n.like(bytes, shift)});
    Value part = n.make<graph::AndOp>({moved, n.like(bytes, (1 << bits) - 1)});
    parts.push_back(n.unsqueeze(part, {*rank}));
  }
  SmallVector<Extent> shape;
  for (int64_t d = 0; d < *rank; ++d)
    shape.push_back(n.extent(bytes, d));
  shape.back() = n.product(shape.back(), Extent(8 / bits));
  return n.reshape(n.concat(parts, *rank), n.shape(shape));
}

/// y = a b, where b [columns, blocks, bytes of a block] has a scale, and
/// perhaps a zero point, for each block of a column.
static void importMatMulNBits(Node &n) {
  int64_t bits = n.integer("bits", 4), size = n.integer("block_size", 0);
  int64_t depth = n.integer("K", 0), columns = n.integer("N", 0);
  Value a = n.in(0), packed = n.in(1), scales = n.in(2);
  Value zeros = n.optional(3), bias = n.optional(5);
  if (!a || !packed || !scales)
    return;
  if ((bits != 2 && bits != 4 && bits != 8) || size < 8 || depth < 1 ||
      columns < 1 || size > 1 << 20 || depth > 1 << 30 || columns > 1 << 30)
    return (void)n.error("bits, block_size, K or N has a value that it cannot "
                         "have");
  if (n.optional(4))
    return (void)n.error("blocks that are not in order (input 'g_idx') are not "
                         "supported");
  int64_t blocks = (depth + size - 1) / size;
  Type type = GraphBuilder::elementType(a);
  Value weights =
      n.reshape(unpacked(n, packed, bits), n.ints({columns, blocks, size}));
  Value zero = n.scalar(type, double(1 << (bits - 1)));
  if (zeros && isa<FloatType>(GraphBuilder::elementType(zeros))) {
    zero = n.reshape(zeros, n.ints({columns, blocks, 1}));
  } else if (zeros) {
    int64_t perByte = 8 / bits, bytes = (blocks + perByte - 1) / perByte;
    Value all = unpacked(n, n.reshape(zeros, n.ints({columns, bytes})), bits);
    zero = n.unsqueeze(n.cast(n.slice(all, 1, 0, blocks), type), {2});
  }
  Value numbers = n.mul(n.sub(n.cast(weights, type), zero),
                        n.reshape(scales, n.ints({columns, blocks, 1})));
  Value matrix = n.slice(n.reshape(numbers, n.ints({columns, blocks * size})),
                         1, 0, depth);
  Value result = n.matmul(a, n.transpose(matrix, {1, 0}));
  n.set(0, bias ? n.add(result, bias) : result);
}

llvm::ArrayRef<Operator> microsoftLayerOperators() {
  static constexpr llvm::StringLiteral ms = kMicrosoftDomain;
  static constexpr Operator rows[] = {
      {"DynamicQuantizeLSTM", 1, 28, importQuantizedLstm, ms},
      {"MatMulNBits", 1, 28, importMatMulNBits, ms},
      {"QAttention", 1, 28, importQAttention, ms},
      {"QEmbedLayerNormalization", 1, 28, importQEmbedLayerNorm, ms},
  };
  return rows;
}

} // namespace systole::onnx
