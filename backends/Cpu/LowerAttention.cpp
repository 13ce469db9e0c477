//===- LowerAttention.cpp - One head after the other ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An "attention" group (graph-fuse-attention) is a loop over heads. What
// happens to one head is a small function on matrices, the group without its
// leading dimensions, and is lowered like any other code: the first product
// with what follows it as its epilogue, the softmax over its scores, the second
// product into its place in the result.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/Lowerings.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Transforms/Graph/Grouping.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

static constexpr int64_t kMatrixRank = 2;

/// Of one head: the last two dimensions.
static RankedTensorType headType(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  int64_t rank = std::min(tensor.getRank(), kMatrixRank);
  return RankedTensorType::get(tensor.getShape().take_back(rank),
                               tensor.getElementType());
}

/// A constant of one element without its leading dimensions.
static Value headConstant(OpBuilder &b, graph::ConstantOp op) {
  auto tensor = graph::tensorFromAttribute(op.getValue());
  assert(succeeded(tensor) && "only constants of one element are in groups");
  graph::Tensor head(tensor->getElementType(),
                     headType(op.getType()).getShape(), tensor->data(),
                     tensor->getOwner());
  return graph::makeConstant(b, op.getLoc(), head);
}

/// The group's body on the matrices of one head.
static OwningOpRef<func::FuncOp> makeHead(graph::GroupOp group) {
  OpBuilder b(group.getContext());
  SmallVector<Type> inputs;
  for (Value input : group.getInputs())
    inputs.push_back(headType(input.getType()));
  OwningOpRef<func::FuncOp> function = func::FuncOp::create(
      group.getLoc(), "head", b.getFunctionType(inputs, {}));
  Block *block = function->addEntryBlock();
  Block &body = group.getBody().front();
  b.setInsertionPointToEnd(block);
  IRMapping mapping;
  mapping.map(body.getArguments(), block->getArguments());
  for (Operation &op : body.without_terminator()) {
    if (auto constant = dyn_cast<graph::ConstantOp>(op)) {
      mapping.map(constant.getResult(), headConstant(b, constant));
      continue;
    }
    Operation *copy = b.clone(op, mapping);
    copy->getResult(0).setType(headType(op.getResult(0).getType()));
    if (auto softmax = dyn_cast<graph::SoftmaxOp>(copy))
      softmax.setAxis(kMatrixRank - 1);
  }
  Value result = mapping.lookup(body.getTerminator()->getOperand(0));
  func::ReturnOp::create(b, group.getLoc(), result);
  return function;
}

/// Makes a group of the scores' product and what follows it up to the softmax,
/// where nothing else reads what is between.
static void groupScores(func::FuncOp head) {
  auto softmax = *head.getOps<graph::SoftmaxOp>().begin();
  Operation *last = softmax.getInput().getDefiningOp();
  llvm::SetVector<Operation *> set;
  for (Operation &op : head.front()) {
    if (&op == softmax)
      break;
    if (!isa<graph::ConstantOp>(op))
      set.insert(&op);
  }
  bool isClosed = last && set.contains(last) && last->hasOneUse() &&
                  isa<graph::MatMulOp>(set.front());
  for (Operation *op : set)
    isClosed &= op == last || graph::allUsersIn(op, set);
  if (isClosed && set.size() > 1)
    graph::formGroup({"matmul", graph::inBlockOrder(std::move(set))});
}

namespace {
/// The loop over the heads of one group.
struct HeadLoop {
  HostBuilder &host;
  graph::GroupOp group;
  func::FuncOp head;
  /// Sizes of the leading dimensions.
  SmallVector<Value> heads;

  void findHeads(int64_t rank);
  CodeTensor slice(const CodeTensor &tensor, ArrayRef<Value> indices);
  LogicalResult lowerHead(Value flat, const CodeTensor &output);
  LogicalResult run();
};
} // namespace

void HeadLoop::findHeads(int64_t rank) {
  heads.assign(rank - kMatrixRank, host.c(1));
  for (Value input : group.getInputs()) {
    CodeTensor tensor = host.get(input);
    for (int64_t d = 0; d + kMatrixRank < tensor.rank(); ++d)
      if (tensor.type.getDimSize(d) != 1)
        heads[d + rank - tensor.rank()] = tensor.dims[d];
  }
}

/// The matrix of `tensor` at `indices` of the leading dimensions.
CodeTensor HeadLoop::slice(const CodeTensor &tensor, ArrayRef<Value> indices) {
  SmallVector<Value> strides = host.strides(tensor.dims);
  Value offset = host.c(0);
  int64_t missing = indices.size() + kMatrixRank - tensor.rank();
  for (int64_t d = 0; d + kMatrixRank < tensor.rank(); ++d)
    if (tensor.type.getDimSize(d) != 1)
      offset = host.add(offset, host.mul(indices[d + missing], strides[d]));
  RankedTensorType type = headType(tensor.type);
  ArrayRef<Value> dims(tensor.dims);
  return {type,
          host.address(tensor.pointer, offset, storageType(tensor.element())),
          SmallVector<Value>(dims.take_back(type.getRank()))};
}

LogicalResult HeadLoop::lowerHead(Value flat, const CodeTensor &output) {
  SmallVector<Value> indices = host.delinearize(flat, heads);
  Block &block = head.front();
  for (auto [argument, input] :
       llvm::zip_equal(block.getArguments(), group.getInputs()))
    host.bind(argument, slice(host.get(input), indices));
  host.place(block.getTerminator()->getOperand(0), slice(output, indices));
  return host.lowerBlock(block);
}

LogicalResult HeadLoop::run() {
  Value result = group.getResult(0);
  auto type = cast<RankedTensorType>(result.getType());
  findHeads(type.getRank());
  auto products = llvm::to_vector(group.getBody().getOps<graph::MatMulOp>());
  auto outside = [&](Value inside) {
    auto argument = cast<BlockArgument>(inside);
    return host.get(group.getInputs()[argument.getArgNumber()]);
  };
  CodeTensor queries = outside(products.front().getLhs());
  CodeTensor values = outside(products.back().getRhs());
  SmallVector<Value> dims(heads);
  dims.push_back(queries.dims[queries.rank() - kMatrixRank]);
  dims.push_back(values.dims.back());
  CodeTensor output = host.define(result, dims);

  Value start = host.loadTop(), count = host.product(heads);
  Block *header = host.newBlock(), *body = host.newBlock(),
        *exit = host.newBlock();
  Value index = header->addArgument(host.b.getIndexType(), host.loc);
  host.branch(header, host.c(0));
  host.enterLoop(group);
  host.b.setInsertionPointToStart(header);
  cf::CondBranchOp::create(host.b, host.loc, host.cmp(P::slt, index, count),
                           body, exit);
  host.b.setInsertionPointToStart(body);
  if (failed(lowerHead(index, output)))
    return failure();
  // What the head took of the dynamic memory is free again.
  host.storeTop(start);
  host.branch(header, host.add(index, host.c(1)));
  host.leaveLoop(group);
  host.b.setInsertionPointToStart(exit);
  host.get(result); // It lives beyond the loop.
  return success();
}

LogicalResult systole::cpu::lowerAttention(HostBuilder &host,
                                           graph::GroupOp op) {
  host.lowering.helpers.push_back(makeHead(op));
  func::FuncOp head = *host.lowering.helpers.back();
  groupScores(head);
  return HeadLoop{host, op, head, {}}.run();
}
