//===- Options.h - Verbs and their command-line options ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A verb is a table of options and a function. The table is all there is: it
// drives parsing, `--help` and the suggestions after a misspelling, so the
// three cannot disagree. An option is written `--name=VALUE` or `--name VALUE`;
// one whose value is optional takes it after `=` only. `--` ends the options.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_OPTIONS_H
#define SYSTOLE_TOOLS_SYSTOLE_OPTIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace systole::driver {

/// Exit statuses of every verb.
enum ExitStatus { kSuccess = 0, kFailure = 1, kUsage = 2 };

/// Whether an option takes a value.
enum class Arity { Flag, Value, OptionalValue };

/// One row of a verb's table.
struct Option {
  /// With its dashes: "--emit", "-o".
  llvm::StringLiteral name;
  Arity arity;
  /// Placeholder in the help, e.g. "FILE". Where `closed` is set it lists all
  /// that is allowed, separated by '|'.
  llvm::StringLiteral value;
  bool closed;
  /// One or more lines, without a final full stop.
  llvm::StringLiteral help;
};

class Arguments;

/// A verb of the command.
struct Verb {
  llvm::StringLiteral name;
  /// What follows the verb in the first line of its help.
  llvm::StringLiteral usage;
  /// One line for the list of verbs.
  llvm::StringLiteral summary;
  /// Whole lines, each a command that works.
  llvm::StringLiteral examples;
  /// How many words that are no options the verb takes.
  unsigned positionals;
  /// True if a command may follow them.
  bool takesCommand;
  /// The verb's own table and those that it shares with others.
  llvm::ArrayRef<llvm::ArrayRef<Option>> tables;
  ExitStatus (*run)(const Arguments &);
  /// Prints what the help shows after the options, or null.
  void (*printMore)(llvm::raw_ostream &);
  /// An option that stands for the words, or "".
  llvm::StringLiteral instead = "";

  /// The option called `name` (with dashes), or null.
  const Option *find(llvm::StringRef name) const;
};

/// What a user typed after the verb.
class Arguments {
public:
  explicit Arguments(const Verb &verb) : verb(&verb) {}

  bool has(llvm::StringRef name) const { return values.contains(name); }
  /// The last value given, or `fallback`.
  llvm::StringRef get(llvm::StringRef name,
                      llvm::StringRef fallback = "") const;
  /// All values of a repeated option, in order.
  llvm::ArrayRef<std::string> all(llvm::StringRef name) const;
  /// All values, each split at commas.
  llvm::SmallVector<std::string> list(llvm::StringRef name) const;
  /// What follows `--` in a verb that runs a command.
  llvm::ArrayRef<std::string> rest() const {
    return llvm::ArrayRef<std::string>(words).drop_front(
        std::min<size_t>(words.size(), verb->positionals));
  }
  llvm::StringRef positional() const {
    return words.empty() ? llvm::StringRef() : llvm::StringRef(words[0]);
  }
  const Verb &getVerb() const { return *verb; }

private:
  friend bool parseArguments(llvm::ArrayRef<llvm::StringRef>, Arguments &);
  const Verb *verb;
  /// Values by option name; a flag has one empty value.
  llvm::StringMap<llvm::SmallVector<std::string, 1>> values;
  llvm::SmallVector<std::string, 1> words;
};

/// Parses what follows the verb. After a mistake it prints a message and
/// returns false; the exit status is then kUsage. Stops early at `--help`.
bool parseArguments(llvm::ArrayRef<llvm::StringRef> words,
                    Arguments &arguments);

/// "--emit=exe|obj", "--explain[=FILE]", "-o OUT".
std::string spelling(const Option &option);

/// Prints the help of one verb.
void printHelp(const Verb &verb, llvm::raw_ostream &os);

/// Prints `systole VERB: error: MESSAGE` and a help line; returns kUsage.
ExitStatus usageError(const Arguments &arguments, const llvm::Twine &message,
                      const llvm::Twine &help = "");

/// The candidate that `word` most resembles, if it does at all.
std::optional<llvm::StringRef>
nearest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

/// The value of a number option in [low, high]; prints a message and returns
/// nullopt if it is no such number. `fallback` where it was not given.
std::optional<int64_t> parseInteger(const Arguments &arguments,
                                    llvm::StringRef name, int64_t fallback,
                                    int64_t low, int64_t high);
/// The same for a tolerance: a finite number, 0 or more.
std::optional<double> parseTolerance(const Arguments &arguments,
                                     llvm::StringRef name, double fallback);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_OPTIONS_H
