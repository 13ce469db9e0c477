//===- HostScalars.cpp - Small tensors as registers -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two steps, so that nothing is emitted for a chain that turns out to need
// data:
//   1. `isComputable` walks up from the value and looks at every leaf;
//   2. `of` emits the elements, each value once.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/HostScalars.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/Lowerings.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

using Scalars = SmallVector<Value>;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static bool isSmall(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() &&
         type.getNumElements() <= kMaxHostScalars &&
         type.getElementType().isIntOrFloat() &&
         isSupportedElement(type.getElementType());
}

/// For each element of the result of shape `to`, the element of an operand of
/// shape `from` that broadcasting gives it.
static SmallVector<int64_t> broadcastPositions(ArrayRef<int64_t> from,
                                               ArrayRef<int64_t> to) {
  SmallVector<int64_t> positions;
  int64_t count = ShapedType::getNumElements(to);
  for (int64_t flat = 0; flat < count; ++flat) {
    int64_t position = 0, stride = 1, rest = flat;
    for (int64_t d = to.size() - 1, s = static_cast<int64_t>(from.size()) - 1;
         d >= 0; --d, --s) {
      int64_t index = rest % to[d];
      rest /= to[d];
      if (s < 0)
        continue;
      position += from[s] == 1 ? 0 : index * stride;
      stride *= from[s];
    }
    positions.push_back(position);
  }
  return positions;
}

/// Where each element of a slice of a list lies in it; nullopt where that
/// depends on run-time values.
static std::optional<SmallVector<int64_t>> slicePositions(graph::SliceOp op) {
  auto starts = graph::constantInts(op.getStarts()),
       ends = graph::constantInts(op.getEnds()),
       steps = graph::constantInts(op.getSteps());
  if (!starts || !ends || !steps || op.getAxes().size() != 1 ||
      typeOf(op.getInput()).getRank() != 1 || steps->front() == 0)
    return std::nullopt;
  graph::SliceRange range =
      graph::resolveSlice(typeOf(op.getInput()).getDimSize(0), starts->front(),
                          ends->front(), steps->front());
  SmallVector<int64_t> positions;
  for (int64_t i = 0; i < range.count; ++i)
    positions.push_back(range.start + i * steps->front());
  return positions;
}

/// The same for entries gathered from a list.
static std::optional<SmallVector<int64_t>> gatherPositions(graph::GatherOp op) {
  auto indices = graph::constantInts(op.getIndices());
  if (!indices || typeOf(op.getInput()).getRank() != 1)
    return std::nullopt;
  int64_t size = typeOf(op.getInput()).getDimSize(0);
  SmallVector<int64_t> positions;
  for (int64_t index : *indices) {
    if (index < -size || index >= size)
      return std::nullopt;
    positions.push_back(index < 0 ? index + size : index);
  }
  return positions;
}

namespace {
class ScalarEvaluator {
public:
  explicit ScalarEvaluator(HostBuilder &host) : host(host) {}

  bool isComputable(Value value);
  Scalars of(Value value);

private:
  bool areComputable(ValueRange values) {
    return llvm::all_of(values,
                        [&](Value value) { return isComputable(value); });
  }
  bool isComputableResult(Operation *op);
  Scalars ofConstant(Value value);
  Scalars ofExpression(Operation *op);
  Scalars ofResult(Operation *op);
  Scalars pick(Value input, ArrayRef<int64_t> positions);

  HostBuilder &host;
  llvm::DenseMap<Value, bool> computable;
  llvm::DenseMap<Value, Scalars> emitted;
};
} // namespace

bool ScalarEvaluator::isComputable(Value value) {
  auto [entry, isNew] = computable.try_emplace(value, false);
  if (!isNew)
    return entry->second;
  bool result = isSmall(value);
  if (result && !graph::constantAttribute(value)) {
    Operation *op = value.getDefiningOp();
    result = op && isComputableResult(op);
  }
  return computable[value] = result;
}

