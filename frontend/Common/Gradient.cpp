//===- Gradient.cpp - Derivatives as graph operations ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// (1) list the operations that lead from the xs to y, each after its operands;
// (2) backwards, add to each operand's derivative what the result's
// contributes. The rules are one function for each operation: they give the
// contributions to all operands, in the shape of the result; operands that were
// broadcast sum theirs.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Gradient.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

using Contributions = SmallVector<Value, 3>;

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

namespace {
/// The contributions of an operation's result, whose derivative is `g`. A rule
/// gives none, and null values, for operands that it cannot derive by.
struct Rules {
  GraphBuilder &b;
  Value g;

  Value one(Value like) { return b.like(like, 1.0); }
  Value times(Value factor) { return b.mul(g, factor); }

  Contributions unary(Operation *op);
  Contributions binary(Operation *op);
  Contributions matmul(graph::MatMulOp op);
  Contributions reduce(graph::ReduceOp op);
  Contributions softmax(graph::SoftmaxOp op);
  Contributions of(Operation *op);
};
} // namespace

Contributions Rules::unary(Operation *op) {
  Value x = op->getOperand(0), y = op->getResult(0);
  return llvm::TypeSwitch<Operation *, Contributions>(op)
      .Case<graph::NegOp>([&](auto) { return Contributions{b.neg(g)}; })
      .Case<graph::ExpOp>([&](auto) { return Contributions{times(y)}; })
      .Case<graph::LogOp>([&](auto) { return Contributions{b.div(g, x)}; })
      .Case<graph::SqrtOp>(
          [&](auto) { return Contributions{b.div(b.mul(g, 0.5), y)}; })
      .Case<graph::SinOp>(
          [&](auto) { return Contributions{times(b.make<graph::CosOp>({x}))}; })
      .Case<graph::CosOp>([&](auto) {
        return Contributions{b.neg(times(b.make<graph::SinOp>({x})))};
      })
      .Case<graph::TanhOp>([&](auto) {
        return Contributions{times(b.sub(one(y), b.mul(y, y)))};
      })
      .Case<graph::SigmoidOp>([&](auto) {
        return Contributions{times(b.mul(y, b.sub(one(y), y)))};
      })
      .Case<graph::ReluOp>([&](auto) {
        Value isOn = b.compare(ComparePredicate::gt, x, 0.0);
        return Contributions{b.select(isOn, g, b.like(g, 0.0))};
      })
      .Case<graph::AbsOp>([&](auto) {
        Value isNegative = b.compare(ComparePredicate::lt, x, 0.0);
        return Contributions{b.select(isNegative, b.neg(g), g)};
      })
      .Case<graph::CastOp>([&](auto) {
        return Contributions{b.cast(g, GraphBuilder::elementType(x))};
      })
      .Case<graph::TransposeOp>([&](graph::TransposeOp transpose) {
        SmallVector<int64_t> back(transpose.getPerm().size());
        for (auto [to, from] : llvm::enumerate(transpose.getPerm()))
          back[from] = static_cast<int64_t>(to);
        return Contributions{b.transpose(g, back)};
      })
      .Default([](Operation *) { return Contributions(); });
}

Contributions Rules::binary(Operation *op) {
  Value x = op->getOperand(0), y = op->getOperand(op->getNumOperands() - 1);
  auto choose = [&](ComparePredicate predicate) {
    Value isFirst = b.compare(predicate, x, y), none = b.like(g, 0.0);
    return Contributions{b.select(isFirst, g, none),
                         b.select(isFirst, none, g)};
  };
  return llvm::TypeSwitch<Operation *, Contributions>(op)
      .Case<graph::AddOp>([&](auto) { return Contributions{g, g}; })
      .Case<graph::SubOp>([&](auto) { return Contributions{g, b.neg(g)}; })
      .Case<graph::MulOp>(
          [&](auto) { return Contributions{times(y), times(x)}; })
      .Case<graph::DivOp>([&](auto) {
        Value byX = b.div(g, y);
        return Contributions{byX, b.neg(b.mul(byX, b.div(x, y)))};
      })
      .Case<graph::PowOp>([&](auto) {
        Value less = b.make<graph::PowOp>({x, b.sub(y, 1.0)});
        Value power = op->getResult(0);
        return Contributions{times(b.mul(y, less)),
                             times(b.mul(power, b.log(x)))};
      })
      .Case<graph::MaxOp>([&](auto) { return choose(ComparePredicate::ge); })
      .Case<graph::MinOp>([&](auto) { return choose(ComparePredicate::le); })
      .Default([](Operation *) { return Contributions(); });
}

/// Of matrices, in batches or not: g yT and xT g.
Contributions Rules::matmul(graph::MatMulOp op) {
  auto transposed = [&](Value matrix) {
    SmallVector<int64_t> perm;
    for (int64_t d = 0; d < *GraphBuilder::rankOf(matrix); ++d)
      perm.push_back(d);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return b.transpose(matrix, perm);
  };
  if (GraphBuilder::rankOf(op.getLhs()).value_or(0) < 2 ||
      GraphBuilder::rankOf(op.getRhs()).value_or(0) < 2)
    return {};
  return {b.matmul(g, transposed(op.getRhs())),
          b.matmul(transposed(op.getLhs()), g)};
}

