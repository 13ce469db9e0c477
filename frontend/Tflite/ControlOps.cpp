//===- ControlOps.cpp - TFLite IF and WHILE -------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Subgraphs become regions. A condition that is known while importing takes its
// branch in line; the other is not looked at.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/ModuleFrame.h"
#include "frontend/Tflite/Importer.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

using Values = SmallVector<Value>;

/// A condition, which may have any shape of one element, as a scalar.
static Value asCondition(Node &n, Value value) {
  if (value && !GraphBuilder::elementType(value).isInteger(1))
    return n.error("its condition is not a boolean");
  return n.reshape(value, llvm::ArrayRef<Extent>());
}

//===----------------------------------------------------------------------===//
// IF
//===----------------------------------------------------------------------===//

static void setAll(Node &n, ValueRange values) {
  if (values.size() != n.numOutputs())
    return (void)n.error("its subgraph has " + llvm::Twine(values.size()) +
                         " outputs instead of " + llvm::Twine(n.numOutputs()));
  for (auto [i, value] : llvm::enumerate(values))
    n.set(i, value);
}

static void importIf(Node &n) {
  const auto *o = n.options<fb::IfOptions>();
  Value condition = asCondition(n, n.in(0));
  if (!o || !condition)
    return;
  llvm::ArrayRef<Value> arguments = n.all().drop_front();
  const int64_t graphs[] = {o->then_subgraph_index(), o->else_subgraph_index()};
  const StringRef roles[] = {"then", "else"};
  if (auto known =
          graph::constantInts(n.cast(condition, n.getBuilder().getI64Type()))) {
    int taken = known->front() ? 0 : 1;
    auto values =
        n.importer.importSubgraph(n, graphs[taken], arguments, roles[taken]);
    if (values)
      setAll(n, *values);
    return;
  }
  OperationState state(n.getLocation(), graph::IfOp::getOperationName());
  state.addOperands(condition);
  SmallVector<Type> types;
  bool good = true;
  for (int branch : {0, 1}) {
    Block *block = new Block;
    state.addRegion()->push_back(block);
    OpBuilder::InsertionGuard guard(n.getBuilder());
    n.getBuilder().setInsertionPointToEnd(block);
    auto values =
        n.importer.importSubgraph(n, graphs[branch], arguments, roles[branch]);
    // The other branch is imported still: its problems are listed, too.
    good &= values.has_value();
    if (!good)
      continue;
    if (branch == 1 && values->size() != types.size())
      return (void)n.error("its branches give different numbers of tensors");
    for (auto [i, value] : llvm::enumerate(*values)) {
      if (branch == 0)
        types.push_back(value.getType());
      else if (!(types[i] = joinTypes(types[i], value.getType())))
        return (void)n.error("its branches give different element types");
    }
    yieldValues(n, *values);
  }
  if (!good)
    return;
  state.addTypes(types);
  setAll(n, n.getBuilder().create(state)->getResults());
}

//===----------------------------------------------------------------------===//
// WHILE
//===----------------------------------------------------------------------===//

namespace {
enum class Outcome { Built, Failed, Widened };
} // namespace

/// Builds the loop for carried values of `types`. Where a step gives less
/// precise types, those are put into `types`, and nothing is built.
static Outcome buildLoop(Node &n, const fb::WhileOptions &o,
                         SmallVectorImpl<Type> &types) {
  OperationState state(n.getLocation(), graph::WhileOp::getOperationName());
  state.addOperands(n.all());
  SmallVector<Location> locations(types.size(), n.getLocation());
  bool good = true, widened = false;
  for (bool isBody : {false, true}) {
    Block *block = new Block;
    state.addRegion()->push_back(block);
    block->addArguments(types, locations);
    OpBuilder::InsertionGuard guard(n.getBuilder());
    n.getBuilder().setInsertionPointToEnd(block);
    Values arguments(block->getArguments());
    auto values = n.importer.importSubgraph(
        n, isBody ? o.body_subgraph_index() : o.cond_subgraph_index(),
        arguments, isBody ? "body" : "cond");
    good &= values && values->size() == (isBody ? types.size() : 1);
    if (!good)
      continue;
    if (!isBody)
      values->front() = asCondition(n, values->front());
    if (llvm::is_contained(*values, Value()))
      return Outcome::Failed;
    for (auto [type, value] : llvm::zip(types, *values)) {
      Type joined = isBody ? joinTypes(type, value.getType()) : type;
      good &= static_cast<bool>(joined);
      widened |= joined && joined != type;
      type = joined ? joined : type;
    }
    yieldValues(n, *values);
  }
  if (!good)
    return Outcome::Failed;
  if (widened)
    return Outcome::Widened;
  state.addTypes(types);
  setAll(n, n.getBuilder().create(state)->getResults());
  return Outcome::Built;
}

static void importWhile(Node &n) {
  const auto *o = n.options<fb::WhileOptions>();
  if (!o || llvm::is_contained(n.all(), Value()))
    return (void)n.error("an input is missing");
  SmallVector<Type> types;
  for (Value value : n.all())
    types.push_back(value.getType());
  // A type can lose its sizes, then its rank.
  for (int attempt = 0; attempt < 4; ++attempt) {
    auto before = n.importer.records.checkpoint();
    Outcome outcome = buildLoop(n, *o, types);
    if (outcome == Outcome::Built)
      return;
    if (outcome == Outcome::Failed) {
      if (!n.isPoisoned() && !n.failed())
        n.error("its condition or body does not fit the carried tensors");
      return;
    }
    n.importer.records.rollBack(before);
  }
  n.error("the types of its carried tensors do not settle");
}

llvm::ArrayRef<Operator> controlOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_IF, importIf, Moves},
      {fb::BuiltinOperator_WHILE, importWhile, Moves},
  };
  return rows;
}

} // namespace systole::tflite
