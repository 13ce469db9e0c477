//===- TreeOps.cpp - Decision trees of ai.onnx.ml ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two ways to write the same thing: TreeEnsemble keeps inner nodes and leaves
// in lists of their own; the older operators have one list of nodes, known by
// the numbers of a tree and a node, and another of weights.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Trees.h"
#include "frontend/Onnx/Classes.h"
#include "llvm/ADT/StringSwitch.h"
#include <map>
#include <set>

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

using Ints = SmallVector<int64_t>;

static Ints intsOf(Node &n, llvm::StringRef name) {
  return n.integers(name).value_or(Ints());
}

/// The numbers of a tensor attribute; empty if it is absent.
static SmallVector<double> numbersOf(Node &n, llvm::StringRef name) {
  SmallVector<double> values;
  if (!n.attribute(name))
    return values;
  auto tensor = n.tensor(name);
  for (int64_t i = 0; tensor && i < tensor->size(); ++i)
    if (tensor->getElementType().isIntOrFloat())
      values.push_back(tensor->getDouble(i));
  return values;
}

//===----------------------------------------------------------------------===//
// TreeEnsemble
//===----------------------------------------------------------------------===//

/// Gives each node with the rule Member the values up to the next NaN.
static void spreadMembers(Forest &forest, llvm::ArrayRef<double> values) {
  for (TreeNode &node : forest.nodes) {
    if (node.rule != TreeNode::Member)
      continue;
    while (!values.empty() && !std::isnan(values.front())) {
      node.members.push_back(values.front());
      values = values.drop_front();
    }
    if (!values.empty())
      values = values.drop_front();
  }
}

static Forest readEnsemble(Node &n) {
  Forest forest;
  forest.numTargets = n.integer("n_targets", 1);
  int64_t aggregate = n.integer("aggregate_function", 1);
  if (aggregate < 0 || aggregate > 3)
    n.error("aggregate_function " + llvm::Twine(aggregate) + " is unknown");
  forest.aggregate = static_cast<Forest::Aggregate>(aggregate);
  forest.roots = intsOf(n, "tree_roots");
  Ints features = intsOf(n, "nodes_featureids");
  Ints trueIds = intsOf(n, "nodes_truenodeids"),
       falseIds = intsOf(n, "nodes_falsenodeids"),
       trueLeaves = intsOf(n, "nodes_trueleafs"),
       falseLeaves = intsOf(n, "nodes_falseleafs"),
       nanIsTrue = intsOf(n, "nodes_missing_value_tracks_true"),
       targets = intsOf(n, "leaf_targetids");
  SmallVector<double> modes = numbersOf(n, "nodes_modes"),
                      splits = numbersOf(n, "nodes_splits"),
                      weights = numbersOf(n, "leaf_weights");
  size_t inner = features.size();
  for (size_t size : {trueIds.size(), falseIds.size(), trueLeaves.size(),
                      falseLeaves.size(), modes.size(), splits.size()})
    if (size != inner || targets.size() != weights.size()) {
      n.error("its lists of nodes, or of leaves, have different lengths");
      return forest;
    }
  for (size_t i = 0; i < inner; ++i) {
    TreeNode node;
    if (!(modes[i] >= 0 && modes[i] <= TreeNode::Member))
      n.error("a node has an unknown mode");
    else
      node.rule = static_cast<TreeNode::Rule>(static_cast<int>(modes[i]));
    node.feature = features[i];
    node.split = splits[i];
    // Leaves come after all inner nodes.
    auto offset = static_cast<int64_t>(inner);
    node.whenTrue = trueIds[i] + (trueLeaves[i] ? offset : 0);
    node.whenFalse = falseIds[i] + (falseLeaves[i] ? offset : 0);
    node.nanIsTrue = i < nanIsTrue.size() && nanIsTrue[i];
    forest.nodes.push_back(node);
  }
  for (auto [target, weight] : llvm::zip(targets, weights)) {
    TreeNode leaf;
    leaf.weights.push_back({target, weight});
    forest.nodes.push_back(leaf);
  }
  spreadMembers(forest, numbersOf(n, "membership_values"));
  return forest;
}

