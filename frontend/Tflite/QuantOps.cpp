//===- QuantOps.cpp - TFLite operators between numbers and integers -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Quantized.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

static void importQuantize(Node &n) {
  Value x = n.in(0);
  Type to = n.outputType(0);
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  if (!x || !to)
    return;
  if (!out || !isa<IntegerType>(to))
    return (void)n.error("its output is not quantised");
  if (isa<FloatType>(GraphBuilder::elementType(x)))
    return n.set(0, quantizeHalfAway(n, n.cast(x, n.getBuilder().getF32Type()),
                                     out, to));
  if (!in)
    return (void)n.error("its input has no scale");
  Multiplier by = quantizeMultiplier(double(in.scale()) / double(out.scale()));
  n.set(0, asOutput(n, rescale(n, centred(n, x, in.zeroPoint()), by)));
}

static void importDequantize(Node &n) {
  Value number = n.asFloat(0);
  if (n.outputType(0))
    n.set(0, n.cast(number, n.outputType(0)));
}

llvm::ArrayRef<Operator> quantOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_DEQUANTIZE, importDequantize, Plain | Int8 | Int16},
      {fb::BuiltinOperator_QUANTIZE, importQuantize, Plain | Int8 | Int16},
  };
  return rows;
}

} // namespace systole::tflite
