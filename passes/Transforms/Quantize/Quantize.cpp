//===- Quantize.cpp - Compute on 8-bit integers what calibration allows ---===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The quantised computation is built beside the original one; then the entry
// returns its results, and the original is dead.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/IntegerForm.h"
#include "passes/Transforms/Common/PassStatistic.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Quantize/Noise.h"
#include "passes/Transforms/Quantize/Passes.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHQUANTIZE
#include "passes/Transforms/Quantize/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Makes the entry return the quantised results, and erases what was there.
static LogicalResult replaceBody(func::FuncOp entry, const UnitPlan &plan) {
  Block &body = entry.getBody().front();
  Operation *last = body.getTerminator()->getPrevNode();
  SmallVector<Value> results;
  if (failed(emitQuantized(entry, plan, results)))
    return failure();
  Operation *terminator = body.getTerminator();
  terminator->setOperands(results);
  // Constants are what both forms read.
  for (Operation *op = last; op;) {
    Operation *before = op->getPrevNode();
    if (!op->hasTrait<OpTrait::ConstantLike>() && op->use_empty())
      op->erase();
    op = before;
  }
  systole::frontend::useIntegers(entry);
  // Types may be known better than before.
  entry.setType(FunctionType::get(entry.getContext(), entry.getArgumentTypes(),
                                  terminator->getOperandTypes()));
  return success();
}

/// Says why there is no unit: all were left to floats, or there never was one.
static void reportNothing(Location location, func::FuncOp entry) {
  int64_t kept = 0;
  if (entry)
    entry.walk([&](Operation *op) { kept += op->hasAttr(kKeepFloatAttr); });
  if (kept) {
    auto error = mlir::emitError(location)
                 << "nothing is left to quantise: all operations that could "
                    "be lose more accuracy than is wanted, and stay floats";
    error.attachNote() << "help: a lower --quantize-target, or a lower "
                          "--quantize-budget, leaves more of them";
    return;
  }
  mlir::emitError(location)
      << "there is nothing to quantise: no convolution or matrix product of "
         "floats, outside of loops and branches, has known ranges";
}

namespace {
struct GraphQuantize : systole::graph::impl::GraphQuantizeBase<GraphQuantize> {
  using GraphQuantizeBase::GraphQuantizeBase;

  void runOnOperation() override {
    func::FuncOp entry = entryOf(getOperation());
    UnitPlan plan = entry ? planUnits(entry) : UnitPlan();
    if (plan.units.empty()) {
      reportNothing(entry ? entry.getLoc() : getOperation().getLoc(), entry);
      return signalPassFailure();
    }
    if (failed(replaceBody(entry, plan)))
      return signalPassFailure();
    (void)removeDeadOperations(entry);
    removeAnnotations(entry);
    numUnits += plan.units.size();
  }
};
} // namespace
