//===- Formats.cpp - The instruction table at run time --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generated tables, and reading and writing of a field.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Formats.h"

namespace systole::isa {

#include "hw-sim/isa/Tables.cpp.inc"

int64_t FieldInfo::get(const Word &word) const {
  uint64_t bits = word.bits(offset, width);
  if (kind == Kind::Signed)
    return signExtend(bits, width);
  return static_cast<int64_t>(bits) + zero();
}

void FieldInfo::set(Word &word, int64_t value) const {
  word.setBits(offset, width, static_cast<uint64_t>(value - zero()));
}

std::string FieldInfo::problem(int64_t value) const {
  std::string text = "field '" + std::string(name) + "' ";
  if (isReserved())
    return text + "must be zero";
  return text + "is " + std::to_string(value) + ", not " +
         std::to_string(minimum) + " to " + std::to_string(maximum);
}

FieldList FormatInfo::header() const {
  if (isSetting())
    return {kNumberFields, sizeof(kNumberFields) / sizeof(FieldInfo)};
  return {kTokensFields, sizeof(kTokensFields) / sizeof(FieldInfo)};
}

Word FormatInfo::empty() const {
  Word word;
  kOpcodeFields[0].set(word, opcode);
  if (isSetting())
    kNumberFields[0].set(word, number);
  return word;
}

const FormatInfo &infoOf(Format format) {
  return kFormats[static_cast<unsigned>(format)];
}

const FormatInfo *findFormat(std::string_view mnemonic) {
  for (const FormatInfo &info : kFormats)
    if (mnemonic == info.mnemonic)
      return &info;
  return nullptr;
}

std::optional<Format> formatOf(const Word &word) {
  int64_t opcode = kOpcodeFields[0].get(word);
  int64_t number = opcode == kSetOpcode ? kNumberFields[0].get(word) : -1;
  for (const FormatInfo &info : kFormats)
    if (info.opcode == opcode && info.number == number)
      return info.format;
  return std::nullopt;
}

const char *nameOf(Engine engine) {
  return kEngineCases[static_cast<unsigned>(engine)].name;
}
const char *nameOf(Fault fault) {
  return kFaultCases[static_cast<unsigned>(fault)].name;
}
const char *nameOf(Memory memory) {
  return kMemoryCases[static_cast<unsigned>(memory)].name;
}

} // namespace systole::isa
