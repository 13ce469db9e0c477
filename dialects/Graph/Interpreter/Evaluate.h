//===- Evaluate.h - One function for each operation -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `evaluate(op, operands)` computes the one result of an operation as its
// specification in the .td files says. It relies on what the operation's
// verifier checks statically and checks the rest itself: on failure a message
// has been emitted at the operation.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_EVALUATE_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_EVALUATE_H

#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "dialects/Graph/IR/Tensor.h"

namespace systole::graph {

using Operands = llvm::ArrayRef<Tensor>;
using Evaluated = mlir::FailureOr<Tensor>;

// ElementwiseEval.cpp: one operand.
Evaluated evaluate(AbsOp op, Operands operands);
Evaluated evaluate(NegOp op, Operands operands);
Evaluated evaluate(ExpOp op, Operands operands);
Evaluated evaluate(Expm1Op op, Operands operands);
Evaluated evaluate(LogOp op, Operands operands);
Evaluated evaluate(Log1pOp op, Operands operands);
Evaluated evaluate(SinOp op, Operands operands);
Evaluated evaluate(CosOp op, Operands operands);
Evaluated evaluate(AtanOp op, Operands operands);
Evaluated evaluate(SqrtOp op, Operands operands);
Evaluated evaluate(TanhOp op, Operands operands);
Evaluated evaluate(ErfOp op, Operands operands);
Evaluated evaluate(SigmoidOp op, Operands operands);
Evaluated evaluate(FloorOp op, Operands operands);
Evaluated evaluate(RoundOp op, Operands operands);
Evaluated evaluate(ReluOp op, Operands operands);
Evaluated evaluate(NotOp op, Operands operands);

// CastEval.cpp.
Evaluated evaluate(CastOp op, Operands operands);

// BroadcastEval.cpp: several operands, broadcast to one shape.
Evaluated evaluate(AddOp op, Operands operands);
Evaluated evaluate(SubOp op, Operands operands);
Evaluated evaluate(MulOp op, Operands operands);
Evaluated evaluate(DivOp op, Operands operands);
Evaluated evaluate(PowOp op, Operands operands);
Evaluated evaluate(MaxOp op, Operands operands);
Evaluated evaluate(MinOp op, Operands operands);
Evaluated evaluate(AndOp op, Operands operands);
Evaluated evaluate(OrOp op, Operands operands);
Evaluated evaluate(XorOp op, Operands operands);
Evaluated evaluate(ShiftLeftOp op, Operands operands);
Evaluated evaluate(ShiftRightOp op, Operands operands);
Evaluated evaluate(CompareOp op, Operands operands);
Evaluated evaluate(SelectOp op, Operands operands);
Evaluated evaluate(BroadcastOp op, Operands operands);

// ShapeEval.cpp: same elements, other shape.
Evaluated evaluate(ConstantOp op, Operands operands);
Evaluated evaluate(ShapeOfOp op, Operands operands);
Evaluated evaluate(ReshapeOp op, Operands operands);
Evaluated evaluate(SqueezeOp op, Operands operands);
Evaluated evaluate(UnsqueezeOp op, Operands operands);
Evaluated evaluate(BitcastOp op, Operands operands);

// MoveEval.cpp: elements at other places.
Evaluated evaluate(TransposeOp op, Operands operands);
Evaluated evaluate(ConcatOp op, Operands operands);
Evaluated evaluate(SliceOp op, Operands operands);
Evaluated evaluate(PadOp op, Operands operands);
Evaluated evaluate(GatherOp op, Operands operands);

// IndexEval.cpp: elements that indices name.
Evaluated evaluate(RangeOp op, Operands operands);
Evaluated evaluate(NonZeroOp op, Operands operands);
Evaluated evaluate(GatherElementsOp op, Operands operands);
Evaluated evaluate(GatherNDOp op, Operands operands);
Evaluated evaluate(ScatterElementsOp op, Operands operands);
Evaluated evaluate(ScatterNDOp op, Operands operands);

// OrderEval.cpp: along one dimension.
Evaluated evaluate(ArgReduceOp op, Operands operands);
Evaluated evaluate(TopKOp op, Operands operands);
Evaluated evaluate(CumulativeOp op, Operands operands);

// ContractionEval.cpp.
Evaluated evaluate(MatMulOp op, Operands operands);
Evaluated evaluate(ConvOp op, Operands operands);

// WindowEval.cpp.
Evaluated evaluate(MaxPoolOp op, Operands operands);
Evaluated evaluate(ArgMaxPoolOp op, Operands operands);
Evaluated evaluate(AvgPoolOp op, Operands operands);

// ReduceEval.cpp.
Evaluated evaluate(ReduceOp op, Operands operands);
Evaluated evaluate(SoftmaxOp op, Operands operands);
Evaluated evaluate(BatchNormOp op, Operands operands);

// ResizeEval.cpp, SampleEval.cpp, BoxEval.cpp.
Evaluated evaluate(ResizeOp op, Operands operands);
Evaluated evaluate(SampleOp op, Operands operands);
Evaluated evaluate(NonMaxSuppressionOp op, Operands operands);

// SignalEval.cpp.
Evaluated evaluate(DftOp op, Operands operands);
Evaluated evaluate(DetOp op, Operands operands);
Evaluated evaluate(RandomBitsOp op, Operands operands);

// StringEval.cpp.
Evaluated evaluate(StringEqualOp op, Operands operands);
Evaluated evaluate(StringConcatOp op, Operands operands);
Evaluated evaluate(StringCaseOp op, Operands operands);
Evaluated evaluate(StringFieldCountOp op, Operands operands);
Evaluated evaluate(StringFieldOp op, Operands operands);
Evaluated evaluate(StringMatchOp op, Operands operands);

// QuantEval.cpp.
Evaluated evaluate(QuantizeOp op, Operands operands);
Evaluated evaluate(DequantizeOp op, Operands operands);
Evaluated evaluate(RescaleOp op, Operands operands);

//===----------------------------------------------------------------------===//
// Helpers (EvaluateSupport.cpp)
//===----------------------------------------------------------------------===//

/// Zeros of the result's shape, or failure with a message at `op`.
Evaluated allocate(mlir::Operation *op, mlir::Type elementType,
                   llvm::ArrayRef<int64_t> shape);

/// Text such as "2x3" for messages; "scalar" for rank 0.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// Fails with a message unless `axes` are within `rank` and increasing.
mlir::LogicalResult checkAxes(mlir::Operation *op, llvm::ArrayRef<int64_t> axes,
                              int64_t rank);

/// A window of `kernel` elements along spatial dimension `d` of `size`,
/// resolved with the attributes of `op` (a convolution or a pooling), or
/// failure with a message. All coordinates inside its padding fit into 62 bits.
template <typename WindowOp>
mlir::FailureOr<Window> checkedWindow(WindowOp op, int64_t d, int64_t size,
                                      int64_t kernel, bool ceilMode) {
  int64_t low = op.getPads()[d];
  int64_t high = op.getPads()[op.getPads().size() / 2 + d];
  int64_t stride = op.getStrides()[d], dilation = op.getDilations()[d];
  constexpr int64_t tooMuch = kMaxElements / 4;
  if (low < tooMuch && high < tooMuch)
    if (auto window = resolveWindow(size, kernel, stride, dilation, low, high,
                                    op.getAutoPad(), ceilMode))
      return *window;
  return op.emitOpError("spatial dimension ")
         << d << " of size " << size << ", padded by " << low << " and " << high
         << ", does not hold a window of " << kernel << " dilated by "
         << dilation;
}

/// Distance between elements that differ by one in dimension d, row-major.
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// The elements of an index tensor.
llvm::SmallVector<int64_t> indexValues(const Tensor &tensor);

/// The coordinates 0 .. shape-1, last dimension fastest. Use:
///   for (Odometer o(shape); !o.done(); o.next()) ... o[d] ... o.position()
class Odometer {
public:
  explicit Odometer(llvm::ArrayRef<int64_t> shape)
      : shape(shape), index(shape.size(), 0),
        finished(llvm::is_contained(shape, 0)) {}

  bool done() const { return finished; }
  /// Row-major number of the current coordinates.
  int64_t position() const { return count; }
  int64_t operator[](int64_t d) const { return index[d]; }
  /// Sum of coordinate times stride.
  int64_t dot(llvm::ArrayRef<int64_t> strides) const {
    int64_t sum = 0;
    for (size_t d = 0; d < index.size(); ++d)
      sum += index[d] * strides[d];
    return sum;
  }
  void next() {
    ++count;
    for (int64_t d = static_cast<int64_t>(index.size()) - 1; d >= 0; --d) {
      if (++index[d] < shape[d])
        return;
      index[d] = 0;
    }
    finished = true;
  }

private:
  llvm::ArrayRef<int64_t> shape;
  llvm::SmallVector<int64_t, 6> index;
  int64_t count = 0;
  bool finished;
};

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_EVALUATE_H
