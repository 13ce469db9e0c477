//===- SpatialSamples.cpp - Samples of interpolation, signals, scales -----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations in which a number decides which elements are read: positions are
// made so that many fall on elements, between two, and outside.
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include <cmath>

using namespace mlir;

namespace systole::property {

static Operand listOf(Random &random, ArrayRef<int64_t> values) {
  return {random.list(values), Operand::Known::Rank};
}

/// A tensor<1 x type> or tensor<type> of one number.
static Operand oneOf(Random &random, StringRef type, double number) {
  Tensor tensor(random.type(type), random.oneIn(2) ? Shape() : Shape{1});
  tensor.setDouble(0, number);
  return {tensor};
}

static std::string enumText(StringRef name, StringRef value) {
  return ("#graph." + name + "<" + value + ">").str();
}

/// The mnemonic form of an attribute whose text has its own angle brackets.
static std::string interpolation(StringRef value) {
  return ("#graph<interpolation " + value + ">").str();
}

//===----------------------------------------------------------------------===//
// Interpolation
//===----------------------------------------------------------------------===//

static Sample resize(Random &random) {
  static const std::string modes[] = {"nearest", "linear", "cubic"};
  static const std::string places[] = {
      "half_pixel",    "half_pixel_symmetric", "half_pixel_unless_single",
      "align_corners", "asymmetric",           "crop"};
  static const std::string roundings[] = {"prefer_floor", "prefer_ceil",
                                          "floor", "ceil"};
  std::string mode = random.pick<std::string>(modes);
  std::string place = random.pick<std::string>(places);
  Type type = random.oneIn(3) ? random.integerType() : random.floatType();
  Shape shape;
  for (int64_t rank = random.integer(1, 4); rank > 0; --rank)
    shape.push_back(random.size(9, random.oneIn(8)));
  Shape axes, sizes;
  SmallVector<double> scales;
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d) {
    if (random.oneIn(2))
      continue;
    axes.push_back(d);
    sizes.push_back(shape[d] ? random.integer(0, 14) : 0);
    // The exact ratio, or one that sizes round.
    double ratio =
        shape[d] ? static_cast<double>(std::max<int64_t>(sizes.back(), 1)) /
                       static_cast<double>(shape[d])
                 : 1.0;
    scales.push_back(random.oneIn(2)
                         ? ratio
                         : ratio * (1.0 + 0.2 * std::fabs(random.real(1.0))));
  }
  int64_t count = static_cast<int64_t>(axes.size());
  Tensor scaleList(random.type("f64"), {count});
  for (auto [k, scale] : llvm::enumerate(scales))
    scaleList.setDouble(k, scale);
  Sample sample{
      "graph.resize",
      {{random.numbers(type, shape)},
       listOf(random, sizes),
       {scaleList, Operand::Known::Rank}},
      "mode = " + interpolation(mode) + ", axes = " + arrayText(axes) +
          ", coordinates = " + enumText("resize_coordinates", place) +
          ", rounding = " +
          enumText("nearest_rounding", random.pick<std::string>(roundings)) +
          ", extrapolation = 3.0 : f64",
      ""};
  if (place == "crop") {
    Tensor region(random.type("f64"), {2 * count});
    for (int64_t i = 0; i < 2 * count; ++i)
      region.setDouble(i, (i < count ? 0.0 : 1.0) + random.real(0.4));
    sample.operands.push_back({region, Operand::Known::Rank});
  }
  if (mode != "nearest" && random.oneIn(3))
    sample.attributes += ", antialias";
  if (random.oneIn(3))
    sample.attributes += ", exclude_outside";
  sample.terms = 64;
  return sample;
}

