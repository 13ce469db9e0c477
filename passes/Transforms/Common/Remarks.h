//===- Remarks.h - Why a pass did not do better -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Passes say where and why they gave something up, at the place where they
// decide it, as MLIR remarks; `--explain` shows them. Nothing is computed
// unless the context has a remark engine.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_COMMON_REMARKS_H
#define SYSTOLE_PASSES_TRANSFORMS_COMMON_REMARKS_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"

namespace systole::graph {

/// "At `op`, pass (or backend) `who` did not do its work because `why`."
void remarkMissed(mlir::Operation *op, llvm::StringRef who,
                  const llvm::Twine &why);

/// "At `op`, `who` did `what`."
void remarkPassed(mlir::Operation *op, llvm::StringRef who,
                  const llvm::Twine &what);

/// Fails a match that would have made the graph better, because `why`: tells
/// notifyMatchFailure, in a form that MatchFailureRemarks knows. An operation
/// that has nothing to do with the pattern is no such match.
llvm::LogicalResult declined(mlir::RewriterBase &rewriter, mlir::Operation *op,
                             const llvm::Twine &why);

/// Makes remarks of matches that were declined. A driver tries a pattern many
/// times: what counts is what was still true when it stopped, so remarks are
/// made at the end, without those on operations that were replaced.
class MatchFailureRemarks : public mlir::RewriterBase::Listener {
public:
  MatchFailureRemarks(mlir::MLIRContext *context, llvm::StringRef pass)
      : context(context), pass(pass) {}
  ~MatchFailureRemarks() override;

  void
  notifyMatchFailure(mlir::Location loc,
                     llvm::function_ref<void(mlir::Diagnostic &)> why) override;
  void notifyOperationErased(mlir::Operation *op) override;

private:
  mlir::MLIRContext *context;
  llvm::StringRef pass;
  llvm::SetVector<std::pair<mlir::Location, mlir::StringAttr>> failures;
};

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_COMMON_REMARKS_H
