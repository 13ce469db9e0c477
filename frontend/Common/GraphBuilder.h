//===- GraphBuilder.h - Builds graph operations safely ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What importers build operations with. Three rules make importers short:
//
//   1. A failed build returns a null Value and records a message; every builder
//      given a null operand returns null without another message. So a chain of
//      calls needs one check, at its end.
//   2. Operations on small constants are evaluated at once by the reference
//      interpreter: shape arithmetic is gone when it is imported, and
//      conditions that depend on known dimensions are known.
//   3. Nothing here aborts, whatever the operands: types are inferred and
//      verified before a value is handed out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_GRAPHBUILDER_H
#define SYSTOLE_FRONTEND_COMMON_GRAPHBUILDER_H

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>
#include <string>
#include <vector>

namespace systole::frontend {

/// A size of one dimension: a number, or a tensor<1xi64> computed at run time.
struct Extent {
  Extent(int64_t size) : size(size) {}
  Extent(mlir::Value value) : value(value) {}
  int64_t size = -1;
  mlir::Value value;
};

class GraphBuilder {
public:
  using Values = llvm::ArrayRef<mlir::Value>;
  using Ints = llvm::ArrayRef<int64_t>;
  using Attributes = llvm::ArrayRef<mlir::NamedAttribute>;

  GraphBuilder(mlir::OpBuilder &builder, mlir::Location location)
      : builder(builder), location(location) {}

  //===--------------------------------------------------------------------===//
  // Errors
  //===--------------------------------------------------------------------===//

  /// Records a message and returns the null value.
  mlir::Value error(const llvm::Twine &message);
  /// Adds advice to what is wrong.
  void help(const llvm::Twine &text) { helpTexts.push_back(text.str()); }
  bool failed() const { return !messages.empty(); }
  llvm::ArrayRef<std::string> getMessages() const { return messages; }
  llvm::ArrayRef<std::string> getHelp() const { return helpTexts; }

  //===--------------------------------------------------------------------===//
  // Any operation
  //===--------------------------------------------------------------------===//

  /// Builds an OpTy with inferred result types; null operands at the end stand
  /// for absent optional ones (`optionalOperands` of them at most).
  template <typename OpTy>
  mlir::Value make(Values operands, Attributes attributes = {},
                   unsigned optionalOperands = 0) {
    return create(OpTy::getOperationName(), operands, attributes,
                  optionalOperands);
  }

