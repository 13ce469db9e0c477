//===- GraphConstants.cpp - Reading and making constants ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Large constants are resources that view the tensor's memory and keep its
// owner alive. Their keys hold a hash of the bytes, so that the same model
// gives the same text whatever order passes create constants in.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// Tensor to attribute
//===----------------------------------------------------------------------===//

/// All bytes of a tensor.
static ArrayRef<char> bytesOf(const Tensor &tensor) {
  return ArrayRef<char>(tensor.data(), static_cast<size_t>(tensor.byteSize()));
}

/// True if all elements have the same bytes (and there is one).
static bool isUniform(const Tensor &tensor) {
  if (tensor.size() == 0)
    return false;
  size_t each = elementBytes(tensor.getElementType());
  ArrayRef<char> bytes = bytesOf(tensor);
  // Comparing the bytes with themselves one element further on.
  return std::memcmp(bytes.data(), bytes.data() + each, bytes.size() - each) ==
         0;
}

/// dense<> of strings; only the first of a splat.
static ElementsAttr stringAttribute(const Tensor &tensor) {
  SmallVector<StringRef> texts;
  for (int64_t i = 0; i < tensor.size(); ++i)
    texts.push_back(tensor.getString(i));
  if (!texts.empty() && llvm::all_equal(texts))
    texts.truncate(1);
  return DenseElementsAttr::get(tensor.getType(), texts);
}

/// dense<>, which copies; only the first element of a splat.
static ElementsAttr inlineAttribute(const Tensor &tensor, bool splat) {
  RankedTensorType type = tensor.getType();
  int64_t count = splat ? 1 : tensor.size();
  if (type.getElementType().isInteger(1)) {
    SmallVector<bool> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(tensor.getInt(i) != 0);
    return DenseElementsAttr::get(type, values);
  }
  if (type.getElementType().isIntOrFloat() &&
      type.getElementTypeBitWidth() < 8) {
    // MLIR's narrow elements also take a byte each, but zero-extended.
    unsigned width = type.getElementTypeBitWidth();
    SmallVector<char> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(tensor.load<uint8_t>(i) &
                       llvm::maskTrailingOnes<uint8_t>(width));
    return DenseElementsAttr::getFromRawBuffer(type, values);
  }
  int64_t bytes = count * elementBytes(type.getElementType());
  return DenseElementsAttr::getFromRawBuffer(
      type, bytesOf(tensor).take_front(static_cast<size_t>(bytes)));
}

/// A resource of the tensor's bytes; an equal one with the same name serves
/// too.
static ElementsAttr resourceAttribute(const Tensor &tensor,
                                      StringRef nameHint) {
  RankedTensorType type = tensor.getType();
  ArrayRef<char> bytes = bytesOf(tensor);
  StringRef text(bytes.data(), bytes.size());
  std::string key = (nameHint + "_" +
                     llvm::utohexstr(llvm::xxh3_64bits(text),
                                     /*LowerCase=*/true))
                        .str();

  MLIRContext *context = type.getContext();
  auto &interface = DenseResourceElementsHandle::getManagerInterface(context);
  DialectResourceBlobManager &manager = interface.getBlobManager();
  if (DialectResourceBlobManager::BlobEntry *entry = manager.lookup(key)) {
    const AsmResourceBlob *blob = entry->getBlob();
    if (blob &&
        StringRef(blob->getData().data(), blob->getData().size()) == text)
      return DenseResourceElementsAttr::get(
          type, DenseResourceElementsHandle(
                    entry, context->getLoadedDialect<BuiltinDialect>()));
  }
  // The bytes may lie anywhere in a file, hence the alignment of 1.
  AsmResourceBlob blob(
      bytes, /*dataAlignment=*/1,
      [owner = tensor.getOwner()](void *, size_t, size_t) {},
      /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type,
                                        interface.insert(key, std::move(blob)));
}

ElementsAttr systole::graph::attributeFromTensor(const Tensor &tensor,
                                                 StringRef nameHint) {
  if (isa<StringType>(tensor.getElementType()))
    return stringAttribute(tensor);
  bool splat = isUniform(tensor);
  if (splat || tensor.byteSize() <= kInlineConstantBytes)
    return inlineAttribute(tensor, splat);
  return resourceAttribute(tensor, nameHint);
}

//===----------------------------------------------------------------------===//
// Attribute to tensor
//===----------------------------------------------------------------------===//

/// Fills `tensor` with copies of its first element.
static void repeatFirst(Tensor &tensor) {
  int64_t filled = elementBytes(tensor.getElementType());
  int64_t total = tensor.byteSize();
  for (; filled < total; filled *= 2)
    std::memcpy(tensor.data() + filled, tensor.data(),
                static_cast<size_t>(std::min(filled, total - filled)));
}

