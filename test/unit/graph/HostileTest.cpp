//===- HostileTest.cpp - Inference on absurd operands ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random operations whose dimensions and attributes come from a list of numbers
// that break arithmetic. Whatever inference answers, it must not crash or
// overflow (the sanitiser builds see that), and what it accepts is a valid
// type.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace systole::graph;

namespace {

class HostileTest : public ::testing::Test {
protected:
  HostileTest()
      : builder(&context), loc(builder.getUnknownLoc()),
        silent(&context, [](Diagnostic &) { return success(); }) {
    context.loadDialect<GraphDialect>();
    module = ModuleOp::create(loc);
    builder.setInsertionPointToEnd(module->getBody());
  }

  int64_t pick(ArrayRef<int64_t> values) {
    return values[random() % values.size()];
  }
  /// A dimension that a type can have.
  int64_t dim() {
    return pick({0, 1, 2, 3, 7, ShapedType::kDynamic, int64_t(1) << 31,
                 int64_t(1) << 62, INT64_MAX});
  }
  /// A number of an attribute or a shape operand.
  int64_t number() {
    return pick({0, 1, 2, 3, -1, -2, 1, 1, int64_t(1) << 32, int64_t(1) << 62,
                 INT64_MAX, INT64_MIN, INT64_MIN + 1});
  }
  SmallVector<int64_t> numbers(size_t count) {
    SmallVector<int64_t> values;
    for (size_t i = 0; i < count; ++i)
      values.push_back(number());
    return values;
  }
  size_t length() { return random() % 5; }

  /// A value of random type: f32, sometimes another, sometimes unranked.
  Value tensor() {
    Type element =
        random() % 8 ? Type(builder.getF32Type()) : builder.getI64Type();
    Type type = UnrankedTensorType::get(element);
    if (random() % 8) {
      SmallVector<int64_t> shape;
      for (size_t i = length(); i > 0; --i)
        shape.push_back(dim());
      type = RankedTensorType::get(shape, element);
    }
    return anyValue(type);
  }
  /// A shape operand: a constant, or unknown.
  Value list() {
    size_t count = length();
    if (random() % 8)
      return makeIndexConstant(builder, loc, numbers(count));
    int64_t known =
        random() % 2 ? ShapedType::kDynamic : static_cast<int64_t>(count);
    return anyValue(RankedTensorType::get({known}, builder.getI64Type()));
  }
  Value anyValue(Type type) {
    return UnrealizedConversionCastOp::create(builder, loc, type, ValueRange())
        .getResult(0);
  }
  LayoutAttr layout(bool filter) {
    int64_t numSpatial = static_cast<int64_t>(random() % 3);
    if (random() % 2)
      return filter ? LayoutAttr::filterChannelsFirst(&context, numSpatial)
                    : LayoutAttr::channelsFirst(&context, numSpatial);
    return filter ? LayoutAttr::filterChannelsLast(&context, numSpatial)
                  : LayoutAttr::channelsLast(&context, numSpatial);
  }
  AutoPad autoPad() { return static_cast<AutoPad>(random() % 3); }
  TypeAttr sumType() {
    Type types[] = {builder.getI32Type(), builder.getI64Type(),
                    builder.getI8Type(), builder.getF32Type()};
    return random() % 2 ? TypeAttr() : TypeAttr::get(types[random() % 4]);
  }

  /// Creates the operation; if that succeeds, its type must be a valid one.
  template <typename OpTy, typename... Args>
  void check(Args &&...args) {
    FailureOr<OpTy> op =
        createChecked<OpTy>(builder, loc, std::forward<Args>(args)...);
    if (failed(op))
      return;
    ++numAccepted;
    if (auto type = dyn_cast<RankedTensorType>(op->getType())) {
      EXPECT_FALSE(exceedsMaxElements(type.getShape()));
      for (int64_t size : type.getShape())
        EXPECT_TRUE(size >= 0 || ShapedType::isDynamic(size));
    }
    // Folding sees the same numbers.
    SmallVector<OpFoldResult> results;
    (void)(*op)->fold(results);
  }
  /// Runs `body` often, and expects that it is not all for nothing.
  void repeat(llvm::function_ref<void()> body) {
    for (int i = 0; i < 3000; ++i) {
      body();
      module->getBody()->clear();
    }
    EXPECT_GT(numAccepted, 0);
  }

