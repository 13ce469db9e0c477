//===- WindowTests.cpp - Pooling ---------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Windows by hand: padding, ceil_mode, dilation, same padding, divisors.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
class WindowTest : public InterpreterTest {
protected:
  /// A pooling of one row, with a kernel of height 1.
  Tensor pool(std::string op, Numbers row, std::string kernel,
              std::string stride, std::string pads, std::string more = "",
              std::string type = "f32") {
    int64_t width = static_cast<int64_t>(row.size());
    return run(
        "graph." + op +
            " %0 {layout = #graph.layout<\"nc0\">, kernel = array<i64: " +
            kernel + ">, strides = array<i64: " + stride +
            ">, pads = array<i64: " + pads + ">" +
            (more.find("dilations") == std::string::npos
                 ? ", dilations = array<i64: 1>"
                 : "") +
            more + "}",
        "tensor<?x?x?x" + type + ">", make(type, {1, 1, width}, row),
        /*dynamicOperands=*/true);
  }
};

TEST_F(WindowTest, maxPool) {
  expectEqual(pool("max_pool", {1, 5, 2, 4}, "2", "2", "0, 0"), {1, 1, 2},
              {5, 4});
  expectEqual(pool("max_pool", {1, 5, 2, 4, 9}, "2", "2", "0, 0"), {1, 1, 2},
              {5, 4});
  // Padding never wins, also against negative numbers.
  expectEqual(pool("max_pool", {-3, -5}, "2", "1", "1, 1"), {1, 1, 3},
              {-3, -3, -5});
  expectEqual(pool("max_pool", {-3, -5}, "2", "1", "1, 1", "", "i8"), {1, 1, 3},
              {-3, -3, -5});
  expectEqual(pool("max_pool", {1, kNaN, 2}, "2", "1", "0, 0"), {1, 1, 2},
              {kNaN, kNaN});
}

TEST_F(WindowTest, aWindowOfPaddingGivesTheLowestValue) {
  expectEqual(pool("max_pool", {7}, "1", "1", "1, 0"), {1, 1, 2}, {-kInf, 7});
  expectEqual(pool("max_pool", {7}, "1", "1", "1, 0", "", "i8"), {1, 1, 2},
              {-128, 7});
  expectEqual(pool("max_pool", {7}, "1", "1", "1, 0", "", "ui8"), {1, 1, 2},
              {0, 7});
}

TEST_F(WindowTest, ceilModeAddsAWindow) {
  expectEqual(
      pool("max_pool", {1, 5, 2, 4, 9}, "2", "2", "0, 0", ", ceil_mode"),
      {1, 1, 3}, {5, 4, 9});
  // The third window would start beyond the input: it is dropped.
  expectEqual(pool("max_pool", {1, 2, 3}, "1", "3", "0, 1", ", ceil_mode"),
              {1, 1, 1}, {1});
}

TEST_F(WindowTest, dilation) {
  expectEqual(pool("max_pool", {1, 9, 3, 8, 5}, "2", "1", "0, 0",
                   ", dilations = array<i64: 2>"),
              {1, 1, 3}, {3, 9, 5});
}

TEST_F(WindowTest, samePadding) {
  expectEqual(pool("max_pool", {1, 2, 3}, "2", "1", "0, 0",
                   ", auto_pad = #graph.auto_pad<same_upper>"),
              {1, 1, 3}, {2, 3, 3});
  expectEqual(pool("max_pool", {1, 2, 3}, "2", "1", "0, 0",
                   ", auto_pad = #graph.auto_pad<same_lower>"),
              {1, 1, 3}, {1, 2, 3});
}

TEST_F(WindowTest, avgPoolDivisors) {
  expectEqual(pool("avg_pool", {2, 4, 6}, "2", "1", "1, 0"), {1, 1, 3},
              {2, 3, 5});
  expectEqual(
      pool("avg_pool", {2, 4, 6}, "2", "1", "1, 0", ", count_include_pad"),
      {1, 1, 3}, {1, 3, 5});
  // ceil_mode reaches beyond the padding: never counted.
  expectEqual(pool("avg_pool", {2, 4, 6}, "2", "2", "0, 0",
                   ", ceil_mode, count_include_pad"),
              {1, 1, 2}, {3, 6});
  expectEqual(pool("avg_pool", {2, 4, 6}, "4", "2", "0, 1",
                   ", ceil_mode, count_include_pad"),
              {1, 1, 1}, {3});
  expectEqual(pool("avg_pool", {6}, "1", "1", "1, 0"), {1, 1, 2}, {kNaN, 6});
}

TEST_F(WindowTest, twoDimensionsInChannelsLast) {
  expectEqual(run("graph.avg_pool %0 {layout = #graph.layout<\"n01c\">, kernel "
                  "= array<i64: 2, 2>, strides = "
                  "array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = "
                  "array<i64: 0, 0, 0, 0>}",
                  "tensor<1x1x1x2xf32>", iota("f32", {1, 2, 2, 2})),
              {1, 1, 1, 2}, {4, 5});
}

TEST_F(WindowTest, errors) {
  expectFailure(pool("max_pool", {1, 2}, "3", "1", "0, 0"),
                "does not hold a window of 3");
}
} // namespace
