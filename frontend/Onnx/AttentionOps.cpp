//===- AttentionOps.cpp - ONNX attention and state-space operators --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads operands and attributes; frontend/Common/Attention.h does the work.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Attention.h"
#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/Node.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

/// The softmax type of an attribute; null where it is absent.
static Type softmaxType(Node &n) {
  if (!n.attribute("softmax_precision"))
    return {};
  Type type = elementTypeOf(n.getContext(), n.integer("softmax_precision", 1));
  if (type && isa<FloatType>(type))
    return type;
  n.error("attribute 'softmax_precision' is not a float type");
  return {};
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// Sets q, k, v with four dimensions; false with a message.
static bool readHeads(Node &n, Attention &a, bool &packed) {
  auto rank = n.rank(0);
  a.q = n.in(0), a.k = n.in(1), a.v = n.in(2);
  if (!rank || !a.q || !a.k || !a.v)
    return false;
  packed = *rank == 3;
  if (packed) {
    int64_t heads = n.integer("q_num_heads", 0);
    int64_t groups = n.integer("kv_num_heads", 0);
    a.q = splitHeads(n, a.q, heads);
    a.k = splitHeads(n, a.k, groups);
    a.v = splitHeads(n, a.v, groups);
  }
  for (Value x : {a.q, a.k, a.v})
    if (x && GraphBuilder::rankOf(x) != 4) {
      n.error("its queries, keys and values must have 3 or 4 dimensions, all "
              "the same number");
      return false;
    }
  return !n.failed();
}

static void importAttention(Node &n) {
  Attention a;
  bool packed = false;
  if (!readHeads(n, a, packed))
    return;
  a.mask.given = n.optional(3);
  a.pastKey = n.optional(4), a.pastValue = n.optional(5);
  a.mask.validKeys = n.opset >= 24 ? n.optional(6) : Value();
  if (static_cast<bool>(a.pastKey) != static_cast<bool>(a.pastValue))
    return (void)n.error("past_key and past_value are given together only");
  if (a.pastKey && a.mask.validKeys)
    return (void)n.error("nonpad_kv_seqlen and past keys exclude each other");
  a.mask.causal = n.integer("is_causal", 0);
  if (n.opset >= 25) {
    a.mask.left = n.integer("left_window_size", -1);
    a.mask.right = n.integer("right_window_size", -1);
  }
  if (n.attribute("scale"))
    a.scale = n.real("scale", 1);
  a.softcap = n.real("softcap", 0);
  a.softmaxType = softmaxType(n);
  int64_t mode = n.integer("qk_matmul_output_mode", 0);
  if (n.failed())
    return;
  AttentionResult r = attention(n, a);
  n.set(0, packed ? joinHeads(n, r.result) : r.result);
  n.set(1, r.keys);
  n.set(2, r.values);
  Value steps[] = {r.scores, r.capped, r.masked, r.probabilities};
  if (!n.wants(3))
    return;
  if (mode < 0 || mode > 3)
    return (void)n.error("attribute 'qk_matmul_output_mode' is not 0 to 3");
  n.set(3, steps[mode]);
}

/// The body of graph attribute `name` as a function of one value; empty where
/// it is absent.
static std::function<Value(Value)> modifier(Node &n, llvm::StringRef name) {
  const AttributeProto *graph = n.attribute(name);
  if (!graph || !graph->has_g())
    return {};
  return [&n, graph, name](Value x) -> Value {
    if (!x)
      return x;
    auto results = n.importer.importSubgraph(n, graph->g(), {x});
    if (!results) {
      n.setPoisoned();
      return {};
    }
    if (results->size() == 1)
      return results->front();
    return n.error("its graph '" + name + "' has " +
                   llvm::Twine(results->size()) + " outputs instead of one");
  };
}

static void importFlexAttention(Node &n) {
  Attention a;
  bool packed = false;
  if (!readHeads(n, a, packed))
    return;
  if (packed)
    return (void)n.error("its inputs must have 4 dimensions");
  if (n.attribute("scale"))
    a.scale = n.real("scale", 1);
  a.softmaxType = softmaxType(n);
  Type type = GraphBuilder::elementType(a.q);
  if (!a.softmaxType)
    a.softmaxType = type.isF64() ? type : Type(n.getBuilder().getF32Type());
  a.productInSoftmaxType = true;
  a.changeScores = modifier(n, "score_mod");
  a.changeProbabilities = modifier(n, "prob_mod");
  n.set(0, attention(n, a).result);
}

//===----------------------------------------------------------------------===//
// Rotary embeddings
//===----------------------------------------------------------------------===//

static void importRotaryEmbedding(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0), cosines = n.in(1), sines = n.in(2), ids = n.optional(3);
  if (!rank || !x || !cosines || !sines)
    return;
  if (*rank == 4) {
    x = n.transpose(x, {0, 2, 1, 3});
  } else {
    int64_t heads = n.integer("num_heads", 0),
            hidden = GraphBuilder::sizeOf(x, 2);
    if (*rank != 3 || heads < 1 || hidden < 0 || hidden % heads)
      return (void)n.error("needs 4 dimensions, or 3 of which 'num_heads' "
                           "divides the last");
    x = n.reshape(x, {n.extent(x, 0), n.extent(x, 1), heads, hidden / heads});
  }
  if (ids) {
    cosines = n.gather(cosines, ids, 0);
    sines = n.gather(sines, ids, 0);
  }
  int64_t rotated = n.integer("rotary_embedding_dim", 0);
  int64_t pairs = GraphBuilder::sizeOf(cosines, 2);
  if (rotated == 0)
    rotated = GraphBuilder::sizeOf(x, 3);
  if (!n.failed() && 2 * pairs != rotated)
    return (void)n.error("its caches hold " + llvm::Twine(pairs) +
                         " angles for " + llvm::Twine(rotated) +
                         " elements to rotate");
  Value y = rotaryEmbedding(n, x, cosines, sines, n.integer("interleaved", 0));
  if (*rank == 4)
    return n.set(0, n.transpose(y, {0, 2, 1, 3}));
  n.set(0, y ? n.reshape(y, n.shapeOf(n.in(0))) : y);
}

