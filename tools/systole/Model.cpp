//===- Model.cpp - Reading the MODEL of a command line --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Model.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Model.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Common/Plugins.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// Parses "1x3x?x224"; an empty text is the shape of a scalar.
static bool parseShape(StringRef text, SmallVector<int64_t> &dims) {
  if (text.empty())
    return true;
  SmallVector<StringRef> parts;
  text.split(parts, text.contains(',') ? ',' : 'x');
  for (StringRef part : parts) {
    int64_t dim = -1;
    if (part != "?" && (part.getAsInteger(10, dim) || dim < 0))
      return false;
    dims.push_back(dim);
  }
  return true;
}

std::optional<frontend::ImportOptions>
systole::driver::parseModelOptions(const Arguments &arguments) {
  frontend::ImportOptions options;
  for (const std::string &name : arguments.list("--inputs"))
    options.inputs.push_back(name);
  for (const std::string &name : arguments.list("--outputs"))
    options.outputs.push_back(name);
  options.signature = arguments.get("--signature").str();
  for (StringRef value : arguments.all("--shape")) {
    // The last '=': names may hold one, shapes do not.
    auto [name, text] = value.rsplit('=');
    SmallVector<int64_t> dims;
    if (!value.contains('=') || name.empty() || !parseShape(text, dims)) {
      usageError(
          arguments, "'" + value + "' is not a value of --shape",
          "an input's name and its dimensions, e.g. --shape x=1x3x224x224");
      return std::nullopt;
    }
    options.shapes[name.str()] = dims;
  }
  return options;
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

std::optional<frontend::SourceFile> systole::driver::openModel(StringRef path) {
  frontend::SourceFile source;
  std::string error;
  if (frontend::openSource(path, source, error))
    return source;
  printError(error);
  return std::nullopt;
}

CompiledKind systole::driver::compiledKind(StringRef bytes) {
  // Position-independent executables are shared objects that can be entered.
  constexpr size_t entryOffset = 24;
  uint64_t entry = 0;
  if (bytes.size() >= entryOffset + sizeof(entry))
    std::memcpy(&entry, bytes.data() + entryOffset, sizeof(entry));
  switch (identify_magic(bytes)) {
  case file_magic::elf_executable:
    return CompiledKind::Executable;
  case file_magic::elf_relocatable:
    return CompiledKind::Object;
  case file_magic::elf_shared_object:
    return entry ? CompiledKind::Executable : CompiledKind::Module;
  default:
    return CompiledKind::None;
  }
}

std::string systole::driver::modelName(StringRef path) {
  std::string stem = sys::path::stem(path).str();
  return path == "-" || stem.empty() ? "model" : stem;
}

ModelContext::ModelContext(bool compiling)
    : context(compiling ? mlir::MLIRContext::Threading::ENABLED
                        : mlir::MLIRContext::Threading::DISABLED),
      printer(&context) {
  mlir::DialectRegistry registry;
  addPluginDialects(registry);
  if (compiling)
    cpu::registerDialects(registry);
  context.appendDialectRegistry(registry);
  // The operation's text behind each message is for compiler engineers.
  context.printOpOnDiagnostic(getVerbosity() == Verbosity::Verbose);
}

frontend::ImportResult
systole::driver::readModel(mlir::MLIRContext &context,
                           const frontend::SourceFile &source,
                           const frontend::ImportOptions &options) {
  frontend::ImportResult result =
      frontend::importModel(context, source, options);
  if (!result.problems.empty()) {
    outs().flush();
    errs() << frontend::formatProblems(source.path, result.problems);
  } else if (!result.module) {
    printError("the model could not be read");
  }
  return result;
}

mlir::func::FuncOp systole::driver::entryFunction(mlir::ModuleOp module) {
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (function->hasAttr(graph::kEntryAttr))
      return function;
  return {};
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

std::string systole::driver::fileName(StringRef name) {
  // An element of a sequence lies in a folder.
  int64_t index = 0;
  StringRef sequence = graph::sequenceOfElement(name, index);
  std::string result = sequence.empty() ? name.str() : sequence.str();
  for (char &c : result)
    if (c == '/' || c == ':')
      c = '_';
  if (!sequence.empty())
    result += "/" + std::to_string(index);
  return result;
}

std::vector<std::string>
systole::driver::uniqueNames(ArrayRef<std::string> names) {
  std::vector<std::string> result;
  StringSet<> taken;
  for (const std::string &name : names) {
    std::string unique = name;
    for (int i = 1; !taken.insert(fileName(unique)).second; ++i)
      unique = name + "_" + std::to_string(i);
    result.push_back(unique);
  }
  return result;
}

std::string systole::driver::shapeText(ArrayRef<int64_t> dims) {
  if (dims.empty())
    return "scalar";
  return join(map_range(dims,
                        [](int64_t dim) {
                          return dim < 0 ? "?" : std::to_string(dim);
                        }),
              "x");
}