  MLIRContext context;
  OpBuilder builder;
  Location loc;
  ScopedDiagnosticHandler silent;
  OwningOpRef<ModuleOp> module;
  std::mt19937_64 random{7};
  int numAccepted = 0;
};

TEST_F(HostileTest, binary) {
  repeat([&] { check<AddOp>(tensor(), tensor()); });
}
TEST_F(HostileTest, select) {
  repeat([&] {
    Value condition =
        anyValue(RankedTensorType::get({dim(), dim()}, builder.getI1Type()));
    check<SelectOp>(condition, tensor(), tensor());
  });
}
TEST_F(HostileTest, reshape) {
  repeat([&] {
    check<ReshapeOp>(tensor(), list(), /*copy_zeros=*/random() % 2 == 0);
  });
}
TEST_F(HostileTest, broadcast) {
  repeat([&] { check<BroadcastOp>(tensor(), list()); });
}
TEST_F(HostileTest, squeeze) {
  repeat([&] { check<SqueezeOp>(tensor(), numbers(length() / 2)); });
}
TEST_F(HostileTest, unsqueeze) {
  repeat([&] { check<UnsqueezeOp>(tensor(), numbers(length() / 2)); });
}
TEST_F(HostileTest, transpose) {
  repeat([&] { check<TransposeOp>(tensor(), numbers(length() / 2)); });
}
TEST_F(HostileTest, concat) {
  repeat([&] {
    SmallVector<Value> inputs;
    for (size_t i = length(); i > 0; --i)
      inputs.push_back(tensor());
    check<ConcatOp>(inputs, number());
  });
}
TEST_F(HostileTest, slice) {
  repeat([&] {
    check<SliceOp>(tensor(), list(), list(), list(), numbers(length()));
  });
}
TEST_F(HostileTest, pad) {
  repeat([&] {
    auto mode = static_cast<PadMode>(random() % 4);
    check<PadOp>(mode, tensor(), list(), random() % 2 ? tensor() : Value());
  });
}
TEST_F(HostileTest, gather) {
  repeat([&] { check<GatherOp>(tensor(), list(), number()); });
}
TEST_F(HostileTest, gatherElements) {
  repeat([&] { check<GatherElementsOp>(tensor(), list(), number()); });
}
TEST_F(HostileTest, gatherND) {
  repeat([&] { check<GatherNDOp>(tensor(), list(), number()); });
}
TEST_F(HostileTest, scatter) {
  repeat([&] {
    auto kind = static_cast<ScatterKind>(random() % 5);
    check<ScatterElementsOp>(kind, tensor(), list(), tensor(), number());
    check<ScatterNDOp>(kind, tensor(), list(), tensor());
  });
}
TEST_F(HostileTest, range) {
  repeat([&] {
    auto bound = [&] {
      return makeScalarConstant(builder, loc, builder.getI64Type(),
                                static_cast<double>(number()));
    };
    check<RangeOp>(bound(), bound(), random() % 2 ? bound() : list());
  });
}
TEST_F(HostileTest, orders) {
  repeat([&] {
    auto kind = static_cast<ReduceKind>(random() % 5);
    check<NonZeroOp>(tensor());
    check<TopKOp>(tensor(), list(), number(), random() % 2 == 0);
    check<ArgReduceOp>(kind, tensor(), number(), random() % 2 == 0, false);
    check<CumulativeOp>(kind, tensor(), number(), random() % 2 == 0, false);
  });
}
TEST_F(HostileTest, bitcast) {
  repeat([&] {
    Type types[] = {builder.getI32Type(), builder.getI1Type(),
                    builder.getF64Type(), builder.getIndexType()};
    check<BitcastOp>(tensor(), types[random() % 4]);
  });
}
TEST_F(HostileTest, matmul) {
  repeat([&] { check<MatMulOp>(tensor(), tensor(), sumType()); });
}
TEST_F(HostileTest, conv) {
  repeat([&] {
    LayoutAttr input = layout(false);
    size_t numSpatial = input.numSpatial();
    SmallVector<int64_t> pads(2 * numSpatial, pick({0, 0, 1, -1, INT64_MAX}));
    check<ConvOp>(tensor(), tensor(), random() % 2 ? tensor() : Value(), input,
                  layout(true), input, numbers(numSpatial), numbers(numSpatial),
                  pads, autoPad(), number(), sumType());
  });
}
TEST_F(HostileTest, pool) {
  repeat([&] {
    LayoutAttr input = layout(false);
    size_t numSpatial = input.numSpatial();
    SmallVector<int64_t> pads(2 * numSpatial, pick({0, 0, 1, -1, INT64_MAX}));
    check<MaxPoolOp>(tensor(), input, numbers(numSpatial), numbers(numSpatial),
                     numbers(numSpatial), pads, autoPad(), random() % 2 == 0);
  });
}
TEST_F(HostileTest, reduce) {
  repeat([&] {
    check<ReduceOp>(ReduceKind::sum, tensor(), numbers(length() / 2),
                    /*keep_dims=*/random() % 2 == 0);
  });
}
TEST_F(HostileTest, resize) {
  repeat([&] {
    size_t count = length() / 2;
    auto listOf = [&](size_t size) {
      return anyValue(RankedTensorType::get({static_cast<int64_t>(size)},
                                            builder.getF64Type()));
    };
    auto coordinates = static_cast<ResizeCoordinates>(random() % 6);
    check<ResizeOp>(static_cast<Interpolation>(random() % 3), tensor(), list(),
                    listOf(count), random() % 4 ? Value() : listOf(2 * count),
                    numbers(count), coordinates, NearestRounding::floor,
                    APFloat(-0.75), APFloat(0.0), random() % 2 == 0, false);
  });
}
TEST_F(HostileTest, sample) {
  repeat([&] {
    check<SampleOp>(static_cast<Interpolation>(random() % 3), tensor(),
                    tensor(), random() % 2 ? list() : Value(),
                    static_cast<BorderMode>(random() % 3), random() % 2 == 0);
  });
}
TEST_F(HostileTest, signals) {
  repeat([&] {
    check<DftOp>(tensor(), number(), random() % 2 == 0);
    check<DetOp>(tensor());
    check<RandomBitsOp>(list(), list());
    check<NonMaxSuppressionOp>(tensor(), tensor(), list(), tensor(), tensor());
  });
}
TEST_F(HostileTest, quantisation) {
  repeat([&] {
    Type types[] = {builder.getI8Type(), builder.getI1Type(),
                    builder.getF16Type(), builder.getI64Type()};
    check<QuantizeOp>(tensor(), tensor(), random() % 2 ? tensor() : Value(),
                      types[random() % 4], random() % 2 == 0);
    Value bytes =
        anyValue(RankedTensorType::get({dim(), dim()}, builder.getI8Type()));
    check<DequantizeOp>(bytes, tensor(), random() % 2 ? bytes : Value());
    check<RescaleOp>(tensor(), tensor(), bytes,
                     random() % 2 ? RescaleRounding::once
                                  : RescaleRounding::twice);
  });
}
TEST_F(HostileTest, batchNorm) {
  repeat([&] {
    Value channels =
        anyValue(RankedTensorType::get({dim()}, builder.getF32Type()));
    check<BatchNormOp>(tensor(), channels, channels, channels, channels,
                       number(), APFloat(1e-5));
  });
}

} // namespace
