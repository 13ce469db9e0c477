//===- Node.h - One TFLite operator while it is imported --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an operator's import function works with: operands, what their numbers
// stand for, options, the graph builder, and the results to set. Null values
// pass through builders (GraphBuilder.h), so that functions need no error
// paths.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_TFLITE_NODE_H
#define SYSTOLE_FRONTEND_TFLITE_NODE_H

#include "frontend/Common/GraphBuilder.h"
#include "frontend/Tflite/Tensors.h"

namespace systole::tflite {

class Importer;
struct Scope;

class Node : public frontend::GraphBuilder {
public:
  Node(Importer &importer, Scope &scope, const fb::Operator &op,
       fb::BuiltinOperator code, mlir::OpBuilder &builder,
       mlir::Location location);

  //===--------------------------------------------------------------------===//
  // Operands
  //===--------------------------------------------------------------------===//

  unsigned numInputs() const { return inputs.size(); }
  /// Input `i`, or null where it is absent and may be.
  mlir::Value optional(unsigned i) const {
    return i < inputs.size() ? inputs[i] : mlir::Value();
  }
  bool has(unsigned i) const { return static_cast<bool>(optional(i)); }
  /// Input `i`; records a message and gives null where it is absent.
  mlir::Value in(unsigned i);
  /// All inputs.
  llvm::ArrayRef<mlir::Value> all() const { return inputs; }
  /// The integers of input `i`, which must be constant.
  std::optional<llvm::SmallVector<int64_t>> integers(unsigned i,
                                                     llvm::StringRef what);
  /// Rank of input `i`; a message if it is not known.
  std::optional<int64_t> rank(unsigned i);
  /// Input `i` as a list of i64, which shapes are.
  mlir::Value index(unsigned i);

  /// What the file says of input or output `i`; null where it is absent.
  const fb::Tensor *inputTensor(unsigned i) const;
  const fb::Tensor *outputTensor(unsigned i) const;
  /// What the numbers of input or output `i` stand for.
  Quantization inputQuant(unsigned i) const;
  Quantization outputQuant(unsigned i) const;
  /// True if input or output `i` holds quantised integers of at most 16 bits.
  bool isQuantized(unsigned i) const;
  bool isOutputQuantized(unsigned i) const;
  /// Element type of output `i`; null for what is no tensor.
  mlir::Type outputType(unsigned i) const;
  /// Input `i` as floats: integer weights beside float data stand for numbers.
  mlir::Value asFloat(unsigned i);

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  unsigned numOutputs() const { return results.size(); }
  void set(unsigned i, mlir::Value value) {
    if (i < results.size())
      results[i] = value;
  }
  mlir::Value getResult(unsigned i) const { return results[i]; }
  /// Says that the results are null because something inside a subgraph failed,
  /// which is recorded there.
  void setPoisoned() { poisoned = true; }
  bool isPoisoned() const { return poisoned; }

  //===--------------------------------------------------------------------===//
  // Options
  //===--------------------------------------------------------------------===//

  /// The options of kind T; a message and null where there are none.
  template <typename T>
  const T *options() {
    const T *found = op.options_as<T>();
    if (!found)
      error("it has no options of its kind");
    return found;
  }
  /// One option, or `otherwise` where there are no options.
  template <typename T, typename R>
  R option(R (T::*get)() const, R otherwise) const {
    const T *found = op.options_as<T>();
    return found ? (found->*get)() : otherwise;
  }

  //===--------------------------------------------------------------------===//
  // What most operators need
  //===--------------------------------------------------------------------===//

  /// `axis` in [0, rank); a message otherwise.
  std::optional<int64_t> resolveAxis(int64_t axis, int64_t rank);
  /// The axes that constant input `i` names: in range, sorted, each once.
  std::optional<llvm::SmallVector<int64_t>> axes(unsigned i, int64_t rank);
  /// The activation that many operators end with, of floats.
  mlir::Value activate(mlir::Value value, fb::Activation activation);
  /// What the file declares of output 0's shape.
  llvm::SmallVector<int64_t> outputShape(unsigned i = 0) const;

  Importer &importer;
  Scope &scope;
  const fb::Operator &op;
  fb::BuiltinOperator code;

private:
  llvm::SmallVector<mlir::Value> inputs, results;
  bool poisoned = false;
};

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Which element types an operator is imported for.
enum Forms : unsigned {
  /// Floats, and plain integers and booleans where they make sense.
  Plain = 1,
  /// Quantised integers of 8 bits, signed or not.
  Int8 = 2,
  /// Quantised integers of 16 bits, with weights of 8.
  Int16 = 4,
  /// Any elements: they are only moved.
  Moves = 8,
};

/// "Operator `code` is imported by `import`, in `forms`."
struct Operator {
  fb::BuiltinOperator code;
  void (*import)(Node &node);
  unsigned forms;
};

/// The tables, by family.
llvm::ArrayRef<Operator> elementwiseOperators();
llvm::ArrayRef<Operator> shapeOperators();
llvm::ArrayRef<Operator> windowOperators();
llvm::ArrayRef<Operator> contractionOperators();
llvm::ArrayRef<Operator> reductionOperators();
llvm::ArrayRef<Operator> normOperators();
llvm::ArrayRef<Operator> indexOperators();
llvm::ArrayRef<Operator> resizeOperators();
llvm::ArrayRef<Operator> recurrentOperators();
llvm::ArrayRef<Operator> controlOperators();
llvm::ArrayRef<Operator> quantOperators();
llvm::ArrayRef<Operator> variableOperators();

/// The rows of all tables.
std::vector<const Operator *> allOperators();
/// The row of an operator; null: it is not supported.
const Operator *findOperator(fb::BuiltinOperator code);

} // namespace systole::tflite

#endif // SYSTOLE_FRONTEND_TFLITE_NODE_H
