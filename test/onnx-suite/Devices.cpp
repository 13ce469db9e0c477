//===- Devices.cpp - One case on each device ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A case goes the way of `systole run`: imported, with the shapes of the given
// inputs bound if it cannot be imported without, then the interpreter; or all
// graph phases, the CPU backend, a loaded module.
//
//===----------------------------------------------------------------------===//

#include "Devices.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "frontend/Common/ImportForRun.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines/Pipelines.h"
#include "test/property/CpuModule.h"

using namespace mlir;

namespace systole::suite {

llvm::StringRef deviceName(Device device) {
  return device == kCpu ? "cpu" : "interpreter";
}

/// A reason that names the operator which the case is about.
static Outcome failed(const Case &test, std::string reason,
                      std::string detail = "") {
  return {false, mainOperator(test), std::move(reason), std::move(detail)};
}

//===----------------------------------------------------------------------===//
// Import
//===----------------------------------------------------------------------===//

/// What the data set says of the model's inputs.
static std::vector<frontend::GivenInput>
givenInputs(ArrayRef<frontend::TensorSummary> inputs, const DataSet &data) {
  std::vector<frontend::GivenInput> given;
  size_t next = 0;
  auto add = [&](const std::string &name) {
    const Tensor &tensor = data.inputs[next++];
    given.push_back({name, SmallVector<int64_t>(tensor.getShape()), tensor});
  };
  for (auto [i, input] : llvm::enumerate(inputs)) {
    std::optional<int64_t> length;
    if (i < data.inputLengths.size())
      length = data.inputLengths[i];
    bool isSequence = StringRef(input.container).ends_with("sequence");
    if (next + std::max<int64_t>(length.value_or(1), 0) > data.inputs.size())
      break;
    if (!isSequence && length != frontend::kAbsent) {
      add(input.name);
      given.back().length = length;
      continue;
    }
    given.push_back({input.name, {}, {}, length});
    for (int64_t k = 0; k < length; ++k)
      add(graph::elementName(input.name, k));
  }
  return given;
}

/// Imports as `systole run` does.
static frontend::ImportResult import(MLIRContext &context,
                                     const frontend::SourceFile &source,
                                     const DataSet &data) {
  frontend::ImportOptions options;
  return frontend::importForRun(context, source, options,
                                [&](ArrayRef<frontend::TensorSummary> inputs) {
                                  return givenInputs(inputs, data);
                                });
}

/// The outcome of a model that the importer refuses.
static Outcome refusal(const Case &test, const frontend::ImportResult &result) {
  const frontend::Problem &problem = result.problems.front();
  std::string op = problem.op.empty() ? mainOperator(test) : problem.op;
  return {false, op, problem.message,
          frontend::formatProblems("", result.problems)};
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

static func::FuncOp entryOf(ModuleOp module) {
  return module.lookupSymbol<func::FuncOp>("main");
}

/// All expected outputs must agree; a model may have more.
static Outcome check(const Case &test, const DataSet &data, func::FuncOp entry,
                     ArrayRef<Tensor> results) {
  for (auto [i, name] : llvm::enumerate(data.outputNames))
    if (i >= results.size() ||
        entry.getResultAttrOfType<StringAttr>(i, graph::kNameAttr) != name)
      return failed(test, "an output has fewer elements than the stored one");
  if (!data.outputNames.empty() && results.size() > data.outputNames.size())
    return failed(test, "an output has more elements than the stored one");
  if (results.size() < data.outputs.size())
    return failed(test, "there are fewer outputs than stored ones");
  for (auto [i, expected] : llvm::enumerate(data.outputs)) {
    std::string difference = compare(test, results[i], expected);
    if (!difference.empty())
      return failed(test, "the results differ from the stored ones",
                    "output " + std::to_string(i) + ": " + difference);
  }
  return {};
}

/// Runs and checks. Where there is nothing to check against, what comes out is
/// it from now on.
static Outcome runInterpreter(const Case &test, DataSet &data,
                              func::FuncOp entry, std::string &messages) {
  auto outputs = graph::interpret(entry, data.inputs);
  if (llvm::failed(outputs))
    return failed(test, "the interpreter reports an error", messages);
  if (data.outputs.empty())
    data.outputs.assign(outputs->begin(), outputs->end());
  return check(test, data, entry, *outputs);
}

static Outcome runCpu(const Case &test, const DataSet &data, ModuleOp module,
                      std::string &messages) {
  auto entry = entryOf(module);
  for (Type type : entry.getResultTypes())
    if (!isa<RankedTensorType>(type))
      return failed(test, "a result is no tensor of known rank");
  SmallVector<Type> types(entry.getResultTypes());
  property::CpuModule compiled;
  // As `run` compiles; one thread is as good as two for tensors this small.
  if (llvm::failed(compiled.compile(module, /*threads=*/0)))
    return failed(test, "the cpu backend refuses it", messages);
  std::string message;
  auto outputs = compiled.run("main", data.inputs, types, message);
  if (!outputs)
    return failed(test, "the compiled code reports an error", message);
  return check(test, data, entry, *outputs);
}

//===----------------------------------------------------------------------===//
// One case
//===----------------------------------------------------------------------===//

namespace {
/// A data set on its way through the compiler.
class Trial {
public:
  Trial(const Case &test, DataSet data, OwningOpRef<ModuleOp> imported)
      : test(test), data(std::move(data)), imported(std::move(imported)) {}

  Outcome run(Device device, std::string &messages);

private:
  /// The module after all graph phases, made at first use; null if they fail.
  ModuleOp optimise();
  /// As imported, then optimised; networks of `light` optimised only, for they
  /// are large.
  Outcome interpret(std::string &messages);

  const Case &test;
  DataSet data;
  OwningOpRef<ModuleOp> imported, optimised;
};
} // namespace

ModuleOp Trial::optimise() {
  if (optimised)
    return *optimised;
  optimised = imported->clone();
  PassManager pm(imported->getContext());
  GraphPipelineOptions options;
  cpu::adjustGraphPhases(cpu::CompileOptions(), options);
  buildGraphPipeline(pm, options);
  if (llvm::failed(pm.run(*optimised)))
    optimised = {};
  return optimised ? *optimised : ModuleOp();
}

Outcome Trial::interpret(std::string &messages) {
  Outcome outcome;
  if (!test.folder.empty())
    outcome = runInterpreter(test, data, entryOf(*imported), messages);
  if (!outcome.passed)
    return outcome;
  outcome = runInterpreter(test, data, entryOf(*optimised), messages);
  if (!outcome.passed)
    outcome.reason += " (optimised)";
  return outcome;
}

Outcome Trial::run(Device device, std::string &messages) {
  if (!optimise())
    return failed(test, "the optimiser reports an error", messages);
  return device == kCpu ? runCpu(test, data, *optimised, messages)
                        : interpret(messages);
}

void runDataSet(const Case &test, const Supplier &supply, bool last,
                Listener &listener) {
  // Resources stay in a context: each data set has its own.
  DialectRegistry registry;
  cpu::registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  std::string messages, reason;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    messages += diagnostic.str() + "\n";
    return success();
  });
  Outcome outcome;
  std::optional<Trial> trial;
  frontend::SourceFile source;
  DataSet data;
  if (supply(context, source, data, reason)) {
    frontend::ImportResult result = import(context, source, data);
    if (result.module)
      trial.emplace(test, std::move(data), std::move(result.module));
    else
      outcome = refusal(test, result);
  } else {
    outcome = failed(test, reason);
  }
  for (Device device : {kInterpreter, kCpu}) {
    if (listener.done[device])
      continue;
    messages.clear();
    listener.begin(device);
    if (trial)
      outcome = trial->run(device, messages);
    listener.done[device] = last || !outcome.passed;
    if (listener.done[device])
      listener.end(device, outcome);
  }
}

void runCase(const Case &test, const std::function<void(Device)> &begin,
             const std::function<void(Device, const Outcome &)> &end) {
  Listener listener{begin, end};
  int count = countDataSets(test);
  if (count == 0)
    for (Device device : {kInterpreter, kCpu})
      end(device, failed(test, "it has no data"));
  for (int i = 0; i < count; ++i)
    runDataSet(
        test,
        [&](MLIRContext &context, frontend::SourceFile &source, DataSet &data,
            std::string &reason) {
          return frontend::openSource(test.model, source, reason) &&
                 readDataSet(context, test, i, data, reason);
        },
        i + 1 == count, listener);
}

} // namespace systole::suite
