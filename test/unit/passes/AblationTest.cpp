//===- AblationTest.cpp - What each pass is good for ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each pass a small model and a figure that is worse where the pipeline
// runs without it. A pass without a case fails the last test.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/CpuBackend.h"
#include "backends/Cpu/LowerModule.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Analysis/Costs.h"
#include "passes/Pipelines/Pipelines.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// Figures: less is better
//===----------------------------------------------------------------------===//

/// Graph operations, those in groups and regions included; not constants.
static int64_t countNodes(ModuleOp module) {
  int64_t count = 0;
  module.walk([&](Operation *op) {
    count += isa<GraphDialect>(op->getDialect()) &&
             !isa<ConstantOp, YieldOp, GroupOp>(op);
  });
  return count;
}

static int64_t countBytes(ModuleOp module) {
  return countBytesMoved(module).value_or(-1);
}

static int64_t countTransposed(ModuleOp module) {
  int64_t count = 0;
  module.walk([&](TransposeOp) { ++count; });
  return count;
}

/// Results whose shape is not known.
static int64_t countUnknownShapes(ModuleOp module) {
  int64_t count = 0;
  module.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (auto tensor = dyn_cast<TensorType>(type))
        count += !tensor.hasRank() || !tensor.hasStaticShape();
  });
  return count;
}

/// Operations that run in each iteration of a loop.
static int64_t countRepeated(ModuleOp module) {
  int64_t count = 0;
  module.walk([&](Operation *op) {
    count += op->getParentOfType<systole::graph::WhileOp>() &&
             !isa<ConstantOp, YieldOp>(op);
  });
  return count;
}

/// Lowers to host code and kernels for the lowest level with vectors.
static OwningOpRef<ModuleOp> lower(ModuleOp module,
                                   cpu::ModelDescription &model) {
  std::string message;
  auto target =
      cpu::TargetModel::create("x86-64-v3", "x86_64-linux-gnu", message);
  OwningOpRef<ModuleOp> lowered(ModuleOp::create(module.getLoc()));
  cpu::CompileOptions options;
  options.threads = 1;
  EXPECT_TRUE(succeeded(target)) << message;
  EXPECT_TRUE(succeeded(cpu::lowerModule(module, options, cpu::Emit::Module,
                                         *target, *lowered, model)));
  return lowered;
}

/// Contractions that the CPU computes element by element.
static int64_t countPlainContractions(ModuleOp module) {
  cpu::ModelDescription model;
  OwningOpRef<ModuleOp> lowered = lower(module, model);
  int64_t count = 0;
  for (auto function : lowered->getOps<func::FuncOp>())
    count += function.getName().starts_with("conv_") ||
             function.getName().starts_with("matmul_");
  return count;
}

//===----------------------------------------------------------------------===//
// Cases
//===----------------------------------------------------------------------===//

namespace {

struct AblationCase {
  const char *pass;
  /// What the pass makes smaller.
  int64_t (*figure)(ModuleOp);
  /// The body of a function and its signature.
  const char *model;
};

} // namespace

/// Attributes of a 1x1 or larger convolution without padding.
#define CONV                                                                   \
  "{input_layout = #graph.layout<\"nc01\">, "                                  \
  "filter_layout = #graph.layout<\"oi01\">, "                                  \
  "output_layout = #graph.layout<\"nc01\">, strides = array<i64: 1, 1>, "      \
  "dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, "              \
  "groups = 1 : i64}"

