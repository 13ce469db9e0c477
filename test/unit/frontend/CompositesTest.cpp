//===- CompositesTest.cpp - Composites against the C library --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations on small constants are evaluated when they are built, so that a
// composite of a number is a number. Those where the obvious formula loses
// digits or overflows are in the lists.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace systole;
using mlir::Value;
using systole::frontend::GraphBuilder;

namespace {

class Composites : public ::testing::Test {
protected:
  Composites()
      : context(mlir::MLIRContext::Threading::DISABLED), builder(&context) {
    context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
    module = mlir::ModuleOp::create(builder, builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
  }

  /// The composite of a number of type f64 or f32.
  double evaluate(Value (*composite)(GraphBuilder &, Value), mlir::Type type,
                  double x) {
    GraphBuilder b(builder, builder.getUnknownLoc());
    Value result = composite(b, b.scalar(type, x));
    auto tensor = graph::tensorFromAttribute(graph::constantAttribute(result));
    EXPECT_TRUE(mlir::succeeded(tensor));
    return mlir::failed(tensor) ? NAN : tensor->getDouble(0);
  }

  /// Within a few units of each type's precision of the C library's function,
  /// on each of `numbers` and its negative.
  void check(Value (*composite)(GraphBuilder &, Value),
             double (*expected)(double), std::vector<double> numbers) {
    for (mlir::Type type :
         {mlir::Type(builder.getF64Type()), mlir::Type(builder.getF32Type())})
      for (double number : numbers)
        for (double x : {number, -number}) {
          bool wide = type.isF64();
          double given = wide ? x : static_cast<float>(x);
          double wanted = expected(given), found = evaluate(composite, type, x);
          if (!wide)
            wanted = static_cast<float>(wanted);
          if (std::isnan(wanted) || std::isinf(wanted)) {
            EXPECT_TRUE(found == wanted || (found != found && wanted != wanted))
                << "at " << x << ": " << found << ", not " << wanted;
            continue;
          }
          double unit = wide ? 0x1p-52 : 0x1p-23;
          EXPECT_LE(std::fabs(found - wanted), 8 * unit * std::fabs(wanted))
              << "at " << x << ": " << found << ", not " << wanted;
          EXPECT_EQ(std::signbit(found), std::signbit(wanted)) << "at " << x;
        }
  }

  mlir::MLIRContext context;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

constexpr double kInf = INFINITY;

TEST_F(Composites, tan) {
  check(frontend::tan, std::tan, {0, 1e-30, 0.5, 1.5, 3, 1e6, kInf});
}
TEST_F(Composites, asin) {
  check(frontend::asin, std::asin, {0, 1e-20, 1e-4, 0.3, 0.999, 1, 1.1});
}
TEST_F(Composites, acos) {
  check(frontend::acos, std::acos, {0, 1e-20, 0.3, 0.999, 1, 1.1});
}
TEST_F(Composites, sinh) {
  check(frontend::sinh, std::sinh, {0, 1e-20, 1e-4, 0.9, 1, 20, 89, 710, kInf});
}
TEST_F(Composites, cosh) {
  check(frontend::cosh, std::cosh, {0, 1e-4, 1, 20, 89, 710, kInf});
}
TEST_F(Composites, asinh) {
  check(frontend::asinh, std::asinh,
        {0, 1e-20, 1e-4, 0.5, 3, 1e9, 1e11, 1e30, kInf});
}
TEST_F(Composites, acosh) {
  check(frontend::acosh, std::acosh, {0.5, 1, 1.0000001, 1.5, 1e9, 1e30, kInf});
}
TEST_F(Composites, atanh) {
  check(frontend::atanh, std::atanh, {0, 1e-20, 1e-4, 0.5, 0.999, 1, 1.5});
}
TEST_F(Composites, rounding) {
  check(frontend::roundHalfEven, std::nearbyint, {0, 0.5, 1.5, 2.5, 1e30});
  check(frontend::ceil, std::ceil, {0, 0.5, 1, 1.5, 1e30});
}

} // namespace
