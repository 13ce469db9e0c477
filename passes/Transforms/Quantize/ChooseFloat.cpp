//===- ChooseFloat.cpp - Keep operations on floats that lose accuracy -----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Greedy: mark the unit that loses most by itself, look what the model gains,
// and go on, or take the mark back. Units are known by their last operation,
// which a mark does not change.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Analysis/Costs.h"
#include "passes/Transforms/Common/PassStatistic.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Quantize/Noise.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "llvm/Support/Format.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHCHOOSEFLOAT
#include "passes/Transforms/Quantize/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// A mark must gain this much, in decibels.
static constexpr double kLeastGain = 0.1;
/// Most marks that are tried: each is a run of the model.
static constexpr int kMostTries = 12;

namespace {
/// The search on one module.
class Search {
public:
  Search(ModuleOp module, QuantizeContext &context, double target,
         double budget)
      : module(module), context(context), target(target), budget(budget) {}

  /// Marks operations, and fills the report. Failure has been reported.
  LogicalResult run();
  int64_t numKept() const { return kept.size(); }

private:
  LogicalResult improve();
  Operation *worst();
  void fillReport();

  ModuleOp module;
  QuantizeContext &context;
  double target, budget;
  /// What can be quantised, and the noise of each by itself.
  UnitPlan all;
  NoiseFigures own;
  /// What is quantised now, and the noise of all together.
  UnitPlan current;
  NoiseFigures figures;
  DenseSet<Operation *> kept, tried;
  int64_t macs = 0, floatMacs = 0;
};
} // namespace

static int64_t macsOf(const Unit &unit) {
  int64_t macs = 0;
  for (Operation *op : unit.ops)
    macs += countMacs(op).value_or(0);
  return macs;
}

/// The unit with most noise of its own that may be marked, or null.
Operation *Search::worst() {
  Operation *found = nullptr;
  double least = 0;
  for (auto [unit, noise] : llvm::zip_equal(all.units, own.units)) {
    Operation *op = unit.ops.back();
    double ratio = noise.decibels();
    if (tried.contains(op) || std::isinf(ratio) ||
        (floatMacs + macsOf(unit)) * 100.0 > budget * macs)
      continue;
    if (!found || ratio < least) {
      found = op;
      least = ratio;
    }
  }
  return found;
}

/// Marks one unit after the other, as long as that is wanted and gains.
LogicalResult Search::improve() {
  for (int i = 0; i < kMostTries && figures.model.decibels() < target; ++i) {
    Operation *op = worst();
    if (!op)
      break;
    tried.insert(op);
    op->setAttr(kKeepFloatAttr, UnitAttr::get(op->getContext()));
    UnitPlan plan = planUnits(entryOf(module));
    auto measured =
        measureNoise(module, plan, context.calibration, NoiseOf::All);
    if (failed(measured))
      return failure();
    if (measured->model.decibels() < figures.model.decibels() + kLeastGain) {
      op->removeAttr(kKeepFloatAttr);
      continue;
    }
    kept.insert(op);
    for (const Unit &unit : all.units)
      floatMacs += unit.ops.back() == op ? macsOf(unit) : 0;
    current = std::move(plan);
    figures = std::move(*measured);
  }
  return success();
}

void Search::fillReport() {
  QuantizationReport &report = context.report;
  std::vector<QuantizedNode> before = std::move(report.nodes);
  report.nodes.clear();
  DenseMap<Operation *, double> after;
  for (auto [unit, noise] : llvm::zip_equal(current.units, figures.units))
    after[unit.ops.back()] = noise.decibels();
  for (auto [i, unit] : llvm::enumerate(all.units)) {
    QuantizedNode node;
    SmallVector<SourceNode> sources = sourceNodes(unit.main()->getLoc());
    if (!sources.empty()) {
      node.name = sources.front().name.str();
      node.op = sources.front().op.str();
    }
    node.own = own.units[i].decibels();
    node.macs = macsOf(unit);
    auto it = after.find(unit.ops.back());
    node.quantized = it != after.end();
    node.after =
        node.quantized ? it->second : std::numeric_limits<double>::infinity();
    // Without the measurement the plain form is not known.
    bool same = i < before.size() &&
                before[i].name == describeNode(unit.main()->getLoc());
    node.before = same ? before[i].before : node.own;
    report.nodes.push_back(std::move(node));
  }
  report.after = figures.model.decibels();
  report.bytesBefore = countConstantBytes(module);
  report.target = target;
  report.budget = budget;
  report.macs = macs;
  report.floatMacs = macs;
  for (const Unit &unit : current.units)
    report.floatMacs -= macsOf(unit);
}

LogicalResult Search::run() {
  func::FuncOp entry = entryOf(module);
  for (Operation &op : entry.getBody().front())
    macs += countMacs(&op).value_or(0);
  all = planUnits(entry);
  auto each = measureNoise(module, all, context.calibration, NoiseOf::Each);
  auto together = measureNoise(module, all, context.calibration, NoiseOf::All);
  if (failed(each) || failed(together))
    return failure();
  own = std::move(*each);
  current = all;
  figures = std::move(*together);
  if (failed(improve()))
    return failure();
  for (Operation *op : kept)
    remarkMissed(op, "graph-choose-float",
                 "it computes on floats: on 8-bit integers it would lose too "
                 "much");
  fillReport();
  return success();
}

namespace {
struct GraphChooseFloat
    : systole::graph::impl::GraphChooseFloatBase<GraphChooseFloat> {
  using GraphChooseFloatBase::GraphChooseFloatBase;
  GraphChooseFloat(GraphChooseFloatOptions options, SharedQuantize shared)
      : GraphChooseFloatBase(std::move(options)), shared(std::move(shared)) {}

  void runOnOperation() override {
    ModuleOp module = getOperation();
    // Two forms beside each other would assign the same variables.
    if (!module.getOps<VariableOp>().empty())
      return;
    SharedQuantize context = quantizeContext(module, shared, samples, seed);
    if (!context)
      return signalPassFailure();
    Search search(module, *context, target, budget);
    if (failed(search.run()))
      return signalPassFailure();
    numKept += search.numKept();
  }

  SharedQuantize shared;
};
} // namespace

std::unique_ptr<Pass>
systole::graph::createGraphChooseFloat(GraphChooseFloatOptions options,
                                       SharedQuantize shared) {
  return std::make_unique<GraphChooseFloat>(std::move(options),
                                            std::move(shared));
}
