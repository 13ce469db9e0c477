//===- Table.cpp - The instruction table as structures --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads records, counts bits, and refuses tables that cannot be meant.
//
//===----------------------------------------------------------------------===//

#include "tools/systole-tblgen/Table.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TableGen/Error.h"

using namespace llvm;

namespace systole::tblgen {

/// Where the fields of a format begin, and what an instruction ends with.
static constexpr int64_t kPayloadBegin = 32, kInstructionBits = 128;

std::string camel(StringRef name) {
  std::string result;
  for (StringRef part : split(name, '_'))
    result += toUpper(part.front()) + part.drop_front().str();
  return result;
}
std::string lowerCamel(StringRef name) {
  std::string result = camel(name);
  result[0] = toLower(result[0]);
  return result;
}
std::string upper(StringRef name) { return StringRef(snake(name)).upper(); }
std::string snake(StringRef name) {
  std::string result;
  for (char c : name) {
    if (isUpper(c) && !result.empty() && result.back() != '_')
      result += '_';
    result += toLower(c);
  }
  return result;
}

static std::vector<const Record *> inOrder(const RecordKeeper &records,
                                           StringRef type) {
  std::vector<const Record *> found = records.getAllDerivedDefinitions(type);
  llvm::sort(found, [](const Record *l, const Record *r) {
    return l->getID() < r->getID();
  });
  return found;
}

/// The legal values of a field.
static std::pair<int64_t, int64_t> range(const Record *record, StringRef kind,
                                         int64_t width) {
  int64_t bits = int64_t(1) << width;
  int64_t max = record->getValueAsInt("max");
  if (kind == "signed")
    return {-bits / 2, bits / 2 - 1};
  if (kind == "count")
    return {1, bits};
  if (kind == "token")
    return {-1, max - 1};
  return {0, max >= 0 ? max : bits - 1};
}

static Field readField(const Table &table, const Record *record,
                       int64_t offset) {
  Field field;
  field.name = record->getValueAsString("name").str();
  field.kind = record->getValueAsString("kind").str();
  field.summary = record->getValueAsString("summary").str();
  field.offset = offset;
  field.width = record->getValueAsInt("width");
  if (field.width < 1 || field.width > 48)
    PrintFatalError(record, "field '" + field.name + "' has a width of " +
                                Twine(field.width));
  std::tie(field.minimum, field.maximum) =
      range(record, field.kind, field.width);
  field.choices = nullptr;
  if (const Record *choices = record->getValueAsOptionalDef("choices")) {
    field.choices = table.findEnum(choices->getName());
    field.maximum = field.choices->cases.size() - 1;
  }
  return field;
}

static Enum readEnum(const Record *record) {
  Enum result{record->getName().str(),
              record->getValueAsString("summary").str(),
              record->getValueAsInt("width"),
              {}};
  for (const Record *one : record->getValueAsListOfDefs("cases")) {
    result.cases.push_back({one->getValueAsString("name").str(),
                            one->getValueAsString("summary").str(),
                            one->getValueAsInt("value")});
    const Case &last = result.cases.back();
    if (last.value != static_cast<int64_t>(result.cases.size()) - 1 ||
        last.value >= int64_t(1) << result.width)
      PrintFatalError(record, "case '" + last.name +
                                  "' is not the next value of its bits");
  }
  return result;
}

static Layout readLayout(const Table &table, const Record *record) {
  Layout layout{record->getName().str(),
                record->getValueAsString("summary").str(),
                {},
                0,
                0};
  // The two layouts below the payload say so by their names.
  StringRef name = layout.name;
  layout.begin = name == "Opcode"                       ? 0
                 : name == "Tokens" || name == "Number" ? 6
                                                        : kPayloadBegin;
  layout.end = layout.begin;
  StringSet<> names;
  for (const Record *one : record->getValueAsListOfDefs("fields")) {
    Field field = readField(table, one, layout.end);
    if (!names.insert(field.name).second)
      PrintFatalError(record, "two fields are called '" + field.name + "'");
    layout.end += field.width;
    layout.fields.push_back(std::move(field));
  }
  int64_t limit =
      layout.begin < kPayloadBegin ? kPayloadBegin : kInstructionBits;
  if (layout.end > limit)
    PrintFatalError(record, "layout '" + layout.name + "' has " +
                                Twine(layout.end - limit) + " bits too many");
  return layout;
}

static Format readFormat(const Table &table, const Record *record) {
  Format format;
  StringRef name = record->getName();
  name.consume_back("Work");
  format.name = name.str();
  format.mnemonic = record->getValueAsString("mnemonic").str();
  format.summary = record->getValueAsString("summary").str();
  format.description = record->getValueAsString("description").str();
  format.engine = record->getValueAsString("engine").str();
  format.layout = &table.layout(record->getValueAsDef("layout")->getName());
  format.number = format.copies = -1;
  if (!record->isSubClassOf("Setting")) {
    format.opcode = record->getValueAsInt("opcode");
    return format;
  }
  format.opcode = table.setOpcode;
  format.number = record->getValueAsInt("number");
  format.copies = record->getValueAsInt("copies");
  format.member = record->getValueAsString("name").str();
  return format;
}

Table::Table(const RecordKeeper &records) {
  setOpcode = records.getDef("SetOpcode")->getValueAsInt("opcode");
  version = records.getDef("InstructionSet")->getValueAsInt("version");
  for (const Record *record : inOrder(records, "Enum"))
    enums.push_back(readEnum(record));
  for (const Record *record : inOrder(records, "Layout"))
    layouts.push_back(readLayout(*this, record));
  for (StringRef type : {"Work", "Setting"})
    for (const Record *record : inOrder(records, type))
      formats.push_back(readFormat(*this, record));
  llvm::sort(formats, [](const Format &l, const Format &r) {
    auto key = [](const Format &f) {
      return std::tuple(f.isSetting(), f.isSetting() ? f.number : f.opcode);
    };
    return key(l) < key(r);
  });
  StringSet<> mnemonics;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Format &format = formats[i];
    if (!mnemonics.insert(format.mnemonic).second)
      PrintFatalError("two instructions are called '" + format.mnemonic + "'");
    if (format.opcode < 1 || format.opcode > 63 || format.number > 63 ||
        (!format.isSetting() && format.opcode == setOpcode))
      PrintFatalError("'" + format.mnemonic + "' has no free code");
    if (i > 0 && formats[i - 1].opcode == format.opcode &&
        formats[i - 1].number == format.number)
      PrintFatalError("'" + format.mnemonic + "' has the code of '" +
                      formats[i - 1].mnemonic + "'");
  }
}

const Enum *Table::findEnum(StringRef name) const {
  for (const Enum &one : enums)
    if (one.name == name)
      return &one;
  return nullptr;
}

const Layout &Table::layout(StringRef name) const {
  for (const Layout &one : layouts)
    if (one.name == name)
      return one;
  PrintFatalError("there is no layout '" + name + "'");
}

std::vector<const Layout *> Table::payloads() const {
  std::vector<const Layout *> result;
  for (const Format &format : formats)
    if (!is_contained(result, format.layout))
      result.push_back(format.layout);
  return result;
}

} // namespace systole::tblgen
