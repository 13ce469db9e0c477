//===- Importer.cpp - ONNX into the graph dialect: the model --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model's frame: operator sets, the entry function, outputs and their
// checks. Inputs are in ImportInputs.cpp, nodes in ImportNodes.cpp.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Importer.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/IntegerForm.h"
#include "frontend/Common/Lists.h"
#include "frontend/Common/ModuleFrame.h"
#include "frontend/Onnx/GraphOrder.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;
using systole::frontend::TensorSummary;

namespace systole::onnx {

Importer::Importer(MLIRContext &context, const frontend::SourceFile &source,
                   const ModelProto &model,
                   const frontend::ImportOptions &options,
                   frontend::ImportResult &result)
    : records(result), context(context), source(source), model(model),
      options(options), result(result), tensors(&context, source) {}

Problem &Importer::addProblem(const llvm::Twine &message) {
  result.problems.emplace_back();
  result.problems.back().message = message.str();
  return result.problems.back();
}

//===----------------------------------------------------------------------===//
// Operator sets, functions, weights
//===----------------------------------------------------------------------===//

/// The main domain has two names.
static llvm::StringRef plainDomain(llvm::StringRef domain) {
  return domain == "ai.onnx" ? "" : domain;
}

void Importer::readOpsets() {
  for (const OperatorSetIdProto &set : model.opset_import())
    opsets[plainDomain(set.domain())] = set.version();
  // Files of the first two versions name none.
  if (model.opset_import_size() > 0)
    return;
  opsets[""] = 1;
  if (model.ir_version() > 2)
    addProblem("the file does not say which opset it uses (opset_import)");
}

void Importer::readFunctions() {
  for (const FunctionProto &function : model.functions()) {
    std::string key = (plainDomain(function.domain()) + ":" + function.name() +
                       ":" + function.overload())
                          .str();
    if (!functions.try_emplace(key, &function).second)
      addProblem("function '" + printable(function.name()) +
                 "' is defined twice");
    Opsets &sets = functionOpsets[&function];
    sets = opsets;
    for (const OperatorSetIdProto &set : function.opset_import())
      sets[plainDomain(set.domain())] = set.version();
  }
}

void Importer::countParameters(const graph::Tensor &tensor) {
  if (isa<FloatType>(tensor.getElementType()) && tensor.size() > 1)
    result.summary.parameters += tensor.size();
}

void Importer::addWeight(const Weight &weight, Scope &scope) {
  if (!scope.weights.try_emplace(weight.name(), weight).second)
    addProblem("weight '" + printable(weight.name()) + "' is defined twice");
  int64_t count = 1;
  for (int64_t dim : weight.dims())
    if (dim < 0 || llvm::MulOverflow(count, dim, count))
      count = 0;
  if (llvm::AddOverflow(result.summary.parameters, count,
                        result.summary.parameters))
    result.summary.parameters = std::numeric_limits<int64_t>::max();
}

void Importer::addWeights(const GraphProto &graph, Scope &scope) {
  for (const TensorProto &weight : graph.initializer())
    addWeight({&weight, nullptr}, scope);
  for (const SparseTensorProto &weight : graph.sparse_initializer())
    addWeight({nullptr, &weight}, scope);
}

//===----------------------------------------------------------------------===//
// Entry
//===----------------------------------------------------------------------===//

bool Importer::createEntry(Scope &scope) {
  entry = frontend::createEntryModule(context, source, "onnx", result);
  size_t before = result.problems.size();
  for (const std::string &name : options.inputs) {
    ValueInfoProto info;
    if (describeFeed(name, info))
      addArgument(info, scope);
    else
      addProblem("--inputs: tensor '" + printable(name) +
                 "' is not in the model, or its type cannot be found out");
    scope.weights.erase(name);
  }
  for (const ValueInfoProto &info : model.graph().input()) {
    // Before version 4 of the format, weights had to be inputs too.
    bool isWeight = scope.weights.contains(info.name());
    bool isFed = llvm::is_contained(options.inputs, info.name());
    if (!isWeight && !isFed && options.inputs.empty())
      addArgument(info, scope);
  }
  return result.problems.size() == before;
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

bool Importer::agreesWithFile(llvm::StringRef name, Type type) {
  const ValueInfoProto *info = nullptr;
  for (const ValueInfoProto &output : model.graph().output())
    if (output.name() == name)
      info = &output;
  auto actual = dyn_cast<TensorType>(type);
  if (!info || !info->type().has_tensor_type() || !actual)
    return true;
  const TypeProto::Tensor &declared = info->type().tensor_type();
  Type element = elementTypeOf(&context, declared.elem_type());
  if (element && element != actual.getElementType())
    addProblem("output '" + printable(name) + "' is declared as " +
               frontend::numpyTypeName(element) + ", but the nodes give " +
               frontend::numpyTypeName(actual.getElementType()));
  if (!declared.has_shape() || !actual.hasRank())
    return true;
  if (declared.shape().dim_size() != actual.getRank())
    return false;
  for (auto [d, dim] : llvm::enumerate(declared.shape().dim()))
    if (dim.has_dim_value() && dim.dim_value() >= 0 &&
        !actual.isDynamicDim(d) && dim.dim_value() != actual.getDimSize(d))
      return false;
  return true;
}

/// Puts the sizes that the nodes give into an output's declared summary; with
/// `trustsFile`, declared sizes stay where the nodes give none.
static void refineOutput(TensorType type, bool trustsFile,
                         TensorSummary &summary) {
  TensorSummary declared = summary;
  declared.dims.resize(type.getRank(), -1);
  declared.dimNames.resize(type.getRank());
  summary.ranked = true;
  summary.dims.clear();
  summary.dimNames.assign(type.getRank(), "");
  for (int64_t d = 0; d < type.getRank(); ++d) {
    bool isKnown = !type.isDynamicDim(d);
    int64_t size = trustsFile ? declared.dims[d] : -1;
    summary.dims.push_back(isKnown ? type.getDimSize(d) : size);
    if (summary.dims[d] < 0)
      summary.dimNames[d] = declared.dimNames[d];
  }
}

void Importer::addResult(llvm::StringRef name, Value value) {
  TensorSummary summary;
  summary.name = name.str();
  for (const ValueInfoProto &info : model.graph().output())
    if (info.name() == name)
      describeTensor(&context, info, summary);
  auto type = value ? dyn_cast<TensorType>(value.getType()) : TensorType();
  if (type) {
    bool agrees = agreesWithFile(name, type);
    summary.dtype = frontend::numpyTypeName(type.getElementType());
    if (type.hasRank())
      refineOutput(type, agrees && !overridesShapes, summary);
  }
  result.summary.outputs.push_back(summary);
  Builder b(&context);
  SmallVector<NamedAttribute> attributes = {
      b.getNamedAttr(graph::kNameAttr, b.getStringAttr(name))};
  if (llvm::any_of(summary.dimNames,
                   [](const std::string &n) { return !n.empty(); })) {
    SmallVector<StringRef> names(summary.dimNames.begin(),
                                 summary.dimNames.end());
    attributes.push_back(
        b.getNamedAttr(graph::kDimNamesAttr, b.getStrArrayAttr(names)));
  }
  results.push_back(value);
  resultAttributes.push_back(b.getDictionaryAttr(attributes));
}

void Importer::addResults(llvm::StringRef name, Value value) {
  if (!value || !frontend::isList(value.getType()))
    return addResult(name, value);
  if (isa<graph::OptionalType>(value.getType())) {
    if (Value element = frontend::optionalElement(value))
      addResults(name, element);
    return;
  }
  auto elements = frontend::sequenceElements(value);
  if (!elements) {
    addProblem("output '" + printable(name) +
               "' is a sequence whose length is known only when the program "
               "runs");
    return;
  }
  for (auto [i, element] : llvm::enumerate(*elements))
    addResults(graph::elementName(name, static_cast<int64_t>(i)), element);
}

void Importer::finish(llvm::ArrayRef<std::string> fetches, Scope &scope) {
  for (const std::string &name : fetches)
    addResults(name, lookUp(name, scope));
  if (!result.problems.empty() || llvm::is_contained(results, Value()))
    return;
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  auto end = func::ReturnOp::create(builder, entry.getLoc(), results);
  frontend::useIntegers(entry);
  entry.setType(
      builder.getFunctionType(entry.getArgumentTypes(), end.getOperandTypes()));
  for (auto [i, attributes] : llvm::enumerate(resultAttributes))
    entry.setResultAttrs(i, attributes);
  frontend::eraseDead(entry);
  // With chosen fetches, inputs that they do not need are not asked for.
  if (!options.outputs.empty() && options.inputs.empty()) {
    llvm::BitVector unused(entry.getNumArguments());
    for (unsigned i = 0; i < entry.getNumArguments(); ++i)
      if (entry.getArgument(i).use_empty())
        unused.set(i);
    (void)entry.eraseArguments(unused);
    for (int i = unused.find_last(); i >= 0; i = unused.find_prev(i))
      result.summary.inputs.erase(result.summary.inputs.begin() + i);
  }
  frontend::verifyModule(result);
}

void Importer::run() {
  frontend::ModelSummary &summary = result.summary;
  summary.producer = model.producer_name();
  if (!model.producer_version().empty())
    summary.producer +=
        (summary.producer.empty() ? "" : " ") + model.producer_version();
  for (const StringStringEntryProto &entry : model.metadata_props())
    summary.metadata.emplace_back(entry.key(), entry.value());
  if (!model.has_graph()) {
    addProblem("the file has no graph");
    return;
  }
  if (!options.signature.empty())
    addProblem("--signature: an ONNX model has no signatures");
  readOpsets();
  readFunctions();
  Scope scope;
  scope.opsets = &opsets;
  addWeights(model.graph(), scope);
  bindDimensions();
  createEntry(scope);
  std::vector<std::string> fetches = options.outputs;
  if (fetches.empty())
    for (const ValueInfoProto &output : model.graph().output())
      fetches.push_back(output.name());
  if (fetches.empty())
    addProblem("the model has no outputs");
  // With --inputs, the model's other inputs are missing where they are needed.
  auto isGiven = [&](llvm::StringRef name) {
    return scope.values.contains(name) || scope.weights.contains(name);
  };
  auto nodes =
      orderNodes(model.graph().node(), fetches, isGiven, result.problems);
  if (!options.inputs.empty())
    for (Problem &problem : result.problems)
      if (!problem.op.empty())
        problem.help.push_back(
            "with --inputs, name all inputs that the outputs need");
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  importNodes(nodes, scope, builder);
  finish(fetches, scope);
  summary.externalFiles = tensors.externalPaths();
}

} // namespace systole::onnx
