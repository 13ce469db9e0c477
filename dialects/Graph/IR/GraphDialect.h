//===- GraphDialect.h - The graph dialect -----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect, its types and attributes, and the names that importers attach
// to functions. The specification is in the .td files.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_GRAPHDIALECT_H
#define SYSTOLE_DIALECTS_GRAPH_IR_GRAPHDIALECT_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"

#include "dialects/Graph/IR/GraphDialect.h.inc"
#include "dialects/Graph/IR/GraphEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/IR/GraphAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Graph/IR/GraphTypes.h.inc"

namespace systole::graph {

/// Attributes of an entry function's arguments and results, and of its module.
/// Name of the tensor in the source model (StringAttr; argument or result).
inline constexpr llvm::StringLiteral kNameAttr = "graph.name";
/// Names of dynamic dimensions, "" where there is none (ArrayAttr of
/// StringAttr).
inline constexpr llvm::StringLiteral kDimNamesAttr = "graph.dim_names";
/// Marks a function that a user can call (UnitAttr on func.func). Its symbol is
/// "main" for a model with one entry.
inline constexpr llvm::StringLiteral kEntryAttr = "graph.entry";
/// Marks a function that runs once when a state begins, before any entry
/// (UnitAttr on func.func without arguments and results).
inline constexpr llvm::StringLiteral kInitializerAttr = "graph.initializer";
/// Module attributes: file format ("onnx"), producer, source file's name.
inline constexpr llvm::StringLiteral kFormatAttr = "graph.format";
inline constexpr llvm::StringLiteral kProducerAttr = "graph.producer";
inline constexpr llvm::StringLiteral kModelNameAttr = "graph.model_name";

/// True if each type of `l` has the element type of its partner in `r` and a
/// shape that may be the same; types that are not tensors must be equal.
bool areTypesCompatible(mlir::TypeRange l, mlir::TypeRange r);

/// Verifies that result types do not contradict the inferred ones.
llvm::LogicalResult verifyInferredTypes(mlir::Operation *op);

/// Inferred: the result types are checked against the inferred ones.
template <typename ConcreteType>
class InferredTypes
    : public mlir::OpTrait::TraitBase<ConcreteType, InferredTypes> {
public:
  static llvm::LogicalResult verifyTrait(mlir::Operation *op) {
    return verifyInferredTypes(op);
  }
};

/// Elementwise: result elements depend on operand elements at the same index.
template <typename ConcreteType>
class Elementwise : public mlir::OpTrait::TraitBase<ConcreteType, Elementwise> {
};

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_GRAPHDIALECT_H
