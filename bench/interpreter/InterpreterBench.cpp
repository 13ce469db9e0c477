//===- InterpreterBench.cpp - How fast the interpreter contracts ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints millions of multiply-adds a second of graph.matmul and graph.conv, for
// shapes of ResNet-50 and around them, on one core; beside it the ratio to the
// 300 MMAC/s that the interpreter must reach. Status 1 if one does not.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Format.h"
#include <ctime>

using namespace mlir;
using namespace systole::graph;

/// What the interpreter must reach, in MMAC/s.
static constexpr double kLimit = 300.0;

namespace {
/// One operation: its text, its operands' and result's types, its size.
struct Case {
  const char *name;
  std::string op, lhs, rhs, result;
  double macs;
};
} // namespace

/// A 2-D convolution of `size` x `size` pixels in NCHW.
static Case conv(const char *name, int64_t in, int64_t out, int64_t kernel,
                 int64_t stride, int64_t size, int64_t groups = 1) {
  auto text = [](int64_t n) { return std::to_string(n); };
  std::string k = text(kernel), p = text(kernel / 2), s = text(stride);
  int64_t outSize = (size - 1) / stride + 1;
  std::string attributes =
      " {input_layout = #graph.layout<\"nc01\">, filter_layout = "
      "#graph.layout<\"oi01\">, output_layout = #graph.layout<\"nc01\">, "
      "strides = array<i64: " +
      s + ", " + s +
      ">, dilations = array<i64: 1, 1>, "
      "pads = array<i64: " +
      p + ", " + p + ", " + p + ", " + p + ">, groups = " + text(groups) +
      " : i64}";
  return {name,
          "conv %a, %b" + attributes,
          "tensor<1x" + text(in) + "x" + text(size) + "x" + text(size) +
              "xf32>",
          "tensor<" + text(out) + "x" + text(in / groups) + "x" + k + "x" + k +
              "xf32>",
          "tensor<1x" + text(out) + "x" + text(outSize) + "x" + text(outSize) +
              "xf32>",
          static_cast<double>(out * outSize * outSize * in / groups * kernel *
                              kernel)};
}

static Case matmul(const char *name, int64_t m, int64_t n, int64_t k) {
  auto type = [](int64_t rows, int64_t columns) {
    return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) +
           "xf32>";
  };
  return {name,       "matmul %a, %b", type(m, k),
          type(k, n), type(m, n),      static_cast<double>(m * n * k)};
}

/// Small numbers, none of them subnormal.
static Tensor fill(Type type) {
  auto ranked = cast<RankedTensorType>(type);
  Tensor tensor(ranked.getElementType(), ranked.getShape());
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.store<float>(i, static_cast<float>(i % 17 - 8) / 8.0f);
  return tensor;
}

/// MMAC/s of a case: the best of several runs.
static double measure(MLIRContext &context, const Case &c) {
  std::string text = "func.func @main(%a: " + c.lhs + ", %b: " + c.rhs +
                     ") -> " + c.result + " {\n %r = graph." + c.op + " : (" +
                     c.lhs + ", " + c.rhs + ") -> " + c.result +
                     "\n return %r : " + c.result + "\n}";
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return 0.0;
  auto function = module->lookupSymbol<func::FuncOp>("main");
  SmallVector<Tensor> arguments;
  for (Type type : function.getArgumentTypes())
    arguments.push_back(fill(type));
  double best = 0.0;
  for (int run = 0; run < 3; ++run) {
    // Processor time: other work on the machine does not count.
    std::clock_t start = std::clock();
    if (failed(interpret(function, arguments)))
      return 0.0;
    double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    best = std::max(best, c.macs / std::max(seconds, 1e-6) / 1e6);
  }
  return best;
}

int main() {
  MLIRContext context;
  context.loadDialect<GraphDialect, func::FuncDialect>();
  const Case cases[] = {
      matmul("matmul 256x256x256", 256, 256, 256),
      matmul("matmul 1x1000x2048 (ResNet-50's classifier)", 1, 1000, 2048),
      matmul("matmul 512x64x512", 512, 64, 512),
      matmul("matmul 512x1x512 (a column)", 512, 1, 512),
      conv("conv 7x7/2 3->64, 224", 3, 64, 7, 2, 224),
      conv("conv 3x3 64->64, 56", 64, 64, 3, 1, 56),
      conv("conv 1x1 256->64, 56", 256, 64, 1, 1, 56),
      conv("conv 3x3 512->512, 7", 512, 512, 3, 1, 7),
      conv("conv 1x1 512->2048, 7", 512, 2048, 1, 1, 7),
  };
  bool allFast = true;
  for (const Case &c : cases) {
    double speed = measure(context, c);
    allFast &= speed >= kLimit;
    llvm::outs() << llvm::format("%-45s %7.0f MMAC/s %6.1f x the limit\n",
                                 c.name, speed, speed / kLimit);
  }
  return allFast ? 0 : 1;
}
