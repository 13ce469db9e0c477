//===- RandomCheck.cpp - Random models on both devices --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomCheck.h"
#include "RandomModel.h"
#include "Workers.h"
#include "frontend/Onnx/Tensors.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace systole::suite {

/// The model of a seed, with its inputs, as runDataSet wants them.
static bool supply(const RandomModel &random, mlir::MLIRContext &context,
                   frontend::SourceFile &source, DataSet &data,
                   std::string &reason) {
  auto bytes = std::make_shared<std::string>(random.model.SerializeAsString());
  source = {"random.onnx", false, *bytes, bytes};
  onnx::TensorReader reader(&context, source);
  for (const onnx::TensorProto &input : random.inputs) {
    std::optional<Tensor> tensor = reader.read(input, reason);
    if (!tensor)
      return false;
    data.inputs.push_back(*tensor);
  }
  return true;
}

static Job makeJob(uint64_t seed) {
  return [seed](int64_t index, const std::function<void(Device)> &begin,
                const std::function<void(Device, const Outcome &)> &end) {
    RandomModel random = ModelMaker(seed + index).make();
    Case test;
    // With a folder, the interpreter runs the model before the optimiser, too.
    test.folder = "random";
    test.rtol = test.atol = 1e-4;
    test.scaled = true;
    Listener listener{begin, end};
    runDataSet(
        test,
        [&](mlir::MLIRContext &context, frontend::SourceFile &source,
            DataSet &data, std::string &reason) {
          return supply(random, context, source, data, reason);
        },
        /*last=*/true, listener);
  };
}

/// Writes FOLDER/SEED/model.onnx and input_K.pb.
static void save(uint64_t seed, StringRef folder) {
  RandomModel random = ModelMaker(seed).make();
  std::string path = (folder + "/" + Twine(seed)).str();
  if (std::error_code error = sys::fs::create_directories(path)) {
    errs() << path << ": " << error.message() << "\n";
    return;
  }
  auto write = [&](const Twine &name, const std::string &bytes) {
    std::error_code error;
    raw_fd_ostream((path + "/" + name).str(), error) << bytes;
  };
  write("model.onnx", random.model.SerializeAsString());
  for (auto [i, input] : enumerate(random.inputs))
    write("input_" + Twine(i) + ".pb", input.SerializeAsString());
}

bool checkRandomModels(uint64_t seed, int64_t count, unsigned numWorkers,
                       StringRef folder) {
  std::vector<Result> results = runForked(count, numWorkers, makeJob(seed));
  int64_t wrong = 0;
  for (auto [i, result] : enumerate(results)) {
    if (result.passed())
      continue;
    ++wrong;
    bool onlyCpu = result.outcomes[kInterpreter].passed;
    const Outcome &outcome = result.outcomes[onlyCpu ? kCpu : kInterpreter];
    outs() << "FAIL seed " << seed + i << " on "
           << deviceName(onlyCpu ? kCpu : kInterpreter) << ": " << outcome.op
           << " " << outcome.reason << " " << outcome.detail << "\n";
    if (!folder.empty())
      save(seed + i, folder);
  }
  outs() << count << " random models, " << wrong << " differences\n";
  return wrong == 0 && count > 0;
}

} // namespace systole::suite
