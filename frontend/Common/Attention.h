//===- Attention.h - Attention and what stands around it --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Scaled dot-product attention in all its variants, rotary embeddings and the
// recurrences of linear attention, written with graph operations. All follow
// GraphBuilder's rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_ATTENTION_H
#define SYSTOLE_FRONTEND_COMMON_ATTENTION_H

#include "frontend/Common/GraphBuilder.h"
#include <functional>

namespace systole::frontend {

/// [batch, sequence, heads * size] as [batch, heads, sequence, size].
mlir::Value splitHeads(GraphBuilder &b, mlir::Value x, int64_t heads);
/// The inverse of splitHeads.
mlir::Value joinHeads(GraphBuilder &b, mlir::Value x);

/// Which keys a query may see, and what is added to its scores.
struct AttentionMask {
  /// Booleans that allow, or numbers to add; broadcasts to [batch, heads,
  /// queries, keys], the last dimension may be shorter. May be null.
  mlir::Value given;
  /// Keys up to the query's own position only.
  bool causal = false;
  /// Keys at most this far before and behind the query; -1: any.
  int64_t left = -1, right = -1;
  /// How many keys of each batch entry are valid, [batch]; may be null.
  mlir::Value validKeys;
};

/// Attention of q [batch, heads, queries, size] to k and v [batch, groups,
/// keys, size], where groups divide heads.
struct Attention {
  mlir::Value q, k, v;
  /// Keys and values of earlier calls, put before k and v; may be null.
  mlir::Value pastKey, pastValue;
  AttentionMask mask;
  /// Factor of the products; nothing: 1 / sqrt(size).
  std::optional<double> scale;
  /// Scores are capped to +-softcap by tanh; 0: not.
  double softcap = 0;
  /// Element type of softmax and, with `productInSoftmaxType`, of the product
  /// with v; null: the inputs'.
  mlir::Type softmaxType;
  bool productInSoftmaxType = false;
  /// Change scores and probabilities, if given.
  std::function<mlir::Value(mlir::Value)> changeScores, changeProbabilities;
};

/// What attention gives: the result, the keys and values with the past ones,
/// and the steps between: scores, capped, with the mask, probabilities.
struct AttentionResult {
  mlir::Value result, keys, values;
  mlir::Value scores, capped, masked, probabilities;
};
AttentionResult attention(GraphBuilder &b, const Attention &attention);

/// Rotates pairs of the last dimension of x [batch, sequence, heads, size] by
/// angles with the given cosines and sines [batch or 1, sequence, pairs]; the
/// elements behind the last pair stay. A pair is two neighbours if
/// `interleaved`, else an element of the first half and one of the second.
mlir::Value rotaryEmbedding(GraphBuilder &b, mlir::Value x, mlir::Value cosines,
                            mlir::Value sines, bool interleaved);

/// A recurrence over the sequence: of a state S [batch, groups, size, width],
/// S' = decay * S + k (x) beta * (v - S^T k), result = scale * q^T S'.
struct LinearAttention {
  /// [batch, heads or groups, sequence, size or width].
  mlir::Value q, k, v;
  /// The first state.
  mlir::Value state;
  /// [batch, groups, sequence, size or 1]: e^decay scales the state; may be
  /// null.
  mlir::Value decay;
  /// [batch, groups or 1, sequence, 1]: how much of the difference is learned;
  /// null: v is written as it is.
  mlir::Value beta;
  double scale = 1;
};
/// The results [batch, heads, sequence, width] and the last state.
std::pair<mlir::Value, mlir::Value>
linearAttention(GraphBuilder &b, const LinearAttention &attention);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_ATTENTION_H
