//===- ContractionTests.cpp - Matrix product and convolution -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Known sums, layouts, padding, groups, dilation, and run-time errors.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
using ContractionTest = InterpreterTest;

/// The attributes of a 2-D convolution in NCHW.
std::string conv(std::string strides, std::string dilations, std::string pads,
                 int groups, std::string autoPad = "") {
  return " {input_layout = #graph.layout<\"nc01\">, filter_layout = "
         "#graph.layout<\"oi01\">, "
         "output_layout = #graph.layout<\"nc01\">, strides = array<i64: " +
         strides + ">, dilations = array<i64: " + dilations +
         ">, pads = array<i64: " + pads +
         ">, groups = " + std::to_string(groups) + " : i64" +
         (autoPad.empty() ? ""
                          : ", auto_pad = #graph.auto_pad<" + autoPad + ">") +
         "}";
}

TEST_F(ContractionTest, matmulOfMatrices) {
  expectEqual(run("graph.matmul %0, %1", "tensor<2x2xf32>",
                  {iota("f32", {2, 3}), iota("f32", {3, 2})}),
              {2, 2}, {22, 28, 49, 64});
}

TEST_F(ContractionTest, matmulOfVectorsDropsTheAddedDimension) {
  Tensor v = iota("f32", {2}), m = iota("f32", {2, 2});
  expectEqual(run("graph.matmul %0, %1", "tensor<f32>", {v, v}), {}, {5});
  expectEqual(run("graph.matmul %0, %1", "tensor<2xf32>", {v, m}), {2},
              {7, 10});
  expectEqual(run("graph.matmul %0, %1", "tensor<2xf32>", {m, v}), {2},
              {5, 11});
}

TEST_F(ContractionTest, matmulBroadcastsBatches) {
  expectEqual(run("graph.matmul %0, %1", "tensor<2x1x1xf32>",
                  {make("f32", {2, 1, 2}, {1, 2, 3, 4}),
                   make("f32", {1, 2, 1}, {10, 1})}),
              {2, 1, 1}, {12, 34});
  expectEqual(run("graph.matmul %0, %1", "tensor<3x2x1x1xf32>",
                  {make("f32", {3, 1, 1, 1}, {1, 2, 3}),
                   make("f32", {2, 1, 1}, {1, 10})}),
              {3, 2, 1, 1}, {1, 10, 2, 20, 3, 30});
}

TEST_F(ContractionTest, matmulOfNothingIsZero) {
  expectEqual(run("graph.matmul %0, %1", "tensor<1x2xf32>",
                  {make("f32", {1, 0}, {}), make("f32", {0, 2}, {})}),
              {1, 2}, {0, 0});
}

TEST_F(ContractionTest, matmulOfIntegersWraps) {
  expectEqual(run("graph.matmul %0, %1", "tensor<1x1xi8>",
                  {make("i8", {1, 2}, {100, 100}), make("i8", {2, 1}, {1, 1})}),
              {1, 1}, {-56});
}

TEST_F(ContractionTest, matmulSumsInItsSumType) {
  // 100 * 100 + 100 * 100, beyond eight bits; and beyond 32.
  Tensor row = make("i8", {1, 2}, {100, 100}),
         column = make("i8", {2, 1}, {100, 100});
  expectEqual(run("graph.matmul %0, %1 {sum_type = i32}", "tensor<1x1xi32>",
                  {row, column}),
              {1, 1}, {20000});
  Tensor most = make("i16", {1, 3}, {-32768, -32768, -32768});
  Tensor same = make("i16", {3, 1}, {-32768, -32768, -32768});
  expectEqual(run("graph.matmul %0, %1 {sum_type = i64}", "tensor<1x1xi64>",
                  {most, same}),
              {1, 1}, {3221225472.0});
  expectEqual(run("graph.matmul %0, %1 {sum_type = i32}", "tensor<1x1xi32>",
                  {most, same}),
              {1, 1}, {-1073741824.0});
}

