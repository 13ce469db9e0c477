//===- RandomGraph.cpp - Random networks ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pool of values of rank 4 grows by one operation at a time, mostly applied
// to the newest value, so that long chains arise, sometimes to an older one, so
// that values have several uses.
//
//===----------------------------------------------------------------------===//

#include "RandomGraph.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <algorithm>
#include <functional>

using namespace mlir;

namespace systole::graph {

Tensor RandomNumbers::tensor(Type elementType, ArrayRef<int64_t> shape) {
  Tensor result(elementType, shape);
  for (int64_t i = 0; i < result.size(); ++i) {
    if (isa<FloatType>(elementType))
      result.setDouble(i, real());
    else
      result.setInt(i,
                    elementType.isInteger(1) ? integer(0, 1) : integer(-2, 2));
  }
  return result;
}

namespace {

/// Builds one graph.
class GraphMaker {
public:
  GraphMaker(MLIRContext *context, RandomNumbers &random)
      : random(random), builder(context) {}

  void make(ModuleOp module, StringRef name, int64_t numOps);

private:
  Location loc() {
    return nodeLocation(builder.getContext(),
                        ("node" + Twine(numNodes++)).str(), "Op");
  }
  Value constant(ArrayRef<int64_t> shape) {
    return makeConstant(builder, loc(),
                        random.tensor(builder.getF32Type(), shape));
  }
  /// A value to continue with: the newest one, mostly.
  Value pick() {
    return random.oneIn(4) ? pool[random.integer(0, pool.size() - 1)]
                           : pool.back();
  }
  static ArrayRef<int64_t> shapeOf(Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  }
  /// Sizes of dimension `d`, or -1 where it is dynamic.
  static int64_t size(Value value, int64_t d) { return shapeOf(value)[d]; }

  Value makeUnary(Value x);
  Value makeBinary(Value x);
  Value makeConv(Value x);
  Value makePool(Value x);
  Value makeBatchNorm(Value x);
  Value makeTranspose(Value x);
  Value makeMovement(Value x);
  Value makeReduction(Value x);
  Value makeAlgebra(Value x);
  Value makeBroadcast(Value x);
  Value makeNormalisation(Value x);
  Value makeNext();
  /// A flattened value times a matrix, or null where sizes are unknown.
  Value makeClassifier(Value x);

