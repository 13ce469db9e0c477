//===- Summary.h - Parameters and work of each source node ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `systole inspect` shows, whether the model was imported or loaded.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_SUMMARY_H
#define SYSTOLE_TOOLS_SYSTOLE_SUMMARY_H

#include "frontend/Common/Import.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

/// A model in the form of contract.md's JSON, and a little more for the table.
struct Summary {
  frontend::ModelSummary model;
  /// Multiply-accumulates of one run; nullopt where they depend on dynamic
  /// dimensions or operators are unsupported.
  std::optional<int64_t> macs;
  /// Nodes where they are counted but not listed in `model`.
  int64_t countedNodes = 0;
  int64_t numNodes() const {
    return model.nodes.empty() ? countedNodes
                               : static_cast<int64_t>(model.nodes.size());
  }
  /// Transposes that move elements in the compiled graph; nullopt before.
  std::optional<int64_t> transposesLeft;
  /// By source node: elements of its weights, and its MACs.
  llvm::StringMap<int64_t> nodeParameters, nodeMacs;
};

/// Adds up what the operations of `module` cost, by source node.
void addCosts(mlir::ModuleOp module, Summary &summary);

/// Prints the summary as contract.md's JSON object; without `indent` on one
/// line.
void printJson(const Summary &summary, llvm::raw_ostream &os,
               bool indent = true);

/// Reads what printJson has written; false if the text is something else.
bool parseJson(llvm::StringRef text, Summary &summary);

/// Prints the summary as a table for people.
void printTable(llvm::StringRef title, const Summary &summary,
                llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_SUMMARY_H
