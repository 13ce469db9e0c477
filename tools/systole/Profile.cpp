//===- Profile.cpp - Watching the interpreter -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The observer is called when an operation has finished: its time is what
// passed since the operation before it.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Profile.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/Problems.h"
#include "runtime/src/convert.h"
#include "tools/systole/Compare.h"
#include "tools/systole/Compiler.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace llvm;
using namespace systole;
using namespace systole::driver;

Observer Profile::observer() {
  return [this](mlir::Operation *op, ArrayRef<graph::Tensor>) {
    Clock::time_point now = Clock::now();
    events.push_back({op, last, now});
    last = Clock::now();
    return mlir::success();
  };
}

/// The first source node of an operation, or the operation's own name.
static graph::SourceNode nodeOf(mlir::Operation *op) {
  SmallVector<graph::SourceNode> nodes = graph::sourceNodes(op->getLoc());
  StringRef name = op->getName().getStringRef();
  return nodes.empty() ? graph::SourceNode{"", name} : nodes[0];
}

bool Profile::print(StringRef file, raw_ostream &os) const {
  if (file.empty())
    printTable(os);
  return file.empty() ||
         writeText(file, [this](raw_ostream &out) { printTrace(out); });
}

void Profile::printTable(raw_ostream &os) const {
  struct Row {
    std::string name;
    double milliseconds = 0;
    int64_t calls = 0;
  };
  MapVector<std::pair<StringRef, StringRef>, Row> rows;
  double total = 0;
  for (const Event &event : events) {
    graph::SourceNode node = nodeOf(event.op);
    Row &row = rows[{node.name, node.op}];
    row.name = frontend::printable(node.name) + " (" +
               frontend::printable(node.op) + ")";
    double time =
        std::chrono::duration<double, std::milli>(event.end - event.begin)
            .count();
    row.milliseconds += time;
    row.calls += 1;
    total += time;
  }
  SmallVector<Row> sorted;
  for (auto &[key, row] : rows)
    sorted.push_back(std::move(row));
  llvm::sort(sorted, [](const Row &a, const Row &b) {
    return a.milliseconds != b.milliseconds ? a.milliseconds > b.milliseconds
                                            : a.name < b.name;
  });
  os << "        ms      %  operations  node\n";
  for (const Row &row : sorted)
    os << format("%10.3f %6.1f %11lld  ", row.milliseconds,
                 total > 0 ? 100 * row.milliseconds / total : 0,
                 static_cast<long long>(row.calls))
       << row.name << "\n";
  os << format("%10.3f  100.0 %11lld  total\n", total,
               static_cast<long long>(events.size()));
}

void Profile::printTrace(raw_ostream &os) const {
  auto microseconds = [&](Clock::time_point time) {
    return std::chrono::duration<double, std::micro>(time -
                                                     events.front().begin)
        .count();
  };
  json::OStream json(os);
  json.object([&] {
    json.attributeArray("traceEvents", [&] {
      for (const Event &event : events) {
        graph::SourceNode node = nodeOf(event.op);
        double begin = microseconds(event.begin);
        json.object([&] {
          json.attribute(
              "name", json::fixUTF8(node.name.empty() ? node.op : node.name));
          json.attribute("cat", event.op->getName().getStringRef());
          json.attribute("ph", "X");
          json.attribute("ts", begin);
          json.attribute("dur", microseconds(event.end) - begin);
          json.attribute("pid", 1);
          json.attribute("tid", 1);
        });
      }
    });
  });
  os << "\n";
}

//===----------------------------------------------------------------------===//
// Finiteness
//===----------------------------------------------------------------------===//

int64_t systole::driver::findNonFinite(const rt::Tensor &tensor) {
  char kind = rt::dtypeInfo(tensor.dtype).kind;
  if (kind != 'f' && kind != 'c')
    return -1;
  int64_t parts = kind == 'c' ? 2 : 1;
  for (int64_t i = 0, end = tensor.count() * parts; i < end; ++i)
    if (!std::isfinite(rt::elementAsDouble(tensor.dtype, tensor.data, i)))
      return i / parts;
  return -1;
}

Observer systole::driver::checkFiniteObserver(Observer next) {
  return [next](mlir::Operation *op,
                ArrayRef<graph::Tensor> results) -> mlir::LogicalResult {
    if (next && failed(next(op, results)))
      return mlir::failure();
    for (auto [i, result] : enumerate(results)) {
      graph::Tensor copy = result;
      rt::Tensor tensor = runtimeTensor(copy);
      int64_t at = findNonFinite(tensor);
      if (at >= 0)
        return op->emitError()
               << "result " << i << " of '" << op->getName()
               << "' is not finite at " << indexText(tensor, at) << ": "
               << std::to_string(
                      rt::elementAsDouble(tensor.dtype, tensor.data, at));
    }
    return mlir::success();
  };
}

int64_t systole::driver::countOperations(mlir::func::FuncOp function) {
  int64_t count = 0;
  function.getBody().walk([&](mlir::Operation *op) {
    count += op->getName().getDialectNamespace() == "graph" &&
             !op->hasTrait<mlir::OpTrait::ConstantLike>() &&
             !op->hasTrait<mlir::OpTrait::IsTerminator>();
  });
  return count;
}
