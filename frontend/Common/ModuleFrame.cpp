//===- ModuleFrame.cpp - Beginning and end of an import -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/ModuleFrame.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace systole::frontend {

func::FuncOp createEntryModule(MLIRContext &context, const SourceFile &source,
                               llvm::StringRef format, ImportResult &result) {
  OpBuilder builder(&context);
  // Without the folder: the same model gives the same module everywhere.
  StringRef fileName = llvm::sys::path::filename(source.path);
  Location location = FileLineColLoc::get(&context, fileName, 0, 0);
  result.module = ModuleOp::create(builder, location);
  ModuleOp module = *result.module;
  module->setAttr(graph::kFormatAttr, builder.getStringAttr(format));
  module->setAttr(graph::kProducerAttr,
                  builder.getStringAttr(result.summary.producer));
  module->setAttr(graph::kModelNameAttr, builder.getStringAttr(fileName));
  builder.setInsertionPointToEnd(module.getBody());
  auto entry = func::FuncOp::create(builder, location, "main",
                                    builder.getFunctionType({}, {}));
  entry->setAttr(graph::kEntryAttr, builder.getUnitAttr());
  entry.addEntryBlock();
  return entry;
}

void eraseDead(func::FuncOp function) {
  // Backwards, so that users go before what they use; bodies before their
  // owners, for these take them along.
  function.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != function && isOpTriviallyDead(op))
      op->erase();
  });
}

void verifyModule(ImportResult &result) {
  auto add = [&](std::string message) {
    Problem problem;
    problem.message = std::move(message);
    result.problems.push_back(std::move(problem));
  };
  ScopedDiagnosticHandler handler(
      result.module->getContext(), [&](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
          add("internal check failed: " + printable(diagnostic.str()));
        return success();
      });
  if (failed(verify(*result.module)) && result.problems.empty())
    add("internal check failed");
}

Type joinTypes(Type a, Type b) {
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

void yieldValues(GraphBuilder &b, ValueRange values) {
  OperationState state(b.getLocation(), graph::YieldOp::getOperationName());
  state.addOperands(values);
  b.getBuilder().create(state);
}

} // namespace systole::frontend
