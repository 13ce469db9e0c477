//===- ReductionOps.cpp - TFLite operators along dimensions ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Tflite/Quantized.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::tflite {

void quantizedReduction(Node &n, llvm::ArrayRef<int64_t> axes, bool keepDims,
                        bool isMean) {
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  if (!out)
    return (void)n.error("its output has no scale");
  int64_t count = 1;
  for (int64_t axis : axes) {
    int64_t size = GraphBuilder::sizeOf(n.in(0), axis);
    if (size < 0)
      return (void)n.error("the sizes that are reduced must be known");
    count *= size;
  }
  Multiplier by = quantizeMultiplier(double(in.scale()) / double(out.scale()));
  if (isMean && count > 0) {
    // The division is part of the multiplier, which keeps as many bits as the
    // shift has room for.
    int shift = std::min<int>(llvm::Log2_64(count), 32);
    shift = std::min(shift, 31 + by.shift);
    by.value = static_cast<int32_t>((int64_t(by.value) << shift) / count);
    by.shift -= shift;
  }
  // The reference's sum of INT8 runs the kernel of UINT8 on the same bytes.
  Type ui8 = n.getBuilder().getIntegerType(8, /*isSigned=*/false);
  bool asBytes = !isMean && n.in(0) &&
                 GraphBuilder::elementType(n.in(0)).isSignlessInteger(8);
  Value x = asBytes ? n.cast(n.in(0), ui8) : n.in(0);
  Value sum =
      n.reduce(ReduceKind::sum, centred(n, x, in.zeroPoint()), axes, keepDims);
  Value scaled = rescale(n, sum, by);
  if (asBytes)
    return n.set(
        0, n.cast(asQuantized(n, scaled, out.zeroPoint(), ui8, rangeOf(ui8)),
                  n.outputType(0)));
  n.set(0, asOutput(n, scaled));
}

template <ReduceKind kind>
static void reduction(Node &n) {
  auto rank = n.rank(0);
  auto axes = rank ? n.axes(1, *rank) : std::nullopt;
  if (!axes)
    return;
  bool keeps = n.option(&fb::ReducerOptions::keep_dims, false);
  if (n.isQuantized(0)) {
    if constexpr (kind == ReduceKind::mean || kind == ReduceKind::sum)
      return quantizedReduction(n, *axes, keeps, kind == ReduceKind::mean);
    if (kind == ReduceKind::prod || !haveOneMeaning(n, {0}))
      return (void)n.error("this reduction of quantised numbers is not "
                           "supported");
  }
  n.set(0, n.reduce(kind, n.in(0), *axes, keeps));
}

/// Any or all of booleans, as the largest or smallest of 8-bit numbers.
template <ReduceKind kind>
static void logicalReduction(Node &n) {
  auto rank = n.rank(0);
  auto axes = rank ? n.axes(1, *rank) : std::nullopt;
  if (!axes)
    return;
  Type i8 = n.getBuilder().getIntegerType(8);
  Value reduced = n.reduce(kind, n.cast(n.in(0), i8), *axes,
                           n.option(&fb::ReducerOptions::keep_dims, false));
  n.set(0, n.cast(reduced, n.getBuilder().getI1Type()));
}

template <ReduceKind kind>
static void argReduction(Node &n) {
  auto rank = n.rank(0);
  auto axes = rank ? n.axes(1, *rank) : std::nullopt;
  if (!axes || !n.outputType(0))
    return;
  if (axes->size() != 1)
    return (void)n.error("its axis is not one number");
  Value place = argReduce(n, kind, n.in(0), axes->front(), /*keepDims=*/false);
  n.set(0, n.cast(place, n.outputType(0)));
}

static void importCumsum(Node &n) {
  auto rank = n.rank(0);
  auto axes = rank ? n.axes(1, *rank) : std::nullopt;
  if (!axes || axes->size() != 1)
    return (void)n.error("its axis is not one number");
  n.set(0, cumulative(n, ReduceKind::sum, n.in(0), axes->front(),
                      n.option(&fb::CumsumOptions::exclusive, false),
                      n.option(&fb::CumsumOptions::reverse, false)));
}

static void importTopK(Node &n) {
  auto rank = n.rank(0);
  auto k = n.integers(1, "the number of elements");
  if (!rank || !k || k->size() != 1 || *rank == 0)
    return (void)n.error("it needs a number of elements and a dimension");
  Value places = topK(n, n.in(0), k->front(), *rank - 1, /*smallest=*/false);
  n.set(0, gatherElements(n, n.in(0), places, *rank - 1));
  if (places && n.outputType(1))
    n.set(1, n.cast(places, n.outputType(1)));
}

llvm::ArrayRef<Operator> reductionOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_ARG_MAX, argReduction<ReduceKind::max>, Moves},
      {fb::BuiltinOperator_ARG_MIN, argReduction<ReduceKind::min>, Moves},
      {fb::BuiltinOperator_CUMSUM, importCumsum, Plain},
      {fb::BuiltinOperator_MEAN, reduction<ReduceKind::mean>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_REDUCE_ALL, logicalReduction<ReduceKind::min>,
       Plain},
      {fb::BuiltinOperator_REDUCE_ANY, logicalReduction<ReduceKind::max>,
       Plain},
      {fb::BuiltinOperator_REDUCE_MAX, reduction<ReduceKind::max>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_REDUCE_MIN, reduction<ReduceKind::min>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_REDUCE_PROD, reduction<ReduceKind::prod>, Plain},
      {fb::BuiltinOperator_SUM, reduction<ReduceKind::sum>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_TOPK_V2, importTopK, Moves},
  };
  return rows;
}

} // namespace systole::tflite
