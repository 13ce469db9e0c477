//===- Options.cpp - Verbs and their command-line options -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Parsing and help, driven by the verbs' tables.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Options.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Looking things up
//===----------------------------------------------------------------------===//

const Option *Verb::find(StringRef wanted) const {
  for (ArrayRef<Option> table : tables)
    for (const Option &option : table)
      if (option.name == wanted)
        return &option;
  return nullptr;
}

StringRef Arguments::get(StringRef name, StringRef fallback) const {
  auto it = values.find(name);
  return it == values.end() ? fallback : StringRef(it->second.back());
}

ArrayRef<std::string> Arguments::all(StringRef name) const {
  auto it = values.find(name);
  if (it == values.end())
    return {};
  return it->second;
}

SmallVector<std::string> Arguments::list(StringRef name) const {
  SmallVector<std::string> result;
  for (StringRef value : all(name)) {
    SmallVector<StringRef> parts;
    value.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    result.append(parts.begin(), parts.end());
  }
  return result;
}

std::optional<StringRef>
systole::driver::nearest(StringRef word, ArrayRef<StringRef> candidates) {
  std::optional<StringRef> best;
  // A third of the letters may be wrong: beyond that a suggestion is a guess.
  unsigned bestDistance = word.size() / 3 + 1;
  for (StringRef candidate : candidates) {
    unsigned distance = word.edit_distance(candidate, true, bestDistance + 1);
    if (distance <= bestDistance && (!best || distance < bestDistance)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

ExitStatus systole::driver::usageError(const Arguments &arguments,
                                       const Twine &message,
                                       const Twine &help) {
  StringRef verb = arguments.getVerb().name;
  errs() << "systole " << verb << ": error: " << message << "\n";
  if (!help.isTriviallyEmpty())
    errs() << "  help: " << help << "\n";
  errs() << "  help: 'systole " << verb << " --help' lists all options\n";
  return kUsage;
}

/// Reports a word that looks like an option but is none.
static void unknownOption(const Arguments &arguments, StringRef name) {
  SmallVector<StringRef> names;
  for (ArrayRef<Option> table : arguments.getVerb().tables)
    for (const Option &option : table)
      names.push_back(option.name);
  std::optional<StringRef> close = nearest(name, names);
  usageError(arguments, "unknown option '" + name + "'",
             close ? "did you mean '" + *close + "'?" : Twine());
}

/// True if `value` is one of the option's choices; reports it otherwise.
static bool checkChoice(const Arguments &arguments, const Option &option,
                        StringRef value) {
  if (!option.closed)
    return true;
  SmallVector<StringRef> choices;
  StringRef(option.value).split(choices, '|');
  if (is_contained(choices, value))
    return true;
  std::optional<StringRef> close = nearest(value, choices);
  std::string help = "one of " + join(choices, ", ");
  if (close)
    help = ("did you mean '" + *close + "'? It is " + help).str();
  usageError(arguments, "'" + value + "' is not a value of " + option.name,
             help);
  return false;
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

/// Splits `--name=value` and `-oFILE`; the value is absent where none is
/// joined.
static std::pair<StringRef, std::optional<StringRef>>
splitOption(const Verb &verb, StringRef word) {
  if (!word.starts_with("--")) {
    StringRef value = word.drop_front(2);
    if (value.empty() || !verb.find(word.take_front(2)))
      return {word, std::nullopt};
    value.consume_front("=");
    return {word.take_front(2), value};
  }
  size_t equals = word.find('=');
  if (equals == StringRef::npos)
    return {word, std::nullopt};
  return {word.take_front(equals), word.drop_front(equals + 1)};
}

bool systole::driver::parseArguments(ArrayRef<StringRef> words,
                                     Arguments &arguments) {
  const Verb &verb = *arguments.verb;
  bool optionsEnded = false;
  for (size_t i = 0; i < words.size(); ++i) {
    StringRef word = words[i];
    if (optionsEnded || !word.starts_with("-") || word == "-") {
      arguments.words.push_back(word.str());
      continue;
    }
    if (word == "--") {
      optionsEnded = true;
      continue;
    }
    auto [name, value] = splitOption(verb, word);
    const Option *option = verb.find(name == "-h" ? "--help" : name);
    if (!option)
      return unknownOption(arguments, name), false;
    if (option->arity == Arity::Flag && value)
      return usageError(arguments, option->name + " takes no value"), false;
    if (option->arity == Arity::Value && !value) {
      if (i + 1 == words.size())
        return usageError(arguments,
                          option->name + " needs a value: " + option->value),
               false;
      value = words[++i];
    }
    if (value && !checkChoice(arguments, *option, *value))
      return false;
    arguments.values[option->name].push_back(value.value_or("").str());
    if (option->name == "--help")
      return true;
  }
  size_t wanted = arguments.has(verb.instead) ? 0 : verb.positionals;
  if (arguments.words.size() > wanted && !verb.takesCommand)
    return usageError(arguments,
                      "unexpected argument '" +
                          arguments.words[wanted] + "'",
                      "usage: systole " + verb.name + " " + verb.usage),
           false;
  if (arguments.words.size() < wanted)
    return usageError(arguments, "no model was named",
                      "usage: systole " + verb.name + " " + verb.usage),
           false;
  return true;
}

std::optional<int64_t>
systole::driver::parseInteger(const Arguments &arguments, StringRef name,
                              int64_t fallback, int64_t low, int64_t high) {
  if (!arguments.has(name))
    return fallback;
  int64_t number;
  StringRef text = arguments.get(name);
  if (!text.getAsInteger(10, number) && number >= low && number <= high)
    return number;
  usageError(arguments, "'" + text + "' is not a value of " + name,
             "a number from " + Twine(low) + " to " + Twine(high));
  return std::nullopt;
}

std::optional<double>
systole::driver::parseTolerance(const Arguments &arguments, StringRef name,
                                double fallback) {
  if (!arguments.has(name))
    return fallback;
  double number;
  StringRef text = arguments.get(name);
  if (!text.getAsDouble(number) && number >= 0 && std::isfinite(number))
    return number;
  usageError(arguments, "'" + text + "' is not a value of " + name,
             "a number, 0 or more, e.g. 1e-3");
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Help
//===----------------------------------------------------------------------===//

std::string systole::driver::spelling(const Option &option) {
  switch (option.arity) {
  case Arity::Flag:
    return option.name.str();
  case Arity::Value:
    return (option.name + (option.name.starts_with("--") ? "=" : " ") +
            option.value)
        .str();
  case Arity::OptionalValue:
    return (option.name + "[=" + option.value + "]").str();
  }
  return option.name.str();
}

void systole::driver::printHelp(const Verb &verb, raw_ostream &os) {
  constexpr size_t column = 28;
  os << "Usage: systole " << verb.name << " " << verb.usage << "\n"
     << verb.summary << "\n\n";
  for (ArrayRef<Option> table : verb.tables) {
    for (const Option &option : table) {
      std::string left = "  " + spelling(option);
      os << left;
      // A long spelling gets a line of its own.
      if (left.size() + 2 > column)
        os << "\n" << std::string(column, ' ');
      else
        os.indent(column - left.size());
      SmallVector<StringRef> lines;
      StringRef(option.help).split(lines, '\n');
      os << join(lines, "\n" + std::string(column, ' ')) << "\n";
    }
  }
  if (verb.printMore)
    verb.printMore(os);
  os << "\nExamples:\n" << verb.examples;
}
