//===- Table.h - The instruction table as structures ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What Isa.td says, with the position of every field counted, and checked:
// names are unique, fields fit, opcodes and numbers differ. All emitters read
// this.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_TBLGEN_TABLE_H
#define SYSTOLE_TOOLS_TBLGEN_TABLE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/TableGen/Record.h"
#include <deque>
#include <string>
#include <vector>

namespace systole::tblgen {

struct Case {
  std::string name, summary;
  int64_t value;
};

struct Enum {
  std::string name, summary;
  int64_t width;
  std::vector<Case> cases;
};

struct Field {
  std::string name, kind, summary;
  /// Lowest bit of the instruction, and number of bits.
  int64_t offset, width;
  /// Smallest and largest legal value.
  int64_t minimum, maximum;
  /// Of a choice; else null.
  const Enum *choices;

  /// Bits that must be zero: neither assembler nor dialect know them.
  bool isReserved() const { return minimum == maximum; }
};

struct Layout {
  std::string name, summary;
  std::vector<Field> fields;
  /// First bit, and first bit behind.
  int64_t begin, end;
};

struct Format {
  /// Of the enumeration in C++, of the assembler.
  std::string name, mnemonic;
  std::string summary, description;
  /// A case of Engine, or empty where a field says it.
  std::string engine;
  const Layout *layout;
  int64_t opcode;
  /// Of a setting: its number, its member, and how many copies; else -1.
  int64_t number, copies;
  std::string member;

  bool isSetting() const { return number >= 0; }
};

struct Table {
  /// In the order of the table; pointers into them stay valid.
  std::deque<Enum> enums;
  std::deque<Layout> layouts;
  /// Work by opcode, then settings by number.
  std::vector<Format> formats;
  int64_t setOpcode, version;

  /// Stops the program with a message if the table is not consistent.
  explicit Table(const llvm::RecordKeeper &records);

  const Enum *findEnum(llvm::StringRef name) const;
  const Layout &layout(llvm::StringRef name) const;
  /// Layouts of formats, each once, in the order of the formats.
  std::vector<const Layout *> payloads() const;
};

/// snake_case as CamelCase, camelCase, UPPER_CASE.
std::string camel(llvm::StringRef name);
std::string lowerCamel(llvm::StringRef name);
std::string upper(llvm::StringRef name);
/// CamelCase as snake_case.
std::string snake(llvm::StringRef name);

// The emitters, one for each output.
void emitStructures(const Table &table, llvm::raw_ostream &os);
void emitTables(const Table &table, llvm::raw_ostream &os);
void emitOperations(const Table &table, llvm::raw_ostream &os);
void emitSystemVerilog(const Table &table, llvm::raw_ostream &os);
void emitManual(const Table &table, llvm::raw_ostream &os);

} // namespace systole::tblgen

#endif // SYSTOLE_TOOLS_TBLGEN_TABLE_H
