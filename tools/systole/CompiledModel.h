//===- CompiledModel.h - Models that the compiler has made ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Opens modules through the public C interface and tells what they hold.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_COMPILEDMODEL_H
#define SYSTOLE_TOOLS_SYSTOLE_COMPILEDMODEL_H

#include "backends/Cpu/CpuBackend.h"
#include "frontend/Common/SourceFile.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Summary.h"
#include <optional>

namespace systole::driver {

/// A module of the runtime, released at the end.
class OpenModule {
public:
  /// Opens a module's file; a message and nullopt if that fails.
  static std::optional<OpenModule> open(llvm::StringRef path);
  OpenModule(OpenModule &&other) : module(other.module) {
    other.module = nullptr;
  }
  OpenModule(const OpenModule &) = delete;
  ~OpenModule() { systole_module_release(module); }

  systole_module *get() const { return module; }
  /// The types of an entry point, which must exist.
  std::unique_ptr<EntrySignature> signature(size_t entry) const;

private:
  explicit OpenModule(systole_module *module) : module(module) {}
  systole_module *module;
};

/// True if the bytes are an ELF file whose sections are all there: loading one
/// that was cut would end in a signal.
bool isWhole(llvm::StringRef bytes);

/// What `summariseCompiled` will read from the output:
/// CompileOptions::inspectText.
std::string describeForInspection(Summary summary,
                                  const cpu::CompileOptions &options);

/// Fills a summary from a compiled model; a message and false if the file is
/// none of ours.
bool summariseCompiled(const frontend::SourceFile &source, Summary &summary);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_COMPILEDMODEL_H
