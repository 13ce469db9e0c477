//===- Annotations.cpp - What calibration says of values ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Annotations.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/Annotations.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace systole::graph;

/// The attribute's name for a result: numbered behind the first.
static std::string resultName(OpResult result, StringRef name) {
  unsigned i = result.getResultNumber();
  return i ? (name + "_" + Twine(i)).str() : name.str();
}

/// The function whose entry block has this argument, or null.
static func::FuncOp functionOf(BlockArgument argument) {
  return dyn_cast_if_present<func::FuncOp>(argument.getOwner()->getParentOp());
}

ArrayRef<float> systole::graph::numbersOf(Value value, StringRef name) {
  Attribute attribute;
  if (auto result = dyn_cast<OpResult>(value))
    attribute = result.getOwner()->getAttr(resultName(result, name));
  else if (auto argument = cast<BlockArgument>(value);
           func::FuncOp function = functionOf(argument))
    attribute = function.getArgAttr(argument.getArgNumber(), name);
  auto numbers = dyn_cast_if_present<DenseF32ArrayAttr>(attribute);
  return numbers ? numbers.asArrayRef() : ArrayRef<float>();
}

void systole::graph::setNumbers(Value value, StringRef name,
                                ArrayRef<float> numbers) {
  Attribute attribute =
      numbers.empty() ? Attribute()
                      : DenseF32ArrayAttr::get(value.getContext(), numbers);
  if (auto result = dyn_cast<OpResult>(value)) {
    Operation *op = result.getOwner();
    if (attribute)
      op->setAttr(resultName(result, name), attribute);
    else
      op->removeAttr(resultName(result, name));
    return;
  }
  auto argument = cast<BlockArgument>(value);
  func::FuncOp function = functionOf(argument);
  if (!function)
    return;
  if (attribute)
    function.setArgAttr(argument.getArgNumber(), name, attribute);
  else
    function.removeArgAttr(argument.getArgNumber(), name);
}

std::optional<Interval> systole::graph::rangeOf(Value value) {
  ArrayRef<float> numbers = numbersOf(value, kRangeAttr);
  if (numbers.size() != 2 || !std::isfinite(numbers[0]) ||
      !std::isfinite(numbers[1]) || numbers[0] > numbers[1])
    return std::nullopt;
  return Interval{numbers[0], numbers[1]};
}

void systole::graph::removeAnnotations(func::FuncOp function) {
  static constexpr StringLiteral lists[] = {kRangeAttr, kMeansAttr,
                                            kMagnitudesAttr};
  for (StringRef name : lists) {
    for (BlockArgument argument : function.getArguments())
      setNumbers(argument, name, {});
    function.walk([&](Operation *op) {
      op->removeAttr(kKeepFloatAttr);
      for (OpResult result : op->getResults())
        setNumbers(result, name, {});
    });
  }
}

func::FuncOp systole::graph::entryOf(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(kEntryAttr) && !function.isExternal())
      return function;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal() && !function->hasAttr(kInitializerAttr))
      return function;
  return {};
}

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

static constexpr int32_t kLowest = -128, kHighest = 127;

Int8Scale systole::graph::int8Scale(Interval range) {
  // Padding and rectified units are zeros: zero must be a number of its own.
  double low = std::min(range.low, 0.0f), high = std::max(range.high, 0.0f);
  auto scale = static_cast<float>((high - low) / (kHighest - kLowest));
  if (!(scale >= std::numeric_limits<float>::min()))
    return {};
  double zero = std::nearbyint(kLowest - low / scale);
  return {scale,
          static_cast<int32_t>(std::clamp<double>(zero, kLowest, kHighest))};
}

int32_t systole::graph::quantizedNumber(float x, Int8Scale by) {
  float quotient = std::nearbyint(x / by.scale);
  float sum = quotient + static_cast<float>(by.zeroPoint);
  return static_cast<int32_t>(std::clamp<float>(sum, kLowest, kHighest));
}
