//===- GraphOrder.cpp - Which nodes, and in which order -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// (1) Map each tensor to its producer. (2) Mark what the wanted tensors reach.
// (3) Kahn's algorithm on the marked nodes with a heap of file positions: a
// sorted file keeps its order. (4) What remains is on or behind a cycle.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/GraphOrder.h"
#include "llvm/ADT/StringMap.h"
#include <queue>

using systole::frontend::printable;
using systole::frontend::Problem;

namespace systole::onnx {

std::string displayName(const NodeProto &node) {
  if (!node.name().empty() || node.output_size() == 0)
    return node.name();
  return node.output(0);
}

/// Adds the names that the subgraphs of `node` take from outside.
static void addCaptures(const NodeProto &node,
                        llvm::SmallVectorImpl<llvm::StringRef> &names);

static void addGraphCaptures(const GraphProto &graph,
                             llvm::SmallVectorImpl<llvm::StringRef> &names) {
  llvm::StringSet<> local;
  for (const ValueInfoProto &input : graph.input())
    local.insert(input.name());
  for (const TensorProto &weight : graph.initializer())
    local.insert(weight.name());
  for (const NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      local.insert(output);
  llvm::SmallVector<llvm::StringRef> used;
  for (const NodeProto &node : graph.node()) {
    used.append(node.input().begin(), node.input().end());
    addCaptures(node, used);
  }
  for (const ValueInfoProto &output : graph.output())
    used.push_back(output.name());
  for (llvm::StringRef name : used)
    if (!name.empty() && !local.contains(name))
      names.push_back(name);
}

static void addCaptures(const NodeProto &node,
                        llvm::SmallVectorImpl<llvm::StringRef> &names) {
  for (const AttributeProto &attribute : node.attribute()) {
    // A Gradient names the tensor that it derives.
    if (node.op_type() == "Gradient" && attribute.name() == "y")
      names.push_back(attribute.s());
    if (attribute.has_g())
      addGraphCaptures(attribute.g(), names);
    for (const GraphProto &graph : attribute.graphs())
      addGraphCaptures(graph, names);
  }
}

namespace {
/// One call of orderNodes.
struct Ordering {
  const NodeList &nodes;
  llvm::function_ref<bool(llvm::StringRef)> isGiven;
  std::vector<Problem> &problems;
  /// Position of the node that makes each tensor.
  llvm::StringMap<int> producers;
  /// Of each marked node: the nodes it waits for, and who waits for it.
  std::vector<llvm::SmallVector<int>> waitsFor, waiting;
  std::vector<bool> marked;

  void findProducers();
  void mark(llvm::ArrayRef<std::string> wanted);
  /// Position of the producer of `name`; -1: given, -2: there is none.
  int producerOf(llvm::StringRef name) const;
  llvm::SmallVector<const NodeProto *> sort();
  void reportCycle(const std::vector<int> &pending);
};
} // namespace

void Ordering::findProducers() {
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].output()) {
      if (output.empty() || producers.try_emplace(output, i).second)
        continue;
      Problem problem{displayName(nodes[i]), nodes[i].op_type(), {}, {}, {}};
      problem.message =
          "tensor '" + printable(output) + "' already has a producer";
      problem.notes.push_back("the other is node '" +
                              printable(displayName(nodes[producers[output]])) +
                              "'");
      problems.push_back(std::move(problem));
    }
}

int Ordering::producerOf(llvm::StringRef name) const {
  if (isGiven(name))
    return -1;
  auto found = producers.find(name);
  return found == producers.end() ? -2 : found->second;
}

void Ordering::mark(llvm::ArrayRef<std::string> wanted) {
  marked.assign(nodes.size(), false);
  waitsFor.resize(nodes.size());
  waiting.resize(nodes.size());
  llvm::SmallVector<int> work;
  auto add = [&](int node) {
    if (node >= 0 && !marked[node]) {
      marked[node] = true;
      work.push_back(node);
    }
  };
  for (const std::string &name : wanted) {
    int producer = producerOf(name);
    if (producer == -2) {
      Problem problem;
      problem.message = "output '" + printable(name) + "' is not in the model";
      problems.push_back(std::move(problem));
    }
    add(producer);
  }
  while (!work.empty()) {
    int node = work.pop_back_val();
    llvm::SmallVector<llvm::StringRef> used(nodes[node].input().begin(),
                                            nodes[node].input().end());
    addCaptures(nodes[node], used);
    llvm::StringSet<> missing;
    for (llvm::StringRef name : used) {
      int producer = name.empty() ? -1 : producerOf(name);
      if (producer == -2 && missing.insert(name).second) {
        Problem problem{
            displayName(nodes[node]), nodes[node].op_type(), {}, {}, {}};
        problem.message = "its input '" + printable(name) +
                          "' is no input, weight or output of another node";
        problems.push_back(std::move(problem));
      }
      if (producer < 0)
        continue;
      waitsFor[node].push_back(producer);
      waiting[producer].push_back(node);
      add(producer);
    }
  }
}

void Ordering::reportCycle(const std::vector<int> &pending) {
  // From any node that still waits, a producer that still waits; until one
  // repeats: the nodes since its first visit are a cycle.
  int node = 0;
  while (!(marked[node] && pending[node] > 0))
    ++node;
  std::vector<int> visited(nodes.size(), -1);
  llvm::SmallVector<int> path;
  while (visited[node] < 0) {
    visited[node] = path.size();
    path.push_back(node);
    for (int producer : waitsFor[node])
      if (pending[producer] > 0) {
        node = producer;
        break;
      }
  }
  Problem problem;
  problem.message = "the graph has a cycle: ";
  llvm::ArrayRef<int> cycle =
      llvm::ArrayRef<int>(path).drop_front(visited[node]);
  for (int member : llvm::reverse(cycle.take_front(8)))
    problem.message += "'" + printable(displayName(nodes[member])) + "' -> ";
  problem.message += cycle.size() > 8 ? "..." : "back to the first";
  problems.push_back(std::move(problem));
}

llvm::SmallVector<const NodeProto *> Ordering::sort() {
  std::vector<int> pending(nodes.size(), 0);
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  int numMarked = 0;
  for (int i = 0; i < nodes.size(); ++i) {
    if (!marked[i])
      continue;
    ++numMarked;
    pending[i] = waitsFor[i].size();
    if (pending[i] == 0)
      ready.push(i);
  }
  llvm::SmallVector<const NodeProto *> order;
  while (!ready.empty()) {
    int node = ready.top();
    ready.pop();
    order.push_back(&nodes[node]);
    for (int other : waiting[node])
      if (--pending[other] == 0)
        ready.push(other);
  }
  if (static_cast<int>(order.size()) != numMarked)
    reportCycle(pending);
  return order;
}

llvm::SmallVector<const NodeProto *>
orderNodes(const NodeList &nodes, llvm::ArrayRef<std::string> wanted,
           llvm::function_ref<bool(llvm::StringRef)> isGiven,
           std::vector<Problem> &problems) {
  Ordering ordering{nodes, isGiven, problems, {}, {}, {}, {}};
  ordering.findProducers();
  ordering.mark(wanted);
  return ordering.sort();
}

} // namespace systole::onnx
