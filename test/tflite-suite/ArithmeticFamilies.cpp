//===- ArithmeticFamilies.cpp - Arithmetic on random quantised tensors ----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Element by element, along dimensions, and in windows.
//
//===----------------------------------------------------------------------===//

#include "RandomTflite.h"
#include <cmath>

namespace systole::suite {

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

bool TfliteMaker::addBinary() {
  const QTensor *picked = pick();
  if (!picked)
    return false;
  QTensor x = *picked, y;
  for (const QTensor &other : pool)
    if (other.type == x.type && other.dims == x.dims && random.oneIn(2))
      y = other;
  if (y.index < 0)
    y = constant(x.type, broadcastable(x.dims),
                 x.scale * static_cast<float>(std::exp(2 * random.real())),
                 zeroFor(x.type));
  bool product = random.oneIn(3);
  QTensor z = resultOf(x.type, x.dims,
                       product ? magnitudeOf(x) * magnitudeOf(y)
                               : magnitudeOf(x) + magnitudeOf(y));
  std::vector<int32_t> operands{x.index, y.index};
  if (random.oneIn(3))
    std::swap(operands[0], operands[1]);
  if (product) {
    fb::MulOptionsT o;
    o.activation = activation();
    node(fb::BuiltinOperator_MUL, operands, {z.index}, o);
  } else if (random.oneIn(2)) {
    fb::AddOptionsT o;
    o.activation = activation();
    o.pot_scale_int16 = random.oneIn(2);
    node(fb::BuiltinOperator_ADD, operands, {z.index}, o);
  } else {
    fb::SubOptionsT o;
    o.activation = activation();
    o.pot_scale_int16 = random.oneIn(2);
    node(fb::BuiltinOperator_SUB, operands, {z.index}, o);
  }
  keep(z);
  return true;
}

/// The larger or smaller of numbers that mean the same.
bool TfliteMaker::addExtreme() {
  const QTensor *picked = pick();
  if (!picked)
    return false;
  QTensor x = *picked;
  QTensor y = constant(x.type, broadcastable(x.dims), x.scale, x.zero);
  QTensor z = declare(x.type, x.dims, x.scale, x.zero);
  node(random.oneIn(2) ? fb::BuiltinOperator_MAXIMUM
                       : fb::BuiltinOperator_MINIMUM,
       {x.index, y.index}, {z.index});
  keep(z);
  return true;
}

/// A comparison, and a choice by it.
bool TfliteMaker::addSelect() {
  const QTensor *picked = pick();
  if (!picked || picked->is16())
    return false;
  QTensor x = *picked;
  static constexpr fb::BuiltinOperator comparisons[] = {
      fb::BuiltinOperator_LESS,    fb::BuiltinOperator_LESS_EQUAL,
      fb::BuiltinOperator_GREATER, fb::BuiltinOperator_GREATER_EQUAL,
      fb::BuiltinOperator_EQUAL,   fb::BuiltinOperator_NOT_EQUAL};
  QTensor limit = constant(x.type, broadcastable(x.dims), x.scale, x.zero);
  QTensor isChosen = declare(fb::TensorType_BOOL, x.dims);
  node(oneOf(random, comparisons), {x.index, limit.index}, {isChosen.index});
  QTensor other = constant(x.type, x.dims, x.scale, x.zero);
  QTensor y = declare(x.type, x.dims, x.scale, x.zero);
  node(fb::BuiltinOperator_SELECT_V2, {isChosen.index, x.index, other.index},
       {y.index});
  keep(y);
  return true;
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

bool TfliteMaker::addActivation() {
  const QTensor *picked = pick();
  if (!picked)
    return false;
  QTensor x = *picked, y = resultOf(x.type, x.dims, magnitudeOf(x));
  static constexpr fb::BuiltinOperator clamps[] = {
      fb::BuiltinOperator_RELU, fb::BuiltinOperator_RELU6,
      fb::BuiltinOperator_RELU_N1_TO_1};
  if (random.oneIn(2)) {
    node(oneOf(random, clamps), {x.index}, {y.index});
  } else {
    fb::LeakyReluOptionsT o;
    o.alpha = static_cast<float>(random.real());
    node(fb::BuiltinOperator_LEAKY_RELU, {x.index}, {y.index}, o);
  }
  keep(y);
  return true;
}

/// Functions of one number. LOGISTIC and TANH fill fixed ranges.
bool TfliteMaker::addTable() {
  const QTensor *picked = pick();
  if (!picked)
    return false;
  QTensor x = *picked;
  bool isSigned = x.type == fb::TensorType_INT8;
  QTensor y;
  fb::BuiltinOperator code;
  switch (random.integer(0, x.is16() ? 2 : 5)) {
  case 0:
    code = fb::BuiltinOperator_LOGISTIC;
    y = x.is16() ? declare(x.type, x.dims, 1.0f / 32768, 0)
                 : declare(x.type, x.dims, 1.0f / 256, isSigned ? -128 : 0);
    break;
  case 1:
    code = fb::BuiltinOperator_TANH;
    y = x.is16() ? declare(x.type, x.dims, 1.0f / 32768, 0)
                 : declare(x.type, x.dims, 1.0f / 128, isSigned ? 0 : 128);
    break;
  case 2:
    code = fb::BuiltinOperator_ABS;
    y = resultOf(x.type, x.dims, magnitudeOf(x));
    break;
  case 3:
    code = fb::BuiltinOperator_HARD_SWISH;
    y = resultOf(x.type, x.dims, magnitudeOf(x));
    break;
  case 4:
    code = fb::BuiltinOperator_ELU;
    y = resultOf(x.type, x.dims, magnitudeOf(x));
    break;
  default:
    code = fb::BuiltinOperator_EXP;
    y = resultOf(x.type, x.dims, std::exp(std::min(magnitudeOf(x), 20.0)));
  }
  node(code, {x.index}, {y.index});
  keep(y);
  return true;
}

bool TfliteMaker::addSoftmax() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::SoftmaxOptionsT o;
  o.beta = static_cast<float>(std::exp(random.real()));
  QTensor y = x.is16()
                  ? declare(x.type, x.dims, 1.0f / 32768, 0)
                  : declare(x.type, x.dims, 1.0f / 256, boundsOf(x.type).low);
  node(fb::BuiltinOperator_SOFTMAX, {x.index}, {y.index}, o);
  keep(y);
  return true;
}

/// Another meaning, and perhaps another type.
bool TfliteMaker::addQuantize() {
  const QTensor *picked = pick();
  if (!picked)
    return false;
  QTensor x = *picked, y = resultOf(quantisedType(), x.dims, magnitudeOf(x));
  node(fb::BuiltinOperator_QUANTIZE, {x.index}, {y.index});
  keep(y);
  return true;
}

//===----------------------------------------------------------------------===//
// Along dimensions
//===----------------------------------------------------------------------===//

bool TfliteMaker::addReduction() {
  const QTensor *picked = pick(-2);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::ReducerOptionsT o;
  o.keep_dims = random.oneIn(2);
  Dims axes, dims;
  int64_t count = 1;
  for (int64_t d = 0; d < x.rank(); ++d) {
    bool reduced = random.oneIn(2) || (axes.empty() && d + 1 == x.rank());
    if (reduced) {
      axes.push_back(random.oneIn(3) ? d - x.rank() : d);
      count *= x.dims[d];
    }
    if (!reduced || o.keep_dims)
      dims.push_back(reduced ? 1 : x.dims[d]);
  }
  int32_t list = ints(axes);
  static constexpr fb::BuiltinOperator codes[] = {
      fb::BuiltinOperator_MEAN, fb::BuiltinOperator_SUM,
      fb::BuiltinOperator_REDUCE_MAX, fb::BuiltinOperator_REDUCE_MIN};
  fb::BuiltinOperator code = oneOf(random, codes);
  bool sums = code == fb::BuiltinOperator_SUM;
  QTensor y =
      sums || code == fb::BuiltinOperator_MEAN
          ? resultOf(x.type, dims,
                     magnitudeOf(x) * (sums ? std::sqrt(double(count)) : 0.7))
          : declare(x.type, dims, x.scale, x.zero);
  node(code, {x.index, list}, {y.index}, o);
  keep(y);
  return true;
}

bool TfliteMaker::addArgMax() {
  const QTensor *picked = pick(-2);
  if (!picked || picked->is16() || ends.size() > 2)
    return false;
  QTensor x = *picked;
  int64_t axis = random.integer(0, x.rank() - 1);
  Dims dims = x.dims;
  dims.erase(dims.begin() + axis);
  QTensor y = declare(fb::TensorType_INT32, dims);
  fb::ArgMaxOptionsT most;
  most.output_type = fb::TensorType_INT32;
  fb::ArgMinOptionsT least;
  least.output_type = fb::TensorType_INT32;
  int32_t place = ints({axis}, {});
  if (random.oneIn(2))
    node(fb::BuiltinOperator_ARG_MAX, {x.index, place}, {y.index}, most);
  else
    node(fb::BuiltinOperator_ARG_MIN, {x.index, place}, {y.index}, least);
  ends.push_back(y);
  return true;
}

bool TfliteMaker::addPool() {
  const QTensor *picked = pick(4);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::Pool2DOptionsT o;
  o.padding = random.oneIn(2) ? fb::Padding_SAME : fb::Padding_VALID;
  Window rows = window(x.dims[1], o.padding, false),
         columns = window(x.dims[2], o.padding, false);
  o.filter_h = rows.kernel;
  o.filter_w = columns.kernel;
  o.stride_h = rows.stride;
  o.stride_w = columns.stride;
  o.activation = activation();
  moved(random.oneIn(2) ? fb::BuiltinOperator_AVERAGE_POOL_2D
                        : fb::BuiltinOperator_MAX_POOL_2D,
        {x.index}, x, {x.dims[0], rows.out, columns.out, x.dims[3]}, o);
  return true;
}

} // namespace systole::suite
