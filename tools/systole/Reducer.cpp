//===- Reducer.cpp - The smallest graph that still fails ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Reducer.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Reducer.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Model.h"
#include <set>

using namespace llvm;
using namespace systole;
using namespace systole::driver;
using Module = Reducer::Module;

//===----------------------------------------------------------------------===//
// Graphs of chosen operations
//===----------------------------------------------------------------------===//

static bool isConstant(mlir::Operation *op) {
  return op->hasTrait<mlir::OpTrait::ConstantLike>();
}

/// The operations of the entry that a candidate may lack.
static SmallVector<mlir::Operation *> candidates(mlir::Block &block) {
  SmallVector<mlir::Operation *> result;
  for (mlir::Operation &op : block.without_terminator())
    if (!isConstant(&op))
      result.push_back(&op);
  return result;
}

/// True for values that a candidate can be given, or give, where it could not
/// before.
static bool fitsFile(mlir::Type type) {
  auto tensor = dyn_cast<mlir::RankedTensorType>(type);
  return tensor &&
         runtimeType(tensor.getElementType()) != SYSTOLE_DTYPE_INVALID;
}

namespace {
/// Builds the graph of some operations of one block.
class Extraction {
public:
  Extraction(mlir::ModuleOp source, ArrayRef<mlir::Operation *> ops);
  /// The graph; null where it would need what files do not hold.
  Module take() { return possible ? std::move(module) : Module(); }

private:
  /// Makes what `value` stands for: a constant, or an input.
  void provide(mlir::Value value);
  /// Values from outside `op` that it or its regions read.
  static SetVector<mlir::Value> operandsOf(mlir::Operation *op);
  void finish(ArrayRef<mlir::Operation *> ops);
  /// Functions that are called go along.
  void copyFunctions(mlir::ModuleOp source);
  /// The name's attribute; `known` where the model has one.
  mlir::DictionaryAttr name(mlir::Attribute known, const Twine &text) {
    auto given = dyn_cast_if_present<mlir::StringAttr>(known);
    mlir::StringAttr name = given ? given : builder.getStringAttr(text);
    // No two may be alike: a made-up name could be one of the model's.
    while (!names.insert(name).second)
      name = builder.getStringAttr(name.getValue() + "_1");
    return builder.getDictionaryAttr(
        builder.getNamedAttr(graph::kNameAttr, name));
  }

  mlir::OpBuilder builder;
  Module module;
  mlir::func::FuncOp entry, function;
  mlir::Block *body;
  mlir::IRMapping mapping;
  SmallVector<mlir::Attribute> argumentNames;
  DenseSet<mlir::Attribute> names;
  bool possible = true;
};
} // namespace

SetVector<mlir::Value> Extraction::operandsOf(mlir::Operation *op) {
  SetVector<mlir::Value> result;
  op->walk([&](mlir::Operation *inner) {
    for (mlir::Value operand : inner->getOperands())
      if (!op->isAncestor(operand.getParentRegion()->getParentOp()))
        result.insert(operand);
  });
  return result;
}

void Extraction::provide(mlir::Value value) {
  if (mapping.contains(value))
    return;
  mlir::Operation *producer = value.getDefiningOp();
  if (producer && isConstant(producer)) {
    builder.clone(*producer, mapping);
    return;
  }
  auto argument = dyn_cast<mlir::BlockArgument>(value);
  bool isInput = argument && argument.getOwner() == &entry.getBody().front();
  possible &= isInput || fitsFile(value.getType());
  argumentNames.push_back(
      name(isInput ? entry.getArgAttr(argument.getArgNumber(), graph::kNameAttr)
                   : mlir::Attribute(),
           "in" + Twine(body->getNumArguments())));
  mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
}

