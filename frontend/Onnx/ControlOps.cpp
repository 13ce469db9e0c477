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

#include "frontend/Common/Lists.h"
#include "frontend/Common/ModuleFrame.h"
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

static std::vector<Layout> layoutsOf(llvm::ArrayRef<Value> values) {
  std::vector<Layout> layouts;
  for (Value value : values)
    layouts.push_back(layoutOf(value));
  return layouts;
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
  std::vector<Layout> layouts;
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
    std::vector<Layout> own = layoutsOf(*values);
    if (graph == thenGraph)
      layouts = own;
    else if (own != layouts)
      return (void)n.error("which branch is taken decides how many elements a "
                           "sequence or an optional has; its condition must be "
                           "known before the program runs");
    SmallVector<Value> tensors;
    for (Value value : *values)
      flatten(value, tensors);
    for (auto [i, value] : llvm::enumerate(tensors)) {
      if (graph == thenGraph)
        types.push_back(value.getType());
      else if (!(types[i] = joinTypes(types[i], value.getType())))
        return (void)n.error("its branches give different element types");
    }
    yieldValues(n, tensors);
  }
  if (!good)
    return;
  state.addTypes(types);
  Operation *op = n.getBuilder().create(state);
  SmallVector<Value> results(op->getResults());
  llvm::ArrayRef<Value> rest = results;
  for (auto [i, layout] : llvm::enumerate(layouts))
    n.set(i, assemble(n, layout, rest));
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
  auto before = n.importer.records.checkpoint();
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
  n.importer.records.rollBack(before);
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
    auto before = n.importer.records.checkpoint();
    Outcome outcome = attempt();
    if (outcome != Outcome::Widened)
      return outcome == Outcome::Done;
    n.importer.records.rollBack(before);
  }
  n.error("the shapes of its carried values do not settle");
  return false;
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

namespace {
/// A Loop's parts. What it carries may be sequences and optionals: as long as a
/// step keeps their lengths, the loop carries their elements; otherwise there
/// is a copy of the body for each step.
struct LoopNode {
  Node &n;
  const GraphProto &body;
  /// First values of what is carried.
  SmallVector<Value> inits;

  size_t numScans() const { return n.numOutputs() - inits.size(); }
  Value limit();
  Value condition();
  /// What the carried values are after one step; nothing if it fails.
  std::optional<std::vector<Layout>> layoutsAfterStep();
  void importWhole();
  void importUnrolled();
};
} // namespace

/// Most steps of a loop that are imported one by one.
static constexpr int64_t kMostUnrolled = 1024;

/// Trip limit, or null for none.
Value LoopNode::limit() { return n.has(0) ? asScalar(n, n.in(0)) : Value(); }

Value LoopNode::condition() {
  return n.has(1) ? asScalar(n, n.in(1))
                  : n.scalar(n.getBuilder().getI1Type(), 1);
}

std::optional<std::vector<Layout>> LoopNode::layoutsAfterStep() {
  auto before = n.importer.records.checkpoint();
  Region scratch;
  Block *block = new Block;
  scratch.push_back(block);
  OpBuilder::InsertionGuard guard(n.getBuilder());
  n.getBuilder().setInsertionPointToEnd(block);
  Type i64 = n.getBuilder().getI64Type(), i1 = n.getBuilder().getI1Type();
  SmallVector<Value> arguments;
  for (Type type : {i64, i1})
    arguments.push_back(
        block->addArgument(RankedTensorType::get({}, type), n.getLocation()));
  arguments.append(inits);
  auto values = n.importer.importSubgraph(n, body, arguments);
  bool fits = values && values->size() == 1 + inits.size() + numScans();
  std::vector<Layout> layouts;
  if (fits)
    layouts = layoutsOf(
        llvm::ArrayRef<Value>(*values).drop_front().take_front(inits.size()));
  n.importer.records.rollBack(before);
  n.setPoisoned(false);
  return fits ? std::optional(layouts) : std::nullopt;
}

