//===- IsaDialect.cpp - The dialect and its attributes --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registration, and where a relocation may stand.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaDialect.h"
#include "dialects/Isa/IR/IsaMachine.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole::isa;

#include "dialects/Isa/IR/IsaDialect.cpp.inc"
#include "dialects/Isa/IR/IsaEnums.cpp.inc"
#include "dialects/Isa/IR/IsaInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Isa/IR/IsaAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Isa/IR/IsaOps.cpp.inc"

void IsaDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Isa/IR/IsaAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Isa/IR/IsaOps.cpp.inc"
      >();
}

/// Whether an instruction sets a base register.
static bool setsBase(Operation *op) {
  auto instruction = llvm::dyn_cast<InstructionOp>(op);
  if (!instruction)
    return false;
  return std::holds_alternative<Base>(
      readPayload(instruction.getFormat(), Word()));
}

// What the relocation refers to is checked by isa.program (program-C3), which
// sees the tensors.
LogicalResult IsaDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attribute) {
  if (attribute.getName() == kTargetAttr) {
    if (!llvm::isa<ModuleOp>(op))
      return op->emitOpError("has an isa.target, which belongs to a module");
    return machineOf(attribute.getValue(), [&] { return op->emitOpError(); });
  }
  if (attribute.getName() != kRelocationAttr)
    return op->emitOpError("has an attribute '")
           << attribute.getName().strref() << "', which the dialect does not "
           << "know";
  if (!llvm::isa<RelocationAttr>(attribute.getValue()))
    return op->emitOpError("has an isa.relocation that is no "
                           "#isa.relocation: ")
           << attribute.getValue();
  if (!setsBase(op))
    return op->emitOpError("has an isa.relocation, but sets no base register");
  return success();
}