static Sample sampleAt(Random &random) {
  static const std::string modes[] = {"nearest", "linear", "cubic"};
  static const std::string borders[] = {"zeros", "edge", "reflect"};
  std::string mode = random.pick<std::string>(modes);
  Type type = mode == "nearest" && random.oneIn(2) ? random.integerType()
                                                   : random.floatType();
  int64_t spatial = random.oneIn(2) ? 2 : random.integer(1, 3);
  Shape input{random.integer(1, 3), random.size(4)};
  for (int64_t d = 0; d < spatial; ++d)
    input.push_back(random.integer(1, 6));
  bool chosen = random.oneIn(3);
  Shape place{chosen ? random.size(4) : input[0]};
  for (int64_t rank = random.integer(0, 2); rank > 0; --rank)
    place.push_back(random.size(5));
  place.push_back(spatial);
  Tensor positions(random.type(random.oneIn(4) ? "f64" : "f32"), place);
  for (int64_t i = 0; i < positions.size(); ++i) {
    double x = 3.0 + random.real(9.0);
    positions.setDouble(i, random.oneIn(4) ? std::floor(2 * x) / 2 : x);
    if (random.oneIn(30))
      positions.setDouble(i, random.oneIn(2) ? NAN : 1e30);
  }
  Sample sample{"graph.sample",
                {{random.numbers(type, input)}, {positions}},
                "mode = " + interpolation(mode) + ", border = " +
                    enumText("border_mode", random.pick<std::string>(borders)),
                ""};
  if (chosen)
    sample.operands.push_back(
        {random.integers(random.type("i64"), {place[0]}, 0, input[0] - 1)});
  if (random.oneIn(2))
    sample.attributes += ", align_corners";
  sample.terms = 64;
  return sample;
}

static Sample nonMaxSuppression(Random &random) {
  std::string type = random.oneIn(4) ? "f64" : "f32";
  int64_t batch = random.size(3), classes = random.size(3),
          count = random.size(20);
  Tensor boxes = random.numbers(random.type(type), {batch, count, 4}, 4.0);
  Tensor scores =
      random.numbers(random.type(type), {batch, classes, count}, 1.0);
  // Some scores are equal.
  for (int64_t i = 0; i < scores.size(); ++i)
    if (random.oneIn(3))
      scores.setDouble(i, 0.5);
  return {"graph.non_max_suppression",
          {{boxes},
           {scores},
           oneOf(random, "i64", static_cast<double>(random.integer(-1, 6))),
           oneOf(random, type, 0.3 + random.real(0.3)),
           oneOf(random, type, random.oneIn(2) ? -HUGE_VAL : 0.0)},
          "",
          ""};
}

//===----------------------------------------------------------------------===//
// Signals
//===----------------------------------------------------------------------===//

static Sample dft(Random &random) {
  Shape shape = random.shape(1, 3);
  int64_t axis = random.integer(0, shape.size() - 1);
  static const int64_t lengths[] = {1, 2, 3, 4, 7, 8, 12, 16, 30, 31, 77, 128};
  shape[axis] = random.oneIn(20) ? 0 : random.pick<int64_t>(lengths);
  shape.push_back(2);
  return {"graph.dft",
          {{random.numbers(random.floatType(), shape, 1.0)}},
          "axis = " + std::to_string(axis) + " : i64" +
              (random.oneIn(2) ? ", inverse" : ""),
          "",
          /*terms=*/2 * shape[axis] + 4};
}

static Sample det(Random &random) {
  Shape shape = random.oneIn(2) ? Shape() : random.shape(0, 2);
  int64_t size = random.integer(0, 6);
  shape.append({size, size});
  Tensor input = random.numbers(random.floatType(), shape, 2.0);
  // Some matrices are singular.
  for (int64_t i = 0; i < input.size(); ++i)
    if (random.oneIn(3))
      input.setDouble(i, 0.0);
  return {"graph.det", {{input}}, "", ""};
}

static Sample randomBits(Random &random) {
  Tensor key(random.type("i64"), random.oneIn(2) ? Shape() : Shape{1});
  key.setInt(0, random.integer(INT64_MIN / 2, INT64_MAX / 2));
  return {
      "graph.random_bits", {listOf(random, random.shape(0, 3)), {key}}, "", ""};
}

//===----------------------------------------------------------------------===//
// Quantisation
//===----------------------------------------------------------------------===//

static const std::string quantized[] = {
    "i8",         "ui8", "i16",        "ui16", "i4",       "ui4",
    "i2",         "ui2", "i32",        "ui32", "f8E4M3FN", "f8E5M2",
    "f8E4M3FNUZ", "f16", "f8E5M2FNUZ", "bf16", "f4E2M1FN"};

