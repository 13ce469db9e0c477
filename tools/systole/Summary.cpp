//===- Summary.cpp - Parameters and work of each source node --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A weight counts for the first source node that reads it, so that a weight
// which several nodes share is counted once, as in Keras.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Summary.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Analysis/Costs.h"
#include "tools/systole/Model.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

void systole::driver::addCosts(mlir::ModuleOp module, Summary &summary) {
  DenseSet<mlir::Value> counted;
  module.walk([&](mlir::Operation *op) {
    SmallVector<graph::SourceNode> nodes = graph::sourceNodes(op->getLoc());
    // Regions are walked: what holds them has no work of its own.
    if (nodes.empty() || op->getNumRegions())
      return;
    summary.nodeMacs[nodes[0].name] += graph::countMacs(op).value_or(0);
    bool firstReader = any_of(op->getOperands(), [&](mlir::Value operand) {
      return graph::constantAttribute(operand) &&
             counted.insert(operand).second;
    });
    if (firstReader)
      summary.nodeParameters[nodes[0].name] +=
          graph::countOperandParameters(op);
  });
  if (mlir::func::FuncOp entry = entryFunction(module))
    summary.macs = graph::countMacs(entry);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// Strings of a model may hold any bytes; JSON is UTF-8.
static std::string utf8(StringRef text) {
  return json::isUTF8(text) ? text.str() : json::fixUTF8(text);
}

static std::vector<std::string>
namesOf(ArrayRef<frontend::TensorSummary> tensors) {
  std::vector<std::string> names;
  for (const frontend::TensorSummary &tensor : tensors)
    names.push_back(tensor.name);
  return uniqueNames(names);
}

static void printTensors(json::OStream &json, StringRef key,
                         ArrayRef<frontend::TensorSummary> tensors) {
  std::vector<std::string> names = namesOf(tensors);
  json.attributeArray(key, [&] {
    for (auto [tensor, name] : zip(tensors, names)) {
      json.object([&, &tensor = tensor, &name = name] {
        json.attribute("name", utf8(name));
        if (!tensor.ranked)
          json.attribute("shape", nullptr);
        else
          json.attributeArray("shape", [&] {
            for (int64_t dim : tensor.dims)
              json.value(dim < 0 ? json::Value(nullptr) : json::Value(dim));
          });
        json.attribute("dtype", tensor.dtype);
      });
    }
  });
}

void systole::driver::printJson(const Summary &summary, raw_ostream &os,
                                bool indent) {
  const frontend::ModelSummary &model = summary.model;
  json::OStream json(os, indent ? 2 : 0);
  json.object([&] {
    json.attribute("format", model.format);
    json.attribute("producer", utf8(model.producer));
    printTensors(json, "inputs", model.inputs);
    printTensors(json, "outputs", model.outputs);
    json.attributeArray("signatures", [&] {
      for (const std::string &name : model.signatures)
        json.value(utf8(name));
    });
    json.attribute("nodes", summary.numNodes());
    json.attribute("parameters", model.parameters);
    json.attribute("macs", summary.macs ? json::Value(*summary.macs)
                                        : json::Value(nullptr));
    if (summary.transposesLeft)
      json.attribute("transposes_left", *summary.transposesLeft);
    json.attributeObject("ops", [&] {
      for (const auto &[op, count] : model.ops)
        json.attribute(utf8(op), count);
    });
    json.attributeArray("unsupported", [&] {
      for (const frontend::Problem &problem : model.unsupported)
        json.object([&] {
          json.attribute("node", utf8(problem.node));
          json.attribute("op", utf8(problem.op));
          json.attribute("reason", utf8(problem.message));
        });
    });
    if (!model.metadata.empty())
      json.attributeObject("metadata", [&] {
        for (const auto &[key, value] : model.metadata)
          json.attribute(utf8(key), utf8(value));
      });
  });
  os << "\n";
}

/// Inputs or outputs; false if one lacks a field.
static bool parseTensors(const json::Array *array,
                         std::vector<frontend::TensorSummary> &tensors) {
  if (!array)
    return false;
  for (const json::Value &value : *array) {
    const json::Object *object = value.getAsObject();
    std::optional<StringRef> name, dtype;
    if (object) {
      name = object->getString("name");
      dtype = object->getString("dtype");
    }
    if (!name || !dtype)
      return false;
    frontend::TensorSummary &tensor = tensors.emplace_back();
    tensor.name = name->str();
    tensor.dtype = dtype->str();
    const json::Array *shape = object->getArray("shape");
    tensor.ranked = shape;
    if (shape)
      for (const json::Value &dim : *shape)
        tensor.dims.push_back(dim.getAsInteger().value_or(-1));
  }
  return true;
}

bool systole::driver::parseJson(StringRef text, Summary &summary) {
  Expected<json::Value> value = json::parse(text);
  if (!value) {
    consumeError(value.takeError());
    return false;
  }
  const json::Object *object = value->getAsObject();
  frontend::ModelSummary &model = summary.model;
  if (!object || !parseTensors(object->getArray("inputs"), model.inputs) ||
      !parseTensors(object->getArray("outputs"), model.outputs))
    return false;
  model.format = object->getString("format").value_or("").str();
  model.producer = object->getString("producer").value_or("").str();
  model.parameters = object->getInteger("parameters").value_or(0);
  summary.countedNodes = object->getInteger("nodes").value_or(0);
  summary.macs = object->getInteger("macs");
  summary.transposesLeft = object->getInteger("transposes_left");
  if (const json::Array *names = object->getArray("signatures"))
    for (const json::Value &name : *names)
      model.signatures.push_back(name.getAsString().value_or("").str());
  if (const json::Object *ops = object->getObject("ops"))
    for (const auto &[op, count] : *ops)
      model.ops[op.str()] = count.getAsInteger().value_or(0);
  if (const json::Object *metadata = object->getObject("metadata"))
    for (const auto &[key, data] : *metadata)
      model.metadata.emplace_back(key.str(),
                                  data.getAsString().value_or("").str());
  llvm::sort(model.metadata);
  return true;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// "12,345".
static std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int i = static_cast<int>(digits.size()) - 3; i > (number < 0 ? 1 : 0);
       i -= 3)
    digits.insert(i, ",");
  return digits;
}