TEST_F(ContractionTest, convolutionSumsInItsSumType) {
  std::string attributes = conv("1, 1", "1, 1", "0, 0, 0, 0", 1);
  attributes.insert(attributes.size() - 1, ", sum_type = i32");
  expectEqual(
      run("graph.conv %0, %1, %2" + attributes, "tensor<1x1x1x1xi32>",
          {make("i16", {1, 2, 1, 1}, {255, 255}),
           make("i16", {1, 2, 1, 1}, {255, 254}), make("i32", {1}, {70000})}),
      {1, 1, 1, 1}, {70000 + 255 * 509});
}

TEST_F(ContractionTest, matmulOfHalvesSumsInSinglePrecision) {
  // In f16, 2048 + 1 is 2048 each time; in f32 the sum is 2050, which f16
  // holds.
  expectEqual(
      run("graph.matmul %0, %1", "tensor<1x1xf16>",
          {make("f16", {1, 3}, {2048, 1, 1}), make("f16", {3, 1}, {1, 1, 1})}),
      {1, 1}, {2050});
}

TEST_F(ContractionTest, matmulErrors) {
  expectFailure(run("graph.matmul %0, %1", "tensor<?x?xf32>",
                    {iota("f32", {1, 2}), iota("f32", {3, 1})}, true),
                "contracted dimensions differ: 2 on the left and 3");
  expectFailure(run("graph.matmul %0, %1", "tensor<?x?x?xf32>",
                    {iota("f32", {2, 1, 1}), iota("f32", {3, 1, 1})}, true),
                "batch dimensions");
}

TEST_F(ContractionTest, convWithBias) {
  // Windows of 1..9 in 3x3, each summed: 12 16 24 28, and the bias.
  expectEqual(
      run("graph.conv %0, %1, %2" + conv("1, 1", "1, 1", "0, 0, 0, 0", 1),
          "tensor<1x1x2x2xf32>",
          {iota("f32", {1, 1, 3, 3}), make("f32", {1, 1, 2, 2}, {1, 1, 1, 1}),
           make("f32", {1}, {100})}),
      {1, 1, 2, 2}, {112, 116, 124, 128});
}

TEST_F(ContractionTest, convPadsStridesDilates) {
  Tensor ones = make("f32", {1, 1, 2, 2}, {1, 1, 1, 1});
  expectEqual(run("graph.conv %0, %1" + conv("2, 2", "1, 1", "1, 0, 0, 1", 1),
                  "tensor<1x1x2x2xf32>", {iota("f32", {1, 1, 3, 3}), ones}),
              {1, 1, 2, 2}, {3, 3, 24, 15});
  expectEqual(run("graph.conv %0, %1" + conv("1, 1", "2, 2", "0, 0, 0, 0", 1),
                  "tensor<1x1x1x1xf32>", {iota("f32", {1, 1, 3, 3}), ones}),
              {1, 1, 1, 1}, {1 + 3 + 7 + 9});
}

TEST_F(ContractionTest, convGroups) {
  // Two groups: output 0 sees channel 0 only, output 1 channel 1 only.
  expectEqual(
      run("graph.conv %0, %1" + conv("1, 1", "1, 1", "0, 0, 0, 0", 2),
          "tensor<1x2x1x2xf32>",
          {iota("f32", {1, 2, 1, 2}), make("f32", {2, 1, 1, 1}, {10, 100})}),
      {1, 2, 1, 2}, {10, 20, 300, 400});
}

TEST_F(ContractionTest, convSamePadding) {
  // Three elements, kernel of two: one element of padding, on the side named.
  Tensor x = make("f32", {1, 1, 1, 3}, {1, 2, 3}),
         w = make("f32", {1, 1, 1, 2}, {1, 10});
  expectEqual(run("graph.conv %0, %1" +
                      conv("1, 1", "1, 1", "0, 0, 0, 0", 1, "same_upper"),
                  "tensor<1x1x1x3xf32>", {x, w}),
              {1, 1, 1, 3}, {21, 32, 3});
  expectEqual(run("graph.conv %0, %1" +
                      conv("1, 1", "1, 1", "0, 0, 0, 0", 1, "same_lower"),
                  "tensor<1x1x1x3xf32>", {x, w}),
              {1, 1, 1, 3}, {10, 21, 32});
}

