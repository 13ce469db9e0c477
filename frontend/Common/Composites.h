//===- Composites.h - What importers decompose ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators that several source formats have and the graph dialect has not,
// written with its operations. All follow GraphBuilder's rule: null in, null
// out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_COMPOSITES_H
#define SYSTOLE_FRONTEND_COMMON_COMPOSITES_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

/// What `build` computes of x, in 32-bit floats where x has fewer bits: the
/// roundings of several steps would add up.
mlir::Value inFloat32(GraphBuilder &b, mlir::Value x,
                      llvm::function_ref<mlir::Value(mlir::Value)> build);
/// x >= 0 ? x : alpha * x.
mlir::Value leakyRelu(GraphBuilder &b, mlir::Value x, double alpha);
/// x >= 0 ? x : alpha * (e^x - 1).
mlir::Value elu(GraphBuilder &b, mlir::Value x, double alpha);
/// gamma * elu(x, alpha).
mlir::Value selu(GraphBuilder &b, mlir::Value x, double alpha, double gamma);
/// max(0, min(1, alpha * x + beta)).
mlir::Value hardSigmoid(GraphBuilder &b, mlir::Value x, double alpha,
                        double beta);
/// ln(1 + e^x), without overflow.
mlir::Value softplus(GraphBuilder &b, mlir::Value x);
/// x / (1 + |x|).
mlir::Value softsign(GraphBuilder &b, mlir::Value x);
/// x * P(X <= x) of the normal distribution, by erf or by the tanh formula.
mlir::Value gelu(GraphBuilder &b, mlir::Value x, bool tanhFormula);

//===----------------------------------------------------------------------===//
// Trigonometric and hyperbolic functions (Transcendental.cpp)
//===----------------------------------------------------------------------===//

mlir::Value tan(GraphBuilder &b, mlir::Value x);
mlir::Value asin(GraphBuilder &b, mlir::Value x);
mlir::Value acos(GraphBuilder &b, mlir::Value x);
mlir::Value sinh(GraphBuilder &b, mlir::Value x);
mlir::Value cosh(GraphBuilder &b, mlir::Value x);
mlir::Value asinh(GraphBuilder &b, mlir::Value x);
mlir::Value acosh(GraphBuilder &b, mlir::Value x);
mlir::Value atanh(GraphBuilder &b, mlir::Value x);

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

/// Smallest integer not below.
mlir::Value ceil(GraphBuilder &b, mlir::Value x);
/// Nearest integer, halves to even.
mlir::Value roundHalfEven(GraphBuilder &b, mlir::Value x);
/// Nearest integer, halves away from zero.
mlir::Value roundHalfAway(GraphBuilder &b, mlir::Value x);
/// -1, 0 or 1; NaN gives 0.
mlir::Value sign(GraphBuilder &b, mlir::Value x);

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

/// Order of the block's coordinates in the channel dimension.
enum class DepthOrder { BlockFirst, ChannelFirst };
/// Moves blocks of channels to space, NCHW; `BlockFirst` is ONNX's DCR.
mlir::Value depthToSpace(GraphBuilder &b, mlir::Value x, int64_t block,
                         DepthOrder order);
/// The inverse of depthToSpace(BlockFirst), NCHW.
mlir::Value spaceToDepth(GraphBuilder &b, mlir::Value x, int64_t block);
/// Repeats x along each dimension.
mlir::Value tile(GraphBuilder &b, mlir::Value x,
                 llvm::ArrayRef<int64_t> repeats);
/// The same with counts [rank] that are computed.
mlir::Value tile(GraphBuilder &b, mlir::Value x, mlir::Value repeats);
/// Dimensions before `axis` as one, the others as another: rank 2.
mlir::Value flattenTo2D(GraphBuilder &b, mlir::Value x, int64_t axis);

//===----------------------------------------------------------------------===//
// Indices, orders, scans (Ordering.cpp)
//===----------------------------------------------------------------------===//

/// 0, 1, ... size - 1.
mlir::Value iota(GraphBuilder &b, const Extent &size);
mlir::Value gatherElements(GraphBuilder &b, mlir::Value x, mlir::Value indices,
                           int64_t axis);
mlir::Value scatterElements(GraphBuilder &b, graph::ScatterKind kind,
                            mlir::Value x, mlir::Value indices,
                            mlir::Value updates, int64_t axis);
/// Positions of the k largest or smallest elements along `axis`, in order.
mlir::Value topK(GraphBuilder &b, mlir::Value x, const Extent &k, int64_t axis,
                 bool smallest);
