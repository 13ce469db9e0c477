//===- ImportForRun.cpp - A model for inputs that are at hand -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/ImportForRun.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace systole;
using namespace systole::frontend;

/// Most elements of a parameter: axes, sizes, scales for each dimension.
static constexpr int64_t kParameterElements = 64;

bool systole::frontend::mayBeParameter(llvm::ArrayRef<int64_t> shape) {
  return shape.size() <= 1 && graph::countElements(shape) <= kParameterElements;
}

/// Adds the dimensions of inputs that the model leaves open.
static void addShapes(llvm::ArrayRef<TensorSummary> inputs,
                      llvm::ArrayRef<GivenInput> given,
                      ImportOptions &options) {
  for (const TensorSummary &input : inputs)
    for (const GivenInput &at : given)
      if (at.name == input.name &&
          !llvm::StringRef(input.container).ends_with("sequence") &&
          (!input.ranked || llvm::is_contained(input.dims, -1)))
        options.shapes.emplace(at.name, at.shape);
}

/// Adds how many elements sequences have, and their shapes.
static void addLengths(llvm::ArrayRef<GivenInput> given,
                       ImportOptions &options) {
  for (const GivenInput &at : given) {
    int64_t index;
    if (at.length)
      options.lengths.emplace(at.name, *at.length);
    else if (options.lengths.count(
                 graph::sequenceOfElement(at.name, index).str()))
      options.shapes.emplace(at.name, at.shape);
  }
}

/// How much is said of the inputs.
static size_t numBound(const ImportOptions &options) {
  return options.shapes.size() + options.values.size() + options.lengths.size();
}

/// Adds the values of small inputs: of whole numbers, or of all types.
static void addValues(llvm::ArrayRef<GivenInput> given, bool allTypes,
                      ImportOptions &options) {
  for (const GivenInput &at : given)
    if (at.value && mayBeParameter(at.shape) &&
        (allTypes || isa<mlir::IntegerType>(at.value.getElementType())))
      options.values.emplace(at.name, at.value);
}

/// True if there is a module, and no rank in it is left for the run to find
/// out, which compiled code cannot.
static bool isSatisfied(const ImportResult &result) {
  if (!result.module)
    return false;
  bool unranked =
      llvm::any_of(result.summary.inputs,
                   [](const TensorSummary &input) { return !input.ranked; });
  result.module.get()->walk([&](mlir::Operation *op) {
    unranked |= llvm::any_of(op->getResultTypes(),
                             llvm::IsaPred<mlir::UnrankedTensorType>);
  });
  return !unranked;
}

ImportResult systole::frontend::importForRun(mlir::MLIRContext &context,
                                             const SourceFile &source,
                                             ImportOptions &options,
                                             const InputsAtHand &inputs) {
  ImportResult best = importModel(context, source, options);
  if (isSatisfied(best) || best.summary.inputs.empty())
    return best;
  std::vector<TensorSummary> declared(best.summary.inputs.begin(),
                                      best.summary.inputs.end());
  std::vector<GivenInput> given = inputs(declared);
  ImportOptions more = options;
  size_t bound = numBound(more);
  for (int step = 0; step < 3; ++step) {
    if (step == 0) {
      addShapes(declared, given, more);
      addLengths(given, more);
    } else {
      addValues(given, /*allTypes=*/step == 2, more);
    }
    // A step that adds nothing would end as the one before it did.
    if (numBound(more) == bound)
      continue;
    bound = numBound(more);
    ImportResult next = importModel(context, source, more);
    bool satisfied = isSatisfied(next);
    if (satisfied || (next.module && !best.module)) {
      best = std::move(next);
      options = more;
    }
    if (satisfied)
      break;
  }
  return best;
}
