//===- IsaDialect.h - Programs of the matrix unit ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect, its operations (IsaOps.td), and what all instructions share. Its
// C++ namespace is the one of hw-sim/isa: LoadOp is the operation of a Load.
//
// NOTE: code that includes this must not say `using namespace systole`: `isa<>`
// would be ambiguous.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_ISA_IR_ISADIALECT_H
#define SYSTOLE_DIALECTS_ISA_IR_ISADIALECT_H

#include "hw-sim/isa/Formats.h"
#include "hw-sim/isa/Image.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"

namespace systole::isa {

/// Attribute of a setting of a base register that follows a tensor.
inline constexpr llvm::StringLiteral kRelocationAttr = "isa.relocation";

/// The 128 bits of an instruction or of isa.word; nullopt for other operations,
/// and for fields out of their range.
std::optional<Word> wordOf(mlir::Operation *op);

/// The operation of a word: of its instruction, or isa.word.
mlir::Operation *createWord(mlir::OpBuilder &builder, mlir::Location location,
                            const Word &word);

// What the operations of all instructions do; see Isa_Op in IsaOps.td.
void addFields(mlir::OperationState &state, const Instruction &instruction);
mlir::ParseResult parseFields(mlir::OpAsmParser &parser,
                              mlir::OperationState &state, Format format);
void printFields(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                 Format format);
llvm::LogicalResult verifyFields(mlir::Operation *op, Format format);

} // namespace systole::isa

#include "dialects/Isa/IR/IsaDialect.h.inc"
#include "dialects/Isa/IR/IsaEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Isa/IR/IsaAttrs.h.inc"

#include "dialects/Isa/IR/IsaInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/Isa/IR/IsaOps.h.inc"

#endif // SYSTOLE_DIALECTS_ISA_IR_ISADIALECT_H
