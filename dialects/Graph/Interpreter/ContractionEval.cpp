//===- ContractionEval.cpp - Matrix product and convolution ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Resolves shapes and layouts of graph.matmul and graph.conv, brings operands
// into their compute type, and runs the loops of ContractionKernels.h. Integers
// are computed as uint64_t, where wrapping is defined.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/ContractionKernels.h"
#include "dialects/Graph/Interpreter/Elements.h"

using namespace mlir;

namespace systole::graph {

/// Calls `function(T())` with the type that products and sums are formed in.
template <typename Function>
static auto withSumType(Type type, Function function) {
  return withNumericType(type, [&](auto zero) {
    if constexpr (std::is_integral_v<decltype(zero)>)
      return function(uint64_t());
    else
      return function(zero);
  });
}

/// `tensor` with its elements stored, and aligned, as T.
template <typename T>
static Evaluated widen(Operation *op, const Tensor &tensor) {
  bool aligned = reinterpret_cast<uintptr_t>(tensor.data()) % alignof(T) == 0;
  if (isStoredAs<T>(tensor.getElementType()) && aligned)
    return tensor;
  Evaluated wide =
      allocate(op, computeType(tensor.getElementType()), tensor.getShape());
  if (failed(wide))
    return failure();
  Reader<T> from(tensor);
  for (int64_t i = 0; i < tensor.size(); ++i)
    wide->store<T>(i, from[i]);
  return wide;
}

/// The opposite: elements stored as T, rounded or wrapped to `type`.
template <typename T>
static Evaluated narrow(Operation *op, const Tensor &wide, Type type) {
  if (isStoredAs<T>(type))
    return Tensor(type, wide.getShape(), const_cast<char *>(wide.data()),
                  wide.getOwner());
  Evaluated result = allocate(op, type, wide.getShape());
  if (failed(result))
    return failure();
  Writer<T> to(*result);
  for (int64_t i = 0; i < wide.size(); ++i)
    to.set(i, wide.load<T>(i));
  return result;
}

/// The elements of a tensor that `widen` returned.
template <typename T>
static T *elements(const Tensor &tensor) {
  return reinterpret_cast<T *>(const_cast<char *>(tensor.data()));
}

//===----------------------------------------------------------------------===//
// Matrix product
//===----------------------------------------------------------------------===//

namespace {
/// The sizes of a matrix product. Batch strides are counted in matrices.
struct MatMulShape {
  int64_t m, n, k;
  SmallVector<int64_t> batch, lhsBatch, rhsBatch, result;
};
} // namespace

/// Strides of `own` batch dimensions seen as dimensions of `batch`; 0 where
/// they are stretched.
static SmallVector<int64_t> batchStrides(ArrayRef<int64_t> own,
                                         ArrayRef<int64_t> batch) {
  SmallVector<int64_t> strides(batch.size(), 0);
  SmallVector<int64_t> ownStrides = rowMajorStrides(own);
  for (size_t d = 0; d < own.size(); ++d)
    if (own[d] != 1)
      strides[batch.size() - own.size() + d] = ownStrides[d];
  return strides;
}

static FailureOr<MatMulShape> matmulShape(MatMulOp op, Operands operands) {
  SmallVector<int64_t> lhs(operands[0].getShape()), rhs(operands[1].getShape());
  if (lhs.empty() || rhs.empty())
    return op.emitOpError("an operand is a scalar");
  bool lhsVector = lhs.size() == 1, rhsVector = rhs.size() == 1;
  if (lhsVector)
    lhs.insert(lhs.begin(), 1);
  if (rhsVector)
    rhs.push_back(1);
  MatMulShape shape;
  shape.n = rhs.pop_back_val();
  int64_t rhsK = rhs.pop_back_val();
  shape.k = lhs.pop_back_val();
  shape.m = lhs.pop_back_val();
  if (shape.k != rhsK)
    return op.emitOpError("contracted dimensions differ: ")
           << shape.k << " on the left and " << rhsK << " on the right";
  auto batch = broadcastShapes({lhs, rhs});
  if (!batch)
    return op.emitOpError("batch dimensions do not broadcast: ")
           << shapeText(lhs) << " and " << shapeText(rhs);
  shape.batch = *batch;
  shape.lhsBatch = batchStrides(lhs, *batch);
  shape.rhsBatch = batchStrides(rhs, *batch);
  shape.result = *batch;
  if (!lhsVector)
    shape.result.push_back(shape.m);
  if (!rhsVector)
    shape.result.push_back(shape.n);
  return shape;
}

template <typename T>
static Evaluated matmulAs(MatMulOp op, Operands operands,
                          const MatMulShape &shape) {
  Type type = getElementTypeOrSelf(op.getType());
  Evaluated lhs = widen<T>(op, operands[0]);
  Evaluated rhs = widen<T>(op, operands[1]);
  Evaluated wide = allocate(op, computeType(type), shape.result);
  if (failed(lhs) || failed(rhs) || failed(wide))
    return failure();
  for (Odometer b(shape.batch); !b.done() && wide->size(); b.next())
    matmulFast<T>(elements<T>(*lhs) + b.dot(shape.lhsBatch) * shape.m * shape.k,
                  elements<T>(*rhs) + b.dot(shape.rhsBatch) * shape.k * shape.n,
                  elements<T>(*wide) + b.position() * shape.m * shape.n,
                  shape.m, shape.n, shape.k);
  return narrow<T>(op, *wide, type);
}

Evaluated evaluate(MatMulOp op, Operands operands) {
  FailureOr<MatMulShape> shape = matmulShape(op, operands);
  if (failed(shape))
    return failure();
  return withSumType(getElementTypeOrSelf(op.getType()), [&](auto zero) {
    return matmulAs<decltype(zero)>(op, operands, *shape);
  });
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

/// The strides of a tensor of `shape` whose dimensions `layout` names.
static ConvStrides layoutStrides(ArrayRef<int64_t> shape, LayoutAttr layout,
                                 int64_t outer, int64_t channel) {
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  ConvStrides result{strides[outer], strides[channel], {}};
  for (int64_t d = 0; d < layout.numSpatial(); ++d)
    result.spatial.push_back(strides[layout.spatial(d)]);
  return result;
}

/// Checks ranks and channels, which the verifier cannot see in dynamic shapes.
static LogicalResult checkConv(ConvOp op, Operands operands) {
  const Tensor &input = operands[0], &filter = operands[1];
  LayoutAttr inputLayout = op.getInputLayout();
  LayoutAttr filterLayout = op.getFilterLayout();
  if (input.rank() != inputLayout.rank() ||
      filter.rank() != filterLayout.rank())
    return op.emitOpError("layouts do not fit an input of shape ")
           << shapeText(input.getShape()) << " and a filter of shape "
           << shapeText(filter.getShape());
  int64_t channels = input.dim(inputLayout.channel());
  int64_t inChannels = filter.dim(filterLayout.inputChannel());
  int64_t outChannels = filter.dim(filterLayout.outputChannel());
  int64_t groups = op.getGroups();
  if (channels % groups || outChannels % groups ||
      channels / groups != inChannels)
    return op.emitOpError("channels do not fit: input ")
           << channels << ", filter " << outChannels << "x" << inChannels
           << ", groups " << groups;
  if (operands.size() > 2 &&
      operands[2].getShape() != ArrayRef<int64_t>(outChannels))
    return op.emitOpError("bias has shape ")
           << shapeText(operands[2].getShape()) << ", expected " << outChannels;
  return success();
}

static FailureOr<ConvShape> convShape(ConvOp op, Operands operands) {
  if (failed(checkConv(op, operands)))
    return failure();
  LayoutAttr inputLayout = op.getInputLayout();
  LayoutAttr filterLayout = op.getFilterLayout();
  const Tensor &input = operands[0], &filter = operands[1];
  ConvShape s;
  s.batch = input.dim(inputLayout.batch());
  s.groups = op.getGroups();
  s.inChannels = filter.dim(filterLayout.inputChannel());
  s.outChannels = filter.dim(filterLayout.outputChannel()) / s.groups;
  s.strides = SmallVector<int64_t>(op.getStrides());
  s.dilations = SmallVector<int64_t>(op.getDilations());
  int64_t numSpatial = inputLayout.numSpatial();
  for (int64_t d = 0; d < numSpatial; ++d) {
    s.inSize.push_back(input.dim(inputLayout.spatial(d)));
    s.kernel.push_back(filter.dim(filterLayout.spatial(d)));
    auto window = checkedWindow(op, d, s.inSize[d], s.kernel[d],
                                /*ceilMode=*/false);
    if (failed(window))
      return failure();
    s.padLow.push_back(window->padLow);
    s.outSize.push_back(window->outSize);
  }
  s.input = layoutStrides(input.getShape(), inputLayout, inputLayout.batch(),
                          inputLayout.channel());
  s.filter =
      layoutStrides(filter.getShape(), filterLayout,
                    filterLayout.outputChannel(), filterLayout.inputChannel());
  return s;
}

template <typename T>
static Evaluated convAs(ConvOp op, Operands operands, const ConvShape &s,
                        ArrayRef<int64_t> resultShape) {
  Type type = getElementTypeOrSelf(op.getType());
  Type wideType = computeType(type);
  Evaluated input = widen<T>(op, operands[0]);
  Evaluated filter = widen<T>(op, operands[1]);
  Evaluated bias = operands.size() > 2 ? widen<T>(op, operands[2]) : Tensor();
  Evaluated wide = allocate(op, wideType, resultShape);
  Evaluated packed = allocate(op, wideType, operands[1].getShape());
  Evaluated sums = allocate(op, wideType, {s.outChannels});
  if (failed(input) || failed(filter) || failed(bias) || failed(wide) ||
      failed(packed) || failed(sums))
    return failure();
  if (wide->size())
    convFast<T>(s, elements<T>(*input), elements<T>(*filter),
                operands.size() > 2 ? elements<T>(*bias) : nullptr,
                elements<T>(*wide), elements<T>(*packed), elements<T>(*sums));
  return narrow<T>(op, *wide, type);
}

Evaluated evaluate(ConvOp op, Operands operands) {
  FailureOr<ConvShape> s = convShape(op, operands);
  if (failed(s))
    return failure();
  LayoutAttr layout = op.getOutputLayout();
  SmallVector<int64_t> shape(layout.rank());
  shape[layout.batch()] = s->batch;
  shape[layout.channel()] = s->groups * s->outChannels;
  for (int64_t d = 0; d < layout.numSpatial(); ++d)
    shape[layout.spatial(d)] = s->outSize[d];
  s->output = layoutStrides(shape, layout, layout.batch(), layout.channel());
  return withSumType(getElementTypeOrSelf(op.getType()), [&](auto zero) {
    return convAs<decltype(zero)>(op, operands, *s, shape);
  });
}

} // namespace systole::graph
