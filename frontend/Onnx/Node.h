//===- Node.h - One ONNX node while it is imported --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an operator's import function works with: the node's operands and
// attributes, the graph builder, and the results to set. Null values pass
// through builders (GraphBuilder.h), so that functions need no error paths.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_NODE_H
#define SYSTOLE_FRONTEND_ONNX_NODE_H

#include "frontend/Common/GraphBuilder.h"
#include "frontend/Onnx/Tensors.h"

namespace systole::onnx {

class Importer;
struct Scope;

class Node : public frontend::GraphBuilder {
public:
  Node(Importer &importer, Scope &scope, const NodeProto &proto, int64_t opset,
       llvm::ArrayRef<mlir::Value> inputs, mlir::OpBuilder &builder,
       mlir::Location location)
      : GraphBuilder(builder, location), importer(importer), scope(scope),
        proto(proto), opset(opset), inputs(inputs.begin(), inputs.end()),
        results(proto.output_size()) {}

  //===--------------------------------------------------------------------===//
  // Operands and results
  //===--------------------------------------------------------------------===//

  unsigned numInputs() const { return inputs.size(); }
  /// True if input `i` is given.
  bool has(unsigned i) { return static_cast<bool>(optional(i)); }
  /// Input `i`, or null where it is absent and may be.
  mlir::Value optional(unsigned i) {
    used = std::max(used, i + 1);
    return i < inputs.size() ? inputs[i] : mlir::Value();
  }
  /// Number of inputs that the operator has looked at: it takes no more.
  unsigned numUsed() const { return used; }
  /// Input `i`; records a message and gives null where it is absent.
  mlir::Value in(unsigned i);

  unsigned numOutputs() const { return results.size(); }
  /// True if the model uses output `i`.
  bool wants(unsigned i) const {
    return i < results.size() && !proto.output(i).empty();
  }
  void set(unsigned i, mlir::Value value) {
    if (i < results.size())
      results[i] = value;
  }
  mlir::Value getResult(unsigned i) const { return results[i]; }

  /// Says that the results are null because something that a subgraph needs is:
  /// not a failure of this node.
  void setPoisoned(bool value = true) { poisoned = value; }
  bool isPoisoned() const { return poisoned; }

  //===--------------------------------------------------------------------===//
  // Attributes
  //===--------------------------------------------------------------------===//

  const AttributeProto *attribute(llvm::StringRef name) const;
  int64_t integer(llvm::StringRef name, int64_t otherwise);
  double real(llvm::StringRef name, double otherwise);
  std::string string(llvm::StringRef name, llvm::StringRef otherwise);
  std::optional<llvm::SmallVector<int64_t>> integers(llvm::StringRef name);
  llvm::SmallVector<double> reals(llvm::StringRef name);
  std::vector<std::string> strings(llvm::StringRef name);
  /// The tensor of an attribute, or nothing (with a message if it is bad).
  std::optional<graph::Tensor> tensor(llvm::StringRef name);
  std::optional<graph::Tensor> sparseTensor(llvm::StringRef name);

  //===--------------------------------------------------------------------===//
  // Checks that most operators need
  //===--------------------------------------------------------------------===//

  /// `axis` in [0, rank); a message that names the attribute otherwise.
  std::optional<int64_t> resolveAxis(int64_t axis, int64_t rank,
                                     llvm::StringRef what = "axis");
  /// All of `axes` resolved, sorted, without duplicates.
  std::optional<llvm::SmallVector<int64_t>>
  resolveAxes(llvm::ArrayRef<int64_t> axes, int64_t rank);
  /// The dimension of input 0 that attribute 'axis' names; a message if the
  /// rank is not known, or none is there.
  std::optional<int64_t> axis(int64_t otherwise);
  /// Rank of input `i`; a message if it is not known.
  std::optional<int64_t> rank(unsigned i);
  /// The axes of an attribute or, in newer operators, of input `i`; nothing
  /// where neither is given (check failed()).
  std::optional<llvm::SmallVector<int64_t>> axes(unsigned i);

