//===- Encoding.cpp - Words from structures and back ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generated structures read and write bits; what is legal is checked here,
// over the table, so that there is one place for it.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Formats.h"

namespace systole::isa {

bool Instruction::isSetting() const { return infoOf(format).isSetting(); }

Engine Instruction::engine() const {
  if (format == Format::Sync)
    return as<Sync>().engine;
  return static_cast<Engine>(infoOf(format).engine);
}

Word encode(const Instruction &instruction) {
  const FormatInfo &info = infoOf(instruction.format);
  Word word = info.empty();
  if (!info.isSetting())
    instruction.tokens.write(word);
  std::visit([&](const auto &payload) { payload.write(word); },
             instruction.payload);
  return word;
}

/// Whether bits behind the last field are set.
static bool hasTrailingBits(const FormatInfo &info, const Word &word) {
  const FieldInfo &last = info.fields[info.numFields - 1];
  for (unsigned bit = last.offset + last.width; bit < 8 * kInstructionBytes;
       ++bit)
    if (word.bits(bit, 1) != 0)
      return true;
  return false;
}

/// What is illegal about a word of a known format, or "".
static std::string wordProblem(const FormatInfo &info, const Word &word) {
  for (FieldList list : {info.header(), info.payload()})
    for (const FieldInfo &field : list)
      if (int64_t value = field.get(word); !field.isLegal(value))
        return field.problem(value);
  if (hasTrailingBits(info, word))
    return "bits behind the last field must be zero";
  if (info.isSetting())
    return "";
  Tokens tokens = Tokens::read(word);
  if ((tokens.wait0 >= 0 && tokens.wait0 == tokens.wait1) ||
      (tokens.signal0 >= 0 && tokens.signal0 == tokens.signal1))
    return "a semaphore is named twice";
  return "";
}

std::optional<DecodeProblem> decode(const Word &word,
                                    Instruction &instruction) {
  std::optional<Format> format = formatOf(word);
  if (!format) {
    uint32_t opcode = Opcode::read(word).opcode;
    std::string text =
        "no instruction has the opcode " + std::to_string(opcode);
    if (opcode == kSetOpcode)
      text = "no setting has the number " +
             std::to_string(Number::read(word).number);
    return DecodeProblem{Fault::Opcode, text};
  }
  const FormatInfo &info = infoOf(*format);
  if (std::string problem = wordProblem(info, word); !problem.empty())
    return DecodeProblem{Fault::Field, info.mnemonic + (": " + problem)};
  instruction.format = *format;
  instruction.tokens = info.isSetting() ? Tokens() : Tokens::read(word);
  instruction.payload = readPayload(*format, word);
  return std::nullopt;
}

} // namespace systole::isa
