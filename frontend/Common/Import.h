//===- Import.h - Models of any format into the graph dialect ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one entry point of every importer. A file's format is recognised by its
// content; the importer of that format gives a module, a summary for `systole
// inspect`, and the list of all problems. Nothing is printed here: a driver
// shows the problems with formatProblems.
//
// A new format registers itself with a static RegisterFormat object.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_IMPORT_H
#define SYSTOLE_FRONTEND_COMMON_IMPORT_H

#include "dialects/Graph/IR/Tensor.h"
#include "frontend/Common/Problems.h"
#include "frontend/Common/SourceFile.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SmallVector.h"
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace systole::frontend {

/// The number of elements of an optional sequence that is not there.
inline constexpr int64_t kAbsent = -1;

/// What a user asks of an import.
struct ImportOptions {
  /// Feeds and fetches by tensor name. Empty: the model's own.
  std::vector<std::string> inputs, outputs;
  /// Binds the dimensions of inputs (`--shape NAME=1x3`), by input name; -1
  /// leaves one as it is.
  /// The elements of a sequence 'x' are inputs 'x[0]', 'x[1]', ...
  std::map<std::string, llvm::SmallVector<int64_t>> shapes;
  /// Numbers of elements of inputs that are sequences or optionals, by input
  /// name; kAbsent for optionals that hold nothing.
  std::map<std::string, int64_t> lengths;
  /// Values of inputs, by name: constants for the nodes that use them. They
  /// remain inputs, which must then have these values.
  std::map<std::string, graph::Tensor> values;
  /// Which of several entry points; empty: the model's default.
  std::string signature;
};

/// An input or output in the model's own terms.
struct TensorSummary {
  std::string name;
  /// False where the model does not say how many dimensions there are.
  bool ranked = true;
  /// -1 where unknown.
  llvm::SmallVector<int64_t> dims;
  /// Names of unknown dimensions, "" where there is none; as many as `dims`.
  std::vector<std::string> dimNames;
  /// As numpy calls it: "float32", "bool", "bfloat16", "object" for strings.
  std::string dtype;
  /// "sequence", "optional", "optional sequence"; empty for plain tensors.
  std::string container;
};

/// A node in the model's own terms.
struct NodeSummary {
  std::string name, op;
  /// Shapes of its outputs as text, "" where unknown: "1x8x28x28".
  std::vector<std::string> outputShapes;
};

/// What `systole inspect` shows. Filled also where operators are unsupported.
struct ModelSummary {
  /// "onnx", "mlir", ...; empty if the format was not recognised.
  std::string format;
  /// Name and version of the program that wrote the file.
  std::string producer;
  std::vector<TensorSummary> inputs, outputs;
  std::vector<std::string> signatures;
  std::vector<NodeSummary> nodes;
  /// Elements of all weights.
  int64_t parameters = 0;
  /// Nodes of each operator.
  std::map<std::string, int64_t> ops;
  /// Nodes whose operator, or use of it, is not supported.
  std::vector<Problem> unsupported;
  std::vector<std::pair<std::string, std::string>> metadata;
  /// Paths of the files that were read besides the model: external data.
  std::vector<std::string> externalFiles;
};

/// The outcome of an import: a module, or problems.
struct ImportResult {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ModelSummary summary;
  std::vector<Problem> problems;
};

/// Imports the model at `path` ("-": standard input). `module` is null exactly
/// when there are problems.
ImportResult importModel(mlir::MLIRContext &context, llvm::StringRef path,
                         const ImportOptions &options);

/// As above from bytes in memory. `source.path` locates companion files.
ImportResult importModel(mlir::MLIRContext &context, const SourceFile &source,
                         const ImportOptions &options);

//===----------------------------------------------------------------------===//
// Registry of formats
//===----------------------------------------------------------------------===//

/// A file format and its importer.
struct Format {
  llvm::StringRef name;
  /// How sure it is that `source` has this format, 0 (it has not) to 100.
  int (*recognise)(const SourceFile &source);
  void (*import)(mlir::MLIRContext &context, const SourceFile &source,
                 const ImportOptions &options, ImportResult &result);
};

/// Adds a format for the life of the process.
struct RegisterFormat {
  explicit RegisterFormat(const Format &format);
};

/// numpy's name of an element type ("float32"), "object" for strings.
std::string numpyTypeName(mlir::Type elementType);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_IMPORT_H