void Extraction::finish(ArrayRef<mlir::Operation *> ops) {
  SmallVector<mlir::Value> results;
  SmallVector<mlir::Attribute> resultNames;
  mlir::Operation *returned = entry.getBody().front().getTerminator();
  names.clear();
  for (mlir::Operation *op : ops)
    for (mlir::Value result : op->getResults()) {
      mlir::Value made = mapping.lookup(result);
      std::optional<unsigned> position;
      for (mlir::OpOperand &use : result.getUses())
        if (use.getOwner() == returned)
          position = use.getOperandNumber();
      if (!made.use_empty() && !position)
        continue;
      possible &= position || fitsFile(result.getType());
      resultNames.push_back(
          name(position ? entry.getResultAttr(*position, graph::kNameAttr)
                        : mlir::Attribute(),
               "out" + Twine(results.size())));
      results.push_back(made);
    }
  mlir::func::ReturnOp::create(builder, function.getLoc(), results);
  function.setType(builder.getFunctionType(
      body->getArgumentTypes(), mlir::ValueRange(results).getTypes()));
  function.setArgAttrsAttr(builder.getArrayAttr(argumentNames));
  function.setResAttrsAttr(builder.getArrayAttr(resultNames));
}

void Extraction::copyFunctions(mlir::ModuleOp source) {
  // What was inlined calls nothing; recursion and the like stays.
  bool calls = function
                   .walk([](mlir::CallOpInterface) {
                     return mlir::WalkResult::interrupt();
                   })
                   .wasInterrupted();
  builder.setInsertionPointToEnd(module->getBody());
  for (auto other : source.getOps<mlir::func::FuncOp>())
    if (calls && other != entry)
      builder.clone(*other);
}

Extraction::Extraction(mlir::ModuleOp source, ArrayRef<mlir::Operation *> ops)
    : builder(source.getContext()), entry(reducedEntry(source)) {
  module = mlir::ModuleOp::create(source.getLoc());
  builder.setInsertionPointToEnd(module->getBody());
  function =
      mlir::func::FuncOp::create(builder, source.getLoc(), entry.getName(),
                                 builder.getFunctionType({}, {}));
  function->setAttr(graph::kEntryAttr, builder.getUnitAttr());
  body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  for (mlir::Operation *op : ops) {
    for (mlir::Value operand : operandsOf(op))
      provide(operand);
    builder.clone(*op, mapping);
  }
  finish(ops);
  copyFunctions(source);
}

mlir::func::FuncOp systole::driver::reducedEntry(mlir::ModuleOp module) {
  if (mlir::func::FuncOp entry = entryFunction(module))
    return entry;
  auto functions = module.getOps<mlir::func::FuncOp>();
  return functions.empty() ? mlir::func::FuncOp() : *functions.begin();
}

//===----------------------------------------------------------------------===//
// Trying
//===----------------------------------------------------------------------===//

bool Reducer::accept(Module candidate) {
  if (!candidate)
    return false;
  // What is wrong with an invalid candidate interests nobody.
  mlir::ScopedDiagnosticHandler quiet(
      candidate->getContext(),
      [](mlir::Diagnostic &) { return mlir::success(); });
  if (failed(mlir::verify(*candidate)))
    return false;
  ++numTried;
  if (!test(*candidate))
    return false;
  current = std::move(candidate);
  return true;
}

/// Those of `ops` that are not in [begin, end).
static SmallVector<mlir::Operation *> without(ArrayRef<mlir::Operation *> ops,
                                              size_t begin, size_t end) {
  SmallVector<mlir::Operation *> rest(ops.take_front(begin));
  append_range(rest, ops.drop_front(end));
  return rest;
}

bool Reducer::dropOperations() {
  bool smaller = false;
  for (size_t parts = 2;;) {
    SmallVector<mlir::Operation *> ops =
        candidates(reducedEntry(*current).getBody().front());
    if (ops.size() < 2)
      return smaller;
    parts = std::min(parts, ops.size());
    bool found = false;
    // Each part alone first, then all but one part.
    for (size_t i = 0; i < 2 * parts && !found; ++i) {
      size_t part = i % parts, begin = ops.size() * part / parts,
             end = ops.size() * (part + 1) / parts;
      SmallVector<mlir::Operation *> kept =
          i < parts ? SmallVector<mlir::Operation *>(
                          ArrayRef(ops).slice(begin, end - begin))
                    : without(ops, begin, end);
      if (kept.size() < ops.size() &&
          accept(Extraction(*current, kept).take())) {
        found = smaller = true;
        parts = i < parts ? 2 : std::max<size_t>(parts - 1, 2);
      }
    }
    if (!found && parts == ops.size())
      return smaller;
    if (!found)
      parts *= 2;
  }
}

