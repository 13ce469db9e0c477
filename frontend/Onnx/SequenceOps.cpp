//===- SequenceOps.cpp - ONNX operators on sequences and optionals -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing of them is left in the graph (frontend/Common/Lists.h): a sequence is
// known by its elements.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Lists.h"
#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/Loops.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::SequenceType;

namespace systole::onnx {

/// Parts of a split beyond this many are not made one by one.
static constexpr int64_t kMostParts = 4096;

/// Input `i`, which must be a sequence.
static Value sequenceInput(Node &n, unsigned i) {
  Value value = n.in(i);
  if (value && !isa<SequenceType>(value.getType()))
    return n.error("input " + llvm::Twine(i) + " is " +
                   describeKind(value.getType()) + ", not a sequence");
  return value;
}

static void importSequenceEmpty(Node &n) {
  int64_t number = n.integer("dtype", 1);
  Type element = elementTypeOf(n.getContext(), static_cast<int32_t>(number));
  if (!element)
    return (void)n.error("its dtype " + dataTypeName(number) +
                         " is not supported");
  n.set(0, makeSequence(n, {}, UnrankedTensorType::get(element)));
}

static void importSequenceConstruct(Node &n) {
  SmallVector<Value> elements;
  for (unsigned i = 0; i < n.numInputs(); ++i)
    elements.push_back(n.in(i));
  if (elements.empty())
    return (void)n.error("it has no inputs");
  n.set(0, makeSequence(n, elements));
}

static void importSequenceInsert(Node &n) {
  Value position = n.optional(2);
  n.set(0, sequenceInsert(n, sequenceInput(n, 0), n.in(1), position));
}

static void importSequenceErase(Node &n) {
  Value position = n.optional(1);
  n.set(0, sequenceErase(n, sequenceInput(n, 0), position));
}

static void importSequenceAt(Node &n) {
  n.set(0, sequenceAt(n, sequenceInput(n, 0), n.in(1)));
}

static void importSequenceLength(Node &n) {
  n.set(0, sequenceLength(n, sequenceInput(n, 0)));
}

//===----------------------------------------------------------------------===//
// Splitting and joining
//===----------------------------------------------------------------------===//

/// The sizes of the parts; nothing, with a message, if they do not fit.
static std::optional<SmallVector<int64_t>> partSizes(Node &n, Value split,
                                                     int64_t size) {
  if (!split)
    return SmallVector<int64_t>(size, 1);
  auto given = n.requireInts(split, "input 'split'");
  if (!given)
    return std::nullopt;
  int64_t sum = 0;
  for (int64_t part : *given)
    if (part < 0 || llvm::AddOverflow(sum, part, sum)) {
      n.error("a part has the impossible size " + llvm::Twine(part));
      return std::nullopt;
    }
  if (GraphBuilder::rankOf(split) != 0) {
    if (sum == size)
      return given;
    n.error("parts of " + llvm::Twine(sum) +
            " elements in all do not fill a dimension of " + llvm::Twine(size));
    return std::nullopt;
  }
  // One size for all; the last part may be smaller.
  int64_t each = given->front();
  SmallVector<int64_t> sizes;
  if (each > 0 && size / each <= kMostParts)
    for (int64_t start = 0; start < size; start += each)
      sizes.push_back(std::min(each, size - start));
  else
    n.error("it makes more than " + llvm::Twine(kMostParts) + " parts");
  return sizes;
}

/// Slices of size 1 of a dimension that is not known.
static Value splitStacked(Node &n, Value x, int64_t axis, int64_t rank,
                          bool keepsDim) {
  SmallVector<int64_t> order = {axis};
  for (int64_t d = 0; d < rank; ++d)
    if (d != axis)
      order.push_back(d);
  Value stacked = n.transpose(x, order);
  return makeStacked(n, keepsDim ? n.unsqueeze(stacked, {axis + 1}) : stacked);
}

static void importSplitToSequence(Node &n) {
  auto rank = n.rank(0);
  Value split = n.optional(1);
  if (!rank)
    return;
  auto axis = n.resolveAxis(n.integer("axis", 0), *rank);
  if (!axis)
    return;
  // Sizes that are given keep the dimension.
  bool keepsDim = split || n.integer("keepdims", 1) != 0;
  int64_t size = GraphBuilder::sizeOf(n.in(0), *axis);
  if (!split && (size < 0 || size > kMostParts))
    return n.set(0, splitStacked(n, n.in(0), *axis, *rank, keepsDim));
  if (size < 0)
    return (void)n.error("the size of the dimension that it splits is not "
                         "known; bind it (--shape)");
  auto sizes = partSizes(n, split, size);
  if (!sizes || n.failed())
    return;
  SmallVector<Value> parts;
  int64_t start = 0;
  for (int64_t part : *sizes) {
    Value slice = n.slice(n.in(0), *axis, start, start + part);
    parts.push_back(keepsDim ? slice : n.squeeze(slice, {*axis}));
    start += part;
  }
  n.set(0, makeSequence(n, parts, n.in(0).getType()));
}

/// A stacked sequence joined along `axis`: its dimension 0 moves there and, but
/// for a new axis, into it.
static Value concatStacked(Node &n, Value stacked, int64_t axis, int64_t rank,
                           bool isNew) {
  SmallVector<int64_t> order;
  for (int64_t d = 1; d <= rank; ++d)
    order.push_back(d);
  order.insert(order.begin() + axis, 0);
  Value moved = n.transpose(stacked, order);
  if (isNew || !moved)
    return moved;
  SmallVector<Extent> shape;
  for (int64_t d = 0; d <= rank; ++d)
    if (d != axis)
      shape.push_back(d == axis + 1
                          ? n.product(n.extent(moved, axis), n.extent(moved, d))
                          : n.extent(moved, d));
  return n.reshape(moved, shape);
}

static void importConcatFromSequence(Node &n) {
  Value sequence = sequenceInput(n, 0);
  bool isNew = n.integer("new_axis", 0) != 0;
  if (!sequence)
    return;
  auto elements = sequenceElements(sequence);
  if (elements && elements->empty())
    return (void)n.error("there is nothing to join in an empty sequence");
  Value first = elements ? elements->front() : stack(n, sequence);
  auto rank = n.requireRank(first, "an element");
  if (!rank)
    return;
  int64_t own = elements ? *rank : *rank - 1;
  auto axis = n.resolveAxis(n.integer("axis", 0), own + isNew);
  if (!axis)
    return;
  if (!elements)
    return n.set(0, concatStacked(n, first, *axis, own, isNew));
  if (isNew)
    for (Value &value : *elements)
      value = n.unsqueeze(value, {*axis});
  n.set(0, n.concat(*elements, *axis));
}

//===----------------------------------------------------------------------===//
// SequenceMap
//===----------------------------------------------------------------------===//

static void importSequenceMap(Node &n) {
  const GraphProto *body = subgraph(n, "body");
  Value first = sequenceInput(n, 0);
  if (!body || !first)
    return;
  auto elements = sequenceElements(first);
  if (!elements)
    return (void)n.error("the length of its sequence is known only when the "
                         "program runs");
  std::vector<SmallVector<Value>> results(n.numOutputs());
  for (size_t step = 0; step < elements->size(); ++step) {
    SmallVector<Value> arguments;
    for (unsigned i = 0; i < n.numInputs(); ++i) {
      auto others = sequenceElements(n.in(i));
      if (others && others->size() <= step)
        return (void)n.error("its sequences have different lengths");
      arguments.push_back(others ? (*others)[step] : n.in(i));
    }
    auto values = n.importer.importSubgraph(n, *body, arguments);
    if (!values)
      return;
    if (values->size() != results.size())
      return (void)n.error("its body has " + llvm::Twine(values->size()) +
                           " outputs instead of " +
                           llvm::Twine(results.size()));
    for (auto [list, value] : llvm::zip(results, *values))
      list.push_back(value);
  }
  for (auto [i, list] : llvm::enumerate(results)) {
    Type element;
    if (i < static_cast<size_t>(body->output_size()))
      element = elementTypeOf(n.getContext(),
                              body->output(i).type().tensor_type().elem_type());
    if (list.empty() && !element)
      return (void)n.error("the type of an empty sequence is not declared");
    n.set(i, makeSequence(n, list,
                          element ? UnrankedTensorType::get(element) : Type()));
  }
}

//===----------------------------------------------------------------------===//
// Optionals
//===----------------------------------------------------------------------===//

/// The type that attribute 'type' of an empty optional describes.
static Type describedType(Node &n, const TypeProto &proto) {
  if (proto.has_sequence_type()) {
    Type element = describedType(n, proto.sequence_type().elem_type());
    return element ? SequenceType::get(n.getContext(), element) : Type();
  }
  Type element = elementTypeOf(n.getContext(), proto.tensor_type().elem_type());
  return element ? UnrankedTensorType::get(element) : Type();
}

static void importOptional(Node &n) {
  if (Value value = n.optional(0))
    return n.set(0, makeOptional(n, value, {}));
  const AttributeProto *type = n.attribute("type");
  Type element = type ? describedType(n, type->tp()) : Type();
  if (!element)
    return (void)n.error("an empty optional needs a 'type'");
  n.set(0, makeOptional(n, {}, element));
}

/// A tensor or a sequence counts as an optional that holds it.
static Value held(Value value) {
  return value && isa<graph::OptionalType>(value.getType())
             ? optionalElement(value)
             : value;
}

static void importOptionalHasElement(Node &n) {
  bool has = static_cast<bool>(held(n.optional(0)));
  n.set(0, n.scalar(n.getBuilder().getI1Type(), has));
}

static void importOptionalGetElement(Node &n) {
  Value value = n.in(0), element = held(value);
  if (value && !element)
    return (void)n.error("the optional is empty");
  n.set(0, element);
}

llvm::ArrayRef<Operator> sequenceOperators() {
  static constexpr Operator rows[] = {
      {"ConcatFromSequence", 11, 28, importConcatFromSequence, "", true},
      {"Optional", 15, 28, importOptional, "", true},
      {"OptionalGetElement", 15, 28, importOptionalGetElement, "", true},
      {"OptionalHasElement", 15, 28, importOptionalHasElement, "", true},
      {"SequenceAt", 11, 28, importSequenceAt, "", true},
      {"SequenceConstruct", 11, 28, importSequenceConstruct},
      {"SequenceEmpty", 11, 28, importSequenceEmpty},
      {"SequenceErase", 11, 28, importSequenceErase, "", true},
      {"SequenceInsert", 11, 28, importSequenceInsert, "", true},
      {"SequenceLength", 11, 28, importSequenceLength, "", true},
      {"SequenceMap", 17, 28, importSequenceMap, "", true},
      {"SplitToSequence", 11, 28, importSplitToSequence},
  };
  return rows;
}

} // namespace systole::onnx