/// "float32 [1,3,height,224]".
static std::string typeText(const frontend::TensorSummary &tensor) {
  if (!tensor.ranked)
    return tensor.dtype + " of any rank";
  SmallVector<std::string> dims;
  for (size_t i = 0; i < tensor.dims.size(); ++i) {
    bool named = i < tensor.dimNames.size() && !tensor.dimNames[i].empty();
    dims.push_back(tensor.dims[i] >= 0 ? std::to_string(tensor.dims[i])
                   : named             ? frontend::printable(tensor.dimNames[i])
                                       : "?");
  }
  return tensor.dtype + " [" + join(dims, ",") + "]";
}

static void printTensors(raw_ostream &os, StringRef title,
                         ArrayRef<frontend::TensorSummary> tensors) {
  os << title << "\n";
  for (auto [tensor, name] : zip(tensors, namesOf(tensors)))
    os << "  " << frontend::printable(name) << ": " << typeText(tensor) << "\n";
}

/// A cell of `width` characters; what is longer is cut, with an ellipsis.
static std::string cell(StringRef text, size_t width, bool right = false) {
  std::string result = text.size() > width
                           ? (text.take_front(width - 3) + "...").str()
                           : text.str();
  size_t missing = width - result.size();
  return right ? std::string(missing, ' ') + result
               : result + std::string(missing, ' ');
}

static void printNodes(const Summary &summary, raw_ostream &os) {
  constexpr size_t nodeWidth = 40, shapeWidth = 20, numberWidth = 14;
  std::string bar(nodeWidth + shapeWidth + 2 * numberWidth, '-');
  os << cell("Node (operator)", nodeWidth) << cell("Output", shapeWidth)
     << cell("Parameters", numberWidth, true) << cell("MACs", numberWidth, true)
     << "\n"
     << bar << "\n";
  // In our own text several operations may stand for one source node: what it
  // costs is shown at the first.
  StringSet<> shown;
  for (const frontend::NodeSummary &node : summary.model.nodes) {
    bool first = shown.insert(node.name).second;
    int64_t parameters = first ? summary.nodeParameters.lookup(node.name) : 0;
    int64_t macs = first ? summary.nodeMacs.lookup(node.name) : 0;
    std::string name =
        frontend::printable(node.name.empty() ? "(no name)" : node.name) +
        " (" + frontend::printable(node.op) + ")";
    os << cell(name, nodeWidth)
       << cell(node.outputShapes.empty() || node.outputShapes[0].empty()
                   ? "?"
                   : node.outputShapes[0],
               shapeWidth)
       << cell(grouped(parameters), numberWidth, true)
       << cell(grouped(macs), numberWidth, true) << "\n";
  }
  os << bar << "\n";
}

/// Unsupported nodes by operator and reason, the most frequent first.
static void printUnsupported(ArrayRef<frontend::Problem> problems,
                             raw_ostream &os) {
  std::map<std::pair<std::string, std::string>, int64_t> counts;
  for (const frontend::Problem &problem : problems)
    ++counts[{problem.op, problem.message}];
  os << "Unsupported\n";
  for (const auto &[what, count] : counts)
    os << "  " << count << " x " << frontend::printable(what.first) << ": "
       << what.second << "\n";
}

void systole::driver::printTable(StringRef title, const Summary &summary,
                                 raw_ostream &os) {
  const frontend::ModelSummary &model = summary.model;
  os << "Model " << title << " (" << model.format
     << (model.producer.empty()
             ? ""
             : ", made by " + frontend::printable(model.producer))
     << ")\n\n";
  if (!model.nodes.empty())
    printNodes(summary, os);
  os << "Nodes: " << grouped(summary.numNodes())
     << "   parameters: " << grouped(model.parameters) << "   MACs: "
     << (summary.macs ? grouped(*summary.macs) : "unknown (dynamic dimensions)")
     << "\n";
  if (summary.transposesLeft)
    os << "Transposes left: " << *summary.transposesLeft << "\n";
  os << "\n";
  printTensors(os, "Inputs", model.inputs);
  printTensors(os, "Outputs", model.outputs);
  if (!model.signatures.empty())
    os << "Signatures\n  " << join(model.signatures, ", ") << "\n";
  if (!model.metadata.empty())
    os << "Metadata\n";
  for (const auto &[key, value] : model.metadata)
    os << "  " << frontend::printable(key) << ": " << frontend::printable(value)
       << "\n";
  if (!model.unsupported.empty())
    printUnsupported(model.unsupported, os);
}
