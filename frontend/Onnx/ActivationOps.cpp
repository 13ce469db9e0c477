//===- ActivationOps.cpp - ONNX activation functions ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most are composites that other formats share (frontend/Common/Composites.h).
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

static void importRelu(Node &n) { n.set(0, n.relu(n.in(0))); }
static void importSigmoid(Node &n) { n.set(0, n.sigmoid(n.in(0))); }
static void importTanh(Node &n) { n.set(0, n.tanh(n.in(0))); }

/// Sets the result to what `build` makes of the input, in 32-bit floats or
/// more.
static void setWide(Node &n, llvm::function_ref<Value(Value)> build) {
  n.set(0, inFloat32(n, n.in(0), build));
}

static void importSoftplus(Node &n) {
  setWide(n, [&](Value x) { return softplus(n, x); });
}

static void importSoftsign(Node &n) {
  setWide(n, [&](Value x) { return softsign(n, x); });
}

static void importLeakyRelu(Node &n) {
  setWide(n, [&](Value x) { return leakyRelu(n, x, n.real("alpha", 0.01)); });
}

static void importElu(Node &n) {
  setWide(n, [&](Value x) { return elu(n, x, n.real("alpha", 1.0)); });
}

static void importSelu(Node &n) {
  // The first version's defaults are rounded differently.
  bool first = n.opset < 6;
  double alpha = n.real("alpha", first ? 1.6732 : 1.67326319217681884765625);
  double gamma = n.real("gamma", first ? 1.0507 : 1.05070102214813232421875);
  setWide(n, [&](Value x) { return selu(n, x, alpha, gamma); });
}

static void importHardSigmoid(Node &n) {
  double alpha = n.real("alpha", 0.2), beta = n.real("beta", 0.5);
  setWide(n, [&](Value x) { return hardSigmoid(n, x, alpha, beta); });
}

static void importHardSwish(Node &n) {
  setWide(n,
          [&](Value x) { return n.mul(x, hardSigmoid(n, x, 1.0 / 6.0, 0.5)); });
}

static void importGelu(Node &n) {
  std::string formula = n.string("approximate", "none");
  if (formula != "none" && formula != "tanh")
    return (void)n.error("approximation '" + formula + "' is not supported");
  setWide(n, [&](Value x) { return gelu(n, x, formula == "tanh"); });
}

static void importMish(Node &n) {
  setWide(n, [&](Value x) { return n.mul(x, n.tanh(softplus(n, x))); });
}

static void importSwish(Node &n) {
  double alpha = n.real("alpha", 1.0);
  setWide(n, [&](Value x) { return n.mul(x, n.sigmoid(n.mul(x, alpha))); });
}

static void importCelu(Node &n) {
  double alpha = n.real("alpha", 1.0);
  if (alpha == 0)
    return (void)n.error("alpha is 0");
  setWide(n, [&](Value x) {
    Value negative =
        n.mul(n.sub(n.exp(n.div(n.min(x, 0.0), alpha)), 1.0), alpha);
    return n.add(n.relu(x), negative);
  });
}

static void importThresholdedRelu(Node &n) {
  Value x = n.in(0);
  if (x)
    n.set(0, n.select(n.compare(ComparePredicate::gt, x, n.real("alpha", 1.0)),
                      x, n.like(x, 0.0)));
}

/// The slope broadcasts; before operator set 7, along dimension 1.
static void importPRelu(Node &n) {
  Value x = n.in(0), slope = n.in(1);
  if (n.opset < 7 && x && GraphBuilder::rankOf(slope) == 1 &&
      GraphBuilder::sizeOf(slope, 0) != 1) {
    auto rank = n.rank(0);
    SmallVector<int64_t> ones;
    for (int64_t d = 1; rank && d < *rank - 1; ++d)
      ones.push_back(d);
    slope = n.unsqueeze(slope, ones);
  }
  n.set(0,
        n.select(n.compare(ComparePredicate::lt, x, 0.0), n.mul(x, slope), x));
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// Applies `build` along the axis; before operator set 13, on the input
/// flattened to two dimensions at the axis.
static void alongAxis(Node &n,
                      llvm::function_ref<Value(Value, int64_t)> build) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  bool flattens = n.opset < 13;
  int64_t given = n.integer("axis", flattens ? 1 : -1);
  // Flattening may be at the end: then each element is by itself.
  if (flattens && given == *rank && *rank > 0) {
    Value flat = flattenTo2D(n, n.in(0), given);
    return n.set(0, n.reshape(build(flat, 1), n.shapeOf(n.in(0))));
  }
  auto axis = n.resolveAxis(given, *rank);
  if (!axis)
    return;
  if (!flattens || *axis == *rank - 1)
    return n.set(0, build(n.in(0), *axis));
  Value flat = flattenTo2D(n, n.in(0), *axis);
  n.set(0, n.reshape(build(flat, 1), n.shapeOf(n.in(0))));
}

static void importSoftmax(Node &n) {
  alongAxis(n, [&](Value x, int64_t axis) { return n.softmax(x, axis); });
}

static void importLogSoftmax(Node &n) {
  alongAxis(n, [&](Value x, int64_t axis) { return logSoftmax(n, x, axis); });
}

/// 1 at the first of the largest elements, 0 elsewhere.
static void importHardmax(Node &n) {
  alongAxis(n, [&](Value x, int64_t axis) {
    Value places = argReduce(n, graph::ReduceKind::max, x, axis,
                             /*keepDims=*/false);
    return oneHot(n, places, n.extent(x, axis), axis, n.like(x, 1),
                  n.like(x, 0));
  });
}

llvm::ArrayRef<Operator> activationOperators() {
  static constexpr Operator rows[] = {
      {"Celu", 12, 28, importCelu},
      {"Elu", 1, 28, importElu},
      {"Gelu", 20, 28, importGelu},
      {"HardSigmoid", 1, 28, importHardSigmoid},
      {"HardSwish", 14, 28, importHardSwish},
      {"Hardmax", 1, 28, importHardmax},
      {"LeakyRelu", 1, 28, importLeakyRelu},
      {"LogSoftmax", 1, 28, importLogSoftmax},
      {"Mish", 18, 28, importMish},
      {"PRelu", 1, 28, importPRelu},
      {"Relu", 1, 28, importRelu},
      {"Selu", 1, 28, importSelu},
      {"Sigmoid", 1, 28, importSigmoid},
      {"Softmax", 1, 28, importSoftmax},
      {"Softplus", 1, 28, importSoftplus},
      {"Softsign", 1, 28, importSoftsign},
      {"Swish", 24, 28, importSwish},
      {"Tanh", 1, 28, importTanh},
      {"ThresholdedRelu", 10, 28, importThresholdedRelu},
  };
  return rows;
}

} // namespace systole::onnx
