//===- Instruction.h - Instructions as structures ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Structures.h.inc is generated from Isa.td. A word that decodes without a
// problem has only legal fields; what depends on machine and configuration is
// decided by dispatch (hw-sim/model/Dispatch.h).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_INSTRUCTION_H
#define SYSTOLE_HWSIM_ISA_INSTRUCTION_H

#include "hw-sim/isa/Word.h"
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace systole::isa {

#include "hw-sim/isa/Structures.h.inc"

/// Semaphores of a machine, and the most tokens that one holds.
inline constexpr unsigned kSemaphores = 16, kMaxTokens = 15;

/// One decoded instruction or setting.
struct Instruction {
  Format format = Format::Sync;
  /// Of settings: none.
  Tokens tokens;
  /// The alternative that belongs to `format`.
  Payload payload;

  /// Precondition: `T` is the layout of `format`.
  template <typename T>
  const T &as() const {
    return std::get<T>(payload);
  }
  template <typename T>
  T &as() {
    return std::get<T>(payload);
  }

  bool isSetting() const;
  /// Whose queue it goes through, or whose configuration it changes.
  Engine engine() const;

  bool operator==(const Instruction &o) const {
    return format == o.format && tokens == o.tokens && payload == o.payload;
  }
};

/// Why a word is no instruction: the fault that its dispatch raises, and what
/// is wrong in words.
struct DecodeProblem {
  Fault fault;
  std::string message;
};

/// Never fails for structures whose members are in their fields' ranges; others
/// are cut to the field's bits.
Word encode(const Instruction &instruction);

/// Reads any 128 bits; a word with a problem leaves `instruction` as it was.
std::optional<DecodeProblem> decode(const Word &word, Instruction &instruction);

/// The format of a word with a legal opcode (and number).
std::optional<Format> formatOf(const Word &word);

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_INSTRUCTION_H
