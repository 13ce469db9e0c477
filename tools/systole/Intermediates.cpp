//===- Intermediates.cpp - Looking inside a compiled model ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Intermediates.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Intermediates.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Transforms/Quantize/Calibration.h"
#include "tools/systole/Bisection.h"
#include "tools/systole/CachedModule.h"
#include "tools/systole/Finite.h"
#include "tools/systole/Model.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

bool systole::driver::runOnCpu(mlir::ModuleOp module, const RunFiles &files,
                               rt::RunResult &result) {
  std::optional<Cache> folder = Cache::open(/*keep=*/false);
  if (!folder)
    return false;
  mlir::OwningOpRef<mlir::ModuleOp> copy = module.clone();
  std::string path = folder->temporaryPath("intermediates");
  if (!compileForRun(*copy, "intermediates", path, {}))
    return false;
  std::unique_ptr<Engine> engine = openModuleEngine(path, {});
  return engine && runOnFiles(*engine, files, result);
}

std::string systole::driver::placeOf(mlir::Operation *op) {
  std::string node = graph::describeNode(op->getLoc());
  return node.empty() ? "operation " + op->getName().getStringRef().str()
                      : node;
}

bool systole::driver::canBeOutput(mlir::Value value) {
  auto type = dyn_cast<mlir::RankedTensorType>(value.getType());
  return type && runtimeType(type.getElementType()) != SYSTOLE_DTYPE_INVALID;
}

SmallVector<mlir::Value>
systole::driver::intermediateValues(mlir::func::FuncOp function) {
  SmallVector<mlir::Value> values;
  for (mlir::Operation &op : function.getBody().front()) {
    if (op.hasTrait<mlir::OpTrait::ConstantLike>())
      continue;
    copy_if(op.getResults(), std::back_inserter(values), canBeOutput);
  }
  return values;
}

/// Reports the first value that is not finite; true if there is none.
static bool reportNonFinite(ArrayRef<mlir::Value> values,
                            const rt::RunResult &result, raw_ostream &os) {
  for (auto [value, tensor] : zip(values, result.outputs)) {
    int64_t at = findNonFinite(tensor);
    if (at < 0)
      continue;
    printError(placeOf(value.getDefiningOp()) +
               ": the value on the cpu is not finite at " +
               indexText(tensor, at));
    return false;
  }
  os << "all " << values.size() << " values are finite\n";
  return true;
}

bool systole::driver::checkIntermediates(const frontend::SourceFile &source,
                                         IntermediatesRequest &request) {
  ModelContext context(/*compiling=*/true);
  frontend::ImportResult model =
      readModelForRun(context.get(), source, request.import, request.files);
  if (!model.module)
    return false;
  mlir::func::FuncOp function = entryFunction(*model.module);
  SmallVector<mlir::Value> values = intermediateValues(function);
  graph::replaceResults(function, values);
  if (request.checkFinite) {
    rt::RunResult found;
    if (!runOnCpu(*model.module, request.files, found) ||
        !reportNonFinite(values, found, request.os))
      return false;
  }
  return !request.bisect || bisect(*model.module, request);
}
