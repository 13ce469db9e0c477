//===- Compiler.cpp - From an imported model to a file --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Compiler.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Compiler.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// Constants of more elements, or bytes of text, are elided where a program is
/// printed to be looked at.
static constexpr int64_t kShownElements = 16, kShownResourceBytes = 64;

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

/// The CPU backend's phases; their names are in CpuBackend.h.
static constexpr std::pair<StringLiteral, StringLiteral> kBackendPhases[] = {
    {"lower", "Operations are loops on memory, with a static memory plan."},
    {"llvm", "The LLVM dialect, ready to be translated."},
};

std::vector<PhaseHelp> systole::driver::allPhases() {
  std::vector<PhaseHelp> phases;
  for (const PhaseInfo &phase : graphPhases())
    phases.push_back({phase.name.str(), phase.description.str()});
  for (const auto &[name, description] : kBackendPhases)
    phases.push_back({name.str(), description.str()});
  return phases;
}

/// Adds the arguments of all passes of a manager, nested ones included.
static void collectPasses(mlir::OpPassManager &pm,
                          std::vector<std::string> &names) {
  for (mlir::Pass &pass : pm.getPasses())
    if (!pass.getArgument().empty() && !is_contained(names, pass.getArgument()))
      names.push_back(pass.getArgument().str());
}

std::vector<std::string>
systole::driver::printablePasses(mlir::MLIRContext &context,
                                 const GraphPipelineOptions &options) {
  std::vector<std::string> names;
  for (const PhaseHelp &phase : allPhases())
    names.push_back(phase.name);
  mlir::PassManager pm(&context);
  buildGraphPipeline(pm, options);
  collectPasses(pm, names);
  // Those inside a fixed point are not in the manager's own list.
  for (const std::string &pass : graphPassNames())
    if (!is_contained(names, pass))
      names.push_back(pass);
  return names;
}

//===----------------------------------------------------------------------===//
// Looking at the program
//===----------------------------------------------------------------------===//

static mlir::OpPrintingFlags shownFlags() {
  mlir::OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(kShownElements);
  flags.elideLargeResourceString(kShownResourceBytes);
  return flags;
}

/// Prints a program under a heading.
static void show(mlir::Operation *op, StringRef after) {
  errs() << "// ----- after " << after << " -----\n";
  op->print(errs(), shownFlags());
  errs() << "\n";
}

namespace {
/// Marks the end of a phase: prints the program, and tells the progress.
class PhaseEnd final
    : public mlir::PassWrapper<PhaseEnd, mlir::OperationPass<mlir::ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PhaseEnd)
  PhaseEnd(StringRef phase, bool print, Progress &progress)
      : phase(phase), print(print), progress(&progress) {}

protected:
  StringRef getName() const override { return "PhaseEnd"; }
  void runOnOperation() override {
    if (print)
      show(getOperation(), phase);
    progress->step("phase " + phase + " done");
    markAllAnalysesPreserved();
  }

private:
  StringRef phase;
  bool print;
  Progress *progress;
};
} // namespace

/// What happens after each graph phase.
static PhaseHook makeHook(const CompileRequest &request, Progress &progress) {
  PhaseHook save = request.savePhases.empty()
                       ? PhaseHook()
                       : savePhasesHook(request.savePhases);
  return [&request, &progress, save](mlir::OpPassManager &pm,
                                     const PhaseInfo &phase, unsigned index) {
    if (save)
      save(pm, phase, index);
    bool print = is_contained(request.printAfter, phase.name);
    pm.addPass(std::make_unique<PhaseEnd>(phase.name, print, progress));
  };
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

bool systole::driver::runGraphPhases(mlir::ModuleOp module,
                                     const CompileRequest &request,
                                     Progress &progress) {
  mlir::PassManager pm(module.getContext());
  GraphPipelineOptions options = request.graph;
  cpu::adjustGraphPhases(request.backend, options);
  buildGraphPipeline(pm, options, request.stopAfter,
                     makeHook(request, progress));
  if (request.reasons)
    pm.addInstrumentation(request.reasons->instrumentation());
  if (!request.printAfter.empty()) {
    // Whole modules are printed, which needs one thread.
    module.getContext()->disableMultithreading();
    auto wanted = [&request](mlir::Pass *pass, mlir::Operation *) {
      return is_contained(request.printAfter, pass->getArgument());
    };
    pm.enableIRPrinting(
        [](mlir::Pass *, mlir::Operation *) { return false; }, wanted,
        /*printModuleScope=*/true, /*printAfterOnlyOnChange=*/false,
        /*printAfterOnlyOnFailure=*/false, errs(), shownFlags());
  }
  if (!request.savePhases.empty()) {
    if (std::error_code error =
            sys::fs::create_directories(request.savePhases)) {
      printError("cannot make the folder '" + request.savePhases +
                 "': " + error.message());
      return false;
    }
  }
  return succeeded(pm.run(module));
}

bool systole::driver::runBackend(mlir::ModuleOp module,
                                 const CompileRequest &request, cpu::Emit emit,
                                 StringRef output, Progress &progress) {
  cpu::CompileOptions options = request.backend;
  options.stopAfter = request.stopAfter;
  unsigned index = countGraphPhases(request.graph);
  bool saved = true;
  options.onPhase = [&](StringRef phase, mlir::ModuleOp program) {
    if (is_contained(request.printAfter, phase))
      show(program, phase);
    if (!request.savePhases.empty())
      saved &=
          writeText(phaseFileName(request.savePhases, phase, index++),
                    [&](raw_ostream &os) { program.print(os, shownFlags()); });
    progress.step("phase " + phase + " done");
  };
  // The backend writes under this name and renames what is whole.
  removeOnFatalError(
      (output + (emit == cpu::Emit::Obj ? ".o.part" : ".part")).str());
  mlir::LogicalResult result = cpu::compile(module, options, emit, output);
  removeOnFatalError("");
  return succeeded(result) && saved;
}

bool systole::driver::writeText(StringRef path,
                                function_ref<void(raw_ostream &)> print) {
  if (path == "-") {
    print(outs());
    return true;
  }
  // A device or a pipe is written in place; a file is replaced when it is
  // whole.
  sys::fs::file_status status;
  bool inPlace = !sys::fs::status(path, status) && sys::fs::exists(status) &&
                 !sys::fs::is_regular_file(status);
  std::string target = inPlace ? path.str() : (path + ".tmp").str();
  std::error_code error;
  {
    raw_fd_ostream os(target, error);
    if (!error) {
      print(os);
      os.close();
      error = os.error();
      os.clear_error();
    }
  }
  if (!error && !inPlace)
    error = sys::fs::rename(target, path);
  if (!error)
    return true;
  if (!inPlace)
    sys::fs::remove(target);
  printError("cannot write '" + path + "': " + error.message());
  return false;
}
