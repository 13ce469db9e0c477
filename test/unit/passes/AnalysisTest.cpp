//===- AnalysisTest.cpp - Costs and dimensions ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// passes/Analysis on small functions: what is counted, and which dynamic
// dimensions are one.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "passes/Analysis/Aliasing.h"
#include "passes/Analysis/Costs.h"
#include "passes/Analysis/DimSources.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole::graph;

namespace {

class AnalysisTest : public ::testing::Test {
protected:
  AnalysisTest() { context.loadDialect<GraphDialect, func::FuncDialect>(); }

  /// Parses a module; the test fails if it is invalid.
  void parse(StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
  }
  func::FuncOp function() { return *module->getOps<func::FuncOp>().begin(); }
  Value argument(unsigned i) { return function().getArgument(i); }
  Value result(unsigned i) {
    return function().getBody().front().getTerminator()->getOperand(i);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

} // namespace

TEST_F(AnalysisTest, MacsOfContractions) {
  parse(R"(
    func.func @f(%x: tensor<1x4x6x6xf32>, %w: tensor<8x2x3x3xf32>, %a: tensor<5x2x3xf32>, %b: tensor<3x4xf32>)
        -> (tensor<1x8x4x4xf32>, tensor<5x2x4xf32>) {
      %y = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
          output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
          pads = array<i64: 0, 0, 0, 0>, groups = 2 : i64}
          : (tensor<1x4x6x6xf32>, tensor<8x2x3x3xf32>) -> tensor<1x8x4x4xf32>
      %z = graph.matmul %a, %b : (tensor<5x2x3xf32>, tensor<3x4xf32>) -> tensor<5x2x4xf32>
      return %y, %z : tensor<1x8x4x4xf32>, tensor<5x2x4xf32>
    })");
  // Each of 8*4*4 outputs takes 2*3*3 weights; each of 5*2*4 three products.
  EXPECT_EQ(countMacs(result(0).getDefiningOp()), 8 * 16 * 18);
  EXPECT_EQ(countMacs(result(1).getDefiningOp()), 40 * 3);
  EXPECT_EQ(countMacs(function()), 8 * 16 * 18 + 40 * 3);
}

TEST_F(AnalysisTest, MacsOfControlFlow) {
  parse(R"(
    func.func @f(%c: tensor<i1>, %a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %d: tensor<2x4xf32>) -> tensor<2x4xf32> {
      %r = graph.if %c : tensor<i1> -> (tensor<2x4xf32>) {
        %z = graph.matmul %a, %b : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
        graph.yield %z : tensor<2x4xf32>
      } else {
        graph.yield %d : tensor<2x4xf32>
      }
      return %r : tensor<2x4xf32>
    })");
  EXPECT_EQ(countMacs(function()), 24) << "the larger branch";
}

TEST_F(AnalysisTest, MacsOfUnknownShapes) {
  parse(R"(
    func.func @f(%a: tensor<?x3xf32>, %b: tensor<3x4xf32>) -> tensor<?x4xf32> {
      %z = graph.matmul %a, %b : (tensor<?x3xf32>, tensor<3x4xf32>) -> tensor<?x4xf32>
      return %z : tensor<?x4xf32>
    })");
  EXPECT_EQ(countMacs(function()), std::nullopt);
}

TEST_F(AnalysisTest, ParametersAreTrainedNumbers) {
  parse(R"(
    func.func @f(%x: tensor<2x3xf32>) -> tensor<2x1xf32> {
      %w = graph.constant dense<1.0> : tensor<3x1xf32>
      %two = graph.constant dense<2.0> : tensor<f32>
      %axes = graph.constant dense<[2, 1]> : tensor<2xi64>
      %m = graph.mul %x, %two : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %z = graph.matmul %m, %w : (tensor<2x3xf32>, tensor<3x1xf32>) -> tensor<2x1xf32>
      %r = graph.reshape %z, %axes : (tensor<2x1xf32>, tensor<2xi64>) -> tensor<2x1xf32>
      return %r : tensor<2x1xf32>
    })");
  EXPECT_EQ(countParameters(function()), 3) << "not the factor, not the shape";
}

TEST_F(AnalysisTest, DimensionsThroughIndices) {
  parse(R"(
    func.func @f(%x: tensor<?x?xf32>, %i: tensor<?x4xi64>, %k: tensor<i64>)
        -> (tensor<?x?xf32>, tensor<?x4xf32>, tensor<?x?xi64>) {
      %s = graph.cumulative sum, %x {axis = 1 : i64} : (tensor<?x?xf32>) -> tensor<?x?xf32>
      %g = graph.gather_elements %s, %i {axis = 1 : i64} : (tensor<?x?xf32>, tensor<?x4xi64>) -> tensor<?x4xf32>
      %p = graph.top_k %s, %k {axis = 1 : i64} : (tensor<?x?xf32>, tensor<i64>) -> tensor<?x?xi64>
      return %s, %g, %p : tensor<?x?xf32>, tensor<?x4xf32>, tensor<?x?xi64>
    })");
  EXPECT_TRUE(haveSameShape(result(0), argument(0)));
  EXPECT_TRUE(haveSameDim(result(1), 0, argument(1), 0));
  EXPECT_FALSE(haveSameDim(result(1), 0, argument(0), 0))
      << "fewer may be picked";
  EXPECT_TRUE(haveSameDim(result(2), 0, argument(0), 0));
  EXPECT_FALSE(haveSameDim(result(2), 1, argument(0), 1));
}

TEST_F(AnalysisTest, DimensionsThroughOperations) {
  parse(R"(
    func.func @f(%x: tensor<?x4x8xf32>, %c: tensor<8xf32>) -> (tensor<?x8x4xf32>, tensor<?x32xf32>, tensor<1x?x8xf32>, tensor<?x8xf32>) {
      %s = graph.constant dense<[-1, 32]> : tensor<2xi64>
      %a = graph.add %x, %c : (tensor<?x4x8xf32>, tensor<8xf32>) -> tensor<?x4x8xf32>
      %t = graph.transpose %a {perm = array<i64: 0, 2, 1>} : (tensor<?x4x8xf32>) -> tensor<?x8x4xf32>
      %f = graph.reshape %t, %s : (tensor<?x8x4xf32>, tensor<2xi64>) -> tensor<?x32xf32>
      %r = graph.reduce sum, %a {axes = array<i64: 1>} : (tensor<?x4x8xf32>) -> tensor<?x8xf32>
      %u = graph.unsqueeze %r {axes = array<i64: 0>} : (tensor<?x8xf32>) -> tensor<1x?x8xf32>
      %q = graph.squeeze %u {axes = array<i64: 0>} : (tensor<1x?x8xf32>) -> tensor<?x8xf32>
      return %t, %f, %u, %q : tensor<?x8x4xf32>, tensor<?x32xf32>, tensor<1x?x8xf32>, tensor<?x8xf32>
    })");
  DimSource batch{argument(0), 0};
  EXPECT_EQ(dimSource(result(0), 0), batch);
  EXPECT_EQ(dimSource(result(1), 0), batch);
  EXPECT_EQ(dimSource(result(2), 1), batch);
  EXPECT_EQ(dimSource(result(3), 0), batch);
  EXPECT_TRUE(haveSameDim(result(0), 0, result(2), 1));
  EXPECT_FALSE(haveSameShape(result(0), result(2)));
}

TEST_F(AnalysisTest, DimensionsThatMayDiffer) {
  parse(R"(
    func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>, %z: tensor<?x?xf32>, %e: tensor<?x0xf32>) -> (tensor<?xf32>, tensor<?x?xf32>, tensor<?x0xf32>) {
      %s = graph.constant dense<[-1, 2]> : tensor<2xi64>
      %n = graph.constant dense<[3, 0]> : tensor<2xi64>
      %a = graph.add %x, %y : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
      %r = graph.reshape %z, %s : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
      %k = graph.reshape %e, %n : (tensor<?x0xf32>, tensor<2xi64>) -> tensor<?x0xf32>
      return %a, %r, %k : tensor<?xf32>, tensor<?x?xf32>, tensor<?x0xf32>
    })");
  EXPECT_FALSE(haveSameShape(result(0), argument(0))) << "either may be 1";
  EXPECT_FALSE(haveSameDim(result(1), 0, argument(2), 0))
      << "not the same product";
  EXPECT_FALSE(haveSameDim(result(2), 0, argument(3), 0))
      << "empty tensors say nothing";
}

