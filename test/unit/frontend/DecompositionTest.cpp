//===- DecompositionTest.cpp - What importers decompose keeps its meaning -===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Composites are built on arguments, so that nothing folds, and interpreted:
// transposed convolutions against their definition, for many sizes; random
// numbers by their distribution.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "frontend/Common/Einsum.h"
#include "frontend/Common/Random.h"
#include "frontend/Common/Sampling.h"
#include "frontend/Common/TransposedConv.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace systole;
using namespace systole::frontend;
using graph::Tensor;
using mlir::Value;

namespace {

class CompositeTest : public ::testing::Test {
protected:
  CompositeTest()
      : context(mlir::MLIRContext::Threading::DISABLED), builder(&context) {
    context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
  }

  using Build =
      llvm::function_ref<Value(GraphBuilder &, llvm::ArrayRef<Value>)>;

  /// Interprets what `build` makes of arguments.
  Tensor run(llvm::ArrayRef<Tensor> arguments, Build build) {
    auto location = builder.getUnknownLoc();
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(location);
    builder.setInsertionPointToEnd(module->getBody());
    llvm::SmallVector<mlir::Type> types;
    for (const Tensor &argument : arguments)
      types.push_back(argument.getType());
    auto function = mlir::func::FuncOp::create(
        builder, location, "main", builder.getFunctionType(types, {}));
    builder.setInsertionPointToEnd(function.addEntryBlock());
    GraphBuilder b(builder, location);
    llvm::SmallVector<Value> values(function.getArguments());
    Value result = build(b, values);
    EXPECT_TRUE(result) << (b.failed() ? b.getMessages()[0] : "");
    if (!result)
      return {};
    mlir::func::ReturnOp::create(builder, location, result);
    function.setType(builder.getFunctionType(types, result.getType()));
    auto results = graph::interpret(function, arguments);
    return failed(results) ? Tensor() : (*results)[0];
  }

  /// 1, 2, 3, ... modulo 7, as floats.
  Tensor counting(llvm::ArrayRef<int64_t> shape) {
    Tensor tensor(builder.getF32Type(), shape);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.setDouble(i, static_cast<double>(i % 7 + 1));
    return tensor;
  }

  mlir::MLIRContext context;
  mlir::OpBuilder builder;
};

//===----------------------------------------------------------------------===//
// Transposed convolution
//===----------------------------------------------------------------------===//

/// The definition in one spatial dimension: every input element spreads.
Tensor spread(const Tensor &x, const Tensor &w, int64_t groups, int64_t stride,
              int64_t dilation, int64_t low, int64_t size) {
  int64_t outputs = w.dim(1), channels = x.dim(1);
  Tensor y(x.getElementType(), {x.dim(0), groups * outputs, size});
  for (int64_t n = 0; n < x.dim(0); ++n)
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t i = 0; i < x.dim(2); ++i)
          for (int64_t q = 0; q < w.dim(2); ++q) {
            int64_t at = i * stride + q * dilation - low;
            if (at < 0 || at >= size)
              continue;
            int64_t channel = c / (channels / groups) * outputs + o;
            int64_t to = (n * groups * outputs + channel) * size + at;
            y.setDouble(to,
                        y.getDouble(to) +
                            x.getDouble((n * channels + c) * x.dim(2) + i) *
                                w.getDouble((c * outputs + o) * w.dim(2) + q));
          }
  return y;
}

TEST_F(CompositeTest, TransposedConvolutionSpreads) {
  for (int64_t groups : {1, 2})
    for (int64_t stride : {1, 2, 3, 5})
      for (int64_t kernel : {1, 2, 3, 4})
        for (int64_t dilation : {1, 2})
          for (int64_t low : {0, 1, 2})
            for (int64_t size : {1, 6, 14}) {
              Tensor x = counting({2, 4, 3}), w = counting({4, 3, kernel});
              Tensor y = run({x, w}, [&](GraphBuilder &b, auto values) {
                return transposedConv(b, {values[0],
                                          values[1],
                                          Value(),
                                          groups,
                                          {stride},
                                          {dilation},
                                          {low},
                                          {size}});
              });
              ASSERT_TRUE(y.identical(
                  spread(x, w, groups, stride, dilation, low, size)))
                  << "groups " << groups << ", stride " << stride << ", kernel "
                  << kernel << ", dilation " << dilation << ", low " << low
                  << ", size " << size;
            }
}

