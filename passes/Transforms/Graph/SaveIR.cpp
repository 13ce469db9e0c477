//===- SaveIR.cpp - Write the module to a file ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What --save-phases adds after each phase.
//
//===----------------------------------------------------------------------===//

#include "mlir/Support/FileUtilities.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHSAVEIR
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;

/// How to print, with constants of more than `bytes` bytes elided unless -1.
static OpPrintingFlags printingFlags(int64_t bytes) {
  OpPrintingFlags flags;
  flags.enableDebugInfo(/*enable=*/true, /*prettyForm=*/false);
  if (bytes >= 0) {
    // Most elements have four bytes; resources are two digits for each byte.
    flags.elideLargeElementsAttrs(bytes / 4);
    flags.elideLargeResourceString(2 * bytes);
  }
  return flags;
}

namespace {

struct GraphSaveIR : systole::graph::impl::GraphSaveIRBase<GraphSaveIR> {
  using GraphSaveIRBase::GraphSaveIRBase;

  void runOnOperation() override {
    markAllAnalysesPreserved();
    StringRef folder = llvm::sys::path::parent_path(file);
    if (!folder.empty())
      (void)llvm::sys::fs::create_directories(folder);
    std::string message;
    std::unique_ptr<llvm::ToolOutputFile> output =
        openOutputFile(file, &message);
    if (!output) {
      getOperation().emitError() << message;
      return signalPassFailure();
    }
    getOperation()->print(output->os(), printingFlags(elideBytes));
    output->os() << "\n";
    output->os().flush();
    if (output->os().has_error()) {
      getOperation().emitError() << "cannot write '" << file
                                 << "': " << output->os().error().message();
      output->os().clear_error();
      return signalPassFailure();
    }
    output->keep();
  }
};

} // namespace