/// Whether the operation that makes result `i` may write over its operand.
#define MAY_OVERWRITE(i)                                                       \
  mayOverwrite(result(i).getDefiningOp(),                                      \
               result(i).getDefiningOp()->getOperand(0))

TEST_F(AnalysisTest, LastReaderMayOverwrite) {
  parse(R"(
    func.func @f(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<2x2xf32>) {
      %shape = graph.constant dense<[2, 2]> : tensor<2xi64>
      %a = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      %b = graph.sqrt %a : (tensor<4xf32>) -> tensor<4xf32>
      %c = graph.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
      %v = graph.reshape %c, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
      %d = graph.mul %v, %v : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
      return %b, %d : tensor<4xf32>, tensor<2x2xf32>
    })");
  EXPECT_TRUE(MAY_OVERWRITE(0));
  EXPECT_TRUE(MAY_OVERWRITE(1)) << "twice the same element";
}

TEST_F(AnalysisTest, WhatIsReadAgainIsKept) {
  parse(R"(
    func.func @f(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>, tensor<4xf32>) {
      %shape = graph.constant dense<[2, 2]> : tensor<2xi64>
      %argument = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      %a = graph.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
      %early = graph.exp %a : (tensor<4xf32>) -> tensor<4xf32>
      %v = graph.reshape %a, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
      %late = graph.exp %v : (tensor<2x2xf32>) -> tensor<2x2xf32>
      %r = graph.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32>
      %returned = graph.sqrt %r : (tensor<4xf32>) -> tensor<4xf32>
      return %argument, %early, %late, %r : tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>, tensor<4xf32>
    })");
  EXPECT_FALSE(MAY_OVERWRITE(0)) << "the caller's memory";
  EXPECT_FALSE(MAY_OVERWRITE(1)) << "a view is read later";
  EXPECT_TRUE(MAY_OVERWRITE(2)) << "the view's reader is the last";
  for (Operation *user : result(3).getUsers())
    EXPECT_FALSE(isa<SqrtOp>(user) && mayOverwrite(user, result(3)))
        << "a result";
}