static void importTreeEnsemble(Node &n) {
  static constexpr llvm::StringLiteral transforms[] = {
      "NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  int64_t transform = n.integer("post_transform", 0);
  if (transform < 0 || transform > 4)
    return (void)n.error("post_transform " + llvm::Twine(transform) +
                         " is unknown");
  Forest forest = readEnsemble(n);
  if (!n.failed())
    n.set(0, postTransform(n, evaluateForest(n, forest, n.in(0)),
                           transforms[transform]));
}

//===----------------------------------------------------------------------===//
// TreeEnsembleRegressor and TreeEnsembleClassifier
//===----------------------------------------------------------------------===//

/// Numbers of classes beyond this are taken for mistakes.
static constexpr int64_t kMostClasses = int64_t(1) << 24;

namespace {
/// Numbers of nodes by tree and node as the model counts them.
using NodeNumbers = std::map<std::pair<int64_t, int64_t>, int64_t>;
} // namespace

/// Real numbers that are a list of floats or a tensor with another name.
static SmallVector<double> realsOf(Node &n, llvm::StringRef name) {
  return n.attribute(name) ? n.reals(name)
                           : numbersOf(n, (name + "_as_tensor").str());
}

/// The nodes of an older operator; `numbers` says where each is.
static Forest readNodes(Node &n, NodeNumbers &numbers) {
  Forest forest;
  Ints trees = intsOf(n, "nodes_treeids"), ids = intsOf(n, "nodes_nodeids"),
       features = intsOf(n, "nodes_featureids"),
       trueIds = intsOf(n, "nodes_truenodeids"),
       falseIds = intsOf(n, "nodes_falsenodeids"),
       nanIsTrue = intsOf(n, "nodes_missing_value_tracks_true");
  SmallVector<double> splits = realsOf(n, "nodes_values");
  std::vector<std::string> modes = n.strings("nodes_modes");
  for (size_t size : {ids.size(), features.size(), trueIds.size(),
                      falseIds.size(), splits.size(), modes.size()})
    if (size != trees.size()) {
      n.error("its lists of nodes have different lengths");
      return forest;
    }
  for (size_t i = 0; i < trees.size(); ++i)
    numbers[{trees[i], ids[i]}] = static_cast<int64_t>(i);
  auto find = [&](int64_t tree, int64_t id) {
    auto found = numbers.find({tree, id});
    return found == numbers.end() ? -1 : found->second;
  };
  // A tree begins with the first of its nodes.
  std::set<int64_t> begun;
  for (size_t i = 0; i < trees.size(); ++i)
    if (begun.insert(trees[i]).second)
      forest.roots.push_back(static_cast<int64_t>(i));
  for (size_t i = 0; i < trees.size(); ++i) {
    TreeNode node;
    int rule = llvm::StringSwitch<int>(modes[i])
                   .Case("BRANCH_LEQ", TreeNode::Leq)
                   .Case("BRANCH_LT", TreeNode::Lt)
                   .Case("BRANCH_GTE", TreeNode::Gte)
                   .Case("BRANCH_GT", TreeNode::Gt)
                   .Case("BRANCH_EQ", TreeNode::Eq)
                   .Case("BRANCH_NEQ", TreeNode::Neq)
                   .Case("LEAF", TreeNode::Leaf)
                   .Default(-1);
    if (rule < 0)
      n.error("a node has the unknown mode '" + modes[i] + "'");
    else
      node.rule = static_cast<TreeNode::Rule>(rule);
    node.feature = features[i];
    node.split = splits[i];
    node.nanIsTrue = i < nanIsTrue.size() && nanIsTrue[i];
    if (node.rule != TreeNode::Leaf) {
      node.whenTrue = find(trees[i], trueIds[i]);
      node.whenFalse = find(trees[i], falseIds[i]);
    }
    forest.nodes.push_back(node);
  }
  return forest;
}

/// Adds the weights in attributes `prefix`_ids, _nodeids, _treeids, _weights.
static void readWeights(Node &n, llvm::StringRef prefix,
                        const NodeNumbers &numbers, Forest &forest) {
  std::string name = prefix.str() + "_";
  Ints targets = intsOf(n, name + "ids"), trees = intsOf(n, name + "treeids"),
       ids = intsOf(n, name + "nodeids");
  SmallVector<double> weights = realsOf(n, name + "weights");
  if (trees.size() != targets.size() || ids.size() != targets.size() ||
      weights.size() != targets.size())
    return (void)n.error("its lists of weights have different lengths");
  for (size_t i = 0; i < targets.size(); ++i) {
    auto found = numbers.find({trees[i], ids[i]});
    if (found == numbers.end())
      return (void)n.error("a weight is for node " + llvm::Twine(ids[i]) +
                           " of tree " + llvm::Twine(trees[i]) +
                           ", which is not there");
    forest.nodes[found->second].weights.push_back({targets[i], weights[i]});
  }
}

static void importTreeRegressor(Node &n) {
  NodeNumbers numbers;
  Forest forest = readNodes(n, numbers);
  std::string aggregate = n.string("aggregate_function", "SUM");
  int kind = llvm::StringSwitch<int>(aggregate)
                 .Case("AVERAGE", Forest::Average)
                 .Case("SUM", Forest::Sum)
                 .Case("MIN", Forest::Min)
                 .Case("MAX", Forest::Max)
                 .Default(-1);
  if (kind < 0)
    return (void)n.error("aggregate_function '" + aggregate + "' is unknown");
  forest.aggregate = static_cast<Forest::Aggregate>(kind);
  forest.numTargets = n.integer("n_targets", 1);
  forest.base = realsOf(n, "base_values");
  readWeights(n, "target", numbers, forest);
  if (!n.failed())
    n.set(0, postTransform(n, evaluateForest(n, forest, floatsOf(n, n.in(0))),
                           n.string("post_transform", "NONE")));
}

static void importTreeClassifier(Node &n) {
  NodeNumbers numbers;
  Forest forest = readNodes(n, numbers);
  readWeights(n, "class", numbers, forest);
  Ints ids = intsOf(n, "class_ids");
  Value labels = classLabels(n);
  if (!labels || n.failed() || ids.empty())
    return (void)n.error("it has no classes");
  int64_t numLabels = GraphBuilder::sizeOf(labels, 0);
  if (*llvm::max_element(ids) > kMostClasses)
    return (void)n.error("a weight is for class " +
                         llvm::Twine(*llvm::max_element(ids)));
  forest.numTargets = std::max(numLabels, *llvm::max_element(ids) + 1);
  forest.base = realsOf(n, "base_values");
  Value scores = evaluateForest(n, forest, floatsOf(n, n.in(0)));
  std::string transform = n.string("post_transform", "NONE");
  // Weights for one class alone decide between two.
  if (llvm::all_equal(ids))
    scores = twoClasses(n, n.slice(scores, 1, 0, 1),
                        transform == "NONE" || transform == "PROBIT");
  scores = postTransform(n, scores, transform);
  n.set(0, bestLabel(n, scores, labels));
  n.set(1, scores);
}

llvm::ArrayRef<Operator> treeOperators() {
  static constexpr Operator rows[] = {
      {"TreeEnsemble", 5, 28, importTreeEnsemble, kMlDomain},
      {"TreeEnsembleClassifier", 1, 28, importTreeClassifier, kMlDomain},
      {"TreeEnsembleRegressor", 1, 28, importTreeRegressor, kMlDomain},
  };
  return rows;
}

} // namespace systole::onnx
