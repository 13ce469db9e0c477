//===- Reasons.h - What passes said while a model was compiled --*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Passes and the backend make remarks where they decide something
// (passes/Transforms/Common/Remarks.h). Here they are kept for --explain: of a
// pass that ran several times, those of its last run.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_REASONS_H
#define SYSTOLE_TOOLS_SYSTOLE_REASONS_H

#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

namespace systole::driver {

/// One remark on a source node.
struct Reason {
  /// The pass, or "cpu" for the backend.
  std::string who;
  std::string text;
  /// False: why something better was not done.
  bool done;
};

class Reasons {
public:
  /// Listens to the remarks of `context`, which must not be used after this is
  /// gone.
  explicit Reasons(mlir::MLIRContext &context);

  /// Tells when passes begin; for the pass manager.
  std::unique_ptr<mlir::PassInstrumentation> instrumentation();
  /// What was said of a source node, in order.
  llvm::ArrayRef<Reason> of(llvm::StringRef node) const;

  void add(llvm::StringRef node, Reason reason);
  /// Forgets what `who` said.
  void begin(llvm::StringRef who);

private:
  llvm::StringMap<std::vector<Reason>> reasons;
};

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_REASONS_H
