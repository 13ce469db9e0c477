//===- ShapeUtils.cpp - Arithmetic on shapes ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums and products are formed in 128 bits, where those of a few 64-bit numbers
// cannot overflow.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "dialects/Graph/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace systole::graph;

/// Wide enough for a sum or product of two 64-bit numbers.
using Wide = __int128;

/// Short for the unknown dimensions of MLIR.
static bool isDynamic(int64_t dim) { return ShapedType::isDynamic(dim); }

/// One dimension of two broadcast operands, or nullopt.
static std::optional<int64_t> broadcastDim(int64_t a, int64_t b) {
  if (a == b || b == 1)
    return a;
  if (a == 1)
    return b;
  // An unknown dimension must turn out to be 1 or the other one.
  if (isDynamic(a))
    return b;
  if (isDynamic(b))
    return a;
  return std::nullopt;
}

std::optional<SmallVector<int64_t>>
systole::graph::broadcastShapes(ArrayRef<ArrayRef<int64_t>> shapes) {
  size_t rank = 0;
  for (ArrayRef<int64_t> shape : shapes)
    rank = std::max(rank, shape.size());
  SmallVector<int64_t> result(rank, 1);
  for (ArrayRef<int64_t> shape : shapes)
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t &dim = result[rank - shape.size() + i];
      std::optional<int64_t> merged = broadcastDim(dim, shape[i]);
      if (!merged)
        return std::nullopt;
      dim = *merged;
    }
  return result;
}

bool systole::graph::exceedsMaxElements(ArrayRef<int64_t> shape) {
  Wide count = 1;
  for (int64_t dim : shape) {
    if (isDynamic(dim) || dim == 0)
      continue;
    if (dim < 0)
      return true;
    count *= dim;
    if (count > kMaxElements)
      return true;
  }
  return false;
}

std::optional<Window>
systole::graph::resolveWindow(int64_t size, int64_t kernel, int64_t stride,
                              int64_t dilation, int64_t padLow, int64_t padHigh,
                              AutoPad autoPad, bool ceilMode) {
  if (size < 0 || kernel < 1 || stride < 1 || dilation < 1 || padLow < 0 ||
      padHigh < 0)
    return std::nullopt;
  Wide extent = Wide(kernel - 1) * dilation + 1;

  if (autoPad != AutoPad::explicit_pads) {
    Wide outSize = (Wide(size) + stride - 1) / stride;
    Wide total = (outSize - 1) * stride + extent - size;
    if (outSize == 0 || total < 0)
      total = 0;
    // Both halves must fit into 64 bits.
    if (total > kMaxElements)
      return std::nullopt;
    int64_t small = static_cast<int64_t>(total / 2);
    int64_t large = static_cast<int64_t>(total) - small;
    bool upper = autoPad == AutoPad::same_upper;
    return Window{static_cast<int64_t>(outSize), upper ? small : large,
                  upper ? large : small};
  }

  Wide room = Wide(size) + padLow + padHigh - extent;
  if (room < 0)
    return std::nullopt;
  Wide outSize = room / stride + 1;
  if (ceilMode) {
    outSize = (room + stride - 1) / stride + 1;
    // The last window must start inside the input or its low padding.
    if ((outSize - 1) * stride >= Wide(size) + padLow)
      --outSize;
  }
  if (outSize > kMaxElements)
    return std::nullopt;
  return Window{static_cast<int64_t>(outSize), padLow, padHigh};
}

SliceRange systole::graph::resolveSlice(int64_t size, int64_t start,
                                        int64_t end, int64_t step) {
  assert(size >= 0 && step != 0 &&
         "the verifier or the caller checks the step");
  // Adding a size to a negative number cannot overflow.
  if (start < 0)
    start += size;
  if (end < 0)
    end += size;
  Wide distance;
  Wide stride;
  if (step > 0) {
    start = std::clamp<int64_t>(start, 0, size);
    end = std::clamp<int64_t>(end, 0, size);
    distance = Wide(end) - start;
    stride = step;
  } else {
    start = std::clamp<int64_t>(start, -1, size - 1);
    end = std::clamp<int64_t>(end, -1, size - 1);
    distance = Wide(start) - end;
    stride = -Wide(step);
  }
  if (distance <= 0)
    return {0, 0};
  return {start, static_cast<int64_t>((distance + stride - 1) / stride)};
}

