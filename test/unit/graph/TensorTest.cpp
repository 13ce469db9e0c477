//===- TensorTest.cpp - Tests of the host tensor --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every element type: what is stored, how numbers round and wrap, and access to
// memory that is not aligned.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Tensor.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <numeric>

using namespace mlir;
using namespace systole::graph;

namespace {

class TensorTest : public ::testing::Test {
protected:
  MLIRContext context;
  Builder builder{&context};

  Type signless(unsigned width) { return builder.getIntegerType(width); }
  Type unsignedInt(unsigned width) {
    return IntegerType::get(&context, width, IntegerType::Unsigned);
  }
  /// What `type` makes of a number.
  double roundTrip(Type type, double value) {
    Tensor tensor(type, {});
    tensor.setDouble(0, value);
    return tensor.getDouble(0);
  }
  int64_t roundTripInt(Type type, int64_t value) {
    Tensor tensor(type, {});
    tensor.setInt(0, value);
    return tensor.getInt(0);
  }
  /// The stored bits of a one- or two-byte element.
  unsigned bitsOf(Type type, double value) {
    Tensor tensor(type, {});
    tensor.setDouble(0, value);
    return elementBytes(type) == 1 ? tensor.load<uint8_t>(0)
                                   : tensor.load<uint16_t>(0);
  }
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_F(TensorTest, elementBytes) {
  EXPECT_EQ(elementBytes(builder.getF64Type()), 8);
  EXPECT_EQ(elementBytes(builder.getBF16Type()), 2);
  EXPECT_EQ(elementBytes(Float8E5M2Type::get(&context)), 1);
  EXPECT_EQ(elementBytes(Float4E2M1FNType::get(&context)), 1);
  EXPECT_EQ(elementBytes(signless(1)), 1);
  EXPECT_EQ(elementBytes(unsignedInt(2)), 1);
  EXPECT_EQ(elementBytes(signless(64)), 8);
  EXPECT_EQ(elementBytes(ComplexType::get(builder.getF32Type())), 8);
  // No form in memory.
  EXPECT_EQ(elementBytes(signless(24)), 0);
  EXPECT_EQ(elementBytes(signless(128)), 0);
  EXPECT_EQ(elementBytes(builder.getIndexType()), 0);
}

TEST_F(TensorTest, countElements) {
  EXPECT_EQ(countElements({}), 1);
  EXPECT_EQ(countElements({2, 0, 3}), 0);
  EXPECT_EQ(countElements({int64_t(1) << 62}), int64_t(1) << 62);
  EXPECT_EQ(countElements({int64_t(1) << 62, 2}), -1);
  EXPECT_EQ(countElements({int64_t(1) << 40, int64_t(1) << 40, 0}), -1);
  EXPECT_EQ(countElements({ShapedType::kDynamic}), -1);
  EXPECT_EQ(countElements({-3}), -1);
}

TEST_F(TensorTest, halvesRoundToEven) {
  Type f16 = builder.getF16Type();
  // 2048 + 1 lies halfway between 2048 and 2050: the even significand wins.
  EXPECT_EQ(roundTrip(f16, 2049), 2048);
  EXPECT_EQ(roundTrip(f16, 2051), 2052);
  EXPECT_EQ(roundTrip(f16, 2049.0001), 2050);
  EXPECT_EQ(roundTrip(f16, 65519), 65504);
  EXPECT_EQ(roundTrip(f16, 65520), kInfinity);
  EXPECT_EQ(roundTrip(f16, std::ldexp(1, -24)), std::ldexp(1, -24));
  EXPECT_EQ(roundTrip(f16, std::ldexp(1, -25)), 0);
  EXPECT_EQ(roundTrip(f16, std::ldexp(1.5, -25)), std::ldexp(1, -24));
  EXPECT_TRUE(std::isnan(roundTrip(f16, kNaN)));
  EXPECT_TRUE(std::signbit(roundTrip(f16, -0.0)));

  Type bf16 = builder.getBF16Type();
  EXPECT_EQ(roundTrip(bf16, 257), 256);
  EXPECT_EQ(roundTrip(bf16, 259), 260);
  EXPECT_EQ(roundTrip(bf16, -kInfinity), -kInfinity);
  EXPECT_TRUE(std::isnan(roundTrip(bf16, kNaN)));
}

TEST_F(TensorTest, oneRoundingOnly) {
  // Through f32 or f64 these would round twice, to the wrong side.
  Type f16 = builder.getF16Type();
  EXPECT_EQ(roundTrip(f16, 2049 + std::ldexp(1, -40)), 2050);
  int64_t value = (int64_t(257) << 53) + 1;
  Tensor tensor(builder.getBF16Type(), {});
  tensor.setInt(0, value);
  EXPECT_EQ(tensor.getDouble(0), std::ldexp(258, 53));
  tensor.setInt(0, value - 1);
  EXPECT_EQ(tensor.getDouble(0), std::ldexp(256, 53));
}

TEST_F(TensorTest, f8E4M3FN) {
  Type type = Float8E4M3FNType::get(&context);
  EXPECT_EQ(bitsOf(type, 1), 0x38u);
  EXPECT_EQ(bitsOf(type, -448), 0xFEu);
  EXPECT_EQ(roundTrip(type, 17), 16);
  EXPECT_EQ(roundTrip(type, 19), 20);
  EXPECT_EQ(roundTrip(type, std::ldexp(1, -9)), std::ldexp(1, -9));
  EXPECT_EQ(roundTrip(type, std::ldexp(1, -10)), 0);
  // No infinity: beyond the range is NaN.
  EXPECT_EQ(roundTrip(type, 464), 448);
  EXPECT_TRUE(std::isnan(roundTrip(type, 465)));
  EXPECT_TRUE(std::isnan(roundTrip(type, kInfinity)));
  EXPECT_TRUE(std::isnan(roundTrip(type, kNaN)));
}

TEST_F(TensorTest, f8E5M2) {
  Type type = Float8E5M2Type::get(&context);
  EXPECT_EQ(bitsOf(type, 1), 0x3Cu);
  EXPECT_EQ(roundTrip(type, 57344), 57344);
  EXPECT_EQ(roundTrip(type, 9), 8);
  EXPECT_EQ(roundTrip(type, 11), 12);
  EXPECT_EQ(roundTrip(type, 70000), kInfinity);
  EXPECT_TRUE(std::isnan(roundTrip(type, kNaN)));
}

TEST_F(TensorTest, f8WithOneZero) {
  Type e4m3 = Float8E4M3FNUZType::get(&context);
  EXPECT_EQ(roundTrip(e4m3, 240), 240);
  EXPECT_TRUE(std::isnan(roundTrip(e4m3, 300)));
  EXPECT_FALSE(std::signbit(roundTrip(e4m3, -0.0)));
  EXPECT_EQ(bitsOf(e4m3, kNaN), 0x80u);
  Type e5m2 = Float8E5M2FNUZType::get(&context);
  EXPECT_EQ(roundTrip(e5m2, -57344), -57344);
  EXPECT_TRUE(std::isnan(roundTrip(e5m2, kInfinity)));
}

TEST_F(TensorTest, f4E2M1FN) {
  Type type = Float4E2M1FNType::get(&context);
  for (double value : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -0.5, -6.0})
    EXPECT_EQ(roundTrip(type, value), value);
  EXPECT_EQ(roundTrip(type, 2.5), 2);
  EXPECT_EQ(roundTrip(type, 3.5), 4);
  EXPECT_EQ(roundTrip(type, 0.25), 0);
  EXPECT_EQ(bitsOf(type, -1), 0xAu);
  // Beyond the range it saturates; nothing stands for NaN.
  EXPECT_EQ(roundTrip(type, 100), 6);
  EXPECT_EQ(roundTrip(type, -kInfinity), -6);
  EXPECT_EQ(roundTrip(type, kNaN), 0);
}

TEST_F(TensorTest, f8E8M0FNU) {
  Type type = Float8E8M0FNUType::get(&context);
  for (int power : {-127, -126, -1, 0, 1, 127})
    EXPECT_EQ(roundTrip(type, std::ldexp(1.0, power)), std::ldexp(1.0, power));
  // The nearest power; of two as near the larger one.
  EXPECT_EQ(roundTrip(type, 1.49), 1);
  EXPECT_EQ(roundTrip(type, 1.5), 2);
  EXPECT_EQ(roundTrip(type, std::ldexp(1.49, -127)), std::ldexp(1.0, -127));
  EXPECT_EQ(roundTrip(type, 1e300), std::ldexp(1.0, 127));
  EXPECT_EQ(bitsOf(type, 0.0), 0u);
  EXPECT_EQ(bitsOf(type, 4.0), 129u);
  // No signs, nothing infinite.
  EXPECT_TRUE(std::isnan(roundTrip(type, -1)));
  EXPECT_TRUE(std::isnan(roundTrip(type, kInfinity)));
  EXPECT_TRUE(std::isnan(roundTrip(type, kNaN)));
}

TEST_F(TensorTest, stringsAreKept) {
  context.loadDialect<GraphDialect>();
  Tensor tensor(StringType::get(&context), {2});
  EXPECT_EQ(tensor.getString(0), "");
  {
    std::string text = "text";
    tensor.setString(1, text);
    text = "gone";
  }
  EXPECT_EQ(tensor.getString(1), "text");
  EXPECT_EQ(keepString("text").data(), tensor.getString(1).data());
  Tensor same(StringType::get(&context), {2});
  EXPECT_FALSE(same.identical(tensor));
  same.setString(1, "text");
  EXPECT_TRUE(same.identical(tensor));
}

TEST_F(TensorTest, everyNarrowFloatRoundTrips) {
  SmallVector<Type> types{builder.getF16Type(),
                          builder.getBF16Type(),
                          Float8E4M3FNType::get(&context),
                          Float8E5M2Type::get(&context),
                          Float8E4M3FNUZType::get(&context),
                          Float8E5M2FNUZType::get(&context),
                          Float4E2M1FNType::get(&context)};
  for (Type type : types) {
    Tensor tensor(type, {});
    for (unsigned bits = 0; bits < 1u << type.getIntOrFloatBitWidth(); ++bits) {
      if (elementBytes(type) == 1)
        tensor.store<uint8_t>(0, bits);
      else
        tensor.store<uint16_t>(0, bits);
      double value = tensor.getDouble(0);
      if (!std::isnan(value))
        ASSERT_EQ(bitsOf(type, value), bits);
    }
  }
}

TEST_F(TensorTest, integersWrap) {
  EXPECT_EQ(roundTripInt(signless(8), 200), -56);
  EXPECT_EQ(roundTripInt(unsignedInt(8), -1), 255);
  EXPECT_EQ(roundTripInt(signless(4), 9), -7);
  EXPECT_EQ(roundTripInt(unsignedInt(4), 25), 9);
  EXPECT_EQ(roundTripInt(signless(2), 3), -1);
  EXPECT_EQ(roundTripInt(unsignedInt(2), 7), 3);
  EXPECT_EQ(roundTripInt(signless(1), 2), 1);
  EXPECT_EQ(roundTripInt(signless(16), 1 << 16), 0);
  EXPECT_EQ(roundTripInt(signless(64), INT64_MIN), INT64_MIN);
}

TEST_F(TensorTest, floatsToIntegers) {
  EXPECT_EQ(roundTrip(signless(32), 2.9), 2);
  EXPECT_EQ(roundTrip(signless(32), -2.9), -2);
  EXPECT_EQ(roundTrip(signless(8), 300.5), 44);
  EXPECT_EQ(roundTrip(signless(32), kNaN), 0);
  // Saturates at 64 bits, then wraps.
  EXPECT_EQ(roundTrip(signless(32), 1e300), -1);
  EXPECT_EQ(roundTrip(signless(64), kInfinity), 9223372036854775808.0);
  EXPECT_EQ(roundTrip(signless(64), -kInfinity), -9223372036854775808.0);
  EXPECT_EQ(roundTrip(unsignedInt(64), 18446744073709549568.0),
            18446744073709549568.0);
  EXPECT_EQ(roundTrip(unsignedInt(64), 1e300), 18446744073709551616.0);
  EXPECT_EQ(roundTrip(unsignedInt(8), -1), 255);
  EXPECT_EQ(roundTrip(signless(1), 0.5), 1);
  EXPECT_EQ(roundTrip(signless(1), -0.0), 0);
  EXPECT_EQ(roundTrip(signless(1), kNaN), 1);
}

TEST_F(TensorTest, narrowIntegersFillTheirByte) {
  Tensor tensor(signless(4), {2});
  tensor.setInt(0, -1);
  tensor.setInt(1, 7);
  EXPECT_EQ(tensor.load<int8_t>(0), -1);
  EXPECT_EQ(tensor.load<int8_t>(1), 7);
  Tensor positive(unsignedInt(4), {1});
  positive.setInt(0, -1);
  EXPECT_EQ(positive.load<uint8_t>(0), 15);
}

TEST_F(TensorTest, viewsMayBeUnaligned) {
  auto memory = std::make_shared<std::vector<char>>(1 + 3 * 8);
  for (Type type : {Type(builder.getF64Type()), Type(builder.getF32Type()),
                    Type(builder.getF16Type()), signless(64), signless(16)}) {
    Tensor view(type, {3}, memory->data() + 1, memory);
    for (int64_t i = 0; i < 3; ++i)
      view.setDouble(i, double(i + 1) * 5);
    EXPECT_EQ(view.getDouble(0) + view.getDouble(1) + view.getDouble(2), 30);
    EXPECT_EQ(view.getInt(2), 15);
  }
}

TEST_F(TensorTest, memoryIsZeroAlignedAndShared) {
  Tensor tensor(builder.getF32Type(), {2, 3});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data()) % 64, 0u);
  EXPECT_EQ(tensor.byteSize(), 24);
  for (int64_t i = 0; i < tensor.size(); ++i)
    EXPECT_EQ(tensor.getDouble(i), 0);
  Tensor other = tensor.reshaped({6});
  other.setDouble(5, 7);
  EXPECT_EQ(tensor.getDouble(5), 7);
  EXPECT_FALSE(tensor.identical(other));
  EXPECT_TRUE(tensor.identical(other.reshaped({2, 3})));
}

TEST_F(TensorTest, hostileShapesAreRefused) {
  EXPECT_TRUE(
      failed(Tensor::tryAllocate(builder.getF32Type(), {int64_t(1) << 62})));
  EXPECT_TRUE(
      failed(Tensor::tryAllocate(builder.getI8Type(), {int64_t(1) << 60})));
  EXPECT_TRUE(failed(Tensor::tryAllocate(builder.getF32Type(), {-1})));
  EXPECT_TRUE(failed(Tensor::tryAllocate(builder.getIndexType(), {1})));
  EXPECT_TRUE(succeeded(Tensor::tryAllocate(builder.getF32Type(), {0, 5})));
}

} // namespace
