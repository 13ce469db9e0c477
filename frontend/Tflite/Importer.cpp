//===- Importer.cpp - TFLite into the graph dialect: the model ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model's frame: what it says of itself, the module, outputs and their
// checks. Which entry, and its inputs and outputs, is in Entry.cpp.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Importer.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "frontend/Common/ModuleFrame.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;
using systole::frontend::TensorSummary;

namespace systole::tflite {

Problem &Importer::addProblem(const llvm::Twine &message) {
  result.problems.emplace_back();
  result.problems.back().message = message.str();
  return result.problems.back();
}

//===----------------------------------------------------------------------===//
// What the model says of itself
//===----------------------------------------------------------------------===//

void Importer::describeModel() {
  frontend::ModelSummary &summary = result.summary;
  summary.producer = text(model.description()).str();
  for (const fb::Signature *one : tables(model.signatures()))
    summary.signatures.push_back(text(one->key()).str());
  for (const fb::Metadata *entry : tables(model.metadata())) {
    llvm::StringRef bytes;
    bufferBytes(*model.buffers()->Get(entry->buffer()), source.bytes, bytes);
    // Versions are texts; other entries are tables of their own formats.
    bool isText = bytes.size() <= 64 && llvm::all_of(bytes, [](char c) {
                    return c == 0 || llvm::isPrint(c);
                  });
    llvm::StringRef name = text(entry->name());
    summary.metadata.emplace_back(
        name.str(), isText
                        ? bytes.take_until([](char c) { return c == 0; }).str()
                        : std::to_string(bytes.size()) + " bytes");
  }
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

void Importer::finish(Scope &scope) {
  SmallVector<Value> values;
  for (const Port &port : outputs) {
    const fb::Tensor *tensor = scope.graph->tensors()->Get(port.tensor);
    TensorSummary summary = summarize(port, *tensor);
    Value value = lookUp(port.tensor, scope);
    if (auto type = value ? dyn_cast<RankedTensorType>(value.getType())
                          : RankedTensorType()) {
      summary.dims.clear();
      for (int64_t dim : type.getShape())
        summary.dims.push_back(ShapedType::isDynamic(dim) ? -1 : dim);
      summary.dimNames.assign(summary.dims.size(), "");
    }
    if (!value && result.problems.empty())
      addProblem("output '" + printable(port.name) +
                 "' is computed by no operator");
    result.summary.outputs.push_back(std::move(summary));
    values.push_back(value);
  }
  if (!result.problems.empty())
    return;
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  func::ReturnOp::create(builder, entry.getLoc(), values);
  entry.setType(builder.getFunctionType(entry.getArgumentTypes(),
                                        ValueRange(values).getTypes()));
  for (auto [i, port] : llvm::enumerate(outputs))
    entry.setResultAttrs(
        i, portAttributes(port, *scope.graph->tensors()->Get(port.tensor)));
  frontend::eraseDead(entry);
  frontend::verifyModule(result);
}

void Importer::run() {
  describeModel();
  const fb::SubGraph *graph = chooseEntry();
  if (!graph)
    return;
  findPorts(*graph);
  entry = frontend::createEntryModule(context, source, "tflite", result);
  Scope scope;
  scope.graph = graph;
  scope.values.resize(tables(graph->tensors()).size());
  scope.computed.resize(scope.values.size());
  for (const Port &port : inputs)
    addArgument(port, scope);
  for (const auto &binding : options.shapes)
    if (llvm::none_of(inputs, [&](const Port &port) {
          return port.name == binding.first;
        }))
      addProblem("--shape: the model has no input '" +
                 printable(binding.first) + "'");
  if (outputs.empty())
    addProblem("the model has no outputs");
  std::vector<bool> needed = neededOperators(*graph);
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  importOperators(scope, &needed, builder);
  finish(scope);
}

} // namespace systole::tflite
