//===- Samples.h - Random uses of each graph operation ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sample is one use of an operation with everything decided: element types,
// shapes, attributes, data, and which operands are constants. Each operation of
// the dialect has a generator in the table; the program fails where one has
// none.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_PROPERTY_SAMPLES_H
#define SYSTOLE_TEST_PROPERTY_SAMPLES_H

#include "Random.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace systole::property {

/// Data of one operand, and how much the compiler is told about it.
struct Operand {
  enum class Known {
    Anything, ///< An argument or a constant, as chance has it.
    Shape,    ///< Anything, but of static shape.
    Argument, ///< Always an argument: its values are not for folding.
    Constant, ///< Always a constant.
    Rank,     ///< A list: its length, and so a rank, is static.
    Nothing,  ///< An argument of unknown dimensions.
    Length,   ///< A list of which the length is known, nothing else.
  };
  Tensor tensor;
  Known known = Known::Anything;
};

/// One use of an operation.
struct Sample {
  /// Full name, "graph.add".
  std::string op;
  llvm::SmallVector<Operand> operands;
  /// Attributes as text, "axis = 1 : i64".
  std::string attributes;
  /// In place of one operation: the text of a function @sample of the operands
  /// (control flow).
  std::string function;
  /// How many numbers of magnitude 1 are summed into one, for the tolerance.
  int64_t terms = 1;
};

using Generator = std::function<Sample(Random &)>;

/// Generators by full name of the operation.
const std::map<std::string, Generator> &generators();

// The families that fill the table.
void addElementwise(std::map<std::string, Generator> &table);
void addMovement(std::map<std::string, Generator> &table);
void addIndices(std::map<std::string, Generator> &table);
void addNeural(std::map<std::string, Generator> &table);
void addControl(std::map<std::string, Generator> &table);
void addSpatial(std::map<std::string, Generator> &table);
void addState(std::map<std::string, Generator> &table);
void addStrings(std::map<std::string, Generator> &table);

/// Makes one operand not fit the others, perhaps: another size in one
/// dimension, or another number in a list. All shapes become unknown, so that
/// the operation must find out when it runs. Nothing of control flow.
void makeHostile(Sample &sample, Random &random);

/// Adds a function `name` that consists of the sample to `module`: constants
/// inside, the rest as arguments with some dimensions unknown. Returns the
/// arguments' data; fails, with a message, where the sample is not valid IR.
mlir::FailureOr<llvm::SmallVector<Tensor>> addFunction(mlir::ModuleOp module,
                                                       llvm::StringRef name,
                                                       const Sample &sample,
                                                       Random &random);

} // namespace systole::property

#endif // SYSTOLE_TEST_PROPERTY_SAMPLES_H
