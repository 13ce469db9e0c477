//===- ExplainPage.cpp - The compiled graph as one HTML page --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// HTML in the syntax of XML, so that any parser reads it. Each kernel of the
// entry is a box, in a row below everything that it reads; each value that goes
// from one to another is a line. The wheel zooms, dragging moves, and the boxes
// are coloured by device, by fusion group or by cost. The page refers to
// nothing outside itself.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Analysis/Costs.h"
#include "tools/systole/Explain.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// Sizes in the drawing's own units.
static constexpr int64_t kBoxWidth = 190, kBoxHeight = 46, kColumn = 220,
                         kRow = 84;
/// Letters that fit into a box.
static constexpr size_t kBoxLetters = 26;

namespace {
/// A kernel in the drawing.
struct Box {
  int64_t row = 0, column = 0;
  /// Multiply-accumulates, or else elements that it makes.
  double cost = 0;

  int64_t x() const { return column * kColumn; }
  int64_t y() const { return row * kRow; }
};

/// The entry's operations, placed.
class Drawing {
public:
  explicit Drawing(mlir::func::FuncOp function);
  void print(raw_ostream &os) const;

private:
  void printBox(mlir::Operation *op, const Box &box, raw_ostream &os) const;
  void printLines(mlir::Operation *op, const Box &box, raw_ostream &os) const;

  MapVector<mlir::Operation *, Box> boxes;
  int64_t rows = 1, columns = 1;
  double largestCost = 1;
};
} // namespace

/// What a kernel costs: multiply-accumulates, or the elements that it makes.
static double costOf(mlir::Operation *op) {
  if (std::optional<int64_t> macs = graph::countMacs(op); macs && *macs > 0)
    return static_cast<double>(*macs);
  double elements = 0;
  for (mlir::Type type : op->getResultTypes())
    if (auto tensor = dyn_cast<mlir::RankedTensorType>(type);
        tensor && tensor.hasStaticShape())
      elements += static_cast<double>(tensor.getNumElements());
  return elements;
}

/// Operations inside the regions of `op` read values, too.
static SetVector<mlir::Operation *> producersOf(mlir::Operation *op) {
  SetVector<mlir::Operation *> producers;
  op->walk([&](mlir::Operation *inner) {
    for (mlir::Value operand : inner->getOperands())
      if (mlir::Operation *producer = operand.getDefiningOp())
        if (producer->getBlock() == op->getBlock())
          producers.insert(producer);
  });
  return producers;
}

Drawing::Drawing(mlir::func::FuncOp function) {
  SmallVector<int64_t> used;
  for (mlir::Operation &op : function.getBody().front().without_terminator()) {
    if (op.hasTrait<mlir::OpTrait::ConstantLike>())
      continue;
    Box box;
    int64_t wanted = 0;
    for (mlir::Operation *producer : producersOf(&op))
      if (auto found = boxes.find(producer); found != boxes.end()) {
        box.row = std::max(box.row, found->second.row + 1);
        wanted = found->second.column;
      }
    used.resize(std::max<size_t>(used.size(), box.row + 1), 0);
    // Below the last value that it reads, or in the next free place.
    box.column = std::max(used[box.row], wanted);
    used[box.row] = box.column + 1;
    box.cost = costOf(&op);
    largestCost = std::max(largestCost, box.cost);
    rows = std::max(rows, box.row + 1);
    columns = std::max(columns, box.column + 1);
    boxes.insert({&op, box});
  }
}

/// From 0 to 1: costs differ by powers of ten, and so do the shades. What is
/// more than four below the largest is nothing.
static double shareOfCost(double cost, double largest) {
  constexpr double powers = 4;
  return std::clamp(1 + std::log10(std::max(cost, 1.0) / largest) / powers, 0.0,
                    1.0);
}

/// A colour of the circle, the same for the same number.
static std::string hue(unsigned number) {
  return "hsl(" + std::to_string(number * 47 % 360) + ",60%,82%)";
}

/// The first letters; a letter of several bytes is not cut.
static std::string shortened(StringRef text) {
  if (text.size() <= kBoxLetters)
    return text.str();
  StringRef start = text.take_front(kBoxLetters - 3);
  while (!start.empty() && !json::isUTF8(start))
    start = start.drop_back();
  return start.str() + "...";
}

