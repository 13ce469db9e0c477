//===- Tensors.cpp - Tensors of a TFLite file -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Tensors.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace systole::tflite {

Type elementTypeOf(MLIRContext *context, fb::TensorType type) {
  Builder b(context);
  auto integer = [&](unsigned width, bool isUnsigned = false) -> Type {
    return isUnsigned ? b.getIntegerType(width, false)
                      : b.getIntegerType(width);
  };
  switch (type) {
  case fb::TensorType_FLOAT32:
    return b.getF32Type();
  case fb::TensorType_FLOAT16:
    return b.getF16Type();
  case fb::TensorType_BFLOAT16:
    return b.getBF16Type();
  case fb::TensorType_FLOAT64:
    return b.getF64Type();
  case fb::TensorType_INT4:
    return integer(4);
  case fb::TensorType_INT8:
    return integer(8);
  case fb::TensorType_INT16:
    return integer(16);
  case fb::TensorType_INT32:
    return integer(32);
  case fb::TensorType_INT64:
    return integer(64);
  case fb::TensorType_UINT8:
    return integer(8, true);
  case fb::TensorType_UINT16:
    return integer(16, true);
  case fb::TensorType_UINT32:
    return integer(32, true);
  case fb::TensorType_UINT64:
    return integer(64, true);
  case fb::TensorType_BOOL:
    return integer(1);
  case fb::TensorType_STRING:
    return graph::StringType::get(context);
  case fb::TensorType_COMPLEX64:
    return ComplexType::get(b.getF32Type());
  case fb::TensorType_COMPLEX128:
    return ComplexType::get(b.getF64Type());
  default:
    return {};
  }
}

std::string typeName(fb::TensorType type) {
  std::string name = fb::EnumNameTensorType(type);
  return name.empty() ? "#" + std::to_string(type) : name;
}

Quantization quantizationOf(const fb::Tensor &tensor) {
  Quantization result;
  const fb::Quantization *q = tensor.quantization();
  if (!q)
    return result;
  llvm::append_range(result.scales, list(q->scale()));
  llvm::append_range(result.zeroPoints, list(q->zero_point()));
  if (result.zeroPoints.empty())
    result.zeroPoints.push_back(0);
  // A list has one dimension to go along, whatever the file says: converters
  // copy the weights' into their biases.
  result.axis = list(tensor.shape()).size() == 1 ? 0 : q->quantized_dimension();
  return result;
}

bool holdsQuantized(const fb::Tensor &tensor) {
  if (!quantizationOf(tensor))
    return false;
  switch (tensor.type()) {
  case fb::TensorType_INT4:
  case fb::TensorType_INT8:
  case fb::TensorType_UINT8:
  case fb::TensorType_INT16:
    return true;
  default:
    return false;
  }
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// How many strings, where each begins and where the last ends, then the texts.
static std::optional<graph::Tensor> readStrings(Type type,
                                                llvm::ArrayRef<int64_t> shape,
                                                llvm::StringRef bytes,
                                                std::string &error) {
  auto word = [&](int64_t i) {
    int32_t value;
    std::memcpy(&value, bytes.data() + 4 * i, 4);
    return value;
  };
  int64_t count = graph::countElements(shape);
  bool good = count >= 0 && bytes.size() >= 4 && word(0) == count &&
              static_cast<int64_t>(bytes.size()) / 4 >= count + 2;
  auto tensor = graph::Tensor::tryAllocate(
      type, good ? shape : llvm::ArrayRef<int64_t>{0});
  for (int64_t i = 0; good && succeeded(tensor) && i < count; ++i) {
    int32_t begin = word(i + 1), end = word(i + 2);
    good =
        begin >= 0 && begin <= end && end <= static_cast<int64_t>(bytes.size());
    if (good)
      tensor->setString(i, bytes.slice(begin, end));
  }
  if (good && succeeded(tensor))
    return *tensor;
  error = "its list of strings is damaged";
  return std::nullopt;
}

/// Numbers of 4 bits, the low half of a byte first.
static std::optional<graph::Tensor> readNibbles(graph::Tensor tensor,
                                                llvm::StringRef bytes) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    int value = static_cast<unsigned char>(bytes[i / 2]) >> (i % 2 * 4) & 15;
    tensor.setInt(i, value >= 8 ? value - 16 : value);
  }
  return tensor;
}

std::optional<graph::Tensor> readTensor(MLIRContext *context,
                                        const fb::Tensor &tensor,
                                        llvm::StringRef bytes,
                                        const frontend::SourceFile &source,
                                        std::string &error) {
  Type type = elementTypeOf(context, tensor.type());
  if (!type) {
    error =
        "constants of type " + typeName(tensor.type()) + " are not supported";
    return std::nullopt;
  }
  SmallVector<int64_t> shape;
  for (int32_t size : list(tensor.shape()))
    shape.push_back(size);
  if (isa<graph::StringType>(type))
    return readStrings(type, shape, bytes, error);
  int64_t count = graph::countElements(shape);
  bool packed = type.isInteger(4);
  int64_t need = packed ? (count + 1) / 2 : count * graph::elementBytes(type);
  if (count < 0 || count > (int64_t(1) << 48) ||
      need != static_cast<int64_t>(bytes.size())) {
    error = "it has " + std::to_string(bytes.size()) + " bytes instead of " +
            std::to_string(need);
    return std::nullopt;
  }
  if (!packed && !type.isInteger(1))
    return graph::Tensor(type, shape, const_cast<char *>(bytes.data()),
                         source.owner);
  auto copy = graph::Tensor::tryAllocate(type, shape);
  if (failed(copy)) {
    error = "it does not fit into memory";
    return std::nullopt;
  }
  if (packed)
    return readNibbles(*copy, bytes);
  for (int64_t i = 0; i < count; ++i)
    copy->setInt(i, bytes[i] != 0);
  return *copy;
}

} // namespace systole::tflite
