//===- ReduceTests.cpp - Reductions and normalisation ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums, means and extremes along axes, of nothing, of NaN; softmax; batch norm.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
using ReduceTest = InterpreterTest;

TEST_F(ReduceTest, kinds) {
  Tensor x = iota("f32", {2, 3});
  expectEqual(
      run("graph.reduce sum, %0 {axes = array<i64: 1>}", "tensor<2xf32>", x),
      {2}, {6, 15});
  expectEqual(run("graph.reduce mean, %0 {axes = array<i64: 0>, keep_dims}",
                  "tensor<1x3xf32>", x),
              {1, 3}, {2.5, 3.5, 4.5});
  expectEqual(
      run("graph.reduce max, %0 {axes = array<i64: 0, 1>}", "tensor<f32>", x),
      {}, {6});
  expectEqual(
      run("graph.reduce min, %0 {axes = array<i64: 1>}", "tensor<2xf32>", x),
      {2}, {1, 4});
  expectEqual(
      run("graph.reduce prod, %0 {axes = array<i64: 0, 1>}", "tensor<f32>", x),
      {}, {720});
}

TEST_F(ReduceTest, noAxesKeepsEachElement) {
  expectEqual(run("graph.reduce sum, %0 {axes = array<i64>}", "tensor<2xf32>",
                  iota("f32", {2})),
              {2}, {1, 2});
}

TEST_F(ReduceTest, ofNoElements) {
  Tensor none = make("f32", {2, 0}, {});
  expectEqual(
      run("graph.reduce sum, %0 {axes = array<i64: 1>}", "tensor<2xf32>", none),
      {2}, {0, 0});
  expectEqual(run("graph.reduce prod, %0 {axes = array<i64: 1>}",
                  "tensor<2xf32>", none),
              {2}, {1, 1});
  expectEqual(
      run("graph.reduce max, %0 {axes = array<i64: 1>}", "tensor<2xf32>", none),
      {2}, {-kInf, -kInf});
  expectEqual(
      run("graph.reduce min, %0 {axes = array<i64: 1>}", "tensor<2xf32>", none),
      {2}, {kInf, kInf});
  expectEqual(run("graph.reduce mean, %0 {axes = array<i64: 1>}",
                  "tensor<2xf32>", none),
              {2}, {kNaN, kNaN});
  expectEqual(run("graph.reduce mean, %0 {axes = array<i64: 0>}", "tensor<i32>",
                  make("i32", {0}, {})),
              {}, {0});
  expectEqual(run("graph.reduce max, %0 {axes = array<i64: 0>}", "tensor<i8>",
                  make("i8", {0}, {})),
              {}, {-128});
  expectEqual(run("graph.reduce min, %0 {axes = array<i64: 0>}", "tensor<ui8>",
                  make("ui8", {0}, {})),
              {}, {255});
}

TEST_F(ReduceTest, integers) {
  expectEqual(run("graph.reduce mean, %0 {axes = array<i64: 0>}", "tensor<i32>",
                  make("i32", {2}, {-3, -4})),
              {}, {-3});
  expectEqual(run("graph.reduce sum, %0 {axes = array<i64: 0>}", "tensor<i8>",
                  make("i8", {2}, {100, 100})),
              {}, {-56});
  // The mean is of the true sum.
  expectEqual(run("graph.reduce mean, %0 {axes = array<i64: 0>}", "tensor<i8>",
                  make("i8", {2}, {100, 100})),
              {}, {100});
}

TEST_F(ReduceTest, extremesPropagateNaN) {
  Tensor x = make("f32", {3}, {1, kNaN, 3});
  expectEqual(
      run("graph.reduce max, %0 {axes = array<i64: 0>}", "tensor<f32>", x), {},
      {kNaN});
  expectEqual(
      run("graph.reduce min, %0 {axes = array<i64: 0>}", "tensor<f32>", x), {},
      {kNaN});
}

TEST_F(ReduceTest, sumsRoundOnce) {
  // In f32, 2^24 + 1 is 2^24 each time; the true sum 2^24 + 2 is a float.
  expectEqual(run("graph.reduce sum, %0 {axes = array<i64: 0>}", "tensor<f32>",
                  make("f32", {3}, {16777216, 1, 1})),
              {}, {16777218});
}

TEST_F(ReduceTest, softmax) {
  expectNear(run("graph.softmax %0 {axis = 1 : i64}", "tensor<2x2xf32>",
                 make("f32", {2, 2}, {0, 0, 1000, 1000 + std::log(3.0)})),
             {2, 2}, {0.5, 0.5, 0.25, 0.75}, 1e-4);
  expectNear(run("graph.softmax %0 {axis = 0 : i64}", "tensor<2x1xf64>",
                 make("f64", {2, 1}, {0, std::log(3.0)})),
             {2, 1}, {0.25, 0.75}, 1e-15);
  expectEqual(run("graph.softmax %0 {axis = 0 : i64}", "tensor<2xf32>",
                  make("f32", {2}, {-kInf, 0})),
              {2}, {0, 1});
}

TEST_F(ReduceTest, batchNorm) {
  // (x - mean) / sqrt(variance + epsilon) * scale + bias.
  expectEqual(run("graph.batch_norm %0, %1, %2, %3, %4 {axis = 1 : i64, "
                  "epsilon = 1.0 : f64}",
                  "tensor<1x2x2xf32>",
                  {make("f32", {1, 2, 2}, {1, 2, 3, 4}),
                   make("f32", {2}, {2, 10}), make("f32", {2}, {5, 0}),
                   make("f32", {2}, {1, 3}), make("f32", {2}, {3, 0})}),
              {1, 2, 2}, {5, 6, 0, 10});
  expectFailure(run("graph.batch_norm %0, %1, %2, %3, %4 {axis = 0 : i64, "
                    "epsilon = 1.0 : f64}",
                    "tensor<?xf32>",
                    {iota("f32", {2}), iota("f32", {2}), iota("f32", {3}),
                     iota("f32", {2}), iota("f32", {2})},
                    true),
                "a parameter has shape 3, expected 2");
}
} // namespace
