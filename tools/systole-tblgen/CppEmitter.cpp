//===- CppEmitter.cpp - C++ structures of instructions --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Enumerations, a structure for each layout that reads and writes its bits, the
// variant of all of them, and the configuration of each engine.
//
//===----------------------------------------------------------------------===//

#include "tools/systole-tblgen/Table.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace systole::tblgen {

static void emitEnum(const Enum &one, raw_ostream &os) {
  os << "/// " << one.summary << ".\nenum class " << one.name
     << " : uint8_t {\n";
  for (const Case &c : one.cases)
    os << "  /// " << c.summary << ".\n  " << camel(c.name) << " = " << c.value
       << ",\n";
  os << "};\ninline constexpr unsigned k" << one.name
     << "Count = " << one.cases.size() << ";\n\n";
}

/// Type, default and expressions that read and write the bits of a member.
namespace {
struct Member {
  std::string type, init, read, write;
};
} // namespace

static Member memberOf(const Field &field) {
  std::string bits =
      formatv("word.bits({0}, {1})", field.offset, field.width).str();
  std::string name = lowerCamel(field.name);
  if (field.kind == "choice") {
    const std::string &type = field.choices->name;
    return {type, formatv("static_cast<{0}>(0)", type),
            formatv("static_cast<{0}>({1})", type, bits),
            formatv("static_cast<uint64_t>({0})", name)};
  }
  if (field.kind == "flag")
    return {"bool", "false", bits + " != 0", name + " ? 1 : 0"};
  if (field.kind == "signed")
    return {"int32_t", "0", formatv("signExtend({0}, {1})", bits, field.width),
            formatv("static_cast<uint32_t>({0})", name)};
  if (field.kind == "count")
    return {"uint32_t", "1", formatv("static_cast<uint32_t>({0}) + 1", bits),
            name + " - 1"};
  if (field.kind == "token")
    return {"int8_t", "-1", formatv("static_cast<int8_t>({0}) - 1", bits),
            formatv("static_cast<uint64_t>({0} + 1)", name)};
  if (field.width > 32)
    return {"uint64_t", "0", bits, name};
  return {"uint32_t", "0", formatv("static_cast<uint32_t>({0})", bits), name};
}

static void emitLayout(const Layout &layout, raw_ostream &os) {
  os << "/// " << layout.summary << ".\nstruct " << layout.name << " {\n";
  for (const Field &field : layout.fields) {
    Member member = memberOf(field);
    os << "  /// " << field.summary << ".\n  " << member.type << " "
       << lowerCamel(field.name) << " = " << member.init << ";\n";
  }
  os << "\n  static " << layout.name << " read(const Word &word) {\n    "
     << layout.name << " result;\n";
  for (const Field &field : layout.fields)
    os << "    result." << lowerCamel(field.name) << " = "
       << memberOf(field).read << ";\n";
  os << "    return result;\n  }\n  void write(Word &word) const {\n";
  for (const Field &field : layout.fields)
    os << "    word.setBits(" << field.offset << ", " << field.width << ", "
       << memberOf(field).write << ");\n";
  os << "  }\n  /// As people write them, one for each FieldInfo, also beyond "
        "its "
        "range.\n  std::array<int64_t, "
     << layout.fields.size() << "> values() const {\n    return {";
  ListSeparator comma(", ");
  for (const Field &field : layout.fields)
    os << comma << "static_cast<int64_t>(" << lowerCamel(field.name) << ")";
  os << "};\n  }\n  bool operator==(const " << layout.name << " &o) const {\n"
     << "    return ";
  ListSeparator separator(" &&\n           ");
  for (const Field &field : layout.fields)
    os << separator << lowerCamel(field.name) << " == o."
       << lowerCamel(field.name);
  os << ";\n  }\n  bool operator!=(const " << layout.name
     << " &o) const { return !(*this == o); }\n};\n\n";
}

