//===- ControlOps.cpp - ONNX If and Loop ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A condition that is known while importing takes its branch in line: the other
// branch, which may not even fit the shapes, is not looked at.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Loops.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

const GraphProto *subgraph(Node &n, llvm::StringRef name) {
  const AttributeProto *attribute = n.attribute(name);
  if (attribute && attribute->has_g())
    return &attribute->g();
  n.error("attribute '" + name + "' is missing");
  return nullptr;
}

/// The most precise type that both fit; null if element types differ.
static Type joinTypes(Type a, Type b) {
  if (a == b)
    return a;
  auto left = dyn_cast<TensorType>(a), right = dyn_cast<TensorType>(b);
  if (!left || !right || left.getElementType() != right.getElementType())
    return {};
  if (!left.hasRank() || !right.hasRank() || left.getRank() != right.getRank())
    return UnrankedTensorType::get(left.getElementType());
  SmallVector<int64_t> shape;
  for (auto [l, r] : llvm::zip(left.getShape(), right.getShape()))
    shape.push_back(l == r ? l : ShapedType::kDynamic);
  return RankedTensorType::get(shape, left.getElementType());
}

/// Ends a region with `values`.
static void yieldValues(Node &n, ValueRange values) {
  OperationState state(n.getLocation(), graph::YieldOp::getOperationName());
  state.addOperands(values);
  n.getBuilder().create(state);
}

