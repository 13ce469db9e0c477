//===- ImporterFuzzer.cpp - Damaged models for the importers --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the bytes: importing them gives a module that verifies, or problems;
// never a crash, a hang or a runaway allocation. The format is
// recognised by the content. Run by test/fuzz/onnx.sh and tflite.sh.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "frontend/Common/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include <cstdlib>

using namespace mlir;
using namespace systole;

/// A context is kept for this many inputs: making one costs more than an
/// import, keeping it for ever would leak every name that was seen.
static constexpr unsigned kInputsPerContext = 200;

/// A context with the dialects that importers use and no printing.
static std::unique_ptr<MLIRContext> makeContext() {
  auto context =
      std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
  context->loadDialect<func::FuncDialect, graph::GraphDialect>();
  context->getDiagEngine().registerHandler(
      [](Diagnostic &) { return success(); });
  return context;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static std::unique_ptr<MLIRContext> context;
  static unsigned uses = 0;
  if (uses++ % kInputsPerContext == 0)
    context = makeContext();

  frontend::SourceFile source;
  // A name in no folder: external data is looked for where there is none.
  source.path = "/nonexistent/fuzz";
  source.bytes = StringRef(reinterpret_cast<const char *>(data), size);
  frontend::ImportResult result = frontend::importModel(*context, source, {});
  // The importer's contract: a module exactly when there are no problems, and
  // only one that verifies.
  if (static_cast<bool>(result.module) != result.problems.empty())
    abort();
  if (result.module && failed(verify(*result.module)))
    abort();
  return 0;
}
