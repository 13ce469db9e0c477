//===- GraphBuilder.cpp - Builds graph operations safely ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Creation of one operation: (1) set properties, (2) infer the result types,
// (3) create and verify, (4) evaluate if all operands are small constants.
// Every step's diagnostics are collected as messages.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/GraphBuilder.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace systole::frontend {

/// Constants up to this size are evaluated while importing: shapes, axes,
/// scales. Larger ones are left to the constant folding pass.
static constexpr int64_t kEvaluatedBytes = 1024;

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

Value GraphBuilder::error(const llvm::Twine &message) {
  messages.push_back(message.str());
  return {};
}

NamedAttribute GraphBuilder::attr(llvm::StringRef name, Attribute value) {
  return builder.getNamedAttr(name, value);
}
NamedAttribute GraphBuilder::attr(llvm::StringRef name, int64_t value) {
  return attr(name, builder.getI64IntegerAttr(value));
}
NamedAttribute GraphBuilder::attr(llvm::StringRef name, double value) {
  return attr(name, builder.getF64FloatAttr(value));
}
NamedAttribute GraphBuilder::attr(llvm::StringRef name, Ints values) {
  return attr(name, builder.getDenseI64ArrayAttr(values));
}
NamedAttribute GraphBuilder::unitAttr(llvm::StringRef name) {
  return attr(name, builder.getUnitAttr());
}

/// Adds the result types that follow from operands and attributes.
static LogicalResult inferTypes(OperationState &state) {
  OperationName name = state.name;
  MLIRContext *context = state.getContext();
  // Inherent attributes become properties, which inference reads.
  std::unique_ptr<char[]> storage;
  OpaqueProperties properties(nullptr);
  DictionaryAttr attributes = state.attributes.getDictionary(context);
  auto emitError = [&] { return mlir::emitError(state.location); };
  if (int size = name.getOpPropertyByteSize()) {
    storage.reset(new char[size]);
    properties = OpaqueProperties(storage.get());
    name.initOpProperties(properties, OpaqueProperties(nullptr));
  }
  llvm::scope_exit release([&] {
    if (storage)
      name.destroyOpProperties(properties);
  });
  if (storage &&
      mlir::failed(name.getRegisteredInfo()->setOpPropertiesFromAttribute(
          name, properties, attributes, emitError)))
    return failure();
  auto *inference = name.getInterface<InferTypeOpInterface>();
  if (!inference)
    return failure();
  return inference->inferReturnTypes(context, state.location, state.operands,
                                     attributes, properties, {}, state.types);
}

Value GraphBuilder::create(llvm::StringRef name, Values operands,
                           Attributes attributes, unsigned optionalOperands) {
  SmallVector<Value> present(operands);
  while (!present.empty() && !present.back() && optionalOperands > 0) {
    present.pop_back();
    --optionalOperands;
  }
  for (Value operand : present)
    if (!operand)
      return {};

  std::string text;
  ScopedDiagnosticHandler handler(getContext(), [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error && text.empty())
      text = diagnostic.str();
    return success();
  });
  auto fail = [&](llvm::StringRef step) {
    if (text.empty())
      return error("cannot " + step + " of '" + name + "'");
    // "'graph.add' op operand shapes ...": the user's node is an Add, not ours.
    llvm::StringRef message = text;
    message.consume_front(("'" + name + "' op ").str());
    return error(message);
  };

  OperationName opName(name, getContext());
  OperationState state(location, opName, present, TypeRange(), attributes);
  if (mlir::failed(inferTypes(state)))
    return fail("infer the type");
  Operation *op = builder.create(state);
  if (mlir::failed(verify(op, /*verifyRecursively=*/false))) {
    op->erase();
    return fail("check the operands");
  }
  if (Value folded = evaluate(op)) {
    op->erase();
    return folded;
  }
  return op->getResult(0);
}

