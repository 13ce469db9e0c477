//===- Plugins.cpp - What is added to Systole at run time -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Common/Plugins.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;
using namespace systole;

/// The dialects of all plugins. Plugins are loaded before any work begins, by
/// one thread.
static DialectRegistry &pluginDialects() {
  static DialectRegistry registry;
  return registry;
}

/// By path.
static llvm::StringSet<> &loadedPlugins() {
  static llvm::StringSet<> loaded;
  return loaded;
}

static llvm::Error failed(llvm::StringRef file, const llvm::Twine &message) {
  return llvm::createStringError("cannot load the plugin '" + file +
                                 "': " + message);
}

llvm::Error systole::loadPlugin(llvm::StringRef file) {
  // Without a folder, the loader would look in the system's.
  llvm::SmallString<256> path(file);
  if (std::error_code error = llvm::sys::fs::make_absolute(path))
    return failed(file, error.message());
  if (!llvm::sys::fs::exists(path))
    return failed(file, "there is no such file");
  std::string message;
  auto library =
      llvm::sys::DynamicLibrary::getPermanentLibrary(path.c_str(), &message);
  if (!library.isValid())
    return failed(file, message);
  auto get = reinterpret_cast<PluginInfo (*)()>(
      library.getAddressOfSymbol(kPluginFunction));
  if (!get)
    return failed(file, llvm::Twine("it has no function '") + kPluginFunction +
                            "'; SYSTOLE_PLUGIN defines it");
  PluginInfo plugin = get();
  if (llvm::StringRef(plugin.systoleVersion) != SYSTOLE_VERSION ||
      llvm::StringRef(plugin.llvmVersion) != LLVM_VERSION_STRING)
    return failed(
        file, llvm::Twine("it was built for Systole ") + plugin.systoleVersion +
                  " and LLVM " + plugin.llvmVersion +
                  "; these are " SYSTOLE_VERSION " and " LLVM_VERSION_STRING);
  if (loadedPlugins().insert(path).second)
    plugin.registerAll(pluginDialects());
  return llvm::Error::success();
}

void systole::addPluginDialects(DialectRegistry &registry) {
  pluginDialects().appendTo(registry);
}

std::vector<llvm::StringRef> systole::pluginDialectNames() {
  auto names = pluginDialects().getDialectNames();
  return std::vector<llvm::StringRef>(names.begin(), names.end());
}

bool systole::hasPlugins() { return !loadedPlugins().empty(); }
