//===- ElementwiseSamples.cpp - Samples of element-wise operations --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"

using namespace mlir;

namespace systole::property {

/// A unary operation on floats, or on integers too.
static Generator unary(std::string op, bool onIntegers) {
  return [=](Random &random) {
    Type type = onIntegers ? random.realType() : random.floatType();
    return Sample{op, {{random.wildNumbers(type, random.shape(0, 4))}}, "", ""};
  };
}

/// Two tensors of one type that broadcast.
static SmallVector<Operand> broadcastPair(Random &random, Type type) {
  Shape shape = random.shape(0, 4);
  Shape left = random.broadcastable(shape), right = shape;
  if (random.oneIn(2))
    std::swap(left, right);
  return {{random.wildNumbers(type, left)}, {random.wildNumbers(type, right)}};
}

static Generator binary(std::string op) {
  return [=](Random &random) {
    return Sample{op, broadcastPair(random, random.realType()), "", ""};
  };
}

/// Bits of integers or booleans.
static Type bitType(Random &random) {
  return random.oneIn(2) ? random.type("i1") : random.integerType();
}

static Generator bitwise(std::string op) {
  return [=](Random &random) {
    return Sample{op, broadcastPair(random, bitType(random)), "", ""};
  };
}

/// Counts around the width, and any others.
static Generator shift(std::string op) {
  return [=](Random &random) {
    Type type = bitType(random);
    SmallVector<Operand> operands = broadcastPair(random, type);
    Tensor &count = operands[1].tensor;
    int64_t width = type.getIntOrFloatBitWidth();
    if (!random.oneIn(4))
      count = random.integers(type, Shape(count.getShape()), 0, width + 1);
    return Sample{op, operands, "", ""};
  };
}

/// Any bits, NaN's too, in a type of the same width.
static Sample bitcast(Random &random) {
  static const std::vector<std::string> types[] = {
      {"f64", "i64", "ui64"},
      {"f32", "i32", "ui32"},
      {"f16", "bf16", "i16", "ui16"},
      {"f8E4M3FN", "f8E5M2FNUZ", "f8E8M0FNU", "i8", "ui8"},
      {"f4E2M1FN", "i4", "ui4"},
      {"i2", "ui2"}};
  const std::vector<std::string> &group =
      random.pick<std::vector<std::string>>(types);
  std::string from = random.pick<std::string>(group);
  std::string to = random.pick<std::string>(group);
  Tensor input = random.wildNumbers(random.type(from), random.shape(0, 4));
  return {"graph.bitcast", {{input}}, "to = " + to, ""};
}

/// Angles near zero, of usual size, and of any.
static Generator angle(std::string op) {
  return [=](Random &random) {
    Tensor input = random.wildNumbers(random.floatType(), random.shape(0, 4));
    for (int64_t i = random.integer(0, 1); i < input.size(); i += 2)
      input.setDouble(i,
                      std::ldexp(random.real(1.0),
                                 static_cast<int>(random.integer(-20, 120))));
    return Sample{op, {{input}}, "", ""};
  };
}

static Sample comparison(Random &random) {
  static const std::string predicates[] = {"eq", "ne", "lt", "le", "gt", "ge"};
  Type type = random.oneIn(6) ? random.type("i1") : random.realType();
  std::string predicate = random.pick<std::string>(predicates);
  return {"graph.compare", broadcastPair(random, type),
          "predicate = #graph<compare_predicate " + predicate + ">", ""};
}

static Sample selection(Random &random) {
  Type type = random.realType();
  Shape shape = random.shape(0, 4);
  Tensor condition =
      random.numbers(random.type("i1"), random.broadcastable(shape));
  return {"graph.select",
          {{condition},
           {random.wildNumbers(type, random.broadcastable(shape))},
           {random.wildNumbers(type, shape)}},
          "",
          ""};
}

static Sample cast(Random &random) {
  Type from = random.oneIn(6) ? random.type("i1") : random.realType();
  Type to = random.oneIn(6) ? random.type("i1") : random.realType();
  if (random.oneIn(6)) { // Where rounding twice would show.
    static const std::string wide[] = {"f64", "i32", "i64", "ui64"};
    static const std::string narrow[] = {"f16", "bf16", "f8E5M2", "f8E4M3FN",
                                         "f8E8M0FNU"};
    from = random.type(random.pick<std::string>(wide));
    to = random.type(random.pick<std::string>(narrow));
  }
  if (random.oneIn(12))
    from = random.type("f8E8M0FNU");
  Tensor input = random.wildNumbers(from, random.shape(0, 4));
  for (int64_t i = random.integer(0, 1); i < input.size(); i += 2) {
    int exponent = static_cast<int>(random.integer(0, 70));
    if (isa<FloatType>(from) && isa<IntegerType>(to))
      // Numbers beyond 8, 16, 32 and 64 bits, where conversion wraps.
      input.setDouble(i, std::ldexp(random.real(1.0), exponent));
    else if (from.isF64())
      // Halfway between narrow floats, or next to it: one rounding only.
      input.setDouble(
          i, std::ldexp(random.integer(256, 8192) + 0.5, exponent % 12 - 18) +
                 static_cast<double>(random.integer(-1, 1)) * 0x1p-45);
    else if (from.isInteger(64) && isa<FloatType>(to))
      input.setInt(i, (int64_t(2) * random.integer(128, 255) + 1)
                              << random.integer(8, 53) |
                          random.integer(0, 1));
    else if (from.isInteger(32))
      input.setInt(i, (random.integer(256, 4096) << 16) + 0x8000 +
                          random.integer(-1, 1));
  }
  std::string text;
  llvm::raw_string_ostream(text) << "to = " << to;
  return {"graph.cast", {{input}}, text, ""};
}

static Sample power(Random &random) {
  Type type = random.realType();
  Shape shape = random.shape(0, 3);
  Tensor base = random.wildNumbers(type, random.broadcastable(shape));
  Tensor exponent = random.oneIn(2) ? random.integers(type, shape, -3, 5)
                                    : random.wildNumbers(type, shape);
  return {"graph.pow", {{base}, {exponent}}, "", ""};
}

/// Mostly positive numbers, over several magnitudes.
static Sample logarithm(Random &random) {
  Tensor input = random.wildNumbers(random.floatType(), random.shape(0, 4));
  for (int64_t i = 0; i < input.size(); ++i)
    if (!random.oneIn(4))
      input.setDouble(i, std::exp(random.real(8.0)));
  return {"graph.log", {{input}}, "", ""};
}

void addElementwise(std::map<std::string, Generator> &table) {
  for (const char *name : {"exp", "expm1", "sqrt", "tanh", "erf", "sigmoid",
                           "floor", "round", "atan"})
    table["graph." + std::string(name)] =
        unary("graph." + std::string(name), /*onIntegers=*/false);
  for (const char *name : {"abs", "neg", "relu"})
    table["graph." + std::string(name)] =
        unary("graph." + std::string(name), /*onIntegers=*/true);
  for (const char *name : {"add", "sub", "mul", "div", "max", "min"})
    table["graph." + std::string(name)] = binary("graph." + std::string(name));
  for (const char *name : {"sin", "cos"})
    table["graph." + std::string(name)] = angle("graph." + std::string(name));
  for (const char *name : {"and", "or", "xor"})
    table["graph." + std::string(name)] = bitwise("graph." + std::string(name));
  for (const char *name : {"shift_left", "shift_right"})
    table["graph." + std::string(name)] = shift("graph." + std::string(name));
  table["graph.not"] = [](Random &random) {
    Tensor input = random.numbers(bitType(random), random.shape(0, 4));
    return Sample{"graph.not", {{input}}, "", ""};
  };
  table["graph.log1p"] = [](Random &random) {
    Sample sample = logarithm(random);
    for (int64_t i = 0; i < sample.operands[0].tensor.size(); i += 3)
      sample.operands[0].tensor.setDouble(i, random.real(1.0));
    sample.op = "graph.log1p";
    return sample;
  };
  table["graph.bitcast"] = bitcast;
  table["graph.log"] = logarithm;
  table["graph.pow"] = power;
  table["graph.compare"] = comparison;
  table["graph.select"] = selection;
  table["graph.cast"] = cast;
}

} // namespace systole::property