//===----------------------------------------------------------------------===//
// Linear attention
//===----------------------------------------------------------------------===//

/// The gates of a linear attention, after `rule`; false with a message.
static bool readGates(Node &n, LinearAttention &a, int64_t groups) {
  std::string rule = n.string("update_rule", "gated_delta");
  bool gated = rule == "gated" || rule == "gated_delta";
  bool delta = rule == "delta" || rule == "gated_delta";
  if (!gated && !delta && rule != "linear") {
    n.error("update_rule '" + rule + "' is unknown");
    return false;
  }
  Value decay = n.optional(4), beta = n.optional(5);
  if (gated != static_cast<bool>(decay) || delta != static_cast<bool>(beta)) {
    n.error("update_rule '" + rule + "' needs " +
            (gated ? "an input 'decay'" : "no input 'decay'") + " and " +
            (delta ? "an input 'beta'" : "no input 'beta'"));
    return false;
  }
  Type f32 = n.getBuilder().getF32Type();
  if (decay)
    a.decay = n.cast(splitHeads(n, decay, groups), f32);
  if (beta)
    a.beta = n.cast(
        splitHeads(n, beta, GraphBuilder::sizeOf(beta, 2) == 1 ? 1 : groups),
        f32);
  return !n.failed();
}

static void importLinearAttention(Node &n) {
  int64_t heads = n.integer("q_num_heads", 0);
  int64_t groups = n.integer("kv_num_heads", 0);
  Value query = n.in(0), past = n.optional(3);
  if (!query)
    return;
  if (groups < 1 || heads < 1 || heads % groups)
    return (void)n.error("'kv_num_heads' must divide 'q_num_heads'");
  // The recurrence runs in 32 bits.
  Type type = GraphBuilder::elementType(query);
  Type f32 = n.getBuilder().getF32Type();
  LinearAttention a;
  a.q = n.cast(splitHeads(n, query, heads), f32);
  a.k = n.cast(splitHeads(n, n.in(1), groups), f32);
  a.v = n.cast(splitHeads(n, n.in(2), groups), f32);
  if (!a.q || !a.k || !a.v || !readGates(n, a, groups))
    return;
  int64_t size = GraphBuilder::sizeOf(a.k, 3);
  a.scale = n.real("scale", 0);
  if (a.scale == 0)
    a.scale = 1.0 / std::sqrt(static_cast<double>(size));
  a.state =
      past ? n.cast(past, f32)
           : n.broadcast(n.scalar(f32, 0.0), n.shape({n.extent(a.k, 0), groups,
                                                      size, n.extent(a.v, 3)}));
  auto [results, state] = linearAttention(n, a);
  n.set(0, n.cast(joinHeads(n, results), type));
  n.set(1, n.cast(state, past ? GraphBuilder::elementType(past) : type));
}

/// A depthwise convolution of the past positions and the new ones.
static void importCausalConvWithState(Node &n) {
  Value x = n.in(0), filter = n.in(1), bias = n.optional(2),
        past = n.optional(3);
  int64_t channels = GraphBuilder::sizeOf(filter, 0);
  int64_t kernel = GraphBuilder::sizeOf(filter, 2);
  auto rank = n.rank(0);
  if (!rank || !filter)
    return;
  if (*rank != 3 || channels < 1 || kernel < 1)
    return (void)n.error("needs an input of 3 dimensions and a filter of known "
                         "size [channels, 1, kernel]");
  if (!past)
    past = n.broadcast(n.like(x, 0.0),
                       n.shape({n.extent(x, 0), channels, kernel - 1}));
  Value all = n.concat({past, x}, 2);
  MLIRContext *context = n.getContext();
  auto layout = graph::LayoutAttr::channelsFirst(context, 1);
  Value y = n.make<graph::ConvOp>(
      {all, filter, bias},
      {n.attr("input_layout", layout), n.attr("output_layout", layout),
       n.attr("filter_layout",
              graph::LayoutAttr::filterChannelsFirst(context, 1)),
       n.attr("strides", GraphBuilder::Ints{1}),
       n.attr("dilations", GraphBuilder::Ints{1}),
       n.attr("pads", GraphBuilder::Ints{0, 0}), n.attr("groups", channels)},
      1);
  std::string activation = n.string("activation", "none");
  if (activation == "silu" || activation == "swish")
    y = inFloat32(n, y, [&](Value v) { return n.mul(v, n.sigmoid(v)); });
  else if (activation != "none")
    return (void)n.error("activation '" + activation + "' is unknown");
  n.set(0, y);
  // The last positions; of a kernel of one element, none.
  constexpr int64_t end = std::numeric_limits<int64_t>::max();
  n.set(1,
        kernel == 1 ? n.slice(all, 2, 0, 0) : n.slice(all, 2, 1 - kernel, end));
}

llvm::ArrayRef<Operator> attentionOperators() {
  static constexpr Operator rows[] = {
      {"Attention", 23, 28, importAttention},
      {"CausalConvWithState", 27, 28, importCausalConvWithState},
      {"FlexAttention", 1, 1, importFlexAttention, kPreviewDomain},
      {"LinearAttention", 27, 28, importLinearAttention},
      {"RotaryEmbedding", 23, 28, importRotaryEmbedding},
  };
  return rows;
}

} // namespace systole::onnx
