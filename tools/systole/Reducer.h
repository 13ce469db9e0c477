//===- Reducer.h - The smallest graph that still fails ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Delta debugging on graphs. A candidate is a set of operations of the entry
// (Extraction.h). Steps, repeated until none of them helps:
//
//   1. constants of one number instead of weights;
//   2. fewer operations (ddmin: chunks, then their complements, then halves);
//   3. the body of a region instead of the operation around it;
//   4. smaller dimensions, all of one size together;
//   5. constants instead of inputs, of one number each.
//
// Weights go first: what is tried afterwards is small to write and read. A
// candidate that is not a valid graph is not tried. The same model and test
// give the same result.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_REDUCER_H
#define SYSTOLE_TOOLS_SYSTOLE_REDUCER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <functional>

namespace systole::driver {

class Reducer {
public:
  using Module = mlir::OwningOpRef<mlir::ModuleOp>;
  /// Does this graph still fail?
  using Test = std::function<bool(mlir::ModuleOp)>;

  explicit Reducer(Test test) : test(std::move(test)) {}

  /// The smallest failing graph that was found; `module` itself fails.
  Module reduce(Module module);
  /// Graphs that were tried.
  int64_t getNumTried() const { return numTried; }

private:
  /// Each makes `current` smaller; false where it cannot.
  bool levelWeights();
  bool dropOperations();
  bool enterRegions();
  bool fixInputs();
  bool shrinkDimensions();
  bool shrinkOneDimension();
  /// Levels the weights of these numbers, or as many parts of them as it can.
  bool levelSome(size_t begin, size_t end);
  /// Takes `candidate` if it is valid, not tried yet, and fails.
  bool accept(Module candidate);

  Test test;
  Module current;
  int64_t numTried = 0;
};

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_REDUCER_H