  RandomNumbers &random;
  OpBuilder builder;
  SmallVector<Value> pool;
  int64_t numNodes = 0;
};

} // namespace

Value GraphMaker::makeUnary(Value x) {
  switch (random.integer(0, 4)) {
  case 0:
    return ReluOp::create(builder, loc(), x);
  case 1:
    return TanhOp::create(builder, loc(), x);
  case 2:
    return SigmoidOp::create(builder, loc(), x);
  case 3:
    return NegOp::create(builder, loc(), x);
  default:
    return MulOp::create(builder, loc(), x,
                         SigmoidOp::create(builder, loc(), x));
  }
}

Value GraphMaker::makeBinary(Value x) {
  SmallVector<int64_t> shape(shapeOf(x));
  SmallVector<Value> others;
  for (Value other : pool)
    if (other.getType() == x.getType())
      others.push_back(other);
  Value y;
  if (random.oneIn(2)) {
    y = others[random.integer(0, others.size() - 1)];
  } else {
    // A constant that varies along some dimensions only, perhaps of lower rank.
    for (int64_t &dim : shape)
      if (ShapedType::isDynamic(dim) || !random.oneIn(3))
        dim = 1;
    ArrayRef<int64_t> kept = shape;
    while (!kept.empty() && kept.front() == 1 && random.oneIn(2))
      kept = kept.drop_front();
    y = constant(kept);
  }
  if (random.oneIn(2))
    std::swap(x, y);
  switch (random.integer(0, 3)) {
  case 0:
    return AddOp::create(builder, loc(), x, y);
  case 1:
    return SubOp::create(builder, loc(), x, y);
  case 2:
    return MulOp::create(builder, loc(), x, y);
  default:
    return MaxOp::create(builder, loc(), x, y);
  }
}

Value GraphMaker::makeConv(Value x) {
  int64_t channels = size(x, 1);
  if (ShapedType::isDynamic(channels) || channels == 0)
    return nullptr;
  MLIRContext *context = builder.getContext();
  int64_t groups = random.oneIn(3) ? channels : 1;
  int64_t outputs = groups * random.integer(1, 3),
          kernel = random.oneIn(2) ? 1 : 3;
  SmallVector<int64_t> pads(4, kernel / 2), ones{1, 1};
  SmallVector<int64_t> strides{1, random.oneIn(4) ? 2 : 1};
  Value filter = constant({outputs, channels / groups, kernel, kernel});
  Value bias = random.oneIn(2) ? constant({outputs}) : Value();
  return ConvOp::create(builder, loc(), x, filter, bias,
                        LayoutAttr::channelsFirst(context, 2),
                        LayoutAttr::filterChannelsFirst(context, 2),
                        LayoutAttr::channelsFirst(context, 2), strides, ones,
                        pads, AutoPad::explicit_pads, groups, TypeAttr());
}

Value GraphMaker::makePool(Value x) {
  auto layout = LayoutAttr::channelsFirst(builder.getContext(), 2);
  SmallVector<int64_t> kernel{2, 3}, ones{1, 1}, pads{1, 1, 0, 1};
  if (random.oneIn(2))
    return MaxPoolOp::create(builder, loc(), x, layout, kernel, ones, ones,
                             pads, AutoPad::explicit_pads, false);
  return AvgPoolOp::create(builder, loc(), x, layout, kernel, ones, ones, pads,
                           AutoPad::explicit_pads, false, random.oneIn(2));
}

Value GraphMaker::makeBatchNorm(Value x) {
  int64_t axis = random.oneIn(4) ? random.integer(1, 3) : 1;
  int64_t channels = size(x, axis);
  if (ShapedType::isDynamic(channels))
    return nullptr;
  Value scale = constant({channels}), bias = constant({channels});
  Value mean = constant({channels});
  Tensor variance = random.tensor(builder.getF32Type(), {channels});
  for (int64_t i = 0; i < channels; ++i)
    variance.setDouble(i, 1.5 + variance.getDouble(i));
  return BatchNormOp::create(builder, loc(), x, scale, bias, mean,
                             makeConstant(builder, loc(), variance), axis,
                             llvm::APFloat(1e-5));
}

Value GraphMaker::makeTranspose(Value x) {
  static const int64_t perms[][4] = {
      {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 1, 3, 2}, {1, 0, 2, 3}};
  // The batch stays in front where it is dynamic: other operations rely on it.
  int64_t last = ShapedType::isDynamic(size(x, 0)) ? 2 : 3;
  return TransposeOp::create(builder, loc(), x,
                             ArrayRef(perms[random.integer(0, last)]));
}

Value GraphMaker::makeMovement(Value x) {
  int64_t axis = random.integer(1, 3);
  switch (random.integer(0, 3)) {
  case 0:
    return ConcatOp::create(builder, loc(), ValueRange{x, x}, axis);
  case 1: {
    Value start = makeIndexConstant(builder, loc(), {random.integer(-1, 1)});
    Value end = makeIndexConstant(builder, loc(), {1000});
    Value step = makeIndexConstant(builder, loc(), {random.integer(1, 2)});
    return SliceOp::create(builder, loc(), x, start, end, step, ArrayRef{axis});
  }
  case 2: {
    Value pads = makeIndexConstant(builder, loc(), {0, 1, 0, 0, 0, 0, 1, 2});
    return PadOp::create(builder, loc(), PadMode::constant, x, pads, Value());
  }
  default: {
    int64_t at = random.integer(0, 4);
    Value wide = UnsqueezeOp::create(builder, loc(), x, ArrayRef{at});
    return SqueezeOp::create(builder, loc(), wide, ArrayRef{at});
  }
  }
}

Value GraphMaker::makeReduction(Value x) {
  int64_t axis = random.integer(1, 3);
  if (random.oneIn(2))
    return SoftmaxOp::create(builder, loc(), x, axis);
  SmallVector<int64_t> axes{axis};
  if (axis < 3 && random.oneIn(2))
    axes.push_back(3);
  auto kind = random.oneIn(2) ? ReduceKind::mean : ReduceKind::max;
  if (random.oneIn(2))
    return ReduceOp::create(builder, loc(), kind, x, axes, true);
  // Without the dimensions, and with them inserted again.
  Value reduced = ReduceOp::create(builder, loc(), kind, x, axes, false);
  return UnsqueezeOp::create(builder, loc(), reduced, axes);
}

/// What graph-simplify-algebra looks for: operations with one constant, signs,
/// conditions.
Value GraphMaker::makeAlgebra(Value x) {
  static const double numbers[] = {0.0, 1.0, 2.0, 3.0, -0.5, 4.0};
  Value c = makeScalarConstant(builder, loc(), builder.getF32Type(),
                               numbers[random.integer(0, 5)]);
  Value divisor = makeScalarConstant(builder, loc(), builder.getF32Type(),
                                     numbers[random.integer(1, 5)]);
  Value whole = makeScalarConstant(builder, loc(), builder.getF32Type(),
                                   random.integer(0, 3));
  switch (random.integer(0, 7)) {
  case 0:
    return AddOp::create(builder, loc(), x, c);
  case 1:
    return SubOp::create(builder, loc(), c, x);
  case 2:
    return SubOp::create(builder, loc(), x, c);
  case 3:
    return MulOp::create(builder, loc(), c, x);
  case 4:
    return DivOp::create(builder, loc(), x, divisor);
  case 5:
    return MinOp::create(builder, loc(), x, c);
  case 6:
    // Bounded, so that powers of powers stay numbers.
    return PowOp::create(builder, loc(), TanhOp::create(builder, loc(), x),
                         whole);
  default: {
    auto predicate =
        random.oneIn(2) ? ComparePredicate::eq : ComparePredicate::lt;
    Value is = CompareOp::create(builder, loc(), predicate, x, c);
    Value isNot = NotOp::create(builder, loc(), is);
    return SelectOp::create(builder, loc(), isNot,
                            NegOp::create(builder, loc(), x), c);
  }
  }
}

/// A reduced value repeated to its old shape, perhaps beside the old value.
Value GraphMaker::makeBroadcast(Value x) {
  SmallVector<int64_t> axes{random.integer(1, 3)};
  Value reduced = ReduceOp::create(builder, loc(), ReduceKind::max, x, axes,
                                   /*keep_dims=*/true);
  if (random.oneIn(2))
    reduced = ReduceOp::create(builder, loc(), ReduceKind::max, reduced,
                               SmallVector<int64_t>{random.integer(1, 3)},
                               /*keep_dims=*/true);
  Value shape = ShapeOfOp::create(builder, loc(), x);
  Value wide = BroadcastOp::create(builder, loc(), x.getType(), reduced, shape);
  if (random.oneIn(2))
    wide = TanhOp::create(builder, loc(), wide);
  return random.oneIn(2) ? Value(SubOp::create(builder, loc(), x, wide)) : wide;
}

/// A layer normalisation in single operations, as exporters write it.
Value GraphMaker::makeNormalisation(Value x) {
  int64_t axis = random.oneIn(3) ? 2 : 3;
  if (size(x, axis) < 2)
    return nullptr; // The variance of one element is rounding alone.
  SmallVector<int64_t> axes{axis};
  auto mean = [&](Value value) -> Value {
    return ReduceOp::create(builder, loc(), ReduceKind::mean, value, axes,
                            /*keep_dims=*/true);
  };
  Value centred = SubOp::create(builder, loc(), x, mean(x));
  Value variance = mean(MulOp::create(builder, loc(), centred, centred));
  Value epsilon =
      makeScalarConstant(builder, loc(), builder.getF32Type(), 0.01);
  Value deviation = SqrtOp::create(
      builder, loc(), AddOp::create(builder, loc(), variance, epsilon));
  Value normal = DivOp::create(builder, loc(), centred, deviation);
  if (ShapedType::isDynamic(size(x, 3)))
    return normal;
  Value scaled = MulOp::create(builder, loc(), normal, constant({size(x, 3)}));
  return AddOp::create(builder, loc(), scaled, constant({size(x, 3)}));
}

Value GraphMaker::makeClassifier(Value x) {
  int64_t features = countElements(shapeOf(x).drop_front());
  if (features <= 0)
    return nullptr;
  Value target = makeIndexConstant(builder, loc(), {-1, features});
  Value flat = ReshapeOp::create(builder, loc(), x, target, false);
  Value product = MatMulOp::create(builder, loc(), flat,
                                   constant({features, 3}), TypeAttr());
  return AddOp::create(builder, loc(), product, constant({3}));
}

Value GraphMaker::makeNext() {
  Value x = pick();
  switch (random.integer(0, 15)) {
  case 0:
  case 1:
    return makeUnary(x);
  case 2:
  case 3:
    return makeBinary(x);
  case 4:
  case 5:
    return makeConv(x);
  case 6:
    return makePool(x);
  case 7:
    return makeBatchNorm(x);
  case 8:
  case 9:
    return makeTranspose(x);
  case 10:
    return makeMovement(x);
  case 11:
  case 12:
    return makeAlgebra(x);
  case 13:
    return makeBroadcast(x);
  case 14:
    return makeNormalisation(x);
  default:
    return makeReduction(x);
  }
}

void GraphMaker::make(ModuleOp module, StringRef name, int64_t numOps) {
  int64_t batch = random.oneIn(2) ? ShapedType::kDynamic : 2;
  auto type = RankedTensorType::get({batch, random.integer(1, 3), 4, 5},
                                    builder.getF32Type());
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(
      builder, loc(), name, builder.getFunctionType({type, type}, {}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  pool.assign(body->args_begin(), body->args_end());
  for (int64_t i = 0; i < numOps; ++i) {
    Value next = makeNext();
    // Values that grew too large, or shrank to nothing, are left dead.
    int64_t elements = next ? countElements(shapeOf(next).drop_front()) : 0;
    if (elements > 0 && elements <= 2000)
      pool.push_back(next);
  }
  SmallVector<Value> results{pool.back(), pick()};
  if (Value scores = makeClassifier(pick()))
    results.push_back(scores);
  func::ReturnOp::create(builder, loc(), results);
  function.setType(
      builder.getFunctionType({type, type}, ValueRange(results).getTypes()));
}

void addRandomGraph(ModuleOp module, StringRef name, RandomNumbers &random,
                    int64_t numOps) {
  GraphMaker(module.getContext(), random).make(module, name, numOps);
}

} // namespace systole::graph
