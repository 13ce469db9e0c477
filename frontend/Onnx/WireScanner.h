//===- WireScanner.h - Takes large tensors out of a model -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// protobuf copies every bytes field and stops at 2 GB. So a scanner walks the
// wire format first, without decoding it, and writes a copy of the model in
// which each large `raw_data` is replaced by its place in the file:
//
//   TensorProto { dims: 1000 raw_data: <4000 bytes> }
//   TensorProto { dims: 1000 mapped_offset: 1234 mapped_length: 4000 }
//
// Every length is checked against the enclosing message, and nesting is
// limited, before protobuf sees a byte.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_WIRESCANNER_H
#define SYSTOLE_FRONTEND_ONNX_WIRESCANNER_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace systole::onnx {

/// raw_data of at least this many bytes stays in the file.
inline constexpr size_t kMappedBytes = 512;
/// Graphs (of attributes) may nest this deep.
inline constexpr int kMaxGraphNesting = 20;

/// Gives in `small` the model of `bytes` without its large tensors; on
/// malformed input false, and what is wrong in `error`.
bool extractLargeTensors(llvm::StringRef bytes, std::string &small,
                         std::string &error);

/// How sure it is that `bytes` are a ModelProto: 0 to 100. Damaged files that
/// start like one count, so that their error speaks of ONNX.
int modelLikelihood(llvm::StringRef bytes);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_WIRESCANNER_H