mlir::Value argReduce(GraphBuilder &b, graph::ReduceKind kind, mlir::Value x,
                      int64_t axis, bool keepDims, bool selectLast = false);
mlir::Value cumulative(GraphBuilder &b, graph::ReduceKind kind, mlir::Value x,
                       int64_t axis, bool exclusive = false,
                       bool reverse = false);
/// Where `flags` [n] is not zero: [how many].
mlir::Value truePositions(GraphBuilder &b, mlir::Value flags);
/// A dimension of size `depth` at `axis`, with `on` (one element) at the index
/// and `off` at all others; indices out of range are on nowhere.
mlir::Value oneHot(GraphBuilder &b, mlir::Value indices, const Extent &depth,
                   int64_t axis, mlir::Value on, mlir::Value off);

/// The distinct elements of a tensor, or the distinct slices along an axis; for
/// each where it is `first` and how often it occurs; for each element or slice
/// of the tensor, which of them it is.
struct Unique {
  mlir::Value elements, first, inverse, counts;
};
/// Sorted, or in the order in which they occur.
Unique unique(GraphBuilder &b, mlir::Value x, std::optional<int64_t> axis,
              bool sorted);

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

/// |x|^p, and the p-th root of what is not negative.
mlir::Value absolutePower(GraphBuilder &b, mlir::Value x, double p);
mlir::Value positiveRoot(GraphBuilder &b, mlir::Value x, double p);
/// A normalised tensor and the statistics it was made with.
struct Normalized {
  mlir::Value result, mean, inverseDeviation;
};
/// (x - mean) / sqrt(variance + epsilon) * scale + bias over the dimensions
/// from `axis` on; `scale` and `bias` may be null.
Normalized layerNorm(GraphBuilder &b, mlir::Value x, mlir::Value scale,
                     mlir::Value bias, int64_t axis, double epsilon);
/// ln(softmax(x)), without overflow.
mlir::Value logSoftmax(GraphBuilder &b, mlir::Value x, int64_t axis);
/// ln(sum of e^x), without overflow.
mlir::Value reduceLogSumExp(GraphBuilder &b, mlir::Value x,
                            llvm::ArrayRef<int64_t> axes, bool keepDims);

//===----------------------------------------------------------------------===//
// Recurrent layers
//===----------------------------------------------------------------------===//

/// An activation of a recurrent layer.
using Activation = std::function<mlir::Value(GraphBuilder &, mlir::Value)>;

/// A product of [.., n] with weights of a recurrent layer: [.., gates *
/// hidden].
using CellProduct = std::function<mlir::Value(GraphBuilder &, mlir::Value)>;

/// What the cells of LSTM, GRU and RNN share. Layouts are ONNX's: X [seq,
/// batch, input], W [gates * hidden, input], R [gates * hidden, hidden], B
/// [gates * hidden] each for W and R, states [batch, hidden].
struct RecurrentCell {
  enum Kind { LSTM, GRU, RNN } kind = LSTM;
  int64_t hidden = 0;
  /// W and R; biases of each (may be null).
  mlir::Value w, r, wBias, rBias;
  /// LSTM: the products with W and R where they are no matrices.
  CellProduct timesW, timesR;
  /// LSTM's peephole weights for input, output and forget gate (may be null).
  mlir::Value peepInput, peepOutput, peepForget;
  /// f, g, h of ONNX.
  llvm::SmallVector<Activation, 3> activations;
  /// Gates' arguments are clamped to [-clip, clip]; 0: not.
  double clip = 0;
  /// LSTM: the input gate is 1 - forget gate.
  bool inputForget = false;
  /// GRU: the reset gate is applied after the product.
  bool linearBeforeReset = false;
  /// Steps of each sequence [batch], integers; null: all. Backwards, a sequence
  /// begins at its own end.
  mlir::Value lengths;
};

/// Result of one direction: all hidden states [seq, batch, hidden] and the last
/// ones [batch, hidden] (cell: LSTM only).
struct RecurrentResult {
  mlir::Value all, hidden, cell;
};

/// Runs `cell` over x [seq, batch, input], backwards if `reverse`; `hidden` and
/// `cell` may be null for zeros. Short known sequences are unrolled, others are
/// a graph.while.
RecurrentResult recurrentLayer(GraphBuilder &b, const RecurrentCell &cell,
                               mlir::Value x, mlir::Value hidden,
                               mlir::Value cellState, bool reverse);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_COMPOSITES_H
