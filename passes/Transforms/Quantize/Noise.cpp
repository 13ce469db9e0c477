//===- Noise.cpp - How far quantised values are from floats ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both graphs are one function, so that one run of one compiled module gives
// the original and the quantised value of everything.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/Noise.h"
#include "frontend/Common/IntegerForm.h"
#include "passes/Transforms/Quantize/UnitEmitter.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace systole::graph;

void Noise::add(const Tensor &reference, const Tensor &value) {
  int64_t count = std::min(reference.size(), value.size());
  for (int64_t i = 0; i < count; ++i) {
    double x = reference.getDouble(i), error = value.getDouble(i) - x;
    signal += x * x;
    noise += error * error;
  }
}

double Noise::decibels() const {
  if (noise == 0)
    return std::numeric_limits<double>::infinity();
  return signal == 0 ? -std::numeric_limits<double>::infinity()
                     : 10 * std::log10(signal / noise);
}

LogicalResult systole::graph::emitQuantized(func::FuncOp function,
                                            const UnitPlan &plan,
                                            SmallVectorImpl<Value> &results,
                                            SmallVectorImpl<Value> *outputs) {
  Operation *terminator = function.getBody().front().getTerminator();
  OpBuilder builder(terminator);
  UnitEmitter emitter(plan, builder);
  // A unit stands where its last operation stood. Its others are copied, too:
  // an operation of no unit may read them; most of these copies are dead.
  DenseMap<Operation *, const Unit *> endsAt;
  for (const Unit &unit : plan.units)
    endsAt[unit.ops.back()] = &unit;
  SmallVector<Operation *> all;
  for (Operation &op : function.getBody().front().without_terminator())
    all.push_back(&op);
  for (Operation *op : all) {
    if (const Unit *unit = endsAt.lookup(op)) {
      if (failed(emitter.emit(*unit)))
        return failure();
    } else if (!op->hasTrait<OpTrait::ConstantLike>()) {
      emitter.copy(*op);
    }
  }
  for (Value operand : terminator->getOperands())
    results.push_back(emitter.number(operand));
  if (outputs)
    for (const Unit &unit : plan.units)
      outputs->push_back(emitter.number(unit.output));
  return success();
}

/// The results of measuring: for each unit the original's output and the
/// quantised one's, then the same for the model's results.
static LogicalResult emitMeasured(func::FuncOp function, const UnitPlan &plan,
                                  NoiseOf what, SmallVector<Value> &values) {
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<Value> originals, results, outputs;
  llvm::append_range(originals, terminator->getOperands());
  if (what == NoiseOf::All) {
    if (failed(emitQuantized(function, plan, results, &outputs)))
      return failure();
  } else {
    OpBuilder builder(terminator);
    UnitEmitter emitter(plan, builder);
    for (const Unit &unit : plan.units) {
      emitter.forget();
      if (failed(emitter.emit(unit)))
        return failure();
      outputs.push_back(emitter.number(unit.output));
    }
    results = originals;
  }
  for (auto [unit, output] : llvm::zip_equal(plan.units, outputs))
    values.append({unit.output, output});
  for (auto [original, result] : llvm::zip_equal(originals, results))
    values.append({original, result});
  return success();
}

FailureOr<NoiseFigures>
systole::graph::measureNoise(ModuleOp module, const UnitPlan &plan,
                             const Calibration &calibration, NoiseOf what) {
  // The function is extended, probed, and then what was added is dead.
  func::FuncOp function = entryOf(module);
  SmallVector<Value> values;
  Block &body = function.getBody().front();
  Operation *last = body.getTerminator()->getPrevNode();
  LogicalResult emitted = emitMeasured(function, plan, what, values);
  OwningOpRef<ModuleOp> probe;
  if (succeeded(emitted))
    probe = makeProbe(module, values);
  Operation *terminator = body.getTerminator();
  while (terminator->getPrevNode() != last)
    terminator->getPrevNode()->erase();
  if (failed(emitted))
    return failure();
  func::FuncOp entry = entryOf(*probe);
  frontend::useIntegers(entry);
  NoiseFigures figures;
  figures.units.resize(plan.units.size());
  LogicalResult ran =
      calibration.run(*probe, [&](size_t, ArrayRef<Tensor> results) {
        for (size_t i = 0; i + 1 < results.size(); i += 2) {
          bool isUnit = i / 2 < figures.units.size();
          Noise &into = isUnit ? figures.units[i / 2] : figures.model;
          if (results[i].getElementType().isF32())
            into.add(results[i], results[i + 1]);
        }
        return success();
      });
  if (failed(ran))
    return failure();
  return figures;
}
