//===- VariablesTest.cpp - Passes on variables keep what runs do ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random programs, each run twice on one state before and after a pass: results
// and state must be the same.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "dialects/Graph/Interpreter/State.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Transforms/Graph/Passes.h"
#include "test/property/StateProgram.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole;
using namespace systole::graph;

namespace {

class VariablesTest : public testing::TestWithParam<const char *> {
protected:
  VariablesTest() {
    context.loadDialect<GraphDialect, func::FuncDialect>();
    static bool registered =
        (systole::registerGraphPasses(), registerTransformsPasses(), true);
    (void)registered;
  }

  Tensor number(unsigned bits, double value) {
    Tensor tensor(IntegerType::get(&context, bits), {});
    tensor.setDouble(0, value);
    return tensor;
  }

  /// The results of three runs on one state.
  std::vector<double> runThrice(ModuleOp module) {
    std::vector<double> numbers;
    auto state = State::begin(module);
    EXPECT_TRUE(succeeded(state));
    InterpreterOptions options;
    options.state = &*state;
    for (int run = 0; run < 3; ++run) {
      Tensor a(IntegerType::get(&context, 32), {2});
      a.setDouble(0, 3 + run);
      a.setDouble(1, -5);
      auto results =
          interpret(module.lookupSymbol<func::FuncOp>("sample"),
                    {number(1, run % 2), number(64, run + 1), a}, options);
      EXPECT_TRUE(succeeded(results));
      for (const Tensor &result : *results)
        for (int64_t i = 0; i < result.size(); ++i)
          numbers.push_back(result.getDouble(i));
    }
    return numbers;
  }

  MLIRContext context;
};

TEST_P(VariablesTest, keepsWhatRunsDo) {
  for (int seed = 0; seed < 80; ++seed) {
    std::mt19937_64 engine(seed);
    std::string text = property::StateProgram(engine, "tensor<2xi32>").make();
    auto module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text;
    std::vector<double> before = runThrice(*module);
    PassManager pm(&context);
    ASSERT_TRUE(succeeded(parsePassPipeline(GetParam(), pm)));
    ASSERT_TRUE(succeeded(pm.run(*module))) << text;
    EXPECT_EQ(runThrice(*module), before) << "seed " << seed << "\n" << text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Pipelines, VariablesTest,
    testing::Values(
        "graph-forward-variables", "graph-promote-variables",
        "graph-fold-variables", "graph-prune", "cse,canonicalize",
        "graph-eliminate-common-subexpressions",
        "graph-promote-variables{max-bytes=0},graph-forward-variables",
        "graph-promote-variables,graph-forward-variables,graph-fold-variables,"
        "graph-hoist-invariants,graph-prune,graph-forward-variables"));

} // namespace
