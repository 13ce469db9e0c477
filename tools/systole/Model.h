//===- Model.h - Reading the MODEL of a command line ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every verb does with its MODEL: open it, tell a compiled one from a
// source, import it, and know the entry's inputs and outputs by name.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_MODEL_H
#define SYSTOLE_TOOLS_SYSTOLE_MODEL_H

#include "frontend/Common/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Options.h"

namespace systole::driver {

/// Reads --signature, --inputs, --outputs and --shape; a usage message and
/// nullopt where one is malformed.
std::optional<frontend::ImportOptions>
parseModelOptions(const Arguments &arguments);

/// Opens MODEL ("-": standard input); a message and nullopt where it cannot.
std::optional<frontend::SourceFile> openModel(llvm::StringRef path);

/// What the compiler has made of a model.
enum class CompiledKind { None, Executable, Object, Module };

/// What kind of compiled model the bytes are, by their ELF header.
CompiledKind compiledKind(llvm::StringRef bytes);

/// The file's name without folder and extension: what a model is called where
/// it has no name of its own. "model" for standard input.
std::string modelName(llvm::StringRef path);

/// A context set up for one model, whose diagnostics are printed in our form.
class ModelContext {
public:
  /// With `compiling` it has threads and knows the dialects of the backend.
  /// Else neither: a short run would spend its time on them.
  explicit ModelContext(bool compiling = false);
  mlir::MLIRContext &get() { return context; }

private:
  mlir::MLIRContext context;
  DiagnosticPrinter printer;
};

/// Imports a model and prints its problems; a null module if there are any.
frontend::ImportResult readModel(mlir::MLIRContext &context,
                                 const frontend::SourceFile &source,
                                 const frontend::ImportOptions &options);

/// The entry function to run. The importer has made it the one that the
/// signature asks for.
mlir::func::FuncOp entryFunction(mlir::ModuleOp module);

/// Names made unique: a name whose file name ('/' and ':' replaced by '_') is
/// taken already gets "_1", "_2", ... appended. In order.
std::vector<std::string> uniqueNames(llvm::ArrayRef<std::string> names);

/// The stem of the file of tensor `name`: '/' and ':' replaced by '_'.
std::string fileName(llvm::StringRef name);

/// "1x?x28" for dimensions with -1 where unknown; "scalar" for none.
std::string shapeText(llvm::ArrayRef<int64_t> dims);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_MODEL_H
