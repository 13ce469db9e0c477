//===- Explain.cpp - What became of the model's nodes ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read from the compiled graph: operations name their source nodes, groups are
// kernels. Why it is not better is what the passes themselves said.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Explain.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

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

std::string systole::driver::escapeHtml(StringRef text) {
  std::string result;
  raw_string_ostream os(result);
  printHTMLEscaped(json::fixUTF8(frontend::printable(text)), os);
  return result;
}

/// Notes an operation with every source node that it names.
void Explanation::note(mlir::Operation *op) {
  auto group = op->getParentOfType<graph::GroupOp>();
  for (const graph::SourceNode &node : graph::sourceNodes(op->getLoc())) {
    Fate &fate = fates[node.name];
    std::string text = describeOperation(op);
    if (!is_contained(fate.operations, text))
      fate.operations.push_back(std::move(text));
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

Explanation::Explanation(mlir::ModuleOp module,
                         ArrayRef<frontend::NodeSummary> nodes,
                         const Reasons &reasons)
    : module(module), nodes(nodes), reasons(reasons) {
  module.walk([&](mlir::Operation *op) {
    if (op->getName().getDialectNamespace() == "graph" &&
        !op->hasTrait<mlir::OpTrait::ConstantLike>() &&
        !isa<graph::YieldOp, graph::GroupOp>(op))
      note(op);
  });
}

std::string Explanation::describe(StringRef node) const {
  auto found = fates.find(node);
  if (found == fates.end())
    return "no operation is left: computed at compile time, or merged into "
           "others";
  const Fate &fate = found->second;
  std::string text = join(fate.operations, ", ");
  if (fate.kernels.empty())
    return text + "; a kernel of its own on the cpu";
  SmallVector<std::string> others;
  for (StringRef name : fate.companions)
    others.push_back("'" + frontend::printable(name) + "'");
  text += "; in a kernel of kind '" + join(fate.kernels.getArrayRef(), "', '") +
          "' on the cpu";
  return others.empty() ? text : text + " with " + join(others, ", ");
}

void Explanation::printText(raw_ostream &os) const {
  for (const frontend::NodeSummary &node : nodes) {
    os << "node '" << frontend::printable(node.name) << "' (op "
       << frontend::printable(node.op) << "): " << describe(node.name) << "\n";
    // What is no operation any more could not be better.
    if (!fates.contains(node.name))
      continue;
    for (const Reason &reason : reasons.of(node.name))
      os << (reason.done ? "  " : "  not better, ") << reason.who << ": "
         << reason.text << "\n";
  }
  printTotals(os);
  os << "\n";
}

void Explanation::printTotals(raw_ostream &os) const {
  int64_t groups = 0, transposes = 0;
  mlir::ModuleOp(module).walk([&](mlir::Operation *op) {
    groups += isa<graph::GroupOp>(op);
    transposes += isa<graph::TransposeOp>(op);
  });
  os << nodes.size() << " nodes, " << groups << " of the kernels have several, "
     << transposes << (transposes == 1 ? " transpose is" : " transposes are")
     << " left";
}

void Explanation::printTable(raw_ostream &os) const {
  os << "<table><tr><th>Node</th><th>Operator</th><th>What became of it</th>"
        "<th>Why not better</th></tr>\n";
  for (const frontend::NodeSummary &node : nodes) {
    os << "<tr><td>" << escapeHtml(node.name) << "</td><td>"
       << escapeHtml(node.op) << "</td><td>" << escapeHtml(describe(node.name))
       << "</td><td>";
    if (fates.contains(node.name))
      for (const Reason &reason : reasons.of(node.name))
        os << (reason.done ? "<p class=\"done\">" : "<p>") << "<b>"
           << escapeHtml(reason.who) << "</b>: " << escapeHtml(reason.text)
           << "</p>";
    os << "</td></tr>\n";
  }
  os << "</table>\n";
}
