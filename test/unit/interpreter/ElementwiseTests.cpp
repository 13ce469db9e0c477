//===- ElementwiseTests.cpp - Element-by-element operations ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Known values, the rules for NaN and infinity, and wrapping integers.
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"

using namespace systole::graph;

namespace {
using ElementwiseTest = InterpreterTest;

TEST_F(ElementwiseTest, absOfFloatsAndIntegers) {
  expectEqual(
      run("graph.abs %0", "tensor<3xf32>", make("f32", {3}, {-1.5, 2, -kInf})),
      {3}, {1.5, 2, kInf});
  // The smallest integer maps to itself.
  expectEqual(
      run("graph.abs %0", "tensor<3xi8>", make("i8", {3}, {-128, -3, 5})), {3},
      {-128, 3, 5});
  expectEqual(run("graph.abs %0", "tensor<1xui8>", make("ui8", {1}, {200})),
              {1}, {200});
}

TEST_F(ElementwiseTest, negWrapsIntegers) {
  expectEqual(run("graph.neg %0", "tensor<2xf32>", make("f32", {2}, {1.5, -2})),
              {2}, {-1.5, 2});
  expectEqual(run("graph.neg %0", "tensor<2xi8>", make("i8", {2}, {-128, 7})),
              {2}, {-128, -7});
  expectEqual(run("graph.neg %0", "tensor<2xui8>", make("ui8", {2}, {1, 0})),
              {2}, {255, 0});
}

TEST_F(ElementwiseTest, transcendentalFunctions) {
  Tensor x = make("f64", {2}, {0, 1});
  expectNear(run("graph.exp %0", "tensor<2xf64>", x), {2},
             {1, 2.718281828459045}, 1e-15);
  expectNear(run("graph.tanh %0", "tensor<2xf64>", x), {2},
             {0, 0.7615941559557649}, 1e-15);
  expectNear(run("graph.erf %0", "tensor<2xf64>", x), {2},
             {0, 0.8427007929497149}, 1e-15);
  expectNear(run("graph.sigmoid %0", "tensor<2xf64>", x), {2},
             {0.5, 0.7310585786300049}, 1e-15);
  expectEqual(run("graph.sqrt %0", "tensor<2xf32>", make("f32", {2}, {9, -1})),
              {2}, {3, kNaN});
  expectNear(run("graph.log %0", "tensor<3xf32>", make("f32", {3}, {1, 0, -1})),
             {3}, {0, -kInf, kNaN});
  expectEqual(
      run("graph.floor %0", "tensor<3xf32>", make("f32", {3}, {1.5, -1.5, 2})),
      {3}, {1, -2, 2});
}

TEST_F(ElementwiseTest, sigmoidOfLargeNumbersIsFinite) {
  expectEqual(
      run("graph.sigmoid %0", "tensor<2xf32>", make("f32", {2}, {-200, 200})),
      {2}, {0, 1});
}

TEST_F(ElementwiseTest, narrowFloatsRoundOncePerOperation) {
  // 1/3 in f16 is 0x3555; f16 has 11 significant bits.
  expectEqual(run("graph.div %0, %1", "tensor<f16>",
                  {make("f16", {}, {1}), make("f16", {}, {3})}),
              {}, {0.333251953125});
  // 256 + 1 needs nine bits; bf16 has eight: ties to even.
  expectEqual(run("graph.add %0, %1", "tensor<bf16>",
                  {make("bf16", {}, {256}), make("bf16", {}, {1})}),
              {}, {256});
  // 448 is the largest f8E4M3FN; beyond it, NaN.
  expectEqual(
      run("graph.mul %0, %1", "tensor<2xf8E4M3FN>",
          {make("f8E4M3FN", {2}, {224, 448}), make("f8E4M3FN", {}, {2})}),
      {2}, {448, kNaN});
}

TEST_F(ElementwiseTest, fourBitFloatsSaturate) {
  expectEqual(run("graph.mul %0, %1", "tensor<2xf4E2M1FN>",
                  {make("f4E2M1FN", {2}, {6, -4}), make("f4E2M1FN", {}, {2})}),
              {2}, {6, -6});
}

TEST_F(ElementwiseTest, reluKeepsNaN) {
  expectEqual(
      run("graph.relu %0", "tensor<3xf32>", make("f32", {3}, {-1, 2, kNaN})),
      {3}, {0, 2, kNaN});
  expectEqual(run("graph.relu %0", "tensor<2xi8>", make("i8", {2}, {-1, 2})),
              {2}, {0, 2});
}

TEST_F(ElementwiseTest, logic) {
  Tensor a = make("i1", {4}, {0, 0, 1, 1}), b = make("i1", {4}, {0, 1, 0, 1});
  expectEqual(run("graph.not %0", "tensor<4xi1>", a), {4}, {1, 1, 0, 0});
  expectEqual(run("graph.and %0, %1", "tensor<4xi1>", {a, b}), {4},
              {0, 0, 0, 1});
  expectEqual(run("graph.or %0, %1", "tensor<4xi1>", {a, b}), {4},
              {0, 1, 1, 1});
}

TEST_F(ElementwiseTest, broadcastingAlignsAtTheLastDimension) {
  expectEqual(run("graph.add %0, %1", "tensor<2x3xf32>",
                  {iota("f32", {2, 3}), make("f32", {3}, {10, 20, 30})}),
              {2, 3}, {11, 22, 33, 14, 25, 36});
  expectEqual(
      run("graph.sub %0, %1", "tensor<2x3xi32>",
          {make("i32", {2, 1}, {10, 20}), make("i32", {1, 3}, {1, 2, 3})}),
      {2, 3}, {9, 8, 7, 19, 18, 17});
  // A dimension of 1 stretches to 0.
  expectEqual(run("graph.mul %0, %1", "tensor<0x3xf32>",
                  {make("f32", {0, 3}, {}), make("f32", {1, 3}, {1, 2, 3})}),
              {0, 3}, {});
}

TEST_F(ElementwiseTest, dynamicShapesThatDoNotBroadcastFail) {
  Tensor result =
      run("graph.add %0, %1", "tensor<?xf32>",
          {iota("f32", {2}), iota("f32", {3})}, /*dynamicOperands=*/true);
  expectFailure(result, "shapes do not broadcast: 2, 3");
}

TEST_F(ElementwiseTest, resultsMustFitTheirDeclaredShape) {
  Tensor result =
      run("graph.add %0, %1", "tensor<4xf32>",
          {iota("f32", {3}), iota("f32", {3})}, /*dynamicOperands=*/true);
  expectFailure(result,
                "result 0 has type 'tensor<3xf32>', expected 'tensor<4xf32>'");
}

TEST_F(ElementwiseTest, integerArithmeticWraps) {
  expectEqual(run("graph.add %0, %1", "tensor<2xi8>",
                  {make("i8", {2}, {127, -128}), make("i8", {2}, {1, -1})}),
              {2}, {-128, 127});
  expectEqual(run("graph.mul %0, %1", "tensor<1xui8>",
                  {make("ui8", {1}, {16}), make("ui8", {1}, {17})}),
              {1}, {16});
  expectEqual(run("graph.sub %0, %1", "tensor<1xi4>",
                  {make("i4", {1}, {-8}), make("i4", {1}, {1})}),
              {1}, {7});
  Tensor big = make("i64", {1}, {0});
  big.setInt(0, std::numeric_limits<int64_t>::max());
  Tensor sum =
      run("graph.add %0, %1", "tensor<1xi64>", {big, make("i64", {1}, {1})});
  EXPECT_EQ(sum.getInt(0), std::numeric_limits<int64_t>::min());
}

TEST_F(ElementwiseTest, divisionRoundsTowardsZeroAndIsDefinedEverywhere) {
  expectEqual(run("graph.div %0, %1", "tensor<5xi32>",
                  {make("i32", {5}, {7, -7, 5, -2147483648.0, 0}),
                   make("i32", {5}, {2, 2, 0, -1, 0})}),
              {5}, {3, -3, 0, -2147483648.0, 0});
  expectEqual(run("graph.div %0, %1", "tensor<2xui8>",
                  {make("ui8", {2}, {250, 3}), make("ui8", {2}, {3, 255})}),
              {2}, {83, 0});
  expectEqual(run("graph.div %0, %1", "tensor<3xf32>",
                  {make("f32", {3}, {1, 0, -1}), make("f32", {3}, {0, 0, 0})}),
              {3}, {kInf, kNaN, -kInf});
}

TEST_F(ElementwiseTest, power) {
  expectEqual(
      run("graph.pow %0, %1", "tensor<4xf32>",
          {make("f32", {4}, {2, -2, -2, 0}), make("f32", {4}, {3, 3, 0.5, 0})}),
      {4}, {8, -8, kNaN, 1});
  expectEqual(run("graph.pow %0, %1", "tensor<6xi32>",
                  {make("i32", {6}, {3, 2, -1, -1, 1, 0}),
                   make("i32", {6}, {4, -1, -3, -2, -5, 0})}),
              {6}, {81, 0, -1, 1, 1, 1});
}

TEST_F(ElementwiseTest, maxAndMinPropagateNaN) {
  Tensor a = make("f32", {4}, {1, kNaN, 3, -kInf}),
         b = make("f32", {4}, {2, 0, kNaN, 0});
  expectEqual(run("graph.max %0, %1", "tensor<4xf32>", {a, b}), {4},
              {2, kNaN, kNaN, 0});
  expectEqual(run("graph.min %0, %1", "tensor<4xf32>", {a, b}), {4},
              {1, kNaN, kNaN, -kInf});
  expectEqual(run("graph.max %0, %1", "tensor<1xui8>",
                  {make("ui8", {1}, {200}), make("ui8", {1}, {100})}),
              {1}, {200});
}

TEST_F(ElementwiseTest, comparisonsWithNaNAreFalseExceptNe) {
  Tensor a = make("f32", {3}, {1, 2, kNaN}), b = make("f32", {3}, {2, 2, kNaN});
  expectEqual(run("graph.compare eq, %0, %1", "tensor<3xi1>", {a, b}), {3},
              {0, 1, 0});
  expectEqual(run("graph.compare ne, %0, %1", "tensor<3xi1>", {a, b}), {3},
              {1, 0, 1});
  expectEqual(run("graph.compare lt, %0, %1", "tensor<3xi1>", {a, b}), {3},
              {1, 0, 0});
  expectEqual(run("graph.compare le, %0, %1", "tensor<3xi1>", {a, b}), {3},
              {1, 1, 0});
  expectEqual(run("graph.compare gt, %0, %1", "tensor<3xi1>", {a, b}), {3},
              {0, 0, 0});
  expectEqual(run("graph.compare ge, %0, %1", "tensor<3xi1>", {a, b}), {3},
              {0, 1, 0});
  // 200 as ui8 is above 100; the same bits as i8 are below.
  expectEqual(run("graph.compare gt, %0, %1", "tensor<1xi1>",
                  {make("ui8", {1}, {200}), make("ui8", {1}, {100})}),
              {1}, {1});
}

TEST_F(ElementwiseTest, selectBroadcastsAllThree) {
  expectEqual(run("graph.select %0, %1, %2", "tensor<2x3xf32>",
                  {make("i1", {3}, {1, 0, 1}), iota("f32", {2, 3}),
                   make("f32", {}, {-1})}),
              {2, 3}, {1, -1, 3, 4, -1, 6});
}

TEST_F(ElementwiseTest, castFromFloatTruncatesSaturatesAndWraps) {
  Tensor x = make("f32", {6}, {1.9, -1.9, 300, kNaN, 1e30, -1});
  expectEqual(run("graph.cast %0 to i8", "tensor<6xi8>", x), {6},
              {1, -1, 44, 0, -1, -1});
  expectEqual(run("graph.cast %0 to ui8", "tensor<6xui8>", x), {6},
              {1, 255, 44, 0, 255, 255});
  expectEqual(run("graph.cast %0 to i1", "tensor<6xi1>",
                  make("f32", {6}, {0, -0.0, 0.5, kNaN, 1, 2})),
              {6}, {0, 0, 1, 1, 1, 1});
  Tensor huge = run("graph.cast %0 to i64", "tensor<2xi64>",
                    make("f64", {2}, {1e300, -1e300}));
  EXPECT_EQ(huge.getInt(0), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(huge.getInt(1), std::numeric_limits<int64_t>::min());
}

TEST_F(ElementwiseTest, castFromIntegerExtendsByTheSourcesSign) {
  expectEqual(
      run("graph.cast %0 to i32", "tensor<1xi32>", make("ui8", {1}, {200})),
      {1}, {200});
  expectEqual(
      run("graph.cast %0 to i32", "tensor<1xi32>", make("i8", {1}, {-56})), {1},
      {-56});
  expectEqual(
      run("graph.cast %0 to i4", "tensor<2xi4>", make("i32", {2}, {9, 255})),
      {2}, {-7, -1});
  expectEqual(
      run("graph.cast %0 to f32", "tensor<2xf32>", make("i1", {2}, {0, 1})),
      {2}, {0, 1});
  // One rounding: 2^24 + 1 lies between two floats, and ties go to even.
  expectEqual(run("graph.cast %0 to f32", "tensor<2xf32>",
                  make("i64", {2}, {16777217, 16777219})),
              {2}, {16777216, 16777220});
}

TEST_F(ElementwiseTest, castBetweenFloats) {
  Tensor x = make("f32", {4}, {1e6, 2.5, -kInf, kNaN});
  expectEqual(run("graph.cast %0 to f16", "tensor<4xf16>", x), {4},
              {kInf, 2.5, -kInf, kNaN});
  expectEqual(run("graph.cast %0 to f8E4M3FN", "tensor<4xf8E4M3FN>", x), {4},
              {kNaN, 2.5, kNaN, kNaN});
  expectEqual(run("graph.cast %0 to f8E5M2", "tensor<4xf8E5M2>", x), {4},
              {kInf, 2.5, -kInf, kNaN});
  // 2.5 is halfway between 2 and 3: to even.
  expectEqual(run("graph.cast %0 to f4E2M1FN", "tensor<3xf4E2M1FN>",
                  make("f32", {3}, {1e6, 2.5, -kInf})),
              {3}, {6, 2, -6});
}

TEST_F(ElementwiseTest, complexArithmetic) {
  Tensor a(mlir::parseType("complex<f32>", &context), {1}), b = a;
  b = Tensor(a.getElementType(), {1});
  a.store<float>(0, 1), a.store<float>(1, 2);
  b.store<float>(0, 3), b.store<float>(1, -1);
  // (1 + 2i)(3 - i) = 5 + 5i.
  Tensor c = run("graph.mul %0, %1", "tensor<1xcomplex<f32>>", {a, b});
  ASSERT_TRUE(static_cast<bool>(c));
  EXPECT_EQ(c.load<float>(0), 5.0f);
  EXPECT_EQ(c.load<float>(1), 5.0f);
}
} // namespace
