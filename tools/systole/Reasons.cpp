//===- Reasons.cpp - What passes said while a model was compiled ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Reasons.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Pass/Pass.h"
#include "llvm/Remarks/Remark.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// The end of MLIR's remark engine: hands each remark to a Reasons.
class Collector final : public mlir::remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Collector(Reasons &reasons) : reasons(reasons) {}
  void streamOptimizationRemark(
      const mlir::remark::detail::Remark &remark) override {
    std::string text;
    for (const auto &argument : remark.getArgs())
      text += argument.val;
    bool done = remark.getRemarkType() == remarks::Type::Passed;
    for (const graph::SourceNode &node :
         graph::sourceNodes(remark.getLocation()))
      reasons.add(node.name, {remark.getCategoryName().str(), text, done});
  }

private:
  Reasons &reasons;
};

/// Forgets what a pass said in an earlier run.
class PassBegin final : public mlir::PassInstrumentation {
public:
  explicit PassBegin(Reasons &reasons) : reasons(reasons) {}
  void runBeforePass(mlir::Pass *pass, mlir::Operation *) override {
    reasons.begin(pass->getArgument());
  }

private:
  Reasons &reasons;
};
} // namespace

Reasons::Reasons(mlir::MLIRContext &context) {
  mlir::remark::RemarkCategories all;
  all.passed = all.missed = ".*";
  // Fails only where the pattern is no regular expression.
  (void)mlir::remark::enableOptimizationRemarks(
      context, std::make_unique<Collector>(*this),
      std::make_unique<mlir::remark::RemarkEmittingPolicyAll>(), all);
}

std::unique_ptr<mlir::PassInstrumentation> Reasons::instrumentation() {
  return std::make_unique<PassBegin>(*this);
}

ArrayRef<Reason> Reasons::of(StringRef node) const {
  auto found = reasons.find(node);
  return found == reasons.end() ? ArrayRef<Reason>()
                                : ArrayRef<Reason>(found->second);
}

void Reasons::add(StringRef node, Reason reason) {
  std::vector<Reason> &known = reasons[node];
  for (const Reason &other : known)
    if (other.who == reason.who && other.text == reason.text)
      return;
  known.push_back(std::move(reason));
}

void Reasons::begin(StringRef who) {
  for (auto &entry : reasons)
    erase_if(entry.second,
             [&](const Reason &reason) { return reason.who == who; });
}