static const AblationCase kCases[] = {
    {"graph-fold-variables", countNodes, R"(
      graph.variable @scale = dense<[1.0, 2.0]> : tensor<2xf32>
      graph.variable @last : tensor<2xf32>
      func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
        %s = graph.read_variable @scale : tensor<2xf32>
        %y = graph.mul %x, %s : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
        graph.assign_variable @last, %y : tensor<2xf32>
        return %y : tensor<2xf32>
      })"},
    {"graph-forward-variables", countNodes, R"(
      graph.variable @sum : tensor<2xf32>
      func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
        %a = graph.read_variable @sum : tensor<2xf32>
        %b = graph.add %a, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
        graph.assign_variable @sum, %b : tensor<2xf32>
        %c = graph.read_variable @sum : tensor<2xf32>
        %d = graph.relu %c : (tensor<2xf32>) -> tensor<2xf32>
        graph.assign_variable @sum, %d : tensor<2xf32>
        return %d : tensor<2xf32>
      })"},
    {"graph-promote-variables", countRepeated, R"(
      graph.variable @steps : tensor<i64>
      func.func @main(%n: tensor<i64>) {
        %one = graph.constant dense<1> : tensor<i64>
        graph.while () : () -> () {
          %s = graph.read_variable @steps : tensor<i64>
          %more = graph.compare lt, %s, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
          graph.yield %more : tensor<i1>
        } do () {
          %s = graph.read_variable @steps : tensor<i64>
          %t = graph.add %s, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
          graph.assign_variable @steps, %t : tensor<i64>
        }
        return
      })"},
    {"graph-infer-shapes", countUnknownShapes, R"(
      func.func @main(%x: tensor<2x3xf32>) -> tensor<*xf32> {
        %a = graph.exp %x : (tensor<2x3xf32>) -> tensor<*xf32>
        %b = graph.tanh %a : (tensor<*xf32>) -> tensor<*xf32>
        return %b : tensor<*xf32>
      })"},
    {"graph-fold-shapes", countNodes, R"(
      func.func @main(%x: tensor<?x4x4xf32>) -> tensor<?x?xf32> {
        %zero = graph.constant dense<0> : tensor<1xi64>
        %flat = graph.constant dense<16> : tensor<1xi64>
        %shape = graph.shape_of %x : (tensor<?x4x4xf32>) -> tensor<3xi64>
        %batch = graph.gather %shape, %zero {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
        %target = graph.concat %batch, %flat {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
        %y = graph.reshape %x, %target : (tensor<?x4x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
        return %y : tensor<?x?xf32>
      })"},
    {"graph-fold-constants", countNodes, R"(
      func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
        %a = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
        %b = graph.exp %a : (tensor<2xf32>) -> tensor<2xf32>
        %y = graph.mul %x, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
        return %y : tensor<2xf32>
      })"},
    {"graph-simplify-algebra", countNodes, R"(
      func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
        %scale = graph.constant dense<255.0> : tensor<f32>
        %mean = graph.constant dense<0.5> : tensor<f32>
        %deviation = graph.constant dense<0.2> : tensor<f32>
        %a = graph.div %x, %scale : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
        %b = graph.sub %a, %mean : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
        %c = graph.div %b, %deviation : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
        return %c : tensor<8xf32>
      })"},
    {"graph-simplify-reshapes", countBytes, R"(
      func.func @main(%x: tensor<8xf32>, %y: tensor<64x8xf32>) -> tensor<64x8xf32> {
        %shape = graph.constant dense<[64, 8]> : tensor<2xi64>
        %b = graph.broadcast %x, %shape : (tensor<8xf32>, tensor<2xi64>) -> tensor<64x8xf32>
        %z = graph.mul %b, %y : (tensor<64x8xf32>, tensor<64x8xf32>) -> tensor<64x8xf32>
        return %z : tensor<64x8xf32>
      })"},
    {"graph-simplify-slices", countBytes, R"(
      func.func @main(%x: tensor<64xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
        %start = graph.constant dense<64> : tensor<1xi64>
        %end = graph.constant dense<72> : tensor<1xi64>
        %one = graph.constant dense<1> : tensor<1xi64>
        %c = graph.concat %x, %y {axis = 0 : i64} : (tensor<64xf32>, tensor<8xf32>) -> tensor<72xf32>
        %z = graph.slice %c, %start, %end, %one {axes = array<i64: 0>} : (tensor<72xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<8xf32>
        return %z : tensor<8xf32>
      })"},
    {"graph-fold-pads", countBytes,
     R"(
      func.func @main(%x: tensor<1x1x6x6xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x6x6xf32> {
        %pads = graph.constant dense<[0, 0, 1, 1, 0, 0, 1, 1]> : tensor<8xi64>
        %p = graph.pad constant, %x, %pads : (tensor<1x1x6x6xf32>, tensor<8xi64>) -> tensor<1x1x8x8xf32>
        %y = graph.conv %p, %w )" CONV
     R"( : (tensor<1x1x8x8xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x6x6xf32>
        return %y : tensor<1x2x6x6xf32>
      })"},
    {"graph-recognize-composites", countBytes, R"(
      func.func @main(%x: tensor<64x8xf32>) -> tensor<64x8xf32> {
        %m = graph.reduce max, %x {axes = array<i64: 1>, keep_dims} : (tensor<64x8xf32>) -> tensor<64x1xf32>
        %d = graph.sub %x, %m : (tensor<64x8xf32>, tensor<64x1xf32>) -> tensor<64x8xf32>
        %e = graph.exp %d : (tensor<64x8xf32>) -> tensor<64x8xf32>
        %s = graph.reduce sum, %e {axes = array<i64: 1>, keep_dims} : (tensor<64x8xf32>) -> tensor<64x1xf32>
        %y = graph.div %e, %s : (tensor<64x8xf32>, tensor<64x1xf32>) -> tensor<64x8xf32>
        return %y : tensor<64x8xf32>
      })"},
    {"graph-hoist-invariants", countRepeated, R"(
      func.func @main(%x: tensor<8xf32>, %n: tensor<f32>) -> tensor<8xf32> {
        %r = graph.while (%i = %x) : (tensor<8xf32>) -> (tensor<8xf32>) {
          %m = graph.reduce max, %i {axes = array<i64: 0>} : (tensor<8xf32>) -> tensor<f32>
          %more = graph.compare lt, %m, %n : (tensor<f32>, tensor<f32>) -> tensor<i1>
          graph.yield %more : tensor<i1>
        } do (%j) {
          %a = graph.exp %x : (tensor<8xf32>) -> tensor<8xf32>
          %c = graph.add %j, %a : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
          graph.yield %c : tensor<8xf32>
        }
        return %r : tensor<8xf32>
      })"},
    {"graph-prune", countNodes, R"(
      func.func @main(%x: tensor<8xf32>, %n: tensor<f32>) -> tensor<8xf32> {
        %r:2 = graph.while (%i = %x, %u = %x) : (tensor<8xf32>, tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
          %m = graph.reduce max, %i {axes = array<i64: 0>} : (tensor<8xf32>) -> tensor<f32>
          %more = graph.compare lt, %m, %n : (tensor<f32>, tensor<f32>) -> tensor<i1>
          graph.yield %more : tensor<i1>
        } do (%j, %v) {
          %c = graph.exp %j : (tensor<8xf32>) -> tensor<8xf32>
          %d = graph.tanh %v : (tensor<8xf32>) -> tensor<8xf32>
          graph.yield %c, %d : tensor<8xf32>, tensor<8xf32>
        }
        return %r#0 : tensor<8xf32>
      })"},
    {"graph-eliminate-common-subexpressions", countNodes, R"(
      func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
        %a = graph.exp %x : (tensor<8xf32>) -> tensor<8xf32>
        %b = graph.exp %x : (tensor<8xf32>) -> tensor<8xf32>
        %y = graph.add %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
        return %y : tensor<8xf32>
      })"},
    {"graph-fold-batch-norm", countNodes,
     R"(
      func.func @main(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
        %w = graph.constant dense<0.5> : tensor<2x1x1x1xf32>
        %s = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
        %c = graph.conv %x, %w )" CONV
     R"( : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
        %y = graph.batch_norm %c, %s, %s, %s, %s {axis = 1 : i64, epsilon = 1.0e-5 : f64} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
        return %y : tensor<1x2x4x4xf32>
      })"},
    {"graph-fold-bias", countNodes,
     R"(
      func.func @main(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
        %w = graph.constant dense<0.5> : tensor<2x1x1x1xf32>
        %b = graph.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
        %c = graph.conv %x, %w )" CONV
     R"( : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
        %y = graph.add %c, %b : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
        return %y : tensor<1x2x4x4xf32>
      })"},
    {"graph-fold-transposes", countTransposed,
     R"(
      func.func @main(%x: tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32> {
        %w = graph.constant dense<0.5> : tensor<4x4x1x1xf32>
        %c = graph.conv %x, %w )" CONV
     R"( : (tensor<1x4x6x6xf32>, tensor<4x4x1x1xf32>) -> tensor<1x4x6x6xf32>
        %r = graph.relu %c : (tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
        %d = graph.conv %r, %w )" CONV
     R"( : (tensor<1x4x6x6xf32>, tensor<4x4x1x1xf32>) -> tensor<1x4x6x6xf32>
        return %d : tensor<1x4x6x6xf32>
      })"},
    {"graph-choose-layout", countPlainContractions,
     R"(
      func.func @main(%x: tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32> {
        %w = graph.constant dense<0.5> : tensor<4x4x1x1xf32>
        %c = graph.conv %x, %w )" CONV
     R"( : (tensor<1x4x6x6xf32>, tensor<4x4x1x1xf32>) -> tensor<1x4x6x6xf32>
        return %c : tensor<1x4x6x6xf32>
      })"},
    {"graph-recompute-cheap", countBytes, R"(
      func.func @main(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
        %r = graph.relu %x : (tensor<64xf32>) -> tensor<64xf32>
        %a = graph.exp %r : (tensor<64xf32>) -> tensor<64xf32>
        %b = graph.tanh %r : (tensor<64xf32>) -> tensor<64xf32>
        return %a, %b : tensor<64xf32>, tensor<64xf32>
      })"},
    {"graph-fuse-attention", countBytes, R"(
      func.func @main(%q: tensor<4x8x2xf32>, %k: tensor<4x2x8xf32>) -> tensor<4x8x2xf32> {
        %s = graph.matmul %q, %k : (tensor<4x8x2xf32>, tensor<4x2x8xf32>) -> tensor<4x8x8xf32>
        %p = graph.softmax %s {axis = 2 : i64} : (tensor<4x8x8xf32>) -> tensor<4x8x8xf32>
        %y = graph.matmul %p, %q : (tensor<4x8x8xf32>, tensor<4x8x2xf32>) -> tensor<4x8x2xf32>
        return %y : tensor<4x8x2xf32>
      })"},
    {"graph-fuse-rows", countBytes, R"(
      func.func @main(%x: tensor<64x8xf32>) -> tensor<64x8xf32> {
        %m = graph.reduce mean, %x {axes = array<i64: 1>, keep_dims} : (tensor<64x8xf32>) -> tensor<64x1xf32>
        %c = graph.sub %x, %m : (tensor<64x8xf32>, tensor<64x1xf32>) -> tensor<64x8xf32>
        %q = graph.mul %c, %c : (tensor<64x8xf32>, tensor<64x8xf32>) -> tensor<64x8xf32>
        %v = graph.reduce mean, %q {axes = array<i64: 1>, keep_dims} : (tensor<64x8xf32>) -> tensor<64x1xf32>
        %s = graph.sqrt %v : (tensor<64x1xf32>) -> tensor<64x1xf32>
        %y = graph.div %c, %s : (tensor<64x8xf32>, tensor<64x1xf32>) -> tensor<64x8xf32>
        return %y : tensor<64x8xf32>
      })"},
    {"graph-fuse-elementwise", countBytes, R"(
      func.func @main(%x: tensor<64x8xf32>) -> tensor<64x8xf32> {
        %w = graph.constant dense<0.5> : tensor<8x8xf32>
        %a = graph.matmul %x, %w : (tensor<64x8xf32>, tensor<8x8xf32>) -> tensor<64x8xf32>
        %b = graph.relu %a : (tensor<64x8xf32>) -> tensor<64x8xf32>
        return %b : tensor<64x8xf32>
      })"},
};

