//===- Entry.cpp - TFLite into the graph dialect: inputs and outputs ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which subgraph is the entry, which tensors are its inputs and outputs, under
// which names, and what they need. A signature's keys are names; without one
// they are the tensors' own, without ":0". Positions follow the subgraph.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/Quantization.h"
#include "frontend/Tflite/Importer.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;
using systole::frontend::TensorSummary;

namespace systole::tflite {

/// Inputs with more elements than this are refused.
static constexpr int64_t kMaxElements = int64_t(1) << 48;

//===----------------------------------------------------------------------===//
// The entry
//===----------------------------------------------------------------------===//

const fb::SubGraph *Importer::chooseEntry() {
  std::string known;
  for (const fb::Signature *one : tables(model.signatures())) {
    llvm::StringRef key = text(one->key());
    known += (known.empty() ? "" : ", ") + printable(key);
    bool wanted = options.signature.empty() ? one->subgraph_index() == 0
                                            : key == options.signature;
    if (wanted && !signature)
      signature = one;
  }
  if (options.signature.empty())
    return model.subgraphs()->Get(0);
  if (signature)
    return model.subgraphs()->Get(signature->subgraph_index());
  Problem &problem = addProblem("--signature: the model has no signature '" +
                                printable(options.signature) + "'");
  problem.help.push_back(known.empty() ? "it has none: leave the option out"
                                       : "its signatures: " + known);
  return nullptr;
}

/// A tensor's own name, as users type it.
static std::string plainName(const fb::Tensor &tensor) {
  llvm::StringRef name = text(tensor.name());
  name.consume_back(":0");
  return name.str();
}

int64_t Importer::findTensor(const fb::SubGraph &graph, llvm::StringRef name,
                             llvm::StringRef option) {
  if (signature)
    for (const auto *maps : {signature->inputs(), signature->outputs()})
      for (const fb::TensorMap *map : tables(maps))
        if (text(map->name()) == name)
          return map->tensor_index();
  for (auto [i, tensor] : llvm::enumerate(tables(graph.tensors())))
    if (text(tensor->name()) == name || plainName(*tensor) == name)
      return i;
  addProblem(option + ": tensor '" + printable(name) + "' is not in the model");
  return -1;
}

/// Gives tensors of a subgraph names that differ.
static std::vector<Port>
namePorts(const fb::SubGraph &graph,
          const flatbuffers::Vector<int32_t> *indices,
          const flatbuffers::Vector<flatbuffers::Offset<fb::TensorMap>> *maps) {
  std::vector<Port> ports;
  llvm::StringSet<> taken;
  auto keys = tables(maps);
  auto tensors = list(indices);
  for (size_t i = 0; i < tensors.size(); ++i) {
    int32_t tensor = tensors[i];
    if (tensor < 0)
      continue;
    std::string base = plainName(*graph.tensors()->Get(tensor));
    // A tensor may stand under several keys, each once.
    auto key = llvm::find_if(keys, [&](const fb::TensorMap *map) {
      return map && map->tensor_index() == static_cast<uint32_t>(tensor);
    });
    if (key != keys.end()) {
      base = text((*key)->name()).str();
      *key = nullptr;
    }
    if (base.empty())
      base = std::to_string(i);
    std::string name = base;
    for (int n = 1; !taken.insert(name).second; ++n)
      name = base + "_" + std::to_string(n);
    ports.push_back({tensor, name});
  }
  return ports;
}

void Importer::findPorts(const fb::SubGraph &graph) {
  inputs = namePorts(graph, graph.inputs(),
                     signature ? signature->inputs() : nullptr);
  outputs = namePorts(graph, graph.outputs(),
                      signature ? signature->outputs() : nullptr);
  auto choose = [&](const std::vector<std::string> &names,
                    llvm::StringRef option, std::vector<Port> &ports) {
    if (names.empty())
      return;
    ports.clear();
    for (const std::string &name : names)
      if (int64_t tensor = findTensor(graph, name, option); tensor >= 0)
        ports.push_back({tensor, name});
  };
  choose(options.inputs, "--inputs", inputs);
  choose(options.outputs, "--outputs", outputs);
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

TensorSummary Importer::summarize(const Port &port, const fb::Tensor &tensor) {
  TensorSummary summary;
  summary.name = port.name;
  Type type = elementTypeOf(&context, tensor.type());
  summary.dtype = type ? frontend::numpyTypeName(type) : "unknown";
  auto shape = list(tensor.shape()), open = list(tensor.shape_signature());
  for (auto [i, size] : llvm::enumerate(shape))
    summary.dims.push_back(i < open.size() && open[i] < 0 ? -1 : size);
  summary.dimNames.resize(summary.dims.size());
  return summary;
}

DictionaryAttr Importer::portAttributes(const Port &port,
                                        const fb::Tensor &tensor) {
  Builder b(&context);
  SmallVector<NamedAttribute> attributes = {
      b.getNamedAttr(graph::kNameAttr, b.getStringAttr(port.name))};
  Quantization q = quantizationOf(tensor);
  if (holdsQuantized(tensor) && !q.isPerAxis())
    attributes.push_back(b.getNamedAttr(
        graph::kQuantizationAttr,
        graph::quantizationAttribute(
            b, {q.scale(), static_cast<int32_t>(q.zeroPoint())})));
  return b.getDictionaryAttr(attributes);
}

bool Importer::inputShape(const Port &port, const fb::Tensor &tensor,
                          SmallVector<int64_t> &dims) {
  dims = summarize(port, tensor).dims;
  auto binding = options.shapes.find(port.name);
  if (binding != options.shapes.end()) {
    llvm::ArrayRef<int64_t> given = binding->second;
    bool good = given.size() == dims.size();
    for (size_t i = 0; good && i < given.size(); ++i) {
      // A batch that the exporter fixed may be another.
      good = given[i] < 0 || dims[i] < 0 || dims[i] == given[i] || i == 0;
      if (given[i] >= 0)
        dims[i] = given[i];
    }
    if (!good) {
      addProblem("--shape: input '" + printable(port.name) +
                 "' has other sizes in the model");
      return false;
    }
  }
  int64_t known = 1;
  for (int64_t dim : dims)
    if (dim > 0 &&
        (llvm::MulOverflow(known, dim, known) || known > kMaxElements)) {
      addProblem("input '" + printable(port.name) + "' has too many elements");
      return false;
    }
  return true;
}

void Importer::addArgument(const Port &port, Scope &scope) {
  const fb::Tensor *tensor = scope.graph->tensors()->Get(port.tensor);
  scope.computed[port.tensor] = true;
  Type element = elementTypeOf(&context, tensor->type());
  if (!element) {
    addProblem("input '" + printable(port.name) + "' has element type " +
               typeName(tensor->type()) + ", which is not supported");
    return;
  }
  SmallVector<int64_t> dims;
  if (!inputShape(port, *tensor, dims))
    return;
  TensorSummary summary = summarize(port, *tensor);
  summary.dims = dims;
  result.summary.inputs.push_back(summary);
  for (int64_t &dim : dims)
    if (dim < 0)
      dim = ShapedType::kDynamic;
  unsigned i = entry.getNumArguments();
  auto type = RankedTensorType::get(dims, element);
  (void)entry.insertArgument(i, type, portAttributes(port, *tensor),
                             entry.getLoc());
  Value value = entry.getArgument(i);
  // A value that is known stands for the input where nodes use it.
  auto given = options.values.find(port.name);
  if (given != options.values.end() && given->second.getType() == type) {
    OpBuilder b = OpBuilder::atBlockBegin(&entry.getBody().front());
    value = graph::makeConstant(b, entry.getLoc(), given->second, port.name);
  }
  scope.values[port.tensor] = value;
}

//===----------------------------------------------------------------------===//
// What is needed
//===----------------------------------------------------------------------===//

/// True for operators that matter even if nothing uses their results.
static bool hasEffect(fb::BuiltinOperator code) {
  return code == fb::BuiltinOperator_ASSIGN_VARIABLE ||
         code == fb::BuiltinOperator_CALL_ONCE;
}

std::vector<bool> Importer::neededOperators(const fb::SubGraph &graph) {
  auto operators = tables(graph.operators());
  std::vector<bool> needed(operators.size()),
      wanted(tables(graph.tensors()).size());
  for (const Port &port : outputs)
    wanted[port.tensor] = true;
  // Given tensors need nothing.
  std::vector<bool> given(wanted.size());
  for (const Port &port : inputs)
    given[port.tensor] = true;
  for (size_t i = operators.size(); i-- > 0;) {
    const fb::Operator &op = *operators[i];
    needed[i] = hasEffect(codeOf(codeTable(op))) ||
                llvm::any_of(calledSubgraphs(op), [](int64_t) { return true; });
    for (int32_t output : list(op.outputs()))
      needed[i] = needed[i] || (wanted[output] && !given[output]);
    if (!needed[i])
      continue;
    for (int32_t input : list(op.inputs()))
      if (input >= 0)
        wanted[input] = true;
  }
  return needed;
}

} // namespace systole::tflite
