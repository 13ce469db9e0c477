//===- SimPage.cpp - A simulated run as one HTML page ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// HTML in the syntax of XML with drawings in SVG; no script, nothing outside
// the file. Hovering names what is under the pointer. Columns of the timeline
// are a fixed number of equal stretches of time, so that the page stays small
// however long the run was.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Formats.h"
#include "tools/systole/Explain.h"
#include "tools/systole/SimReport.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// A colour of the circle; neighbours in number are far apart on it.
static std::string hue(size_t number, unsigned lightness = 60) {
  return "hsl(" + std::to_string(number * 137 % 360) + ",55%," +
         std::to_string(lightness) + "%)";
}

static std::string nameOf(const SimNode &node) {
  return node.name.empty() ? "(no node)" : escapeHtml(node.name);
}

static void printPercent(double share, raw_ostream &os) {
  os << format("%.1f %%", 100 * share);
}

//===----------------------------------------------------------------------===//
// Roofline
//===----------------------------------------------------------------------===//

namespace {
/// A plot of MACs a cycle over MACs per byte of DRAM, both logarithmic.
class Roofline {
public:
  explicit Roofline(const SimRun &run)
      : run(run), peak(double(run.machine.array) * run.machine.array),
        ridge(peak / run.machine.dram.width) {}
  void print(raw_ostream &os) const;

private:
  static constexpr double kWidth = 640, kHeight = 320, kMargin = 50;
  /// Powers of ten left and right of the ridge, and below the peak.
  static constexpr double kSides = 2, kBelow = 3;

  double x(double intensity) const {
    double share = 0.5 + std::log10(intensity / ridge) / (2 * kSides);
    return kMargin + std::clamp(share, 0.0, 1.0) * (kWidth - 2 * kMargin);
  }
  double y(double rate) const {
    double share = -std::log10(rate / peak) / kBelow;
    return kMargin + std::clamp(share, 0.0, 1.0) * (kHeight - 2 * kMargin);
  }
  void printPoint(const SimNode &node, size_t number, raw_ostream &os) const;

  const SimRun &run;
  double peak, ridge;
};
} // namespace

void Roofline::printPoint(const SimNode &node, size_t number,
                          raw_ostream &os) const {
  double macs = node.counts.macs(), cycles = node.accounting.cycles();
  double bytes = node.counts.bytesRead + node.counts.bytesWritten;
  if (macs == 0 || cycles == 0 || bytes == 0)
    return;
  os << format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"",
               x(macs / bytes), y(macs / cycles))
     << hue(number) << "\"><title>" << nameOf(node)
     << format(": %.4g MACs a byte, %.4g a cycle</title></circle>\n",
               macs / bytes, macs / cycles);
}

void Roofline::print(raw_ostream &os) const {
  double left = ridge / std::pow(10, kSides),
         right = ridge * std::pow(10, kSides);
  double start = left * run.machine.dram.width;
  os << "<h2>Roofline</h2>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
        "class=\"roofline\" viewBox=\"0 0 640 320\">\n"
     << format(
            "<path class=\"roof\" d=\"M%.1f %.1f L%.1f %.1f L%.1f %.1f\"/>\n",
            x(left), y(start), x(ridge), y(peak), x(right), y(peak))
     << format("<text x=\"%.1f\" y=\"%.1f\">%.0f MACs a cycle</text>\n",
               x(ridge), y(peak) - 8, peak)
     << format("<text x=\"%.1f\" y=\"%.1f\">%llu bytes a cycle</text>\n",
               x(left), y(start) - 40,
               (unsigned long long)run.machine.dram.width)
     << "<text x=\"320\" y=\"312\">MACs per byte of DRAM, "
     << format("from %.3g to %.3g", left, right) << "</text>\n";
  for (size_t i = 0; i < run.nodes.size(); ++i)
    printPoint(run.nodes[i], i, os);
  os << "</svg>\n";
}

//===----------------------------------------------------------------------===//
// Timeline
//===----------------------------------------------------------------------===//

