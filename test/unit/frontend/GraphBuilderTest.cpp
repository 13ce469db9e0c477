//===- GraphBuilderTest.cpp - Safe and eager building ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/GraphBuilder.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

using namespace systole;
using systole::frontend::Extent;
using systole::frontend::GraphBuilder;

namespace {

/// A function with one argument tensor<2x?x3xf32> to build in.
class Building : public ::testing::Test {
protected:
  Building()
      : context(mlir::MLIRContext::Threading::DISABLED), builder(&context) {
    context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
    auto location = builder.getUnknownLoc();
    module = mlir::ModuleOp::create(builder, location);
    builder.setInsertionPointToEnd(module->getBody());
    auto type = mlir::RankedTensorType::get({2, mlir::ShapedType::kDynamic, 3},
                                            builder.getF32Type());
    auto function = mlir::func::FuncOp::create(
        builder, location, "main", builder.getFunctionType({type}, {}));
    builder.setInsertionPointToEnd(function.addEntryBlock());
    x = function.getArgument(0);
  }

  mlir::MLIRContext context;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::Value x;
};

TEST_F(Building, EvaluatesSmallConstants) {
  GraphBuilder b(builder, builder.getUnknownLoc());
  mlir::Value sum = b.add(b.ints({1, 2}), b.ints({10}));
  auto numbers = graph::constantInts(sum);
  ASSERT_TRUE(numbers);
  EXPECT_EQ((*numbers)[1], 12);
  EXPECT_FALSE(b.failed());
}

/// Known entries of a partly known shape are numbers.
TEST_F(Building, KnowsPartsOfShapes) {
  GraphBuilder b(builder, builder.getUnknownLoc());
  mlir::Value shape = b.shapeOf(x);
  auto picked = graph::constantInts(b.gather(shape, b.ints({-1, 0}), 0));
  ASSERT_TRUE(picked);
  EXPECT_EQ((*picked)[0], 3);
  EXPECT_EQ((*picked)[1], 2);
  EXPECT_FALSE(graph::constantInts(b.gather(shape, b.ints({1}), 0)));
  auto last = graph::constantInts(b.slice(shape, 0, 2, 3));
  ASSERT_TRUE(last);
  EXPECT_EQ((*last)[0], 3);
  EXPECT_FALSE(b.extent(x, 0).value);
  EXPECT_TRUE(b.extent(x, 1).value);
}

/// A failure is one message, however long the chain behind it.
TEST_F(Building, FailsOnceAndQuietly) {
  GraphBuilder b(builder, builder.getUnknownLoc());
  mlir::Value bad = b.add(b.ints({1, 2}), b.ints({1, 2, 3}));
  EXPECT_FALSE(bad);
  mlir::Value chain = b.relu(b.mul(b.transpose(bad, {0}), 2.0));
  EXPECT_FALSE(chain);
  EXPECT_EQ(b.getMessages().size(), 1u);
}

/// What a verifier would refuse gives a message, never an abort.
TEST_F(Building, SurvivesNonsense) {
  GraphBuilder b(builder, builder.getUnknownLoc());
  EXPECT_FALSE(b.transpose(x, {0, 0, 7}));
  EXPECT_FALSE(b.squeeze(x, {9}));
  EXPECT_FALSE(b.softmax(x, -1));
  EXPECT_FALSE(b.concat({x, b.ints({1})}, 0));
  EXPECT_FALSE(b.reshape(x, b.ints({-1, -1})));
  EXPECT_FALSE(b.make<graph::ReluOp>({x, x}));
  EXPECT_TRUE(b.failed());
}

} // namespace
