//===- Import.cpp - Models of any format into the graph dialect -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Opens the file, asks every registered format, and lets the surest import it.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Import.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace systole::frontend {

/// The formats, in the order of registration. A function's static, so that it
/// exists before the first RegisterFormat object.
static std::vector<Format> &formats() {
  static std::vector<Format> all;
  return all;
}

RegisterFormat::RegisterFormat(const Format &format) {
  formats().push_back(format);
}

/// The format that is surest about `source`, or null.
static const Format *recognise(const SourceFile &source) {
  const Format *best = nullptr;
  int bestScore = 0;
  for (const Format &format : formats()) {
    int score = format.recognise(source);
    // Ties go to the name, not to the order of static initialisers.
    if (score > bestScore ||
        (best && score == bestScore && format.name < best->name)) {
      best = &format;
      bestScore = score;
    }
  }
  return bestScore > 0 ? best : nullptr;
}

/// The problem of a file that no format claims.
static Problem unknownFormat(const SourceFile &source) {
  Problem problem;
  problem.message = source.isFolder
                        ? "the folder is not a model that Systole reads"
                        : "the file is not a model that Systole reads";
  if (!source.isFolder) {
    std::string looksLike = describeContent(source.bytes);
    if (!looksLike.empty())
      problem.notes.push_back("it looks like " + looksLike);
  }
  std::string known;
  for (const Format &format : formats())
    known += (known.empty() ? "" : ", ") + format.name.str();
  problem.help.push_back("formats that are read: " + known);
  return problem;
}

ImportResult importModel(mlir::MLIRContext &context, const SourceFile &source,
                         const ImportOptions &options) {
  context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
  ImportResult result;
  const Format *format = recognise(source);
  if (!format) {
    result.problems.push_back(unknownFormat(source));
    return result;
  }
  result.summary.format = format->name.str();
  format->import(context, source, options, result);
  if (!result.problems.empty())
    result.module = nullptr;
  return result;
}

ImportResult importModel(mlir::MLIRContext &context, llvm::StringRef path,
                         const ImportOptions &options) {
  SourceFile source;
  std::string error;
  if (openSource(path, source, error))
    return importModel(context, source, options);
  ImportResult result;
  Problem problem;
  problem.message = error;
  result.problems.push_back(std::move(problem));
  return result;
}

std::string numpyTypeName(mlir::Type type) {
  if (mlir::isa<graph::StringType>(type))
    return "object";
  if (type.isInteger(1))
    return "bool";
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type))
    return (integer.isUnsigned() ? "uint" : "int") +
           std::to_string(integer.getWidth());
  if (auto complex = mlir::dyn_cast<mlir::ComplexType>(type))
    return complex.getElementType().isF64() ? "complex128" : "complex64";
  return llvm::TypeSwitch<mlir::Type, std::string>(type)
      .Case([](mlir::Float64Type) { return "float64"; })
      .Case([](mlir::Float32Type) { return "float32"; })
      .Case([](mlir::Float16Type) { return "float16"; })
      .Case([](mlir::BFloat16Type) { return "bfloat16"; })
      .Case([](mlir::Float8E4M3FNType) { return "float8_e4m3fn"; })
      .Case([](mlir::Float8E4M3FNUZType) { return "float8_e4m3fnuz"; })
      .Case([](mlir::Float8E5M2Type) { return "float8_e5m2"; })
      .Case([](mlir::Float8E5M2FNUZType) { return "float8_e5m2fnuz"; })
      .Case([](mlir::Float8E8M0FNUType) { return "float8_e8m0fnu"; })
      .Case([](mlir::Float4E2M1FNType) { return "float4_e2m1fn"; })
      .Default([](mlir::Type) { return "unknown"; });
}

} // namespace systole::frontend
