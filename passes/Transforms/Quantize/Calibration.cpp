//===- Calibration.cpp - Running a graph on examples ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Calibration.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/Calibration.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Transforms/Quantize/Annotations.h"
#include <random>

using namespace mlir;
using namespace systole::graph;

LogicalResult Calibration::run(ModuleOp module, SampleSink sink) const {
  if (runner)
    return runner(module, samples, sink);
  func::FuncOp entry = entryOf(module);
  for (auto [i, sample] : llvm::enumerate(samples)) {
    auto results = interpret(entry, sample);
    if (failed(results) || failed(sink(i, *results)))
      return failure();
  }
  return success();
}

FailureOr<std::vector<Sample>> systole::graph::randomSamples(func::FuncOp entry,
                                                             int64_t count,
                                                             uint64_t seed) {
  // The engine's numbers are the same everywhere; distributions' are not.
  std::mt19937_64 engine(seed);
  std::vector<Sample> samples(count);
  for (Sample &sample : samples)
    for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes())) {
      auto ranked = dyn_cast<RankedTensorType>(type);
      if (!ranked || !ranked.getElementType().isF32())
        return entry.emitError("input ")
               << i << " is no ranked tensor of f32: no random numbers for it";
      SmallVector<int64_t> shape(ranked.getShape());
      llvm::replace(shape, ShapedType::kDynamic, int64_t(1));
      Tensor tensor(ranked.getElementType(), shape);
      for (int64_t k = 0; k < tensor.size(); ++k)
        tensor.store(k, static_cast<float>(engine() >> 40) * 0x1p-23f - 1);
      sample.push_back(tensor);
    }
  return samples;
}

void systole::graph::replaceResults(func::FuncOp function,
                                    ArrayRef<Value> values) {
  function.getBody().front().getTerminator()->setOperands(values);
  SmallVector<Type> types;
  SmallVector<Attribute> attributes;
  Builder builder(function.getContext());
  for (auto [i, value] : llvm::enumerate(values)) {
    types.push_back(value.getType());
    attributes.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(kNameAttr, builder.getStringAttr(Twine(i)))));
  }
  function.setType(builder.getFunctionType(function.getArgumentTypes(), types));
  function.setResAttrsAttr(builder.getArrayAttr(attributes));
}

OwningOpRef<ModuleOp> systole::graph::makeProbe(ModuleOp module,
                                                ArrayRef<Value> values) {
  IRMapping mapping;
  OwningOpRef<ModuleOp> probe = cast<ModuleOp>(module->clone(mapping));
  SmallVector<Value> copies = llvm::map_to_vector(
      values, [&](Value value) { return mapping.lookup(value); });
  replaceResults(entryOf(*probe), copies);
  return probe;
}

SmallVector<float, 0> systole::graph::floatsOf(const Tensor &tensor) {
  SmallVector<float, 0> numbers(tensor.size());
  std::memcpy(numbers.data(), tensor.data(), tensor.byteSize());
  return numbers;
}