/// Blocks that are cut out of an image of ones add up to how many of them cover
/// each element; here all but the corners' neighbours once more.
TEST_F(CompositeTest, BlocksAddUp) {
  Tensor blocks(builder.getF32Type(), {1, 3, 3});
  for (int64_t i = 0; i < 9; ++i)
    blocks.setDouble(i, 1.0);
  Tensor image = run({blocks}, [&](GraphBuilder &b, auto values) {
    return blocksToImage(b, {values[0], {5}, {3}, {1}, {1}, {0}, {0}});
  });
  ASSERT_EQ(image.size(), 5);
  double expected[] = {1, 2, 3, 2, 1};
  for (int64_t i = 0; i < 5; ++i)
    EXPECT_EQ(image.getDouble(i), expected[i]);
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

TEST_F(CompositeTest, EinsumTakesDiagonalsAndSums) {
  Tensor m = counting({3, 3});
  auto einsumOf = [&](const char *equation, llvm::ArrayRef<Tensor> operands) {
    return run(operands, [&](GraphBuilder &b, auto values) {
      return einsum(b, equation, values);
    });
  };
  Tensor trace = einsumOf("ii->", {m});
  EXPECT_EQ(trace.getDouble(0), 1 + 5 + 2);
  Tensor diagonal = einsumOf("ii", {m}), columns = einsumOf("ij->j", {m});
  EXPECT_EQ(diagonal.getDouble(0), 8);
  EXPECT_EQ(columns.getDouble(2), 3 + 6 + 2);
  // [2,1,3] x [3,2] summed over the 3, batched by nothing, transposed.
  Tensor product =
      einsumOf("...k,kj->j...", {counting({2, 1, 3}), counting({3, 2})});
  EXPECT_EQ(product.getShape(), (llvm::ArrayRef<int64_t>{2, 2, 1}));
  EXPECT_EQ(product.getDouble(0), 1 * 1 + 2 * 3 + 3 * 5);
  EXPECT_EQ(product.getDouble(1), 4 * 1 + 5 * 3 + 6 * 5);
}

TEST_F(CompositeTest, EinsumNamesWhatIsWrong) {
  auto messageOf = [&](const char *equation) {
    std::string message;
    auto location = builder.getUnknownLoc();
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(location);
    builder.setInsertionPointToEnd(module->getBody());
    GraphBuilder b(builder, location);
    Value x = b.constant(counting({3, 3}));
    EXPECT_FALSE(einsum(b, equation, {x}));
    return b.failed() ? b.getMessages()[0] : "";
  };
  EXPECT_NE(messageOf("ij,jk").find("2 terms for 1 operands"),
            std::string::npos);
  EXPECT_NE(messageOf("ijk").find("does not fit 2 dimensions"),
            std::string::npos);
  EXPECT_NE(messageOf("ij->k").find("that no operand has"), std::string::npos);
  EXPECT_NE(messageOf("i!").find("is not made of letters"), std::string::npos);
  EXPECT_NE(messageOf("ij->ii").find("names a label twice"), std::string::npos);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// A tensor of these numbers.
Tensor numbers(mlir::Type type, llvm::ArrayRef<int64_t> shape,
               llvm::ArrayRef<double> values) {
  Tensor tensor(type, shape);
  for (auto [i, value] : llvm::enumerate(values))
    tensor.setDouble(static_cast<int64_t>(i), value);
  return tensor;
}

TEST_F(CompositeTest, PoolsRegionsByTheirMaxima) {
  mlir::Type f32 = builder.getF32Type(), i64 = builder.getI64Type();
  Tensor image(f32, {1, 1, 4, 4});
  for (int64_t i = 0; i < 16; ++i)
    image.setDouble(i, static_cast<double>(i));
  // The whole image; its middle; what lies outside of it.
  Tensor corners = numbers(f32, {3, 4}, {0, 0, 3, 3, 1, 1, 2, 2, 7, 7, 8, 8});
  Tensor result =
      run({image, corners, numbers(i64, {3}, {0, 0, 0})},
          [&](GraphBuilder &b, auto values) {
            return poolRegions(b, {values[0], values[1], values[2], 2, 2, 1.0});
          });
  double expected[] = {5, 7, 13, 15, 5, 6, 9, 10, 0, 0, 0, 0};
  ASSERT_EQ(result.size(), 12);
  for (int64_t i = 0; i < 12; ++i)
    EXPECT_EQ(result.getDouble(i), expected[i]) << i;
}

/// Regions of 4 x 4 elements in 2 x 2 cells: the ratio that is found is 2.
TEST_F(CompositeTest, AlignsRegionsByTheirSize) {
  mlir::Type f32 = builder.getF32Type(), i64 = builder.getI64Type();
  Tensor image = counting({2, 3, 6, 6});
  Tensor corners = numbers(f32, {2, 4}, {0.5, 1, 4.5, 5, 1, 0.25, 5, 4.25});
  for (bool largest : {false, true}) {
    auto align = [&](int64_t ratio) {
      return run({image, corners, numbers(i64, {2}, {1, 0})},
                 [&](GraphBuilder &b, auto values) {
                   return alignRegions(
                       b, {values[0], values[1], values[2], 2, 2, 1.0}, ratio,
                       largest, /*halfPixel=*/true);
                 });
    };
    Tensor found = align(0), given = align(2);
    ASSERT_EQ(found.size(), 2 * 3 * 2 * 2);
    EXPECT_TRUE(found.identical(given));
  }
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

/// Mean and variance of all elements.
std::pair<double, double> moments(const Tensor &x) {
  double sum = 0, squares = 0, n = static_cast<double>(x.size());
  for (int64_t i = 0; i < x.size(); ++i) {
    sum += x.getDouble(i);
    squares += x.getDouble(i) * x.getDouble(i);
  }
  return {sum / n, squares / n - sum / n * sum / n};
}

TEST_F(CompositeTest, UniformNumbersFillTheirRange) {
  for (mlir::Type type :
       {mlir::Type(builder.getF32Type()), mlir::Type(builder.getF64Type())}) {
    Tensor x = run({}, [&](GraphBuilder &b, auto) {
      return uniform(b, type, b.ints({100, 100}), 7, -1.0, 3.0);
    });
    // Ten thousand numbers: five standard errors.
    auto [mean, variance] = moments(x);
    EXPECT_NEAR(mean, 1.0, 0.06);
    EXPECT_NEAR(variance, 16.0 / 12.0, 0.06);
    int64_t counts[8] = {};
    for (int64_t i = 0; i < x.size(); ++i) {
      ASSERT_GE(x.getDouble(i), -1.0);
      ASSERT_LT(x.getDouble(i), 3.0);
      ++counts[static_cast<int>((x.getDouble(i) + 1.0) * 2.0)];
    }
    for (int64_t count : counts)
      EXPECT_NEAR(static_cast<double>(count), 1250.0, 170.0);
  }
}

TEST_F(CompositeTest, BernoulliKeepsToProbabilities) {
  Tensor p(builder.getF32Type(), {3, 10000});
  for (int64_t i = 0; i < p.size(); ++i)
    p.setDouble(i, i < 10000 ? 0.0 : i < 20000 ? 0.3 : 1.0);
  Tensor x = run({p}, [&](GraphBuilder &b, auto values) {
    return bernoulli(b, values[0], 3);
  });
  int64_t counts[3] = {};
  for (int64_t i = 0; i < x.size(); ++i)
    counts[i / 10000] += x.getInt(i);
  EXPECT_EQ(counts[0], 0);
  EXPECT_NEAR(static_cast<double>(counts[1]), 3000.0, 230.0);
  EXPECT_EQ(counts[2], 10000);
}

TEST_F(CompositeTest, NormalNumbersHaveTheirMoments) {
  Tensor x = run({}, [&](GraphBuilder &b, auto) {
    return normal(b, builder.getF32Type(), b.ints({100, 100}), 5, 2.0, 3.0);
  });
  auto [mean, variance] = moments(x);
  EXPECT_NEAR(mean, 2.0, 0.15);
  EXPECT_NEAR(variance, 9.0, 0.65);
  // 68.3 % lie within one deviation, 2.3 % beyond two above.
  int64_t inner = 0, above = 0;
  for (int64_t i = 0; i < x.size(); ++i) {
    inner += std::fabs(x.getDouble(i) - 2.0) < 3.0;
    above += x.getDouble(i) > 8.0;
  }
  EXPECT_NEAR(static_cast<double>(inner), 6827.0, 235.0);
  EXPECT_NEAR(static_cast<double>(above), 228.0, 75.0);
}

TEST_F(CompositeTest, MultinomialFollowsTheSoftmax) {
  // Probabilities 0.2, 0, 0.3, 0.5.
  Tensor logits(builder.getF32Type(), {1, 4});
  double odds[] = {2, 0, 3, 5};
  for (int64_t i = 0; i < 4; ++i)
    logits.setDouble(i, std::log(odds[i]));
  Tensor x = run({logits}, [&](GraphBuilder &b, auto values) {
    return multinomial(b, values[0], 10000, 11);
  });
  ASSERT_EQ(x.size(), 10000);
  int64_t counts[4] = {};
  for (int64_t i = 0; i < x.size(); ++i) {
    ASSERT_GE(x.getInt(i), 0);
    ASSERT_LT(x.getInt(i), 4);
    ++counts[x.getInt(i)];
  }
  for (int64_t i = 0; i < 4; ++i)
    EXPECT_NEAR(static_cast<double>(counts[i]), odds[i] * 1000.0, 250.0);
  EXPECT_EQ(counts[1], 0);
}

TEST_F(CompositeTest, KeysGiveOtherNumbers) {
  auto numbers = [&](uint64_t key) {
    return run({}, [&](GraphBuilder &b, auto) {
      return uniform(b, builder.getF32Type(), b.ints({1000}), key, 0, 1);
    });
  };
  Tensor first = numbers(1), again = numbers(1), other = numbers(2);
  EXPECT_TRUE(first.identical(again));
  EXPECT_FALSE(first.identical(other));
}

} // namespace
