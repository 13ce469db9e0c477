//===- ProgramFile.cpp - Programs of the matrix unit in files -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See ProgramFile.h.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/ProgramFile.h"
#include "dialects/Isa/IR/IsaImage.h"
#include "frontend/Common/MlirText.h"
#include "mlir/IR/MLIRContext.h"

namespace systole::frontend {

static const uint8_t *bytesOf(const SourceFile &source) {
  return reinterpret_cast<const uint8_t *>(source.bytes.data());
}

bool isProgram(const SourceFile &source) {
  if (source.isFolder)
    return false;
  if (isa::isImage(bytesOf(source), source.bytes.size()))
    return true;
  llvm::StringRef head = source.bytes.take_front(1 << 16);
  return !head.contains('\0') && head.contains("isa.program");
}

static void addProblem(std::vector<Problem> &problems,
                       const std::string &message, const std::string &help) {
  problems.emplace_back();
  problems.back().message = message;
  problems.back().help.push_back(help);
}

/// The program of a text.
static std::optional<isa::Image> readText(const SourceFile &source,
                                          std::vector<Problem> &problems) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<isa::IsaDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module =
      parseMlirText(context, source, {"isa"}, problems);
  if (!module)
    return std::nullopt;
  auto programs = llvm::to_vector(module->getOps<isa::ProgramOp>());
  if (programs.size() == 1)
    return isa::imageOf(programs.front());
  addProblem(problems,
             "the file holds " + std::to_string(programs.size()) +
                 " programs, not one",
             "put each isa.program into a file of its own");
  return std::nullopt;
}

std::optional<isa::Image> readProgram(const SourceFile &source,
                                      std::vector<Problem> &problems) {
  if (!isa::isImage(bytesOf(source), source.bytes.size()))
    return readText(source, problems);
  std::string problem;
  std::optional<isa::Image> image =
      isa::readImage(bytesOf(source), source.bytes.size(), problem);
  if (!image)
    addProblem(problems, printable(problem),
               "make the image anew: nothing of a damaged one is used");
  return image;
}

} // namespace systole::frontend
