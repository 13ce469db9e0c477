//===- Trees.cpp - Decision trees as tensors ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Trees.h"
#include "frontend/Common/Composites.h"
#include <limits>

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

/// Limits of what is made of a forest.
static constexpr int64_t kLongestPath = 1024;
static constexpr int64_t kMostWeights = int64_t(1) << 26;

namespace {
/// Builds the walk through a forest.
class ForestBuilder {
public:
  ForestBuilder(GraphBuilder &b, const Forest &forest, Value x)
      : b(b), forest(forest), x(x), type(GraphBuilder::elementType(x)) {}
  Value build();

private:
  bool check();
  /// Nodes on the longest path from `node`, in `depths`; false if it is
  /// endless.
  bool measure(int64_t node);
  Value integers(llvm::function_ref<int64_t(int64_t, const TreeNode &)> field);
  Value step(Value node);
  Value decide(Value node, Value feature);
  Value isMember(Value node, Value feature);
  Value weightsOf(Value leaves);
  /// The weights of all nodes, `filler` where a leaf has none for a target; and
  /// whether it has.
  std::pair<Value, Value> weightTables(double filler);
  bool uses(TreeNode::Rule rule) const {
    return llvm::any_of(forest.nodes,
                        [&](const TreeNode &n) { return n.rule == rule; });
  }

  GraphBuilder &b;
  const Forest &forest;
  Value x;
  Type type;
  /// Length of the path from each node; 0: not measured, -1: under way.
  std::vector<int64_t> depths;
};
} // namespace

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

bool ForestBuilder::measure(int64_t root) {
  // Depth first with a stack of its own: paths may be long.
  SmallVector<int64_t> stack = {root};
  while (!stack.empty()) {
    int64_t at = stack.back();
    const TreeNode &node = forest.nodes[at];
    if (depths[at] > 0 || node.rule == TreeNode::Leaf) {
      depths[at] = std::max<int64_t>(depths[at], 1);
      stack.pop_back();
      continue;
    }
    bool isFirstVisit = depths[at] == 0;
    depths[at] = -1;
    int64_t longest = 0;
    bool isComplete = true;
    for (int64_t next : {node.whenTrue, node.whenFalse}) {
      if (depths[next] > 0) {
        longest = std::max(longest, depths[next]);
        continue;
      }
      if (!isFirstVisit || depths[next] < 0)
        return false;
      isComplete = false;
      stack.push_back(next);
    }
    if (isComplete)
      depths[at] = longest + 1;
  }
  return depths[root] <= kLongestPath;
}

