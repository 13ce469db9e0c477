//===- NumericsTest.cpp - Optimised graphs compute the same ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The interpreter runs a graph before and after all phases, on random inputs.
// The graphs are random networks, and every case of the passes' lit tests.
//
//===----------------------------------------------------------------------===//

#include "RandomGraph.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines/Pipelines.h"
#include "passes/Transforms/Graph/Passes.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstdlib>

using namespace mlir;
using namespace systole;
using namespace systole::graph;

/// Loops that run longer are not compared.
static constexpr int64_t kMaxIterations = 20;

/// What each function of `module` gives for random arguments; nothing for one
/// that takes arguments of unknown rank, or fails.
static std::vector<SmallVector<Tensor>> runAll(ModuleOp module, uint64_t seed) {
  std::vector<SmallVector<Tensor>> all;
  ScopedDiagnosticHandler quiet(module.getContext(),
                                [](Diagnostic &) { return success(); });
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic())
      continue;
    RandomNumbers random(seed);
    SmallVector<Tensor> arguments;
    for (Type type : function.getArgumentTypes()) {
      auto ranked = dyn_cast<RankedTensorType>(type);
      if (!ranked || elementBytes(ranked.getElementType()) == 0 ||
          isa<ComplexType>(ranked.getElementType()))
        break;
      SmallVector<int64_t> shape(ranked.getShape());
      llvm::replace(shape, ShapedType::kDynamic, int64_t(2));
      arguments.push_back(random.tensor(ranked.getElementType(), shape));
    }
    all.emplace_back();
    if (arguments.size() != function.getNumArguments())
      continue;
    InterpreterOptions options;
    options.maxWhileIterations = kMaxIterations;
    auto results = interpret(function, arguments, options);
    if (succeeded(results))
      all.back() = *results;
  }
  return all;
}

/// Expects equal shapes, and numbers within `tolerance` of the largest one.
static void expectClose(const Tensor &expected, const Tensor &found,
                        double tolerance) {
  ASSERT_EQ(expected.getType(), found.getType());
  if (!isa<FloatType>(expected.getElementType())) {
    EXPECT_TRUE(expected.identical(found));
    return;
  }
  double largest = 1.0;
  for (int64_t i = 0; i < expected.size(); ++i)
    if (std::isfinite(expected.getDouble(i)))
      largest = std::max(largest, std::abs(expected.getDouble(i)));
  for (int64_t i = 0; i < expected.size(); ++i) {
    double a = expected.getDouble(i), b = found.getDouble(i);
    bool same = std::isfinite(a) ? std::abs(a - b) <= tolerance * largest
                                 : std::isnan(a) == std::isnan(b) &&
                                       (std::isnan(a) || a == b);
    ASSERT_TRUE(same) << "element " << i << " is " << b << ", expected " << a;
  }
}

/// Optimises a copy of `module` and compares it with the original. Returns how
/// many functions gave results to compare.
static int compareOptimised(ModuleOp module,
                            const GraphPipelineOptions &options, uint64_t seed,
                            double tolerance) {
  OwningOpRef<ModuleOp> optimised = module.clone();
  PassManager pm(module.getContext());
  buildGraphPipeline(pm, options);
  EXPECT_TRUE(succeeded(pm.run(*optimised)));
  auto expected = runAll(module, seed), found = runAll(*optimised, seed);
  EXPECT_EQ(expected.size(), found.size());
  int compared = 0;
  for (auto [a, b] : llvm::zip(expected, found)) {
    if (a.empty())
      continue;
    EXPECT_EQ(a.size(), b.size());
    for (auto [x, y] : llvm::zip(a, b))
      expectClose(x, y, tolerance);
    ++compared;
  }
  return compared;
}

namespace {

class NumericsTest : public ::testing::Test {
protected:
  NumericsTest() {
    context.disableMultithreading();
    context.loadDialect<GraphDialect, func::FuncDialect>();
  }
  MLIRContext context;
};

} // namespace

/// SYSTOLE_RANDOM_NETWORKS in the environment asks for more of them.
TEST_F(NumericsTest, RandomNetworks) {
  const char *count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  uint64_t last = count ? std::strtoull(count, nullptr, 10) : 150;
  for (uint64_t seed = 1; seed <= last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomNumbers random(seed);
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    addRandomGraph(*module, "main", random, random.integer(4, 24));
    ASSERT_TRUE(succeeded(verify(*module)));
    GraphPipelineOptions options;
    options.channelsLast = seed % 4 != 0;
    EXPECT_EQ(compareOptimised(*module, options, seed, 2e-5), 1);
    if (HasFailure()) {
      module->dump();
      return;
    }
  }
}

TEST_F(NumericsTest, StrictNetworksAreExact) {
  for (uint64_t seed = 1001; seed <= 1040; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomNumbers random(seed);
    OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
    addRandomGraph(*module, "main", random, random.integer(4, 24));
    GraphPipelineOptions options;
    options.reassociate = false;
    EXPECT_EQ(compareOptimised(*module, options, seed, 0.0), 1);
    if (HasFailure()) {
      module->dump();
      return;
    }
  }
}

/// Every module of the lit tests of this folder.
TEST_F(NumericsTest, LitCases) {
  std::error_code error;
  int compared = 0;
  for (llvm::sys::fs::directory_iterator file(SYSTOLE_PASS_TESTS, error), end;
       file != end && !error; file.increment(error)) {
    auto buffer = llvm::MemoryBuffer::getFile(file->path());
    if (!buffer || !StringRef(file->path()).ends_with(".mlir"))
      continue;
    SmallVector<StringRef> cases;
    (*buffer)->getBuffer().split(cases, "// -----");
    for (auto [i, text] : llvm::enumerate(cases)) {
      SCOPED_TRACE(file->path() + " case " + std::to_string(i));
      auto module = parseSourceString<ModuleOp>(text, &context);
      ASSERT_TRUE(module);
      GraphPipelineOptions options;
      options.verifyNames = false;
      compared += compareOptimised(*module, options, 7, 2e-5);
    }
  }
  EXPECT_FALSE(error);
  EXPECT_GE(compared, 80);
}
