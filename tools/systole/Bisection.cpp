//===- Bisection.cpp - Where a device goes wrong --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Regions are opened: a loop that differs becomes the same loop with one
// iteration less than those that differ, and that iteration behind it, whose
// values can be outputs; a choice becomes the branch that was taken. What
// stands behind is of no interest any more.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Bisection.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "frontend/Common/GraphBuilder.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Transforms/Quantize/Calibration.h"
#include "tools/systole/Model.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// A value that differs: what is said of it.
struct Finding {
  mlir::Operation *op = nullptr;
  std::string message;
  SmallVector<std::string, 2> notes;
};

class Bisection {
public:
  Bisection(mlir::ModuleOp module, const IntermediatesRequest &request)
      : module(module), function(entryFunction(module)), request(request) {}

  bool run();

private:
  /// The first of `values` that differs; nothing, with `failed`, if a run
  /// fails.
  std::optional<Finding> firstDifference(ArrayRef<mlir::Value> values);
  std::optional<Finding> difference(mlir::Value value, const rt::Tensor &ours,
                                    const rt::Tensor &theirs) const;
  /// What the interpreter gives for a number or a condition; nothing unless all
  /// entries of a data set have the same.
  std::optional<int64_t> numberOf(mlir::Value value);

  /// Open the region in which `op` differs, and say which in `inside`.
  bool open(mlir::Operation *op);
  bool openIf(graph::IfOp op);
  bool openWhile(graph::WhileOp op);
  /// `op` with at most `most` iterations, behind it; the last result counts
  /// them.
  graph::WhileOp limited(graph::WhileOp op, int64_t most);
  /// Moves a copy of a region's operations before `op`, with `arguments`.
  void copyBefore(mlir::Region &region, mlir::ValueRange arguments,
                  mlir::Operation *op);
  /// Erases `op` and what stands behind it.
  void eraseFrom(mlir::Operation *op);

  mlir::ModuleOp module;
  mlir::func::FuncOp function;
  const IntermediatesRequest &request;
  bool failed = false;
  /// The regions that were opened, the outermost first.
  SmallVector<std::string, 2> inside;
};
} // namespace

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

std::optional<Finding> Bisection::difference(mlir::Value value,
                                             const rt::Tensor &ours,
                                             const rt::Tensor &theirs) const {
  Finding finding{value.getDefiningOp(), {}, {}};
  if (ArrayRef(ours.dims, ours.rank) != ArrayRef(theirs.dims, theirs.rank)) {
    finding.message = ": the shape on the cpu differs from the interpreter's";
    return finding;
  }
  // Rounding errors are of the size of the largest values that were summed up.
  Tolerance scaled = request.tolerance;
  scaled.atol *= std::max(1.0, largestMagnitude(theirs));
  Difference difference = compareTensors(ours, theirs, scaled);
  if (difference.numOutside == 0)
    return std::nullopt;
  finding.message = ": the value on the cpu differs from the interpreter's";
  std::string text;
  raw_string_ostream(text) << "at " << indexText(ours, difference.worst) << ": "
                           << format("%.9g", difference.found)
                           << ", interpreter "
                           << format("%.9g", difference.expected) << "; "
                           << difference.numOutside << " of " << ours.count()
                           << " values are outside the tolerance";
  finding.notes.push_back(text);
  return finding;
}

std::optional<Finding>
Bisection::firstDifference(ArrayRef<mlir::Value> values) {
  graph::replaceResults(function, values);
  rt::RunResult found, expected;
  std::unique_ptr<Engine> interpreter = makeInterpreterEngine(function, {});
  failed |= !interpreter || !runOnCpu(module, request.files, found) ||
            !runOnFiles(*interpreter, request.files, expected);
  if (failed)
    return std::nullopt;
  for (auto [value, ours, theirs] :
       zip(values, found.outputs, expected.outputs))
    if (auto finding = difference(value, ours, theirs))
      return finding;
  return std::nullopt;
}

