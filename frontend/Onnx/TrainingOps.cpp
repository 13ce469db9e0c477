//===- TrainingOps.cpp - ONNX steps of optimisers ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operator updates any number of tensors at once. Its inputs are the rate,
// the number of steps before, then all tensors, all gradients, and all of each
// state; its outputs the new tensors, then the new states.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Gradient.h"
#include "frontend/Common/Problems.h"
#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

namespace {
/// One tensor's part of a step.
struct Step {
  Value rate, count;
  /// The tensor, its regularised gradient, its states.
  Value x, gradient;
  SmallVector<Value, 2> states;
};
} // namespace

/// Sets the results to what `update` gives for each tensor: the new tensor and
/// its `numStates` new states.
static void
updateAll(Node &n, unsigned numStates,
          llvm::function_ref<SmallVector<Value, 3>(const Step &)> update) {
  unsigned parts = numStates + 2, given = n.numInputs();
  if (given < 2 + parts || (given - 2) % parts != 0)
    return (void)n.error("it has " + llvm::Twine(given) +
                         " inputs, not a rate, a count and " +
                         llvm::Twine(parts) + " for each tensor");
  unsigned tensors = (given - 2) / parts;
  double penalty = n.real("norm_coefficient", 0);
  for (unsigned i = 0; i < tensors; ++i) {
    Step step{n.in(0), n.in(1), n.in(2 + i), {}, {}};
    step.gradient = n.add(n.mul(step.x, penalty), n.in(2 + tensors + i));
    for (unsigned s = 0; s < numStates; ++s)
      step.states.push_back(n.in(2 + (2 + s) * tensors + i));
    for (auto [part, value] : llvm::enumerate(update(step)))
      n.set(part * tensors + i, value);
  }
}

/// True after the first step.
static Value isLater(Node &n, const Step &step) {
  return n.compare(ComparePredicate::gt, step.count, 0.0);
}

static void importMomentum(Node &n) {
  double alpha = n.real("alpha", 0), beta = n.real("beta", 0);
  std::string mode = n.string("mode", "standard");
  if (mode != "standard" && mode != "nesterov")
    return (void)n.error("mode '" + mode + "' is unknown");
  updateAll(n, 1, [&](const Step &s) -> SmallVector<Value, 3> {
    Value share = n.select(isLater(n, s), n.like(s.gradient, beta),
                           n.like(s.gradient, 1));
    Value velocity = n.add(n.mul(s.states[0], alpha), n.mul(s.gradient, share));
    Value direction = mode == "standard"
                          ? velocity
                          : n.add(s.gradient, n.mul(velocity, alpha));
    return {n.sub(s.x, n.mul(direction, s.rate)), velocity};
  });
}

static void importAdagrad(Node &n) {
  double decay = n.real("decay_factor", 0), epsilon = n.real("epsilon", 0);
  updateAll(n, 1, [&](const Step &s) -> SmallVector<Value, 3> {
    Value count = n.cast(s.count, GraphBuilder::elementType(s.rate));
    Value rate = n.div(s.rate, n.add(n.mul(count, decay), 1.0));
    Value squares = n.add(s.states[0], n.mul(s.gradient, s.gradient));
    Value scale = n.add(n.sqrt(squares), epsilon);
    return {n.sub(s.x, n.div(n.mul(s.gradient, rate), scale)), squares};
  });
}

static void importAdam(Node &n) {
  double alpha = n.real("alpha", 0.9), beta = n.real("beta", 0.999);
  double epsilon = n.real("epsilon", 0);
  double shrink = 1 - n.real("norm_coefficient_post", 0);
  updateAll(n, 2, [&](const Step &s) -> SmallVector<Value, 3> {
    Value mean = n.add(n.mul(s.states[0], alpha), n.mul(s.gradient, 1 - alpha));
    Value square = n.add(n.mul(s.states[1], beta),
                         n.mul(n.mul(s.gradient, s.gradient), 1 - beta));
    // The first means are too small by 1 - alpha^T and 1 - beta^T.
    Type type = GraphBuilder::elementType(s.rate);
    Value count = n.cast(s.count, type);
    auto correction = [&](double base) -> Value {
      Value power = n.make<graph::PowOp>({n.like(s.rate, base), count});
      return power ? n.sub(n.like(power, 1), power) : power;
    };
    Value corrected =
        n.div(n.mul(s.rate, n.sqrt(correction(beta))), correction(alpha));
    Value rate = n.select(isLater(n, s), corrected, s.rate);
    Value change = n.div(n.mul(mean, rate), n.add(n.sqrt(square), epsilon));
    return {n.mul(n.sub(s.x, change), shrink), mean, square};
  });
}

/// Derivatives of tensor 'y' by the tensors 'xs', where they are now: the
/// inputs, which could be other values, must be the tensors themselves.
static void importGradient(Node &n) {
  std::vector<std::string> names = n.strings("xs");
  std::string target = n.string("y", "");
  SmallVector<Value> xs;
  for (auto [i, name] : llvm::enumerate(names)) {
    if (static_cast<int>(i) >= n.proto.input_size() || n.proto.input(i) != name)
      return (void)n.error("input " + llvm::Twine(i) + " is not '" +
                           printable(name) + "', which 'xs' names");
    xs.push_back(n.in(i));
  }
  // The tensors of 'zs' stay as they are.
  for (unsigned i = names.size(); i < n.numInputs(); ++i)
    (void)n.in(i);
  Value y;
  const Weight *weight = nullptr;
  Scope *owner = nullptr;
  if (!n.scope.find(target, y, weight, owner))
    return (void)n.error("tensor '" + printable(target) +
                         "', which 'y' names, is not in the model");
  if (weight)
    return (void)n.error("tensor '" + printable(target) + "' is a constant");
  for (auto [i, derivative] : llvm::enumerate(gradients(n, y, xs)))
    n.set(i, derivative);
}

llvm::ArrayRef<Operator> trainingOperators() {
  static constexpr Operator rows[] = {
      {"Adagrad", 1, 28, importAdagrad, kTrainingDomain},
      {"Adam", 1, 28, importAdam, kTrainingDomain},
      {"Gradient", 1, 28, importGradient, kTrainingDomain},
      {"Momentum", 1, 28, importMomentum, kTrainingDomain},
  };
  return rows;
}

} // namespace systole::onnx
