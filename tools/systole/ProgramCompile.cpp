//===- ProgramCompile.cpp - systole compile PROGRAM -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program has been compiled already: it only changes its form. Into an image
// goes only what the static checker has accepted.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaImage.h"
#include "frontend/Common/Problems.h"
#include "hw-sim/checker/Checker.h"
#include "hw-sim/model/Dispatch.h"
#include "mlir/IR/MLIRContext.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Program.h"

using namespace llvm;
using namespace systole::driver;
namespace isa = systole::isa;
namespace sim = systole::sim;

/// Refuses options that shape the code of a model.
static bool checkOptions(const Arguments &arguments) {
  for (const char *name : {"--cpu", "--triple", "--threads", "--weights",
                           "--precision", "--effort", "--dynamic", "--explain",
                           "--compile-to", "--print-ir-after", "--save-phases",
                           "--signature", "--inputs", "--outputs", "--shape"})
    if (arguments.has(name)) {
      usageError(arguments,
                 Twine(name) + " does not apply to a program of a matrix unit");
      return false;
    }
  StringRef emit = arguments.get("--emit");
  if (emit == "asm" || emit == "mlir" || emit == "image")
    return true;
  usageError(arguments,
             "a program of a matrix unit does not become " +
                 (emit.empty() ? "exe" : emit),
             "--emit=asm, --emit=mlir or --emit=image");
  return false;
}

static void printText(const isa::Image &image, raw_ostream &os) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::OpPrintingFlags flags;
  if (!image.nodes.empty())
    flags.enableDebugInfo().useLocalScope();
  isa::programFrom(&context, image)->print(os, flags);
  os << "\n";
}

/// Makes the image one for its machine and holds it against the checker.
static bool finishImage(isa::Image &image, StringRef target) {
  std::optional<sim::Machine> machine = machineFor(image, target);
  if (!machine)
    return false;
  image.machine = machine->name;
  image.requirements = sim::resultText(*machine);
  // The checker stops at the first fault: all of them first.
  std::vector<sim::ProgramFault> faults =
      sim::findFaults(*machine, image.programAddress, image.program);
  for (const sim::ProgramFault &fault : faults)
    printError("instruction " + Twine(fault.instruction) + ": fault " +
               isa::nameOf(fault.problem.fault) + ": " + fault.problem.message);
  if (!faults.empty())
    return false;
  sim::CheckReport report = sim::checkProgram(*machine, image);
  for (const sim::CheckProblem &problem : report.problems)
    printError(systole::frontend::printable(problem.message));
  if (report.omittedRaces)
    printNote(Twine(report.omittedRaces) + " more races");
  return report.isClean();
}

ExitStatus systole::driver::compileProgram(const Arguments &arguments,
                                           const frontend::SourceFile &source) {
  if (!checkOptions(arguments))
    return kUsage;
  StringRef output = arguments.get("-o"), emit = arguments.get("--emit");
  if (output.empty())
    return usageError(arguments, "no output was named", "add -o OUT");
  if (output == "-" && emit == "image")
    return usageError(arguments, "only text can be written to standard output",
                      "--emit=asm or --emit=mlir");
  std::optional<isa::Image> image = readProgram(source);
  if (!image)
    return kFailure;
  if (emit == "image" && !finishImage(*image, arguments.get("--target")))
    return kFailure;
  bool written = writeText(output, [&](raw_ostream &os) {
    if (emit == "asm")
      return printAssembly(*image, os);
    if (emit == "mlir")
      return printText(*image, os);
    std::vector<uint8_t> bytes = isa::writeImage(*image);
    os.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  });
  return written ? kSuccess : kFailure;
}
