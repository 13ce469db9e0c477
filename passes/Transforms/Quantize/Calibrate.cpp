//===- Calibrate.cpp - Measure the ranges of values on examples -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One run of a copy of the module in which every value of interest is a result.
// Arguments are looked at in the samples themselves.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Transforms/Common/PassStatistic.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "passes/Transforms/Quantize/RangeObserver.h"
#include "passes/Transforms/Quantize/Units.h"
#include <cmath>

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHCALIBRATE
#include "passes/Transforms/Quantize/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

SharedQuantize systole::graph::quantizeContext(ModuleOp module,
                                               SharedQuantize shared,
                                               int64_t samples, int64_t seed) {
  if (shared)
    return shared;
  func::FuncOp entry = entryOf(module);
  if (!entry) {
    module.emitError("there is no entry function to run");
    return {};
  }
  auto random = randomSamples(entry, samples, seed);
  if (failed(random))
    return {};
  shared = std::make_shared<QuantizeContext>();
  shared->calibration.samples = std::move(*random);
  return shared;
}

namespace {
/// What is collected of one value.
struct Observed {
  Value value;
  RangeObserver range;
  /// The dimension of channels, or -1 where nobody asks for them.
  int64_t channelDim = -1;
  SmallVector<double, 0> sums, magnitudes;
  int64_t perChannel = 0;

  /// False at a number that is not finite.
  bool add(const Tensor &tensor);
  void annotate(RangeMethod method) const;
};
} // namespace

bool Observed::add(const Tensor &tensor) {
  SmallVector<float, 0> numbers = floatsOf(tensor);
  if (!range.add(numbers))
    return false;
  if (channelDim < 0 || numbers.empty())
    return true;
  int64_t channels = tensor.dim(channelDim);
  int64_t inner = countElements(tensor.getShape().drop_front(channelDim + 1));
  sums.resize(channels, 0.0);
  magnitudes.resize(channels, 0.0);
  perChannel += tensor.size() / channels;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    int64_t c = i / inner % channels;
    sums[c] += numbers[i];
    magnitudes[c] = std::max(magnitudes[c], std::abs(double(numbers[i])));
  }
  return true;
}

void Observed::annotate(RangeMethod method) const {
  Interval found = range.range(method);
  setNumbers(value, kRangeAttr, {found.low, found.high});
  if (!perChannel)
    return;
  SmallVector<float> means, largest;
  for (auto [sum, magnitude] : llvm::zip_equal(sums, magnitudes)) {
    means.push_back(static_cast<float>(sum / perChannel));
    largest.push_back(static_cast<float>(magnitude));
  }
  setNumbers(value, kMeansAttr, means);
  setNumbers(value, kMagnitudesAttr, largest);
}

/// The channels' dimension for contractions with constant weights that read
/// `value`; -1 if there is none, or they disagree.
static int64_t channelDimOf(Value value) {
  int64_t dim = -1;
  for (OpOperand &use : value.getUses())
    if (use.getOperandNumber() == 0 && weightsOf(use.getOwner())) {
      int64_t other = inputChannelDim(use.getOwner());
      if (dim >= 0 && other != dim)
        return -1;
      dim = other;
    }
  return dim;
}

/// The f32 values of the entry's block whose range is wanted.
static std::vector<Observed> valuesToObserve(func::FuncOp entry, bool renew) {
  std::vector<Observed> observed;
  auto add = [&](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (type && type.getElementType().isF32() && (renew || !rangeOf(value)))
      observed.push_back({value, {}, channelDimOf(value), {}, {}, 0});
  };
  llvm::for_each(entry.getArguments(), add);
  for (Operation &op : entry.getBody().front().without_terminator())
    if (!op.hasTrait<OpTrait::ConstantLike>())
      llvm::for_each(op.getResults(), add);
  return observed;
}

/// An error at the value's node, or about the input.
static LogicalResult reportNotFinite(Value value, size_t sample) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return value.getDefiningOp()->emitError("gives NaN or infinity for sample ")
           << sample << " of the calibration data";
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto name =
      function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kNameAttr);
  return function.emitError("sample ")
         << sample << " of the calibration data for input '"
         << (name ? name.getValue() : "?") << "' has NaN or infinity";
}

/// Fills `observed` from the samples and a run on them.
static LogicalResult observe(ModuleOp module, const Calibration &calibration,
                             MutableArrayRef<Observed> observed) {
  size_t inputs = 0;
  for (Observed &one : observed) {
    auto argument = dyn_cast<BlockArgument>(one.value);
    if (!argument)
      break;
    ++inputs;
    for (auto [i, sample] : llvm::enumerate(calibration.samples))
      if (!one.add(sample[argument.getArgNumber()]))
        return reportNotFinite(one.value, i);
  }
  MutableArrayRef<Observed> computed = observed.drop_front(inputs);
  if (computed.empty())
    return success();
  SmallVector<Value> values = llvm::map_to_vector(
      computed, [](const Observed &one) { return one.value; });
  OwningOpRef<ModuleOp> probe = makeProbe(module, values);
  return calibration.run(*probe, [&](size_t i, ArrayRef<Tensor> results) {
    for (auto [one, result] : llvm::zip_equal(computed, results))
      if (!one.add(result))
        return reportNotFinite(one.value, i);
    return success();
  });
}

namespace {
struct GraphCalibrate
    : systole::graph::impl::GraphCalibrateBase<GraphCalibrate> {
  using GraphCalibrateBase::GraphCalibrateBase;
  GraphCalibrate(GraphCalibrateOptions options, SharedQuantize shared)
      : GraphCalibrateBase(std::move(options)), shared(std::move(shared)) {}

  void runOnOperation() override {
    std::optional<RangeMethod> method = rangeMethod(ranges);
    if (!method) {
      getOperation().emitError("'")
          << ranges << "' is no way to choose ranges: it is one of min-max, "
          << "percentile, mean-square";
      return signalPassFailure();
    }
    SharedQuantize context =
        quantizeContext(getOperation(), shared, samples, seed);
    if (!context)
      return signalPassFailure();
    std::vector<Observed> observed =
        valuesToObserve(entryOf(getOperation()), renew);
    if (failed(observe(getOperation(), context->calibration, observed)))
      return signalPassFailure();
    for (const Observed &one : observed)
      one.annotate(*method);
    numValues += observed.size();
    context->report.samples = context->calibration.samples.size();
    context->report.ranges = ranges;
  }

  SharedQuantize shared;
};
} // namespace

std::unique_ptr<Pass>
systole::graph::createGraphCalibrate(GraphCalibrateOptions options,
                                     SharedQuantize shared) {
  return std::make_unique<GraphCalibrate>(std::move(options),
                                          std::move(shared));
}
