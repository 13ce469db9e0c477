//===- ShapeUtilsTest.cpp - Tests of arithmetic on shapes -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules against brute force on small numbers, and no overflow on large
// ones.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole::graph;

namespace {

constexpr int64_t kDynamic = ShapedType::kDynamic;
constexpr int64_t kHuge = int64_t(1) << 62;
using Shape = SmallVector<int64_t>;

TEST(ShapeUtilsTest, broadcast) {
  EXPECT_EQ(broadcastShapes({{2, 1}, {3}}), Shape({2, 3}));
  EXPECT_EQ(broadcastShapes({{}, {}}), Shape());
  EXPECT_EQ(broadcastShapes({{0}, {1}}), Shape({0}));
  EXPECT_EQ(broadcastShapes({{kDynamic}, {1}}), Shape({kDynamic}));
  EXPECT_EQ(broadcastShapes({{kDynamic}, {4}}), Shape({4}));
  EXPECT_EQ(broadcastShapes({{1}, {kDynamic}, {4}}), Shape({4}));
  EXPECT_EQ(broadcastShapes({{2}, {3}}), std::nullopt);
  EXPECT_EQ(broadcastShapes({{0}, {2}}), std::nullopt);
}

TEST(ShapeUtilsTest, sliceCountsWhatALoopCounts) {
  for (int64_t size = 0; size < 5; ++size)
    for (int64_t start = -7; start < 8; ++start)
      for (int64_t end = -7; end < 8; ++end)
        for (int64_t step : {-3, -2, -1, 1, 2, 3}) {
          // The rule, executed.
          int64_t first = start < 0 ? start + size : start;
          int64_t last = end < 0 ? end + size : end;
          int64_t low = step > 0 ? 0 : -1;
          int64_t high = step > 0 ? size : size - 1;
          first = std::clamp(first, low, std::max(low, high));
          last = std::clamp(last, low, std::max(low, high));
          int64_t count = 0;
          for (int64_t i = first; step > 0 ? i < last : i > last; i += step)
            ++count;
          SliceRange range = resolveSlice(size, start, end, step);
          ASSERT_EQ(range.count, count);
          if (count > 0)
            ASSERT_EQ(range.start, first);
        }
}

TEST(ShapeUtilsTest, sliceDoesNotOverflow) {
  EXPECT_EQ(resolveSlice(kHuge, 0, INT64_MAX, 1).count, kHuge);
  EXPECT_EQ(resolveSlice(kHuge, INT64_MAX, INT64_MIN, -1).count, kHuge);
  EXPECT_EQ(resolveSlice(3, INT64_MAX, INT64_MIN, INT64_MIN).count, 1);
  EXPECT_EQ(resolveSlice(3, INT64_MIN, INT64_MAX, INT64_MAX).count, 1);
}

/// Positions of a window by trying them one after the other.
int64_t countPositions(int64_t size, int64_t extent, int64_t stride,
                       int64_t low, int64_t high, bool ceilMode) {
  int64_t count = 0;
  for (int64_t at = 0;; at += stride, ++count) {
    bool fits = at + extent <= size + low + high;
    bool previousReachesEnd = at - stride + extent >= size + low + high;
    bool startsInside = at < size + low;
    if (ceilMode ? !startsInside || (!fits && previousReachesEnd) : !fits)
      return count;
  }
}

TEST(ShapeUtilsTest, windowCountsWhatALoopCounts) {
  for (int64_t size = 0; size < 7; ++size)
    for (int64_t kernel = 1; kernel < 4; ++kernel)
      for (int64_t stride = 1; stride < 4; ++stride)
        for (int64_t dilation = 1; dilation < 3; ++dilation)
          for (int64_t low = 0; low < 3; ++low)
            for (int64_t high = 0; high < 3; ++high)
              for (bool ceilMode : {false, true}) {
                int64_t extent = (kernel - 1) * dilation + 1;
                // Of several windows in the padding only the last is dropped.
                if (ceilMode && high >= extent)
                  continue;
                auto window =
                    resolveWindow(size, kernel, stride, dilation, low, high,
                                  AutoPad::explicit_pads, ceilMode);
                ASSERT_EQ(window.has_value(), size + low + high >= extent);
                if (window)
                  ASSERT_EQ(window->outSize,
                            countPositions(size, extent, stride, low, high,
                                           ceilMode));
              }
}

TEST(ShapeUtilsTest, samePadding) {
  auto upper = resolveWindow(7, 4, 2, 1, 0, 0, AutoPad::same_upper, false);
  ASSERT_TRUE(upper);
  EXPECT_EQ(upper->outSize, 4);
  EXPECT_EQ(upper->padLow, 1);
  EXPECT_EQ(upper->padHigh, 2);
  auto lower = resolveWindow(7, 4, 2, 1, 0, 0, AutoPad::same_lower, false);
  EXPECT_EQ(lower->padLow, 2);
  EXPECT_EQ(lower->padHigh, 1);
  auto none = resolveWindow(9, 2, 4, 1, 0, 0, AutoPad::same_upper, false);
  EXPECT_EQ(none->outSize, 3);
  EXPECT_EQ(none->padLow + none->padHigh, 1);
}

TEST(ShapeUtilsTest, windowDoesNotOverflow) {
  AutoPad given = AutoPad::explicit_pads;
  EXPECT_EQ(resolveWindow(8, kHuge, 1, kHuge, 0, 0, given, false),
            std::nullopt);
  EXPECT_EQ(resolveWindow(8, INT64_MAX, 1, INT64_MAX, 0, 0, AutoPad::same_upper,
                          false),
            std::nullopt);
  EXPECT_EQ(resolveWindow(8, 3, 1, 1, INT64_MAX, INT64_MAX, given, false),
            std::nullopt);
  EXPECT_EQ(resolveWindow(kHuge, 1, 1, 1, 0, 0, given, true)->outSize, kHuge);
  EXPECT_EQ(resolveWindow(8, 1, INT64_MAX, 1, 0, 0, given, true)->outSize, 1);
  EXPECT_EQ(resolveWindow(8, 0, 1, 1, 0, 0, given, false), std::nullopt);
  EXPECT_EQ(resolveWindow(8, 1, 0, 1, 0, 0, given, false), std::nullopt);
  EXPECT_EQ(resolveWindow(-1, 1, 1, 1, 0, 0, given, false), std::nullopt);
}

TEST(ShapeUtilsTest, reshape) {
  EXPECT_EQ(resolveReshape({2, 6}, {4, -1}, false), Shape({4, 3}));
  EXPECT_EQ(resolveReshape({2, 6}, {5, -1}, false), std::nullopt);
  EXPECT_EQ(resolveReshape({2, 6}, {0, -1}, false), std::nullopt);
  EXPECT_EQ(resolveReshape({2, 6}, {0, -1}, true), Shape({2, 6}));
  EXPECT_EQ(resolveReshape({kDynamic, 3, 4}, {0, -1}, true),
            Shape({kDynamic, 12}));
  EXPECT_EQ(resolveReshape({kDynamic, 4}, {2, -1}, false),
            Shape({2, kDynamic}));
  EXPECT_EQ(resolveReshape({2}, {2, 0}, true), std::nullopt);
  EXPECT_EQ(resolveReshape({0, 4}, {0, 7}, true), Shape({0, 7}));
  EXPECT_EQ(resolveReshape({}, {1, 1}, false), Shape({1, 1}));
  EXPECT_EQ(resolveReshape({6}, {-1, -1}, false), std::nullopt);
  EXPECT_EQ(resolveReshape({6}, {-2, -3}, false), std::nullopt);
  EXPECT_EQ(resolveReshape({kHuge}, {kHuge, kHuge}, false), std::nullopt);
  EXPECT_EQ(resolveReshape({kHuge}, {-1, kHuge}, false), Shape({1, kHuge}));
}

TEST(ShapeUtilsTest, reduced) {
  EXPECT_EQ(reducedShape({2, 3, 4}, {0, 2}, false), Shape({3}));
  EXPECT_EQ(reducedShape({2, 3, 4}, {0, 2}, true), Shape({1, 3, 1}));
  EXPECT_EQ(reducedShape({2, 3}, {}, false), Shape({2, 3}));
}

} // namespace