std::optional<SmallVector<int64_t>>
systole::graph::resolveReshape(ArrayRef<int64_t> input,
                               ArrayRef<int64_t> entries, bool copyZeros) {
  SmallVector<int64_t> result(entries);
  // Dimensions of the input that a zero copies cancel out of the division that
  // -1 stands for: what remains may be known although they are not.
  SmallVector<int64_t> rest(input);
  SmallVector<int64_t> known;
  std::optional<size_t> inferred;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i] < -1 || (entries[i] == -1 && inferred))
      return std::nullopt;
    if (entries[i] == -1) {
      inferred = i;
    } else if (entries[i] == 0 && copyZeros) {
      if (i >= input.size())
        return std::nullopt;
      result[i] = input[i];
      rest[i] = 1;
    } else {
      known.push_back(entries[i]);
    }
  }
  if (exceedsMaxElements(rest) || exceedsMaxElements(known))
    return std::nullopt;
  auto product = [](ArrayRef<int64_t> dims) {
    int64_t count = 1;
    for (int64_t dim : dims)
      count *= dim;
    return count;
  };

  bool restKnown = llvm::none_of(rest, isDynamic);
  // A copied zero makes both sides empty whatever the rest is.
  bool copiedEmpty = false;
  for (size_t i = 0; i < entries.size() && i < input.size(); ++i)
    copiedEmpty |= copyZeros && entries[i] == 0 && input[i] == 0;
  if (inferred) {
    int64_t divisor = product(known);
    if (divisor == 0 || copiedEmpty)
      return std::nullopt;
    result[*inferred] = ShapedType::kDynamic;
    if (restKnown) {
      if (product(rest) % divisor != 0)
        return std::nullopt;
      result[*inferred] = product(rest) / divisor;
    }
    return result;
  }
  if (restKnown && !copiedEmpty && product(rest) != product(known)) {
    // Unequal products agree only where an unknown copied dimension is empty.
    bool copiesUnknown = llvm::any_of(result, isDynamic);
    if (!copiesUnknown)
      return std::nullopt;
  }
  return result;
}

SmallVector<int64_t> systole::graph::reducedShape(ArrayRef<int64_t> shape,
                                                  ArrayRef<int64_t> axes,
                                                  bool keepDims) {
  SmallVector<int64_t> result;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(d)))
      result.push_back(shape[d]);
    else if (keepDims)
      result.push_back(1);
  }
  return result;
}

/// rangeLength of floats.
static std::optional<int64_t> floatRangeLength(double start, double limit,
                                               double delta) {
  double steps = (limit - start) / delta;
  if (delta == 0 || std::isnan(steps) ||
      steps > static_cast<double>(kMaxElements))
    return std::nullopt;
  return steps > 0 ? static_cast<int64_t>(std::ceil(steps)) : 0;
}

std::optional<int64_t> systole::graph::rangeLength(const Tensor &start,
                                                   const Tensor &limit,
                                                   const Tensor &delta) {
  if (isa<FloatType>(start.getElementType()))
    return floatRangeLength(start.getDouble(0), limit.getDouble(0),
                            delta.getDouble(0));
  auto read = [](const Tensor &tensor) -> Wide {
    int64_t value = tensor.getInt(0);
    if (tensor.getElementType().isUnsignedInteger())
      return static_cast<uint64_t>(value);
    return value;
  };
  Wide step = read(delta), distance = read(limit) - read(start);
  if (step == 0)
    return std::nullopt;
  if (distance == 0 || (distance > 0) != (step > 0))
    return 0;
  Wide towards = step > 0 ? -1 : 1;
  Wide count = (distance + towards) / step + 1;
  if (count > kMaxElements)
    return std::nullopt;
  return static_cast<int64_t>(count);
}
