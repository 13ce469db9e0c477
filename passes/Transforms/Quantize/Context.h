//===- Context.h - What quantisation's passes share -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One for each compilation: examples go in, a report comes out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_CONTEXT_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_CONTEXT_H

#include "passes/Transforms/Quantize/Calibration.h"
#include "passes/Transforms/Quantize/Report.h"
#include <memory>

namespace systole::graph {

struct QuantizeContext {
  Calibration calibration;
  QuantizationReport report;
};
using SharedQuantize = std::shared_ptr<QuantizeContext>;

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_CONTEXT_H
