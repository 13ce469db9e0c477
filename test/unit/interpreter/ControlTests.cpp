//===- ControlTests.cpp - Regions, calls and the walk ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// If, while, group, calls, observers, limits and the life of values.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
using ControlTest = InterpreterTest;

constexpr llvm::StringLiteral kIf = R"mlir(
  func.func @main(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<?xf32> {
    %y = graph.if %c : tensor<i1> -> (tensor<?xf32>) {
      %n = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
      graph.yield %n : tensor<2xf32>
    } else {
      graph.yield %b : tensor<3xf32>
    }
    return %y : tensor<?xf32>
  }
)mlir";

/// Counts down %n and multiplies: the factorial.
constexpr llvm::StringLiteral kWhile = R"mlir(
  func.func @main(%n: tensor<i64>) -> (tensor<i64>, tensor<i64>) {
    %one = graph.constant dense<1> : tensor<i64>
    %r:2 = graph.while (%i = %n, %p = %one) : (tensor<i64>, tensor<i64>) -> (tensor<i64>, tensor<i64>) {
      %more = graph.compare gt, %i, %one : (tensor<i64>, tensor<i64>) -> tensor<i1>
      graph.yield %more : tensor<i1>
    } do (%j, %q) {
      %next = graph.sub %j, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
      %product = graph.mul %q, %j : (tensor<i64>, tensor<i64>) -> tensor<i64>
      graph.yield %next, %product : tensor<i64>, tensor<i64>
    }
    return %r#0, %r#1 : tensor<i64>, tensor<i64>
  }
)mlir";

TEST_F(ControlTest, ifTakesOneRegion) {
  Tensor a = iota("f32", {2}), b = iota("f32", {3});
  expectEqual(runModule(kIf, {make("i1", {}, {1}), a, b})[0], {2}, {-1, -2});
  expectEqual(runModule(kIf, {make("i1", {}, {0}), a, b})[0], {3}, {1, 2, 3});
}

TEST_F(ControlTest, whileRepeats) {
  auto results = runModule(kWhile, make("i64", {}, {5}));
  ASSERT_EQ(results.size(), 2u);
  expectEqual(results[0], {}, {1});
  expectEqual(results[1], {}, {120});
  expectEqual(runModule(kWhile, make("i64", {}, {0}))[1], {}, {1});
}

TEST_F(ControlTest, whileStopsAtTheLimit) {
  InterpreterOptions options;
  options.maxWhileIterations = 4;
  EXPECT_EQ(runModule(kWhile, make("i64", {}, {5}), options).size(), 2u);
  options.maxWhileIterations = 3;
  EXPECT_TRUE(runModule(kWhile, make("i64", {}, {5}), options).empty());
  EXPECT_NE(messages.find("did not end after 3 iterations"), std::string::npos)
      << messages;
}

TEST_F(ControlTest, groupIsTransparent) {
  auto results = runModule(R"mlir(
    func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
      %y = graph.group "elementwise" (%a = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
        %n = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
        %m = graph.mul %n, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
        graph.yield %m : tensor<2xf32>
      }
      return %y : tensor<2xf32>
    }
  )mlir",
                           iota("f32", {2}));
  ASSERT_EQ(results.size(), 1u);
  expectEqual(results[0], {2}, {-1, -4});
}

TEST_F(ControlTest, callsHaveFramesOfTheirOwn) {
  auto results = runModule(R"mlir(
    func.func private @square(%x: tensor<f32>) -> tensor<f32> {
      %y = graph.mul %x, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
      return %y : tensor<f32>
    }
    func.func @main(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
      %a = func.call @square(%x) : (tensor<f32>) -> tensor<f32>
      %b = func.call @square(%a) : (tensor<f32>) -> tensor<f32>
      return %a, %b : tensor<f32>, tensor<f32>
    }
  )mlir",
                           make("f32", {}, {3}));
  ASSERT_EQ(results.size(), 2u);
  expectEqual(results[0], {}, {9});
  expectEqual(results[1], {}, {81});
}

