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
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "tools/systole/CachedModule.h"
#include "tools/systole/Finite.h"
#include "tools/systole/Model.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// The values of a function's body that can be outputs, in order.
static SmallVector<mlir::Value>
intermediateValues(mlir::func::FuncOp function) {
  SmallVector<mlir::Value> values;
  for (mlir::Operation &op : function.getBody().front()) {
    if (op.hasTrait<mlir::OpTrait::ConstantLike>())
      continue;
    for (mlir::Value value : op.getResults()) {
      auto type = dyn_cast<mlir::RankedTensorType>(value.getType());
      if (type && runtimeType(type.getElementType()) != SYSTOLE_DTYPE_INVALID)
        values.push_back(value);
    }
  }
  return values;
}

/// Makes `values` the function's only results, called "0", "1", ...
static void replaceResults(mlir::func::FuncOp function,
                           ArrayRef<mlir::Value> values) {
  mlir::Operation *terminator = function.getBody().front().getTerminator();
  terminator->setOperands(values);
  SmallVector<mlir::Type> types;
  SmallVector<mlir::Attribute> attributes;
  mlir::Builder builder(function.getContext());
  for (auto [i, value] : enumerate(values)) {
    types.push_back(value.getType());
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        graph::kNameAttr, builder.getStringAttr(Twine(i)))));
  }
  function.setType(mlir::FunctionType::get(function.getContext(),
                                           function.getArgumentTypes(), types));
  function.setResAttrsAttr(builder.getArrayAttr(attributes));
}

/// Runs the model with all values as outputs on the cpu.
static bool runOnCpu(mlir::ModuleOp module, const RunFiles &files,
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

/// "node 'a' (op B)", or the operation where no node is known.
static std::string place(mlir::Value value) {
  std::string node = graph::describeNode(value.getLoc());
  return node.empty()
             ? "operation " +
                   value.getDefiningOp()->getName().getStringRef().str()
             : node;
}

/// Reports the first value that is not finite; true if there is none.
static bool reportNonFinite(ArrayRef<mlir::Value> values,
                            const rt::RunResult &result, raw_ostream &os) {
  for (auto [value, tensor] : zip(values, result.outputs)) {
    int64_t at = findNonFinite(tensor);
    if (at < 0)
      continue;
    printError(place(value) + ": the value on the cpu is not finite at " +
               indexText(tensor, at));
    return false;
  }
  os << "all " << values.size() << " values are finite\n";
  return true;
}

/// Reports the first value that differs; true if there is none.
static bool reportDifference(ArrayRef<mlir::Value> values,
                             const rt::RunResult &found,
                             const rt::RunResult &expected,
                             const Tolerance &tolerance, raw_ostream &os) {
  for (auto [value, ours, theirs] :
       zip(values, found.outputs, expected.outputs)) {
    if (ArrayRef(ours.dims, ours.rank) != ArrayRef(theirs.dims, theirs.rank)) {
      printError(place(value) +
                 ": the shape on the cpu differs from the interpreter's");
      return false;
    }
    // Rounding errors are of the size of the largest values that were summed
    // up.
    Tolerance scaled = tolerance;
    scaled.atol *= std::max(1.0, largestMagnitude(theirs));
    Difference difference = compareTensors(ours, theirs, scaled);
    if (difference.numOutside == 0)
      continue;
    printError(place(value) +
               ": the value on the cpu differs from the interpreter's");
    std::string text;
    raw_string_ostream(text)
        << "at " << indexText(ours, difference.worst) << ": "
        << format("%.9g", difference.found) << ", interpreter "
        << format("%.9g", difference.expected) << "; " << difference.numOutside
        << " of " << ours.count() << " values are outside the tolerance";
    printNote(text);
    return false;
  }
  os << "no difference in " << values.size() << " values\n";
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
  replaceResults(function, values);
  rt::RunResult found, expected;
  if (!runOnCpu(*model.module, request.files, found))
    return false;
  if (request.checkFinite && !reportNonFinite(values, found, request.os))
    return false;
  if (!request.bisect)
    return true;
  std::unique_ptr<Engine> interpreter = makeInterpreterEngine(function, {});
  return interpreter && runOnFiles(*interpreter, request.files, expected) &&
         reportDifference(values, found, expected, request.tolerance,
                          request.os);
}