std::optional<int64_t> Bisection::numberOf(mlir::Value value) {
  graph::replaceResults(function, {value});
  rt::RunResult result;
  std::unique_ptr<Engine> interpreter = makeInterpreterEngine(function, {});
  failed |= !interpreter || !runOnFiles(*interpreter, request.files, result);
  if (failed)
    return std::nullopt;
  graph::Tensor tensor =
      graphTensor(result.outputs[0], mlir::getElementTypeOrSelf(value));
  for (int64_t i = 1; i < tensor.size(); ++i)
    if (tensor.getInt(i) != tensor.getInt(0))
      return std::nullopt;
  return tensor.size() ? std::optional(tensor.getInt(0)) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

void Bisection::copyBefore(mlir::Region &region, mlir::ValueRange arguments,
                           mlir::Operation *op) {
  mlir::OpBuilder builder(op);
  mlir::IRMapping mapping;
  mapping.map(region.getArguments(), arguments);
  for (mlir::Operation &inner : region.front().without_terminator())
    builder.clone(inner, mapping);
}

void Bisection::eraseFrom(mlir::Operation *op) {
  graph::replaceResults(function, {});
  mlir::Block *block = op->getBlock();
  while (&*std::prev(block->end(), 2) != op)
    std::prev(block->end(), 2)->erase();
  op->erase();
}

bool Bisection::openIf(graph::IfOp op) {
  std::optional<int64_t> condition = numberOf(op.getCondition());
  if (!condition)
    return false;
  inside.push_back(
      (*condition ? "in the first branch of " : "in the second branch of ") +
      placeOf(op));
  copyBefore(*condition ? op.getThenRegion() : op.getElseRegion(), {}, op);
  eraseFrom(op);
  return true;
}

graph::WhileOp Bisection::limited(graph::WhileOp op, int64_t most) {
  mlir::OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  frontend::GraphBuilder b(builder, op.getLoc());
  mlir::Type number = mlir::RankedTensorType::get({}, builder.getI64Type());
  graph::Tensor bound(builder.getI64Type(), {});
  bound.setInt(0, most);
  mlir::Value limit = b.constant(bound),
              zero = b.scalar(builder.getI64Type(), 0),
              one = b.scalar(builder.getI64Type(), 1);
  SmallVector<mlir::Value> inits(op.getInits());
  inits.push_back(zero);
  SmallVector<mlir::Type> types(op.getResultTypes());
  types.push_back(number);
  auto copy = graph::WhileOp::create(builder, op.getLoc(), types, inits);
  for (auto [from, to] : zip(op->getRegions(), copy->getRegions())) {
    mlir::IRMapping mapping;
    to.getBlocks().clear();
    from.cloneInto(&to, mapping);
    mlir::Value count = to.addArgument(number, op.getLoc());
    mlir::Operation *yield = to.front().getTerminator();
    builder.setInsertionPoint(yield);
    if (&to == &copy.getCondition())
      yield->setOperand(
          0, b.make<graph::AndOp>(
                 {yield->getOperand(0),
                  b.compare(graph::ComparePredicate::lt, count, limit)}));
    else
      yield->insertOperands(yield->getNumOperands(), b.add(count, one));
  }
  return copy;
}

bool Bisection::openWhile(graph::WhileOp op) {
  graph::WhileOp whole = limited(op, std::numeric_limits<int64_t>::max());
  std::optional<int64_t> count = numberOf(whole.getResults().back());
  graph::replaceResults(function, {});
  whole.erase();
  if (!count || *count < 1)
    return false;
  // After `low` iterations nothing differs, after `high` something does.
  int64_t low = 0, high = *count;
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    graph::WhileOp part = limited(op, middle);
    SmallVector<mlir::Value> results;
    copy_if(part.getResults(), std::back_inserter(results), canBeOutput);
    bool differs = firstDifference(results).has_value();
    graph::replaceResults(function, {});
    part.erase();
    if (failed)
      return false;
    (differs ? high : low) = middle;
  }
  inside.push_back("in iteration " + std::to_string(high) + " of " +
                   placeOf(op));
  graph::WhileOp before = limited(op, low);
  mlir::Operation *next = before->getNextNode();
  copyBefore(op.getCondition(), before.getResults().drop_back(), next);
  copyBefore(op.getBody(), before.getResults().drop_back(), next);
  if (!next->hasTrait<mlir::OpTrait::IsTerminator>())
    eraseFrom(next);
  op->erase();
  return true;
}

bool Bisection::open(mlir::Operation *op) {
  if (auto choice = dyn_cast<graph::IfOp>(op))
    return openIf(choice);
  if (auto loop = dyn_cast<graph::WhileOp>(op))
    return loop->getNumResults() > 0 && openWhile(loop);
  return false;
}

bool Bisection::run() {
  std::optional<Finding> last;
  for (;;) {
    SmallVector<mlir::Value> values = intermediateValues(function);
    std::optional<Finding> finding = firstDifference(values);
    if (failed)
      return false;
    if (!finding && !last) {
      request.os << "no difference in " << values.size() << " values\n";
      return true;
    }
    // What cannot be seen from inside is said of the whole.
    if (!finding)
      break;
    finding->message = placeOf(finding->op) + finding->message;
    finding->notes.append(inside.rbegin(), inside.rend());
    last = std::move(finding);
    if (!open(last->op))
      break;
  }
  if (failed)
    return false;
  printError(last->message);
  for (const std::string &note : last->notes)
    printNote(note);
  return false;
}

bool systole::driver::bisect(mlir::ModuleOp module,
                             const IntermediatesRequest &request) {
  return Bisection(module, request).run();
}