TEST_F(AnalysisTest, TwoViewsOfOneValue) {
  parse(R"(
    func.func @f(%x: tensor<4xf32>) -> tensor<2xf32> {
      %zero = graph.constant dense<0> : tensor<1xi64>
      %one = graph.constant dense<1> : tensor<1xi64>
      %two = graph.constant dense<2> : tensor<1xi64>
      %three = graph.constant dense<3> : tensor<1xi64>
      %a = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
      %p = graph.slice %a, %zero, %two, %one {axes = array<i64: 0>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xf32>
      %q = graph.slice %a, %one, %three, %one {axes = array<i64: 0>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xf32>
      %y = graph.sub %p, %q : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %y : tensor<2xf32>
    })");
  EXPECT_FALSE(MAY_OVERWRITE(0)) << "the other operand may overlap";
}

TEST_F(AnalysisTest, LoopsReadAgain) {
  parse(R"(
    func.func @f(%n: tensor<i64>) -> tensor<i64> {
      %one = graph.constant dense<1> : tensor<i64>
      %zero = graph.constant dense<0> : tensor<i64>
      %outside = graph.neg %n : (tensor<i64>) -> tensor<i64>
      %r = graph.while (%i = %zero) : (tensor<i64>) -> (tensor<i64>) {
        %more = graph.compare lt, %i, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
        graph.yield %more : tensor<i1>
      } do (%j) {
        %a = graph.add %outside, %j : (tensor<i64>, tensor<i64>) -> tensor<i64>
        %b = graph.neg %a : (tensor<i64>) -> tensor<i64>
        graph.yield %b : tensor<i64>
      }
      return %r : tensor<i64>
    })");
  Block &body = cast<systole::graph::WhileOp>(result(0).getDefiningOp())
                    .getBody()
                    .front();
  Operation *add = &body.front(), *neg = add->getNextNode();
  EXPECT_FALSE(mayOverwrite(add, add->getOperand(0))) << "each iteration reads";
  EXPECT_FALSE(mayOverwrite(add, add->getOperand(1))) << "the loop's memory";
  EXPECT_TRUE(mayOverwrite(neg, neg->getOperand(0)));
}

/// What a kernel reads and writes; unknown with a shape.
TEST_F(AnalysisTest, BytesMoved) {
  parse(R"(
    func.func @f(%x: tensor<4xf32>, %c: tensor<i1>) -> (tensor<2x2xf32>, tensor<4xf32>, tensor<?xf32>) {
      %shape = graph.constant dense<[2, 2]> : tensor<2xi64>
      %a = graph.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      %v = graph.reshape %a, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
      %g = graph.group "elementwise" (%i = %a) : (tensor<4xf32>) -> (tensor<4xf32>) {
        %e = graph.exp %i : (tensor<4xf32>) -> tensor<4xf32>
        %f = graph.sqrt %e : (tensor<4xf32>) -> tensor<4xf32>
        graph.yield %f : tensor<4xf32>
      }
      %u = graph.cast %x to f32 : (tensor<4xf32>) -> tensor<?xf32>
      return %v, %g, %u : tensor<2x2xf32>, tensor<4xf32>, tensor<?xf32>
    })");
  EXPECT_EQ(countBytesMoved(result(0).getDefiningOp()), 0) << "a view";
  Value sum = result(0).getDefiningOp()->getOperand(0);
  EXPECT_EQ(countBytesMoved(sum.getDefiningOp()), 32) << "one operand, once";
  EXPECT_EQ(countBytesMoved(result(1).getDefiningOp()), 32) << "not its inside";
  EXPECT_EQ(countBytesMoved(result(2).getDefiningOp()), std::nullopt);
}
