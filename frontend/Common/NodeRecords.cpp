//===- NodeRecords.cpp - What an importer notes of each node --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/NodeRecords.h"

using namespace mlir;

namespace systole::frontend {

std::string NodeRecords::uniqueName(const std::string &base) {
  std::string name = base;
  // The counter makes many nodes of one name cost no more than different ones.
  while (!names.try_emplace(name, 0).second)
    name = base + "_" + std::to_string(++names[base]);
  return name;
}

/// "1x?x8", "scalar", or "" where nothing is known.
static std::string shapeText(Value value) {
  auto type =
      value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
  if (!type)
    return "";
  std::string text;
  for (int64_t dim : type.getShape())
    text += (text.empty() ? "" : "x") +
            (ShapedType::isDynamic(dim) ? "?" : std::to_string(dim));
  return type.getRank() == 0 ? "scalar" : text;
}

void NodeRecords::addNode(const std::string &name, const std::string &op,
                          ArrayRef<Value> outputs) {
  NodeSummary summary;
  summary.name = name;
  summary.op = op;
  for (Value output : outputs)
    summary.outputShapes.push_back(shapeText(output));
  ++result.summary.ops[op];
  result.summary.nodes.push_back(std::move(summary));
}

void NodeRecords::addFailure(const std::string &name, const std::string &op,
                             const GraphBuilder &node) {
  Problem problem{name, op, {}, {}, {}};
  ArrayRef<std::string> messages = node.getMessages();
  problem.message = messages.empty()
                        ? "this form of the operator is not supported"
                        : printable(messages.front());
  for (const std::string &message :
       messages.drop_front(messages.empty() ? 0 : 1))
    if (message != messages.front() && problem.notes.size() < 4)
      problem.notes.push_back(printable(message));
  for (const std::string &help : node.getHelp())
    if (!llvm::is_contained(problem.help, help))
      problem.help.push_back(help);
  addUnsupported(std::move(problem));
}

void NodeRecords::addUnsupported(Problem problem) {
  result.summary.unsupported.push_back(problem);
  result.problems.push_back(std::move(problem));
}

NodeRecords::Checkpoint NodeRecords::checkpoint() const {
  return {result.problems.size(), result.summary.unsupported.size(),
          result.summary.nodes.size(), result.summary.ops};
}

void NodeRecords::rollBack(const Checkpoint &checkpoint) {
  result.problems.resize(checkpoint.problems);
  result.summary.unsupported.resize(checkpoint.unsupported);
  for (size_t i = checkpoint.nodes; i < result.summary.nodes.size(); ++i)
    names.erase(result.summary.nodes[i].name);
  result.summary.nodes.resize(checkpoint.nodes);
  result.summary.ops = checkpoint.ops;
}

} // namespace systole::frontend
