//===- InterpreterTesting.h - Running snippets in tests ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fixture that parses a function, interprets it on literal numbers, and keeps
// the diagnostics. Expected values in these tests are worked out by hand from
// the specification, never produced by the interpreter.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_INTERPRETER_INTERPRETERTESTING_H
#define SYSTOLE_TEST_UNIT_INTERPRETER_INTERPRETERTESTING_H

#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <cmath>

namespace systole::graph {

class InterpreterTest : public testing::Test {
protected:
  using Numbers = std::vector<double>;
  using Shape = std::vector<int64_t>;

  InterpreterTest()
      : handler(&context, [this](mlir::Diagnostic &message) {
          messages += message.str() + "\n";
          return mlir::success();
        }) {
    context.loadDialect<GraphDialect, mlir::func::FuncDialect>();
  }

  /// A tensor of numbers; `type` as in text ("f32").
  Tensor make(llvm::StringRef type, Shape shape, Numbers numbers) {
    Tensor tensor(mlir::parseType(type, &context), shape);
    EXPECT_EQ(tensor.size(), static_cast<int64_t>(numbers.size()));
    for (auto [i, number] : llvm::enumerate(numbers))
      tensor.setDouble(i, number);
    return tensor;
  }

  /// 1, 2, 3, ... of a shape.
  Tensor iota(llvm::StringRef type, Shape shape) {
    Tensor tensor(mlir::parseType(type, &context), shape);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.setDouble(i, static_cast<double>(i + 1));
    return tensor;
  }

  /// Interprets @main of a module; empty on failure, with `messages` filled.
  llvm::SmallVector<Tensor> runModule(llvm::StringRef text,
                                      llvm::ArrayRef<Tensor> arguments,
                                      const InterpreterOptions &options = {}) {
    messages.clear();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module) << messages << text.str();
    if (!module)
      return {};
    auto function = module->lookupSymbol<mlir::func::FuncOp>("main");
    auto results = interpret(function, arguments, options);
    EXPECT_EQ(failed(results), !messages.empty()) << messages;
    return failed(results) ? llvm::SmallVector<Tensor>() : *results;
  }

  /// Interprets one operation: `op` is its text up to the colon with operands
  /// %0, %1, ...; operand types follow from the arguments, dynamic ones in the
  /// second form. The result type must be given.
  Tensor run(llvm::StringRef op, llvm::StringRef resultType,
             llvm::ArrayRef<Tensor> arguments, bool dynamicOperands = false) {
    std::string parameters, types;
    for (auto [i, argument] : llvm::enumerate(arguments)) {
      Shape shape(argument.getShape());
      // Lists of dimensions keep their known length: it decides a rank.
      bool isList = argument.rank() == 1 && i > 0 &&
                    argument.getElementType().isInteger(64);
      if (dynamicOperands && !isList)
        shape.assign(shape.size(), mlir::ShapedType::kDynamic);
      std::string type;
      llvm::raw_string_ostream(type)
          << mlir::RankedTensorType::get(shape, argument.getElementType());
      parameters += (i ? ", %" : "%") + std::to_string(i) + ": " + type;
      types += (i ? ", " : "") + type;
    }
    // Numbered names cannot be arguments' names in text: %a0, %a1, ...
    std::string body = op.str();
    for (std::string *piece : {&parameters, &body})
      for (size_t at = 0; (at = piece->find('%', at)) != std::string::npos;)
        piece->insert(++at, "a");
    std::string text = "func.func @main(" + parameters + ") -> " +
                       resultType.str() + " {\n  %r = " + body + " : (" +
                       types + ") -> " + resultType.str() +
                       "\n  return %r : " + resultType.str() + "\n}\n";
    llvm::SmallVector<Tensor> results = runModule(text, arguments);
    return results.empty() ? Tensor() : results[0];
  }

  /// Shape and every number, exactly; NaN equals NaN.
  static void expectEqual(const Tensor &tensor, Shape shape, Numbers expected) {
    expectNear(tensor, shape, expected, 0.0);
  }

  /// The same within `tolerance`, relative to numbers beyond 1.
  static void expectNear(const Tensor &tensor, Shape shape, Numbers expected,
                         double tolerance = 1e-6) {
    ASSERT_TRUE(static_cast<bool>(tensor)) << "the interpreter failed";
    ASSERT_EQ(Shape(tensor.getShape()), shape);
    ASSERT_EQ(tensor.size(), static_cast<int64_t>(expected.size()));
    for (int64_t i = 0; i < tensor.size(); ++i) {
      double found = tensor.getDouble(i), wanted = expected[i];
      if (std::isnan(wanted) || std::isinf(wanted)) {
        EXPECT_TRUE(found == wanted ||
                    (std::isnan(found) && std::isnan(wanted)))
            << "element " << i << " is " << found << ", expected " << wanted;
        continue;
      }
      EXPECT_LE(std::fabs(found - wanted),
                tolerance * std::max(1.0, std::fabs(wanted)))
          << "element " << i << " is " << found << ", expected " << wanted;
    }
  }

  /// The run failed with a message that holds `text`.
  void expectFailure(const Tensor &result, llvm::StringRef text) {
    EXPECT_FALSE(static_cast<bool>(result));
    EXPECT_NE(messages.find(text.str()), std::string::npos)
        << "found: " << messages << "\nexpected: " << text.str();
  }

  mlir::MLIRContext context;
  /// All diagnostics of the last run.
  std::string messages;
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;

  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  static constexpr double kInf = std::numeric_limits<double>::infinity();
};

} // namespace systole::graph

#endif // SYSTOLE_TEST_UNIT_INTERPRETER_INTERPRETERTESTING_H