namespace {
/// Engines as rows, time from left to right, coloured by node.
class Timeline {
public:
  explicit Timeline(const SimRun &run);
  void print(raw_ostream &os) const;

private:
  static constexpr size_t kColumns = 1200;
  static constexpr unsigned kLeft = 40, kRow = 26;
  /// Of a column: the node, or -1 where the engine had nothing to do.
  using Row = std::vector<int32_t>;

  void printRow(unsigned engine, raw_ostream &os) const;

  const SimRun &run;
  std::array<Row, isa::kEngineCount> rows;
};
} // namespace

Timeline::Timeline(const SimRun &run) : run(run) {
  for (Row &row : rows)
    row.assign(kColumns, -1);
  uint64_t cycles = std::max<uint64_t>(run.cycles(), 1);
  for (const sim::InstructionTimes &one : run.record->times) {
    size_t first = one.start * kColumns / cycles;
    size_t last =
        std::min<size_t>(one.retire * kColumns / cycles, kColumns - 1);
    Row &row = rows[unsigned(one.engine)];
    for (size_t column = first; column <= last; ++column)
      row[column] = run.places[one.index];
  }
}

void Timeline::printRow(unsigned engine, raw_ostream &os) const {
  const Row &row = rows[engine];
  unsigned y = engine * kRow;
  os << "<text x=\"0\" y=\"" << y + 17 << "\">"
     << isa::nameOf(static_cast<isa::Engine>(engine)) << "</text>\n";
  for (size_t begin = 0, end; begin < row.size(); begin = end) {
    for (end = begin; end < row.size() && row[end] == row[begin]; ++end)
      ;
    if (row[begin] < 0)
      continue;
    os << "<rect x=\"" << kLeft + begin << "\" y=\"" << y << "\" width=\""
       << end - begin << "\" height=\"20\" fill=\"" << hue(row[begin])
       << "\"><title>" << nameOf(run.nodes[row[begin]])
       << format(", about cycle %.0f to %.0f",
                 double(begin) * run.cycles() / kColumns,
                 double(end) * run.cycles() / kColumns)
       << "</title></rect>\n";
  }
}

void Timeline::print(raw_ostream &os) const {
  os << "<h2>Timeline</h2>\n<p>Instructions from start to retire, coloured by "
        "node, over "
     << run.cycles()
     << " cycles; --trace has every one of them.</p>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" "
        "viewBox=\"0 0 "
     << kLeft + kColumns << " " << isa::kEngineCount * kRow << "\">\n";
  for (unsigned engine = 0; engine < isa::kEngineCount; ++engine)
    printRow(engine, os);
  os << "</svg>\n";
}

//===----------------------------------------------------------------------===//
// Causes and slots
//===----------------------------------------------------------------------===//

/// One bar, as wide as the values are of `whole`.
template <typename Name, size_t count>
static void printBar(const std::array<uint64_t, count> &values, uint64_t whole,
                     raw_ostream &os) {
  os << "<div class=\"bar\">";
  for (size_t i = 0; i < count; ++i)
    if (values[i] > 0 && whole > 0)
      os << format("<span style=\"width:%.3f%%;background:",
                   100.0 * values[i] / whole)
         << hue(i, 65) << "\" title=\"" << sim::nameOf(Name(i)) << ": "
         << values[i] << "\"></span>";
  os << "</div>";
}

