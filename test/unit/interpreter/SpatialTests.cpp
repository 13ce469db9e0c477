//===- SpatialTests.cpp - Interpolation, boxes, signals, quantisation ----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers worked out by hand, or published (Philox).
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
using SpatialTest = InterpreterTest;

//===----------------------------------------------------------------------===//
// resize
//===----------------------------------------------------------------------===//

TEST_F(SpatialTest, resizesBetweenElements) {
  Tensor x = make("f32", {2}, {1, 2}), size = make("i64", {1}, {4});
  Tensor scale = make("f64", {1}, {2});
  expectEqual(run("graph.resize linear, %0, %1, %2 {axes = array<i64: 0>}",
                  "tensor<4xf32>", {x, size, scale}),
              {4}, {1, 1.25, 1.75, 2});
  expectEqual(run("graph.resize linear, %0, %1, %2 {axes = array<i64: 0>, "
                  "coordinates = #graph.resize_coordinates<align_corners>}",
                  "tensor<4xf32>", {x, size, scale}),
              {4}, {1, 1 + 1.0f / 3, 1 + 2.0f / 3, 2});
}

TEST_F(SpatialTest, averagesWhatItSkips) {
  expectEqual(
      run("graph.resize linear, %0, %1, %2 {axes = array<i64: 0>, "
          "antialias}",
          "tensor<2xf32>",
          {iota("f32", {4}), make("i64", {1}, {2}), make("f64", {1}, {0.5})}),
      {2}, {1.625, 3.375});
}

TEST_F(SpatialTest, dropsWhatIsOutside) {
  // At -0.25 the weights are 0.25 and 0.75; only the second element exists.
  expectEqual(run("graph.resize linear, %0, %1, %2 {axes = array<i64: 0>, "
                  "exclude_outside}",
                  "tensor<4xf32>",
                  {make("f32", {2}, {8, 4}), make("i64", {1}, {4}),
                   make("f64", {1}, {2})}),
              {4}, {8, 7, 5, 4});
}

TEST_F(SpatialTest, roundsPositions) {
  Tensor x = make("i8", {2}, {10, 20}), size = make("i64", {1}, {4});
  Tensor scale = make("f64", {1}, {2});
  auto nearest = [&](const std::string &rounding) {
    return run("graph.resize nearest, %0, %1, %2 {axes = array<i64: 0>, "
               "coordinates = #graph.resize_coordinates<asymmetric>, "
               "rounding = #graph.nearest_rounding<" +
                   rounding + ">}",
               "tensor<4xi8>", {x, size, scale});
  };
  // Positions 0, 0.5, 1, 1.5.
  expectEqual(nearest("prefer_floor"), {4}, {10, 10, 20, 20});
  expectEqual(nearest("prefer_ceil"), {4}, {10, 20, 20, 20});
}

TEST_F(SpatialTest, cropsARegion) {
  // Positions -1, 1, 3 of the elements 0 .. 2.
  expectEqual(run("graph.resize linear, %0, %1, %2, %3 {axes = array<i64: 0>, "
                  "coordinates = #graph.resize_coordinates<crop>, "
                  "extrapolation = 9.0 : f64}",
                  "tensor<3xf32>",
                  {iota("f32", {3}), make("i64", {1}, {3}),
                   make("f64", {1}, {1}), make("f64", {2}, {-0.5, 1.5})}),
              {3}, {9, 2, 9});
}

TEST_F(SpatialTest, cubicKeepsAConstant) {
  Tensor ones = make("f32", {5}, {1, 1, 1, 1, 1});
  expectNear(run("graph.resize cubic, %0, %1, %2 {axes = array<i64: 0>}",
                 "tensor<3xf32>",
                 {ones, make("i64", {1}, {3}), make("f64", {1}, {0.6})}),
             {3}, {1, 1, 1});
}

TEST_F(SpatialTest, refusesAScaleOfZero) {
  expectFailure(
      run("graph.resize linear, %0, %1, %2 {axes = array<i64: 0>}",
          "tensor<2xf32>",
          {iota("f32", {4}), make("i64", {1}, {2}), make("f64", {1}, {0})}),
      "is not between 2^-24 and 2^24");
}

