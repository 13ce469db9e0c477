//===- RunReport.cpp - What a run tells -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See RunReport.h.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/RunReport.h"
#include "runtime/src/convert.h"
#include "tools/systole/Diagnostics.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// A tensor in JSON: name, shape (null: any size), type.
static void printTensor(json::OStream &json, const char *name,
                        const int64_t *dims, int64_t rank, uint32_t dtype) {
  json.object([&] {
    json.attribute("name", json::isUTF8(name) ? std::string(name)
                                              : json::fixUTF8(name));
    json.attributeArray("shape", [&] {
      for (int64_t dim : ArrayRef(dims, rank))
        json.value(dim < 0 ? json::Value(nullptr) : json::Value(dim));
    });
    json.attribute("dtype", rt::dtypeInfo(dtype).name);
  });
}

void systole::driver::printRunJson(const RunReport &report, raw_ostream &os) {
  const systole_entry_info &entry = report.engine.getEntry();
  const rt::Latency &latency = report.result.latency;
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attributeObject("latency_ms", [&] {
      json.attribute("min", latency.min);
      json.attribute("median", latency.median);
      json.attribute("mean", latency.mean);
      json.attribute("p99", latency.p99);
      json.attribute("runs", latency.runs);
    });
    json.attributeArray("inputs", [&] {
      for (const systole_tensor_info &info :
           ArrayRef(entry.inputs, entry.num_inputs))
        printTensor(json, info.name, info.dims, info.rank, info.dtype);
    });
    json.attributeArray("outputs", [&] {
      for (auto [info, tensor] : zip(ArrayRef(entry.outputs, entry.num_outputs),
                                     report.result.outputs))
        printTensor(json, info.name, tensor.dims, tensor.rank, tensor.dtype);
    });
    json.attribute("device", report.device);
    json.attribute("threads",
                   static_cast<int64_t>(report.engine.getNumThreads()));
    json.attribute("interpreted_ops", report.interpretedOps);
  });
  os << "\n";
}

void systole::driver::printLatency(const rt::Latency &latency,
                                   raw_ostream &os) {
  os << "latency: median " << format("%.4g", latency.median) << " ms, min "
     << format("%.4g", latency.min) << " ms, mean "
     << format("%.4g", latency.mean) << " ms, p99 "
     << format("%.4g", latency.p99) << " ms, " << latency.runs
     << (latency.runs == 1 ? " run\n" : " runs\n");
}

void systole::driver::printOutputs(const systole_entry_info &entry,
                                   const rt::RunResult &result,
                                   raw_ostream &os) {
  rt::StringBuilder text;
  rt::viewOutputs(entry, result, text);
  os << text.c_str();
}

/// Replaces one tensor by its values as float32.
static rt::Status widen(const systole_tensor_info &info,
                        rt::OwnedTensor &tensor) {
  bool isQuantized = info.scale > 0;
  if (!isQuantized && !rt::floatFormat(tensor.dtype))
    return rt::Status();
  rt::OwnedTensor wide;
  rt::Status status =
      rt::allocateTensor(wide, SYSTOLE_DTYPE_F32, tensor.dims, tensor.rank);
  if (status.failed())
    return status;
  for (int64_t i = 0, end = tensor.count(); i < end; ++i) {
    double element = rt::elementAsDouble(tensor.dtype, tensor.data, i);
    auto value = static_cast<float>(element);
    static_cast<float *>(wide.data)[i] =
        isQuantized ? static_cast<float>(element - info.zero_point) * info.scale
                    : value;
  }
  static_cast<rt::Tensor &>(tensor) = wide;
  tensor.storage = std::move(wide.storage);
  return status;
}

bool systole::driver::widenOutputs(const systole_entry_info &entry,
                                   rt::RunResult &result) {
  size_t i = 0;
  for (rt::OwnedTensor &tensor : result.outputs) {
    rt::Status status = widen(entry.outputs[i++], tensor);
    if (status.failed()) {
      printError(status.message());
      return false;
    }
  }
  return true;
}
