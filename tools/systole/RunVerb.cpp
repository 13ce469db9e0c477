//===- RunVerb.cpp - systole run ------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes an engine of MODEL (Engine.h), lets the runtime's runner use it, and
// shows, writes or compares what came out.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/CachedModule.h"
#include "tools/systole/Compare.h"
#include "tools/systole/CompiledModel.h"
#include "tools/systole/Finite.h"
#include "tools/systole/Intermediates.h"
#include "tools/systole/Model.h"
#include "tools/systole/Profile.h"
#include "tools/systole/RunReport.h"
#include "tools/systole/Verbs.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

namespace {
/// The options of the verb, checked.
struct RunOptions {
  frontend::ImportOptions import;
  bool interpreter = false;
  RunFiles files;
  int64_t threads = 0;
  /// Latency was asked for.
  bool timed = false;
  CompareRequest compare;
};
} // namespace

/// Checks --device; false after a message.
static bool parseDevice(const Arguments &arguments, RunOptions &options) {
  StringRef device = arguments.get("--device", "cpu");
  options.interpreter = device == "interpreter";
  if (device == "cpu" || options.interpreter)
    return true;
  if (device == "cuda" || device.starts_with("mxu-") ||
      device.contains(".yaml")) {
    notInThisVersion(arguments, "--device=" + device);
    return false;
  }
  std::optional<StringRef> close = nearest(device, {"cpu", "interpreter"});
  usageError(arguments, "'" + device + "' is not a value of --device",
             close ? "did you mean '" + *close + "'?"
                   : Twine("cpu or interpreter"));
  return false;
}

/// Checks combinations that mean nothing; false after a message.
static bool checkCombinations(const Arguments &arguments,
                              const RunOptions &options) {
  if (arguments.has("--carry") && !arguments.has("--each"))
    return usageError(arguments, "--carry needs --each"), false;
  if ((arguments.has("--rtol") || arguments.has("--atol")) &&
      !arguments.has("--compare") && !arguments.has("--bisect"))
    return usageError(arguments,
                      "--rtol and --atol belong to --compare and --bisect"),
           false;
  if (arguments.has("--bisect") && options.interpreter)
    return usageError(arguments,
                      "--bisect compares a device with the interpreter",
                      "use it with --device=cpu"),
           false;
  return true;
}

