//===- StateTests.cpp - Variables between runs ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"
#include "dialects/Graph/Interpreter/State.h"

using namespace systole::graph;

namespace {

/// Adds its input to two sums; %limit is a divisor that may be zero.
constexpr llvm::StringLiteral kSums = R"mlir(
  graph.variable @sum = dense<10> : tensor<i64>
  graph.variable @sample per_sample : tensor<i64>
  graph.variable @order : tensor<i64>
  func.func @start() attributes {graph.initializer} {
    %two = graph.constant dense<2> : tensor<i64>
    graph.assign_variable @order, %two : tensor<i64>
    return
  }
  func.func @second() attributes {graph.initializer} {
    %o = graph.read_variable @order : tensor<i64>
    %p = graph.mul %o, %o : (tensor<i64>, tensor<i64>) -> tensor<i64>
    graph.assign_variable @order, %p : tensor<i64>
    return
  }
  func.func @main(%x: tensor<i64>, %at: tensor<i64>) -> (tensor<i64>, tensor<i64>, tensor<i64>) {
    %a = graph.read_variable @sum : tensor<i64>
    %b = graph.add %a, %x : (tensor<i64>, tensor<i64>) -> tensor<i64>
    graph.assign_variable @sum, %b : tensor<i64>
    %c = graph.read_variable @sample : tensor<i64>
    %d = graph.add %c, %x : (tensor<i64>, tensor<i64>) -> tensor<i64>
    graph.assign_variable @sample, %d : tensor<i64>
    %list = graph.constant dense<[1, 2]> : tensor<2xi64>
    %e = graph.gather %list, %at {axis = 0 : i64} : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
    %f = graph.read_variable @order : tensor<i64>
    return %b, %d, %f : tensor<i64>, tensor<i64>, tensor<i64>
  }
  func.func @other() -> tensor<i64> {
    %a = graph.read_variable @sum : tensor<i64>
    return %a : tensor<i64>
  }
)mlir";

class StateTest : public InterpreterTest {
protected:
  void SetUp() override {
    module = mlir::parseSourceString<mlir::ModuleOp>(kSums, &context);
    ASSERT_TRUE(module) << messages;
    auto begun = State::begin(*module);
    ASSERT_TRUE(succeeded(begun)) << messages;
    state = std::move(*begun);
    options.state = &state;
  }

  llvm::SmallVector<Tensor> call(llvm::StringRef name,
                                 llvm::ArrayRef<Tensor> arguments) {
    auto results = interpret(module->lookupSymbol<mlir::func::FuncOp>(name),
                             arguments, options);
    return failed(results) ? llvm::SmallVector<Tensor>() : *results;
  }
  llvm::SmallVector<Tensor> add(double x, double at = 0) {
    return call("main", {make("i64", {}, {x}), make("i64", {}, {at})});
  }

  State state;
  InterpreterOptions options;
};

TEST_F(StateTest, valuesOutliveRuns) {
  expectEqual(add(1)[0], {}, {11});
  auto results = add(5);
  expectEqual(results[0], {}, {16});
  expectEqual(results[1], {}, {6});
  expectEqual(call("other", {})[0], {}, {16});
}

TEST_F(StateTest, initializersRunInOrder) { expectEqual(add(1)[2], {}, {4}); }

TEST_F(StateTest, aSampleBeginsAnew) {
  add(1);
  state.beginSample();
  auto results = add(5);
  expectEqual(results[0], {}, {16});
  expectEqual(results[1], {}, {5});
}

TEST_F(StateTest, aFailedRunChangesNothing) {
  add(1);
  EXPECT_TRUE(add(7, /*at=*/2).empty());
  EXPECT_FALSE(messages.empty());
  expectEqual(call("other", {})[0], {}, {11});
}

TEST_F(StateTest, withoutAStateEachRunHasItsOwn) {
  options.state = nullptr;
  expectEqual(add(1)[0], {}, {11});
  expectEqual(add(1)[0], {}, {11});
}

TEST_F(StateTest, assignedArgumentsAreCopied) {
  module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
    graph.variable @x : tensor<2xf32>
    func.func @main(%v: tensor<2xf32>) {
      graph.assign_variable @x, %v : tensor<2xf32>
      return
    }
    func.func @other() -> tensor<2xf32> {
      %a = graph.read_variable @x : tensor<2xf32>
      return %a : tensor<2xf32>
    })mlir",
                                                   &context);
  state = *State::begin(*module);
  float memory[] = {1, 2};
  Tensor view(mlir::Float32Type::get(&context), {2},
              reinterpret_cast<char *>(memory), nullptr);
  call("main", {view});
  memory[0] = 5;
  expectEqual(call("other", {})[0], {2}, {1, 2});
}

TEST_F(StateTest, shapesAreCheckedWhenAssigned) {
  runModule(R"mlir(
    graph.variable @x : tensor<2xf32>
    func.func @main(%v: tensor<?xf32>) {
      graph.assign_variable @x, %v : tensor<?xf32>
      return
    })mlir",
            iota("f32", {3}));
  EXPECT_NE(messages.find("the value has type 'tensor<3xf32>', expected "
                          "'tensor<2xf32>'"),
            std::string::npos)
      << messages;
}

TEST_F(StateTest, regionsAssignInTheProgramsOrder) {
  auto results = runModule(R"mlir(
    graph.variable @n : tensor<i64>
    func.func @main(%limit: tensor<i64>) -> tensor<i64> {
      %one = graph.constant dense<1> : tensor<i64>
      graph.while () : () -> () {
        %n = graph.read_variable @n : tensor<i64>
        %more = graph.compare lt, %n, %limit : (tensor<i64>, tensor<i64>) -> tensor<i1>
        graph.yield %more : tensor<i1>
      } do () {
        %n = graph.read_variable @n : tensor<i64>
        %m = graph.add %n, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
        graph.assign_variable @n, %m : tensor<i64>
      }
      %r = graph.read_variable @n : tensor<i64>
      return %r : tensor<i64>
    })mlir",
                           make("i64", {}, {7}));
  expectEqual(results[0], {}, {7});
}

} // namespace
