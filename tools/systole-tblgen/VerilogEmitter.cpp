//===- VerilogEmitter.cpp - The SystemVerilog package ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Enumerations, packed structures, functions that cut them out of the 128 bits,
// what makes a word legal, and the configuration of each engine. A packed
// structure lists the highest bits first. A count holds what is stored: one
// less than it says.
//
//===----------------------------------------------------------------------===//

#include "tools/systole-tblgen/Table.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace llvm;

namespace systole::tblgen {

/// A comment of as many lines as 100 columns need.
static void emitComment(StringRef indent, StringRef text, raw_ostream &os) {
  constexpr size_t kColumns = 100;
  size_t column = kColumns;
  for (StringRef word : split(text, ' ')) {
    if (column + 1 + word.size() > kColumns) {
      os << (column == kColumns ? "" : "\n") << indent << "//";
      column = indent.size() + 2;
    }
    os << " " << word;
    column += 1 + word.size();
  }
  os << "\n";
}

static void emitEnum(const Enum &one, raw_ostream &os) {
  os << "\n";
  emitComment("  ", one.summary + ".", os);
  os << "  typedef enum logic [" << one.width - 1 << ":0] {\n";
  for (const Case &c : one.cases) {
    emitComment("    ", c.summary, os);
    os << "    " << upper(one.name) << "_" << upper(c.name) << " = "
       << one.width << "'d" << c.value << (&c == &one.cases.back() ? "" : ",")
       << "\n";
  }
  os << "  } " << snake(one.name) << "_e;\n";
}

/// The codes of instructions, or of settings.
static void emitCodes(const Table &table, bool settings, raw_ostream &os) {
  os << (settings ? "\n  // Numbers of settings.\n"
                  : "\n  // Opcodes; 0 is none.\n")
     << "  typedef enum logic [5:0] {\n";
  if (!settings)
    os << "    OPCODE_SET = 6'd" << table.setOpcode << ",\n";
  SmallVector<const Format *> formats;
  for (const Format &format : table.formats)
    if (format.isSetting() == settings)
      formats.push_back(&format);
  for (const Format *format : formats)
    os << "    " << (settings ? "" : "OPCODE_") << upper(format->name)
       << " = 6'd" << (settings ? format->number : format->opcode)
       << (format == formats.back() ? "" : ",") << "\n";
  os << "  } " << (settings ? "setting_e" : "opcode_e") << ";\n";
}

static void emitLayout(const Layout &layout, raw_ostream &os) {
  std::string name = snake(layout.name);
  os << "\n";
  emitComment("  ", layout.summary + ".", os);
  os << "  typedef struct packed {\n";
  for (const Field &field : reverse(layout.fields)) {
    emitComment("    ",
                field.summary + (field.kind == "count"   ? ", less one"
                                 : field.kind == "token" ? ", plus one"
                                                         : ""),
                os);
    os << "    ";
    if (field.choices && field.choices->width == field.width)
      os << snake(field.choices->name) << "_e";
    else
      os << "logic" << (field.kind == "signed" ? " signed" : "") << " ["
         << field.width - 1 << ":0]";
    os << " " << field.name << ";\n";
  }
  os << "  } " << name << "_t;\n\n  function automatic " << name << "_t get_"
     << name << "(logic [127:0] word);\n    return " << name << "_t'(word["
     << layout.end - 1 << ":" << layout.begin << "]);\n  endfunction\n";
}

//===----------------------------------------------------------------------===//
// Legality
//===----------------------------------------------------------------------===//

/// Where a field lies: "word[8:6]".
static std::string bitsOf(const Field &field) {
  return "word[" + std::to_string(field.offset + field.width - 1) + ":" +
         std::to_string(field.offset) + "]";
}
static std::string bitsOf(const Layout &layout, StringRef name) {
  for (const Field &field : layout.fields)
    if (field.name == name)
      return bitsOf(field);
  llvm_unreachable("the table has checked that it is there");
}

/// What must hold for the bits of a field: "word[8:6] <= 3'd4"; or "".
static std::string legalBits(const Field &field) {
  if (field.kind == "signed" || field.kind == "count")
    return "";
  // A token is stored plus one.
  int64_t most = field.maximum + (field.kind == "token" ? 1 : 0);
  if (most == (int64_t(1) << field.width) - 1)
    return "";
  return bitsOf(field) + (most == 0 ? " == " : " <= ") +
         std::to_string(field.width) + "'d" + std::to_string(most);
}

/// `has_legal_LAYOUT(word)`: fields in range and, of a payload, nothing behind
/// the last.
static void emitLegality(const Layout &layout, raw_ostream &os) {
  SmallVector<std::string> conditions;
  for (const Field &field : layout.fields)
    if (std::string bits = legalBits(field); !bits.empty())
      conditions.push_back(bits);
  constexpr int64_t kBits = 128, kHeaderBits = 32;
  if (layout.begin >= kHeaderBits && layout.end < kBits)
    conditions.push_back("word[127:" + std::to_string(layout.end) +
                         "] == " + std::to_string(kBits - layout.end) + "'d0");
  if (layout.name == "Tokens")
    for (std::string pair : {"wait", "signal"}) {
      std::string first = bitsOf(layout, pair + "0"),
                  second = bitsOf(layout, pair + "1");
      conditions.push_back("(" + first + " == 5'd0 || " + first +
                           " != " + second + ")");
    }
  os << "\n  function automatic logic has_legal_" << snake(layout.name)
     << "(logic [127:0] word);\n    return "
     << (conditions.empty() ? "1'b1" : join(conditions, " &&\n        "))
     << ";\n  endfunction\n";
}

/// `is_known(word)`: there is such an instruction; `has_legal_fields(word)`, of
/// one that there is.
static void emitWordLegality(const Table &table, raw_ostream &os) {
  for (bool fields : {false, true}) {
    os << "\n  function automatic logic "
       << (fields ? "has_legal_fields" : "is_known")
       << "(logic [127:0] word);\n    case (word[5:0])\n";
    for (bool settings : {true, false}) {
      std::string indent(settings ? 8 : 6, ' ');
      if (settings)
        os << "      OPCODE_SET: case (word[11:6])\n";
      for (const Format &format : table.formats)
        if (format.isSetting() == settings)
          os << indent << (settings ? "" : "OPCODE_") << upper(format.name)
             << ": return "
             << (fields ? std::string("has_legal_") +
                              (settings ? "number" : "tokens") +
                              "(word) && has_legal_" +
                              snake(format.layout->name) + "(word)"
                        : "1'b1")
             << ";\n";
      os << indent << "default: return 1'b0;\n"
         << indent.substr(2) << "endcase\n";
    }
    os << "  endfunction\n";
  }
}

//===----------------------------------------------------------------------===//
// Configurations
//===----------------------------------------------------------------------===//

/// `ld_config_t` and `apply_ld(config, word)`, which changes what a setting
/// says.
static void emitConfiguration(const Table &table, const Case &engine,
                              raw_ostream &os) {
  SmallVector<const Format *> settings;
  for (const Format &format : table.formats)
    if (format.isSetting() && format.engine == engine.name)
      settings.push_back(&format);
  std::string type = engine.name + "_config_t";
  os << "\n  // Configuration of " << engine.name
     << ".\n  typedef struct packed {\n";
  for (const Format *format : reverse(settings)) {
    os << "    " << snake(format->layout->name) << "_t ";
    if (format->copies > 1)
      os << "[" << format->copies - 1 << ":0] ";
    os << "set_" << format->member << ";\n";
  }
  os << "  } " << type << ";\n\n  function automatic " << type << " apply_"
     << engine.name << "(" << type << " config_in, logic [127:0] word);\n    "
     << type << " changed = config_in;\n    case (word[11:6])\n";
  for (const Format *format : settings) {
    std::string get = "get_" + snake(format->layout->name) + "(word)";
    os << "      " << upper(format->name) << ": changed.set_" << format->member;
    if (format->copies > 1)
      os << "[" << bitsOf(*format->layout, "index") << "]";
    os << " = " << get << ";\n";
  }
  os << "      default: ;\n    endcase\n    return changed;\n  endfunction\n";
}

void emitSystemVerilog(const Table &table, raw_ostream &os) {
  os << "// Generated by systole-tblgen from hw-sim/isa/Isa.td.\n"
        "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n\n"
        "package systole_pkg;\n";
  for (const Enum &one : table.enums)
    emitEnum(one, os);
  emitCodes(table, /*settings=*/false, os);
  emitCodes(table, /*settings=*/true, os);
  os << "\n  // Each function is given a whole instruction and looks at its "
        "own "
        "bits.\n  // verilator lint_off UNUSEDSIGNAL\n";
  for (const Layout &layout : table.layouts)
    emitLayout(layout, os);
  for (const Layout &layout : table.layouts)
    emitLegality(layout, os);
  emitWordLegality(table, os);
  for (const Case &engine : table.findEnum("Engine")->cases)
    emitConfiguration(table, engine, os);
  os << "\n  // verilator lint_on UNUSEDSIGNAL\nendpackage\n";
}

} // namespace systole::tblgen
