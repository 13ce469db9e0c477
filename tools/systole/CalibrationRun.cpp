//===- CalibrationRun.cpp - Running a graph on the cpu while compiling ----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The module is compiled in a context of its own: the passes that ask for this
// run in the other one, and what passes say of the copy is nobody's business.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/CalibrationRun.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "tools/systole/Cache.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Model.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// A level that is old enough for all machines, and has vectors.
static std::string commonCpu() {
  bool isX86 = Triple(sys::getDefaultTargetTriple()).isX86();
  return isX86 ? "x86-64-v2" : "generic";
}

/// Compiles the bytes of a module into a shared object at `path`.
static bool compileBytes(StringRef bytes, StringRef path) {
  ModelContext context(/*compiling=*/true);
  auto copy = mlir::parseSourceString<mlir::ModuleOp>(bytes, &context.get());
  if (!copy)
    return false;
  Progress progress;
  CompileRequest request;
  request.backend.modelName = "calibration";
  request.backend.cpu = commonCpu();
  request.backend.threads = 1;
  return runGraphPhases(*copy, request, progress) &&
         runBackend(*copy, request, cpu::Emit::Module, path, progress);
}

/// Runs one sample.
static bool runSample(Engine &engine, const graph::Sample &sample,
                      SmallVectorImpl<graph::Tensor> &results,
                      mlir::Type elements) {
  const systole_entry_info &entry = engine.getEntry();
  std::vector<rt::Tensor> inputs;
  for (const graph::Tensor &tensor : sample) {
    graph::Tensor view = tensor;
    inputs.push_back(runtimeTensor(view));
  }
  std::vector<rt::Tensor> outputs(entry.num_outputs);
  rt::Status status = engine.begin(/*whole=*/true);
  if (status.succeeded())
    status = engine.execute(inputs.data(), outputs.data());
  if (status.failed()) {
    printError(status.message());
    return false;
  }
  results.clear();
  for (const rt::Tensor &output : outputs)
    results.push_back(graphTensor(output, elements));
  return true;
}

mlir::LogicalResult
systole::driver::runSamplesOnCpu(mlir::ModuleOp module,
                                 ArrayRef<graph::Sample> samples,
                                 graph::SampleSink sink) {
  std::optional<Cache> folder = Cache::open(/*keep=*/false);
  if (!folder)
    return mlir::failure();
  std::string bytes;
  raw_string_ostream os(bytes);
  if (failed(mlir::writeBytecodeToFile(module, os)))
    return mlir::failure();
  std::string path = folder->temporaryPath("calibration");
  if (!compileBytes(bytes, path))
    return mlir::failure();
  std::unique_ptr<Engine> engine = openModuleEngine(path, {});
  if (!engine)
    return mlir::failure();
  if (engine->getEntry().num_inputs != samples.front().size()) {
    printError("calibration needs a model whose inputs are its only state");
    return mlir::failure();
  }
  mlir::Type f32 = mlir::Float32Type::get(module.getContext());
  SmallVector<graph::Tensor> results;
  for (auto [i, sample] : enumerate(samples))
    if (!runSample(*engine, sample, results, f32) || failed(sink(i, results)))
      return mlir::failure();
  return mlir::success();
}
