//===- Quantize.cpp - Post-training quantisation's files and runs ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Files are bound by the runtime's runner, as those of `systole run --each`: an
// engine that keeps its inputs makes samples of them.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Quantize.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "tools/systole/CalibrationRun.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Model.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// The options that need --quantize.
static constexpr StringLiteral kDependent[] = {
    "--calibration", "--calibration-ranges", "--quantize-target",
    "--quantize-budget", "--quantize-report"};

bool systole::driver::parseQuantize(
    const Arguments &arguments,
    std::shared_ptr<QuantizePipelineOptions> &options) {
  if (!arguments.has("--quantize")) {
    for (StringRef name : kDependent)
      if (arguments.has(name)) {
        usageError(arguments, name + " is for --quantize",
                   "add --quantize=int8");
        return false;
      }
    return true;
  }
  if (arguments.all("--calibration").empty()) {
    usageError(arguments, "--quantize needs calibration data",
               "add --calibration NAME=FILE.npy: samples of an input, along "
               "the leading axis");
    return false;
  }
  options = std::make_shared<QuantizePipelineOptions>();
  auto target = parseTolerance(arguments, "--quantize-target", options->target);
  auto budget = parseTolerance(arguments, "--quantize-budget", options->budget);
  if (!target || !budget)
    return false;
  options->target = *target;
  options->budget = *budget;
  options->ranges =
      arguments.get("--calibration-ranges", options->ranges).str();
  options->measureBefore = arguments.has("--quantize-report");
  options->shared = std::make_shared<graph::QuantizeContext>();
  return true;
}

//===----------------------------------------------------------------------===//
// Samples
//===----------------------------------------------------------------------===//

namespace {
/// Keeps what it is run on.
class SampleKeeper final : public Engine {
public:
  /// With `batched` every input has a first dimension of 1 that files do not
  /// have.
  SampleKeeper(mlir::func::FuncOp entry, bool batched);
  const systole_entry_info &getEntry() override { return signature.get(); }
  rt::Status execute(const rt::Tensor *inputs, rt::Tensor *) override;

  std::vector<graph::Sample> samples;

private:
  mlir::func::FuncOp entry;
  bool batched;
  EntrySignature signature;
};
} // namespace

static std::string inputName(mlir::func::FuncOp entry, unsigned i) {
  auto name = entry.getArgAttrOfType<mlir::StringAttr>(i, graph::kNameAttr);
  return name ? name.str() : "arg" + std::to_string(i);
}

SampleKeeper::SampleKeeper(mlir::func::FuncOp entry, bool batched)
    : entry(entry), batched(batched), signature(entry.getName().str()) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    names.push_back(inputName(entry, i));
  names = uniqueNames(names);
  for (auto [i, type] : enumerate(entry.getArgumentTypes())) {
    auto tensor = cast<mlir::RankedTensorType>(type);
    SmallVector<int64_t> dims;
    for (int64_t dim : tensor.getShape().drop_front(batched))
      dims.push_back(mlir::ShapedType::isDynamic(dim) ? -1 : dim);
    signature.addInput(names[i], fileName(names[i]),
                       runtimeType(tensor.getElementType()), dims,
                       graph::quantizationOf(entry, i, false));
  }
}

rt::Status SampleKeeper::execute(const rt::Tensor *inputs, rt::Tensor *) {
  graph::Sample sample;
  for (auto [i, type] : enumerate(entry.getArgumentTypes())) {
    SmallVector<int64_t> shape;
    if (batched)
      shape.push_back(1);
    shape.append(inputs[i].dims, inputs[i].dims + inputs[i].rank);
    graph::Tensor tensor(cast<mlir::TensorType>(type).getElementType(), shape);
    if (tensor.size())
      std::memcpy(tensor.data(), inputs[i].data, tensor.byteSize());
    sample.push_back(tensor);
  }
  samples.push_back(std::move(sample));
  return rt::Status();
}

/// The runner's callback.
static rt::Status keepSample(void *engine, const rt::Tensor *inputs,
                             rt::Tensor *outputs) {
  return static_cast<SampleKeeper *>(engine)->execute(inputs, outputs);
}

/// Binds the files; the message of what is wrong with them, or none.
static std::string bindSamples(const Arguments &arguments,
                               SampleKeeper &keeper) {
  SmallVector<const char *> files;
  for (const std::string &spec : arguments.all("--calibration"))
    files.push_back(spec.c_str());
  rt::RunRequest request;
  request.entry = &keeper.getEntry();
  request.execute = keepSample;
  request.context = &keeper;
  request.inputs = files.data();
  request.numInputs = files.size();
  request.each = true;
  rt::RunResult result;
  rt::Status status = rt::runModel(request, result);
  if (status.succeeded())
    return "";
  std::string message = status.message();
  // The runner speaks of the option that it knows.
  for (size_t at = 0; (at = message.find("--input", at)) != std::string::npos;)
    message.replace(at, 7, "--calibration");
  return message;
}

/// True if samples may come without a batch dimension of 1.
static bool mayBeBatched(mlir::func::FuncOp entry) {
  return all_of(entry.getArgumentTypes(), [](mlir::Type type) {
    auto tensor = dyn_cast<mlir::RankedTensorType>(type);
    return tensor && tensor.getRank() > 0 &&
           (tensor.isDynamicDim(0) || tensor.getDimSize(0) == 1);
  });
}

bool systole::driver::loadCalibration(const Arguments &arguments,
                                      mlir::func::FuncOp entry,
                                      QuantizePipelineOptions &options) {
  for (auto [i, type] : enumerate(entry.getArgumentTypes()))
    if (auto tensor = dyn_cast<mlir::RankedTensorType>(type);
        !tensor ||
        runtimeType(tensor.getElementType()) == SYSTOLE_DTYPE_INVALID) {
      printError("input '" + inputName(entry, i) +
                 "' is of a type that calibration data cannot have");
      return false;
    }
  graph::Calibration &calibration = options.shared->calibration;
  calibration.runner = runSamplesOnCpu;
  // [N, ...] for an input of [1, ...] is what data sets look like; otherwise
  // files have one more leading axis.
  if (mayBeBatched(entry)) {
    SampleKeeper keeper(entry, /*batched=*/true);
    if (bindSamples(arguments, keeper).empty() && !keeper.samples.empty()) {
      calibration.samples = std::move(keeper.samples);
      return true;
    }
  }
  SampleKeeper keeper(entry, /*batched=*/false);
  std::string message = bindSamples(arguments, keeper);
  if (message.empty() && keeper.samples.empty())
    message = "the calibration data has no samples";
  if (!message.empty()) {
    printError(message);
    printHelp("calibration data has the samples along its leading axis");
    return false;
  }
  calibration.samples = std::move(keeper.samples);
  return true;
}

//===----------------------------------------------------------------------===//
// Report
//===----------------------------------------------------------------------===//

bool systole::driver::printQuantization(
    const Arguments &arguments, const QuantizePipelineOptions &options) {
  if (!arguments.has("--quantize-report"))
    return true;
  StringRef file = arguments.get("--quantize-report");
  return writeText(file.empty() ? "-" : file, [&](raw_ostream &os) {
    if (file.ends_with(".json"))
      graph::printJson(options.shared->report, os);
    else
      graph::printText(options.shared->report, os);
  });
}
