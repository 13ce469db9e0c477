//===- CompiledTest.cpp - Whole networks on the CPU -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The interpreter on a random network, and the CPU on the same after all
// phases: groups, layouts and the memory plan in combinations that no test of a
// single operation makes.
//
//===----------------------------------------------------------------------===//

#include "RandomGraph.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines/Pipelines.h"
#include "test/property/CpuModule.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using namespace systole::graph;

/// Compiled code sums in another order and approximates functions.
static constexpr double kTolerance = 5e-5;

/// Random arguments; dynamic dimensions become 3.
static SmallVector<Tensor> randomArguments(func::FuncOp function,
                                           RandomNumbers &random) {
  SmallVector<Tensor> arguments;
  for (Type type : function.getArgumentTypes()) {
    SmallVector<int64_t> shape(cast<RankedTensorType>(type).getShape());
    llvm::replace(shape, ShapedType::kDynamic, int64_t(3));
    arguments.push_back(random.tensor(getElementTypeOrSelf(type), shape));
  }
  return arguments;
}

/// Largest difference between two tensors of one shape, relative to the largest
/// number.
static double difference(const Tensor &expected, const Tensor &found) {
  double largest = 1.0, worst = 0.0;
  for (int64_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected.getDouble(i)));
    double distance = std::abs(expected.getDouble(i) - found.getDouble(i));
    worst = std::isnan(distance) ? INFINITY : std::max(worst, distance);
  }
  return worst / largest;
}

/// Compiles `count` networks into one module and compares each.
static void compareNetworks(uint64_t firstSeed, uint64_t count, int threads) {
  DialectRegistry registry;
  cpu::registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<GraphDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  std::vector<SmallVector<Tensor>> arguments, expected;
  for (uint64_t seed = firstSeed; seed < firstSeed + count; ++seed) {
    RandomNumbers random(seed);
    std::string name = "net" + std::to_string(seed);
    addRandomGraph(*module, name, random, random.integer(4, 24));
    auto function = module->lookupSymbol<func::FuncOp>(name);
    function->setAttr(kEntryAttr, UnitAttr::get(&context));
    arguments.push_back(randomArguments(function, random));
    auto results = interpret(function, arguments.back());
    ASSERT_TRUE(succeeded(results)) << name;
    expected.push_back(*results);
  }

  PassManager pm(&context);
  buildGraphPipeline(pm, GraphPipelineOptions());
  ASSERT_TRUE(succeeded(pm.run(*module)));
  SmallVector<SmallVector<Type>> resultTypes;
  for (auto function : module->getOps<func::FuncOp>())
    resultTypes.emplace_back(function.getResultTypes());
  property::CpuModule compiled;
  ASSERT_TRUE(succeeded(compiled.compile(*module, threads)));
  for (uint64_t i = 0; i < count; ++i) {
    std::string name = "net" + std::to_string(firstSeed + i), message;
    auto found = compiled.run(name, arguments[i], resultTypes[i], message);
    ASSERT_TRUE(found) << name << ": " << message;
    for (auto [r, tensors] :
         llvm::enumerate(llvm::zip_equal(expected[i], *found))) {
      auto [a, b] = tensors;
      ASSERT_EQ(a.getType(), b.getType()) << name << " result " << r;
      EXPECT_LE(difference(a, b), kTolerance) << name << " result " << r;
    }
  }
}

TEST(CompiledTest, OneThread) { compareNetworks(1, 15, 1); }
TEST(CompiledTest, TwoThreads) { compareNetworks(2001, 15, 0); }