TEST_F(ContractionTest, convLayouts) {
  // One pixel, two channels in, two out: a matrix product of (1 2) and columns.
  expectEqual(run("graph.conv %0, %1 {input_layout = #graph.layout<\"n01c\">, "
                  "filter_layout = "
                  "#graph.layout<\"01io\">, output_layout = "
                  "#graph.layout<\"c01n\">, strides = array<i64: 1, 1>, "
                  "dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, "
                  "0>, groups = 1 : i64}",
                  "tensor<2x1x2x1xf32>",
                  {make("f32", {1, 1, 2, 2}, {1, 2, 3, 4}),
                   make("f32", {1, 1, 2, 2}, {1, 10, 2, 20})}),
              {2, 1, 2, 1}, {5, 11, 50, 110});
}

TEST_F(ContractionTest, convPaddingNeverMultiplies) {
  // An infinite weight on padding would give NaN.
  expectEqual(run("graph.conv %0, %1" + conv("1, 1", "1, 1", "0, 1, 0, 0", 1),
                  "tensor<1x1x1x1xf32>",
                  {make("f32", {1, 1, 1, 1}, {2}),
                   make("f32", {1, 1, 1, 2}, {kInf, 3})}),
              {1, 1, 1, 1}, {6});
}

TEST_F(ContractionTest, convInOneAndThreeDimensions) {
  expectEqual(run("graph.conv %0, %1 {input_layout = #graph.layout<\"nc0\">, "
                  "filter_layout = "
                  "#graph.layout<\"oi0\">, output_layout = "
                  "#graph.layout<\"nc0\">, strides = array<i64: 1>, "
                  "dilations = array<i64: 1>, pads = array<i64: 0, 0>, groups "
                  "= 1 : i64}",
                  "tensor<1x1x2xf32>",
                  {iota("f32", {1, 1, 3}), make("f32", {1, 1, 2}, {1, -1})}),
              {1, 1, 2}, {-1, -1});
  expectEqual(run("graph.conv %0, %1 {input_layout = #graph.layout<\"nc012\">, "
                  "filter_layout = "
                  "#graph.layout<\"oi012\">, output_layout = "
                  "#graph.layout<\"nc012\">, strides = array<i64: 1, 1, 1>, "
                  "dilations = array<i64: 1, 1, 1>, pads = array<i64: 0, 0, 0, "
                  "0, 0, 0>, groups = 1 : i64}",
                  "tensor<1x1x1x1x1xf32>",
                  {iota("f32", {1, 1, 2, 2, 2}),
                   make("f32", {1, 1, 2, 2, 2}, {1, 1, 1, 1, 1, 1, 1, 1})}),
              {1, 1, 1, 1, 1}, {36});
}

TEST_F(ContractionTest, convErrors) {
  expectFailure(run("graph.conv %0, %1" + conv("1, 1", "1, 1", "0, 0, 0, 0", 1),
                    "tensor<?x?x?x?xf32>",
                    {iota("f32", {1, 1, 2, 2}), iota("f32", {1, 1, 3, 3})},
                    true),
                "does not hold a window of 3");
  expectFailure(run("graph.conv %0, %1" + conv("1, 1", "1, 1", "0, 0, 0, 0", 1),
                    "tensor<?x?x?x?xf32>",
                    {iota("f32", {1, 2, 2, 2}), iota("f32", {1, 3, 1, 1})},
                    true),
                "channels do not fit");
  expectFailure(
      run("graph.conv %0, %1, %2" + conv("1, 1", "1, 1", "0, 0, 0, 0", 1),
          "tensor<?x?x?x?xf32>",
          {iota("f32", {1, 1, 2, 2}), iota("f32", {1, 1, 1, 1}),
           iota("f32", {2})},
          true),
      "bias has shape 2");
}
} // namespace
