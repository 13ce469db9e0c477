//===- Explain.h - What became of the model's nodes -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_EXPLAIN_H
#define SYSTOLE_TOOLS_SYSTOLE_EXPLAIN_H

#include "frontend/Common/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/systole/Reasons.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

/// What stands for one source node after the graph phases.
struct Fate {
  /// Operations with their layouts, e.g. "conv [n01c]"; empty: none is left.
  std::vector<std::string> operations;
  /// Kinds of the groups that hold them; empty: kernels of their own.
  llvm::SetVector<llvm::StringRef> kernels;
  /// The other nodes of those groups.
  llvm::SetVector<llvm::StringRef> companions;
};

/// The fates of all nodes, and what passes and backend said of them.
class Explanation {
public:
  /// `module` after the graph phases; all must outlive this.
  Explanation(mlir::ModuleOp module,
              llvm::ArrayRef<frontend::NodeSummary> nodes,
              const Reasons &reasons);

  /// For each node of the source model a line, and one for each reason why it
  /// is not better.
  void printText(llvm::raw_ostream &os) const;
  /// One page that needs nothing else: the graph, drawn, and a table
  /// (ExplainPage.cpp).
  void printPage(llvm::StringRef model, llvm::raw_ostream &os) const;

private:
  void note(mlir::Operation *op);
  /// "conv [n01c]; in a kernel of kind 'conv' on the cpu with 'Plus30'".
  std::string describe(llvm::StringRef node) const;
  void printTable(llvm::raw_ostream &os) const;
  /// "12 nodes, ...": how many nodes, kernels of several, transposes.
  void printTotals(llvm::raw_ostream &os) const;

  mlir::ModuleOp module;
  llvm::ArrayRef<frontend::NodeSummary> nodes;
  const Reasons &reasons;
  llvm::StringMap<Fate> fates;
};

/// `text` with HTML's special characters replaced and control characters shown.
std::string escapeHtml(llvm::StringRef text);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_EXPLAIN_H
