//===- ControlSamples.cpp - Samples of operations with regions ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace systole::property {

/// "tensor<2x?xf32>" of a shape, with some dimensions unknown if `dynamic`.
static std::string typeText(ArrayRef<int64_t> shape, Type element,
                            Random &random, bool dynamic) {
  Shape declared(shape);
  for (int64_t &dim : declared)
    if (dynamic && random.oneIn(2))
      dim = ShapedType::kDynamic;
  std::string text;
  llvm::raw_string_ostream(text) << RankedTensorType::get(declared, element);
  return text;
}

/// A branch; the regions give different shapes, or the same.
static Sample ifSample(Random &random) {
  Type type = random.floatType();
  Shape first = random.shape(1, 3), second(first);
  if (random.oneIn(2))
    second.front() = random.size();
  std::string a = typeText(first, type, random, random.oneIn(2));
  std::string b = typeText(second, type, random, random.oneIn(2));
  // Unknown wherever the two may differ.
  Shape merged(first.size(), ShapedType::kDynamic);
  std::string r = typeText(merged, type, random, false);
  Sample sample{"graph.if",
                {{random.numbers(random.type("i1"), {})},
                 {random.numbers(type, first)},
                 {random.numbers(type, second)}},
                "",
                ""};
  sample.function = llvm::formatv(R"mlir(
    func.func @sample(%c: tensor<i1>, %a: {0}, %b: {1}) -> ({2}, tensor<i64>) {{
      %k = graph.constant dense<7> : tensor<i64>
      %y:2 = graph.if %c : tensor<i1> -> ({2}, tensor<i64>) {{
        %n = graph.neg %a : ({0}) -> {0}
        graph.yield %n, %k : {0}, tensor<i64>
      } else {{
        %j = graph.add %k, %k : (tensor<i64>, tensor<i64>) -> tensor<i64>
        graph.yield %b, %j : {1}, tensor<i64>
      }
      return %y#0, %y#1 : {2}, tensor<i64>
    })mlir",
                                  a, b, r)
                        .str();
  return sample;
}

/// A counted loop that carries a tensor, and, half of the time, one that grows.
static Sample whileSample(Random &random) {
  Type type = random.type(random.oneIn(2) ? "f32" : "i32");
  Shape shape = random.shape(1, 2);
  std::string t = typeText(shape, type, random, random.oneIn(2));
  Shape unknown(shape);
  unknown.front() = ShapedType::kDynamic;
  bool grows = random.oneIn(2);
  std::string r = t;
  std::string step =
      llvm::formatv("graph.add %x, %a : ({0}, {0}) -> {0}", t).str();
  if (grows) {
    t = r = typeText(unknown, type, random, false);
    step = llvm::formatv("graph.concat %x, %a {{axis = 0 : i64} : ({0}, {0}) "
                         "-> {0}",
                         r)
               .str();
  }
  Sample sample{"graph.while",
                {{random.integers(random.type("i64"), {}, 0, 4)},
                 {random.numbers(type, shape)}},
                "",
                ""};
  sample.function = llvm::formatv(R"mlir(
    func.func @sample(%n: tensor<i64>, %a: {1}) -> ({0}, tensor<i64>) {{
      %zero = graph.constant dense<0> : tensor<i64>
      %one = graph.constant dense<1> : tensor<i64>
      %r:2 = graph.while (%x = %a, %i = %zero) : ({1}, tensor<i64>) -> ({0}, tensor<i64>) {{
        %more = graph.compare lt, %i, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
        graph.yield %more : tensor<i1>
      } do (%x, %j) {{
        %next = graph.add %j, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
        %y = {2}
        graph.yield %y, %next : {0}, tensor<i64>
      }
      return %r#0, %r#1 : {0}, tensor<i64>
    })mlir",
                                  r, t, step)
                        .str();
  return sample;
}

/// A chain of element-wise operations as one kernel, exact in any type.
static Sample groupSample(Random &random) {
  Type type = random.type(random.oneIn(3) ? "i32" : "f32");
  Shape shape = random.shape(0, 4);
  Shape small = random.broadcastable(shape);
  std::string t = typeText(shape, type, random, false);
  std::string s = typeText(small, type, random, false);
  static const std::string unary[] = {"neg", "abs", "relu"};
  static const std::string binary[] = {"add", "sub", "max", "min"};
  std::string body =
      llvm::formatv("%v0 = graph.{0} %p, %q : ({1}, {2}) -> {1}\n",
                    random.pick<std::string>(binary), t, s)
          .str();
  int64_t last = random.integer(1, 5);
  for (int64_t i = 1; i <= last; ++i) {
    body += llvm::formatv("%v{0} = graph.", i).str();
    if (random.oneIn(2))
      body += llvm::formatv("{0} %v{1} : ({2}) -> {2}\n",
                            random.pick<std::string>(unary), i - 1, t)
                  .str();
    else
      body += llvm::formatv("{0} %v{1}, %p : ({2}, {2}) -> {2}\n",
                            random.pick<std::string>(binary), i - 1, t)
                  .str();
  }
  Sample sample{
      "graph.group",
      {{random.wildNumbers(type, shape)}, {random.wildNumbers(type, small)}},
      "",
      ""};
  sample.function = llvm::formatv(R"mlir(
    func.func @sample(%a: {0}, %b: {1}) -> {0} {{
      %y = graph.group "elementwise" (%p = %a, %q = %b) : ({0}, {1}) -> ({0}) {{
        {2}
        graph.yield %v{3} : {0}
      }
      return %y : {0}
    })mlir",
                                  t, s, body, last)
                        .str();
  return sample;
}

void addControl(std::map<std::string, Generator> &table) {
  table["graph.if"] = ifSample;
  table["graph.while"] = whileSample;
  table["graph.group"] = groupSample;
  // Every region ends in one.
  table["graph.yield"] = ifSample;
}

} // namespace systole::property
