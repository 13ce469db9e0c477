//===- Importer.cpp - ONNX into the graph dialect: the model --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model's frame: operator sets, inputs with their dimensions, the entry
// function, outputs and their checks. Nodes are in ImportNodes.cpp.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Importer.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Onnx/GraphOrder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;
using systole::frontend::TensorSummary;

namespace systole::onnx {

Importer::Importer(MLIRContext &context, const frontend::SourceFile &source,
                   const ModelProto &model,
                   const frontend::ImportOptions &options,
                   frontend::ImportResult &result)
    : context(context), source(source), model(model), options(options),
      result(result), tensors(&context, source) {}

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

void Importer::addWeights(const GraphProto &graph, Scope &scope) {
  for (const TensorProto &weight : graph.initializer()) {
    if (!scope.weights.try_emplace(weight.name(), &weight).second)
      addProblem("weight '" + printable(weight.name()) + "' is defined twice");
    int64_t count = 1;
    for (int64_t dim : weight.dims())
      if (dim < 0 || llvm::MulOverflow(count, dim, count))
        count = 0;
    if (llvm::AddOverflow(result.summary.parameters, count,
                          result.summary.parameters))
      result.summary.parameters = std::numeric_limits<int64_t>::max();
  }
  for (const SparseTensorProto &weight : graph.sparse_initializer())
    addProblem("weight '" + printable(weight.values().name()) +
               "' is a sparse tensor, which is not supported");
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// Fills the summary of a tensor from its declaration; false for other types.
static bool describeTensor(MLIRContext *context, const ValueInfoProto &info,
                           TensorSummary &summary) {
  summary.name = info.name();
  if (!info.type().has_tensor_type()) {
    summary.ranked = false;
    return false;
  }
  const TypeProto::Tensor &type = info.type().tensor_type();
  Type element = elementTypeOf(context, type.elem_type());
  summary.dtype = element ? frontend::numpyTypeName(element) : "unknown";
  summary.ranked = type.has_shape();
  for (const TensorShapeProto::Dimension &dim : type.shape().dim()) {
    // Zero or less stands for "unknown" in files of some exporters, as -1.
    summary.dims.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
    summary.dimNames.push_back(dim.dim_param());
  }
  return true;
}

void Importer::bindDimensions() {
  for (const auto &[name, dims] : options.shapes) {
    const ValueInfoProto *info = nullptr;
    for (const ValueInfoProto &input : model.graph().input())
      if (input.name() == name)
        info = &input;
    if (!info && !llvm::is_contained(options.inputs, name)) {
      Problem &problem = addProblem("--shape: the model has no input '" +
                                    printable(name) + "'");
      std::string known;
      for (const ValueInfoProto &input : model.graph().input())
        known += (known.empty() ? "" : ", ") + printable(input.name());
      problem.help.push_back("its inputs: " + known);
      continue;
    }
    if (!info || !info->type().tensor_type().has_shape())
      continue;
    const auto &declared = info->type().tensor_type().shape();
    for (int i = 0;
         i < declared.dim_size() && i < static_cast<int>(dims.size()); ++i) {
      const std::string &param = declared.dim(i).dim_param();
      if (param.empty() || dims[i] < 0)
        continue;
      auto [found, isNew] = boundDimensions.try_emplace(param, dims[i]);
      if (!isNew && found->second != dims[i])
        addProblem("--shape: dimension '" + printable(param) +
                   "' is bound to both " + llvm::Twine(found->second) +
                   " and " + llvm::Twine(dims[i]));
    }
  }
}

/// Applies `--shape` dims to an input's summary; false if they contradict it.
static bool applyBinding(TensorSummary &summary, llvm::ArrayRef<int64_t> dims,
                         bool &overrides) {
  if (summary.ranked && dims.size() != summary.dims.size())
    return false;
  for (size_t i = 0; i < dims.size(); ++i) {
    // '?' leaves a dimension as it is.
    if (dims[i] < 0)
      continue;
    if (!summary.ranked || summary.dims[i] == -1 || summary.dims[i] == dims[i])
      continue;
    // A batch that the exporter fixed may be another.
    if (i != 0)
      return false;
    overrides = true;
  }
  summary.dims.resize(dims.size(), -1);
  summary.dimNames.resize(dims.size());
  for (size_t i = 0; i < dims.size(); ++i)
    if (dims[i] >= 0)
      summary.dims[i] = dims[i];
  summary.ranked = true;
  return true;
}

/// "1x?x128".
static std::string dimsText(llvm::ArrayRef<int64_t> dims) {
  std::string text;
  for (size_t i = 0; i < dims.size(); ++i)
    text += (i ? "x" : "") + (dims[i] < 0 ? "?" : std::to_string(dims[i]));
  return text.empty() ? "scalar" : text;
}

Type Importer::inputType(const ValueInfoProto &info, TensorSummary &summary) {
  std::string name = printable(info.name());
  if (!describeTensor(&context, info, summary)) {
    addProblem("input '" + name +
               "' is not a tensor: other values are not supported");
    return {};
  }
  Type element = elementTypeOf(&context, info.type().tensor_type().elem_type());
  if (!element) {
    addProblem("input '" + name + "' has element type " +
               dataTypeName(info.type().tensor_type().elem_type()) +
               ", which is not supported");
    return {};
  }
  for (int64_t &dim : summary.dims)
    if (dim < -1 || dim > (int64_t(1) << 40)) {
      addProblem("input '" + name + "' has a dimension of size " +
                 llvm::Twine(dim));
      return {};
    }
  for (size_t i = 0; i < summary.dims.size(); ++i) {
    auto bound = boundDimensions.find(summary.dimNames[i]);
    if (!summary.dimNames[i].empty() && bound != boundDimensions.end())
      summary.dims[i] = bound->second;
  }
  auto binding = options.shapes.find(info.name());
  if (binding != options.shapes.end() &&
      !applyBinding(summary, binding->second, overridesShapes)) {
    addProblem("--shape: input '" + name + "' is " + dimsText(summary.dims) +
               " in the model, which " + dimsText(binding->second) +
               " does not fit");
    return {};
  }
  if (!summary.ranked)
    return UnrankedTensorType::get(element);
  SmallVector<int64_t> shape;
  int64_t known = 1;
  for (int64_t dim : summary.dims) {
    shape.push_back(dim < 0 ? ShapedType::kDynamic : dim);
    if (dim > 0 && llvm::MulOverflow(known, dim, known))
      known = std::numeric_limits<int64_t>::max();
  }
  if (known >= (int64_t(1) << 48)) {
    addProblem("input '" + name +
               "' has too many elements: " + dimsText(summary.dims));
    return {};
  }
  return RankedTensorType::get(shape, element);
}

bool Importer::addArgument(const ValueInfoProto &info, Scope &scope) {
  TensorSummary summary;
  Type type = inputType(info, summary);
  for (size_t i = 0; i < summary.dims.size(); ++i)
    if (summary.dims[i] >= 0)
      summary.dimNames[i].clear();
  result.summary.inputs.push_back(summary);
  bool isNew = !scope.values.contains(info.name());
  if (!isNew)
    addProblem("input '" + printable(info.name()) + "' is defined twice");
  if (!type || !isNew) {
    scope.values[info.name()] = Value();
    return false;
  }
  Builder b(&context);
  SmallVector<NamedAttribute> attributes = {
      b.getNamedAttr(graph::kNameAttr, b.getStringAttr(info.name()))};
  if (llvm::any_of(summary.dimNames,
                   [](const std::string &n) { return !n.empty(); })) {
    SmallVector<StringRef> names(summary.dimNames.begin(),
                                 summary.dimNames.end());
    attributes.push_back(
        b.getNamedAttr(graph::kDimNamesAttr, b.getStrArrayAttr(names)));
  }
  unsigned index = entry.getNumArguments();
  (void)entry.insertArgument(
      index, type, b.getDictionaryAttr(attributes),
      graph::nodeLocation(&context, info.name(), "Input"));
  scope.values[info.name()] = entry.getArgument(index);
  return true;
}

const ValueInfoProto *Importer::findInfo(llvm::StringRef name) const {
  for (const auto *list : {&model.graph().input(), &model.graph().value_info(),
                           &model.graph().output()})
    for (const ValueInfoProto &info : *list)
      if (info.name() == name)
        return &info;
  return nullptr;
}

bool Importer::describeFeed(llvm::StringRef name, ValueInfoProto &info) {
  if (const ValueInfoProto *declared = findInfo(name)) {
    info = *declared;
    return true;
  }
  frontend::ImportOptions alone;
  alone.outputs = {name.str()};
  frontend::ImportResult scratch;
  Importer(context, source, model, alone, scratch).run();
  if (!scratch.problems.empty() || scratch.summary.outputs.size() != 1)
    return false;
  const TensorSummary &found = scratch.summary.outputs.front();
  info.set_name(name.str());
  TypeProto::Tensor &type = *info.mutable_type()->mutable_tensor_type();
  for (int32_t number = 1; number <= kLastDataType; ++number)
    if (Type element = elementTypeOf(&context, number))
      if (frontend::numpyTypeName(element) == found.dtype)
        type.set_elem_type(number);
  if (!found.ranked)
    return true;
  type.mutable_shape();
  for (size_t d = 0; d < found.dims.size(); ++d) {
    TensorShapeProto::Dimension &dim = *type.mutable_shape()->add_dim();
    if (found.dims[d] >= 0)
      dim.set_dim_value(found.dims[d]);
    else
      dim.set_dim_param(found.dimNames[d]);
  }
  return true;
}

bool Importer::createEntry(Scope &scope) {
  OpBuilder builder(&context);
  // Without the folder: the same model gives the same module everywhere.
  StringRef fileName = llvm::sys::path::filename(source.path);
  Location location = FileLineColLoc::get(&context, fileName, 0, 0);
  result.module = ModuleOp::create(builder, location);
  ModuleOp module = *result.module;
  module->setAttr(graph::kFormatAttr, builder.getStringAttr("onnx"));
  module->setAttr(graph::kProducerAttr,
                  builder.getStringAttr(result.summary.producer));
  module->setAttr(graph::kModelNameAttr, builder.getStringAttr(fileName));
  builder.setInsertionPointToEnd(module.getBody());
  entry = func::FuncOp::create(builder, location, "main",
                               builder.getFunctionType({}, {}));
  entry->setAttr(graph::kEntryAttr, builder.getUnitAttr());
  entry.addEntryBlock();
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

void Importer::checkDeclared(llvm::StringRef name, Type type) {
  const ValueInfoProto *info = nullptr;
  for (const ValueInfoProto &output : model.graph().output())
    if (output.name() == name)
      info = &output;
  auto actual = dyn_cast<TensorType>(type);
  if (!info || !info->type().has_tensor_type() || !actual)
    return;
  const TypeProto::Tensor &declared = info->type().tensor_type();
  Type element = elementTypeOf(&context, declared.elem_type());
  if (element && element != actual.getElementType()) {
    addProblem("output '" + printable(name) + "' is declared as " +
               frontend::numpyTypeName(element) + ", but the nodes give " +
               frontend::numpyTypeName(actual.getElementType()));
    return;
  }
  if (!declared.has_shape() || !actual.hasRank() || overridesShapes)
    return;
  SmallVector<int64_t> shape;
  for (const TensorShapeProto::Dimension &dim : declared.shape().dim())
    shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  bool good = static_cast<int64_t>(shape.size()) == actual.getRank();
  for (size_t i = 0; good && i < shape.size(); ++i)
    good = shape[i] < 0 || actual.isDynamicDim(i) ||
           shape[i] == actual.getDimSize(i);
  if (good)
    return;
  SmallVector<int64_t> given;
  for (int64_t dim : actual.getShape())
    given.push_back(ShapedType::isDynamic(dim) ? -1 : dim);
  addProblem("output '" + printable(name) + "' is declared as " +
             dimsText(shape) + ", but the nodes give " + dimsText(given));
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
    checkDeclared(name, type);
    summary.dtype = frontend::numpyTypeName(type.getElementType());
    if (type.hasRank())
      refineOutput(type, !overridesShapes, summary);
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

/// Erases what nothing uses: shape arithmetic that was evaluated.
static void eraseDead(func::FuncOp entry) {
  SmallVector<Operation *> all;
  entry.walk([&](Operation *op) { all.push_back(op); });
  // Post-order: users of an operation's results come later.
  for (Operation *op : llvm::reverse(all))
    if (op != entry && isOpTriviallyDead(op))
      op->erase();
}

void Importer::finish(llvm::ArrayRef<std::string> fetches, Scope &scope) {
  for (const std::string &name : fetches)
    addResult(name, lookUp(name, scope));
  if (!result.problems.empty() || llvm::is_contained(results, Value()))
    return;
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  func::ReturnOp::create(builder, entry.getLoc(), results);
  SmallVector<Type> types;
  for (Value value : results)
    types.push_back(value.getType());
  entry.setType(builder.getFunctionType(entry.getArgumentTypes(), types));
  for (auto [i, attributes] : llvm::enumerate(resultAttributes))
    entry.setResultAttrs(i, attributes);
  eraseDead(entry);
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
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      addProblem("internal check failed: " + printable(diagnostic.str()));
    return success();
  });
  if (failed(verify(*result.module)) && result.problems.empty())
    addProblem("internal check failed");
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
