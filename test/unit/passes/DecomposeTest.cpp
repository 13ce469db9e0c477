//===- DecomposeTest.cpp - Operations of plugins --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations of the arith dialect stand for a plugin's: each gets the interface
// from outside, and one way of decomposing, right or wrong.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interfaces/DecomposableOp.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Transforms/Graph/Passes.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole::graph;

using Values = FailureOr<SmallVector<Value>>;

namespace {

/// arith.negf says itself rightly: 0 - x, in two steps.
struct Right : DecomposableOp::ExternalModel<Right, arith::NegFOp> {
  Values decompose(Operation *op, OpBuilder &b) const {
    Value x = op->getOperand(0);
    Value difference = SubOp::create(b, b.getUnknownLoc(), x.getType(), x, x);
    return SmallVector<Value>{
        SubOp::create(b, b.getUnknownLoc(), x.getType(), difference, x)};
  }
};

/// arith.addf gives a value of another type.
struct WrongType : DecomposableOp::ExternalModel<WrongType, arith::AddFOp> {
  Values decompose(Operation *op, OpBuilder &b) const {
    return SmallVector<Value>{ShapeOfOp::create(
        b, op->getLoc(), RankedTensorType::get({1}, b.getI64Type()),
        op->getOperand(0))};
  }
};

/// arith.subf builds an operation that is not of the graph dialect.
struct WrongDialect
    : DecomposableOp::ExternalModel<WrongDialect, arith::SubFOp> {
  Values decompose(Operation *op, OpBuilder &b) const {
    return SmallVector<Value>{arith::MulFOp::create(
        b, op->getLoc(), op->getOperand(0), op->getOperand(1))};
  }
};

/// arith.mulf forgets its result.
struct NoResult : DecomposableOp::ExternalModel<NoResult, arith::MulFOp> {
  Values decompose(Operation *op, OpBuilder &b) const {
    NegOp::create(b, op->getLoc(), op->getOperand(0).getType(),
                  op->getOperand(0));
    return SmallVector<Value>{};
  }
};

/// arith.divf refuses.
struct Refuses : DecomposableOp::ExternalModel<Refuses, arith::DivFOp> {
  Values decompose(Operation *op, OpBuilder &) const {
    return op->emitOpError("has no meaning today");
  }
};

class Decompose : public testing::Test {
protected:
  Decompose() {
    context.loadDialect<GraphDialect, func::FuncDialect, arith::ArithDialect>();
    arith::NegFOp::attachInterface<Right>(context);
    arith::AddFOp::attachInterface<WrongType>(context);
    arith::SubFOp::attachInterface<WrongDialect>(context);
    arith::MulFOp::attachInterface<NoResult>(context);
    arith::DivFOp::attachInterface<Refuses>(context);
  }

  /// A function of one operand; `op` makes %y of %x.
  OwningOpRef<ModuleOp> parse(llvm::StringRef op) {
    std::string text =
        ("func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {\n  %y = " + op +
         " : tensor<3xf32>\n  return %y : tensor<3xf32>\n}")
            .str();
    return parseSourceString<ModuleOp>(text, &context);
  }

  /// Runs the pass; the messages on failure, "" on success.
  std::string run(ModuleOp module) {
    std::string messages;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      messages += diagnostic.str() + "\n";
      return success();
    });
    PassManager pm(&context);
    pm.addPass(createGraphDecompose());
    bool done = succeeded(pm.run(module));
    EXPECT_EQ(done, messages.empty());
    return messages;
  }

  int64_t graphOps(ModuleOp module) {
    int64_t count = 0;
    module.walk(
        [&](Operation *op) { count += isa<GraphDialect>(op->getDialect()); });
    return count;
  }

  MLIRContext context;
};

TEST_F(Decompose, ReplacesAndKeepsTheSource) {
  auto module = parse("arith.negf %x");
  Operation *negation = nullptr;
  module->walk([&](arith::NegFOp op) { negation = op; });
  Location source = negation->getLoc();
  EXPECT_EQ(run(*module), "");
  EXPECT_EQ(graphOps(*module), 2);
  module->walk([&](SubOp op) { EXPECT_EQ(op->getLoc(), source); });
  module->walk(
      [&](arith::NegFOp) { ADD_FAILURE() << "the operation is still there"; });
}

TEST_F(Decompose, InterpreterComputesIt) {
  auto module = parse("arith.negf %x");
  Tensor x(FloatType(Float32Type::get(&context)), {3});
  for (int64_t i = 0; i < 3; ++i)
    x.setDouble(i, i + 1);
  auto results = interpret(*module->getOps<func::FuncOp>().begin(), x);
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ((*results)[0].getDouble(2), -3);
  // The function itself is as it was.
  EXPECT_EQ(graphOps(*module), 0);
}

/// A wrong decomposition is named, and nothing of it is left.
struct WrongCase {
  const char *op, *message;
};
class WrongDecomposition : public Decompose,
                           public testing::WithParamInterface<WrongCase> {};

TEST_P(WrongDecomposition, IsNamed) {
  auto module = parse(GetParam().op);
  EXPECT_NE(run(*module).find(GetParam().message), std::string::npos)
      << run(*module);
  EXPECT_EQ(graphOps(*module), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, WrongDecomposition,
    testing::Values(
        WrongCase{"arith.addf %x, %x",
                  "'tensor<1xi64>' where result 0 is of type 'tensor<3xf32>'"},
        WrongCase{"arith.subf %x, %x",
                  "into 'arith.mulf', which is not a graph operation"},
        WrongCase{"arith.mulf %x, %x", "into 0 values, but has 1 results"},
        WrongCase{"arith.divf %x, %x", "has no meaning today"}));

} // namespace
