//===- ReduceVerb.cpp - systole reduce ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes each candidate (Reducer.h) to a file, runs the command on it, and
// takes it where the command ends as it does for the whole model.
//
//===----------------------------------------------------------------------===//

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "tools/systole/Command.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Extraction.h"
#include "tools/systole/Model.h"
#include "tools/systole/Reducer.h"
#include "tools/systole/Verbs.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// A folder for the candidate and what the command makes of it.
class Workplace {
public:
  Workplace() = default;
  Workplace(const Workplace &) = delete;
  ~Workplace() {
    if (!folder.empty())
      sys::fs::remove_directories(folder);
  }
  /// A message and false if it cannot be made.
  bool create() {
    std::error_code error =
        sys::fs::createUniqueDirectory("systole-reduce", folder);
    if (error)
      printError("cannot make a temporary folder: " + error.message());
    return !error;
  }
  std::string candidate() const { return (folder + "/candidate.mlir").str(); }
  std::string output() const { return (folder + "/output").str(); }

private:
  SmallString<128> folder;
};

/// Whether a graph fails as the model did.
class FailureTest {
public:
  FailureTest(const Workplace &place, const Command &command, StringRef expect)
      : place(place), command(command), expect(expect) {}

  /// Runs the command on the whole model. A message and false unless it fails.
  bool learn(mlir::ModuleOp model);
  bool operator()(mlir::ModuleOp candidate);
  const Ending &failure() const { return expected; }

private:
  std::optional<Ending> run(mlir::ModuleOp module);
  /// True if the command's last run printed what was expected.
  bool printedExpected() const;

  const Workplace &place;
  const Command &command;
  StringRef expect;
  Ending expected{Ending::Exited};
};
} // namespace

/// Writes a graph as text, with everything that running it needs.
static bool writeGraph(mlir::ModuleOp module, StringRef path) {
  return writeText(path, [&](raw_ostream &os) {
    module->print(os, mlir::OpPrintingFlags().enableDebugInfo());
    os << "\n";
  });
}

std::optional<Ending> FailureTest::run(mlir::ModuleOp module) {
  if (!writeGraph(module, place.candidate()))
    return std::nullopt;
  return command.run(place.output());
}

bool FailureTest::printedExpected() const {
  if (expect.empty())
    return true;
  auto text = MemoryBuffer::getFile(place.output());
  return text && (*text)->getBuffer().contains(expect);
}

bool FailureTest::learn(mlir::ModuleOp model) {
  std::optional<Ending> ending = run(model);
  if (!ending || ending->kind == Ending::Interrupted) {
    printError("interrupted before the command failed");
    return false;
  }
  expected = *ending;
  if (expected.succeeded()) {
    printError("the command succeeds for the whole model: there is nothing to "
               "reduce");
    printHelp("a failure is an exit status other than 0");
    return false;
  }
  if (printedExpected())
    return true;
  printError("the command fails for the whole model, but does not print '" +
             expect + "'");
  return false;
}

bool FailureTest::operator()(mlir::ModuleOp candidate) {
  std::optional<Ending> ending = run(candidate);
  return ending && *ending == expected && printedExpected();
}

/// The model as one function: calls would hide what can be left out.
static bool inlineCalls(mlir::ModuleOp module) {
  mlir::PassManager pm(module.getContext());
  pm.addPass(mlir::createInlinerPass());
  return succeeded(pm.run(module));
}

/// Operations that are no constants, those in regions included.
static int64_t countOps(mlir::ModuleOp module) {
  return countOperations(reducedEntry(module));
}

static bool reduceModel(const Arguments &arguments,
                        const frontend::SourceFile &source,
                        const frontend::ImportOptions &options,
                        int64_t seconds) {
  Workplace place;
  ModelContext context(/*compiling=*/true);
  frontend::ImportResult model = readModel(context.get(), source, options);
  if (!model.module || !inlineCalls(*model.module) || !place.create())
    return false;
  if (!reducedEntry(*model.module)) {
    printError("the model has no function to reduce");
    return false;
  }
  Command command(arguments.rest(), place.candidate(), seconds);
  FailureTest test(place, command, arguments.get("--expect"));
  catchInterrupts();
  if (!command.find() || !test.learn(*model.module))
    return false;
  Progress progress;
  int64_t before = countOps(*model.module);
  Reducer reducer([&](mlir::ModuleOp candidate) {
    progress.step("reducing: " + Twine(countOps(candidate)) + " operations");
    return !isInterrupted() && test(candidate);
  });
  Reducer::Module reduced = reducer.reduce(std::move(model.module));
  StringRef output = arguments.get("-o", "reduced.mlir");
  if (!writeGraph(*reduced, output))
    return false;
  if (isInterrupted())
    printWarning("interrupted: the graph may be reduced further");
  outs() << before << " operations, " << countOps(*reduced) << " of them fail ("
         << reducer.getNumTried() << " graphs tried, " << test.failure().text()
         << "): " << output << "\n";
  return !isInterrupted();
}

ExitStatus systole::driver::reduceVerb(const Arguments &arguments) {
  std::optional<frontend::ImportOptions> options = parseModelOptions(arguments);
  auto seconds = parseInteger(arguments, "--timeout", 60, 1, 100000);
  if (!options || !seconds)
    return kUsage;
  if (arguments.rest().empty())
    return usageError(arguments, "no command was named",
                      "systole reduce MODEL -- COMMAND");
  std::optional<frontend::SourceFile> source =
      openModel(arguments.positional());
  if (!source)
    return kFailure;
  return reduceModel(arguments, *source, *options, *seconds) ? kSuccess
                                                             : kFailure;
}