bool ForestBuilder::check() {
  auto count = static_cast<int64_t>(forest.nodes.size());
  auto isNode = [&](int64_t at) { return at >= 0 && at < count; };
  int64_t features = GraphBuilder::sizeOf(x, 1);
  auto fail = [&](const llvm::Twine &message) {
    b.error(message);
    return false;
  };
  if (GraphBuilder::rankOf(x) != 2)
    return fail("its input does not have rows of features");
  if (forest.numTargets < 1 || count > kMostWeights / forest.numTargets)
    return fail("its trees have too many nodes and targets");
  if (forest.roots.empty() || !llvm::all_of(forest.roots, isNode))
    return fail("a tree has no root");
  for (const TreeNode &node : forest.nodes) {
    for (auto [target, weight] : node.weights)
      if (target < 0 || target >= forest.numTargets)
        return fail("a leaf is for target " + llvm::Twine(target) + " of " +
                    llvm::Twine(forest.numTargets));
    if (node.rule == TreeNode::Leaf)
      continue;
    if (!isNode(node.whenTrue) || !isNode(node.whenFalse))
      return fail("a node leads to none");
    if (node.feature < 0 || (features >= 0 && node.feature >= features))
      return fail("a node asks for feature " + llvm::Twine(node.feature));
  }
  depths.assign(forest.nodes.size(), 0);
  if (!llvm::all_of(forest.roots, [&](int64_t root) { return measure(root); }))
    return fail("a path through a tree is longer than " +
                llvm::Twine(kLongestPath) + " nodes, or endless");
  return true;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// A number of each node.
Value ForestBuilder::integers(
    llvm::function_ref<int64_t(int64_t, const TreeNode &)> field) {
  SmallVector<int64_t> values;
  for (auto [i, node] : llvm::enumerate(forest.nodes))
    values.push_back(field(static_cast<int64_t>(i), node));
  return b.ints(values);
}

Value ForestBuilder::isMember(Value node, Value feature) {
  size_t most = 1;
  for (const TreeNode &n : forest.nodes)
    most = std::max(most, n.members.size());
  graph::Tensor table(type, {static_cast<int64_t>(forest.nodes.size()),
                             static_cast<int64_t>(most)});
  for (auto [i, n] : llvm::enumerate(forest.nodes))
    for (size_t k = 0; k < most; ++k)
      table.setDouble(static_cast<int64_t>(i * most + k),
                      k < n.members.size()
                          ? n.members[k]
                          : std::numeric_limits<double>::quiet_NaN());
  Value members = b.gather(b.constant(table), node, 0);
  Value same =
      b.compare(ComparePredicate::eq, b.unsqueeze(feature, {2}), members);
  Value count = b.reduce(ReduceKind::max,
                         b.cast(same, b.getBuilder().getIntegerType(8)), {2},
                         /*keepDims=*/false);
  return b.compare(ComparePredicate::gt, count, 0.0);
}

/// Whether each row's feature satisfies the rule of its node.
Value ForestBuilder::decide(Value node, Value feature) {
  static constexpr ComparePredicate predicates[] = {
      ComparePredicate::le, ComparePredicate::lt, ComparePredicate::ge,
      ComparePredicate::gt, ComparePredicate::eq, ComparePredicate::ne};
  SmallVector<double> splits;
  for (const TreeNode &n : forest.nodes)
    splits.push_back(n.split);
  Value split = b.gather(b.numbers(type, splits), node, 0);
  Value rules = b.gather(
      integers([](int64_t, const TreeNode &n) { return n.rule; }), node, 0);
  Value result;
  for (int rule = TreeNode::Leq; rule <= TreeNode::Member; ++rule) {
    if (!uses(static_cast<TreeNode::Rule>(rule)))
      continue;
    Value holds = rule == TreeNode::Member
                      ? isMember(node, feature)
                      : b.compare(predicates[rule], feature, split);
    result = result ? b.select(b.compare(ComparePredicate::eq, rules,
                                         static_cast<double>(rule)),
                               holds, result)
                    : holds;
  }
  bool nanMatters =
      llvm::any_of(forest.nodes, [](const TreeNode &n) { return n.nanIsTrue; });
  if (!nanMatters)
    return result;
  Value flags =
      integers([](int64_t, const TreeNode &n) { return n.nanIsTrue; });
  Value isNan = b.compare(ComparePredicate::ne, feature, feature);
  Value follows =
      b.compare(ComparePredicate::ne, b.gather(flags, node, 0), 0.0);
  return b.make<graph::OrOp>({result, b.make<graph::AndOp>({isNan, follows})});
}

Value ForestBuilder::step(Value node) {
  // Leaves look at feature 0, which leads them to themselves either way.
  Value features = integers([](int64_t, const TreeNode &n) {
    return n.rule == TreeNode::Leaf ? 0 : n.feature;
  });
  auto successors = [&](int64_t TreeNode::*next) {
    return integers([&](int64_t at, const TreeNode &n) {
      return n.rule == TreeNode::Leaf ? at : n.*next;
    });
  };
  Value feature = gatherElements(b, x, b.gather(features, node, 0), 1);
  return b.select(decide(node, feature),
                  b.gather(successors(&TreeNode::whenTrue), node, 0),
                  b.gather(successors(&TreeNode::whenFalse), node, 0));
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

std::pair<Value, Value> ForestBuilder::weightTables(double filler) {
  SmallVector<int64_t> shape = {static_cast<int64_t>(forest.nodes.size()),
                                forest.numTargets};
  graph::Tensor weights(type, shape), given(type, shape);
  for (auto [i, node] : llvm::enumerate(forest.nodes)) {
    int64_t row = static_cast<int64_t>(i) * forest.numTargets;
    for (int64_t t = 0; t < forest.numTargets; ++t)
      weights.setDouble(row + t, filler);
    SmallVector<double> sums(forest.numTargets);
    for (auto [target, weight] : node.weights) {
      sums[target] += weight;
      weights.setDouble(row + target, sums[target]);
      given.setDouble(row + target, 1);
    }
  }
  return {b.constant(weights), b.constant(given)};
}

Value ForestBuilder::weightsOf(Value leaves) {
  bool isExtreme =
      forest.aggregate == Forest::Min || forest.aggregate == Forest::Max;
  if (!isExtreme) {
    Value all = b.gather(weightTables(0).first, leaves, 0);
    return b.reduce(forest.aggregate == Forest::Average ? ReduceKind::mean
                                                        : ReduceKind::sum,
                    all, {1}, /*keepDims=*/false);
  }
  bool isMin = forest.aggregate == Forest::Min;
  double infinity = std::numeric_limits<double>::infinity();
  auto [weights, given] = weightTables(isMin ? infinity : -infinity);
  Value extreme =
      b.reduce(isMin ? ReduceKind::min : ReduceKind::max,
               b.gather(weights, leaves, 0), {1}, /*keepDims=*/false);
  // A target that no tree knows is 0.
  Value known = b.reduce(ReduceKind::max, b.gather(given, leaves, 0), {1},
                         /*keepDims=*/false);
  return b.select(b.compare(ComparePredicate::gt, known, 0.0), extreme,
                  b.like(extreme, 0.0));
}

Value ForestBuilder::build() {
  if (!check())
    return {};
  Value shape =
      b.shape({b.extent(x, 0), static_cast<int64_t>(forest.roots.size())});
  Value node = b.broadcast(b.ints(forest.roots), shape);
  int64_t longest = 1;
  for (int64_t root : forest.roots)
    longest = std::max(longest, depths[root]);
  for (int64_t i = 1; i < longest; ++i)
    node = step(node);
  Value result = weightsOf(node);
  return forest.base.empty() ? result
                             : b.add(result, b.numbers(type, forest.base));
}

Value evaluateForest(GraphBuilder &b, const Forest &forest, Value x) {
  if (!x)
    return {};
  Type type = GraphBuilder::elementType(x);
  if (!isa<FloatType>(type))
    return b.error("trees look at features that are floats");
  return ForestBuilder(b, forest, x).build();
}

} // namespace systole::frontend