  Importer &importer;
  Scope &scope;
  const NodeProto &proto;
  /// Version of the operator set of the node's domain.
  int64_t opset;

private:
  const AttributeProto *typedAttribute(llvm::StringRef name, int32_t type,
                                       llvm::StringRef typeName);

  llvm::SmallVector<mlir::Value> inputs, results;
  unsigned used = 0;
  bool poisoned = false;
};

/// The importer of an operator that is an operation of one operand.
template <typename OpTy>
void importUnary(Node &n) {
  n.set(0, n.make<OpTy>({n.in(0)}));
}

/// A tensor of one element as a scalar.
mlir::Value asScalar(Node &n, mlir::Value value);
/// The exponent 'p' of a norm: an integer, but a float in the first versions.
double normExponent(Node &n);

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Newest operator set of the main domain that the tables describe.
inline constexpr int64_t kNewestOpset = 28;

/// Domains of operator sets other than the main one, which is "".
inline constexpr llvm::StringLiteral kMlDomain = "ai.onnx.ml";
inline constexpr llvm::StringLiteral kTrainingDomain =
    "ai.onnx.preview.training";
inline constexpr llvm::StringLiteral kPreviewDomain = "ai.onnx.preview";
inline constexpr llvm::StringLiteral kMicrosoftDomain = "com.microsoft";

/// "Operator `name` of `domain`, as defined from opset `since` to `until`, is
/// imported by `import`."
struct Operator {
  llvm::StringLiteral name;
  int64_t since, until;
  void (*import)(Node &node);
  llvm::StringLiteral domain = "";
  /// It takes sequences and optionals, too; others take tensors alone.
  bool takesLists = false;
};

/// The tables, by family.
llvm::ArrayRef<Operator> elementwiseOperators();
llvm::ArrayRef<Operator> activationOperators();
llvm::ArrayRef<Operator> shapeOperators();
llvm::ArrayRef<Operator> constantOperators();
llvm::ArrayRef<Operator> neuralOperators();
llvm::ArrayRef<Operator> reductionOperators();
llvm::ArrayRef<Operator> recurrentOperators();
llvm::ArrayRef<Operator> controlOperators();
llvm::ArrayRef<Operator> mathOperators();
llvm::ArrayRef<Operator> indexOperators();
llvm::ArrayRef<Operator> orderOperators();
llvm::ArrayRef<Operator> lossOperators();
llvm::ArrayRef<Operator> normOperators();
llvm::ArrayRef<Operator> trainingOperators();
llvm::ArrayRef<Operator> textOperators();
llvm::ArrayRef<Operator> stringOperators();
llvm::ArrayRef<Operator> sequenceOperators();
llvm::ArrayRef<Operator> treeOperators();
llvm::ArrayRef<Operator> featureOperators();
llvm::ArrayRef<Operator> modelOperators();
llvm::ArrayRef<Operator> supportVectorOperators();
llvm::ArrayRef<Operator> scanOperators();
llvm::ArrayRef<Operator> attentionOperators();
llvm::ArrayRef<Operator> spatialOperators();
llvm::ArrayRef<Operator> resizeOperators();
llvm::ArrayRef<Operator> signalOperators();
llvm::ArrayRef<Operator> randomOperators();
llvm::ArrayRef<Operator> quantOperators();
llvm::ArrayRef<Operator> microsoftOperators();
llvm::ArrayRef<Operator> microsoftLayerOperators();

/// Adds a plugin's table, whose rows come before ours and live as long as the
/// process.
void registerOperators(llvm::ArrayRef<Operator> rows);

/// What the tables say of an operator.
struct OperatorLookup {
  const Operator *row; ///< Null: it is not supported.
  bool isKnownName;    ///< There is a row, perhaps of another opset.
  bool isKnownDomain;  ///< There are operators of the domain.
};
OperatorLookup findOperator(llvm::StringRef domain, llvm::StringRef name,
                            int64_t opset);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_NODE_H
