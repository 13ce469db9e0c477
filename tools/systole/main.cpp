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
#include "tools/systole/Compiler.h"
#include "tools/systole/Manual.h"
#include "tools/systole/Verbs.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

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
        "'systole --version' shows the version, 'systole --man[=VERB]' a "
        "page\nfor man, 'systole --completion' a completion for bash.\n";
}

/// A first word that is no verb.
static int unknownVerb(StringRef word) {
  errs() << "systole: error: ";
  if (word == "diff") {
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

/// --write-manuals=DIR: everything that an install puts below share/.
static int writeManuals(StringRef folder) {
  auto write = [&](const Twine &name, auto print) {
    SmallString<256> path(folder);
    sys::path::append(path, name);
    std::error_code error =
        sys::fs::create_directories(sys::path::parent_path(path));
    if (error)
      printError("cannot make a folder for '" + path + "': " + error.message());
    return !error && writeText(path, print);
  };
  bool done = write("man/man1/systole.1",
                    [](raw_ostream &os) { printManual(allVerbs(), os); }) &&
              write("bash-completion/completions/systole",
                    [](raw_ostream &os) { printCompletion(allVerbs(), os); });
  for (const Verb &verb : allVerbs())
    done = done && write("man/man1/systole-" + verb.name + ".1",
                         [&](raw_ostream &os) { printManual(verb, os); });
  return done ? kSuccess : kFailure;
}

/// --man=VERB.
static int printPage(StringRef name) {
  for (const Verb &verb : allVerbs())
    if (verb.name == name) {
      printManual(verb, outs());
      return kSuccess;
    }
  return unknownVerb(name);
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
  if (words[0] == "--completion") {
    printCompletion(allVerbs(), outs());
    return kSuccess;
  }
  if (words[0] == "--man") {
    printManual(allVerbs(), outs());
    return kSuccess;
  }
  if (words[0].starts_with("--man="))
    return printPage(words[0].drop_front(StringRef("--man=").size()));
  if (words[0].starts_with("--write-manuals="))
    return writeManuals(words[0].split('=').second);
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
