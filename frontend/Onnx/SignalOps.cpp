//===- SignalOps.cpp - ONNX transforms and windows -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Signal.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

/// The one integer of a constant operand.
static std::optional<int64_t> oneInteger(Node &n, Value value,
                                         llvm::StringRef what) {
  auto numbers = n.requireInts(value, what);
  if (numbers && numbers->size() == 1)
    return numbers->front();
  if (numbers)
    n.error(what + " has " + llvm::Twine(numbers->size()) +
            " elements instead of one");
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

static void importDft(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0), length = n.optional(1);
  if (!rank)
    return;
  int64_t axis = n.opset < 20 ? n.integer("axis", 1) : -2;
  if (n.opset >= 20 && n.has(2)) {
    auto given = oneInteger(n, n.in(2), "input 'axis'");
    if (!given)
      return;
    axis = *given;
  }
  auto resolved = n.resolveAxis(axis, *rank);
  if (!resolved)
    return;
  bool inverse = n.integer("inverse", 0), oneSided = n.integer("onesided", 0);
  Extent size = n.extent(x, *resolved);
  if (length)
    size = graph::constantInts(length)
               ? Extent(oneInteger(n, length, "input 'dft_length'").value_or(1))
               : Extent(n.reshape(n.cast(length, n.getBuilder().getI64Type()),
                                  {int64_t(1)}));
  else if (inverse && oneSided)
    // The even one of the two lengths that have as many frequencies.
    size = size.value ? Extent(n.mul(n.sub(size.value, 1.0), 2.0))
                      : Extent(2 * (size.size - 1));
  if (!size.value && (size.size < 1 || size.size > (int64_t(1) << 40)))
    return (void)n.error("a transform of length " + llvm::Twine(size.size));
  if (n.failed())
    return;
  n.set(0, inverse ? inverseFourier(n, x, size, *resolved, oneSided)
                   : fourier(n, x, size, *resolved, oneSided));
}

static void importStft(Node &n) {
  Value signal = n.in(0), window = n.optional(2), length = n.optional(3);
  auto step = oneInteger(n, n.in(1), "input 'frame_step'");
  if (!signal || !step)
    return;
  int64_t size = GraphBuilder::sizeOf(window ? window : signal, window ? 0 : 1);
  if (length) {
    auto given = oneInteger(n, length, "input 'frame_length'");
    if (!given)
      return;
    size = *given;
  }
  if (size < 1)
    return (void)n.error("the length of its frames is not known");
  n.set(0, shortTimeFourier(n, signal, window, size, *step,
                            n.integer("onesided", 1)));
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

static Type outputType(Node &n) {
  Type type = elementTypeOf(n.getContext(), n.integer("output_datatype", 1));
  if (type && isa<FloatType, IntegerType>(type))
    return type;
  n.error("attribute 'output_datatype' is not a number type");
  return {};
}

static void makeWindow(Node &n, ArrayRef<double> weights) {
  Value size = n.in(0);
  Type type = outputType(n);
  if (!size || !type)
    return;
  Extent count = Extent(
      n.reshape(n.cast(size, n.getBuilder().getI64Type()), {int64_t(1)}));
  if (graph::constantInts(size))
    count = oneInteger(n, size, "input 'size'").value_or(0);
  if (!count.value && (count.size < 0 || count.size > 1 << 28))
    return (void)n.error("a window of " + llvm::Twine(count.size) + " samples");
  if (!n.failed())
    n.set(0, cosineWindow(n, type, count, n.integer("periodic", 1), weights));
}
static void importHannWindow(Node &n) { makeWindow(n, {0.5, 0.5}); }
static void importHammingWindow(Node &n) {
  makeWindow(n, {25.0 / 46.0, 21.0 / 46.0});
}
static void importBlackmanWindow(Node &n) { makeWindow(n, {0.42, 0.5, 0.08}); }

static void importMelWeightMatrix(Node &n) {
  auto bins = oneInteger(n, n.in(0), "input 'num_mel_bins'");
  auto length = oneInteger(n, n.in(1), "input 'dft_length'");
  auto rate = oneInteger(n, n.in(2), "input 'sample_rate'");
  Value low = n.in(3), high = n.in(4);
  Type type = outputType(n);
  if (bins && length && rate && low && high && type)
    n.set(0, melWeights(n, type, {*bins, *length, *rate, low, high}));
}

llvm::ArrayRef<Operator> signalOperators() {
  static constexpr Operator rows[] = {
      {"BlackmanWindow", 17, 28, importBlackmanWindow},
      {"DFT", 17, 28, importDft},
      {"HammingWindow", 17, 28, importHammingWindow},
      {"HannWindow", 17, 28, importHannWindow},
      {"MelWeightMatrix", 17, 28, importMelWeightMatrix},
      {"STFT", 17, 28, importStft},
  };
  return rows;
}

} // namespace systole::onnx
