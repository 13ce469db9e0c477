//===- Remarks.cpp - Why a pass did not do better -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/Remarks.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace systole::graph;

void systole::graph::remarkMissed(Operation *op, llvm::StringRef who,
                                  const llvm::Twine &why) {
  if (op->getContext()->getRemarkEngine())
    remark::missed(op->getLoc(),
                   remark::RemarkOpts::name("missed").category(who))
        << why.str();
}

void systole::graph::remarkPassed(Operation *op, llvm::StringRef who,
                                  const llvm::Twine &what) {
  if (op->getContext()->getRemarkEngine())
    remark::passed(op->getLoc(),
                   remark::RemarkOpts::name("passed").category(who))
        << what.str();
}

LogicalResult systole::graph::declined(RewriterBase &rewriter, Operation *op,
                                       const llvm::Twine &why) {
  return rewriter.notifyMatchFailure(op, [&](Diagnostic &diagnostic) {
    diagnostic << why;
    // What tells this from failures that interest nobody.
    diagnostic.attachNote(op->getLoc()) << "declined";
  });
}

MatchFailureRemarks::~MatchFailureRemarks() {
  for (auto &[loc, why] : failures)
    remark::missed(loc, remark::RemarkOpts::name("missed").category(pass))
        << why.getValue();
}

void MatchFailureRemarks::notifyMatchFailure(
    Location loc, function_ref<void(Diagnostic &)> why) {
  if (!context->getRemarkEngine())
    return;
  Diagnostic diagnostic(loc, DiagnosticSeverity::Remark);
  why(diagnostic);
  if (diagnostic.getNotes().empty())
    return;
  failures.insert({loc, StringAttr::get(context, diagnostic.str())});
}

void MatchFailureRemarks::notifyOperationErased(Operation *op) {
  // A constant bears the name of the node that it was made for.
  if (!failures.empty() && !op->hasTrait<OpTrait::ConstantLike>())
    failures.remove_if(
        [&](const auto &failure) { return failure.first == op->getLoc(); });
}
