//===- OnnxFolder.cpp - One of ONNX's own operator tests ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OnnxFolder.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "frontend/Common/Import.h"
#include "frontend/Onnx/Tensors.h"
#include "frontend/Onnx/onnx.pb.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines/Pipelines.h"
#include "test/property/CpuModule.h"
#include "llvm/Support/FileSystem.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using graph::Tensor;

namespace {

/// Reads `folder`/`prefix`_0.pb, _1.pb, ... until one is missing. False if one
/// is no tensor.
bool readTensors(MLIRContext &context, llvm::StringRef folder,
                 llvm::StringRef prefix, std::vector<Tensor> &tensors) {
  for (int i = 0;; ++i) {
    std::string path =
        (folder + "/" + prefix + "_" + llvm::Twine(i) + ".pb").str();
    if (!llvm::sys::fs::exists(path))
      return true;
    frontend::SourceFile file;
    std::string error;
    onnx::TensorProto proto;
    if (!frontend::openSource(path, file, error) ||
        !proto.ParseFromArray(file.bytes.data(), file.bytes.size()))
      return false;
    auto tensor = onnx::TensorReader(&context, file).read(proto, error);
    if (!tensor)
      return false;
    tensors.push_back(*tensor);
  }
}

/// "" if `actual` agrees with `expected`.
std::string compare(const Tensor &actual, const Tensor &expected) {
  if (actual.getType() != expected.getType()) {
    std::string text;
    llvm::raw_string_ostream(text)
        << "type " << actual.getType() << " instead of " << expected.getType();
    return text;
  }
  if (isa<ComplexType>(actual.getElementType()))
    return actual.identical(expected) ? "" : "complex values differ";
  bool exact = isa<IntegerType>(actual.getElementType());
  for (int64_t i = 0; i < actual.size(); ++i) {
    double a = actual.getDouble(i), e = expected.getDouble(i);
    bool same = exact ? actual.getInt(i) == expected.getInt(i)
                      : a == e || (std::isnan(a) && std::isnan(e)) ||
                            std::fabs(a - e) <= 1e-7 + 1e-3 * std::fabs(e);
    if (!same)
      return "element " + std::to_string(i) + " is " + std::to_string(a) +
             " instead of " + std::to_string(e);
  }
  return "";
}

/// The model with its short integer inputs as weights. Operators of these tests
/// have axes and shapes as inputs, which real models have as constants.
std::string withConstantInputs(const std::string &path, llvm::StringRef data) {
  frontend::SourceFile file;
  std::string error;
  onnx::ModelProto model;
  if (!frontend::openSource(path, file, error) ||
      !model.ParseFromArray(file.bytes.data(), file.bytes.size()))
    return "";
  int index = 0;
  for (const onnx::ValueInfoProto &input : model.graph().input()) {
    std::string name = (data + "/input_" + llvm::Twine(index++) + ".pb").str();
    onnx::TensorProto tensor;
    if (!frontend::openSource(name, file, error) ||
        !tensor.ParseFromArray(file.bytes.data(), file.bytes.size()))
      return "";
    bool isShort = tensor.dims_size() == 0 ||
                   (tensor.dims_size() == 1 && tensor.dims(0) <= 16);
    if (!isShort || (tensor.data_type() != 7 && tensor.data_type() != 6))
      continue;
    *model.mutable_graph()->add_initializer() = tensor;
    model.mutable_graph()->mutable_initializer()->rbegin()->set_name(
        input.name());
  }
  return model.SerializeAsString();
}

/// True if `device` can run what was imported: ranks are not for compiled code
/// to find out.
bool isUsable(const frontend::ImportResult &result, const SuiteDevice &device) {
  if (!result.module || !device.cpu)
    return static_cast<bool>(result.module);
  return !result.module.get()
              ->walk([](Operation *op) {
                bool isRanked = llvm::none_of(
                    op->getResultTypes(), llvm::IsaPred<UnrankedTensorType>);
                return isRanked ? WalkResult::advance()
                                : WalkResult::interrupt();
              })
              .wasInterrupted();
}

/// Imports the model; again with the inputs' shapes bound, and with constant
/// inputs, if `device` cannot run the first. `inputs` are those that it then
/// has.
frontend::ImportResult import(MLIRContext &context, const std::string &path,
                              llvm::StringRef data, const SuiteDevice &device,
                              std::vector<Tensor> &inputs) {
  frontend::ImportResult result = frontend::importModel(context, path, {});
  if (isUsable(result, device) || result.summary.inputs.size() != inputs.size())
    return result;
  frontend::ImportOptions options;
  for (size_t i = 0; i < inputs.size(); ++i)
    options.shapes[result.summary.inputs[i].name].assign(
        inputs[i].getShape().begin(), inputs[i].getShape().end());
  frontend::ImportResult bound = frontend::importModel(context, path, options);
  if (isUsable(bound, device))
    return bound;
  auto bytes = std::make_shared<std::string>(withConstantInputs(path, data));
  if (bytes->empty())
    return result;
  frontend::SourceFile source{path, false, *bytes, bytes};
  frontend::ImportResult constant = frontend::importModel(context, source, {});
  if (!constant.module)
    return result;
  std::vector<Tensor> remaining;
  for (size_t i = 0; i < inputs.size(); ++i)
    for (const frontend::TensorSummary &input : constant.summary.inputs)
      if (input.name == result.summary.inputs[i].name)
        remaining.push_back(inputs[i]);
  inputs = remaining;
  return constant;
}

/// Runs all graph phases.
LogicalResult optimise(ModuleOp module) {
  PassManager pm(module.getContext());
  buildGraphPipeline(pm, GraphPipelineOptions());
  return pm.run(module);
}

/// The entry's results on `inputs`, or nothing.
std::optional<SmallVector<Tensor>> execute(ModuleOp module,
                                           llvm::ArrayRef<Tensor> inputs,
                                           const SuiteDevice &device) {
  auto entry = module.lookupSymbol<func::FuncOp>("main");
  if (!device.cpu) {
    auto outputs = graph::interpret(entry, inputs);
    if (failed(outputs))
      return std::nullopt;
    return *outputs;
  }
  property::CpuModule compiled;
  if (failed(compiled.compile(module, /*threads=*/1)))
    return std::nullopt;
  std::string message;
  auto outputs = compiled.run("main", inputs, entry.getResultTypes(), message);
  if (!outputs)
    entry.emitError(message);
  return outputs;
}

Outcome runDataSet(MLIRContext &context, const std::string &model,
                   const std::string &data, const SuiteDevice &device) {
  std::vector<Tensor> inputs, expected;
  if (!readTensors(context, data, "input", inputs) ||
      !readTensors(context, data, "output", expected))
    return {Verdict::Refused, "its data are not tensors that we read"};
  frontend::ImportResult result = import(context, model, data, device, inputs);
  if (!result.module)
    return {Verdict::Refused, frontend::formatProblems("", result.problems)};
  std::string text;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    text += diagnostic.str() + "\n";
    return success();
  });
  bool optimised = device.optimised || device.cpu;
  if (optimised && failed(optimise(*result.module)))
    return {Verdict::Failed, text};
  auto outputs = execute(*result.module, inputs, device);
  if (!outputs)
    return {Verdict::Failed, text};
  if (outputs->size() < expected.size())
    return {Verdict::Failed, "fewer outputs than expected"};
  for (auto [i, tensor] : llvm::enumerate(expected)) {
    std::string difference = compare((*outputs)[i], tensor);
    if (!difference.empty())
      return {Verdict::Failed,
              "output " + std::to_string(i) + ": " + difference};
  }
  return {};
}

} // namespace

Outcome systole::runFolder(const std::string &folder,
                           const SuiteDevice &device) {
  for (int set = 0;; ++set) {
    std::string data = folder + "/test_data_set_" + std::to_string(set);
    if (!llvm::sys::fs::is_directory(data))
      return {};
    // Resources stay in a context: each folder has its own.
    MLIRContext context(MLIRContext::Threading::DISABLED);
    context.loadDialect<graph::GraphDialect, func::FuncDialect>();
    if (device.cpu) {
      DialectRegistry registry;
      cpu::registerDialects(registry);
      context.appendDialectRegistry(registry);
      context.loadAllAvailableDialects();
    }
    Outcome outcome = runDataSet(context, folder + "/model.onnx", data, device);
    if (outcome.verdict != Verdict::Passed)
      return outcome;
  }
}
