//===- CompileVerb.cpp - systole compile ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the options, imports the model, runs the phases, writes the output.
//
//===----------------------------------------------------------------------===//

#include "backends/Common/Target.h"
#include "backends/Cpu/TargetModel.h"
#include "frontend/Common/ProgramFile.h"
#include "passes/Analysis/Costs.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "tools/systole/CompiledModel.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Explain.h"
#include "tools/systole/Model.h"
#include "tools/systole/Program.h"
#include "tools/systole/Quantize.h"
#include "tools/systole/Verbs.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// Refuses `word` unless it is one of `known`.
static bool checkName(const Arguments &arguments, StringRef option,
                      StringRef word, ArrayRef<std::string> known) {
  if (is_contained(known, word))
    return true;
  SmallVector<StringRef> names(known.begin(), known.end());
  std::optional<StringRef> close = nearest(word, names);
  std::string choices = "one of " + join(known, ", ");
  usageError(arguments, "'" + word + "' is not a value of " + option,
             close ? "did you mean '" + *close + "'? It is " + choices
                   : Twine(choices));
  return false;
}

/// Checks that a registered target writes what --emit asks for.
static bool checkKind(const Arguments &arguments, const Target &target) {
  StringRef kind = arguments.get("--emit", target.kinds().front());
  if (is_contained(target.kinds(), kind))
    return true;
  usageError(arguments,
             "--target=" + target.name() + " cannot write '" + kind + "'",
             "it writes " + join(target.kinds(), ", "));
  return false;
}

static std::vector<std::string> targetNames() {
  std::vector<std::string> names = {"cpu"};
  for (const Target *target : allTargets())
    names.push_back(target->name().str());
  return names;
}

/// Checks --target and --emit for what later versions bring.
static bool checkTarget(const Arguments &arguments) {
  StringRef target = arguments.get("--target", "cpu");
  if (const Target *plugin = findTarget(target))
    return checkKind(arguments, *plugin);
  if (target != "cpu") {
    bool known = target == "cuda" || target.starts_with("mxu-") ||
                 target.ends_with(".yaml");
    if (known)
      notInThisVersion(arguments, "--target=" + target);
    else
      usageError(arguments, "'" + target + "' is not a value of --target",
                 "one of " + join(targetNames(), ", "));
    return false;
  }
  static const std::string kinds[] = {"exe",  "obj", "module",
                                      "mlir", "asm", "image"};
  if (arguments.has("--emit") &&
      !checkName(arguments, "--emit", arguments.get("--emit"), kinds))
    return false;
  if (arguments.get("--emit") == "image") {
    notInThisVersion(arguments, "--emit=image, which needs a matrix unit,");
    return false;
  }
  return true;
}

static cpu::Emit parseEmit(StringRef name) {
  return StringSwitch<cpu::Emit>(name)
      .Case("obj", cpu::Emit::Obj)
      .Case("module", cpu::Emit::Module)
      .Case("mlir", cpu::Emit::Mlir)
      .Case("asm", cpu::Emit::Asm)
      .Default(cpu::Emit::Exe);
}

/// --threads=N|auto.
static bool parseThreads(const Arguments &arguments, int &threads) {
  threads = 0;
  if (arguments.get("--threads", "auto") == "auto")
    return true;
  std::optional<int64_t> number =
      parseInteger(arguments, "--threads", 0, 1, 1024);
  threads = number.value_or(0);
  return number.has_value();
}

static bool checkPhases(const Arguments &arguments,
                        const CompileRequest &request) {
  std::vector<std::string> names;
  for (const PhaseHelp &phase : allPhases())
    names.push_back(phase.name);
  if (!request.stopAfter.empty() &&
      !checkName(arguments, "--compile-to", request.stopAfter, names))
    return false;
  if (request.printAfter.empty())
    return true;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  names = printablePasses(context, request.graph);
  for (const std::string &name : request.printAfter)
    if (!checkName(arguments, "--print-ir-after", name, names))
      return false;
  return true;
}