TEST_F(ControlTest, endlessRecursionIsAnError) {
  EXPECT_TRUE(runModule(R"mlir(
    func.func @main(%x: tensor<f32>) -> tensor<f32> {
      %y = func.call @main(%x) : (tensor<f32>) -> tensor<f32>
      return %y : tensor<f32>
    }
  )mlir",
                        make("f32", {}, {3}))
                  .empty());
  EXPECT_NE(messages.find("nests calls deeper"), std::string::npos) << messages;
}

TEST_F(ControlTest, argumentsAreChecked) {
  constexpr llvm::StringLiteral text = R"mlir(
    func.func @main(%x: tensor<?x3xf32>) -> tensor<?x3xf32> { return %x : tensor<?x3xf32> }
  )mlir";
  EXPECT_EQ(runModule(text, iota("f32", {5, 3})).size(), 1u);
  EXPECT_TRUE(runModule(text, {}).empty());
  EXPECT_NE(messages.find("takes 1 arguments, not 0"), std::string::npos)
      << messages;
  EXPECT_TRUE(runModule(text, iota("f32", {5, 4})).empty());
  EXPECT_NE(
      messages.find(
          "argument 0 has type 'tensor<5x4xf32>', expected 'tensor<?x3xf32>'"),
      std::string::npos)
      << messages;
  EXPECT_TRUE(runModule(text, iota("f64", {5, 3})).empty());
  EXPECT_TRUE(runModule(text, iota("f32", {3})).empty());
}

TEST_F(ControlTest, observersSeeEachOperationAndMayStop) {
  std::vector<std::string> seen;
  InterpreterOptions options;
  options.observer = [&](mlir::Operation *op, llvm::ArrayRef<Tensor> results) {
    EXPECT_EQ(results.size(), op->getNumResults());
    seen.push_back(op->getName().stripDialect().str());
    return mlir::success();
  };
  runModule(kIf, {make("i1", {}, {1}), iota("f32", {2}), iota("f32", {3})},
            options);
  EXPECT_EQ(seen, (std::vector<std::string>{"neg", "if"}));

  options.observer = [](mlir::Operation *op,
                        llvm::ArrayRef<Tensor>) -> mlir::LogicalResult {
    return op->emitError("stopped by the observer");
  };
  EXPECT_TRUE(
      runModule(kIf, {make("i1", {}, {1}), iota("f32", {2}), iota("f32", {3})},
                options)
          .empty());
}

TEST_F(ControlTest, valuesAreFreedAfterTheirLastUse) {
  // After the second operation, the first one's result is gone.
  std::vector<std::weak_ptr<void>> memory;
  std::vector<int64_t> alive;
  InterpreterOptions options;
  options.observer = [&](mlir::Operation *, llvm::ArrayRef<Tensor> results) {
    int64_t count = 0;
    for (const auto &owner : memory)
      count += !owner.expired();
    alive.push_back(count);
    memory.push_back(results[0].getOwner());
    return mlir::success();
  };
  runModule(R"mlir(
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %a = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      %b = graph.neg %a : (tensor<4xf32>) -> tensor<4xf32>
      %c = graph.neg %b : (tensor<4xf32>) -> tensor<4xf32>
      %d = graph.neg %c : (tensor<4xf32>) -> tensor<4xf32>
      return %d : tensor<4xf32>
    }
  )mlir",
            iota("f32", {4}), options);
  // Each operation sees only its operand alive.
  EXPECT_EQ(alive, (std::vector<int64_t>{0, 1, 1, 1}));
}

TEST_F(ControlTest, canEvaluateEveryRegisteredOperation) {
  for (mlir::RegisteredOperationName name :
       context.getRegisteredOperationsByDialect("graph")) {
    mlir::OperationState state(mlir::UnknownLoc::get(&context), name);
    mlir::Operation *op = mlir::Operation::create(state);
    EXPECT_TRUE(canEvaluate(op)) << name.getStringRef().str();
    op->destroy();
  }
}
} // namespace
