//===- ShapeTests.cpp - Constants and data movement -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reshape, squeeze, slice, pad, gather and their kin, with their run-time
// errors.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
/// Adds lists of dimensions to the fixture.
class ShapeTest : public InterpreterTest {
protected:
  Tensor list(Numbers numbers) {
    int64_t count = static_cast<int64_t>(numbers.size());
    return make("i64", {count}, std::move(numbers));
  }
};

TEST_F(ShapeTest, constantsOfEveryStorage) {
  llvm::SmallVector<Tensor> results = runModule(R"mlir(
    func.func @main() -> (tensor<2xf32>, tensor<2x2xi1>, tensor<3xi4>, tensor<2xi64>) {
      %a = graph.constant dense<[1.5, -2.0]> : tensor<2xf32>
      %b = graph.constant dense<true> : tensor<2x2xi1>
      %c = graph.constant dense<[-8, 7, -1]> : tensor<3xi4>
      %d = graph.constant dense_resource<d> : tensor<2xi64>
      return %a, %b, %c, %d : tensor<2xf32>, tensor<2x2xi1>, tensor<3xi4>, tensor<2xi64>
    }
    {-#
      dialect_resources: { builtin: {
        d: "0x080000000500000000000000FFFFFFFFFFFFFFFF" } }
    #-}
  )mlir",
                                                {});
  ASSERT_EQ(results.size(), 4u);
  expectEqual(results[0], {2}, {1.5, -2});
  expectEqual(results[1], {2, 2}, {1, 1, 1, 1});
  expectEqual(results[2], {3}, {-8, 7, -1});
  expectEqual(results[3], {2}, {5, -1});
}

TEST_F(ShapeTest, shapeOf) {
  expectEqual(run("graph.shape_of %0", "tensor<3xi64>", iota("f32", {2, 0, 4})),
              {3}, {2, 0, 4});
}