/// What the user asked for that shapes the output, as --info shows it. Not the
/// paths: the same model and options give the same bytes from any folder.
static std::string describeOptions(const Arguments &arguments) {
  std::string text;
  for (StringRef name :
       {"--emit", "--triple", "--threads", "--weights", "--precision",
        "--effort", "--quantize", "--calibration-ranges", "--quantize-target",
        "--quantize-budget", "--signature", "--inputs", "--outputs", "--shape"})
    for (const std::string &value : arguments.all(name))
      text += (text.empty() ? "" : " ") + name.str() + "=" + value;
  return text;
}

static std::optional<CompileRequest> parseRequest(const Arguments &arguments) {
  CompileRequest request;
  cpu::CompileOptions &backend = request.backend;
  if (!checkTarget(arguments) || !parseThreads(arguments, backend.threads))
    return std::nullopt;
  backend.triple = arguments.get("--triple").str();
  backend.cpu =
      arguments.get("--cpu", backend.triple.empty() ? "native" : "generic")
          .str();
  std::string message;
  if (failed(cpu::TargetModel::create(backend.cpu, backend.triple, message))) {
    usageError(arguments, message);
    return std::nullopt;
  }
  backend.strict = arguments.get("--precision") == "strict";
  request.graph.reassociate = !backend.strict;
  if (const Target *target = findTarget(arguments.get("--target")))
    target->adjust(request.graph);
  backend.embedWeights = arguments.get("--weights") != "file";
  backend.dynamicLink = arguments.has("--dynamic");
  backend.modelName = modelName(arguments.positional());
  backend.optionsText = describeOptions(arguments);
  request.stopAfter = arguments.get("--compile-to").str();
  request.savePhases = arguments.get("--save-phases").str();
  for (const std::string &name : arguments.list("--print-ir-after"))
    request.printAfter.push_back(name);
  if (!parseQuantize(arguments, request.quantize))
    return std::nullopt;
  request.graph.quantize = request.quantize;
  if (!checkPhases(arguments, request))
    return std::nullopt;
  return request;
}

//===----------------------------------------------------------------------===//
// The verb
//===----------------------------------------------------------------------===//

void systole::driver::printPhases(raw_ostream &os) {
  os << "\nPhases:\n";
  for (const PhaseHelp &phase : allPhases()) {
    os << "  " << phase.name;
    os.indent(10 - phase.name.size()) << phase.description << "\n";
  }
}

/// --explain or --explain=FILE, when all is done.
static bool printExplanation(const Arguments &arguments, mlir::ModuleOp module,
                             const frontend::ModelSummary &summary,
                             const Reasons &reasons) {
  StringRef file = arguments.get("--explain");
  Explanation explanation(module, summary.nodes, reasons);
  return writeText(file.empty() ? "-" : file, [&](raw_ostream &os) {
    if (file.ends_with(".html"))
      explanation.printPage(arguments.positional(), os);
    else
      explanation.printText(os);
  });
}

/// Runs the backend; assembly for standard output goes through a file.
static bool writeBackendOutput(mlir::ModuleOp module,
                               const CompileRequest &request, cpu::Emit emit,
                               StringRef output, Progress &progress) {
  if (output != "-" || emit != cpu::Emit::Asm)
    return runBackend(module, request, emit, output, progress);
  SmallString<256> file;
  if (std::error_code error =
          sys::fs::createTemporaryFile("systole", "s", file)) {
    printError("cannot make a temporary file: " + error.message());
    return false;
  }
  FileRemover remover(file);
  if (!runBackend(module, request, emit, file, progress))
    return false;
  auto text = MemoryBuffer::getFile(file);
  if (!text) {
    printError("cannot read '" + file + "': " + text.getError().message());
    return false;
  }
  outs() << (*text)->getBuffer();
  return true;
}

