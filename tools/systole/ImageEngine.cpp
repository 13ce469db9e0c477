//===- ImageEngine.cpp - Running images on a model of the machine ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Faults are reported here, with instruction and source node; the runner's own
// messages are about files.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/ImageEngine.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Host.h"
#include "tools/systole/Model.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

/// The runtime's number of an element type.
static uint32_t runtimeTypeOf(isa::Element element) {
  switch (element) {
  case isa::Element::Int8:
    return SYSTOLE_DTYPE_I8;
  case isa::Element::UInt8:
    return SYSTOLE_DTYPE_U8;
  case isa::Element::Int16:
    return SYSTOLE_DTYPE_I16;
  case isa::Element::UInt16:
    return SYSTOLE_DTYPE_U16;
  case isa::Element::Int32:
    return SYSTOLE_DTYPE_I32;
  case isa::Element::Int64:
    return SYSTOLE_DTYPE_I64;
  case isa::Element::Float32:
    return SYSTOLE_DTYPE_F32;
  }
  return SYSTOLE_DTYPE_INVALID;
}

/// The names of tensors as files and options use them.
static std::vector<std::string> namesOf(ArrayRef<const isa::Tensor *> tensors) {
  std::vector<std::string> names;
  for (const isa::Tensor *tensor : tensors)
    names.push_back(tensor->name);
  return uniqueNames(names);
}

static SmallVector<int64_t> dimsOf(const isa::Tensor &tensor) {
  return SmallVector<int64_t>(tensor.shape.begin(), tensor.shape.end());
}

ImageEngine::ImageEngine(const isa::Image &image)
    : image(image), signature("main") {
  for (const isa::Tensor &tensor : image.tensors)
    (tensor.role == isa::Tensor::Role::Input ? inputTensors : outputTensors)
        .push_back(&tensor);
  for (auto [tensor, name] : zip(inputTensors, namesOf(inputTensors)))
    signature.addInput(name, fileName(name), runtimeTypeOf(tensor->element),
                       dimsOf(*tensor));
  for (auto [tensor, name] : zip(outputTensors, namesOf(outputTensors)))
    signature.addOutput(name, fileName(name), runtimeTypeOf(tensor->element),
                        dimsOf(*tensor));
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

void ImageEngine::load(sim::Device &device, const rt::Tensor *inputs) const {
  sim::loadImage(image, device);
  for (auto [i, tensor] : enumerate(inputTensors))
    sim::writeTensor(*tensor, inputs[i].data, device);
}

std::vector<std::vector<uint8_t>>
ImageEngine::outputsOf(sim::Device &device) const {
  std::vector<std::vector<uint8_t>> results;
  for (const isa::Tensor *tensor : outputTensors) {
    results.emplace_back(tensor->bytes());
    sim::readTensor(*tensor, results.back().data(), device);
  }
  return results;
}

void ImageEngine::reportFault(const sim::Outcome &outcome) {
  std::string where = "instruction " + std::to_string(outcome.index);
  const std::string &node = image.nodeOf(uint32_t(outcome.index));
  if (!node.empty())
    where += ", node '" + node + "'";
  printError("fault '" + Twine(isa::nameOf(outcome.fault)) + "' at " + where +
             ": " + outcome.message);
  if (outcome.index < image.program.size())
    printNote("the instruction is: " +
              isa::disassemble(image.program[outcome.index]));
  reported = true;
}

void ImageEngine::report(const Twine &message) {
  printError(message);
  reported = true;
}

rt::Status ImageEngine::execute(const rt::Tensor *inputs, rt::Tensor *outputs) {
  if (!runAll(inputs))
    return rt::Failure(SYSTOLE_STATUS_CHECK_FAILED) << "the program stopped";
  const systole_entry_info &entry = getEntry();
  for (auto [i, tensor] : enumerate(outputTensors)) {
    rt::Tensor &output = outputs[i];
    output.data = results[i].data();
    output.bytes = int64_t(results[i].size());
    output.dtype = entry.outputs[i].dtype;
    output.rank = int32_t(tensor->shape.size());
    std::copy(tensor->shape.begin(), tensor->shape.end(), output.dims);
  }
  return rt::Status();
}