  /// From now on operations on small constants stay, instead of being replaced
  /// by their results.
  void keepOperations() { keepsOperations = true; }

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLocation() const { return location; }
  mlir::MLIRContext *getContext() const { return builder.getContext(); }
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Attribute value);
  mlir::NamedAttribute attr(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute attr(llvm::StringRef name, double value);
  mlir::NamedAttribute attr(llvm::StringRef name, Ints values);
  mlir::NamedAttribute unitAttr(llvm::StringRef name);

  //===--------------------------------------------------------------------===//
  // Types and constants
  //===--------------------------------------------------------------------===//

  static mlir::Type elementType(mlir::Value value);
  /// Rank, or nullopt where it is unknown.
  static std::optional<int64_t> rankOf(mlir::Value value);
  /// Size of dimension `d`, or -1 where unknown.
  static int64_t sizeOf(mlir::Value value, int64_t d);
  /// Rank; records a message that names the dimension it depends on if unknown.
  std::optional<int64_t> requireRank(mlir::Value value, llvm::StringRef what);
  /// The integers of a constant; a message that names `what` if it is not one.
  std::optional<llvm::SmallVector<int64_t>> requireInts(mlir::Value value,
                                                        llvm::StringRef what);

  mlir::Value constant(const graph::Tensor &tensor);
  mlir::Value ints(Ints values);
  /// A list of numbers, or of strings.
  mlir::Value numbers(mlir::Type elementType, llvm::ArrayRef<double> values);
  mlir::Value texts(llvm::ArrayRef<std::string> values);
  mlir::Value scalar(mlir::Type elementType, double number);
  /// A scalar of the element type of `value`.
  mlir::Value like(mlir::Value value, double number);

  //===--------------------------------------------------------------------===//
  // Elementwise
  //===--------------------------------------------------------------------===//

  mlir::Value add(mlir::Value a, mlir::Value b) {
    return make<graph::AddOp>({a, b});
  }
  mlir::Value sub(mlir::Value a, mlir::Value b) {
    return make<graph::SubOp>({a, b});
  }
  mlir::Value mul(mlir::Value a, mlir::Value b) {
    return make<graph::MulOp>({a, b});
  }
  mlir::Value div(mlir::Value a, mlir::Value b) {
    return make<graph::DivOp>({a, b});
  }
  mlir::Value max(mlir::Value a, mlir::Value b) {
    return make<graph::MaxOp>({a, b});
  }
  mlir::Value min(mlir::Value a, mlir::Value b) {
    return make<graph::MinOp>({a, b});
  }
  mlir::Value add(mlir::Value a, double b) {
    return a ? add(a, like(a, b)) : a;
  }
  mlir::Value sub(mlir::Value a, double b) {
    return a ? sub(a, like(a, b)) : a;
  }
  mlir::Value mul(mlir::Value a, double b) {
    return a ? mul(a, like(a, b)) : a;
  }
  mlir::Value div(mlir::Value a, double b) {
    return a ? div(a, like(a, b)) : a;
  }
  mlir::Value max(mlir::Value a, double b) {
    return a ? max(a, like(a, b)) : a;
  }
  mlir::Value min(mlir::Value a, double b) {
    return a ? min(a, like(a, b)) : a;
  }
  mlir::Value abs(mlir::Value a) { return make<graph::AbsOp>({a}); }
  mlir::Value neg(mlir::Value a) { return make<graph::NegOp>({a}); }
  mlir::Value exp(mlir::Value a) { return make<graph::ExpOp>({a}); }
  mlir::Value log(mlir::Value a) { return make<graph::LogOp>({a}); }
  mlir::Value sqrt(mlir::Value a) { return make<graph::SqrtOp>({a}); }
  mlir::Value floor(mlir::Value a) { return make<graph::FloorOp>({a}); }
  mlir::Value tanh(mlir::Value a) { return make<graph::TanhOp>({a}); }
  mlir::Value sigmoid(mlir::Value a) { return make<graph::SigmoidOp>({a}); }
  mlir::Value relu(mlir::Value a) { return make<graph::ReluOp>({a}); }
  mlir::Value logicalNot(mlir::Value a) { return make<graph::NotOp>({a}); }
  mlir::Value cast(mlir::Value a, mlir::Type to);
  mlir::Value compare(graph::ComparePredicate predicate, mlir::Value a,
                      mlir::Value b);
  mlir::Value compare(graph::ComparePredicate predicate, mlir::Value a,
                      double b) {
    return a ? compare(predicate, a, like(a, b)) : a;
  }
  mlir::Value select(mlir::Value c, mlir::Value a, mlir::Value b) {
    return make<graph::SelectOp>({c, a, b});
  }

  //===--------------------------------------------------------------------===//
  // Shapes and data movement
  //===--------------------------------------------------------------------===//

  /// tensor<Rxi64> of dimensions; a constant where they are known.
  mlir::Value shapeOf(mlir::Value a);
  /// One dimension: a number where known, otherwise a slice of shape_of.
  Extent extent(mlir::Value a, int64_t d);
  /// Product of two extents.
  Extent product(const Extent &a, const Extent &b);
  /// tensor<Nxi64> from extents.
  mlir::Value shape(llvm::ArrayRef<Extent> extents);
  mlir::Value reshape(mlir::Value a, mlir::Value shape, bool copyZeros = false);
  mlir::Value reshape(mlir::Value a, llvm::ArrayRef<Extent> extents);
  mlir::Value transpose(mlir::Value a, Ints perm);
  mlir::Value squeeze(mlir::Value a, Ints axes);
  mlir::Value unsqueeze(mlir::Value a, Ints axes);
  mlir::Value broadcast(mlir::Value a, mlir::Value shape);
  mlir::Value concat(Values values, int64_t axis);
  /// Indices [start, end) along `axis`.
  mlir::Value slice(mlir::Value a, int64_t axis, int64_t start, int64_t end);
  mlir::Value slice(mlir::Value a, mlir::Value starts, mlir::Value ends,
                    mlir::Value steps, Ints axes);
  mlir::Value gather(mlir::Value a, mlir::Value indices, int64_t axis);
  /// graph.pad with numbers (zeros where `filler` is null).
  mlir::Value pad(mlir::Value a, mlir::Value pads, mlir::Value filler = {});
  mlir::Value matmul(mlir::Value a, mlir::Value b) {
    return make<graph::MatMulOp>({a, b});
  }
  /// The same on integers of at most 16 bits, with sums of type `sum`.
  mlir::Value matmul(mlir::Value a, mlir::Value b, mlir::Type sum) {
    return make<graph::MatMulOp>({a, b},
                                 {attr("sum_type", mlir::TypeAttr::get(sum))});
  }
  mlir::Value reduce(graph::ReduceKind kind, mlir::Value a, Ints axes,
                     bool keepDims);
  mlir::Value softmax(mlir::Value a, int64_t axis);

  /// A graph.while whose body maps carried values to the next ones. `condition`
  /// and `body` build with `inner`, which inserts into the region. Result
  /// types: `types`, which must agree with inits and the body's values.
  std::vector<mlir::Value> makeWhile(
      Values inits, mlir::TypeRange types,
      llvm::function_ref<mlir::Value(GraphBuilder &inner, Values)> condition,
      llvm::function_ref<std::vector<mlir::Value>(GraphBuilder &inner, Values)>
          body);

private:
  mlir::Value create(llvm::StringRef name, Values operands,
                     Attributes attributes, unsigned optionalOperands);
  /// The constant that `op` computes from small constants, or null.
  mlir::Value evaluate(mlir::Operation *op);
  void adoptErrors(const GraphBuilder &inner);

  mlir::OpBuilder &builder;
  mlir::Location location;
  std::vector<std::string> messages, helpTexts;
  bool keepsOperations = false;
};

/// Dimensions of entry arguments that `value` depends on through the defining
/// operations, as text: "dimension 'sequence' of input 'input'"; "" for none.
std::string describeDynamicSource(mlir::Value value);
/// The `--shape` option that would bind them, or "".
std::string suggestBinding(mlir::Value value);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_GRAPHBUILDER_H
