//===- IsaFields.cpp - What the operations of instructions share ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Building, text form and verifier over the instruction table. The text is the
// assembler's: fields by name, those with the value of zero bits left out.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaDialect.h"
#include "hw-sim/isa/Assembly.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace systole::isa;

/// Calls `body` for every field that the operation has as an attribute.
template <typename Body>
static void forEachField(const FormatInfo &info, Body body) {
  for (const FieldInfo &field : info.payload())
    if (!field.isReserved())
      body(field);
  if (info.isSetting())
    return;
  for (const FieldInfo &field : info.header())
    if (!field.isReserved())
      body(field);
}

/// The value of a field; what is not there is zero bits.
static int64_t valueOf(Operation *op, const FieldInfo &field) {
  std::optional<Attribute> attribute = op->getInherentAttr(field.name);
  auto value = attribute ? llvm::dyn_cast_or_null<IntegerAttr>(*attribute)
                         : IntegerAttr();
  return value ? value.getInt() : field.zero();
}

static void addField(OperationState &state, const FieldInfo &field,
                     int64_t value) {
  Builder builder(state.getContext());
  state.addAttribute(field.name, builder.getI64IntegerAttr(value));
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

void systole::isa::addFields(OperationState &state,
                             const Instruction &instruction) {
  // Values beyond a field's bits shall reach the verifier, not be cut.
  auto add = [&](FieldList fields, const auto &values) {
    for (const FieldInfo &field : fields)
      if (int64_t value = values[&field - fields.begin()];
          !field.isReserved() && value != field.zero())
        addField(state, field, value);
  };
  const FormatInfo &info = infoOf(instruction.format);
  std::visit(
      [&](const auto &payload) { add(info.payload(), payload.values()); },
      instruction.payload);
  if (!info.isSetting())
    add(info.header(), instruction.tokens.values());
}

std::optional<Word> systole::isa::wordOf(Operation *op) {
  if (auto word = llvm::dyn_cast<WordOp>(op))
    return Word{word.getLow(), word.getHigh()};
  auto instruction = llvm::dyn_cast<InstructionOp>(op);
  if (!instruction)
    return std::nullopt;
  const FormatInfo &info = infoOf(instruction.getFormat());
  Word word = info.empty();
  bool legal = true;
  forEachField(info, [&](const FieldInfo &field) {
    int64_t value = valueOf(op, field);
    legal &= field.isLegal(value);
    if (legal)
      field.set(word, value);
  });
  return legal ? std::optional<Word>(word) : std::nullopt;
}

Operation *systole::isa::createWord(OpBuilder &builder, Location location,
                                    const Word &word) {
  Instruction instruction;
  if (decode(word, instruction))
    return WordOp::create(builder, location, word.low, word.high);
  const FormatInfo &info = infoOf(instruction.format);
  OperationState state(location, ("isa." + Twine(info.mnemonic)).str());
  addFields(state, instruction);
  return builder.create(state);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// The field called `name`, or null.
static const FieldInfo *findField(const FormatInfo &info, StringRef name) {
  const FieldInfo *found = nullptr;
  forEachField(info, [&](const FieldInfo &field) {
    if (name == field.name)
      found = &field;
  });
  return found;
}

/// The value behind `=`: a name for a choice, else a number.
static ParseResult parseFieldValue(OpAsmParser &parser, const FieldInfo &field,
                                   int64_t &value) {
  SMLoc location = parser.getCurrentLocation();
  std::string text;
  if (field.choices) {
    StringRef name;
    if (parser.parseKeyword(&name))
      return failure();
    text = name.str();
  } else {
    APInt number;
    OptionalParseResult parsed = parser.parseOptionalInteger(number);
    if (!parsed.has_value())
      return parser.emitError(location, "field '")
             << field.name << "' is a number from " << field.minimum << " to "
             << field.maximum;
    if (failed(*parsed))
      return failure();
    text = llvm::toString(number, 10, /*Signed=*/true);
    if (number.isSignedIntN(64) && !field.isLegal(number.getSExtValue()))
      return parser.emitError(location, field.problem(number.getSExtValue()));
  }
  std::string problem;
  std::optional<int64_t> parsed = parseValue(field, text, problem);
  if (!parsed)
    return parser.emitError(location, "field " + problem);
  value = *parsed;
  return success();
}

/// `name = value`, or a flag's `name`.
static ParseResult parseField(OpAsmParser &parser, OperationState &state,
                              const FormatInfo &info) {
  SMLoc location = parser.getCurrentLocation();
  StringRef name;
  if (parser.parseKeyword(&name))
    return failure();
  const FieldInfo *field = findField(info, name);
  if (!field) {
    InFlightDiagnostic diagnostic = parser.emitError(location, "'isa.")
                                    << info.mnemonic << "' has no field '"
                                    << name << "'; its fields are";
    forEachField(info,
                 [&](const FieldInfo &one) { diagnostic << " " << one.name; });
    return diagnostic;
  }
  if (state.attributes.get(field->name))
    return parser.emitError(location, "field '")
           << field->name << "' is given twice";
  int64_t value = 1;
  if (field->kind == Kind::Flag) {
    if (succeeded(parser.parseOptionalEqual()) &&
        parseFieldValue(parser, *field, value))
      return failure();
  } else if (parser.parseEqual() || parseFieldValue(parser, *field, value)) {
    return failure();
  }
  addField(state, *field, value);
  return success();
}

ParseResult systole::isa::parseFields(OpAsmParser &parser,
                                      OperationState &state, Format format) {
  const FormatInfo &info = infoOf(format);
  return failure(parser.parseCommaSeparatedList(
                     OpAsmParser::Delimiter::OptionalParen,
                     [&] { return parseField(parser, state, info); }) ||
                 parser.parseOptionalAttrDict(state.attributes));
}

void systole::isa::printFields(OpAsmPrinter &printer, Operation *op,
                               Format format) {
  StringRef separator = "(";
  forEachField(infoOf(format), [&](const FieldInfo &field) {
    int64_t value = valueOf(op, field);
    if (value == field.zero())
      return;
    printer << separator << field.name;
    separator = ", ";
    // What has no name is printed all the same: the verifier has refused it.
    if (field.choices && field.isLegal(value))
      printer << " = " << printValue(field, value);
    else if (field.kind != Kind::Flag || value != 1)
      printer << " = " << value;
  });
  if (separator != "(")
    printer << ")";
  printer.printOptionalAttrDict(op->getDiscardableAttrDictionary().getValue());
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

LogicalResult systole::isa::verifyFields(Operation *op, Format format) {
  LogicalResult result = success();
  forEachField(infoOf(format), [&](const FieldInfo &field) {
    int64_t value = valueOf(op, field);
    if (!field.isLegal(value))
      result = op->emitOpError(field.problem(value));
  });
  if (failed(result))
    return failure();
  // What several fields say together.
  Instruction instruction;
  if (std::optional<DecodeProblem> problem = decode(*wordOf(op), instruction))
    return op->emitOpError(problem->message);
  return success();
}