/// A view of the attribute's bytes, or a copy where MLIR stores them otherwise.
static FailureOr<Tensor> tensorFromDense(DenseElementsAttr dense) {
  Type element = dense.getElementType();
  ArrayRef<int64_t> shape = dense.getType().getShape();
  int64_t each = elementBytes(element);
  if (each == 0)
    return failure();
  bool wholeBytes =
      isa<ComplexType>(element) || element.getIntOrFloatBitWidth() >= 8;
  ArrayRef<char> raw = dense.getRawData();
  if (wholeBytes && !dense.isSplat())
    // The attribute lives as long as the context: nothing to own.
    return Tensor(element, shape, const_cast<char *>(raw.data()), nullptr);

  FailureOr<Tensor> tensor = Tensor::tryAllocate(element, shape);
  if (failed(tensor) || tensor->size() == 0)
    return tensor;
  int64_t count = dense.isSplat() ? 1 : tensor->size();
  if (wholeBytes) {
    std::memcpy(tensor->data(), raw.data(), static_cast<size_t>(each));
  } else if (isa<FloatType>(element)) {
    auto values = dense.getValues<APFloat>();
    for (int64_t i = 0; i < count; ++i)
      tensor->store<uint8_t>(i, values[i].bitcastToAPInt().getZExtValue());
  } else {
    auto values = dense.getValues<APInt>();
    for (int64_t i = 0; i < count; ++i)
      tensor->setInt(i, static_cast<int64_t>(values[i].getZExtValue()));
  }
  if (dense.isSplat())
    repeatFirst(*tensor);
  return tensor;
}

/// A copy that refers to strings which outlive the attribute.
static FailureOr<Tensor> tensorFromStrings(DenseStringElementsAttr strings) {
  if (!isa<StringType>(strings.getElementType()))
    return failure();
  FailureOr<Tensor> tensor = Tensor::tryAllocate(strings.getElementType(),
                                                 strings.getType().getShape());
  if (failed(tensor) || tensor->size() == 0)
    return tensor;
  for (auto [i, text] : llvm::enumerate(strings.getRawStringData()))
    tensor->setString(static_cast<int64_t>(i), text);
  if (strings.isSplat())
    repeatFirst(*tensor);
  return tensor;
}

FailureOr<Tensor> systole::graph::tensorFromAttribute(ElementsAttr attribute) {
  if (auto strings = dyn_cast<DenseStringElementsAttr>(attribute))
    return tensorFromStrings(strings);
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute))
    return tensorFromDense(dense);
  auto resource = dyn_cast<DenseResourceElementsAttr>(attribute);
  if (!resource)
    return failure();
  const AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  ShapedType type = resource.getType();
  int64_t each = elementBytes(type.getElementType());
  int64_t count = countElements(type.getShape());
  if (!blob || each == 0 || count < 0 || blob->getData().size() % each != 0 ||
      static_cast<int64_t>(blob->getData().size()) / each != count)
    return failure();
  return Tensor(type.getElementType(), type.getShape(),
                const_cast<char *>(blob->getData().data()), nullptr);
}

//===----------------------------------------------------------------------===//
// Constants as values
//===----------------------------------------------------------------------===//

ElementsAttr systole::graph::constantAttribute(Value value) {
  ElementsAttr attribute;
  if (value && matchPattern(value, m_Constant(&attribute)))
    return attribute;
  return nullptr;
}

std::optional<SmallVector<int64_t>> systole::graph::constantInts(Value value) {
  ElementsAttr attribute = constantAttribute(value);
  if (!attribute || !attribute.getElementType().isSignlessInteger())
    return std::nullopt;
  FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
  if (failed(tensor))
    return std::nullopt;
  SmallVector<int64_t> values;
  for (int64_t i = 0; i < tensor->size(); ++i)
    values.push_back(tensor->getInt(i));
  return values;
}

bool systole::graph::isConstantSplat(Value value, double number) {
  ElementsAttr attribute = constantAttribute(value);
  if (!attribute || !attribute.getElementType().isIntOrFloat())
    return false;
  // One element of a splat says all, however large the tensor is.
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute))
    if (dense.isSplat())
      attribute =
          dense.resizeSplat(RankedTensorType::get({}, dense.getElementType()));
  FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
  if (failed(tensor) || tensor->size() == 0)
    return false;
  for (int64_t i = 0; i < tensor->size(); ++i)
    if (tensor->getDouble(i) != number)
      return false;
  return true;
}

Value systole::graph::makeConstant(OpBuilder &builder, Location loc,
                                   const Tensor &tensor, StringRef nameHint) {
  return ConstantOp::create(builder, loc, tensor.getType(),
                            attributeFromTensor(tensor, nameHint));
}

Value systole::graph::makeIndexConstant(OpBuilder &builder, Location loc,
                                        ArrayRef<int64_t> values) {
  Tensor tensor(builder.getI64Type(), {static_cast<int64_t>(values.size())});
  for (auto [i, value] : llvm::enumerate(values))
    tensor.setInt(static_cast<int64_t>(i), value);
  return makeConstant(builder, loc, tensor);
}

Value systole::graph::makeScalarConstant(OpBuilder &builder, Location loc,
                                         Type elementType, double number) {
  Tensor tensor(elementType, {});
  tensor.setDouble(0, number);
  return makeConstant(builder, loc, tensor);
}
