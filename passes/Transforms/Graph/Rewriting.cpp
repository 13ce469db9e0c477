//===- Rewriting.cpp - What the graph passes share ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Helpers of more than one pass; the header says what each does.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/Passes.h"

using namespace mlir;

void systole::registerGraphPasses() { graph::registerGraphPasses(); }

namespace systole::graph {

Location fuseLocations(ArrayRef<Operation *> operations) {
  SmallVector<Location> locations;
  for (Operation *op : operations)
    locations.push_back(op->getLoc());
  return FusedLoc::get(operations.front()->getContext(), locations);
}

void addLocation(Operation *op, Operation *other) {
  op->setLoc(fuseLocations({op, other}));
}

RankedTensorType rankedType(Value value) {
  return dyn_cast<RankedTensorType>(value.getType());
}

bool hasOneElement(Value value) {
  RankedTensorType type = rankedType(value);
  return type && type.hasStaticShape() && type.getNumElements() == 1;
}

bool isReadableConstant(Value value) {
  ElementsAttr attribute = constantAttribute(value);
  return attribute && elementBytes(attribute.getElementType()) > 0 &&
         succeeded(tensorFromAttribute(attribute));
}

bool isElementwise(Operation *op) { return op->hasTrait<Elementwise>(); }

bool hasExoticElements(Type type) {
  return isa<StringType, ComplexType>(getElementTypeOrSelf(type));
}

SmallVector<int64_t> inverse(ArrayRef<int64_t> perm) {
  SmallVector<int64_t> result(perm.size());
  for (auto [to, from] : llvm::enumerate(perm))
    result[from] = to;
  return result;
}

SmallVector<int64_t> permuted(ArrayRef<int64_t> values,
                              ArrayRef<int64_t> perm) {
  SmallVector<int64_t> result;
  for (int64_t from : perm)
    result.push_back(values[from]);
  return result;
}

RankedTensorType permutedType(RankedTensorType type, ArrayRef<int64_t> perm) {
  return type.clone(permuted(type.getShape(), perm));
}

bool isIdentity(ArrayRef<int64_t> perm) {
  for (auto [to, from] : llvm::enumerate(perm))
    if (from != static_cast<int64_t>(to))
      return false;
  return true;
}

Tensor transposeTensor(const Tensor &tensor, ArrayRef<int64_t> perm) {
  Tensor result(tensor.getElementType(), permuted(tensor.getShape(), perm));
  int64_t rank = tensor.rank(), bytes = elementBytes(tensor.getElementType());

  // Where in the source one step along each result dimension leads.
  SmallVector<int64_t> sourceStrides(rank, 1);
  for (int64_t d = rank - 2; d >= 0; --d)
    sourceStrides[d] = sourceStrides[d + 1] * tensor.dim(d + 1);
  SmallVector<int64_t> strides = permuted(sourceStrides, perm);

  SmallVector<int64_t> index(rank, 0);
  int64_t source = 0;
  for (int64_t i = 0; i < result.size(); ++i) {
    std::memcpy(result.data() + i * bytes, tensor.data() + source * bytes,
                bytes);
    for (int64_t d = rank - 1; d >= 0; --d) {
      source += strides[d];
      if (++index[d] < result.dim(d))
        break;
      source -= index[d] * strides[d];
      index[d] = 0;
    }
  }
  return result;
}

Value createTranspose(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> perm) {
  if (auto inner = value.getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> composed = permuted(inner.getPerm(), perm);
    if (isIdentity(composed))
      return inner.getInput();
  }
  if (isIdentity(perm))
    return value;
  if (ElementsAttr attribute = constantAttribute(value)) {
    FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
    if (succeeded(tensor) && elementBytes(tensor->getElementType()) > 0)
      return makeConstant(builder, loc, transposeTensor(*tensor, perm));
  }
  RankedTensorType type =
      permutedType(cast<RankedTensorType>(value.getType()), perm);
  return TransposeOp::create(builder, loc, type, value,
                             builder.getDenseI64ArrayAttr(perm));
}

int64_t removeDeadOperations(Operation *root) {
  int64_t count = 0;
  // Users come after producers in a block: one walk from the end finds all.
  for (Region &region : root->getRegions())
    for (Block &block : llvm::reverse(region))
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
        if (isOpTriviallyDead(&op)) {
          op.erase();
          ++count;
        } else {
          count += removeDeadOperations(&op);
        }
      }
  return count;
}

int64_t countTransposes(Operation *root) {
  int64_t count = 0;
  root->walk([&](TransposeOp) { ++count; });
  return count;
}

} // namespace systole::graph
