//===- Classes.h - Scores and labels of classes -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the classifiers and regressors of ai.onnx.ml share.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_CLASSES_H
#define SYSTOLE_FRONTEND_ONNX_CLASSES_H

#include "frontend/Onnx/Node.h"

namespace systole::onnx {

/// Features as floats: other types become 32-bit ones.
mlir::Value floatsOf(Node &n, mlir::Value x);
/// Scores [rows, targets] after attribute 'post_transform'.
mlir::Value postTransform(Node &n, mlir::Value scores, llvm::StringRef name);
/// The labels that attributes 'classlabels_*' list; null without a message if
/// there are none.
mlir::Value classLabels(Node &n);
/// The scores [rows, 2] of two classes from the second's [rows, 1]: the first
/// has 1 - s, or, as an argument of a function, -s.
mlir::Value twoClasses(Node &n, mlir::Value score, bool isProbability);
/// The label of each row's highest score; one label stands for the second of
/// two classes, of which the first is 0 or "".
mlir::Value bestLabel(Node &n, mlir::Value scores, mlir::Value labels);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_CLASSES_H
