//===- Formats.h - The instruction table at run time ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For code that treats all instructions alike: assembler, verifier, random
// programs, tests.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_FORMATS_H
#define SYSTOLE_HWSIM_ISA_FORMATS_H

#include "hw-sim/isa/Instruction.h"
#include <string_view>

namespace systole::isa {

/// A value of a closed list, and the list; a case's value is its index.
struct CaseInfo {
  const char *name, *summary;
};
struct EnumInfo {
  const char *name;
  const CaseInfo *cases;
  unsigned count;

  const CaseInfo *begin() const { return cases; }
  const CaseInfo *end() const { return cases + count; }
};

/// How the bits of a field are read.
enum class Kind : uint8_t { Unsigned, Signed, Count, Flag, Choice, Token };

/// A field of a layout. Values are what people write: a count's number of
/// iterations, a token's semaphore or -1.
struct FieldInfo {
  const char *name;
  uint8_t offset, width;
  Kind kind;
  int64_t minimum, maximum;
  /// Of a choice; else null.
  const EnumInfo *choices;

  int64_t get(const Word &word) const;
  /// Precondition: the value is in range.
  void set(Word &word, int64_t value) const;
  /// The value of zero bits.
  int64_t zero() const {
    return kind == Kind::Count ? 1 : kind == Kind::Token ? -1 : 0;
  }
  bool isReserved() const { return minimum == maximum; }
  bool isLegal(int64_t value) const {
    return value >= minimum && value <= maximum;
  }
  /// "field 'offset' is -1, not 0 to 4294967295", of a value that is not legal.
  std::string problem(int64_t value) const;
};

/// A run of fields.
struct FieldList {
  const FieldInfo *fields;
  unsigned count;

  const FieldInfo *begin() const { return fields; }
  const FieldInfo *end() const { return fields + count; }
};

/// An instruction or setting.
struct FormatInfo {
  const char *mnemonic, *summary;
  Format format;
  uint8_t opcode;
  /// Of a setting; else -1.
  int8_t number;
  /// -1 where a field `engine` says it.
  int8_t engine;
  const FieldInfo *fields;
  unsigned numFields;

  bool isSetting() const { return number >= 0; }
  FieldList payload() const { return {fields, numFields}; }
  /// Tokens of a working instruction, number of a setting.
  FieldList header() const;
  /// A word of this format with zero bits everywhere else.
  Word empty() const;
};

const FormatInfo &infoOf(Format format);
/// Null if no instruction is called so.
const FormatInfo *findFormat(std::string_view mnemonic);

/// Names for messages and reports.
const char *nameOf(Engine engine);
const char *nameOf(Fault fault);
const char *nameOf(Memory memory);

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_FORMATS_H
