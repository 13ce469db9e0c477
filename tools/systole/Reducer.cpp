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
#include "mlir/IR/Verifier.h"
#include "tools/systole/Extraction.h"
#include <set>

using namespace llvm;
using namespace systole;
using namespace systole::driver;
using Module = Reducer::Module;

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
      if (kept.size() < ops.size() && accept(extractGraph(*current, kept))) {
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
    if (!ops.empty() && accept(extractGraph(*current, ops)))
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

/// Gives an operation without regions the types that follow from its operands,
/// or from its variable.
static bool inferTypes(mlir::Operation *op) {
  if (isa<graph::AssignVariableOp>(op))
    return true;
  if (auto read = dyn_cast<graph::ReadVariableOp>(op)) {
    read.getResult().setType(cast<mlir::TensorType>(
        mlir::SymbolTable::lookupNearestSymbolFrom<graph::VariableOp>(
            read, read.getVariableAttr())
            .getType()));
    return true;
  }
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

/// The same for a variable and what it starts with; false if that is not there.
static bool resizeVariable(graph::VariableOp variable, int64_t from,
                           int64_t to) {
  mlir::RankedTensorType type = resized(variable.getTensorType(), from, to);
  if (auto initial = variable.getInitial()) {
    auto tensor = graph::tensorFromAttribute(*initial);
    if (failed(tensor))
      return false;
    variable.setInitialAttr(
        graph::attributeFromTensor(cropped(*tensor, type.getShape())));
  }
  variable.setType(type);
  return true;
}

/// `module` with every dimension of size `from` in inputs and constants cut to
/// `to`; null where the graph does not allow that.
static Module resizeAll(mlir::ModuleOp module, int64_t from, int64_t to) {
  Module result = module.clone();
  for (auto variable : result->getOps<graph::VariableOp>())
    if (!resizeVariable(variable, from, to))
      return {};
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
  for (auto variable : current->getOps<graph::VariableOp>()) {
    auto shape = variable.getTensorType().getShape();
    sizes.insert(shape.begin(), shape.end());
  }
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
