//===- Tensors.h - Tensors of a TFLite file ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Element types, constants and quantisation parameters.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_TFLITE_TENSORS_H
#define SYSTOLE_FRONTEND_TFLITE_TENSORS_H

#include "dialects/Graph/IR/Tensor.h"
#include "frontend/Common/SourceFile.h"
#include "frontend/Tflite/Schema.h"
#include <optional>

namespace systole::tflite {

/// Element type of a tensor; null for resources, variants and unknown ones.
mlir::Type elementTypeOf(mlir::MLIRContext *context, fb::TensorType type);
/// The format's name of it: "INT8".
std::string typeName(fb::TensorType type);

/// What the numbers of an integer tensor stand for: (q - zero point) * scale.
struct Quantization {
  /// One for the tensor, or one for each index of `axis`; none: not quantised.
  llvm::SmallVector<float> scales;
  llvm::SmallVector<int64_t> zeroPoints;
  int64_t axis = 0;

  explicit operator bool() const { return !scales.empty(); }
  bool isPerAxis() const { return scales.size() > 1; }
  float scale(size_t i = 0) const { return scales[scales.size() > 1 ? i : 0]; }
  int64_t zeroPoint(size_t i = 0) const {
    return zeroPoints[zeroPoints.size() > 1 ? i : 0];
  }
  bool operator==(const Quantization &other) const {
    return scales == other.scales && zeroPoints == other.zeroPoints;
  }
};
Quantization quantizationOf(const fb::Tensor &tensor);
/// True for integers of at most 16 bits that stand for other numbers.
bool holdsQuantized(const fb::Tensor &tensor);

/// The value of a constant tensor; nothing, and in `error` what is wrong with
/// it. Large ones point into the file.
std::optional<graph::Tensor> readTensor(mlir::MLIRContext *context,
                                        const fb::Tensor &tensor,
                                        llvm::StringRef bytes,
                                        const frontend::SourceFile &source,
                                        std::string &error);
/// The same for a tensor with `sparsity`: with all its zeros.
std::optional<graph::Tensor> readSparse(mlir::MLIRContext *context,
                                        const fb::Tensor &tensor,
                                        llvm::StringRef bytes,
                                        std::string &error);

} // namespace systole::tflite

#endif // SYSTOLE_FRONTEND_TFLITE_TENSORS_H
