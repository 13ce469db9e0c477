//===- TfliteMain.cpp - Runs random quantised TFLite models ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole-tflite-suite --random=N [--seed=S] [--save=DIR]
// systole-tflite-suite --write=DIR --random=N [--seed=S]
//
// A model passes if the importer takes it and interpreter (before and after all
// graph phases) and cpu give the same integers; floats, within 1e-4 of the
// largest. README.md has the commands.
//
//===----------------------------------------------------------------------===//

#include "RandomTflite.h"
#include "Workers.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Threading.h"

using namespace llvm;
using namespace systole::suite;
using systole::graph::Tensor;

static cl::opt<int64_t> randomOption("random", cl::init(1),
                                     cl::desc("How many models"));
static cl::opt<uint64_t> seedOption("seed", cl::init(1),
                                    cl::desc("Seed of the first of them"));
static cl::opt<unsigned>
    jobsOption("jobs", cl::desc("Workers; default: one for each processor"));
static cl::opt<std::string>
    saveOption("save", cl::desc("Where to write those that differ"));
static cl::opt<std::string>
    writeOption("write", cl::desc("Write all there, and run none"));

/// The bytes of an input as a tensor.
static Tensor tensorOf(mlir::MLIRContext &context, const RandomInput &input) {
  bool is16 = input.type == fb::TensorType_INT16;
  auto sign = input.type == fb::TensorType_UINT8 ? mlir::IntegerType::Unsigned
                                                 : mlir::IntegerType::Signless;
  Tensor tensor(mlir::IntegerType::get(&context, is16 ? 16 : 8, sign),
                input.dims);
  memcpy(tensor.data(), input.bytes.data(), input.bytes.size());
  return tensor;
}

static Job makeJob(uint64_t seed) {
  return [seed](int64_t index, const std::function<void(Device)> &begin,
                const std::function<void(Device, const Outcome &)> &end) {
    RandomTflite random = TfliteMaker(seed + index).make();
    Case test;
    // Not a network of `light`: it is interpreted as imported, too.
    test.folder = "random";
    test.rtol = test.atol = 1e-4;
    test.scaled = true;
    Listener listener{begin, end};
    runDataSet(
        test,
        [&](mlir::MLIRContext &context, systole::frontend::SourceFile &source,
            DataSet &data, std::string &) {
          auto bytes = std::make_shared<std::string>(random.bytes);
          source = {"random.tflite", false, *bytes, bytes};
          for (const RandomInput &input : random.inputs)
            data.inputs.push_back(tensorOf(context, input));
          return true;
        },
        /*last=*/true, listener);
  };
}

/// Writes FOLDER/SEED.tflite.
static bool save(uint64_t seed, StringRef folder) {
  std::error_code error = sys::fs::create_directories(folder);
  if (!error)
    raw_fd_ostream((folder + "/" + Twine(seed) + ".tflite").str(), error)
        << TfliteMaker(seed).make().bytes;
  if (error)
    errs() << "error: " << folder << ": " << error.message() << "\n";
  return !error;
}

static bool checkAll(uint64_t seed, int64_t count, unsigned numWorkers) {
  std::vector<Result> results = runForked(count, numWorkers, makeJob(seed));
  int64_t wrong = 0;
  for (auto [i, result] : enumerate(results)) {
    if (result.passed())
      continue;
    ++wrong;
    Device device = result.outcomes[kInterpreter].passed ? kCpu : kInterpreter;
    const Outcome &outcome = result.outcomes[device];
    outs() << "FAIL seed " << seed + i << " on " << deviceName(device) << ": "
           << outcome.op << " " << outcome.reason << " " << outcome.detail
           << "\n";
    if (!saveOption.empty())
      save(seed + i, saveOption);
  }
  outs() << count << " random quantised models, " << wrong << " differences\n";
  return wrong == 0 && count > 0;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv,
                              "Runs random quantised TFLite models\n");
  if (!writeOption.empty()) {
    for (int64_t i = 0; i < randomOption; ++i)
      if (!save(seedOption + i, writeOption))
        return 1;
    return 0;
  }
  unsigned jobs =
      jobsOption ? jobsOption : hardware_concurrency().compute_thread_count();
  return checkAll(seedOption, randomOption, jobs) ? 0 : 1;
}
