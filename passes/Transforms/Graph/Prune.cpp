//===- Prune.cpp - Remove what nobody fetches -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   1. Entry functions lose the results that are not fetched.
//   2. Until nothing changes: dead operations go, then unused results of
//      conditionals and loops.
//   3. Private functions that nothing refers to go; a state begins with
//      initialisers, whoever refers to them.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/PruneRegions.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-prune"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHPRUNE
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Name of result `i` in the model, or empty.
static StringRef resultName(func::FuncOp function, unsigned i) {
  auto name = function.getResultAttrOfType<StringAttr>(i, kNameAttr);
  return name ? name.getValue() : StringRef();
}

/// Keeps the results of `function` that `fetches` names; notes them in `found`.
/// Returns how many were dropped.
static int64_t keepFetches(func::FuncOp function,
                           const llvm::StringSet<> &fetches,
                           llvm::StringSet<> &found) {
  llvm::BitVector dropped(function.getNumResults());
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    StringRef name = resultName(function, i);
    if (fetches.contains(name))
      found.insert(name);
    else
      dropped.set(i);
  }
  function.walk([&](func::ReturnOp op) { op->eraseOperands(dropped); });
  (void)function.eraseResults(dropped);
  return dropped.count();
}

/// Erases private functions that nothing refers to, also those that only they
/// call. Returns how many.
static int64_t removeUnusedFunctions(ModuleOp module) {
  int64_t count = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (auto function :
         llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (!function.isPrivate() || function->hasAttr(kInitializerAttr) ||
          !SymbolTable::symbolKnownUseEmpty(function, module))
        continue;
      LDBG() << "removing function " << function.getName();
      function.erase();
      ++count;
      changed = true;
    }
  }
  return count;
}

namespace {

struct GraphPrune : systole::graph::impl::GraphPruneBase<GraphPrune> {
  using GraphPruneBase::GraphPruneBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!fetches.empty() && failed(applyFetches()))
      return signalPassFailure();
    for (int64_t results = 1; results > 0;) {
      numOpsPruned += removeDeadOperations(module);
      results = removeUnusedRegionResults(module);
      numResultsPruned += results;
    }
    numFunctionsPruned += removeUnusedFunctions(module);
  }

private:
  LogicalResult applyFetches() {
    llvm::StringSet<> wanted, found;
    for (const std::string &name : fetches)
      wanted.insert(name);
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(kEntryAttr))
        numResultsPruned += keepFetches(function, wanted, found);
    for (const std::string &name : fetches)
      if (!found.contains(name))
        return getOperation().emitError()
               << "no entry function has a result named '" << name << "'";
    return success();
  }
};

} // namespace
