//===- MeasureNoise.cpp - Report how much noise quantisation adds ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What graph-choose-float improves on: its figures are the report's "before".
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Quantize/Noise.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "llvm/Support/Format.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHMEASURENOISE
#include "passes/Transforms/Quantize/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Tells the figures as remarks.
static void remarkNoise(const UnitPlan &plan, const NoiseFigures &figures,
                        StringRef who) {
  for (auto [unit, noise] : llvm::zip_equal(plan.units, figures.units)) {
    std::string text;
    llvm::raw_string_ostream(text)
        << "signal to noise " << llvm::format("%.1f", noise.decibels())
        << " dB";
    remarkPassed(unit.main(), who, text);
  }
}

namespace {
struct GraphMeasureNoise
    : systole::graph::impl::GraphMeasureNoiseBase<GraphMeasureNoise> {
  using GraphMeasureNoiseBase::GraphMeasureNoiseBase;
  GraphMeasureNoise(GraphMeasureNoiseOptions options, SharedQuantize shared)
      : GraphMeasureNoiseBase(std::move(options)), shared(std::move(shared)) {}

  void runOnOperation() override {
    SharedQuantize context =
        quantizeContext(getOperation(), shared, samples, seed);
    if (!context)
      return signalPassFailure();
    UnitPlan plan = planUnits(entryOf(getOperation()));
    auto figures =
        measureNoise(getOperation(), plan, context->calibration, NoiseOf::All);
    if (failed(figures))
      return signalPassFailure();
    remarkNoise(plan, *figures, getArgument());
    context->report.before = figures->model.decibels();
    context->report.nodes.clear();
    for (auto [unit, noise] : llvm::zip_equal(plan.units, figures->units)) {
      QuantizedNode node;
      node.name = describeNode(unit.main()->getLoc());
      node.before = noise.decibels();
      context->report.nodes.push_back(node);
    }
  }

  SharedQuantize shared;
};
} // namespace

std::unique_ptr<Pass>
systole::graph::createGraphMeasureNoise(GraphMeasureNoiseOptions options,
                                        SharedQuantize shared) {
  return std::make_unique<GraphMeasureNoise>(std::move(options),
                                             std::move(shared));
}
