//===- Tensor.cpp - A tensor in this process's memory ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Element access converts through double or int64_t. Formats that C++ lacks go
// through APFloat, which rounds half to even in one step.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Tensor.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/StringSaver.h"
#include <cmath>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <unistd.h>

using namespace mlir;
using namespace systole::graph;
using llvm::APFloat;
using llvm::APInt;

int64_t systole::graph::elementBytes(Type elementType) {
  if (auto complex = dyn_cast<ComplexType>(elementType))
    return 2 * elementBytes(complex.getElementType());
  if (isa<StringType>(elementType))
    return sizeof(StringPlace);
  if (!elementType.isIntOrFloat())
    return 0;
  unsigned bits = elementType.getIntOrFloatBitWidth();
  if (bits < 8)
    return 1;
  // One element of a width in between has no form of its own.
  return llvm::isPowerOf2_32(bits) && bits <= 64 ? bits / 8 : 0;
}

int64_t systole::graph::countElements(ArrayRef<int64_t> shape) {
  if (exceedsMaxElements(shape) || llvm::any_of(shape, ShapedType::isDynamic))
    return -1;
  int64_t count = 1;
  for (int64_t dim : shape)
    count *= dim;
  return count;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Data of our own starts at a multiple of this: one cache line, one vector.
static constexpr size_t kDataAlignment = 64;

/// `bytes` zeros, or null where they exceed this machine's memory.
static std::shared_ptr<void> allocateZeros(int64_t bytes) {
  static const double physicalBytes =
      double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
  if (double(bytes) > physicalBytes)
    return nullptr;
  // calloc takes large blocks from the system as they are: already zero.
  void *memory = std::calloc(1, static_cast<size_t>(bytes) + kDataAlignment);
  if (!memory)
    return nullptr;
  return std::shared_ptr<void>(memory, std::free);
}

FailureOr<Tensor> Tensor::tryAllocate(Type elementType,
                                      ArrayRef<int64_t> shape) {
  int64_t bytesEach = elementBytes(elementType);
  int64_t count = countElements(shape);
  if (bytesEach == 0 || count < 0 ||
      count > std::numeric_limits<int64_t>::max() / bytesEach)
    return failure();
  std::shared_ptr<void> owner = allocateZeros(count * bytesEach);
  if (!owner)
    return failure();
  auto address = reinterpret_cast<uintptr_t>(owner.get());
  char *data = static_cast<char *>(owner.get()) +
               (llvm::alignTo(address, kDataAlignment) - address);
  return Tensor(elementType, shape, data, std::move(owner));
}

Tensor::Tensor(Type elementType, ArrayRef<int64_t> shape) {
  FailureOr<Tensor> tensor = tryAllocate(elementType, shape);
  if (failed(tensor))
    llvm::report_fatal_error("out of memory for a tensor");
  *this = std::move(*tensor);
}

Tensor::Tensor(Type elementType, ArrayRef<int64_t> shape, char *data,
               std::shared_ptr<void> owner)
    : elementType(elementType), shape(shape), numElements(countElements(shape)),
      memory(data), owner(std::move(owner)) {
  assert(numElements >= 0 && "the shape of a tensor is static and countable");
}

Tensor Tensor::reshaped(ArrayRef<int64_t> newShape) const {
  assert(countElements(newShape) == numElements && "reshaping keeps the size");
  return Tensor(elementType, newShape, memory, owner);
}

llvm::StringRef systole::graph::keepString(llvm::StringRef text) {
  static std::mutex mutex;
  static llvm::BumpPtrAllocator memory;
  static llvm::UniqueStringSaver saver(memory);
  std::lock_guard<std::mutex> lock(mutex);
  return saver.save(text);
}

bool Tensor::identical(const Tensor &other) const {
  if (isa_and_present<StringType>(elementType) &&
      elementType == other.elementType && shape == other.shape) {
    for (int64_t i = 0; i < numElements; ++i)
      if (getString(i) != other.getString(i))
        return false;
    return true;
  }
  return elementType == other.elementType && shape == other.shape &&
         (numElements == 0 ||
          std::memcmp(memory, other.memory, byteSize()) == 0);
}

//===----------------------------------------------------------------------===//
// Conversions of numbers
//===----------------------------------------------------------------------===//

/// Drops the fraction, saturates at 64 bits (of the given signedness above),
/// NaN gives 0.
static int64_t truncateToInt(double value, bool isUnsigned64) {
  constexpr double kTwo63 = 9223372036854775808.0;
  if (std::isnan(value))
    return 0;
  if (value < -kTwo63)
    return std::numeric_limits<int64_t>::min();
  if (value < kTwo63)
    return static_cast<int64_t>(value);
  if (!isUnsigned64)
    return std::numeric_limits<int64_t>::max();
  uint64_t bits = value < 2 * kTwo63 ? static_cast<uint64_t>(value)
                                     : std::numeric_limits<uint64_t>::max();
  return static_cast<int64_t>(bits);
}

/// The one type whose numbers int64_t does not hold.
static bool isUnsigned64(Type type) { return type.isUnsignedInteger(64); }

/// Reads an element's bytes, zero-extended.
static uint64_t loadBits(const Tensor &tensor, int64_t i, int64_t bytes) {
  switch (bytes) {
  case 1:
    return tensor.load<uint8_t>(i);
  case 2:
    return tensor.load<uint16_t>(i);
  case 4:
    return tensor.load<uint32_t>(i);
  default:
    return tensor.load<uint64_t>(i);
  }
}

/// Writes the low bytes of `bits`.
static void storeBits(Tensor &tensor, int64_t i, int64_t bytes, uint64_t bits) {
  switch (bytes) {
  case 1:
    return tensor.store<uint8_t>(i, bits);
  case 2:
    return tensor.store<uint16_t>(i, bits);
  case 4:
    return tensor.store<uint32_t>(i, bits);
  default:
    return tensor.store<uint64_t>(i, bits);
  }
}

/// Bits of the nearest power of two in f8E8M0FNU, the larger of two as near:
/// NaN for negative numbers and what is not finite, the smallest for zero, the
/// largest for more.
static uint64_t powerOfTwoBits(const APFloat &number) {
  constexpr int kBias = 127;
  if (!number.isFinite() || (number.isNegative() && !number.isZero()))
    return 0xff;
  if (number.isZero())
    return 0;
  int exponent;
  APFloat half = frexp(number, exponent, APFloat::rmNearestTiesToEven);
  // half is in [0.5, 1): the next power is as near from 0.75 on.
  bool isBelow = half.compare(APFloat(half.getSemantics(), "0.75")) ==
                 APFloat::cmpLessThan;
  int nearest = exponent - (isBelow ? 1 : 0);
  return std::clamp(nearest + kBias, 0, 254);
}

/// Bits of `number` in a narrow float format, rounded half to even.
static uint64_t narrowFloatBits(APFloat number, FloatType type) {
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  // Powers of two alone: neither zero nor a sign.
  if (isa<Float8E8M0FNUType>(type))
    return powerOfTwoBits(number);
  // A format of finite numbers alone has nothing to stand for NaN but zero.
  if (number.isNaN() && !APFloat::semanticsHasNaN(semantics))
    return 0;
  // Nor for infinity: it saturates, as large numbers do.
  if (number.isInfinity() && !APFloat::semanticsHasNaN(semantics))
    number = APFloat::getLargest(semantics, number.isNegative());
  bool losesInfo;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return number.bitcastToAPInt().getZExtValue();
}

/// The number with the given bits in a narrow float format.
static double narrowFloatValue(uint64_t bits, FloatType type) {
  unsigned width = type.getWidth();
  APFloat number(type.getFloatSemantics(),
                 APInt(width, bits & llvm::maskTrailingOnes<uint64_t>(width)));
  // A NaN without a mantissa (f8E8M0FNU) would become infinite.
  if (number.isNaN())
    return std::numeric_limits<double>::quiet_NaN();
  bool losesInfo;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return number.convertToDouble();
}

//===----------------------------------------------------------------------===//
// Element access
//===----------------------------------------------------------------------===//

double Tensor::getDouble(int64_t i) const {
  if (elementType.isF32())
    return load<float>(i);
  if (elementType.isF64())
    return load<double>(i);
  if (auto type = dyn_cast<FloatType>(elementType))
    return narrowFloatValue(loadBits(*this, i, elementBytes(type)), type);
  int64_t value = getInt(i);
  return isUnsigned64(elementType)
             ? static_cast<double>(static_cast<uint64_t>(value))
             : static_cast<double>(value);
}

int64_t Tensor::getInt(int64_t i) const {
  if (isa<FloatType>(elementType))
    return truncateToInt(getDouble(i), /*isUnsigned64=*/false);
  auto type = cast<IntegerType>(elementType);
  uint64_t bits = loadBits(*this, i, elementBytes(type));
  unsigned width = type.getWidth();
  if (width == 1)
    return bits != 0;
  bits &= llvm::maskTrailingOnes<uint64_t>(width);
  return type.isUnsigned() ? static_cast<int64_t>(bits)
                           : llvm::SignExtend64(bits, width);
}

void Tensor::setDouble(int64_t i, double value) {
  if (elementType.isF32())
    return store<float>(i, static_cast<float>(value));
  if (elementType.isF64())
    return store<double>(i, value);
  if (auto type = dyn_cast<FloatType>(elementType))
    return storeBits(*this, i, elementBytes(type),
                     narrowFloatBits(APFloat(value), type));
  if (elementType.isInteger(1))
    return store<uint8_t>(i, value != 0);
  setInt(i, truncateToInt(value, isUnsigned64(elementType)));
}

void Tensor::setInt(int64_t i, int64_t value) {
  if (elementType.isF32())
    return store<float>(i, static_cast<float>(value));
  if (elementType.isF64())
    return store<double>(i, static_cast<double>(value));
  if (auto type = dyn_cast<FloatType>(elementType)) {
    // Quadruple precision holds every 64-bit integer: one rounding in all.
    APFloat number(APFloat::IEEEquad());
    number.convertFromAPInt(APInt(64, value, /*isSigned=*/true),
                            /*IsSigned=*/true, APFloat::rmNearestTiesToEven);
    return storeBits(*this, i, elementBytes(type),
                     narrowFloatBits(number, type));
  }
  auto type = cast<IntegerType>(elementType);
  if (type.getWidth() == 1)
    return store<uint8_t>(i, value != 0);
  uint64_t bits = static_cast<uint64_t>(value);
  // Narrow integers fill their byte by their signedness.
  if (type.getWidth() < 8)
    bits = type.isUnsigned()
               ? bits & llvm::maskTrailingOnes<uint64_t>(type.getWidth())
               : llvm::SignExtend64(bits, type.getWidth());
  storeBits(*this, i, elementBytes(type), bits);
}