void LoopNode::importWhole() {
  std::vector<Layout> layouts = layoutsOf(inits);
  SmallVector<Value> tensors;
  for (Value init : inits)
    flatten(init, tensors);
  LoopImport loop{n, {}, {}, tensors.size(), numScans(), {}, {}, {}};
  loop.step = [&](Block &block) -> StepResults {
    SmallVector<Value> given(block.getArguments().take_front(2));
    SmallVector<Value> carried(
        block.getArguments().drop_front(2).take_front(tensors.size()));
    llvm::ArrayRef<Value> rest = carried;
    for (const Layout &layout : layouts)
      given.push_back(assemble(n, layout, rest));
    auto values = n.importer.importSubgraph(n, body, given);
    if (!values)
      return std::nullopt;
    SmallVector<Value> results;
    for (Value value : *values)
      flatten(value, results);
    return results;
  };
  loop.limit = limit();
  loop.inits = {n.scalar(n.getBuilder().getI64Type(), 0), condition()};
  loop.inits.append(tensors);
  if ((n.has(0) && !loop.limit) || !loop.run())
    return;
  llvm::ArrayRef<Value> rest = loop.results;
  for (auto [i, layout] : llvm::enumerate(layouts))
    n.set(i, assemble(n, layout, rest));
  for (auto [i, value] : llvm::enumerate(rest))
    n.set(inits.size() + i, value);
}

void LoopNode::importUnrolled() {
  Value known = limit();
  auto count = known ? graph::constantInts(known) : std::nullopt;
  Value goOn = condition();
  SmallVector<Value> carried = inits;
  std::vector<SmallVector<Value>> scans(numScans());
  for (int64_t step = 0;; ++step) {
    if (count && step >= count->front())
      break;
    auto decided = knownCondition(goOn);
    if (n.failed() || !decided || (!count && n.has(0)) || step >= kMostUnrolled)
      return (void)n.error(
          "each step changes the length of a sequence that it carries, so the "
          "number of steps (" +
          llvm::Twine(kMostUnrolled) +
          " at most) must be known before the program runs");
    if (!*decided)
      break;
    SmallVector<Value> arguments = {
        n.scalar(n.getBuilder().getI64Type(), static_cast<double>(step)), goOn};
    arguments.append(carried);
    auto values = n.importer.importSubgraph(n, body, arguments);
    if (!values)
      return;
    if (values->size() != 1 + carried.size() + scans.size())
      return (void)n.error("its body has " + llvm::Twine(values->size()) +
                           " outputs instead of " +
                           llvm::Twine(1 + carried.size() + scans.size()));
    goOn = asScalar(n, values->front());
    llvm::copy(
        llvm::ArrayRef<Value>(*values).drop_front().take_front(carried.size()),
        carried.begin());
    for (auto [list, value] : llvm::zip(
             scans, llvm::ArrayRef<Value>(*values).take_back(scans.size())))
      list.push_back(n.unsqueeze(value, {0}));
  }
  for (auto [i, value] : llvm::enumerate(carried))
    n.set(i, value);
  for (auto [i, list] : llvm::enumerate(scans))
    n.set(carried.size() + i,
          list.empty() ? n.error("a scan output of no steps has no shape")
                       : n.concat(list, 0));
}

static void importLoop(Node &n) {
  const GraphProto *body = subgraph(n, "body");
  if (!body)
    return;
  LoopNode loop{n, *body, {}};
  for (unsigned i = 2; i < n.numInputs(); ++i)
    loop.inits.push_back(n.in(i));
  if (n.numOutputs() < loop.inits.size())
    return (void)n.error("it has fewer outputs than carried values");
  if (llvm::is_contained(loop.inits, Value()))
    return;
  bool hasLists = llvm::any_of(
      loop.inits, [](Value value) { return isList(value.getType()); });
  if (!hasLists || loop.layoutsAfterStep() == layoutsOf(loop.inits))
    loop.importWhole();
  else
    loop.importUnrolled();
}

llvm::ArrayRef<Operator> controlOperators() {
  static constexpr Operator rows[] = {
      {"If", 1, 28, importIf},
      {"Loop", 1, 28, importLoop, "", true},
  };
  return rows;
}

} // namespace systole::onnx