bool ScalarEvaluator::isComputableResult(Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<graph::ShapeOfOp>([](auto) { return true; })
      .Case<graph::ReshapeOp, graph::SqueezeOp, graph::UnsqueezeOp,
            graph::BroadcastOp>(
          [&](auto view) { return isComputable(view.getInput()); })
      .Case<graph::SliceOp>([&](auto slice) {
        return slicePositions(slice) && isComputable(slice.getInput());
      })
      .Case<graph::GatherOp>([&](auto gather) {
        return gatherPositions(gather) && isComputable(gather.getInput());
      })
      .Case<graph::ConcatOp>([&](auto concat) {
        return typeOf(concat.getResult()).getRank() == 1 &&
               areComputable(concat.getInputs());
      })
      .Case<graph::GroupOp>([&](auto group) {
        return isElementwiseGroup(group) && areComputable(group.getInputs());
      })
      .Default([&](Operation *) {
        return op->hasTrait<graph::Elementwise>() &&
               areComputable(op->getOperands());
      });
}

Scalars ScalarEvaluator::pick(Value input, ArrayRef<int64_t> positions) {
  Scalars elements = of(input), result;
  for (int64_t position : positions)
    result.push_back(elements[position]);
  return result;
}

Scalars ScalarEvaluator::ofConstant(Value value) {
  auto tensor = graph::tensorFromAttribute(graph::constantAttribute(value));
  assert(succeeded(tensor) && "verified when the walk reached the constant");
  Type type = computeType(tensor->getElementType());
  Scalars result;
  for (int64_t i = 0; i < tensor->size(); ++i)
    result.push_back(
        isa<FloatType>(type)
            ? floatConstant(host.b, host.loc, type, tensor->getDouble(i))
            : intConstant(host.b, host.loc, type, tensor->getInt(i)));
  return result;
}

/// An element-wise operation, or a group of them, for each element.
Scalars ScalarEvaluator::ofExpression(Operation *op) {
  Expression expression = expressionOf(op);
  ArrayRef<int64_t> shape = typeOf(expression.hostResult).getShape();
  SmallVector<Scalars> leaves;
  for (auto [outside, inside] : expression.leaves)
    leaves.push_back(
        pick(outside, broadcastPositions(typeOf(outside).getShape(), shape)));
  Scalars result;
  for (int64_t i = 0; i < ShapedType::getNumElements(shape); ++i) {
    llvm::DenseMap<Value, Value> values;
    for (auto [leaf, elements] : llvm::zip_equal(expression.leaves, leaves))
      values[leaf.second] = elements[i];
    result.push_back(
        evaluate(host, expression.operations, expression.result, values, 1));
  }
  return result;
}

Scalars ScalarEvaluator::ofResult(Operation *op) {
  return llvm::TypeSwitch<Operation *, Scalars>(op)
      .Case<graph::ShapeOfOp>([&](auto shape) {
        Type type = computeType(typeOf(shape.getResult()).getElementType());
        Scalars result;
        for (Value dim : host.get(shape.getInput()).dims)
          result.push_back(
              host.b.createOrFold<arith::IndexCastOp>(host.loc, type, dim));
        return result;
      })
      .Case<graph::ReshapeOp, graph::SqueezeOp, graph::UnsqueezeOp>(
          [&](auto view) { return of(view.getInput()); })
      .Case<graph::BroadcastOp>([&](auto broadcast) {
        return pick(
            broadcast.getInput(),
            broadcastPositions(typeOf(broadcast.getInput()).getShape(),
                               typeOf(broadcast.getResult()).getShape()));
      })
      .Case<graph::SliceOp>([&](auto slice) {
        return pick(slice.getInput(), *slicePositions(slice));
      })
      .Case<graph::GatherOp>([&](auto gather) {
        return pick(gather.getInput(), *gatherPositions(gather));
      })
      .Case<graph::ConcatOp>([&](auto concat) {
        Scalars result;
        for (Value input : concat.getInputs())
          llvm::append_range(result, of(input));
        return result;
      })
      .Default([&](Operation *) { return ofExpression(op); });
}

Scalars ScalarEvaluator::of(Value value) {
  auto known = emitted.find(value);
  if (known != emitted.end())
    return known->second;
  Scalars result = graph::constantAttribute(value)
                       ? ofConstant(value)
                       : ofResult(value.getDefiningOp());
  return emitted[value] = result;
}

std::optional<SmallVector<Value>> systole::cpu::hostScalars(HostBuilder &host,
                                                            Value value) {
  ScalarEvaluator evaluator(host);
  if (!evaluator.isComputable(value))
    return std::nullopt;
  return evaluator.of(value);
}
