//===- StateSamples.cpp - Samples of variables ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include "StateProgram.h"

using namespace mlir;

namespace systole::property {

static Sample stateSample(Random &random) {
  Type type = random.type(random.oneIn(2) ? "f32" : "i32");
  Shape shape = random.shape(0, 2);
  std::string text;
  llvm::raw_string_ostream(text) << RankedTensorType::get(shape, type);
  std::mt19937_64 engine(random.integer(0, 1 << 30));
  Sample sample{"graph.variable",
                {{random.numbers(random.type("i1"), {})},
                 {random.integers(random.type("i64"), {}, 0, 3)},
                 {random.numbers(type, shape)}},
                "",
                ""};
  sample.function = StateProgram(engine, text).make();
  return sample;
}

void addState(std::map<std::string, Generator> &table) {
  table["graph.variable"] = stateSample;
  table["graph.read_variable"] = stateSample;
  table["graph.assign_variable"] = stateSample;
}

} // namespace systole::property
