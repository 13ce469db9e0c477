//===- Explain.cpp - What became of each source node ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the answer from the program itself: locations name the source nodes,
// groups are the kernels. No pass has to report what it did.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Explain.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// What stands for one source node.
struct Fate {
  /// Operations, e.g. "conv [n01c]".
  SmallVector<std::string> operations;
  /// Kinds of the groups that hold them.
  SetVector<StringRef> kernels;
  /// The other nodes of those groups.
  SetVector<StringRef> companions;
};
} // namespace

/// "conv [n01c, 01io]": the operation and its layouts.
static std::string describeOperation(mlir::Operation *op) {
  std::string text = op->getName().stripDialect().str();
  SmallVector<StringRef> layouts;
  for (mlir::NamedAttribute attribute : op->getAttrs())
    if (auto layout = dyn_cast<graph::LayoutAttr>(attribute.getValue()))
      if (!is_contained(layouts, layout.getDims()))
        layouts.push_back(layout.getDims());
  return layouts.empty() ? text : text + " [" + join(layouts, ", ") + "]";
}

/// Notes an operation with every source node that it names.
static void note(mlir::Operation *op, StringMap<Fate> &fates) {
  auto group = op->getParentOfType<graph::GroupOp>();
  for (const graph::SourceNode &node : graph::sourceNodes(op->getLoc())) {
    Fate &fate = fates[node.name];
    std::string operation = describeOperation(op);
    if (!is_contained(fate.operations, operation))
      fate.operations.push_back(operation);
    if (!group)
      continue;
    fate.kernels.insert(group.getKind());
    group->walk([&](mlir::Operation *other) {
      for (const graph::SourceNode &companion :
           graph::sourceNodes(other->getLoc()))
        if (companion.name != node.name)
          fate.companions.insert(companion.name);
    });
  }
}

/// The sentence for one node.
static std::string describe(const Fate *fate) {
  if (!fate)
    return "no operation is left: computed at compile time, or merged into "
           "others";
  std::string text = join(fate->operations, ", ");
  if (fate->kernels.empty())
    return text + "; a kernel of its own on the cpu";
  SmallVector<std::string> others;
  for (StringRef name : fate->companions)
    others.push_back("'" + frontend::printable(name) + "'");
  text += "; in a kernel of kind '" +
          join(fate->kernels.getArrayRef(), "', '") + "' on the cpu";
  return others.empty() ? text : text + " with " + join(others, ", ");
}

/// `text` with HTML's special characters replaced.
static std::string escapeHtml(StringRef text) {
  std::string result;
  raw_string_ostream os(result);
  printHTMLEscaped(text, os);
  return result;
}

void systole::driver::explain(mlir::ModuleOp module,
                              ArrayRef<frontend::NodeSummary> nodes, bool html,
                              raw_ostream &os) {
  StringMap<Fate> fates;
  module.walk([&](mlir::Operation *op) {
    if (op->getName().getDialectNamespace() == "graph" &&
        !op->hasTrait<mlir::OpTrait::ConstantLike>() &&
        !isa<graph::YieldOp, graph::GroupOp>(op))
      note(op, fates);
  });
  if (html)
    os << "<!doctype html><meta "
          "charset=\"utf-8\"><title>Systole</title>\n<table border=\"1\">\n"
          "<tr><th>Node<th>Operator<th>What became of it\n";
  for (const frontend::NodeSummary &node : nodes) {
    auto it = fates.find(node.name);
    std::string text = describe(it == fates.end() ? nullptr : &it->second);
    std::string name = frontend::printable(node.name),
                op = frontend::printable(node.op);
    if (html)
      os << "<tr><td>" << escapeHtml(name) << "<td>" << escapeHtml(op) << "<td>"
         << escapeHtml(text) << "\n";
    else
      os << "node '" << name << "' (op " << op << "): " << text << "\n";
  }
  if (html)
    os << "</table>\n";
}