static void emitFormats(const Table &table, raw_ostream &os) {
  os << "/// All instructions and settings.\nenum class Format : uint8_t {\n";
  for (const Format &format : table.formats)
    os << "  /// " << format.mnemonic << ": " << format.summary << ".\n  "
       << format.name << ",\n";
  os << "};\ninline constexpr unsigned kFormatCount = " << table.formats.size()
     << ";\n/// Opcode of all settings.\ninline constexpr unsigned kSetOpcode "
        "= "
     << table.setOpcode
     << ";\n/// Version of the instruction set.\n"
        "inline constexpr unsigned kInstructionSetVersion = "
     << table.version << ";\n\n";
  os << "/// The fields of any of them.\nusing Payload = std::variant<";
  ListSeparator separator(", ");
  for (const Layout *layout : table.payloads())
    os << separator << layout->name;
  os << ">;\n\n/// Reads the fields of a word whose format is known.\n"
        "inline Payload readPayload(Format format, const Word &word) {\n"
        "  switch (format) {\n";
  for (const Format &format : table.formats)
    os << "  case Format::" << format.name << ":\n    return "
       << format.layout->name << "::read(word);\n";
  os << "  }\n  return {};\n}\n\n";
}

static void emitConfigurations(const Table &table, raw_ostream &os) {
  const Enum &engines = *table.findEnum("Engine");
  auto settings = [&](const Case &engine, auto body) {
    for (const Format &format : table.formats)
      if (format.isSetting() && format.engine == engine.name)
        body(format);
  };
  auto configured = [&](const Case &engine) {
    bool any = false;
    settings(engine, [&](const Format &) { any = true; });
    return any;
  };
  for (const Case &engine : engines.cases) {
    if (!configured(engine))
      continue;
    os << "/// What the settings of " << engine.name << " left behind.\nstruct "
       << camel(engine.name) << "Config {\n";
    settings(engine, [&](const Format &format) {
      os << "  /// " << format.summary << ".\n  ";
      if (format.copies > 1)
        os << "std::array<" << format.layout->name << ", " << format.copies
           << "> ";
      else
        os << format.layout->name << " ";
      os << lowerCamel(format.member) << ";\n";
    });
    os << "};\n\n";
  }
  os << "/// The configuration of all engines, zero at the doorbell.\n"
        "struct Configuration {\n";
  for (const Case &engine : engines.cases)
    if (configured(engine))
      os << "  " << camel(engine.name) << "Config " << engine.name << ";\n";
  os << "\n  /// Executes a setting; no effect of other instructions.\n"
        "  void apply(Format format, const Payload &payload) {\n"
        "    switch (format) {\n";
  for (const Format &format : table.formats) {
    if (!format.isSetting())
      continue;
    std::string value = "std::get<" + format.layout->name + ">(payload)";
    os << "    case Format::" << format.name << ":\n      " << format.engine
       << "." << lowerCamel(format.member);
    if (format.copies > 1)
      os << "[" << value << ".index]";
    os << " = " << value << ";\n      break;\n";
  }
  os << "    default:\n      break;\n    }\n  }\n\n"
        "  /// Calls visit(format, payload, isEqual) for every setting of "
        "`then`:\n  /// executing those that are not equal leads from here "
        "there.\n  template <typename Visit>\n"
        "  void settingsTo(const Configuration &then, Visit visit) const {\n";
  for (const Format &format : table.formats) {
    if (!format.isSetting())
      continue;
    std::string member = format.engine + "." + lowerCamel(format.member);
    if (format.copies == 1) {
      os << "    visit(Format::" << format.name << ", Payload(then." << member
         << "), " << member << " == then." << member << ");\n";
      continue;
    }
    os << "    for (uint32_t i = 0; i < " << format.copies << "; ++i) {\n      "
       << format.layout->name << " from = " << member << "[i], to = then."
       << member << "[i];\n      from.index = to.index = i;\n"
       << "      visit(Format::" << format.name
       << ", Payload(to), from == to);\n    }\n";
  }
  os << "  }\n};\n";
}

void emitStructures(const Table &table, raw_ostream &os) {
  os << "// Generated by systole-tblgen from hw-sim/isa/Isa.td.\n\n";
  for (const Enum &one : table.enums)
    emitEnum(one, os);
  for (const Layout &layout : table.layouts)
    emitLayout(layout, os);
  emitFormats(table, os);
  emitConfigurations(table, os);
}

} // namespace systole::tblgen
