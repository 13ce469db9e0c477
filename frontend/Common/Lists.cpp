//===- Lists.cpp - Sequences and optionals while importing ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Lists.h"

using namespace mlir;
using systole::graph::OptionalType;
using systole::graph::SequenceType;

namespace systole::frontend {

/// Marks a cast of one tensor that holds all elements.
static constexpr llvm::StringLiteral kStackedAttr = "stacked";

bool isList(Type type) { return isa<SequenceType, OptionalType>(type); }

std::string describeKind(Type type) {
  return isa<SequenceType>(type)   ? "a sequence"
         : isa<OptionalType>(type) ? "an optional"
                                   : "a tensor";
}

static UnrealizedConversionCastOp makeCast(GraphBuilder &b, Type type,
                                           ValueRange parts) {
  return UnrealizedConversionCastOp::create(b.getBuilder(), b.getLocation(),
                                            type, parts);
}

/// The cast that a sequence or optional is; null for other values.
static UnrealizedConversionCastOp castOf(Value list) {
  return list && isList(list.getType())
             ? list.getDefiningOp<UnrealizedConversionCastOp>()
             : UnrealizedConversionCastOp();
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

Value makeSequence(GraphBuilder &b, GraphBuilder::Values elements,
                   Type element) {
  if (llvm::is_contained(elements, Value()))
    return {};
  for (Value value : elements)
    if (GraphBuilder::elementType(value) !=
        GraphBuilder::elementType(elements.front()))
      return b.error("the elements of a sequence are of different types");
  if (!elements.empty() &&
      (!element || llvm::any_of(elements, [&](Value value) {
        return value.getType() != element;
      })))
    element = llvm::all_equal(ValueRange(elements).getTypes())
                  ? elements.front().getType()
                  : UnrankedTensorType::get(
                        GraphBuilder::elementType(elements.front()));
  return makeCast(b, SequenceType::get(b.getContext(), element), elements)
      .getResult(0);
}

Value makeStacked(GraphBuilder &b, Value tensor) {
  auto type = tensor ? dyn_cast<RankedTensorType>(tensor.getType())
                     : RankedTensorType();
  if (!type || type.getRank() == 0)
    return {};
  Type element = RankedTensorType::get(type.getShape().drop_front(),
                                       type.getElementType());
  auto cast = makeCast(b, SequenceType::get(b.getContext(), element), tensor);
  cast->setAttr(kStackedAttr, b.getBuilder().getUnitAttr());
  return cast.getResult(0);
}

Value stackedTensor(Value sequence) {
  auto cast = castOf(sequence);
  return cast && cast->hasAttr(kStackedAttr) ? cast.getOperand(0) : Value();
}

std::optional<SmallVector<Value>> sequenceElements(Value sequence) {
  auto cast = castOf(sequence);
  if (!cast || !isa<SequenceType>(sequence.getType()) ||
      cast->hasAttr(kStackedAttr))
    return std::nullopt;
  return SmallVector<Value>(cast.getOperands());
}

Value stack(GraphBuilder &b, Value sequence) {
  if (Value tensor = stackedTensor(sequence))
    return tensor;
  auto elements = sequenceElements(sequence);
  if (!elements)
    return b.error("a sequence is needed");
  auto element = dyn_cast<RankedTensorType>(
      cast<SequenceType>(sequence.getType()).getElementType());
  if (!element || !element.hasStaticShape())
    return b.error("how many elements a sequence has, or which of them is "
                   "meant, is known only when the program runs, and they are "
                   "not of one static shape");
  SmallVector<Value> parts;
  for (Value value : *elements)
    parts.push_back(b.unsqueeze(value, {0}));
  if (!parts.empty())
    return b.concat(parts, 0);
  SmallVector<int64_t> shape(element.getShape());
  shape.insert(shape.begin(), 0);
  return b.constant(graph::Tensor(element.getElementType(), shape));
}

/// A constant index in [0, length), or, with `atEnd`, up to length; nothing if
/// it is not known. A message if it is outside.
static std::optional<int64_t> knownIndex(GraphBuilder &b, Value index,
                                         int64_t length, bool atEnd) {
  auto known = graph::constantInts(index);
  if (!known || known->size() != 1)
    return std::nullopt;
  int64_t at = known->front() < 0 ? known->front() + length : known->front();
  if (at >= 0 && at < length + atEnd)
    return at;
  b.error("position " + llvm::Twine(known->front()) +
          " is outside the sequence of " + llvm::Twine(length) + " elements");
  return std::nullopt;
}

Value sequenceAt(GraphBuilder &b, Value sequence, Value index) {
  if (!sequence || !index)
    return {};
  if (auto elements = sequenceElements(sequence)) {
    auto at = knownIndex(b, index, static_cast<int64_t>(elements->size()),
                         /*atEnd=*/false);
    if (at)
      return (*elements)[*at];
    if (b.failed())
      return {};
  }
  Value scalar = b.reshape(index, llvm::ArrayRef<Extent>());
  return b.gather(stack(b, sequence), scalar, 0);
}

Value sequenceLength(GraphBuilder &b, Value sequence) {
  if (!sequence)
    return {};
  if (auto elements = sequenceElements(sequence))
    return b.scalar(b.getBuilder().getI64Type(),
                    static_cast<double>(elements->size()));
  Value tensor = stack(b, sequence);
  return tensor ? b.squeeze(b.shape({b.extent(tensor, 0)}), {0}) : tensor;
}

/// `tensor` without elements [from, to) along dimension 0, which `added`
/// replaces.
static Value splice(GraphBuilder &b, Value tensor, Value from, Value to,
                    Value added) {
  Value start = b.ints({0}), end = b.ints({INT64_MAX}), step = b.ints({1});
  SmallVector<Value> parts = {b.slice(tensor, start, from, step, {0})};
  if (added)
    parts.push_back(b.unsqueeze(added, {0}));
  parts.push_back(b.slice(tensor, to, end, step, {0}));
  return makeStacked(b, b.concat(parts, 0));
}

/// An index, counted from the start of a stacked sequence, as tensor<1xi64>.
static Value fromStart(GraphBuilder &b, Value tensor, Value index) {
  if (!tensor || !index)
    return {};
  Value at = b.cast(b.reshape(index, {Extent(int64_t(1))}),
                    b.getBuilder().getI64Type());
  Value length = b.shape({b.extent(tensor, 0)});
  Value isNegative = b.compare(graph::ComparePredicate::lt, at, 0.0);
  return b.select(isNegative, b.add(at, length), at);
}

Value sequenceInsert(GraphBuilder &b, Value sequence, Value value,
                     Value index) {
  if (!sequence || !value)
    return {};
  if (auto elements = sequenceElements(sequence)) {
    auto length = static_cast<int64_t>(elements->size());
    auto at = index ? knownIndex(b, index, length, /*atEnd=*/true)
                    : std::optional<int64_t>(length);
    if (b.failed())
      return {};
    if (at) {
      elements->insert(elements->begin() + *at, value);
      return makeSequence(b, *elements);
    }
  }
  Value tensor = stack(b, sequence);
  if (!tensor)
    return {};
  if (!index)
    return makeStacked(b, b.concat({tensor, b.unsqueeze(value, {0})}, 0));
  Value at = fromStart(b, tensor, index);
  return splice(b, tensor, at, at, value);
}

Value sequenceErase(GraphBuilder &b, Value sequence, Value index) {
  if (!sequence)
    return {};
  if (!index)
    index = b.ints({-1});
  if (auto elements = sequenceElements(sequence)) {
    auto at = knownIndex(b, index, static_cast<int64_t>(elements->size()),
                         /*atEnd=*/false);
    if (b.failed())
      return {};
    if (at) {
      elements->erase(elements->begin() + *at);
      Type element = cast<SequenceType>(sequence.getType()).getElementType();
      return makeSequence(b, *elements, element);
    }
  }
  Value tensor = stack(b, sequence), at = fromStart(b, tensor, index);
  return at ? splice(b, tensor, at, b.add(at, 1.0), Value()) : at;
}

//===----------------------------------------------------------------------===//
// Optionals
//===----------------------------------------------------------------------===//

Value makeOptional(GraphBuilder &b, Value value, Type element) {
  if (value)
    element = value.getType();
  Type type = OptionalType::get(b.getContext(), element);
  return makeCast(b, type, value ? ValueRange(value) : ValueRange())
      .getResult(0);
}

Value optionalElement(Value optional) {
  auto cast = castOf(optional);
  return cast && cast.getNumOperands() == 1 ? cast.getOperand(0) : Value();
}

//===----------------------------------------------------------------------===//
// Across regions
//===----------------------------------------------------------------------===//

Layout layoutOf(Value value) {
  Layout layout{Layout::Tensor, {}, value.getType()};
  auto cast = castOf(value);
  if (!cast)
    return layout;
  layout.kind = isa<OptionalType>(value.getType()) ? Layout::Optional
                : stackedTensor(value)             ? Layout::Stacked
                                                   : Layout::Sequence;
  for (Value part : cast.getOperands())
    layout.parts.push_back(layoutOf(part));
  return layout;
}

void flatten(Value value, llvm::SmallVectorImpl<Value> &tensors) {
  auto cast = castOf(value);
  if (!cast)
    return tensors.push_back(value);
  for (Value part : cast.getOperands())
    flatten(part, tensors);
}

Value assemble(GraphBuilder &b, const Layout &layout,
               llvm::ArrayRef<Value> &tensors) {
  if (layout.kind == Layout::Tensor) {
    Value value = tensors.front();
    tensors = tensors.drop_front();
    return value;
  }
  SmallVector<Value> parts;
  for (const Layout &part : layout.parts)
    parts.push_back(assemble(b, part, tensors));
  if (layout.kind == Layout::Stacked)
    return makeStacked(b, parts.front());
  if (layout.kind == Layout::Sequence)
    return makeSequence(b, parts,
                        cast<SequenceType>(layout.type).getElementType());
  return makeOptional(b, parts.empty() ? Value() : parts.front(),
                      cast<OptionalType>(layout.type).getElementType());
}

} // namespace systole::frontend