/// A table: a row for the run and one for each node, a column for each value.
template <typename Name, size_t count>
static void printShares(const SimRun &run, StringRef title, StringRef unit,
                        std::array<uint64_t, count> sim::Accounting::*member,
                        raw_ostream &os) {
  os << "<h2>" << title << "</h2>\n<table><tr><th>node</th><th>" << unit
     << "</th><th></th>";
  for (size_t i = 0; i < count; ++i)
    os << "<th><span class=\"key\" style=\"background:" << hue(i, 65)
       << "\"></span> " << sim::nameOf(Name(i)) << "</th>";
  os << "</tr>\n";
  auto sum = [](const std::array<uint64_t, count> &values) {
    uint64_t all = 0;
    for (uint64_t value : values)
      all += value;
    return all;
  };
  auto row = [&](const std::string &name, const sim::Accounting &accounting) {
    const auto &values = accounting.*member;
    os << "<tr><td>" << name << "</td><td>" << sum(values) << "</td><td>";
    printBar<Name>(values, sum(values), os);
    os << "</td>";
    for (uint64_t value : values)
      os << "<td>" << value << "</td>";
    os << "</tr>\n";
  };
  row("<b>all</b>", run.accounting);
  for (const SimNode &node : run.nodes)
    row(nameOf(node), node.accounting);
  os << "</table>\n";
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

static void printNodes(const SimRun &run, raw_ostream &os) {
  os << "<h2>Work and traffic</h2>\n<table><tr><th>node</th><th>operator</th>"
        "<th>cycles</th><th>MACs</th><th>utilisation</th><th>bytes read</th>"
        "<th>bytes written</th><th>MACs per byte</th></tr>\n";
  for (const SimNode &node : run.nodes) {
    uint64_t cycles = node.accounting.cycles(), macs = node.counts.macs();
    uint64_t bytes = node.counts.bytesRead + node.counts.bytesWritten;
    os << "<tr><td>" << nameOf(node) << "</td><td>" << escapeHtml(node.op)
       << "</td><td>" << cycles << "</td><td>" << macs << "</td><td>";
    printPercent(run.utilisation(macs, cycles), os);
    os << "</td><td>" << node.counts.bytesRead << "</td><td>"
       << node.counts.bytesWritten << "</td><td>"
       << format("%.3g", bytes > 0 ? double(macs) / bytes : 0)
       << "</td></tr>\n";
  }
  os << "</table>\n";
}

static void printSummary(const SimRun &run, raw_ostream &os) {
  sim::Counts total = run.total();
  os << "<p>" << run.machine.array << " x " << run.machine.array
     << " multipliers, DRAM " << run.machine.dram.width
     << " bytes a cycle with a latency of " << run.machine.dram.readLatency
     << " cycles; engine " << escapeHtml(run.engine) << ".</p>\n<p><b>"
     << run.cycles() << " cycles</b>, " << total.macs()
     << " MACs: multipliers used ";
  printPercent(run.utilisation(total.macs(), run.cycles()), os);
  os << ", those of the array alone ";
  printPercent(run.utilisation(total.arrayMacs, run.cycles()), os);
  os << ". DRAM: " << run.record->bytesRead << " bytes read, "
     << run.record->bytesWritten << " written, its bus used ";
  printPercent(run.dramUtilisation(), os);
  os << ".</p>\n";
}

static constexpr StringLiteral kStyle = R"(<style>
body { font: 14px sans-serif; margin: 1em 2em; max-width: 1300px }
table { border-collapse: collapse } td, th { border: 1px solid #ccc;
padding: 2px 7px; text-align: right } td:first-child { text-align: left }
svg { width: 100%; border: 1px solid #ccc } svg.roofline { max-width: 800px }
text { font-size: 12px } .roof { fill: none; stroke: #333; stroke-width: 2 }
.bar { display: flex; width: 300px; height: 14px; background: #eee }
.key { display: inline-block; width: 10px; height: 10px }
</style>
)";

void systole::driver::printSimPage(const SimRun &run, raw_ostream &os) {
  std::string title = escapeHtml(run.machine.name);
  os << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
        "<title>"
     << title << ", simulated by Systole</title>\n"
     << kStyle << "</head><body><h1>" << title << "</h1>\n";
  printSummary(run, os);
  Roofline(run).print(os);
  Timeline(run).print(os);
  printShares<sim::Cause>(run, "Causes", "cycles", &sim::Accounting::causes,
                          os);
  printShares<sim::Slot>(run, "Slots", "products", &sim::Accounting::slots, os);
  printNodes(run, os);
  os << "</body></html>\n";
}
