//===- Plugins.h - What is added to Systole at run time ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plugin is a shared object, built against an installed Systole, that
// `--load-plugin=FILE` brings into `systole` and `systole-opt`. It may add
//
//   an importer operator    onnx::registerOperators      frontend/Onnx/Node.h
//   an operation            a dialect, DecomposableOp dialects/Graph/Interfaces
//   a pass in a phase       addPassToPhase passes/Pipelines/Pipelines.h a
//   target                registerTarget               backends/Common/Target.h
//
// by one function, which SYSTOLE_PLUGIN names:
//
//   static void registerAll(mlir::DialectRegistry &registry) {
//     registry.insert<DemoDialect>();
//     systole::addPassToPhase(systole::Phase::Simplify,
//     systole::PhaseEdge::End, create);
//   }
//   SYSTOLE_PLUGIN("demo", registerAll)
//
// Everything is C++, so a plugin works with the very versions of Systole and
// LLVM that it was built for, and is refused by others.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_COMMON_PLUGINS_H
#define SYSTOLE_DIALECTS_COMMON_PLUGINS_H

#include "mlir/IR/DialectRegistry.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Error.h"

namespace systole {

/// What a plugin says of itself.
struct PluginInfo {
  const char *name;
  /// What it was built with.
  const char *systoleVersion, *llvmVersion;
  void (*registerAll)(mlir::DialectRegistry &registry);
};

/// The name of the function that SYSTOLE_PLUGIN defines.
inline constexpr const char *kPluginFunction = "systoleGetPlugin";

/// Loads the plugin in `file` and lets it register. Loading one twice does
/// nothing. The error says what is wrong with the file.
llvm::Error loadPlugin(llvm::StringRef file);

/// Adds the dialects of the plugins that are loaded to `registry`.
void addPluginDialects(mlir::DialectRegistry &registry);

/// True if any plugin is loaded.
bool hasPlugins();

/// The names of the dialects that loaded plugins brought.
std::vector<llvm::StringRef> pluginDialectNames();

} // namespace systole

/// Defines what makes a shared object a plugin. SYSTOLE_VERSION is defined by
/// `systole_add_plugin`.
#define SYSTOLE_PLUGIN(NAME, REGISTER)                                         \
  extern "C" __attribute__((visibility("default"))) systole::PluginInfo        \
  systoleGetPlugin() {                                                         \
    return {NAME, SYSTOLE_VERSION, LLVM_VERSION_STRING, REGISTER};             \
  }

#endif // SYSTOLE_DIALECTS_COMMON_PLUGINS_H
