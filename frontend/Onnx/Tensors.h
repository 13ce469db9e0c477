//===- Tensors.h - Tensors of an ONNX file ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decodes TensorProto in all its encodings (bytes, typed lists, packed nibbles,
// files beside the model), without a copy where the bytes can stay mapped.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_TENSORS_H
#define SYSTOLE_FRONTEND_ONNX_TENSORS_H

#include "dialects/Graph/IR/Tensor.h"
#include "frontend/Common/SourceFile.h"
#include "frontend/Onnx/onnx.pb.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace systole::onnx {

/// The last of ONNX's data type numbers that is known here.
inline constexpr int32_t kLastDataType = 26;
/// Element type of an ONNX data type number; null for unknown ones.
mlir::Type elementTypeOf(mlir::MLIRContext *context, int32_t dataType);
/// ONNX's name of a data type number: "FLOAT".
std::string dataTypeName(int32_t dataType);

/// Reads tensors of one model.
class TensorReader {
public:
  TensorReader(mlir::MLIRContext *context, const frontend::SourceFile &source)
      : context(context), source(source) {}

  /// The tensor, or nothing and in `error` what is wrong with it.
  std::optional<graph::Tensor> read(const TensorProto &proto,
                                    std::string &error);
  /// A sparse tensor with all its zeros (SparseTensors.cpp).
  std::optional<graph::Tensor> read(const SparseTensorProto &proto,
                                    std::string &error);
  /// Paths of the files beside the model that tensors were read from, sorted.
  std::vector<std::string> externalPaths() const;

private:
  using Result = std::optional<graph::Tensor>;

  /// The stored bytes: in the message, in the file, or in a file beside it.
  bool findBytes(const TensorProto &proto, llvm::StringRef &bytes,
                 std::shared_ptr<void> &owner, std::string &error);
  bool findExternal(const TensorProto &proto, llvm::StringRef &bytes,
                    std::shared_ptr<void> &owner, std::string &error);
  /// Maps a file of the model's folder, each once.
  const frontend::SourceFile *openExternal(llvm::StringRef location,
                                           std::string &error);
  Result fromBytes(mlir::Type type, llvm::ArrayRef<int64_t> shape,
                   llvm::StringRef bytes, std::shared_ptr<void> owner,
                   std::string &error);
  Result fromStrings(const TensorProto &proto, mlir::Type type,
                     llvm::ArrayRef<int64_t> shape, std::string &error);
  Result fromLists(const TensorProto &proto, mlir::Type type,
                   llvm::ArrayRef<int64_t> shape, std::string &error);

  mlir::MLIRContext *context;
  const frontend::SourceFile &source;
  llvm::StringMap<frontend::SourceFile> externals;
};

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_TENSORS_H
