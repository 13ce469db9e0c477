//===- QuantizeTest.cpp - Post-training quantisation ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranges of known numbers; what equalisation must not change; and random
// networks whose quantised form is near the floats and has the same bits in the
// interpreter and on the CPU.
//
//===----------------------------------------------------------------------===//

#include "RandomGraph.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "frontend/Common/GraphBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines/Pipelines.h"
#include "passes/Transforms/Quantize/Noise.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "passes/Transforms/Quantize/RangeObserver.h"
#include "test/property/CpuModule.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using namespace systole::graph;
using frontend::GraphBuilder;

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

/// 10,000 numbers in [-1, 1], and one far away.
static std::vector<float> numbersWithOutlier() {
  std::vector<float> numbers;
  for (int i = 0; i < 10000; ++i)
    numbers.push_back(static_cast<float>(i) / 5000 - 1);
  numbers.push_back(30);
  return numbers;
}

TEST(RangeObserver, MinMaxTakesAll) {
  RangeObserver observer;
  ASSERT_TRUE(observer.add(numbersWithOutlier()));
  EXPECT_EQ(observer.count(), 10001);
  EXPECT_EQ(observer.range(RangeMethod::MinMax).low, -1);
  EXPECT_EQ(observer.range(RangeMethod::MinMax).high, 30);
}

TEST(RangeObserver, PercentileLeavesOneInTenThousand) {
  RangeObserver observer;
  ASSERT_TRUE(observer.add(numbersWithOutlier()));
  Interval range = observer.range(RangeMethod::Percentile);
  EXPECT_NEAR(range.low, -1, 0.02);
  EXPECT_NEAR(range.high, 1, 0.02);
}

TEST(RangeObserver, MeanSquareTradesTheOutlierForSteps) {
  RangeObserver observer;
  ASSERT_TRUE(observer.add(numbersWithOutlier()));
  Interval range = observer.range(RangeMethod::MeanSquare);
  EXPECT_LT(range.high, 30);
  EXPECT_GE(range.high, 7.5);
  // Evenly spread numbers lose by any cut.
  RangeObserver even;
  std::vector<float> numbers = numbersWithOutlier();
  ASSERT_TRUE(even.add(ArrayRef(numbers).drop_back()));
  EXPECT_EQ(even.range(RangeMethod::MeanSquare).low, -1);
}

TEST(RangeObserver, PiecesMakeNoDifference) {
  std::vector<float> numbers = numbersWithOutlier();
  RangeObserver whole, pieces;
  ASSERT_TRUE(whole.add(numbers));
  for (float x : numbers)
    ASSERT_TRUE(pieces.add(x));
  for (auto method : {RangeMethod::MinMax, RangeMethod::Percentile}) {
    EXPECT_NEAR(whole.range(method).low, pieces.range(method).low, 0.02);
    EXPECT_NEAR(whole.range(method).high, pieces.range(method).high, 0.02);
  }
}

TEST(RangeObserver, RefusesWhatIsNotFinite) {
  RangeObserver observer;
  EXPECT_FALSE(observer.add({1.0f, NAN}));
  EXPECT_FALSE(observer.add({INFINITY}));
  EXPECT_EQ(observer.count(), 0);
}

