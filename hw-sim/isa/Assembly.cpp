//===- Assembly.cpp - Text of instructions --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Printing and parsing over the instruction table.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace systole::isa {

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

std::string printValue(const FieldInfo &field, int64_t value) {
  if (field.choices)
    return field.choices->cases[value].name;
  return std::to_string(value);
}

std::optional<int64_t> parseValue(const FieldInfo &field, std::string_view text,
                                  std::string &problem) {
  std::string given =
      "'" + std::string(field.name) + "' is '" + std::string(text) + "', ";
  if (field.choices) {
    std::string names;
    for (const CaseInfo &one : *field.choices) {
      if (text == one.name)
        return &one - field.choices->cases;
      names += (names.empty() ? "" : ", ") + std::string(one.name);
    }
    problem = given + "not one of " + names;
    return std::nullopt;
  }
  std::string digits(text);
  char *end = nullptr;
  errno = 0;
  long long value = std::strtoll(digits.c_str(), &end, 0);
  if (digits.empty() || *end != 0 || errno != 0) {
    problem = given + "which is no number";
    return std::nullopt;
  }
  if (!field.isLegal(value)) {
    problem = given + "not " + std::to_string(field.minimum) + " to " +
              std::to_string(field.maximum);
    return std::nullopt;
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Disassembler
//===----------------------------------------------------------------------===//

static void printFields(FieldList fields, const Word &word, std::string &text) {
  for (const FieldInfo &field : fields) {
    int64_t value = field.get(word);
    if (field.isReserved() || value == field.zero())
      continue;
    text += " " + std::string(field.name);
    if (field.kind != Kind::Flag)
      text += "=" + printValue(field, value);
  }
}

std::string disassemble(const Word &word) {
  Instruction instruction;
  if (decode(word, instruction)) {
    char digits[48];
    std::snprintf(digits, sizeof(digits), ".word 0x%016llx%016llx",
                  static_cast<unsigned long long>(word.high),
                  static_cast<unsigned long long>(word.low));
    return digits;
  }
  const FormatInfo &info = infoOf(instruction.format);
  std::string text = info.mnemonic;
  printFields(info.payload(), word, text);
  if (!info.isSetting())
    printFields(info.header(), word, text);
  return text;
}

//===----------------------------------------------------------------------===//
// Assembler
//===----------------------------------------------------------------------===//

/// Cuts the next run of non-blank characters off `text`.
static std::string_view takeWord(std::string_view &text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  size_t end = text.find_first_of(" \t\r", begin);
  std::string_view word = text.substr(begin, end - begin);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end);
  return word;
}

static const FieldInfo *findField(const FormatInfo &info,
                                  std::string_view name) {
  for (const FieldInfo &field : info.payload())
    if (name == field.name && !field.isReserved())
      return &field;
  if (!info.isSetting())
    for (const FieldInfo &field : info.header())
      if (name == field.name && !field.isReserved())
        return &field;
  return nullptr;
}

/// The digits of `.word`; returns what is wrong, or "".
static std::string assembleRaw(std::string_view text, Word &word) {
  std::string_view digits = takeWord(text);
  if (digits.size() != 34 || digits.substr(0, 2) != "0x" ||
      digits.find_first_not_of("0123456789abcdefABCDEF", 2) !=
          std::string_view::npos ||
      !takeWord(text).empty())
    return "'.word' needs 0x and 32 hexadecimal digits";
  auto parse = [&](size_t at) {
    return std::strtoull(std::string(digits.substr(at, 16)).c_str(), nullptr,
                         16);
  };
  word.high = parse(2);
  word.low = parse(18);
  return "";
}

/// `name=value` or a flag's `name`; returns what is wrong, or "".
static std::string assembleField(const FormatInfo &info, std::string_view text,
                                 Word &word) {
  size_t equals = text.find('=');
  std::string_view name = text.substr(0, equals);
  const FieldInfo *field = findField(info, name);
  std::string quoted = "'" + std::string(name) + "'";
  if (!field)
    return "'" + std::string(info.mnemonic) + "' has no field " + quoted;
  if (field->get(word) != field->zero())
    return quoted + " is given twice";
  if (equals == std::string_view::npos && field->kind != Kind::Flag)
    return quoted + " has no value";
  std::string problem;
  std::string_view digits =
      equals == std::string_view::npos ? "1" : text.substr(equals + 1);
  if (std::optional<int64_t> value = parseValue(*field, digits, problem))
    field->set(word, *value);
  return problem;
}

/// One line without its comment; returns what is wrong, or "".
static std::string assembleLine(std::string_view line, Word &word) {
  std::string_view mnemonic = takeWord(line);
  if (mnemonic == ".word")
    return assembleRaw(line, word);
  const FormatInfo *info = findFormat(mnemonic);
  if (!info)
    return "no instruction is called '" + std::string(mnemonic) + "'";
  word = info->empty();
  for (std::string_view text = takeWord(line); !text.empty();
       text = takeWord(line))
    if (std::string problem = assembleField(*info, text, word);
        !problem.empty())
      return problem;
  Instruction instruction;
  std::optional<DecodeProblem> problem = decode(word, instruction);
  return problem ? problem->message : "";
}

std::vector<Word> assemble(std::string_view text,
                           std::vector<AssemblyProblem> &problems) {
  std::vector<Word> words;
  for (unsigned number = 1; !text.empty(); ++number) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view()
                                         : text.substr(end + 1);
    line = line.substr(0, line.find(';'));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    Word word;
    std::string problem = assembleLine(line, word);
    if (!problem.empty())
      problems.push_back({number, problem});
    words.push_back(word);
  }
  return words;
}

} // namespace systole::isa
