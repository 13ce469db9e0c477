//===- GradientTest.cpp - Derivatives against differences -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The oracle is not a formula: the function itself, a little to both sides.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Gradient.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

using namespace systole;
using graph::ReduceKind;
using graph::Tensor;
using mlir::Value;
using systole::frontend::GraphBuilder;

namespace {

/// y = f(x, w) of x: tensor<2x3xf64>, w: tensor<3xf64>, with derivatives.
class Gradient : public ::testing::Test {
protected:
  using Function = llvm::function_ref<Value(GraphBuilder &, Value, Value)>;

  Gradient()
      : context(mlir::MLIRContext::Threading::DISABLED), builder(&context) {
    context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
  }

  /// A function of x and w that returns the sum of y, dy/dx and dy/dw.
  void build(Function f) {
    auto loc = builder.getUnknownLoc();
    module = mlir::ModuleOp::create(builder, loc);
    builder.setInsertionPointToEnd(module->getBody());
    mlir::Type f64 = builder.getF64Type();
    mlir::Type types[] = {mlir::RankedTensorType::get({2, 3}, f64),
                          mlir::RankedTensorType::get({3}, f64)};
    main = mlir::func::FuncOp::create(builder, loc, "main",
                                      builder.getFunctionType(types, {}));
    builder.setInsertionPointToEnd(main.addEntryBlock());
    GraphBuilder b(builder, loc);
    Value x = main.getArgument(0), w = main.getArgument(1);
    Value y = f(b, x, w);
    auto found = frontend::gradients(b, y, {x, w});
    messages = llvm::to_vector(b.getMessages());
    if (b.failed())
      return;
    llvm::SmallVector<int64_t> axes;
    for (int64_t d = 0; d < *GraphBuilder::rankOf(y); ++d)
      axes.push_back(d);
    Value sum = b.reduce(ReduceKind::sum, y, axes, false);
    llvm::SmallVector<Value> results{sum, found[0], found[1]};
    mlir::func::ReturnOp::create(builder, loc, results);
    main.setType(builder.getFunctionType(
        types, mlir::TypeRange(mlir::ValueRange(results))));
  }

  std::vector<Tensor> run(const std::vector<Tensor> &arguments) {
    auto results = graph::interpret(main, arguments);
    EXPECT_TRUE(mlir::succeeded(results));
    return mlir::failed(results)
               ? std::vector<Tensor>()
               : std::vector<Tensor>(results->begin(), results->end());
  }

  Tensor numbers(llvm::ArrayRef<int64_t> shape,
                 std::initializer_list<double> values) {
    Tensor tensor(builder.getF64Type(), shape);
    for (auto [i, value] : llvm::enumerate(values))
      tensor.setDouble(i, value);
    return tensor;
  }

  /// Compares with (f(x + h) - f(x - h)) / 2h for each element.
  void check(Function f) {
    build(f);
    ASSERT_TRUE(messages.empty()) << messages.front();
    std::vector<Tensor> at = {numbers({2, 3}, {0.3, 1.2, 0.7, 2.1, 0.4, 1.6}),
                              numbers({3}, {0.9, 1.4, 0.6})};
    std::vector<Tensor> results = run(at);
    ASSERT_EQ(results.size(), 3u);
    constexpr double h = 1e-6;
    for (int argument : {0, 1}) {
      const Tensor &found = results[1 + argument];
      ASSERT_EQ(found.getShape(), at[argument].getShape());
      for (int64_t i = 0; i < found.size(); ++i) {
        double centre = at[argument].getDouble(i);
        at[argument].setDouble(i, centre + h);
        double above = run(at)[0].getDouble(0);
        at[argument].setDouble(i, centre - h);
        double below = run(at)[0].getDouble(0);
        at[argument].setDouble(i, centre);
        EXPECT_NEAR(found.getDouble(i), (above - below) / (2 * h), 1e-6);
      }
    }
  }

  mlir::MLIRContext context;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp main;
  llvm::SmallVector<std::string> messages;
};

TEST_F(Gradient, arithmetic) {
  // Operands that are broadcast sum what comes back.
  check([](GraphBuilder &b, Value x, Value w) {
    Value product = b.mul(b.add(x, w), b.sub(x, b.mul(w, 2.0)));
    return b.div(product, b.add(b.mul(w, x), 1.5));
  });
}

TEST_F(Gradient, functions) {
  check([](GraphBuilder &b, Value x, Value w) {
    Value sine = b.make<graph::SinOp>({x}), cosine = b.make<graph::CosOp>({w});
    Value first = b.add(b.exp(sine), b.log(b.sqrt(x)));
    Value second = b.tanh(b.sub(b.sigmoid(x), cosine));
    return b.mul(first, b.neg(second));
  });
}

TEST_F(Gradient, choices) {
  check([](GraphBuilder &b, Value x, Value w) {
    Value larger = b.max(x, w), smaller = b.min(b.mul(x, 2.0), w);
    Value shifted = b.sub(x, 1.0);
    Value isMore = b.compare(graph::ComparePredicate::gt, x, w);
    Value chosen = b.select(isMore, b.relu(shifted), b.abs(shifted));
    return b.add(b.mul(larger, smaller), b.mul(chosen, w));
  });
}

TEST_F(Gradient, powers) {
  check([](GraphBuilder &b, Value x, Value w) {
    return b.make<graph::PowOp>({x, w});
  });
}

TEST_F(Gradient, matricesAndReductions) {
  check([](GraphBuilder &b, Value x, Value w) {
    Value column = b.unsqueeze(w, {1});
    Value product = b.matmul(x, b.mul(column, b.transpose(x, {1, 0})));
    Value mean = b.reduce(ReduceKind::mean, product, {1}, false);
    Value probability = b.softmax(b.reshape(x, b.ints({3, 2})), 0);
    Value square = b.mul(probability, probability);
    return b.mul(mean, b.reduce(ReduceKind::sum, square, {0}, true));
  });
}

TEST_F(Gradient, oneThatPlaysNoPartIsZero) {
  check([](GraphBuilder &b, Value x, Value) { return b.mul(x, x); });
}

TEST_F(Gradient, namesWhatHasNone) {
  build([](GraphBuilder &b, Value x, Value w) { return b.mul(b.floor(x), w); });
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages.front(), "the derivative of 'graph.floor' is not known");
}

} // namespace