//===----------------------------------------------------------------------===//
// sample
//===----------------------------------------------------------------------===//

TEST_F(SpatialTest, samplesBesideTheBorder) {
  Tensor x = make("f32", {1, 1, 3}, {10, 20, 30});
  Tensor at = make("f32", {1, 4, 1}, {0.5, -0.5, 2.75, -1});
  auto read = [&](const std::string &attributes) {
    return run("graph.sample linear, %0, %1 {" + attributes + "}",
               "tensor<1x1x4xf32>", {x, at});
  };
  expectEqual(read("border = #graph.border_mode<zeros>"), {1, 1, 4},
              {15, 5, 7.5, 0});
  expectEqual(read("border = #graph.border_mode<edge>"), {1, 1, 4},
              {15, 10, 30, 10});
  // About -0.5 and 2.5: -1 is 0, 2.75 is 2.25.
  expectEqual(read("border = #graph.border_mode<reflect>"), {1, 1, 4},
              {15, 10, 30, 10});
  // About 0 and 2: -0.5 is 0.5, 2.75 is 1.25, -1 is 1.
  expectEqual(read("border = #graph.border_mode<reflect>, align_corners"),
              {1, 1, 4}, {15, 15, 22.5, 20});
}

TEST_F(SpatialTest, samplesChosenEntries) {
  Tensor x = make("i32", {2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  Tensor at = make("f32", {2, 2}, {1, 0, 0.4, 0.6});
  expectEqual(run("graph.sample nearest, %0, %1, %2", "tensor<2x1xi32>",
                  {x, at, make("i64", {2}, {1, 0})}),
              {2, 1}, {7, 2});
  expectFailure(run("graph.sample nearest, %0, %1, %2", "tensor<2x1xi32>",
                    {x, at, make("i64", {2}, {1, 2})}),
                "entry 2 is not among 2");
}

//===----------------------------------------------------------------------===//
// non_max_suppression
//===----------------------------------------------------------------------===//

TEST_F(SpatialTest, selectsBoxesThatDoNotOverlap) {
  // The second box overlaps the first by a half of the union; the third has its
  // corners in the other order and touches nothing.
  Tensor boxes = make("f32", {1, 3, 4}, {0, 0, 1, 2, 0, 0, 1, 1, 9, 9, 8, 8});
  Tensor scores = make("f32", {1, 1, 3}, {0.5, 0.9, 0.5});
  auto select = [&](double most, double iou, double least) {
    return run("graph.non_max_suppression %0, %1, %2, %3, %4",
               "tensor<?x3xi64>",
               {boxes, scores, make("i64", {}, {most}), make("f32", {}, {iou}),
                make("f32", {}, {least})});
  };
  expectEqual(select(9, 0.4, 0), {2, 3}, {0, 0, 1, 0, 0, 2});
  expectEqual(select(9, 0.5, 0), {3, 3}, {0, 0, 1, 0, 0, 0, 0, 0, 2});
  expectEqual(select(1, 0.4, 0), {1, 3}, {0, 0, 1});
  expectEqual(select(9, 0.4, 0.5), {1, 3}, {0, 0, 1});
  expectEqual(select(-1, 0.4, 0), {0, 3}, {});
}

//===----------------------------------------------------------------------===//
// dft, det, random_bits
//===----------------------------------------------------------------------===//

TEST_F(SpatialTest, transforms) {
  Tensor x = make("f64", {4, 2}, {0, 0, 1, 0, 0, 0, 0, 0});
  Tensor y = run("graph.dft %0 {axis = 0 : i64}", "tensor<4x2xf64>", {x});
  expectNear(y, {4, 2}, {1, 0, 0, -1, -1, 0, 0, 1}, 1e-15);
  expectNear(
      run("graph.dft %0 {axis = 0 : i64, inverse}", "tensor<4x2xf64>", {y}),
      {4, 2}, {0, 0, 1, 0, 0, 0, 0, 0}, 1e-15);
}

TEST_F(SpatialTest, determinants) {
  expectNear(
      run("graph.det %0", "tensor<3xf64>",
          {make("f64", {3, 2, 2}, {1, 2, 3, 5, 0, 2, 3, 0, 1, 2, 2, 4})}),
      {3}, {-1, -6, 0});
  expectEqual(run("graph.det %0", "tensor<f32>", {make("f32", {0, 0}, {})}), {},
              {1});
}

TEST_F(SpatialTest, randomBitsArePhiloxs) {
  // The known answer of counter 0 and key 0 (Salmon et al., Random123).
  expectEqual(run("graph.random_bits %0, %1", "tensor<4xui32>",
                  {make("i64", {1}, {4}), make("i64", {}, {0})}),
              {4}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
}

//===----------------------------------------------------------------------===//
// quantize, dequantize, rescale
//===----------------------------------------------------------------------===//

TEST_F(SpatialTest, quantizes) {
  Tensor x = make("f32", {7}, {0.5, 1.5, 2.5, -0.5, 300, -kInf, kNaN});
  expectEqual(run("graph.quantize %0, %1, %2 to i8", "tensor<7xi8>",
                  {x, make("f32", {}, {1}), make("i8", {}, {3})}),
              {7}, {3, 5, 5, 3, 127, -128, 3});
  expectEqual(run("graph.quantize %0, %1 to f8E4M3FN {saturate}",
                  "tensor<3xf8E4M3FN>",
                  {make("f32", {3}, {1000, 2, -1000}), make("f32", {1}, {2})}),
              {3}, {448, 1, -448});
  expectEqual(run("graph.quantize %0, %1 to f8E4M3FN", "tensor<1xf8E4M3FN>",
                  {make("f32", {1}, {1000}), make("f32", {}, {1})}),
              {1}, {kNaN});
}

// Halves after the product go up, after the shift away from zero.
TEST_F(SpatialTest, rescales) {
  Tensor x = make("i32", {6}, {3, -3, 1, -1, 2147483647, 5}),
         half = make("i32", {}, {1 << 30});
  expectEqual(run("graph.rescale %0, %1, %2", "tensor<6xi32>",
                  {x, half, make("i32", {}, {31})}),
              {6}, {2, -1, 1, 0, 1073741824, 3});
  expectEqual(run("graph.rescale %0, %1, %2", "tensor<6xi32>",
                  {make("i32", {6}, {4, -4, 12, -12, 8, 10}), half,
                   make("i32", {}, {33})}),
              {6}, {1, -1, 2, -2, 1, 1});
  // The same numbers rounded once: halves go up.
  std::string once = "graph.rescale %0, %1, %2 {rounding = "
                     "#graph.rescale_rounding<once>}";
  expectEqual(run(once, "tensor<6xi32>",
                  {make("i64", {6}, {4, -4, 12, -12, 8, 11}), half,
                   make("i32", {}, {33})}),
              {6}, {1, 0, 2, -1, 1, 1});
  // Rounded twice, 11/8 is 6/4 is 2.
  expectEqual(run("graph.rescale %0, %1, %2", "tensor<1xi32>",
                  {make("i32", {1}, {11}), half, make("i32", {}, {33})}),
              {1}, {2});
  // A shift to the left wraps; shifts beyond the bounds are the bounds.
  expectEqual(run("graph.rescale %0, %1, %2", "tensor<3xi32>",
                  {make("i32", {3}, {3, 1 << 30, 7}), half,
                   make("i32", {3}, {29, 30, 99})}),
              {3}, {6, -1073741824, 0});
}
TEST_F(SpatialTest, dequantizes) {
  expectEqual(run("graph.dequantize %0, %1, %2", "tensor<2x2xf32>",
                  {make("ui8", {2, 2}, {0, 255, 128, 129}),
                   make("f32", {2, 1}, {0.5, 2}), make("ui8", {}, {128})}),
              {2, 2}, {-64, 63.5, 0, 2});
}

} // namespace