bool Reducer::enterRegions() {
  SmallVector<mlir::Block *> blocks;
  for (mlir::Operation &op : reducedEntry(*current).getBody().front())
    for (mlir::Region &region : op.getRegions())
      for (mlir::Block &block : region)
        blocks.push_back(&block);
  for (mlir::Block *block : blocks) {
    SmallVector<mlir::Operation *> ops = candidates(*block);
    if (!ops.empty() && accept(Extraction(*current, ops).take()))
      return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Values and sizes
//===----------------------------------------------------------------------===//

/// A constant of this type, of the number 1 everywhere; null where it can have
/// none.
static mlir::DenseElementsAttr ones(mlir::Type tensorType) {
  auto type = dyn_cast<mlir::RankedTensorType>(tensorType);
  if (!type || !type.hasStaticShape())
    return {};
  mlir::Builder builder(type.getContext());
  mlir::Type element = type.getElementType();
  if (isa<mlir::FloatType>(element))
    return mlir::DenseElementsAttr::get(type,
                                        builder.getFloatAttr(element, 1.0));
  if (isa<mlir::IntegerType>(element))
    return mlir::DenseElementsAttr::get(type,
                                        builder.getIntegerAttr(element, 1));
  return {};
}

/// The constants of `module` that may be weights: floats that are not all one
/// number.
static SmallVector<graph::ConstantOp> weightsOf(mlir::ModuleOp module) {
  SmallVector<graph::ConstantOp> weights;
  module.walk([&](graph::ConstantOp op) {
    auto dense = dyn_cast<mlir::DenseElementsAttr>(op.getValue());
    if (isa<mlir::FloatType>(op.getValue().getElementType()) &&
        op.getValue().getNumElements() > 1 && !(dense && dense.isSplat()) &&
        ones(op.getType()))
      weights.push_back(op);
  });
  return weights;
}

bool Reducer::levelSome(size_t begin, size_t end) {
  Module candidate = current->clone();
  // From the last to the first: numbers before `begin` stay what they are.
  SmallVector<graph::ConstantOp> weights = weightsOf(*candidate);
  for (graph::ConstantOp op : ArrayRef(weights).slice(begin, end - begin))
    op.setValueAttr(ones(op.getType()));
  if (accept(std::move(candidate)))
    return true;
  if (end - begin == 1)
    return false;
  size_t middle = (begin + end) / 2;
  bool second = levelSome(middle, end);
  return levelSome(begin, middle) || second;
}

bool Reducer::levelWeights() {
  size_t count = weightsOf(*current).size();
  return count != 0 && levelSome(0, count);
}

bool Reducer::fixInputs() {
  bool smaller = false;
  for (unsigned i = 0; i < reducedEntry(*current).getNumArguments();) {
    Module candidate = current->clone();
    mlir::func::FuncOp entry = reducedEntry(*candidate);
    mlir::DenseElementsAttr value = ones(entry.getArgumentTypes()[i]);
    if (!value) {
      ++i;
      continue;
    }
    mlir::OpBuilder builder(&entry.getBody().front(),
                            entry.getBody().front().begin());
    mlir::Value argument = entry.getArgument(i);
    auto constant =
        graph::ConstantOp::create(builder, argument.getLoc(), value);
    argument.replaceAllUsesWith(constant);
    (void)entry.eraseArgument(i);
    if (accept(std::move(candidate)))
      smaller = true;
    else
      ++i;
  }
  return smaller;
}

/// The sizes of `type` with `from` replaced by `to`.
static mlir::RankedTensorType resized(mlir::RankedTensorType type, int64_t from,
                                      int64_t to) {
  SmallVector<int64_t> shape(type.getShape());
  llvm::replace(shape, from, to);
  return type.clone(shape);
}

/// The first elements of a constant along every dimension.
static graph::Tensor cropped(const graph::Tensor &tensor,
                             ArrayRef<int64_t> shape) {
  graph::Tensor result(tensor.getElementType(), shape);
  int64_t bytes = graph::elementBytes(tensor.getElementType());
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0; i < result.size(); ++i) {
    int64_t at = 0;
    for (size_t d = 0; d < shape.size(); ++d)
      at = at * tensor.dim(d) + index[d];
    std::memcpy(result.data() + i * bytes, tensor.data() + at * bytes, bytes);
    for (size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];)
      index[d] = 0;
  }
  return result;
}

