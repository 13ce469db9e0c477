//===- MlirText.cpp - MLIR text that a user wrote -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's recursive parser is kept from deep nesting, its diagnostics become
// problems, and other dialects are refused.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/MlirText.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <map>

namespace systole::frontend {

/// Brackets may nest this deep: each level costs the parser some hundred bytes
/// to a few kilobytes of stack.
static constexpr int kMaxNesting = 256;

/// The deepest nesting of brackets outside strings and comments.
static int bracketDepth(llvm::StringRef text) {
  int depth = 0, deepest = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
    case '"':
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        if (text[i] == '\\')
          ++i;
      break;
    case '/':
      if (i + 1 < text.size() && text[i + 1] == '/')
        i = std::min(text.find('\n', i), text.size() - 1);
      break;
    case '(':
    case '[':
    case '{':
    case '<':
      deepest = std::max(deepest, ++depth);
      break;
    case ')':
    case ']':
    case '}':
      --depth;
      break;
    case '>':
      // The arrow is no bracket.
      if (i == 0 || text[i - 1] != '-')
        --depth;
      break;
    default:
      break;
    }
  }
  return deepest;
}

/// Adds a problem without a node.
static Problem &addProblem(std::vector<Problem> &problems,
                           const llvm::Twine &message) {
  problems.emplace_back();
  problems.back().message = message.str();
  return problems.back();
}

/// Refuses operations of other dialects, each operator once.
static void checkDialects(mlir::ModuleOp module,
                          llvm::ArrayRef<llvm::StringRef> dialects,
                          std::vector<Problem> &problems) {
  std::map<std::string, int64_t> foreign;
  module.walk([&](mlir::Operation *op) {
    if (op != module &&
        !llvm::is_contained(dialects, op->getName().getDialectNamespace()))
      ++foreign[op->getName().getStringRef().str()];
  });
  for (const auto &[name, count] : foreign)
    addProblem(problems, "operation '" + name + "' (" + std::to_string(count) +
                             " times) is of a dialect that is not read")
        .help.push_back("here MLIR holds operations of: " +
                        llvm::join(dialects, ", "));
}

/// A diagnostic of parser or verifier.
static void addDiagnostic(std::vector<Problem> &problems,
                          mlir::Diagnostic &diagnostic) {
  Problem &problem = addProblem(problems, printable(diagnostic.str()));
  if (auto place =
          mlir::dyn_cast<mlir::FileLineColLoc>(diagnostic.getLocation()))
    problem.notes.push_back("at line " + std::to_string(place.getLine()) +
                            ", column " + std::to_string(place.getColumn()));
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    problem.notes.push_back(printable(note.str()));
}

mlir::OwningOpRef<mlir::ModuleOp>
parseMlirText(mlir::MLIRContext &context, const SourceFile &source,
              llvm::ArrayRef<llvm::StringRef> dialects,
              std::vector<Problem> &problems) {
  if (bracketDepth(source.bytes) > kMaxNesting) {
    addProblem(problems, "brackets are nested more than " +
                             std::to_string(kMaxNesting) + " deep");
    return {};
  }
  mlir::ScopedDiagnosticHandler handler(
      &context, [&](mlir::Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
          addDiagnostic(problems, diagnostic);
        return mlir::success();
      });
  // The parser wants a terminating zero: a copy, text is small.
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(source.bytes, source.path);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  mlir::ParserConfig config(&context, /*verifyAfterParse=*/true);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, config);
  if (module)
    checkDialects(*module, dialects, problems);
  else if (problems.empty())
    addProblem(problems, "the file cannot be parsed as MLIR");
  return problems.empty() ? std::move(module)
                          : mlir::OwningOpRef<mlir::ModuleOp>();
}

} // namespace systole::frontend
