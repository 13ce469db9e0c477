//===- VariableOps.cpp - State of a model ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Verifiers of variables and of what names them, and the assembly of a
// declaration.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include "dialects/Graph/IR/Tensor.h"

using namespace mlir;
using namespace systole::graph;

MLIR_DEFINE_EXPLICIT_TYPE_ID(systole::graph::VariableResource)

//===----------------------------------------------------------------------===//
// variable
//===----------------------------------------------------------------------===//

/// Parses `: type`, or `= initial`, whose type is the variable's.
ParseResult systole::graph::parseTypeOrInitial(OpAsmParser &parser,
                                               TypeAttr &type,
                                               ElementsAttr &initial) {
  if (failed(parser.parseOptionalEqual())) {
    Type declared;
    if (parser.parseColonType(declared))
      return failure();
    type = TypeAttr::get(declared);
    return success();
  }
  if (parser.parseAttribute(initial))
    return failure();
  type = TypeAttr::get(initial.getShapedType());
  return success();
}

void systole::graph::printTypeOrInitial(OpAsmPrinter &printer, Operation *,
                                        TypeAttr type, ElementsAttr initial) {
  if (initial)
    printer << "= " << initial;
  else
    printer << ": " << type.getValue();
}

LogicalResult VariableOp::verify() {
  // C1
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return emitOpError("of type ")
           << getType() << " is not a tensor of static shape";
  if (elementBytes(type.getElementType()) == 0 ||
      isa<StringType>(type.getElementType()))
    return emitOpError("of type ")
           << type << " has elements that no state can hold";
  if (countElements(type.getShape()) < 0)
    return emitOpError("of type ") << type << " has more than 2^62 elements";
  // C2
  if (getInitial() && getInitial()->getShapedType() != type)
    return emitOpError("of type ") << type << " starts with a value of type "
                                   << getInitial()->getShapedType();
  return success();
}

//===----------------------------------------------------------------------===//
// read_variable, assign_variable
//===----------------------------------------------------------------------===//

/// The declaration that `name` means, or null after a message at `op`.
static VariableOp findVariable(Operation *op, FlatSymbolRefAttr name,
                               SymbolTableCollection &symbols) {
  Operation *found = symbols.lookupNearestSymbolFrom(op, name);
  if (auto variable = dyn_cast_or_null<VariableOp>(found))
    return variable;
  InFlightDiagnostic message = op->emitOpError()
                               << name << " names no variable";
  if (found)
    message.attachNote(found->getLoc())
        << "it is a '" << found->getName() << "'";
  return nullptr;
}

LogicalResult ReadVariableOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // C1
  VariableOp variable = findVariable(*this, getVariableAttr(), symbols);
  if (!variable)
    return failure();
  // C2
  if (getResult().getType() == variable.getType())
    return success();
  InFlightDiagnostic message = emitOpError("result of type ")
                               << getResult().getType()
                               << " is not of the variable's type "
                               << variable.getType();
  message.attachNote(variable.getLoc()) << "the variable is declared here";
  return message;
}

LogicalResult
AssignVariableOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // C1
  VariableOp variable = findVariable(*this, getVariableAttr(), symbols);
  if (!variable)
    return failure();
  // C2
  if (areTypesCompatible(getValue().getType(), variable.getType()))
    return success();
  InFlightDiagnostic message = emitOpError("value of type ")
                               << getValue().getType()
                               << " does not fit the variable's type "
                               << variable.getType();
  message.attachNote(variable.getLoc()) << "the variable is declared here";
  return message;
}