/// Bytes of a value's elements, or -1 where its shape is unknown.
static int64_t staticBytes(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return -1;
  int64_t count = graph::countElements(tensor.getShape());
  int64_t size = graph::elementBytes(tensor.getElementType());
  if (count < 0 || size == 0 || count > kEvaluatedBytes)
    return -1;
  return count * size;
}

Value GraphBuilder::evaluate(Operation *op) {
  if (keepsOperations || op->getNumResults() != 1 ||
      op->hasTrait<OpTrait::ConstantLike>())
    return {};
  int64_t resultBytes = staticBytes(op->getResult(0).getType());
  if (resultBytes < 0 || resultBytes > kEvaluatedBytes)
    return {};
  SmallVector<graph::Tensor> operands, results;
  for (Value operand : op->getOperands()) {
    int64_t bytes = staticBytes(operand.getType());
    ElementsAttr attribute = graph::constantAttribute(operand);
    if (!attribute || bytes < 0 || bytes > kEvaluatedBytes)
      return {};
    FailureOr<graph::Tensor> tensor = graph::tensorFromAttribute(attribute);
    if (mlir::failed(tensor))
      return {};
    operands.push_back(*tensor);
  }
  // A run-time error of constant operands stays one at run time.
  ScopedDiagnosticHandler quiet(getContext(),
                                [](Diagnostic &) { return success(); });
  if (mlir::failed(graph::evaluateOp(op, operands, results)) ||
      results.size() != 1 || results[0].getType() != op->getResult(0).getType())
    return {};
  return constant(results[0]);
}

void GraphBuilder::adoptErrors(const GraphBuilder &inner) {
  messages.insert(messages.end(), inner.messages.begin(), inner.messages.end());
  helpTexts.insert(helpTexts.end(), inner.helpTexts.begin(),
                   inner.helpTexts.end());
}

//===----------------------------------------------------------------------===//
// Types and constants
//===----------------------------------------------------------------------===//

Type GraphBuilder::elementType(Value value) {
  return value ? getElementTypeOrSelf(value.getType()) : Type();
}

std::optional<int64_t> GraphBuilder::rankOf(Value value) {
  auto type =
      value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
  return type ? std::optional<int64_t>(type.getRank()) : std::nullopt;
}

int64_t GraphBuilder::sizeOf(Value value, int64_t d) {
  auto type =
      value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
  if (!type || d < 0 || d >= type.getRank() || type.isDynamicDim(d))
    return -1;
  return type.getDimSize(d);
}

std::optional<int64_t> GraphBuilder::requireRank(Value value,
                                                 llvm::StringRef what) {
  if (!value)
    return std::nullopt;
  if (std::optional<int64_t> rank = rankOf(value))
    return rank;
  std::string source = describeDynamicSource(value);
  error(
      "the rank of " + what +
      (source.empty() ? " is not known" : " depends on the size of " + source));
  std::string binding = suggestBinding(value);
  if (!binding.empty())
    help("bind it: " + binding);
  return std::nullopt;
}

std::optional<SmallVector<int64_t>>
GraphBuilder::requireInts(Value value, llvm::StringRef what) {
  if (!value)
    return std::nullopt;
  if (auto values = graph::constantInts(value))
    return values;
  std::string source = describeDynamicSource(value);
  error(what + (source.empty()
                    ? std::string(" is not known until the model runs")
                    : " depends on the size of " + source));
  std::string binding = suggestBinding(value);
  if (!binding.empty())
    help("bind it: " + binding);
  return std::nullopt;
}

Value GraphBuilder::constant(const graph::Tensor &tensor) {
  return graph::makeConstant(builder, location, tensor);
}

Value GraphBuilder::ints(Ints values) {
  return graph::makeIndexConstant(builder, location, values);
}

Value GraphBuilder::scalar(Type elementType, double number) {
  if (!elementType || isa<graph::StringType, ComplexType>(elementType))
    return error("a number of this element type cannot be made");
  return graph::makeScalarConstant(builder, location, elementType, number);
}

