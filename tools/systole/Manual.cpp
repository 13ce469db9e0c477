//===- Manual.cpp - Pages for man -----------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In the macros of man(7).
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Manual.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace systole::driver;

/// `text` with nothing in it that roff takes for a command: backslashes and
/// hyphens, and dots and quotes at the beginning of a line.
static std::string escaped(StringRef text) {
  std::string result;
  bool atStart = true;
  for (char letter : text) {
    if (atStart && (letter == '.' || letter == '\''))
      result += "\\&";
    if (letter == '\\')
      result += "\\e";
    else if (letter == '-')
      result += "\\-";
    else
      result += letter;
    atStart = letter == '\n';
  }
  return result;
}

static void printHead(const Twine &name, StringRef summary, raw_ostream &os) {
  std::string title = name.str();
  os << ".\\\" Made by systole --man; the source is its table of options.\n"
     << ".TH " << StringRef(title).upper() << " 1 \"\" \"systole "
     << SYSTOLE_VERSION << "\" \"Systole\"\n.SH NAME\n"
     << escaped(title) << " \\- " << escaped(summary.rtrim('.')) << "\n";
}

static void printStatus(raw_ostream &os) {
  os << ".SH EXIT STATUS\n"
        ".TP\n.B 0\nSuccess.\n"
        ".TP\n.B 1\nThe input or the work failed; a message says what, where "
        "in the model, and what to do.\n"
        ".TP\n.B 2\nWrong usage.\n"
        ".SH ENVIRONMENT\n.TP\n.B SYSTOLE_CACHE\nThe folder that keeps "
        "compiled modules. Default: the user\\(aqs cache folder. Deleting it "
        "is always safe.\n";
}

/// Lines as they are.
static void printLines(StringRef text, raw_ostream &os) {
  os << ".nf\n" << escaped(text.rtrim('\n')) << "\n.fi\n";
}

void systole::driver::printManual(const Verb &verb, raw_ostream &os) {
  printHead("systole-" + verb.name, verb.summary, os);
  os << ".SH SYNOPSIS\n.B systole " << verb.name << "\n"
     << escaped(verb.usage) << "\n.SH DESCRIPTION\n"
     << escaped(verb.summary) << "\n.SH OPTIONS\n";
  for (ArrayRef<Option> table : verb.tables)
    for (const Option &option : table)
      os << ".TP\n.B " << escaped(spelling(option)) << "\n"
         << escaped(option.help) << ".\n";
  if (verb.printMore) {
    std::string more;
    raw_string_ostream stream(more);
    verb.printMore(stream);
    os << ".SH MORE\n";
    printLines(StringRef(more).ltrim('\n'), os);
  }
  os << ".SH EXAMPLES\n";
  printLines(verb.examples, os);
  printStatus(os);
  os << ".SH SEE ALSO\n.BR systole (1)\n";
}

void systole::driver::printManual(ArrayRef<Verb> verbs, raw_ostream &os) {
  printHead("systole", "compiles neural networks", os);
  os << ".SH SYNOPSIS\n.B systole\nVERB MODEL [options]\n.SH DESCRIPTION\n"
        "Compiles neural networks to executables, object files and modules, "
        "runs them, and tells what is in them. Each verb has a page of its "
        "own.\n.SH VERBS\n";
  for (const Verb &verb : verbs)
    os << ".TP\n.BR systole\\-" << verb.name << " (1)\n"
       << escaped(verb.summary) << "\n";
  printStatus(os);
}
