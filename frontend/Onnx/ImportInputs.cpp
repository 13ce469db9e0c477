//===- ImportInputs.cpp - ONNX into the graph dialect: the inputs ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Types of inputs from the file, from `--shape`, and of tensors that are fed in
// the middle of the graph.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/Lists.h"
#include "frontend/Onnx/Importer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;
using systole::frontend::TensorSummary;

namespace systole::onnx {

/// Elements of an input sequence beyond this many are not asked for.
static constexpr int64_t kMostElements = 4096;

/// The type of the tensors that a value of this type holds.
static const TypeProto &heldType(const TypeProto &type) {
  if (type.has_optional_type())
    return heldType(type.optional_type().elem_type());
  return type.has_sequence_type() ? type.sequence_type().elem_type() : type;
}

/// What a value of this type is: "optional sequence"; "" if it is neither.
static std::string containerOf(const TypeProto &type) {
  if (type.has_sequence_type())
    return "sequence";
  if (!type.has_optional_type())
    return "";
  std::string inner = containerOf(type.optional_type().elem_type());
  return inner.empty() ? "optional" : "optional " + inner;
}

/// Fills the summary of a tensor from its declaration; false for other types.
bool Importer::describeTensor(MLIRContext *context, const ValueInfoProto &info,
                              TensorSummary &summary) {
  summary.name = info.name();
  if (!info.type().has_tensor_type()) {
    summary.ranked = false;
    summary.container = containerOf(info.type());
    Type element =
        elementTypeOf(context, heldType(info.type()).tensor_type().elem_type());
    summary.dtype = element ? frontend::numpyTypeName(element) : "unknown";
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
    int64_t index;
    llvm::StringRef sequence = graph::sequenceOfElement(name, index);
    bool isElement = false;
    for (const ValueInfoProto &input : model.graph().input()) {
      if (input.name() == name)
        info = &input;
      isElement |= !sequence.empty() && input.name() == sequence &&
                   !input.type().has_tensor_type();
    }
    if (isElement)
      continue;
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
std::string Importer::dimsText(llvm::ArrayRef<int64_t> dims) {
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

std::optional<int64_t> Importer::givenLength(llvm::StringRef name) const {
  auto given = options.lengths.find(name.str());
  if (given != options.lengths.end())
    return given->second;
  // `--shape x[2]=...` means that there are three elements at least.
  std::optional<int64_t> length;
  for (const auto &[element, dims] : options.shapes) {
    int64_t index;
    if (graph::sequenceOfElement(element, index) == name &&
        index < kMostElements)
      length = std::max(length.value_or(0), index + 1);
  }
  return length;
}

Value Importer::addElements(llvm::StringRef name, const TypeProto &element,
                            int64_t length, Scope &scope) {
  SmallVector<Value> elements;
  for (int64_t i = 0; i < length; ++i) {
    ValueInfoProto info;
    info.set_name(graph::elementName(name, i));
    *info.mutable_type() = element;
    if (!addArgument(info, scope))
      return {};
    elements.push_back(scope.values[info.name()]);
  }
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  frontend::GraphBuilder b(builder,
                           graph::nodeLocation(&context, name, "Input"));
  Type type = elementTypeOf(&context, element.tensor_type().elem_type());
  if (!type) {
    addProblem("input '" + printable(name) + "' has element type " +
               dataTypeName(element.tensor_type().elem_type()) +
               ", which is not supported");
    return {};
  }
  return frontend::makeSequence(b, elements, UnrankedTensorType::get(type));
}

bool Importer::addListArgument(const ValueInfoProto &info, Scope &scope) {
  const TypeProto &type = info.type();
  const TypeProto &held =
      type.has_optional_type() ? type.optional_type().elem_type() : type;
  std::optional<int64_t> length = givenLength(info.name());
  // A shape says that an optional tensor is there.
  if (!length && !held.has_sequence_type() && options.shapes.count(info.name()))
    length = 1;
  if (!length) {
    TensorSummary summary;
    describeTensor(&context, info, summary);
    Problem &problem = addProblem("input '" + printable(info.name()) +
                                  "' is a value of type " + summary.container +
                                  ", and how many tensors it has is not known");
    if (held.has_sequence_type())
      problem.help.push_back("give the shape of each: --shape '" +
                             graph::elementName(printable(info.name()), 0) +
                             "=2x3'");
    result.summary.inputs.push_back(summary);
    return false;
  }
  Value value;
  OpBuilder builder = OpBuilder::atBlockEnd(&entry.getBody().front());
  frontend::GraphBuilder b(builder,
                           graph::nodeLocation(&context, info.name(), "Input"));
  if (*length == frontend::kAbsent) {
    Type element =
        elementTypeOf(&context, heldType(held).tensor_type().elem_type());
    Type tensor =
        UnrankedTensorType::get(element ? element : Type(builder.getF32Type()));
    value = frontend::makeOptional(
        b, {},
        held.has_sequence_type()
            ? Type(graph::SequenceType::get(&context, tensor))
            : tensor);
  } else if (held.has_sequence_type()) {
    value = addElements(info.name(), held.sequence_type().elem_type(), *length,
                        scope);
  } else {
    ValueInfoProto inner = info;
    *inner.mutable_type() = held;
    if (addArgument(inner, scope))
      value = scope.values[info.name()];
  }
  if (value && type.has_optional_type() && *length != frontend::kAbsent)
    value = frontend::makeOptional(b, value, {});
  scope.values[info.name()] = value;
  return static_cast<bool>(value);
}

bool Importer::addArgument(const ValueInfoProto &info, Scope &scope) {
  if (!containerOf(info.type()).empty()) {
    if (addListArgument(info, scope))
      return true;
    scope.values[info.name()] = Value();
    return false;
  }
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
  Value known = knownValue(info.name(), type);
  scope.values[info.name()] = known ? known : entry.getArgument(index);
  return true;
}

Value Importer::knownValue(const std::string &name, Type type) {
  auto found = options.values.find(name);
  if (found == options.values.end())
    return {};
  const graph::Tensor &value = found->second;
  auto ranked = dyn_cast<RankedTensorType>(type);
  if (getElementTypeOrSelf(type) != value.getElementType() ||
      (ranked && failed(verifyCompatibleShape(ranked, value.getType()))))
    return {};
  return makeEntryConstant(value, name, "Input");
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

} // namespace systole::onnx