//===----------------------------------------------------------------------===//
// Tests
//===----------------------------------------------------------------------===//

namespace {

class AblationTest : public ::testing::TestWithParam<AblationCase> {
protected:
  AblationTest() {
    DialectRegistry registry;
    cpu::registerDialects(registry);
    context.appendDialectRegistry(registry);
    context.disableMultithreading();
    context.loadDialect<GraphDialect, func::FuncDialect>();
    context.loadAllAvailableDialects();
  }

  /// The case's figure after all phases, without the pass named `without`.
  int64_t measure(const char *without) {
    auto module = parseSourceString<ModuleOp>(GetParam().model, &context);
    EXPECT_TRUE(module);
    GraphPipelineOptions options;
    options.verifyNames = false;
    if (without)
      options.without.push_back(without);
    PassManager pm(&context);
    buildGraphPipeline(pm, options);
    EXPECT_TRUE(succeeded(pm.run(*module)));
    return GetParam().figure(*module);
  }

  MLIRContext context;
};

} // namespace

TEST_P(AblationTest, AbsenceIsWorse) {
  int64_t with = measure(nullptr), without = measure(GetParam().pass);
  EXPECT_GE(with, 0);
  EXPECT_LT(with, without);
}

INSTANTIATE_TEST_SUITE_P(Passes, AblationTest, ::testing::ValuesIn(kCases),
                         [](const auto &info) {
                           std::string name = info.param.pass;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// Passes that check, or bring a plugin's operations into the dialect
/// (DecomposeTest.cpp), are no optimisations; MLIR's own are tested there.
TEST(AblationCoverage, EveryPassHasACase) {
  for (const std::string &name : graphPassNames()) {
    if (!StringRef(name).starts_with("graph-") ||
        name == "graph-verify-names" || name == "graph-decompose")
      continue;
    EXPECT_TRUE(llvm::any_of(kCases, [&](const AblationCase &ablation) {
      return ablation.pass == name;
    })) << name;
  }
}
