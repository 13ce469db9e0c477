//===- Completion.cpp - Words for the shell -------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function for bash that knows the verbs, their options, and the values of
// options that are a list; all else are files. bash breaks `--emit=ex` into
// three words, which the function puts together again.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Manual.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace systole::driver;

/// The words of a value such as "exe|obj" or "N|auto": not its placeholders,
/// which are in capitals.
static std::string choices(const Option &option) {
  SmallVector<StringRef> words, chosen;
  StringRef(option.value).split(words, '|');
  if (words.size() > 1)
    for (StringRef word : words)
      if (!word.empty() && word == word.lower() && !word.contains('['))
        chosen.push_back(word);
  return join(chosen, " ");
}

/// The words of `verb`: "--emit= --quiet".
static std::string optionWords(const Verb &verb) {
  std::string words;
  for (ArrayRef<Option> table : verb.tables)
    for (const Option &option : table)
      words +=
          (words.empty() ? "" : " ") + option.name.str() +
          (option.arity == Arity::Value && option.name.starts_with("--") ? "="
                                                                         : "");
  return words;
}

static void printValues(const Verb &verb, raw_ostream &os) {
  for (ArrayRef<Option> table : verb.tables)
    for (const Option &option : table)
      if (std::string values = choices(option); !values.empty())
        os << "    " << verb.name << option.name << ") values='" << values
           << "' ;;\n";
}

static constexpr StringLiteral kHead = R"(# Completion of systole for bash.
_systole() {
  local verb=${COMP_WORDS[1]} word=${COMP_WORDS[COMP_CWORD]} option= words=
  local values=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
)";

static constexpr StringLiteral kMiddle = R"(    return
  fi
  # An option and its value: "--emit" "=" "ex", or "--emit" "ex".
  if [[ $word == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 1]} word=
  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  else
    option=${COMP_WORDS[COMP_CWORD - 1]}
  fi
  case $verb$option in
)";

static constexpr StringLiteral kTail = R"(  esac
  if [[ -n $words && $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
    compopt -o filenames 2>/dev/null
  fi
  return 0
}
complete -F _systole systole
)";

void systole::driver::printCompletion(ArrayRef<Verb> verbs, raw_ostream &os) {
  SmallVector<StringRef> names;
  for (const Verb &verb : verbs)
    names.push_back(verb.name);
  os << kHead << "    mapfile -t COMPREPLY < <(compgen -W '" << join(names, " ")
     << " help --help --version' -- \"$word\")\n"
     << kMiddle;
  for (const Verb &verb : verbs)
    printValues(verb, os);
  os << "  esac\n"
        "  if [[ -n $values ]]; then\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$word\")\n"
        "    return\n"
        "  fi\n"
        "  case $verb in\n";
  for (const Verb &verb : verbs)
    os << "    " << verb.name << ") words='" << optionWords(verb) << "' ;;\n";
  os << kTail;
}
