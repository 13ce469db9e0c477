//===- IsaImage.h - Programs from images and back ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An image that has become a program becomes the same image again.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_ISA_IR_ISAIMAGE_H
#define SYSTOLE_DIALECTS_ISA_IR_ISAIMAGE_H

#include "dialects/Isa/IR/IsaDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OwningOpRef.h"

namespace systole::isa {

/// A module with one program. Precondition: checkImage() finds nothing.
mlir::OwningOpRef<mlir::ModuleOp> programFrom(mlir::MLIRContext *context,
                                              const Image &image);

/// The image of a program. Precondition: the operations in it verify.
Image imageOf(ProgramOp program);

/// The type of a tensor of an image.
mlir::RankedTensorType tensorType(mlir::MLIRContext *context,
                                  const Tensor &tensor);

} // namespace systole::isa

#endif // SYSTOLE_DIALECTS_ISA_IR_ISAIMAGE_H
