//===- NodeLocation.cpp - Source nodes as locations -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collects names in a walk of the location: fused locations give all of theirs,
// a call site the callee's first, anything else none.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace systole::graph;

Location systole::graph::nodeLocation(MLIRContext *context, StringRef name,
                                      StringRef op) {
  // A name location cannot be empty: an unnamed node is known by its operator.
  Location inner = UnknownLoc::get(context);
  if (!op.empty())
    inner = NameLoc::get(StringAttr::get(context, op));
  if (name.empty() && op.empty())
    return inner;
  return NameLoc::get(StringAttr::get(context, name), inner);
}

/// Appends `node` unless it is there.
static void appendNode(SmallVectorImpl<SourceNode> &nodes, SourceNode node) {
  for (const SourceNode &other : nodes)
    if (other.name == node.name && other.op == node.op)
      return;
  nodes.push_back(node);
}

/// Appends the nodes that `location` names.
static void collectNodes(Location location,
                         SmallVectorImpl<SourceNode> &nodes) {
  if (auto named = dyn_cast<NameLoc>(location)) {
    SourceNode node{named.getName(), ""};
    if (auto child = dyn_cast<NameLoc>(named.getChildLoc()))
      node.op = child.getName();
    appendNode(nodes, node);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collectNodes(part, nodes);
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    collectNodes(call.getCallee(), nodes);
    collectNodes(call.getCaller(), nodes);
  }
}

SmallVector<SourceNode> systole::graph::sourceNodes(Location location) {
  SmallVector<SourceNode> nodes;
  collectNodes(location, nodes);
  return nodes;
}

std::string systole::graph::describeNode(Location location) {
  SmallVector<SourceNode> nodes = sourceNodes(location);
  if (nodes.empty())
    return "";
  std::string text = "node '" + nodes[0].name.str() + "'";
  if (!nodes[0].op.empty())
    text += " (op " + nodes[0].op.str() + ")";
  if (nodes.size() > 1)
    text += " and " + std::to_string(nodes.size() - 1) + " more";
  return text;
}

std::string systole::graph::elementName(StringRef sequence, int64_t index) {
  return (sequence + "[" + Twine(index) + "]").str();
}

StringRef systole::graph::sequenceOfElement(StringRef name, int64_t &index) {
  auto [sequence, rest] = name.rsplit('[');
  bool isElement =
      rest.consume_back("]") && !rest.getAsInteger(10, index) && index >= 0;
  return isElement ? sequence : "";
}
