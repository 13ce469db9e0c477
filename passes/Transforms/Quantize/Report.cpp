//===- Report.cpp - What quantisation did to a model ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Report.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/Report.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace llvm;
using namespace systole::graph;

/// "31.4", or "exact" and "none" where one of signal and noise is zero.
static std::string ratioText(double decibels) {
  if (std::isinf(decibels))
    return decibels > 0 ? "exact" : "none";
  std::string text;
  raw_string_ostream(text) << format("%.1f", decibels);
  return text;
}

static double percent(int64_t part, int64_t whole) {
  return whole ? 100.0 * part / whole : 0;
}

void systole::graph::printText(const QuantizationReport &report,
                               raw_ostream &os) {
  size_t width = 4;
  for (const QuantizedNode &node : report.nodes)
    width = std::max(width, node.name.size());
  width = std::min<size_t>(width, 48);
  os << "Signal to noise in dB, over " << report.samples << " samples\n"
     << left_justify("node", width)
     << "  operator            type       own  before   after\n";
  for (const QuantizedNode &node : report.nodes) {
    std::string name =
        node.name.size() <= width
            ? node.name
            : "..." + node.name.substr(node.name.size() - (width - 3));
    os << left_justify(name, width) << "  " << left_justify(node.op, 18) << "  "
       << (node.quantized ? "int8 " : "float");
    for (double ratio : {node.own, node.before, node.after})
      os << right_justify(ratioText(ratio), 8);
    os << "\n";
  }
  int64_t floats =
      count_if(report.nodes, [](const auto &node) { return !node.quantized; });
  os << "Model: before " << ratioText(report.before) << " dB, after "
     << ratioText(report.after) << " dB; wanted "
     << format("%.1f", report.target) << "\n"
     << "Floats: " << floats << " of " << report.nodes.size() << " nodes, "
     << format("%.1f", percent(report.floatMacs, report.macs))
     << " % of the multiply-adds; allowed " << format("%.1f", report.budget)
     << " %\n"
     << "Ranges: " << report.ranges << "   constants: " << report.bytesBefore
     << " bytes before, " << report.bytesAfter << " after\n";
}

static json::Value ratioJson(double decibels) {
  return std::isfinite(decibels) ? json::Value(decibels) : json::Value(nullptr);
}

void systole::graph::printJson(const QuantizationReport &report,
                               raw_ostream &os) {
  json::Array nodes;
  for (const QuantizedNode &node : report.nodes)
    nodes.push_back(json::Object{{"name", node.name},
                                 {"op", node.op},
                                 {"type", node.quantized ? "int8" : "float32"},
                                 {"macs", node.macs},
                                 {"snr_own", ratioJson(node.own)},
                                 {"snr_before", ratioJson(node.before)},
                                 {"snr_after", ratioJson(node.after)}});
  json::Object object{
      {"samples", report.samples},
      {"ranges", report.ranges},
      {"snr_target", report.target},
      {"budget_percent", report.budget},
      {"snr_before", ratioJson(report.before)},
      {"snr_after", ratioJson(report.after)},
      {"macs", report.macs},
      {"float_macs", report.floatMacs},
      {"constant_bytes", json::Object{{"before", report.bytesBefore},
                                      {"after", report.bytesAfter}}},
      {"nodes", std::move(nodes)}};
  os << formatv("{0:2}", json::Value(std::move(object))) << "\n";
}
