//===- CachedModule.cpp - A model compiled to be run at once --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `run` and `compile --emit=module` make the same module: there is no second
// path from a model to code.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/CachedModule.h"
#include "passes/Analysis/Costs.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Model.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// All that shapes the module besides the model's bytes, for the key.
static std::string describe(const frontend::SourceFile &source,
                            const frontend::ImportOptions &options) {
  std::string text = modelName(source.path) + ";" +
                     cpu::resolveCpu("native", "") + ";" + options.signature;
  for (const std::string &name : options.inputs)
    text += ";in " + name;
  for (const std::string &name : options.outputs)
    text += ";out " + name;
  for (const auto &[name, dims] : options.shapes)
    text += ";shape " + name + "=" + shapeText(dims);
  for (const auto &[name, length] : options.lengths)
    text += ";length " + name + "=" + std::to_string(length);
  for (const auto &[name, value] : options.values)
    text += ";value " + name + "=" + shapeText(value.getShape()) + " " +
            toHex(StringRef(value.data(), value.byteSize()));
  return text;
}

/// Models with more bytes of constants than this keep them in a file beside the
/// module: the linker would have them in memory several times.
static constexpr int64_t kEmbeddedBytes = int64_t(256) << 20;

bool systole::driver::compileForRun(
    mlir::ModuleOp module, StringRef name, StringRef output,
    std::function<int64_t(mlir::Operation *)> profile) {
  Progress progress;
  CompileRequest request;
  request.backend.modelName = name.str();
  request.backend.profile = std::move(profile);
  request.backend.embedWeights =
      graph::countConstantBytes(module) <= kEmbeddedBytes;
  return runGraphPhases(module, request, progress) &&
         runBackend(module, request, cpu::Emit::Module, output, progress);
}

std::optional<std::string> systole::driver::cachedModule(
    const Cache &cache, const frontend::SourceFile &source,
    const frontend::ImportOptions &options, const RunFiles &files) {
  std::string key = cacheKey(source.bytes, describe(source, options));
  if (std::optional<std::string> path = cache.lookup(key)) {
    printVerbose("the cache has " + *path);
    return path;
  }
  ModelContext context(/*compiling=*/true);
  frontend::ImportOptions bound = options;
  frontend::ImportResult model =
      readModelForRun(context.get(), source, bound, files);
  if (!model.module)
    return std::nullopt;
  // What was needed of the files is part of the key.
  if (bound.shapes != options.shapes || !bound.values.empty() ||
      !bound.lengths.empty()) {
    key = cacheKey(source.bytes, describe(source, bound));
    if (std::optional<std::string> path = cache.lookup(key))
      return path;
  }
  std::string temporary = cache.temporaryPath(key);
  if (!compileForRun(*model.module, modelName(source.path), temporary, {}))
    return std::nullopt;
  // The module names its weights file; as one more file that the entry depends
  // on, it is checked when the entry is used.
  std::vector<std::string> needed = model.summary.externalFiles;
  if (std::string weights = temporary + ".weights"; sys::fs::exists(weights))
    needed.push_back(weights);
  std::optional<std::string> path = cache.store(key, temporary, needed);
  if (path)
    printVerbose("compiled into " + *path);
  return path;
}