/// Positive numbers.
static Tensor scalesOf(Random &random, Type type, ArrayRef<int64_t> shape) {
  Tensor scales(type, shape);
  for (int64_t i = 0; i < scales.size(); ++i)
    scales.setDouble(i, 0.05 + std::fabs(random.real(2.0)));
  return scales;
}

static Sample quantize(Random &random) {
  static const std::string wide[] = {"f32", "f32", "f64", "f16", "bf16"};
  Type type = random.type(random.pick<std::string>(wide));
  std::string to = random.pick<std::string>(quantized);
  Shape shape = random.shape(0, 3);
  Tensor input = random.wildNumbers(type, shape);
  Tensor scales = scalesOf(random, type, random.broadcastable(shape));
  // Quotients that end in a half.
  for (int64_t i = 0; i < input.size(); ++i)
    if (random.oneIn(4))
      input.setDouble(i, static_cast<double>(random.integer(-600, 600)) / 2);
  for (int64_t i = 0; random.oneIn(3) && i < scales.size(); ++i)
    scales.setDouble(i, 1.0);
  Sample sample{"graph.quantize", {{input}, {scales}}, "to = " + to, ""};
  if (isa<IntegerType>(random.type(to)) && random.oneIn(2))
    sample.operands.push_back(
        {random.numbers(random.type(to), random.broadcastable(shape))});
  if (random.oneIn(2))
    sample.attributes += ", saturate";
  return sample;
}

static Sample dequantize(Random &random) {
  static const std::string wide[] = {"f32", "f32", "f64", "f16", "bf16"};
  Type from = random.type(random.pick<std::string>(quantized));
  Shape shape = random.shape(0, 3);
  Type type = random.type(random.pick<std::string>(wide));
  Sample sample{"graph.dequantize",
                {{random.numbers(from, shape)},
                 {scalesOf(random, type, random.broadcastable(shape))}},
                "",
                ""};
  if (random.oneIn(2))
    sample.operands.push_back(
        {random.numbers(from, random.broadcastable(shape))});
  return sample;
}

static Sample rescale(Random &random) {
  bool once = random.oneIn(2);
  Type i32 = random.type("i32");
  Type from = once && random.oneIn(2) ? random.type("i64") : i32;
  Shape shape = random.shape(0, 3);
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  Tensor input = random.integers(from, shape, -most - 1, most);
  // Numbers that end in a half after shifts, and the bounds.
  for (int64_t i = 0; i < input.size(); ++i)
    if (random.oneIn(3))
      input.setInt(i, random.integer(-40, 40) << random.integer(0, 24));
    else if (random.oneIn(8))
      input.setInt(i, random.oneIn(2) ? -most - 1 : most);
  Tensor factors =
      random.integers(i32, random.broadcastable(shape), -most - 1, most);
  for (int64_t i = 0; i < factors.size(); ++i)
    if (random.oneIn(3))
      factors.setInt(i, int64_t(1) << random.integer(0, 30));
  // The usual range, that which needs no shift to the left, and beyond all.
  int64_t low = random.oneIn(3) ? -3 : random.oneIn(2) ? 20 : 32;
  Tensor shifts = random.integers(i32, random.broadcastable(shape), low,
                                  random.oneIn(3) ? 70 : low + 20);
  return {"graph.rescale",
          {{input}, {factors}, {shifts}},
          "rounding = " + enumText("rescale_rounding", once ? "once" : "twice"),
          ""};
}

void addSpatial(std::map<std::string, Generator> &table) {
  table["graph.resize"] = resize;
  table["graph.sample"] = sampleAt;
  table["graph.non_max_suppression"] = nonMaxSuppression;
  table["graph.dft"] = dft;
  table["graph.det"] = det;
  table["graph.random_bits"] = randomBits;
  table["graph.quantize"] = quantize;
  table["graph.dequantize"] = dequantize;
  table["graph.rescale"] = rescale;
}

} // namespace systole::property
