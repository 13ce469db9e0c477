//===- ScanOps.cpp - ONNX Scan -------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Scan is a Loop that takes one slice of each input in each step.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Loops.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

namespace {
/// A Scan's attributes. Axes are of the inputs and outputs as they are.
struct ScanImport {
  Node &n;
  const GraphProto &body;
  size_t numStates, numInputs, numOutputs;
  SmallVector<int64_t> inputAxes, outputAxes;
  SmallVector<int64_t> inputReversed, outputReversed;

  /// The last states and the scan outputs, of these first states and inputs.
  SmallVector<Value> run(llvm::ArrayRef<Value> states,
                         llvm::ArrayRef<Value> inputs);
};
} // namespace

SmallVector<Value> ScanImport::run(llvm::ArrayRef<Value> states,
                                   llvm::ArrayRef<Value> inputs) {
  Value length =
      asScalar(n, n.shape({n.extent(inputs.front(), inputAxes.front())}));
  LoopImport loop{n, {}, length, numStates, numOutputs, {}, {}, {}};
  loop.step = [&](Block &block) -> StepResults {
    Value iteration = block.getArgument(0);
    SmallVector<Value> arguments(block.getArguments().slice(2, numStates));
    for (size_t i = 0; i < numInputs; ++i) {
      Value at =
          inputReversed[i] ? n.sub(n.sub(length, 1.0), iteration) : iteration;
      arguments.push_back(n.gather(inputs[i], at, inputAxes[i]));
    }
    if (llvm::is_contained(arguments, Value()))
      return std::nullopt;
    StepResults results = n.importer.importSubgraph(n, body, arguments);
    if (results)
      results->insert(results->begin(), block.getArgument(1));
    return results;
  };
  loop.inits = {n.scalar(n.getBuilder().getI64Type(), 0),
                n.scalar(n.getBuilder().getI1Type(), 1)};
  loop.inits.append(states.begin(), states.end());
  if (!length || !loop.run())
    return {};
  for (size_t i = 0; i < numOutputs; ++i) {
    Value &output = loop.results[numStates + i];
    if (outputReversed[i])
      output = n.slice(output, n.ints({-1}),
                       n.ints({std::numeric_limits<int64_t>::min()}),
                       n.ints({-1}), {0});
    auto rank = GraphBuilder::rankOf(output);
    auto axis = rank ? n.resolveAxis(outputAxes[i], *rank) : std::nullopt;
    if (!axis)
      return {};
    SmallVector<int64_t> perm;
    for (int64_t d = 1; d < *rank; ++d)
      perm.push_back(d);
    perm.insert(perm.begin() + *axis, 0);
    output = *axis == 0 ? output : n.transpose(output, perm);
  }
  return loop.results;
}

/// Reads a Scan; nothing with a message.
static std::optional<ScanImport> readScan(Node &n, size_t firstInput) {
  const GraphProto *body = subgraph(n, "body");
  int64_t numInputs = n.integer("num_scan_inputs", 0);
  int64_t numStates =
      static_cast<int64_t>(n.numInputs() - firstInput) - numInputs;
  int64_t numOutputs = static_cast<int64_t>(n.numOutputs()) - numStates;
  if (!body)
    return std::nullopt;
  if (numInputs < 1 || numStates < 0 || numOutputs < 0) {
    n.error("num_scan_inputs does not fit its inputs and outputs");
    return std::nullopt;
  }
  auto list = [&](llvm::StringRef name, int64_t count) {
    auto given = n.integers(name).value_or(SmallVector<int64_t>(count, 0));
    if (static_cast<int64_t>(given.size()) != count)
      n.error("attribute '" + name + "' has " + llvm::Twine(given.size()) +
              " entries instead of " + llvm::Twine(count));
    return given;
  };
  bool first = n.opset < 9;
  ScanImport scan{
      n,
      *body,
      static_cast<size_t>(numStates),
      static_cast<size_t>(numInputs),
      static_cast<size_t>(numOutputs),
      list("scan_input_axes", numInputs),
      list("scan_output_axes", numOutputs),
      list(first ? "directions" : "scan_input_directions", numInputs),
      list("scan_output_directions", numOutputs)};
  return n.failed() ? std::nullopt : std::optional<ScanImport>(scan);
}

static void importScan(Node &n) {
  auto scan = readScan(n, 0);
  if (!scan)
    return;
  SmallVector<Value> states, inputs;
  for (size_t i = 0; i < scan->numStates; ++i)
    states.push_back(n.in(i));
  for (size_t i = 0; i < scan->numInputs; ++i) {
    unsigned input = scan->numStates + i;
    auto rank = n.rank(input);
    auto axis = rank ? n.resolveAxis(scan->inputAxes[i], *rank) : std::nullopt;
    if (!axis)
      return;
    scan->inputAxes[i] = *axis;
    inputs.push_back(n.in(input));
  }
  for (auto [i, value] : llvm::enumerate(scan->run(states, inputs)))
    n.set(i, value);
}

/// The first version: each entry of a batch is scanned by itself.
static void importBatchedScan(Node &n) {
  if (n.has(0))
    return (void)n.error("sequences of different lengths are not supported");
  auto scan = readScan(n, 1);
  if (!scan || !n.rank(1))
    return;
  int64_t batch = GraphBuilder::sizeOf(n.in(1), 0);
  if (batch < 1 || batch > 64)
    return (void)n.error("it needs a known batch of 1 to 64");
  std::vector<SmallVector<Value>> columns(n.numOutputs());
  for (int64_t entry = 0; entry < batch; ++entry) {
    SmallVector<Value> states, inputs;
    for (size_t i = 0; i < scan->numStates + scan->numInputs; ++i) {
      Value at =
          n.scalar(n.getBuilder().getI64Type(), static_cast<double>(entry));
      (i < scan->numStates ? states : inputs)
          .push_back(n.gather(n.in(1 + i), at, 0));
    }
    if (llvm::is_contained(inputs, Value()))
      return;
    SmallVector<Value> results = scan->run(states, inputs);
    if (results.size() != columns.size())
      return;
    for (auto [column, value] : llvm::zip(columns, results))
      column.push_back(n.unsqueeze(value, {0}));
  }
  for (auto [i, column] : llvm::enumerate(columns))
    n.set(i, n.concat(column, 0));
}

llvm::ArrayRef<Operator> scanOperators() {
  static constexpr Operator rows[] = {
      {"Scan", 8, 8, importBatchedScan},
      {"Scan", 9, 28, importScan},
  };
  return rows;
}

} // namespace systole::onnx