TEST(Int8Scale, HoldsZeroExactly) {
  for (auto [low, high] : {std::pair(-1.0f, 2.0f), std::pair(3.0f, 7.0f),
                           std::pair(-9.0f, -1.0f), std::pair(0.0f, 0.0f)}) {
    Int8Scale scale = int8Scale({low, high});
    EXPECT_EQ(quantizedNumber(0, scale), scale.zeroPoint);
    EXPECT_GE(scale.zeroPoint, -128);
    EXPECT_LE(scale.zeroPoint, 127);
  }
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

namespace {
/// Random layers that can all be quantised, channels last.
class Layers {
public:
  Layers(GraphBuilder &b, RandomNumbers &random) : b(b), random(random) {}

  Value next(Value x) {
    switch (random.integer(0, 8)) {
    case 0:
      return b.relu(convolution(x, 1, random.integer(1, 9)));
    case 1:
      return convolution(x, GraphBuilder::sizeOf(x, 3),
                         GraphBuilder::sizeOf(x, 3));
    case 2:
      return b.add(x, convolution(x, 1, GraphBuilder::sizeOf(x, 3)));
    case 3:
      return b.mul(b.tanh(x), b.sigmoid(x));
    case 4:
      return b.concat({x, b.relu(convolution(x, 1, 3))}, 3);
    case 5:
      return pool<MaxPoolOp>(x);
    case 6:
      return pool<AvgPoolOp>(x);
    case 7:
      return b.softmax(x, 3);
    default:
      return b.min(b.max(convolution(x, 1, random.integer(1, 20)), -0.1), 0.7);
    }
  }

private:
  Value convolution(Value x, int64_t groups, int64_t outputs) {
    int64_t channels = GraphBuilder::sizeOf(x, 3),
            kernel = random.integer(1, 3);
    Type f32 = b.getBuilder().getF32Type();
    Tensor filter =
        random.tensor(f32, {kernel, kernel, channels / groups, outputs});
    auto n01c = LayoutAttr::get(b.getContext(), "n01c");
    return b.make<ConvOp>(
        {x, b.constant(filter), b.constant(random.tensor(f32, {outputs}))},
        {b.attr("input_layout", n01c), b.attr("output_layout", n01c),
         b.attr("filter_layout", LayoutAttr::get(b.getContext(), "01io")),
         b.attr("strides", {1, 1}), b.attr("dilations", {1, 1}),
         b.attr("pads", {0, 0, 0, 0}), b.attr("groups", groups),
         b.attr("auto_pad",
                AutoPadAttr::get(b.getContext(), AutoPad::same_upper))},
        1);
  }

  template <typename PoolOp>
  Value pool(Value x) {
    return b.make<PoolOp>(
        {x}, {b.attr("layout", LayoutAttr::get(b.getContext(), "n01c")),
              b.attr("kernel", {2, 3}), b.attr("strides", {1, 1}),
              b.attr("dilations", {1, 1}), b.attr("pads", {0, 1, 1, 1})});
  }

  GraphBuilder &b;
  RandomNumbers &random;
};
} // namespace

/// A network that begins with a convolution, called `main`.
static void addLayers(ModuleOp module, uint64_t seed) {
  RandomNumbers random(seed);
  OpBuilder builder(module.getContext());
  Location loc = builder.getUnknownLoc();
  builder.setInsertionPointToEnd(module.getBody());
  auto type = RankedTensorType::get(
      {1, random.integer(3, 7), random.integer(3, 7), random.integer(1, 5)},
      builder.getF32Type());
  auto function = func::FuncOp::create(builder, loc, "main",
                                       builder.getFunctionType(type, {}));
  function->setAttr(kEntryAttr, builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock());
  GraphBuilder b(builder, loc);
  Layers layers(b, random);
  Value x = function.getArgument(0);
  int64_t count = random.integer(3, 8);
  // What does not follow a contraction stays floats, and is not exact.
  auto filter = random.tensor(type.getElementType(), {type.getDimSize(3), 4});
  x = b.matmul(x, b.constant(filter));
  for (int64_t i = 0; i < count; ++i)
    x = layers.next(x);
  func::ReturnOp::create(builder, loc, x);
  function.setType(builder.getFunctionType(type, x.getType()));
}

static void runPasses(ModuleOp module,
                      std::vector<std::unique_ptr<Pass>> passes) {
  PassManager pm(module.getContext());
  for (auto &pass : passes)
    pm.addPass(std::move(pass));
  ASSERT_TRUE(succeeded(pm.run(module)));
}

namespace {
struct QuantizeTest : ::testing::TestWithParam<int> {
  QuantizeTest() : context(registry(), MLIRContext::Threading::DISABLED) {
    context.loadDialect<GraphDialect, func::FuncDialect>();
    module = ModuleOp::create(UnknownLoc::get(&context));
    addLayers(*module, GetParam());
  }
  static const DialectRegistry &registry() {
    static DialectRegistry all = [] {
      DialectRegistry filled;
      cpu::registerDialects(filled);
      return filled;
    }();
    return all;
  }
  func::FuncOp entry() { return entryOf(*module); }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

TEST_P(QuantizeTest, EqualisationChangesNothing) {
  auto samples = randomSamples(entry(), 2, 5);
  ASSERT_TRUE(succeeded(samples));
  auto before = interpret(entry(), (*samples)[0]);
  ASSERT_TRUE(succeeded(before));
  std::vector<std::unique_ptr<Pass>> passes;
  passes.push_back(createGraphCalibrate());
  passes.push_back(createGraphEqualizeChannels());
  runPasses(*module, std::move(passes));
  auto after = interpret(entry(), (*samples)[0]);
  ASSERT_TRUE(succeeded(after));
  for (int64_t i = 0; i < (*before)[0].size(); ++i)
    EXPECT_NEAR((*before)[0].getDouble(i), (*after)[0].getDouble(i), 1e-5);
}

TEST_P(QuantizeTest, HasOneResultEverywhere) {
  auto samples = randomSamples(entry(), 4, 7);
  ASSERT_TRUE(succeeded(samples));
  Noise noise;
  std::vector<Tensor> floats;
  for (const Sample &sample : *samples)
    floats.push_back((*interpret(entry(), sample))[0]);
  auto options = std::make_shared<QuantizePipelineOptions>();
  options->shared = std::make_shared<QuantizeContext>();
  options->shared->calibration.samples = *samples;
  options->target = 0;
  GraphPipelineOptions graph;
  graph.quantize = options;
  graph.verifyNames = false;
  PassManager pm(&context);
  buildGraphPipeline(pm, graph);
  ASSERT_TRUE(succeeded(pm.run(*module)));
  SmallVector<Type> types(entry().getResultTypes());
  property::CpuModule compiled;
  ASSERT_TRUE(succeeded(compiled.compile(*module, 1)));
  for (auto [sample, expected] : llvm::zip_equal(*samples, floats)) {
    auto oracle = interpret(entry(), sample);
    std::string message;
    auto found = compiled.run("main", sample, types, message);
    ASSERT_TRUE(succeeded(oracle) && found) << message;
    EXPECT_TRUE((*oracle)[0].identical((*found)[0]));
    noise.add(expected, (*oracle)[0]);
  }
  // Random weights amplify noise more than trained ones.
  EXPECT_GT(noise.decibels(), 10);
}

INSTANTIATE_TEST_SUITE_P(Networks, QuantizeTest, ::testing::Range(1, 11));