/// Each summand has the derivative of its sum.
Contributions Rules::reduce(graph::ReduceOp op) {
  Value x = op.getInput();
  bool isMean = op.getKind() == ReduceKind::mean;
  if (!isMean && op.getKind() != ReduceKind::sum)
    return {};
  Value kept = op.getKeepDims() ? g : b.unsqueeze(g, op.getAxes());
  Value spread = b.broadcast(kept, b.shapeOf(x));
  if (!isMean)
    return {spread};
  Extent count = int64_t(1);
  for (int64_t axis : op.getAxes())
    count = b.product(count, b.extent(x, axis));
  Value number = b.reshape(b.shape({count}), llvm::ArrayRef<Extent>());
  return {b.div(spread, b.cast(number, GraphBuilder::elementType(x)))};
}

/// y (g - sum of g y).
Contributions Rules::softmax(graph::SoftmaxOp op) {
  Value y = op.getResult(), weighted = times(y);
  Value sum = b.reduce(ReduceKind::sum, weighted,
                       {static_cast<int64_t>(op.getAxis())}, true);
  return {b.sub(weighted, b.mul(y, sum))};
}

Contributions Rules::of(Operation *op) {
  return llvm::TypeSwitch<Operation *, Contributions>(op)
      .Case<graph::MatMulOp>([&](auto typed) { return matmul(typed); })
      .Case<graph::ReduceOp>([&](auto typed) { return reduce(typed); })
      .Case<graph::SoftmaxOp>([&](auto typed) { return softmax(typed); })
      .Case<graph::ReshapeOp, graph::SqueezeOp, graph::UnsqueezeOp>(
          [&](auto typed) {
            return Contributions{b.reshape(g, b.shapeOf(typed.getInput()))};
          })
      .Case<graph::BroadcastOp>([&](auto) { return Contributions{g}; })
      .Case<graph::SelectOp>([&](graph::SelectOp select) {
        Value condition = select.getCondition(), none = b.like(g, 0.0);
        return Contributions{
            {}, b.select(condition, g, none), b.select(condition, none, g)};
      })
      .Default([&](Operation *) {
        return op->getNumOperands() == 1 ? unary(op) : binary(op);
      });
}

//===----------------------------------------------------------------------===//
// The backward walk
//===----------------------------------------------------------------------===//

/// The operations that lead from `xs` to `y`, each after those that make its
/// operands.
static llvm::SetVector<Operation *> pathsTo(Value y, llvm::ArrayRef<Value> xs) {
  llvm::SetVector<Operation *> paths;
  llvm::DenseMap<Value, bool> depends;
  for (Value x : xs)
    depends[x] = true;
  // Operands first, without recursion: models are deep.
  SmallVector<std::pair<Value, bool>> work{{y, false}};
  while (!work.empty()) {
    auto [value, isReady] = work.pop_back_val();
    Operation *op = value.getDefiningOp();
    if (!isReady) {
      if (!depends.try_emplace(value, false).second || !op)
        continue;
      work.push_back({value, true});
      for (Value operand : op->getOperands())
        work.push_back({operand, false});
      continue;
    }
    // Comparisons and indices change in steps: nothing is derived by them.
    if (isa<FloatType>(GraphBuilder::elementType(value)) &&
        llvm::any_of(op->getOperands(),
                     [&](Value operand) { return depends.lookup(operand); })) {
      depends[value] = true;
      paths.insert(op);
    }
  }
  return paths;
}

/// A contribution summed over the dimensions along which `x` was broadcast.
static Value sumToShape(GraphBuilder &b, Value contribution, Value x) {
  auto type = contribution ? dyn_cast<RankedTensorType>(contribution.getType())
                           : RankedTensorType();
  auto wanted = dyn_cast<RankedTensorType>(x.getType());
  if (!type || !wanted || type.getShape() == wanted.getShape())
    return contribution;
  SmallVector<int64_t> axes;
  int64_t more = type.getRank() - wanted.getRank();
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (d < more ||
        (wanted.getDimSize(d - more) == 1 && type.getDimSize(d) != 1))
      axes.push_back(d);
  Value sum = b.reduce(ReduceKind::sum, contribution, axes, /*keepDims=*/true);
  return b.reshape(sum, b.shapeOf(x));
}

llvm::SmallVector<Value> gradients(GraphBuilder &b, Value y,
                                   llvm::ArrayRef<Value> xs) {
  SmallVector<Value> none(xs.size());
  if (!y || llvm::is_contained(xs, Value()))
    return none;
  llvm::DenseMap<Value, Value> derivatives;
  derivatives[y] = b.broadcast(b.like(y, 1.0), b.shapeOf(y));
  llvm::SetVector<Operation *> paths = pathsTo(y, xs);
  llvm::DenseSet<Value> made(xs.begin(), xs.end());
  for (Operation *op : paths)
    made.insert(op->result_begin(), op->result_end());
  for (Operation *op : llvm::reverse(paths)) {
    Contributions parts = Rules{b, derivatives.lookup(op->getResult(0))}.of(op);
    for (auto [i, x] : llvm::enumerate(op->getOperands())) {
      if (!made.contains(x))
        continue;
      if (i >= parts.size() || !parts[i]) {
        if (!b.failed())
          b.error("the derivative of '" + op->getName().getStringRef() +
                  "' is not known");
        return none;
      }
      Value part = sumToShape(b, parts[i], x);
      Value &sum = derivatives[x];
      sum = sum ? b.add(sum, part) : part;
    }
  }
  SmallVector<Value> results;
  for (Value x : xs) {
    Value derivative = derivatives.lookup(x);
    results.push_back(derivative ? derivative
                                 : b.broadcast(b.like(x, 0.0), b.shapeOf(x)));
  }
  return results;
}

} // namespace systole::frontend