static std::optional<RunOptions> parseRunOptions(const Arguments &arguments) {
  RunOptions options;
  auto import = parseModelOptions(arguments);
  if (!import || !parseDevice(arguments, options) ||
      !checkCombinations(arguments, options))
    return std::nullopt;
  options.import = std::move(*import);
  options.timed = arguments.has("--repeat") || arguments.has("--warmup") ||
                  arguments.has("--json");
  constexpr int64_t most = 1000000000;
  auto repeat = parseInteger(arguments, "--repeat", 1, 1, most);
  auto warmup =
      parseInteger(arguments, "--warmup", arguments.has("--repeat"), 0, most);
  auto threads = parseInteger(arguments, "--threads", 0, 1, 1024);
  auto rtol =
      parseTolerance(arguments, "--rtol", options.compare.tolerance.rtol);
  auto atol =
      parseTolerance(arguments, "--atol", options.compare.tolerance.atol);
  if (!repeat || !warmup || !threads || !rtol || !atol)
    return std::nullopt;
  options.files = {arguments.all("--input"), arguments.all("--carry"),
                   arguments.has("--each"), *warmup, *repeat};
  options.threads = *threads;
  options.compare.tolerance = {*rtol, *atol};
  options.compare.expected = arguments.all("--compare");
  return options;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// Runs, then writes, shows and compares.
static bool runAndReport(const Arguments &arguments, const RunOptions &options,
                         Engine &engine, int64_t interpretedOps) {
  rt::RunResult result;
  if (!runOnFiles(engine, options.files, result))
    return false;
  const systole_entry_info &entry = engine.getEntry();
  if (arguments.has("--dequantize") && !widenOutputs(entry, result))
    return false;
  StringRef folder = arguments.get("--output-dir");
  if (!folder.empty()) {
    rt::Status status = rt::writeOutputs(entry, result, folder.str().c_str());
    if (status.failed())
      return printError(status.message()), false;
  }
  bool compared = arguments.has("--compare");
  if (arguments.has("--json"))
    printRunJson({engine, result, options.interpreter ? "interpreter" : "cpu",
                  interpretedOps},
                 outs());
  else if (options.timed)
    printLatency(result.latency, outs());
  else if (folder.empty() && !compared)
    printOutputs(entry, result, outs());
  // With --json standard output holds the object alone.
  return !compared || compareOutputs(entry, result, options.compare,
                                     arguments.has("--json") ? errs() : outs());
}

/// --device=interpreter.
static bool runInterpreter(const Arguments &arguments,
                           const frontend::SourceFile &source,
                           RunOptions &options) {
  ModelContext context;
  frontend::ImportResult model =
      readModelForRun(context.get(), source, options.import, options.files);
  if (!model.module)
    return false;
  mlir::func::FuncOp function = entryFunction(*model.module);
  Profile profile;
  Observer observer;
  bool profiled = arguments.has("--profile");
  if (profiled)
    observer = profile.observer();
  if (arguments.has("--check-finite"))
    observer = checkFiniteObserver(std::move(observer));
  std::unique_ptr<Engine> engine =
      makeInterpreterEngine(function, std::move(observer));
  if (profiled)
    engine = profile.watch(std::move(engine));
  return engine &&
         runAndReport(arguments, options, *engine, countOperations(function)) &&
         (!profiled || profile.print(arguments.get("--profile"), outs()));
}

/// --profile on the cpu: a module of its own, with marks.
static bool runProfiled(const Arguments &arguments,
                        const frontend::SourceFile &source,
                        RunOptions &options) {
  ModelContext context(/*compiling=*/true);
  frontend::ImportResult model =
      readModelForRun(context.get(), source, options.import, options.files);
  std::optional<Cache> folder = Cache::open(/*keep=*/false);
  if (!model.module || !folder)
    return false;
  Profile profile;
  std::string path = folder->temporaryPath("profiled");
  if (!compileForRun(*model.module, modelName(source.path), path,
                     profile.marks()))
    return false;
  ModuleOptions module;
  module.threads = options.threads;
  std::unique_ptr<Engine> engine =
      profile.watch(openModuleEngine(path, module));
  return engine && profile.listen(path) &&
         runAndReport(arguments, options, *engine, 0) &&
         profile.print(arguments.get("--profile"), outs());
}

/// A compiled module, given as such or from the cache.
static bool runModule(const Arguments &arguments,
                      const frontend::SourceFile &source, RunOptions &options) {
  ModuleOptions module;
  module.threads = options.threads;
  if (compiledKind(source.bytes) != CompiledKind::None) {
    module.entry = options.import.signature;
    std::unique_ptr<Engine> engine = openModuleEngine(source.path, module);
    return engine && runAndReport(arguments, options, *engine, 0);
  }
  std::optional<Cache> cache = Cache::open(!arguments.has("--no-cache"));
  if (!cache)
    return false;
  std::optional<std::string> path =
      cachedModule(*cache, source, options.import, options.files);
  if (!path)
    return false;
  std::unique_ptr<Engine> engine = openModuleEngine(*path, module);
  return engine && runAndReport(arguments, options, *engine, 0);
}

/// Refuses what is compiled but cannot be loaded, or not with these options.
static bool checkCompiled(const Arguments &arguments,
                          const frontend::SourceFile &source,
                          const RunOptions &options) {
  switch (compiledKind(source.bytes)) {
  case CompiledKind::None:
    return true;
  case CompiledKind::Module:
    if (!isWhole(source.bytes))
      return printError("the module is damaged: a part of the file is missing"),
             false;
    if (!options.interpreter && !arguments.has("--bisect") &&
        !arguments.has("--check-finite") && !arguments.has("--profile"))
      return true;
    printError("a compiled module holds no graph to look into");
    printHelp("name the model that it was made of");
    return false;
  case CompiledKind::Executable:
    printError("this is an executable, not a module");
    printHelp("run it directly, or compile with --emit=module");
    return false;
  case CompiledKind::Object:
    printError("this is an object file, not a module");
    printHelp("link it into a program, or compile with --emit=module");
    return false;
  }
  return false;
}

/// True if something is to be done with the outputs besides showing them.
static bool wantsResults(const Arguments &arguments) {
  return any_of(ArrayRef<StringRef>{"--output-dir", "--compare", "--json",
                                    "--repeat", "--warmup", "--profile"},
                [&](StringRef name) { return arguments.has(name); });
}

ExitStatus systole::driver::runVerb(const Arguments &arguments) {
  std::optional<RunOptions> options = parseRunOptions(arguments);
  if (!options)
    return kUsage;
  std::optional<frontend::SourceFile> source =
      openModel(arguments.positional());
  if (!source || !checkCompiled(arguments, *source, *options))
    return kFailure;
  if (options->interpreter)
    return runInterpreter(arguments, *source, *options) ? kSuccess : kFailure;
  bool bisect = arguments.has("--bisect");
  if (bisect || arguments.has("--check-finite")) {
    IntermediatesRequest request{options->import,
                                 options->files,
                                 arguments.has("--check-finite"),
                                 bisect,
                                 options->compare.tolerance,
                                 arguments.has("--json") ? errs() : outs()};
    if (!checkIntermediates(*source, request))
      return kFailure;
    // --bisect is all that was asked; --check-finite may be asked beside more.
    if (bisect || !wantsResults(arguments))
      return kSuccess;
  }
  bool done = arguments.has("--profile")
                  ? runProfiled(arguments, *source, *options)
                  : runModule(arguments, *source, *options);
  return done ? kSuccess : kFailure;
}
