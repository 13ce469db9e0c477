//===- IsaOps.cpp - Programs and what lies in them ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Verifiers of programs, tensors, constants and raw words, with the numbers of
// their constraints.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Isa/IR/IsaDialect.h"
#include "dialects/Isa/IR/IsaImage.h"
#include "hw-sim/isa/Assembly.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace systole::isa;

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

LogicalResult ProgramOp::verifyRegions() {
  LogicalResult result = success();
  // program-C4.
  for (Operation &op : *getBody().begin())
    if (!llvm::isa_and_nonnull<IsaDialect>(op.getDialect()))
      result = op.emitOpError("is no part of a program: isa.program holds "
                              "instructions, isa.tensor, isa.data and "
                              "isa.word");
  if (failed(result))
    return failure();
  // program-C1, C2, C3: what must hold within an image.
  Image image = imageOf(*this);
  for (const std::string &problem : checkImage(image))
    result = emitOpError(problem);
  return result;
}

//===----------------------------------------------------------------------===//
// Tensors and constants
//===----------------------------------------------------------------------===//

/// MLIR's element type of an image's element, in the order of Element.
static Type elementType(MLIRContext *context, Element element) {
  Builder builder(context);
  switch (element) {
  case Element::Int8:
    return builder.getI8Type();
  case Element::UInt8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case Element::Int16:
    return builder.getI16Type();
  case Element::UInt16:
    return builder.getIntegerType(16, /*isSigned=*/false);
  case Element::Int32:
    return builder.getI32Type();
  case Element::Int64:
    return builder.getI64Type();
  case Element::Float32:
    return builder.getF32Type();
  }
  llvm_unreachable("all elements are listed");
}

RankedTensorType systole::isa::tensorType(MLIRContext *context,
                                          const Tensor &tensor) {
  return RankedTensorType::get(
      SmallVector<int64_t>(tensor.shape.begin(), tensor.shape.end()),
      elementType(context, tensor.element));
}

/// The element of an image, or nullopt.
static std::optional<Element> elementOf(Type type) {
  for (unsigned i = 0; i < kElementCount; ++i)
    if (elementType(type.getContext(), static_cast<Element>(i)) == type)
      return static_cast<Element>(i);
  return std::nullopt;
}

// tensor-C1; the size of dimensions is checked with the program (checkImage).
LogicalResult TensorOp::verify() {
  auto type = llvm::dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return emitOpError("type must be a tensor without unknown dimensions, but "
                       "is ")
           << getType();
  if (!elementOf(type.getElementType()))
    return emitOpError("elements must be i8, ui8, i16, ui16, i32, i64 or f32, "
                       "but are ")
           << type.getElementType();
  return success();
}

Tensor TensorOp::getTensor() {
  auto type = llvm::cast<RankedTensorType>(getType());
  Tensor tensor;
  tensor.name = getName().str();
  tensor.role = static_cast<Tensor::Role>(getRole());
  tensor.element = *elementOf(type.getElementType());
  tensor.shape.assign(type.getShape().begin(), type.getShape().end());
  tensor.address = getAddress();
  return tensor;
}

/// Largest constant in one place.
static constexpr int64_t kMaxDataBytes = int64_t(1) << 31;

// data-C1.
LogicalResult DataOp::verify() {
  Type type = getValue().getElementType();
  if (!type.isIntOrFloat() || type.getIntOrFloatBitWidth() % 8 != 0)
    return emitOpError("elements must be numbers of whole bytes, but are ")
           << type;
  // Before anything is allocated for it: a splat is short text.
  int64_t elements =
      systole::graph::countElements(getValue().getShapedType().getShape());
  if (elements < 0 ||
      elements > kMaxDataBytes / (type.getIntOrFloatBitWidth() / 8))
    return emitOpError("has more than ") << kMaxDataBytes << " bytes";
  if (failed(systole::graph::tensorFromAttribute(getValue())))
    return emitOpError("bytes are not in the text: the resource was left out");
  return success();
}

std::vector<uint8_t> DataOp::getBytes() {
  systole::graph::Tensor tensor =
      *systole::graph::tensorFromAttribute(getValue());
  const char *begin = tensor.data();
  return {begin, begin + tensor.byteSize()};
}

//===----------------------------------------------------------------------===//
// Raw words
//===----------------------------------------------------------------------===//

ParseResult WordOp::parse(OpAsmParser &parser, OperationState &state) {
  SMLoc location = parser.getCurrentLocation();
  APInt bits;
  OptionalParseResult parsed = parser.parseOptionalInteger(bits);
  if (!parsed.has_value())
    return parser.emitError(location, "expected the word's 128 bits as a "
                                      "number: 0x and 32 digits");
  if (failed(*parsed))
    return failure();
  // word-C1.
  if (bits.isNegative() || bits.getActiveBits() > 128)
    return parser.emitError(location, "a word has 128 bits, without a sign");
  bits = bits.zextOrTrunc(128);
  Builder builder(state.getContext());
  auto half = [&](unsigned at) {
    return builder.getI64IntegerAttr(
        static_cast<int64_t>(bits.extractBitsAsZExtValue(64, at)));
  };
  state.addAttribute("low", half(0));
  state.addAttribute("high", half(64));
  return parser.parseOptionalAttrDict(state.attributes);
}

void WordOp::print(OpAsmPrinter &printer) {
  printer << " "
          << llvm::formatv("0x{0:x-16}{1:x-16}", getHigh(), getLow()).str();
  printer.printOptionalAttrDict(
      (*this)->getDiscardableAttrDictionary().getValue());
}

// word-C2: one way to write each word.
LogicalResult WordOp::verify() {
  Word word{getLow(), getHigh()};
  Instruction instruction;
  if (!decode(word, instruction))
    return emitOpError("is the instruction '") << disassemble(word) << "'";
  return success();
}
