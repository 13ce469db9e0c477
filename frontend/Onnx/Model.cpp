//===- Model.cpp - Opens an ONNX file -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Recognises the format, takes the large tensors out, parses the rest with
// protobuf, and hands the model to Importer.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/WireScanner.h"
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <limits>

namespace systole::onnx {

static int recogniseOnnx(const frontend::SourceFile &source) {
  return modelLikelihood(source.bytes);
}

static void addProblem(frontend::ImportResult &result,
                       const std::string &message, const std::string &help) {
  frontend::Problem problem;
  problem.message = message;
  problem.help.push_back(help);
  result.problems.push_back(std::move(problem));
}

void importOnnx(mlir::MLIRContext &context, const frontend::SourceFile &source,
                const frontend::ImportOptions &options,
                frontend::ImportResult &result) {
  std::string small, error;
  if (!extractLargeTensors(source.bytes, small, error)) {
    addProblem(result, error,
               "the file is damaged or cut off: copy or download it again");
    return;
  }
  if (small.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    addProblem(result, "the file has more than 2 GB beside its large tensors",
               "store weights as raw_data or external data");
    return;
  }
  // Errors are reported by us.
  google::protobuf::LogSilencer quiet;
  ModelProto model;
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(small.data()),
      static_cast<int>(small.size()));
  if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage()) {
    addProblem(
        result,
        "the file is not a valid ONNX model: its messages cannot be decoded",
        "the file is damaged or nests too deep: export it again");
    return;
  }
  small.clear();
  small.shrink_to_fit();
  Importer(context, source, model, options, result).run();
}

static frontend::RegisterFormat registration({"onnx", recogniseOnnx,
                                              importOnnx});

} // namespace systole::onnx
