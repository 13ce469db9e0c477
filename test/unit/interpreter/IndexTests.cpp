//===- IndexTests.cpp - Indices, orders, scans, bits -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What indices name, equal elements, NaN, indices out of range, empty results.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
using IndexTest = InterpreterTest;

//===----------------------------------------------------------------------===//
// Gathering and scattering
//===----------------------------------------------------------------------===//

TEST_F(IndexTest, gatherElements) {
  Tensor x = iota("f32", {2, 3});
  expectEqual(run("graph.gather_elements %0, %1 {axis = 1 : i64}",
                  "tensor<2x2xf32>", {x, make("i64", {2, 2}, {2, -3, 0, 1})}),
              {2, 2}, {3, 1, 4, 5});
  expectEqual(run("graph.gather_elements %0, %1 {axis = 0 : i64}",
                  "tensor<1x2xf32>", {x, make("i32", {1, 2}, {1, 0})}),
              {1, 2}, {4, 2});
  expectFailure(run("graph.gather_elements %0, %1 {axis = 0 : i64}",
                    "tensor<1x1xf32>", {x, make("i64", {1, 1}, {2})}),
                "index 2 is outside a dimension of size 2");
}

TEST_F(IndexTest, gatherND) {
  Tensor x = iota("f32", {2, 2, 2});
  expectEqual(run("graph.gather_nd %0, %1 {batch_dims = 0 : i64}",
                  "tensor<2x2xf32>", {x, make("i64", {2, 2}, {0, 1, 1, -2})}),
              {2, 2}, {3, 4, 5, 6});
  expectEqual(run("graph.gather_nd %0, %1 {batch_dims = 1 : i64}",
                  "tensor<2x2xf32>", {x, make("i64", {2, 1}, {1, 0})}),
              {2, 2}, {3, 4, 5, 6});
  // An empty tuple is the whole tensor.
  expectEqual(run("graph.gather_nd %0, %1 {batch_dims = 0 : i64}",
                  "tensor<2x2x2x2xf32>", {x, make("i64", {2, 0}, {})}),
              {2, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_F(IndexTest, scatterElements) {
  Tensor x = iota("f32", {3}), places = make("i64", {3}, {0, 0, -1});
  Tensor updates = make("f32", {3}, {10, 20, 30});
  auto scatter = [&](std::string kind) {
    return run("graph.scatter_elements " + kind +
                   ", %0, %1, %2 {axis = 0 : i64}",
               "tensor<3xf32>", {x, places, updates});
  };
  // Of two that meet, the later one stays.
  expectEqual(scatter("replace"), {3}, {20, 2, 30});
  expectEqual(scatter("add"), {3}, {31, 2, 33});
  expectEqual(scatter("mul"), {3}, {200, 2, 90});
  expectEqual(scatter("max"), {3}, {20, 2, 30});
  expectEqual(scatter("min"), {3}, {1, 2, 3});
  expectFailure(run("graph.scatter_elements add, %0, %1, %2 {axis = 0 : i64}",
                    "tensor<3xf32>", {x, make("i64", {3}, {0, 0, 3}), updates}),
                "index 3 is outside a dimension of size 3");
}

TEST_F(IndexTest, scatterWrapsAndRounds) {
  expectEqual(run("graph.scatter_elements add, %0, %1, %2 {axis = 0 : i64}",
                  "tensor<1xi8>",
                  {make("i8", {1}, {100}), make("i64", {1}, {0}),
                   make("i8", {1}, {100})}),
              {1}, {-56});
  // 1 + 2^-11 + 2^-11 in f16: each sum is a tie that goes back to 1.
  double half = 0x1p-11;
  expectEqual(run("graph.scatter_elements add, %0, %1, %2 {axis = 0 : i64}",
                  "tensor<1xf16>",
                  {make("f16", {1}, {1}), make("i64", {2}, {0, 0}),
                   make("f16", {2}, {half, half})}),
              {1}, {1});
}

TEST_F(IndexTest, scatterND) {
  Tensor x = iota("f32", {2, 2});
  expectEqual(run("graph.scatter_nd replace, %0, %1, %2", "tensor<2x2xf32>",
                  {x, make("i64", {1, 1}, {-1}), make("f32", {1, 2}, {8, 9})}),
              {2, 2}, {1, 2, 8, 9});
  expectEqual(
      run("graph.scatter_nd add, %0, %1, %2", "tensor<2x2xf32>",
          {x, make("i64", {2, 2}, {0, 1, 0, 1}), make("f32", {2}, {10, 20})}),
      {2, 2}, {1, 32, 3, 4});
}

//===----------------------------------------------------------------------===//
// Sizes that data decide
//===----------------------------------------------------------------------===//

TEST_F(IndexTest, range) {
  auto range = [&](std::string type, double start, double limit, double delta) {
    return run("graph.range %0, %1, %2", "tensor<?x" + type + ">",
               {make(type, {}, {start}), make(type, {}, {limit}),
                make(type, {}, {delta})});
  };
  expectEqual(range("i64", 1, 8, 3), {3}, {1, 4, 7});
  expectEqual(range("i64", 1, 7, 3), {2}, {1, 4});
  expectEqual(range("i32", 10, 4, -2), {3}, {10, 8, 6});
  expectEqual(range("i32", 4, 10, -2), {0}, {});
  expectEqual(range("f32", 0, 1, 0.25), {4}, {0, 0.25, 0.5, 0.75});
  expectEqual(range("ui8", 250, 255, 2), {3}, {250, 252, 254});
  expectFailure(range("i64", 0, 1, 0), "make no range");
  expectFailure(range("f32", 0, kNaN, 1), "make no range");
}

TEST_F(IndexTest, nonZero) {
  expectEqual(run("graph.non_zero %0", "tensor<2x?xi64>",
                  {make("f32", {2, 2}, {0, kNaN, 3, -0.0})}),
              {2, 2}, {0, 1, 1, 0});
  expectEqual(
      run("graph.non_zero %0", "tensor<1x?xi64>", {make("i1", {3}, {0, 0, 0})}),
      {1, 0}, {});
  expectEqual(
      run("graph.non_zero %0", "tensor<0x?xi64>", {make("i8", {}, {7})}),
      {0, 1}, {});
}

//===----------------------------------------------------------------------===//
// Orders and scans
//===----------------------------------------------------------------------===//

TEST_F(IndexTest, argReduce) {
  Tensor x = make("f32", {2, 3}, {1, 5, 5, -2, -2, 0});
  expectEqual(
      run("graph.arg_reduce max, %0 {axis = 1 : i64}", "tensor<2xi64>", x), {2},
      {1, 2});
  expectEqual(run("graph.arg_reduce max, %0 {axis = 1 : i64, select_last}",
                  "tensor<2xi64>", x),
              {2}, {2, 2});
  expectEqual(run("graph.arg_reduce min, %0 {axis = 1 : i64, keep_dims}",
                  "tensor<2x1xi64>", x),
              {2, 1}, {0, 0});
  expectEqual(
      run("graph.arg_reduce min, %0 {axis = 0 : i64}", "tensor<3xi64>", x), {3},
      {1, 1, 1});
  // The first NaN, or the last one, and never a number.
  Tensor nans = make("f32", {4}, {1, kNaN, 7, kNaN});
  expectEqual(
      run("graph.arg_reduce min, %0 {axis = 0 : i64}", "tensor<i64>", nans), {},
      {1});
  expectEqual(run("graph.arg_reduce max, %0 {axis = 0 : i64, select_last}",
                  "tensor<i64>", nans),
              {}, {3});
}

TEST_F(IndexTest, topK) {
  Tensor x = make("f32", {5}, {2, kNaN, 3, 2, -1});
  auto topK = [&](double k, std::string smallest) {
    return run("graph.top_k %0, %1 {axis = 0 : i64" + smallest + "}",
               "tensor<?xi64>", {x, make("i64", {}, {k})});
  };
  expectEqual(topK(3, ""), {3}, {1, 2, 0});
  expectEqual(topK(5, ""), {5}, {1, 2, 0, 3, 4});
  expectEqual(topK(5, ", smallest"), {5}, {4, 0, 3, 2, 1});
  expectEqual(topK(0, ""), {0}, {});
  expectFailure(topK(6, ""), "k is 6 for a dimension of size 5");
  expectEqual(
      run("graph.top_k %0, %1 {axis = 0 : i64}", "tensor<?x2xi64>",
          {make("ui8", {3, 2}, {1, 255, 3, 0, 2, 128}), make("i64", {1}, {2})}),
      {2, 2}, {1, 0, 2, 2});
}

TEST_F(IndexTest, cumulative) {
  Tensor x = make("f32", {2, 3}, {1, 2, 3, 4, 5, 6});
  auto scan = [&](std::string text, std::string type = "tensor<2x3xf32>") {
    return run("graph.cumulative " + text, type, x);
  };
  expectEqual(scan("sum, %0 {axis = 1 : i64}"), {2, 3}, {1, 3, 6, 4, 9, 15});
  expectEqual(scan("sum, %0 {axis = 0 : i64}"), {2, 3}, {1, 2, 3, 5, 7, 9});
  expectEqual(scan("sum, %0 {axis = 1 : i64, exclusive}"), {2, 3},
              {0, 1, 3, 0, 4, 9});
  expectEqual(scan("sum, %0 {axis = 1 : i64, reverse}"), {2, 3},
              {6, 5, 3, 15, 11, 6});
  expectEqual(scan("prod, %0 {axis = 1 : i64, exclusive, reverse}"), {2, 3},
              {6, 3, 1, 30, 6, 1});
  expectEqual(scan("max, %0 {axis = 1 : i64, exclusive}"), {2, 3},
              {-kInf, 1, 2, -kInf, 4, 5});
  expectEqual(run("graph.cumulative sum, %0 {axis = 0 : i64}", "tensor<3xi8>",
                  {make("i8", {3}, {100, 100, 100})}),
              {3}, {100, -56, 44});
}

//===----------------------------------------------------------------------===//
// Bits and rounding
//===----------------------------------------------------------------------===//

TEST_F(IndexTest, bits) {
  Tensor x = make("i8", {3}, {12, -1, 1}), y = make("i8", {3}, {10, 6, 1});
  auto both = [&](std::string op) {
    return run(op + " %0, %1", "tensor<3xi8>", {x, y});
  };
  expectEqual(both("graph.and"), {3}, {8, 6, 1});
  expectEqual(both("graph.or"), {3}, {14, -1, 1});
  expectEqual(both("graph.xor"), {3}, {6, -7, 0});
  expectEqual(run("graph.not %0", "tensor<3xi8>", x), {3}, {-13, 0, -2});
  expectEqual(run("graph.not %0", "tensor<2xui4>", make("ui4", {2}, {0, 5})),
              {2}, {15, 10});
}

TEST_F(IndexTest, shifts) {
  auto shift = [&](std::string op, std::string type, double x, double count) {
    return run(op + " %0, %1", "tensor<1x" + type + ">",
               {make(type, {1}, {x}), make(type, {1}, {count})});
  };
  expectEqual(shift("graph.shift_left", "i8", 65, 1), {1}, {-126});
  expectEqual(shift("graph.shift_left", "i8", 1, 8), {1}, {0});
  expectEqual(shift("graph.shift_left", "i8", 1, -1), {1}, {0});
  expectEqual(shift("graph.shift_right", "i8", -128, 3), {1}, {-16});
  expectEqual(shift("graph.shift_right", "i8", -128, 100), {1}, {-1});
  expectEqual(shift("graph.shift_right", "ui8", 128, 3), {1}, {16});
  expectEqual(shift("graph.shift_right", "ui8", 128, 8), {1}, {0});
  expectEqual(shift("graph.shift_right", "ui64", 0x1p63, 64), {1}, {0});
}

TEST_F(IndexTest, bitcast) {
  expectEqual(run("graph.bitcast %0 to i32", "tensor<2xi32>",
                  make("f32", {2}, {1, -2})),
              {2}, {0x3f800000, -1073741824});
  expectEqual(run("graph.bitcast %0 to f16", "tensor<1xf16>",
                  make("ui16", {1}, {0x3e00})),
              {1}, {1.5});
  expectEqual(
      run("graph.bitcast %0 to i4", "tensor<2xi4>", make("ui4", {2}, {15, 7})),
      {2}, {-1, 7});
  expectEqual(
      run("graph.bitcast %0 to ui4", "tensor<1xui4>", make("i4", {1}, {-8})),
      {1}, {8});
}

TEST_F(IndexTest, functions) {
  expectEqual(run("graph.round %0", "tensor<5xf32>",
                  make("f32", {5}, {0.5, 1.5, -2.5, 2.4, kInf})),
              {5}, {0, 2, -2, 2, kInf});
  expectNear(run("graph.sin %0", "tensor<3xf64>",
                 make("f64", {3}, {0, M_PI / 6, kInf})),
             {3}, {0, 0.5, kNaN}, 1e-15);
  expectNear(
      run("graph.cos %0", "tensor<2xf64>", make("f64", {2}, {0, M_PI / 3})),
      {2}, {1, 0.5}, 1e-15);
  expectNear(
      run("graph.atan %0", "tensor<3xf64>", make("f64", {3}, {1, -kInf, 0})),
      {3}, {M_PI / 4, -M_PI / 2, 0}, 1e-15);
  // The first terms of the series are all that double holds.
  expectNear(run("graph.expm1 %0", "tensor<1xf64>", make("f64", {1}, {1e-12})),
             {1}, {1e-12 + 5e-25}, 1e-27);
  expectNear(run("graph.log1p %0", "tensor<1xf64>", make("f64", {1}, {1e-12})),
             {1}, {1e-12 - 5e-25}, 1e-27);
}

//===----------------------------------------------------------------------===//
// Windows and pads
//===----------------------------------------------------------------------===//

TEST_F(IndexTest, argMaxPool) {
  std::string pool = "graph.arg_max_pool %0 {layout = #graph.layout<\"nc01\">, "
                     "kernel = array<i64: 2, 2>, strides = array<i64: 2, 1>, "
                     "dilations = array<i64: 1, 1>, "
                     "pads = array<i64: 0, 0, 0, 0>}";
  // Numbers count within each channel; of equal elements the first wins.
  Tensor x = make("f32", {1, 2, 2, 3}, {1, 9, 2, 3, 4, 9, 5, 5, 5, 5, 5, kNaN});
  expectEqual(run(pool, "tensor<1x2x1x2xi64>", x), {1, 2, 1, 2}, {1, 1, 0, 5});
}

TEST_F(IndexTest, wrapPad) {
  expectEqual(run("graph.pad wrap, %0, %1", "tensor<8xf32>",
                  {iota("f32", {3}), make("i64", {2}, {1, 4})}),
              {8}, {3, 1, 2, 3, 1, 2, 3, 1});
  expectEqual(run("graph.pad wrap, %0, %1", "tensor<3xf32>",
                  {iota("f32", {3}), make("i64", {2}, {-1, 1})}),
              {3}, {2, 3, 1});
}

} // namespace