Value GraphBuilder::numbers(Type elementType, llvm::ArrayRef<double> values) {
  graph::Tensor tensor(elementType, {static_cast<int64_t>(values.size())});
  for (auto [i, value] : llvm::enumerate(values))
    tensor.setDouble(static_cast<int64_t>(i), value);
  return constant(tensor);
}

Value GraphBuilder::texts(llvm::ArrayRef<std::string> values) {
  graph::Tensor tensor(graph::StringType::get(getContext()),
                       {static_cast<int64_t>(values.size())});
  for (auto [i, value] : llvm::enumerate(values))
    tensor.setString(static_cast<int64_t>(i), value);
  return constant(tensor);
}

Value GraphBuilder::like(Value value, double number) {
  return value ? scalar(elementType(value), number) : Value();
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value GraphBuilder::cast(Value a, Type to) {
  if (!a || elementType(a) == to)
    return a;
  return make<graph::CastOp>({a}, {attr("to", TypeAttr::get(to))});
}

Value GraphBuilder::compare(graph::ComparePredicate predicate, Value a,
                            Value b) {
  return make<graph::CompareOp>(
      {a, b}, {attr("predicate", graph::ComparePredicateAttr::get(getContext(),
                                                                  predicate))});
}

Value GraphBuilder::shapeOf(Value a) {
  auto type = a ? dyn_cast<RankedTensorType>(a.getType()) : RankedTensorType();
  if (type && type.hasStaticShape())
    return ints(type.getShape());
  return make<graph::ShapeOfOp>({a});
}

Extent GraphBuilder::extent(Value a, int64_t d) {
  if (int64_t size = sizeOf(a, d); size >= 0)
    return size;
  return Extent(slice(shapeOf(a), 0, d, d + 1));
}

Extent GraphBuilder::product(const Extent &a, const Extent &b) {
  int64_t result;
  if (!a.value && !b.value) {
    if (llvm::MulOverflow(a.size, b.size, result)) {
      error("a dimension is too large");
      return int64_t(0);
    }
    return result;
  }
  Value left = a.value ? a.value : ints({a.size});
  Value right = b.value ? b.value : ints({b.size});
  return Extent(mul(left, right));
}

Value GraphBuilder::shape(llvm::ArrayRef<Extent> extents) {
  SmallVector<int64_t> numbers;
  SmallVector<Value> parts;
  // Runs of numbers are one constant.
  auto flush = [&] {
    if (!numbers.empty())
      parts.push_back(ints(numbers));
    numbers.clear();
  };
  bool known = llvm::all_of(extents, [](const Extent &e) { return !e.value; });
  for (const Extent &extent : extents) {
    if (!extent.value) {
      numbers.push_back(extent.size);
      continue;
    }
    flush();
    parts.push_back(extent.value);
  }
  if (known)
    return ints(numbers);
  flush();
  return parts.size() == 1 ? parts[0] : concat(parts, 0);
}

Value GraphBuilder::reshape(Value a, Value shape, bool copyZeros) {
  SmallVector<NamedAttribute> attributes;
  if (copyZeros)
    attributes.push_back(unitAttr("copy_zeros"));
  return make<graph::ReshapeOp>({a, shape}, attributes);
}

Value GraphBuilder::reshape(Value a, llvm::ArrayRef<Extent> extents) {
  return a ? reshape(a, shape(extents)) : a;
}

Value GraphBuilder::transpose(Value a, Ints perm) {
  return make<graph::TransposeOp>({a}, {attr("perm", perm)});
}

Value GraphBuilder::squeeze(Value a, Ints axes) {
  return axes.empty() ? a : make<graph::SqueezeOp>({a}, {attr("axes", axes)});
}

Value GraphBuilder::unsqueeze(Value a, Ints axes) {
  return axes.empty() ? a : make<graph::UnsqueezeOp>({a}, {attr("axes", axes)});
}

Value GraphBuilder::broadcast(Value a, Value shape) {
  return make<graph::BroadcastOp>({a, shape});
}

Value GraphBuilder::concat(Values values, int64_t axis) {
  if (values.size() == 1)
    return values[0];
  return make<graph::ConcatOp>(values, {attr("axis", axis)});
}

Value GraphBuilder::slice(Value a, int64_t axis, int64_t start, int64_t end) {
  if (!a)
    return a;
  return slice(a, ints({start}), ints({end}), ints({1}), {axis});
}

/// True if dimensions [start, end) step `step` of `type` are known; gives them.
static bool knownDimensions(Type type, int64_t start, int64_t end, int64_t step,
                            SmallVectorImpl<int64_t> &dims) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || step <= 0)
    return false;
  int64_t rank = tensor.getRank();
  auto clampIndex = [&](int64_t index) {
    return std::clamp<int64_t>(index < 0 ? index + rank : index, 0, rank);
  };
  for (int64_t d = clampIndex(start); d < clampIndex(end); d += step) {
    if (tensor.isDynamicDim(d))
      return false;
    dims.push_back(tensor.getDimSize(d));
  }
  return true;
}

