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

#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

/// The graph of an attribute; a message if there is none.
static const GraphProto *subgraph(Node &n, llvm::StringRef name) {
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
// Loop
//===----------------------------------------------------------------------===//

namespace {
/// A Loop as a graph.while that carries (iteration, condition, values..., the
/// scan outputs so far).
struct LoopImport {
  Node &n;
  const GraphProto &body;
  /// Trip limit tensor<i64>, or null for none.
  Value limit;
  /// Number of carried values and scan outputs.
  size_t numValues, numScans;
  /// First values of all that is carried, and the types.
  SmallVector<Value> inits;
  SmallVector<Type> types;

  /// Imports the body with `types`; then whether they held. Widens them if not.
  enum class Outcome { Failed, Widened, Done };
  Outcome attempt();
  Outcome buildBody(Block &block, bool &widened);
  void buildCondition(Block &block);
};
} // namespace

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
  SmallVector<Value> arguments(block.getArguments().take_front(2 + numValues));
  auto values = n.importer.importSubgraph(n, body, arguments);
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
  for (size_t i = 0; i < numValues + numScans; ++i)
    n.set(i, op->getResult(2 + i));
  return Outcome::Done;
}

/// Shapes of one step's scan outputs, from an import of the body that is thrown
/// away; false with messages.
static bool prepareScans(Node &n, LoopImport &loop) {
  if (loop.numScans == 0)
    return true;
  auto before = n.importer.checkpoint();
  Region scratch;
  Block *block = new Block;
  scratch.push_back(block);
  SmallVector<Location> locations(loop.types.size(), n.getLocation());
  block->addArguments(loop.types, locations);
  SmallVector<Type> scanTypes;
  {
    OpBuilder::InsertionGuard guard(n.getBuilder());
    n.getBuilder().setInsertionPointToEnd(block);
    auto values = n.importer.importSubgraph(
        n, loop.body, SmallVector<Value>(block->getArguments()));
    if (!values || values->size() != 1 + loop.numValues + loop.numScans)
      return false;
    for (Value value : llvm::ArrayRef<Value>(*values).take_back(loop.numScans))
      scanTypes.push_back(value.getType());
  }
  n.importer.rollBack(before);
  for (Type type : scanTypes) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || graph::elementBytes(tensor.getElementType()) == 0) {
      n.error("the rank of a scan output is not known");
      return false;
    }
    SmallVector<int64_t> shape(tensor.getShape());
    shape.insert(shape.begin(), ShapedType::kDynamic);
    SmallVector<int64_t> none(shape);
    std::replace(none.begin(), none.end(), ShapedType::kDynamic, int64_t(0));
    loop.inits.push_back(
        n.constant(graph::Tensor(tensor.getElementType(), none)));
    loop.types.push_back(RankedTensorType::get(shape, tensor.getElementType()));
  }
  return true;
}

static void importLoop(Node &n) {
  const GraphProto *body = subgraph(n, "body");
  if (!body)
    return;
  size_t numValues = n.numInputs() > 2 ? n.numInputs() - 2 : 0;
  if (n.numOutputs() < numValues)
    return (void)n.error("it has fewer outputs than carried values");
  LoopImport loop{n, *body, {}, numValues, n.numOutputs() - numValues, {}, {}};
  auto scalar = [&](Value value) {
    return n.reshape(value, llvm::ArrayRef<Extent>());
  };
  if (n.has(0))
    loop.limit = scalar(n.in(0));
  loop.inits = {n.scalar(n.getBuilder().getI64Type(), 0),
                n.has(1) ? scalar(n.in(1))
                         : n.scalar(n.getBuilder().getI1Type(), 1)};
  for (size_t i = 0; i < numValues; ++i)
    loop.inits.push_back(n.in(2 + i));
  if (llvm::is_contained(loop.inits, Value()) || n.failed())
    return;
  for (Value init : loop.inits)
    loop.types.push_back(init.getType());
  if (!prepareScans(n, loop))
    return;
  // Each attempt makes at least one type less precise; a type has as many steps
  // to lose as dimensions, and one more for the rank.
  for (int attempt = 0; attempt < 64; ++attempt) {
    auto before = n.importer.checkpoint();
    LoopImport::Outcome outcome = loop.attempt();
    if (outcome != LoopImport::Outcome::Widened)
      return;
    n.importer.rollBack(before);
  }
  n.error("the shapes of its carried values do not settle");
}

llvm::ArrayRef<Operator> controlOperators() {
  static constexpr Operator rows[] = {
      {"If", 1, 28, importIf},
      {"Loop", 1, 28, importLoop},
  };
  return rows;
}

} // namespace systole::onnx
