//===- Diagnostics.cpp - What the user is told ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Messages in the contract's form, and the translation of MLIR's diagnostics.
// The handlers of last resort are in FatalErrors.cpp.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Diagnostics.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>

using namespace llvm;
using namespace systole::driver;

/// What messages are about, and how many of them.
static std::string subject = "systole";
static Verbosity verbosity = Verbosity::Normal;
/// A line of Progress stands on the terminal.
static bool progressShown = false;

static void clearProgress() {
  if (progressShown)
    errs() << "\r\x1b[K";
  progressShown = false;
}

void systole::driver::beginMessages(StringRef newSubject,
                                    Verbosity newVerbosity) {
  subject = newSubject.str();
  verbosity = newVerbosity;
}
Verbosity systole::driver::getVerbosity() { return verbosity; }
StringRef systole::driver::messageSubject() { return subject; }

void systole::driver::printError(const Twine &message) {
  clearProgress();
  outs().flush();
  errs() << subject << ": error: " << message << "\n";
}
void systole::driver::printWarning(const Twine &message) {
  clearProgress();
  if (verbosity != Verbosity::Quiet)
    errs() << subject << ": warning: " << message << "\n";
}
void systole::driver::printNote(const Twine &message) {
  errs() << "  note: " << message << "\n";
}
void systole::driver::printHelp(const Twine &message) {
  errs() << "  help: " << message << "\n";
}
void systole::driver::printVerbose(const Twine &message) {
  if (verbosity == Verbosity::Verbose)
    errs() << "systole: " << message << "\n";
}

//===----------------------------------------------------------------------===//
// MLIR's diagnostics
//===----------------------------------------------------------------------===//

/// "line 3, column 7" for a location in a .mlir text; empty for others.
static std::string describePosition(mlir::Location location) {
  std::string result;
  location->walk([&](mlir::Location part) {
    auto file = dyn_cast<mlir::FileLineColLoc>(part);
    // Line 0 is what a context without a position gives.
    if (!file || file.getLine() == 0)
      return mlir::WalkResult::advance();
    result = ("line " + Twine(file.getLine()) + ", column " +
              Twine(file.getColumn()))
                 .str();
    return mlir::WalkResult::interrupt();
  });
  return result;
}

/// The node, or the position in a text, that a location stands for.
static std::string describePlace(mlir::Location location) {
  std::string node = systole::graph::describeNode(location);
  return node.empty() ? describePosition(location) : node;
}

/// The text, after the place where there is one that it does not name itself.
static std::string describe(mlir::Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  std::string place = describePlace(diagnostic.getLocation());
  if (place.empty() || StringRef(text).contains(place))
    return text;
  return place + ": " + text;
}

DiagnosticPrinter::DiagnosticPrinter(mlir::MLIRContext *context)
    : handler(context, [this](mlir::Diagnostic &diagnostic) {
        print(diagnostic);
        return mlir::success();
      }) {}

void DiagnosticPrinter::print(mlir::Diagnostic &diagnostic) {
  switch (diagnostic.getSeverity()) {
  case mlir::DiagnosticSeverity::Error:
    ++numErrors;
    printError(describe(diagnostic));
    break;
  case mlir::DiagnosticSeverity::Warning:
    printWarning(describe(diagnostic));
    if (verbosity == Verbosity::Quiet)
      return;
    break;
  case mlir::DiagnosticSeverity::Note:
  case mlir::DiagnosticSeverity::Remark:
    if (verbosity != Verbosity::Verbose)
      return;
    printNote(describe(diagnostic));
    break;
  }
  for (mlir::Diagnostic &note : diagnostic.getNotes()) {
    std::string text = note.str();
    // A help line is a note that says so.
    if (StringRef(text).starts_with("help: "))
      printHelp(StringRef(text).drop_front(6));
    // The whole operation, which MLIR attaches to verifier errors, is for
    // people who know the dialect.
    else if (!StringRef(text).starts_with("see current operation") ||
             verbosity == Verbosity::Verbose)
      printNote(describe(note));
  }
}

//===----------------------------------------------------------------------===//
// Progress
//===----------------------------------------------------------------------===//

Progress::Progress(Clock::time_point start)
    : next(start + std::chrono::seconds(1)),
      enabled(verbosity != Verbosity::Quiet &&
              sys::Process::StandardErrIsDisplayed()) {}

Progress::~Progress() { clearProgress(); }

void Progress::step(const Twine &what) {
  if (!enabled || Clock::now() < next)
    return;
  next = Clock::now() + std::chrono::milliseconds(100);
  clearProgress();
  progressShown = true;
  errs() << subject << ": " << what << " ...";
}

bool systole::driver::finishStandardOutput() {
  outs().flush();
  std::error_code error = outs().error();
  if (!error)
    return true;
  outs().clear_error();
  // A reader that has seen enough (`| head`) needs no message.
  if (error != std::errc::broken_pipe)
    errs() << "systole: error: cannot write standard output: "
           << error.message() << "\n";
  return false;
}