Value GraphBuilder::slice(Value a, Value starts, Value ends, Value steps,
                          Ints axes) {
  if (!a || !starts || !ends || !steps)
    return {};
  // Known entries of a partly known shape are constants.
  if (auto shapeOp = a.getDefiningOp<graph::ShapeOfOp>();
      shapeOp && axes.size() == 1) {
    auto start = graph::constantInts(starts), end = graph::constantInts(ends),
         step = graph::constantInts(steps);
    SmallVector<int64_t> dims;
    if (start && end && step && start->size() == 1 && end->size() == 1 &&
        step->size() == 1 && std::abs((*start)[0]) < 64 &&
        knownDimensions(shapeOp.getInput().getType(), (*start)[0], (*end)[0],
                        (*step)[0], dims))
      return ints(dims);
  }
  return make<graph::SliceOp>({a, starts, ends, steps}, {attr("axes", axes)});
}

Value GraphBuilder::gather(Value a, Value indices, int64_t axis) {
  if (!a || !indices)
    return {};
  // As for slices: one known entry of a partly known shape.
  if (auto shapeOp = a.getDefiningOp<graph::ShapeOfOp>()) {
    auto picked = graph::constantInts(indices);
    auto type = dyn_cast<RankedTensorType>(indices.getType());
    auto source = dyn_cast<RankedTensorType>(shapeOp.getInput().getType());
    SmallVector<int64_t> dims;
    for (int64_t index : picked ? *picked : SmallVector<int64_t>()) {
      index = source && index < 0 ? index + source.getRank() : index;
      if (!source || index < 0 || index >= source.getRank() ||
          source.isDynamicDim(index))
        break;
      dims.push_back(source.getDimSize(index));
    }
    if (picked && type && type.hasStaticShape() &&
        dims.size() == picked->size()) {
      graph::Tensor known(builder.getI64Type(), type.getShape());
      for (size_t i = 0; i < dims.size(); ++i)
        known.setInt(i, dims[i]);
      return constant(known);
    }
  }
  return make<graph::GatherOp>({a, indices}, {attr("axis", axis)});
}

Value GraphBuilder::pad(Value a, Value pads, Value filler) {
  auto mode = graph::PadModeAttr::get(getContext(), graph::PadMode::constant);
  return make<graph::PadOp>({a, pads, filler}, {attr("mode", mode)}, 1);
}

Value GraphBuilder::reduce(graph::ReduceKind kind, Value a, Ints axes,
                           bool keepDims) {
  SmallVector<NamedAttribute> attributes = {
      attr("kind", graph::ReduceKindAttr::get(getContext(), kind)),
      attr("axes", axes)};
  if (keepDims)
    attributes.push_back(unitAttr("keep_dims"));
  return make<graph::ReduceOp>({a}, attributes);
}

Value GraphBuilder::softmax(Value a, int64_t axis) {
  return make<graph::SoftmaxOp>({a}, {attr("axis", axis)});
}

} // namespace systole::frontend