/// Gives an operation without regions the types that follow from its operands.
static bool inferTypes(mlir::Operation *op) {
  auto infer = dyn_cast<mlir::InferTypeOpInterface>(op);
  SmallVector<mlir::Type> types;
  if (!infer || op->getNumRegions() > 0 ||
      failed(infer.inferReturnTypes(op->getContext(), op->getLoc(),
                                    op->getOperands(), op->getAttrDictionary(),
                                    op->getPropertiesStorage(), {}, types)))
    return false;
  for (auto [result, type] : zip_equal(op->getResults(), types))
    result.setType(type);
  return true;
}

/// `module` with every dimension of size `from` in inputs and constants cut to
/// `to`; null where the graph does not allow that.
static Module resizeAll(mlir::ModuleOp module, int64_t from, int64_t to) {
  Module result = module.clone();
  mlir::func::FuncOp entry = reducedEntry(*result);
  mlir::Block &body = entry.getBody().front();
  for (mlir::BlockArgument argument : body.getArguments())
    if (auto type = dyn_cast<mlir::RankedTensorType>(argument.getType()))
      argument.setType(resized(type, from, to));
  for (mlir::Operation &op : make_early_inc_range(body.without_terminator())) {
    if (!isConstant(&op)) {
      if (!inferTypes(&op))
        return {};
      continue;
    }
    auto type = dyn_cast<mlir::RankedTensorType>(op.getResult(0).getType());
    mlir::ElementsAttr value = graph::constantAttribute(op.getResult(0));
    if (!type || !value || !is_contained(type.getShape(), from))
      continue;
    auto tensor = graph::tensorFromAttribute(value);
    if (failed(tensor) || graph::elementBytes(tensor->getElementType()) == 0)
      return {};
    mlir::OpBuilder builder(&op);
    op.getResult(0).replaceAllUsesWith(graph::makeConstant(
        builder, op.getLoc(),
        cropped(*tensor, resized(type, from, to).getShape())));
    op.erase();
  }
  entry.setType(
      mlir::FunctionType::get(entry.getContext(), body.getArgumentTypes(),
                              body.getTerminator()->getOperandTypes()));
  return result;
}

bool Reducer::shrinkDimensions() {
  bool smaller = false;
  while (shrinkOneDimension())
    smaller = true;
  return smaller;
}

bool Reducer::shrinkOneDimension() {
  std::set<int64_t, std::greater<int64_t>> sizes;
  reducedEntry(*current).getBody().walk([&](mlir::Block *block) {
    for (mlir::BlockArgument argument : block->getArguments())
      if (auto type = dyn_cast<mlir::RankedTensorType>(argument.getType()))
        sizes.insert(type.getShape().begin(), type.getShape().end());
    for (mlir::Operation &op : *block)
      if (isConstant(&op))
        if (auto type =
                dyn_cast<mlir::RankedTensorType>(op.getResult(0).getType()))
          sizes.insert(type.getShape().begin(), type.getShape().end());
  });
  for (int64_t from : sizes)
    for (int64_t to : {int64_t(1), int64_t(2), from / 2, from - 1}) {
      if (from <= 1 || to < 1 || to >= from)
        continue;
      Module candidate;
      {
        // Shapes that contradict each other are reported while types are
        // inferred.
        mlir::ScopedDiagnosticHandler quiet(
            current->getContext(),
            [](mlir::Diagnostic &) { return mlir::success(); });
        candidate = resizeAll(*current, from, to);
      }
      if (candidate && accept(std::move(candidate)))
        return true;
    }
  return false;
}

Module Reducer::reduce(Module module) {
  current = std::move(module);
  bool smaller = true;
  while (smaller) {
    smaller = levelWeights();
    smaller |= dropOperations();
    smaller |= enterRegions();
    smaller |= shrinkDimensions();
    smaller |= fixInputs();
  }
  return std::move(current);
}