void Drawing::printBox(mlir::Operation *op, const Box &box,
                       raw_ostream &os) const {
  std::string names, title = op->getName().stripDialect().str();
  if (auto group = dyn_cast<graph::GroupOp>(op))
    title += " " + group.getKind().str();
  for (const graph::SourceNode &node : graph::sourceNodes(op->getLoc()))
    names += (names.empty() ? "" : " + ") + json::fixUTF8(node.name);
  double share = shareOfCost(box.cost, largestCost);
  unsigned group = isa<graph::GroupOp>(op)
                       ? std::distance(boxes.begin(), boxes.find(op)) + 1
                       : 0;
  os << "<g class=\"box\" transform=\"translate(" << box.x() << "," << box.y()
     << ")\" data-device=\"hsl(210,60%,85%)\" data-group=\""
     << (group ? hue(group) : "#eee") << "\" data-cost=\"hsl("
     << static_cast<int>(120 - 120 * share) << ",70%,80%)\"><title>"
     << escapeHtml(names) << "\n"
     << escapeHtml(title) << " on the cpu\ncost "
     << static_cast<int64_t>(box.cost) << "</title><rect width=\"" << kBoxWidth
     << "\" height=\"" << kBoxHeight << "\" rx=\"6\"/><text x=\"8\" y=\"19\">"
     << escapeHtml(shortened(names))
     << "</text><text x=\"8\" y=\"36\" class=\"op\">" << escapeHtml(title)
     << "</text></g>\n";
}

void Drawing::printLines(mlir::Operation *op, const Box &box,
                         raw_ostream &os) const {
  for (mlir::Operation *producer : producersOf(op)) {
    auto found = boxes.find(producer);
    if (found == boxes.end())
      continue;
    int64_t x1 = found->second.x() + kBoxWidth / 2,
            y1 = found->second.y() + kBoxHeight, x2 = box.x() + kBoxWidth / 2,
            y2 = box.y();
    os << "<path d=\"M" << x1 << " " << y1 << " C" << x1 << " " << y1 + 20
       << " " << x2 << " " << y2 - 20 << " " << x2 << " " << y2 << "\"/>\n";
  }
}

void Drawing::print(raw_ostream &os) const {
  os << "<svg id=\"graph\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-20 "
        "-20 "
     << std::min<int64_t>(columns * kColumn + 20, 1400) << " "
     << std::min<int64_t>(rows * kRow + 20, 900) << "\">\n";
  for (const auto &[op, box] : boxes)
    printLines(op, box, os);
  for (const auto &[op, box] : boxes)
    printBox(op, box, os);
  os << "</svg>\n";
}

//===----------------------------------------------------------------------===//
// The page
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kStyle = R"(<style>
body { font: 14px sans-serif; margin: 1em }
svg { width: 100%; height: 70vh; border: 1px solid #bbb; cursor: grab }
rect { fill: hsl(210,60%,85%); stroke: #555 }
path { fill: none; stroke: #888 }
text { font-size: 12px } .op { fill: #555 }
table { border-collapse: collapse } td, th { border: 1px solid #ccc;
padding: 3px 8px; text-align: left; vertical-align: top }
p { margin: 0 } .done { color: #555 }
</style>
)";

static constexpr StringLiteral kScript = R"(<script>//<![CDATA[
const svg = document.getElementById('graph'), view = svg.viewBox.baseVal;
const scale = () => Math.max(view.width / svg.clientWidth,
                             view.height / svg.clientHeight);
svg.addEventListener('wheel', event => {
  event.preventDefault();
  const by = event.deltaY < 0 ? 0.85 : 1 / 0.85;
  const box = svg.getBoundingClientRect();
  const x = (event.clientX - box.left) / box.width;
  const y = (event.clientY - box.top) / box.height;
  view.x += view.width * (1 - by) * x;
  view.y += view.height * (1 - by) * y;
  view.width *= by;
  view.height *= by;
}, { passive: false });
svg.addEventListener('pointermove', event => {
  if (!event.buttons) return;
  view.x -= event.movementX * scale();
  view.y -= event.movementY * scale();
});
for (const choice of document.getElementsByName('colour'))
  choice.addEventListener('change', () => {
    for (const box of svg.querySelectorAll('.box'))
      box.querySelector('rect').style.fill = box.dataset[choice.value];
  });
//]]></script>
)";

/// The function that users call.
static mlir::func::FuncOp entryOf(mlir::ModuleOp module) {
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (!function.isExternal() && function.isPublic())
      return function;
  return {};
}

void Explanation::printPage(StringRef model, raw_ostream &os) const {
  os << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
        "<title>"
     << escapeHtml(model) << ", compiled by Systole</title>\n"
     << kStyle << "</head><body><h1>" << escapeHtml(model)
     << "</h1>\n<p>Every box is a kernel. The wheel zooms, dragging moves. "
        "Colours: ";
  for (StringRef choice : {"device", "group", "cost"})
    os << "<label><input type=\"radio\" name=\"colour\" value=\"" << choice
       << (choice == "device" ? "\" checked=\"checked\"/>" : "\"/>") << choice
       << "</label> ";
  os << "</p>\n";
  if (mlir::func::FuncOp entry = entryOf(module))
    Drawing(entry).print(os);
  os << "<h2>Nodes of the model</h2>\n<p>";
  printTotals(os);
  os << ".</p>\n";
  printTable(os);
  os << kScript << "</body></html>\n";
}
