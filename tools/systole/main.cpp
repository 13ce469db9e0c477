//===- main.cpp - The systole command -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the verb. docs/developer/driver.md shows how the files of this folder
// play together; contract: exit status 0, 1 (the work failed) or 2 (usage).
//
//===----------------------------------------------------------------------===//

#include "dialects/Common/Plugins.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Verbs.h"
#include "llvm/Config/llvm-config.h"

using namespace llvm;
using namespace systole::driver;

static void printVerbs(raw_ostream &os) {
  os << "Systole compiles neural networks.\n\nUsage: systole VERB MODEL "
        "[options]\n\n";
  for (const Verb &verb : allVerbs()) {
    os << "  " << verb.name;
    os.indent(10 - verb.name.size()) << verb.summary << "\n";
  }
  os << "\n'systole VERB --help' shows a verb's options, with examples.\n"
        "'systole --version' shows the version.\n";
}

/// A first word that is no verb.
static int unknownVerb(StringRef word) {
  errs() << "systole: error: ";
  if (word == "sim" || word == "diff") {
    errs() << "'" << word << "' is not in this version of systole\n";
    return kUsage;
  }
  errs() << "unknown verb '" << word << "'\n";
  SmallVector<StringRef> names;
  for (const Verb &verb : allVerbs())
    names.push_back(verb.name);
  if (std::optional<StringRef> close = nearest(word, names))
    errs() << "  help: did you mean '" << *close << "'?\n";
  errs() << "  help: 'systole --help' lists the verbs\n";
  return kUsage;
}

static int execute(const Verb &verb, ArrayRef<StringRef> words) {
  Arguments arguments(verb);
  if (!parseArguments(words, arguments))
    return kUsage;
  if (arguments.has("--help")) {
    printHelp(verb, outs());
    return kSuccess;
  }
  beginMessages(arguments.positional(),
                arguments.has("--verbose") ? Verbosity::Verbose
                : arguments.has("--quiet") ? Verbosity::Quiet
                                           : Verbosity::Normal);
  for (const std::string &file : arguments.all("--load-plugin"))
    if (Error error = systole::loadPlugin(file)) {
      printError(toString(std::move(error)));
      return kFailure;
    }
  return verb.run(arguments);
}

static int dispatch(ArrayRef<StringRef> words) {
  if (words.empty()) {
    printVerbs(errs());
    return kUsage;
  }
  if (words[0] == "--version") {
    outs() << "systole " SYSTOLE_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return kSuccess;
  }
  if (words[0] == "--help" || words[0] == "-h" ||
      (words[0] == "help" && words.size() == 1)) {
    printVerbs(outs());
    return kSuccess;
  }
  // `systole help VERB` is `systole VERB --help`.
  bool help = words[0] == "help";
  for (const Verb &verb : allVerbs())
    if (verb.name == words[help])
      return help ? execute(verb, {"--help"})
                  : execute(verb, words.drop_front());
  return unknownVerb(words[help]);
}

int main(int argc, char **argv) {
  installFatalHandlers();
  SmallVector<StringRef> words(argv + 1, argv + argc);
  int status = runWithLargeStack([&] { return dispatch(words); });
  return finishStandardOutput() ? status : kFailure;
}
