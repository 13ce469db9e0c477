//===- Report.h - What quantisation did to a model --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Filled by the passes that measure, printed by the driver.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_REPORT_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_REPORT_H

#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <string>
#include <vector>

namespace systole::graph {

/// Signal-to-noise ratios are in decibels; infinite where nothing is lost.
struct QuantizedNode {
  /// Name and operator of the model's node.
  std::string name, op;
  /// It is computed on 8-bit integers.
  bool quantized = true;
  /// Of its result, with its own noise alone.
  double own = 0;
  /// Of its result, with the noise of all nodes before it: quantised as plainly
  /// as possible, and as it was done.
  double before = 0, after = 0;
  int64_t macs = 0;
};

struct QuantizationReport {
  /// In the order of the graph: what could be computed on integers.
  std::vector<QuantizedNode> nodes;
  /// Of the model's results.
  double before = 0, after = 0;
  int64_t samples = 0;
  std::string ranges;
  /// What was wanted: decibels, and percent of multiply-adds on floats for it.
  double target = 0, budget = 0;
  /// Multiply-adds of the model, and those that stay on floats.
  int64_t macs = 0, floatMacs = 0;
  /// Bytes of constants.
  int64_t bytesBefore = 0, bytesAfter = 0;
};

void printText(const QuantizationReport &report, llvm::raw_ostream &os);
/// As JSON; null for a ratio that is infinite.
void printJson(const QuantizationReport &report, llvm::raw_ostream &os);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_REPORT_H