/// Writes what was asked for, running the backend or a target if need be.
static bool writeOutput(const Arguments &arguments, mlir::ModuleOp module,
                        const CompileRequest &request, Progress &progress) {
  StringRef output = arguments.get("-o");
  if (isGraphPhase(request.stopAfter))
    return output.empty() || writeText(output, [&](raw_ostream &os) {
             module->print(os, mlir::OpPrintingFlags().enableDebugInfo());
             os << "\n";
           });
  if (const Target *target = findTarget(arguments.get("--target")))
    return succeeded(target->compile(
        module, {arguments.get("--target").str(),
                 arguments.get("--emit", target->kinds().front()).str(),
                 output.str(), request.backend.modelName}));
  cpu::Emit emit = request.stopAfter.empty()
                       ? parseEmit(arguments.get("--emit"))
                       : cpu::Emit::Mlir;
  return writeBackendOutput(module, request, emit, output, progress);
}

/// The graph phases, and around them what --quantize asks for.
static bool runPhases(const Arguments &arguments, mlir::ModuleOp module,
                      CompileRequest &request, Progress &progress) {
  if (!request.quantize)
    return runGraphPhases(module, request, progress);
  QuantizePipelineOptions &options = *request.quantize;
  if (!loadCalibration(arguments, entryFunction(module), options))
    return false;
  if (!runGraphPhases(module, request, progress))
    return false;
  options.shared->report.bytesAfter = graph::countConstantBytes(module);
  return printQuantization(arguments, options);
}

/// Imports, and does everything that needs the imported model.
static bool compileModel(const Arguments &arguments,
                         const frontend::SourceFile &source,
                         const frontend::ImportOptions &options,
                         CompileRequest &request) {
  Progress progress;
  // Outlives the context, which tells it remarks until its end.
  std::optional<Reasons> reasons;
  ModelContext context(/*compiling=*/true);
  frontend::ImportResult model = readModel(context.get(), source, options);
  if (!model.module)
    return false;
  progress.step("imported");
  Summary summary;
  summary.model = model.summary;
  addCosts(*model.module, summary);
  if (arguments.has("--explain"))
    request.reasons = &reasons.emplace(context.get());
  if (!runPhases(arguments, *model.module, request, progress))
    return false;
  summary.transposesLeft = graph::countTransposes(*model.module);
  request.backend.inspectText =
      describeForInspection(std::move(summary), request.backend);
  return writeOutput(arguments, *model.module, request, progress) &&
         (!reasons ||
          printExplanation(arguments, *model.module, model.summary, *reasons));
}

ExitStatus systole::driver::compileVerb(const Arguments &arguments) {
  // A program of the matrix unit has options of its own. What cannot be read is
  // told after wrong usage.
  frontend::SourceFile source;
  std::string openError;
  bool opened = frontend::openSource(arguments.positional(), source, openError);
  if (opened && frontend::isProgram(source))
    return compileProgram(arguments, source);
  std::optional<frontend::ImportOptions> options = parseModelOptions(arguments);
  if (!options)
    return kUsage;
  std::optional<CompileRequest> request = parseRequest(arguments);
  if (!request)
    return kUsage;
  if (arguments.get("-o").empty())
    return usageError(arguments, "no output was named", "add -o OUT");
  if (arguments.get("-o") == "-" && arguments.get("--emit") != "mlir" &&
      arguments.get("--emit") != "asm" && request->stopAfter.empty())
    return usageError(arguments, "only text can be written to standard output",
                      "--emit=mlir, --emit=asm, or --compile-to");
  if (!opened) {
    printError(openError);
    return kFailure;
  }
  if (compiledKind(source.bytes) != CompiledKind::None) {
    printError("this is a compiled model already");
    printHelp("compile the model that it was made of");
    return kFailure;
  }
  return compileModel(arguments, source, *options, *request) ? kSuccess
                                                             : kFailure;
}