TEST_F(ShapeTest, reshapeInfersAndCopies) {
  Tensor x = iota("f32", {2, 6});
  expectEqual(
      run("graph.reshape %0, %1", "tensor<?x?x?xf32>", {x, list({2, -1, 2})}),
      {2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  expectEqual(run("graph.reshape %0, %1 {copy_zeros}", "tensor<?x?xf32>",
                  {x, list({0, -1})}),
              {2, 6}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  // Without copy_zeros, 0 means 0.
  expectEqual(run("graph.reshape %0, %1", "tensor<?x?xf32>",
                  {make("f32", {0, 3}, {}), list({7, 0})}),
              {7, 0}, {});
}

TEST_F(ShapeTest, reshapeErrors) {
  Tensor x = iota("f32", {2, 6});
  expectFailure(
      run("graph.reshape %0, %1", "tensor<?x?xf32>", {x, list({5, 2})}),
      "12 elements");
  expectFailure(
      run("graph.reshape %0, %1", "tensor<?x?xf32>", {x, list({5, -1})}),
      "-1 entry");
  expectFailure(
      run("graph.reshape %0, %1", "tensor<?x?xf32>", {x, list({-1, -1})}),
      "entry 1 is -1");
  expectFailure(
      run("graph.reshape %0, %1", "tensor<?x?xf32>", {x, list({-2, 6})}),
      "entry 0 is -2");
  expectFailure(run("graph.reshape %0, %1", "tensor<?x?x?xf32>",
                    {x, list({4294967296, 4294967296, 4294967296})}),
                "cannot reshape");
}

TEST_F(ShapeTest, squeezeAndUnsqueeze) {
  Tensor x = iota("f32", {1, 3, 1});
  expectEqual(
      run("graph.squeeze %0 {axes = array<i64: 0, 2>}", "tensor<3xf32>", x),
      {3}, {1, 2, 3});
  expectEqual(run("graph.unsqueeze %0 {axes = array<i64: 0, 2>}",
                  "tensor<1x3x1xf32>", iota("f32", {3})),
              {1, 3, 1}, {1, 2, 3});
  expectFailure(run("graph.squeeze %0 {axes = array<i64: 1>}",
                    "tensor<?x?xf32>", x, true),
                "dimension 1 is squeezed but has size 3");
}

TEST_F(ShapeTest, transpose) {
  expectEqual(run("graph.transpose %0 {perm = array<i64: 1, 0>}",
                  "tensor<3x2xi8>", iota("i8", {2, 3})),
              {3, 2}, {1, 4, 2, 5, 3, 6});
  expectEqual(run("graph.transpose %0 {perm = array<i64: 2, 0, 1>}",
                  "tensor<2x1x3xf64>", iota("f64", {1, 3, 2})),
              {2, 1, 3}, {1, 3, 5, 2, 4, 6});
}

TEST_F(ShapeTest, broadcastInBothDirections) {
  expectEqual(run("graph.broadcast %0, %1", "tensor<?x?xf32>",
                  {make("f32", {3, 1}, {1, 2, 3}), list({1, 2})}),
              {3, 2}, {1, 1, 2, 2, 3, 3});
  expectFailure(run("graph.broadcast %0, %1", "tensor<?xf32>",
                    {iota("f32", {3}), list({2})}),
                "shapes do not broadcast");
  expectFailure(run("graph.broadcast %0, %1", "tensor<?xf32>",
                    {iota("f32", {1}), list({-2})}),
                "negative entry -2");
}

TEST_F(ShapeTest, absurdSizesAreErrorsNotCrashes) {
  expectFailure(run("graph.broadcast %0, %1", "tensor<?x?xf32>",
                    {iota("f32", {1, 1}), list({1099511627776, 1024})}),
                "does not fit in memory");
  expectFailure(run("graph.pad constant, %0, %1", "tensor<?xf32>",
                    {iota("f32", {2}),
                     list({4611686018427387904.0, 4611686018427387904.0})}),
                "do not fit");
}

TEST_F(ShapeTest, concat) {
  expectEqual(run("graph.concat %0, %1 {axis = 1 : i64}", "tensor<2x3xf32>",
                  {iota("f32", {2, 2}), make("f32", {2, 1}, {8, 9})}),
              {2, 3}, {1, 2, 8, 3, 4, 9});
  expectEqual(run("graph.concat %0, %1 {axis = 0 : i64}", "tensor<2xi1>",
                  {make("i1", {0}, {}), make("i1", {2}, {1, 0})}),
              {2}, {1, 0});
  expectFailure(run("graph.concat %0, %1 {axis = 0 : i64}", "tensor<?x?xf32>",
                    {iota("f32", {1, 2}), iota("f32", {1, 3})}, true),
                "operand 1 of shape 1x3");
}

TEST_F(ShapeTest, sliceResolvesAsPythonDoes) {
  Tensor x = make("f32", {6}, {0, 1, 2, 3, 4, 5});
  auto slice = [&](double start, double end, double step) {
    return run("graph.slice %0, %1, %2, %3 {axes = array<i64: 0>}",
               "tensor<?xf32>", {x, list({start}), list({end}), list({step})});
  };
  expectEqual(slice(1, 4, 1), {3}, {1, 2, 3});
  expectEqual(slice(-2, 100, 1), {2}, {4, 5});
  expectEqual(slice(0, 6, 4), {2}, {0, 4});
  expectEqual(slice(4, 1, 1), {0}, {});
  expectEqual(slice(-1, -100, -1), {6}, {5, 4, 3, 2, 1, 0});
  expectEqual(slice(100, 0, -2), {3}, {5, 3, 1});
  expectEqual(slice(3, 3, -1), {0}, {});
  // The extremes of i64, as ONNX writes "from the end".
  expectEqual(slice(9223372036854774784.0, -9223372036854775808.0, -1), {6},
              {5, 4, 3, 2, 1, 0});
  expectEqual(slice(0, 9223372036854774784.0, 9223372036854774784.0), {1}, {0});
  expectFailure(slice(0, 6, 0), "step 0 is 0");
}

TEST_F(ShapeTest, sliceOfTwoAxes) {
  expectEqual(
      run("graph.slice %0, %1, %2, %3 {axes = array<i64: 1, 0>}",
          "tensor<?x?xf32>",
          {iota("f32", {3, 3}), list({0, 1}), list({3, 3}), list({2, 1})}),
      {2, 2}, {4, 6, 7, 9});
}

TEST_F(ShapeTest, padModes) {
  Tensor x = make("f32", {3}, {1, 2, 3});
  expectEqual(
      run("graph.pad constant, %0, %1", "tensor<?xf32>", {x, list({1, 2})}),
      {6}, {0, 1, 2, 3, 0, 0});
  expectEqual(run("graph.pad constant, %0, %1, %2", "tensor<?xf32>",
                  {x, list({1, 0}), make("f32", {}, {9})}),
              {4}, {9, 1, 2, 3});
  expectEqual(
      run("graph.pad reflect, %0, %1", "tensor<?xf32>", {x, list({2, 2})}), {7},
      {3, 2, 1, 2, 3, 2, 1});
  expectEqual(run("graph.pad edge, %0, %1", "tensor<?xf32>", {x, list({2, 1})}),
              {6}, {1, 1, 1, 2, 3, 3});
  // Negative pads remove elements.
  expectEqual(
      run("graph.pad constant, %0, %1", "tensor<?xf32>", {x, list({-1, 1})}),
      {3}, {2, 3, 0});
}

TEST_F(ShapeTest, padInTwoDimensions) {
  expectEqual(run("graph.pad constant, %0, %1", "tensor<?x?xi32>",
                  {iota("i32", {1, 2}), list({1, 0, 0, 1})}),
              {2, 3}, {0, 0, 0, 1, 2, 0});
}

TEST_F(ShapeTest, padErrors) {
  Tensor x = iota("f32", {3});
  expectFailure(
      run("graph.pad reflect, %0, %1", "tensor<?xf32>", {x, list({3, 0})}),
      "reflect pads");
  expectFailure(
      run("graph.pad constant, %0, %1", "tensor<?xf32>", {x, list({-2, -2})}),
      "do not fit");
  expectFailure(run("graph.pad edge, %0, %1", "tensor<?xf32>",
                    {make("f32", {0}, {}), list({1, 0})}, true),
                "empty dimension");
}

TEST_F(ShapeTest, gather) {
  Tensor x = iota("f32", {2, 3});
  expectEqual(run("graph.gather %0, %1 {axis = 1 : i64}", "tensor<2x2xf32>",
                  {x, make("i32", {2}, {2, -3})}),
              {2, 2}, {3, 1, 6, 4});
  expectEqual(run("graph.gather %0, %1 {axis = 0 : i64}", "tensor<3xf32>",
                  {x, make("i64", {}, {1})}),
              {3}, {4, 5, 6});
  expectFailure(run("graph.gather %0, %1 {axis = 1 : i64}", "tensor<2x1xf32>",
                    {x, make("i32", {1}, {3})}),
                "index 3 is outside dimension 1 of size 3");
  expectFailure(run("graph.gather %0, %1 {axis = 0 : i64}", "tensor<?x?xf32>",
                    {make("f32", {0, 3}, {}), make("i32", {1}, {0})}, true),
                "index 0 is outside");
}
} // namespace
