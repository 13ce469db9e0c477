//===- GraphBuilderControl.cpp - Loops, and where unknown sizes come from -===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The parts of GraphBuilder that see regions: building graph.while, and tracing
// a value back to the unknown dimensions of the model's inputs.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "frontend/Common/GraphBuilder.h"
#include "frontend/Common/Problems.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace systole::frontend {

std::vector<Value> GraphBuilder::makeWhile(
    Values inits, TypeRange types,
    llvm::function_ref<Value(GraphBuilder &, Values)> condition,
    llvm::function_ref<std::vector<Value>(GraphBuilder &, Values)> body) {
  std::vector<Value> nothing(types.size());
  if (llvm::is_contained(inits, Value()))
    return nothing;
  OperationState state(location, graph::WhileOp::getOperationName());
  state.addOperands(inits);
  state.addTypes(types);
  SmallVector<Location> locations(types.size(), location);
  bool good = true;
  for (bool isBody : {false, true}) {
    Region *region = state.addRegion();
    Block *block = new Block;
    region->push_back(block);
    block->addArguments(types, locations);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(block);
    GraphBuilder inner(builder, location);
    SmallVector<Value> arguments(block->getArguments());
    std::vector<Value> yielded;
    if (isBody)
      yielded = body(inner, arguments);
    else
      yielded.push_back(condition(inner, arguments));
    adoptErrors(inner);
    if (llvm::is_contained(yielded, Value())) {
      good = false;
      break;
    }
    OperationState yield(location, graph::YieldOp::getOperationName());
    yield.addOperands(yielded);
    builder.create(yield);
  }
  // The regions are freed with the state.
  if (!good)
    return nothing;
  Operation *op = builder.create(state);
  return std::vector<Value>(op->result_begin(), op->result_end());
}

/// The entry arguments with unknown dimensions that `value` is computed from.
static llvm::SetVector<BlockArgument> dynamicArguments(Value value) {
  llvm::SetVector<BlockArgument> arguments;
  llvm::SetVector<Value> seen;
  SmallVector<Value> work = {value};
  while (!work.empty()) {
    Value next = work.pop_back_val();
    if (!next || !seen.insert(next))
      continue;
    if (auto argument = dyn_cast<BlockArgument>(next)) {
      Operation *parent = argument.getOwner()->getParentOp();
      auto type = dyn_cast<ShapedType>(argument.getType());
      if (isa_and_nonnull<func::FuncOp>(parent) && type &&
          (!type.hasRank() || !type.hasStaticShape()))
        arguments.insert(argument);
      continue;
    }
    Operation *op = next.getDefiningOp();
    llvm::append_range(work, op->getOperands());
    for (Region &region : op->getRegions())
      region.walk([&](Operation *inner) {
        llvm::append_range(work, inner->getOperands());
      });
  }
  return arguments;
}

/// Name of an entry argument in the model.
static std::string argumentName(BlockArgument argument) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                    graph::kNameAttr);
  return name ? printable(name.getValue())
              : std::to_string(argument.getArgNumber());
}

/// Name of dimension `d` of an entry argument, "" where it has none.
static std::string dimensionName(BlockArgument argument, int64_t d) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto names = function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(),
                                                    graph::kDimNamesAttr);
  if (!names || d >= static_cast<int64_t>(names.size()))
    return "";
  auto name = dyn_cast<StringAttr>(names[d]);
  return name ? printable(name.getValue()) : "";
}

std::string describeDynamicSource(Value value) {
  std::string text;
  for (BlockArgument argument : dynamicArguments(value)) {
    auto type = cast<ShapedType>(argument.getType());
    std::string dims;
    for (int64_t d = 0; type.hasRank() && d < type.getRank(); ++d) {
      if (!type.isDynamicDim(d))
        continue;
      std::string name = dimensionName(argument, d);
      dims += (dims.empty() ? "" : ", ") +
              (name.empty() ? std::to_string(d) : "'" + name + "'");
    }
    text += (text.empty() ? "" : " and ") +
            (dims.empty() ? std::string() : "dimension " + dims + " of ") +
            "input '" + argumentName(argument) + "'";
  }
  return text;
}

std::string suggestBinding(Value value) {
  std::string text;
  for (BlockArgument argument : dynamicArguments(value)) {
    auto type = cast<ShapedType>(argument.getType());
    std::string dims;
    for (int64_t d = 0; type.hasRank() && d < type.getRank(); ++d) {
      std::string name = dimensionName(argument, d);
      dims += (d ? "x" : "") + (type.isDynamicDim(d)
                                    ? "<" + (name.empty() ? "N" : name) + ">"
                                    : std::to_string(type.getDimSize(d)));
    }
    text += (text.empty() ? "" : " ") + ("--shape " + argumentName(argument)) +
            "=" + (dims.empty() ? "<dims>" : dims);
  }
  if (!text.empty())
    text += " (with numbers in place of <...>)";
  return text;
}

} // namespace systole::frontend
