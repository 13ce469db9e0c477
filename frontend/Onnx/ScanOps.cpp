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

/// `x` followed by zeros, `length` entries in all.
static Value paddedTo(Node &n, Value x, Extent length) {
  auto rank = GraphBuilder::rankOf(x);
  if (!x || !rank)
    return {};
  Value shape = n.sub(n.shape({length}), n.shape({n.extent(x, 0)}));
  if (*rank > 1)
    shape = n.concat({shape, n.slice(n.shapeOf(x), 0, 1, *rank)}, 0);
  Value all = n.concat({x, n.broadcast(n.like(x, 0.0), shape)}, 0);
  return length.value ? all : n.slice(all, 0, 0, length.size);
}

/// One entry of a batch, of `length` steps (null: all), as it is scanned.
static SmallVector<Value> scanEntry(Node &n, ScanImport &scan, int64_t entry,
                                    Value length) {
  Value at = n.scalar(n.getBuilder().getI64Type(), static_cast<double>(entry));
  SmallVector<Value> states, inputs;
  for (size_t i = 0; i < scan.numStates + scan.numInputs; ++i) {
    Value value = n.gather(n.in(1 + i), at, 0);
    if (i < scan.numStates)
      states.push_back(value);
    else
      inputs.push_back(
          length ? n.slice(value, n.ints({0}), length, n.ints({1}), {0})
                 : value);
  }
  if (llvm::is_contained(inputs, Value()))
    return {};
  return scan.run(states, inputs);
}

/// The first version: each entry of a batch is scanned by itself; outputs of
/// those that end earlier are filled up with zeros.
static void importBatchedScan(Node &n) {
  auto scan = readScan(n, 1);
  if (!scan || !n.rank(1))
    return;
  int64_t batch = GraphBuilder::sizeOf(n.in(1), 0);
  if (batch < 1 || batch > 64)
    return (void)n.error("it needs a known batch of 1 to 64");
  Value lengths = n.optional(0);
  std::vector<SmallVector<Value>> columns(n.numOutputs());
  for (int64_t entry = 0; entry < batch; ++entry) {
    Value length = lengths ? n.slice(lengths, 0, entry, entry + 1) : Value();
    SmallVector<Value> results = scanEntry(n, *scan, entry, length);
    if (results.size() != columns.size())
      return;
    Extent whole = n.extent(n.in(1 + scan->numStates), 1);
    for (auto [i, value] : llvm::enumerate(results))
      columns[i].push_back(n.unsqueeze(
          length && i >= scan->numStates ? paddedTo(n, value, whole) : value,
          {0}));
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
