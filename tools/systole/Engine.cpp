//===- Engine.cpp - What executes a model ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What engines share: signatures, and the two forms of a tensor.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Engine.h"
#include "backends/Cpu/Codegen.h"
#include "tools/systole/Diagnostics.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

Engine::~Engine() = default;

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

EntrySignature::EntrySignature(std::string name) {
  info.name = strings.emplace_back(std::move(name)).c_str();
}

systole_tensor_info EntrySignature::makeInfo(StringRef name, StringRef fileName,
                                             uint32_t dtype,
                                             ArrayRef<int64_t> dims,
                                             graph::TensorScale scale) {
  std::vector<int64_t> &shape = shapes.emplace_back(dims.begin(), dims.end());
  systole_tensor_info result = {};
  result.name = strings.emplace_back(name.str()).c_str();
  result.file_name = strings.emplace_back(fileName.str()).c_str();
  result.dtype = dtype;
  result.rank = shape.size();
  result.dims = shape.data();
  result.scale = scale.scale;
  result.zero_point = scale.zeroPoint;
  return result;
}

void EntrySignature::addInput(StringRef name, StringRef fileName,
                              uint32_t dtype, ArrayRef<int64_t> dims,
                              graph::TensorScale scale) {
  inputs.push_back(makeInfo(name, fileName, dtype, dims, scale));
}

void EntrySignature::addOutput(StringRef name, StringRef fileName,
                               uint32_t dtype, ArrayRef<int64_t> dims,
                               graph::TensorScale scale) {
  outputs.push_back(makeInfo(name, fileName, dtype, dims, scale));
}

const systole_entry_info &EntrySignature::get() {
  info.inputs = inputs.data();
  info.num_inputs = inputs.size();
  info.outputs = outputs.data();
  info.num_outputs = outputs.size();
  return info;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// The runner's callbacks.
static rt::Status beginEngine(void *engine, bool whole) {
  return static_cast<Engine *>(engine)->begin(whole);
}

static rt::Status executeEngine(void *engine, const rt::Tensor *inputs,
                                rt::Tensor *outputs) {
  return static_cast<Engine *>(engine)->execute(inputs, outputs);
}

bool systole::driver::runOnFiles(Engine &engine, const RunFiles &files,
                                 rt::RunResult &result) {
  SmallVector<const char *> inputs, carries;
  for (const std::string &spec : files.inputs)
    inputs.push_back(spec.c_str());
  for (const std::string &spec : files.carries)
    carries.push_back(spec.c_str());
  rt::RunRequest request;
  request.entry = &engine.getEntry();
  request.execute = executeEngine;
  request.begin = beginEngine;
  request.context = &engine;
  request.inputs = inputs.data();
  request.numInputs = inputs.size();
  request.carries = carries.data();
  request.numCarries = carries.size();
  request.each = files.each;
  request.warmup = files.warmup;
  request.repeat = files.repeat;
  rt::Status status = rt::runModel(request, result);
  if (status.succeeded())
    return true;
  // The interpreter's diagnostics have been printed; with --each the status
  // says for which entry.
  if (!engine.hasReported())
    printError(status.message());
  else if (request.each)
    printNote(status.message());
  return false;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

uint32_t systole::driver::runtimeType(mlir::Type type) {
  return cpu::dtypeOf(type);
}

rt::Tensor systole::driver::runtimeTensor(graph::Tensor &tensor) {
  rt::Tensor result = {};
  result.data = tensor.data();
  result.bytes = tensor.byteSize();
  result.dtype = runtimeType(tensor.getElementType());
  result.rank = tensor.rank();
  std::copy(tensor.getShape().begin(), tensor.getShape().end(), result.dims);
  return result;
}

graph::Tensor systole::driver::graphTensor(const rt::Tensor &tensor,
                                           mlir::Type type) {
  return graph::Tensor(type, ArrayRef(tensor.dims, tensor.rank),
                       static_cast<char *>(tensor.data), nullptr);
}
