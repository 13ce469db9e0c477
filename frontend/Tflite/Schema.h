//===- Schema.h - The tables of a TFLite file -------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What flatc makes of tflite.fbs, and the check that must come before it is
// used: no accessor of a flatbuffer looks where it reads.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_TFLITE_SCHEMA_H
#define SYSTOLE_FRONTEND_TFLITE_SCHEMA_H

#include "frontend/Common/Problems.h"
#include "frontend/Tflite/tflite_generated.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace systole::tflite {

/// The code of an operator: what newer files say, or older ones.
fb::BuiltinOperator codeOf(const fb::OperatorCode &code);
/// Its name: "CONV_2D", or that of a custom operator.
std::string operatorName(const fb::OperatorCode &code);

/// A name of the file, "" for none.
inline llvm::StringRef text(const flatbuffers::String *string) {
  return string ? llvm::StringRef(string->c_str(), string->size())
                : llvm::StringRef();
}

/// The elements of a list, none where it is absent.
template <typename T>
llvm::ArrayRef<T> list(const flatbuffers::Vector<T> *vector) {
  return vector ? llvm::ArrayRef<T>(vector->data(), vector->size())
                : llvm::ArrayRef<T>();
}
/// The same of tables: an iterator range.
template <typename T>
std::vector<const T *>
tables(const flatbuffers::Vector<flatbuffers::Offset<T>> *vector) {
  std::vector<const T *> all;
  for (unsigned i = 0; vector && i < vector->size(); ++i)
    all.push_back(vector->Get(i));
  return all;
}

/// The model in `bytes`, or null with problems: the bytes are not a flatbuffer
/// whose every reference stays inside.
const fb::Model *openModel(llvm::StringRef bytes,
                           std::vector<frontend::Problem> &problems);

/// Adds a problem for each thing that is wrong with a model whose references
/// are sound: indices of tensors, buffers, operators and subgraphs, scales, and
/// subgraphs that call themselves.
void checkModel(const fb::Model &model, llvm::StringRef bytes,
                std::vector<frontend::Problem> &problems);

/// The bytes of a buffer, in its table or behind the flatbuffer; false if the
/// place is outside the file.
bool bufferBytes(const fb::Buffer &buffer, llvm::StringRef file,
                 llvm::StringRef &bytes);

/// Subgraphs that an operator calls.
std::vector<int64_t> calledSubgraphs(const fb::Operator &op);

} // namespace systole::tflite

#endif // SYSTOLE_FRONTEND_TFLITE_SCHEMA_H