/// The one element of a constant condition.
static std::optional<bool> knownCondition(Value condition) {
  ElementsAttr attribute = graph::constantAttribute(condition);
  if (!attribute || attribute.getNumElements() != 1)
    return std::nullopt;
  auto tensor = graph::tensorFromAttribute(attribute);
  if (failed(tensor))
    return std::nullopt;
  return tensor->getInt(0) != 0;
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// Sets the results of an If whose branch is known.
static void inlineBranch(Node &n, const GraphProto &branch) {
  auto values = n.importer.importSubgraph(n, branch, {});
  if (!values)
    return;
  if (values->size() != n.numOutputs())
    return (void)n.error("its branch has " + llvm::Twine(values->size()) +
                         " outputs instead of " + llvm::Twine(n.numOutputs()));
  for (auto [i, value] : llvm::enumerate(*values))
    n.set(i, value);
}

static void importIf(Node &n) {
  Value condition = n.in(0);
  const GraphProto *thenGraph = subgraph(n, "then_branch");
  const GraphProto *elseGraph = subgraph(n, "else_branch");
  if (!condition || !thenGraph || !elseGraph)
    return;
  if (!GraphBuilder::elementType(condition).isInteger(1))
    return (void)n.error("its condition is not a boolean");
  if (auto known = knownCondition(condition))
    return inlineBranch(n, *known ? *thenGraph : *elseGraph);
  OperationState state(n.getLocation(), graph::IfOp::getOperationName());
  state.addOperands(condition);
  SmallVector<Type> types;
  bool good = true;
  for (const GraphProto *graph : {thenGraph, elseGraph}) {
    Block *block = new Block;
    state.addRegion()->push_back(block);
    OpBuilder::InsertionGuard guard(n.getBuilder());
    n.getBuilder().setInsertionPointToEnd(block);
    auto values = n.importer.importSubgraph(n, *graph, {});
    // The other branch is imported still: its problems are listed too.
    good &= values && values->size() == n.numOutputs();
    if (values && values->size() != n.numOutputs())
      n.error("a branch has " + llvm::Twine(values->size()) +
              " outputs instead of " + llvm::Twine(n.numOutputs()));
    if (!good)
      continue;
    for (auto [i, value] : llvm::enumerate(*values)) {
      if (graph == thenGraph)
        types.push_back(value.getType());
      else if (!(types[i] = joinTypes(types[i], value.getType())))
        return (void)n.error("its branches give different element types");
    }
    yieldValues(n, *values);
  }
  if (!good)
    return;
  state.addTypes(types);
  Operation *op = n.getBuilder().create(state);
  for (auto [i, value] : llvm::enumerate(op->getResults()))
    n.set(i, value);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void LoopImport::buildCondition(Block &block) {
  OpBuilder::InsertionGuard guard(n.getBuilder());
  n.getBuilder().setInsertionPointToEnd(&block);
  Value goOn = block.getArgument(1);
  if (limit) {
    Value below = n.compare(ComparePredicate::lt, block.getArgument(0), limit);
    goOn = n.make<graph::AndOp>({goOn, below});
  }
  if (goOn)
    yieldValues(n, goOn);
}

/// `next`, one step's scan output, after those `soFar`. The first step has no
/// shape to go by where that is not known: then there is nothing to join.
static Value appendScan(Node &n, Value iteration, Value soFar, Value next) {
  if (!soFar || !next)
    return {};
  if (cast<RankedTensorType>(soFar.getType()).getNumDynamicDims() == 1)
    return n.concat({soFar, next}, 0);
  OperationState state(n.getLocation(), graph::IfOp::getOperationName());
  Value isFirst = n.compare(ComparePredicate::eq, iteration, 0.0);
  Type type;
  for (bool first : {true, false}) {
    Block *block = new Block;
    state.addRegion()->push_back(block);
    OpBuilder::InsertionGuard guard(n.getBuilder());
    n.getBuilder().setInsertionPointToEnd(block);
    Value value = first ? next : n.concat({soFar, next}, 0);
    if (!value)
      return {};
    type = value.getType();
    yieldValues(n, value);
  }
  if (!isFirst)
    return {};
  state.addOperands(isFirst);
  state.addTypes(joinTypes(type, next.getType()));
  return n.getBuilder().create(state)->getResult(0);
}

LoopImport::Outcome LoopImport::buildBody(Block &block, bool &widened) {
  OpBuilder::InsertionGuard guard(n.getBuilder());
  n.getBuilder().setInsertionPointToEnd(&block);
  StepResults values = step(block);
  if (!values)
    return Outcome::Failed;
  if (values->size() != 1 + numValues + numScans) {
    n.error("its body has " + llvm::Twine(values->size()) +
            " outputs instead of " + llvm::Twine(1 + numValues + numScans));
    return Outcome::Failed;
  }
  SmallVector<Value> next = {
      n.add(block.getArgument(0), 1.0),
      n.reshape(values->front(), llvm::ArrayRef<Extent>())};
  for (size_t i = 0; i < numValues; ++i)
    next.push_back((*values)[1 + i]);
  for (size_t i = 0; i < numScans; ++i)
    next.push_back(appendScan(n, block.getArgument(0),
                              block.getArgument(2 + numValues + i),
                              n.unsqueeze((*values)[1 + numValues + i], {0})));
  if (llvm::is_contained(next, Value()))
    return Outcome::Failed;
  for (auto [type, value] : llvm::zip(types, next)) {
    Type joined = joinTypes(type, value.getType());
    if (!joined) {
      n.error("a carried value changes its element type");
      return Outcome::Failed;
    }
    widened |= joined != type;
    type = joined;
  }
  yieldValues(n, next);
  return Outcome::Done;
}

LoopImport::Outcome LoopImport::attempt() {
  OperationState state(n.getLocation(), graph::WhileOp::getOperationName());
  state.addOperands(inits);
  state.addTypes(types);
  SmallVector<Location> locations(types.size(), n.getLocation());
  Block *condition = new Block, *step = new Block;
  state.addRegion()->push_back(condition);
  state.addRegion()->push_back(step);
  condition->addArguments(types, locations);
  step->addArguments(types, locations);
  buildCondition(*condition);
  bool widened = false;
  Outcome outcome = buildBody(*step, widened);
  if (outcome == Outcome::Failed || n.failed())
    return Outcome::Failed;
  if (widened)
    return Outcome::Widened;
  Operation *op = n.getBuilder().create(state);
  results.assign(op->result_begin() + 2, op->result_end());
  return Outcome::Done;
}

/// Shapes of one step's scan outputs, from an import of the body that is thrown
/// away; false with messages.
bool LoopImport::prepareScans() {
  if (numScans == 0)
    return true;
  auto before = n.importer.checkpoint();
  Region scratch;
  Block *block = new Block;
  scratch.push_back(block);
  SmallVector<Location> locations(types.size(), n.getLocation());
  block->addArguments(types, locations);
  SmallVector<Type> scanTypes;
  {
    OpBuilder::InsertionGuard guard(n.getBuilder());
    n.getBuilder().setInsertionPointToEnd(block);
    StepResults values = step(*block);
    if (!values || values->size() != 1 + numValues + numScans)
      return false;
    for (Value value : llvm::ArrayRef<Value>(*values).take_back(numScans))
      scanTypes.push_back(value ? value.getType() : Type());
  }
  n.importer.rollBack(before);
  for (Type type : scanTypes) {
    auto tensor = dyn_cast_if_present<RankedTensorType>(type);
    if (!tensor || graph::elementBytes(tensor.getElementType()) == 0) {
      n.error("the rank of a scan output is not known");
      return false;
    }
    SmallVector<int64_t> shape(tensor.getShape());
    shape.insert(shape.begin(), ShapedType::kDynamic);
    SmallVector<int64_t> none(shape);
    std::replace(none.begin(), none.end(), ShapedType::kDynamic, int64_t(0));
    inits.push_back(n.constant(graph::Tensor(tensor.getElementType(), none)));
    types.push_back(RankedTensorType::get(shape, tensor.getElementType()));
  }
  return true;
}

bool LoopImport::run() {
  if (llvm::is_contained(inits, Value()) || n.failed())
    return false;
  for (Value init : inits)
    types.push_back(init.getType());
  if (!prepareScans())
    return false;
  // Each attempt makes at least one type less precise; a type has as many steps
  // to lose as dimensions, and one more for the rank.
  for (int count = 0; count < 64; ++count) {
    auto before = n.importer.checkpoint();
    Outcome outcome = attempt();
    if (outcome != Outcome::Widened)
      return outcome == Outcome::Done;
    n.importer.rollBack(before);
  }
  n.error("the shapes of its carried values do not settle");
  return false;
}

static void importLoop(Node &n) {
  const GraphProto *body = subgraph(n, "body");
  if (!body)
    return;
  size_t numValues = n.numInputs() > 2 ? n.numInputs() - 2 : 0;
  if (n.numOutputs() < numValues)
    return (void)n.error("it has fewer outputs than carried values");
  LoopImport loop{n, {}, {}, numValues, n.numOutputs() - numValues, {}, {}, {}};
  loop.step = [&](Block &block) -> StepResults {
    SmallVector<Value> arguments(
        block.getArguments().take_front(2 + numValues));
    return n.importer.importSubgraph(n, *body, arguments);
  };
  if (n.has(0))
    loop.limit = asScalar(n, n.in(0));
  loop.inits = {n.scalar(n.getBuilder().getI64Type(), 0),
                n.has(1) ? asScalar(n, n.in(1))
                         : n.scalar(n.getBuilder().getI1Type(), 1)};
  for (size_t i = 0; i < numValues; ++i)
    loop.inits.push_back(n.in(2 + i));
  if (n.has(0) && !loop.limit)
    return;
  if (!loop.run())
    return;
  for (auto [i, value] : llvm::enumerate(loop.results))
    n.set(i, value);
}

llvm::ArrayRef<Operator> controlOperators() {
  static constexpr Operator rows[] = {
      {"If", 1, 28, importIf},
      {"Loop", 1, 28, importLoop},
  };
  return rows;
}

} // namespace systole::onnx
