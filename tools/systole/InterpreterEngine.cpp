//===- InterpreterEngine.cpp - Running on the reference interpreter -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The interpreter runs what the importer made, before any pass: it is the
// oracle for passes and backends alike.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Codegen.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "dialects/Graph/Interpreter/State.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Model.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// An entry function in the interpreter.
class InterpreterEngine final : public Engine {
public:
  InterpreterEngine(mlir::func::FuncOp function, Observer observer)
      : function(function), signature(function.getName().str()) {
    if (Progress().isEnabled())
      observer = showProgress(std::move(observer));
    options.observer = std::move(observer);
  }

  /// Fills the signature; false, with a message, if a type cannot be in a file.
  bool create();
  const systole_entry_info &getEntry() override { return signature.get(); }
  rt::Status execute(const rt::Tensor *inputs, rt::Tensor *outputs) override;
  rt::Status begin(bool whole) override;
  bool hasReported() const override { return reported; }

private:
  /// An observer that tells at which node we are, then calls `next`.
  Observer showProgress(Observer next);

  mlir::func::FuncOp function;
  EntrySignature signature;
  graph::InterpreterOptions options;
  /// The variables, from the first `begin` on.
  graph::State state;
  /// What the last run gave: outputs point into it.
  SmallVector<graph::Tensor> results;
  bool reported = false;
  Progress::Clock::time_point start = Progress::Clock::now();
  /// Exists during an execution.
  std::optional<Progress> progress;
};
} // namespace

/// The names of arguments or results: the source model's, else "arg0".
static std::vector<std::string>
tensorNames(unsigned count, StringRef prefix,
            function_ref<mlir::Attribute(unsigned)> name) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < count; ++i) {
    auto attribute = dyn_cast_if_present<mlir::StringAttr>(name(i));
    names.push_back(attribute ? attribute.str() : (prefix + Twine(i)).str());
  }
  return uniqueNames(names);
}

/// The sizes of a tensor type, -1 where unknown; for an unranked one none.
static SmallVector<int64_t> dimsOf(mlir::TensorType type) {
  SmallVector<int64_t> dims;
  if (type.hasRank())
    for (int64_t dim : type.getShape())
      dims.push_back(mlir::ShapedType::isDynamic(dim) ? -1 : dim);
  return dims;
}

/// The type as a tensor that a file can hold; a message and null otherwise.
static mlir::TensorType fileType(mlir::Type type, StringRef what,
                                 StringRef name) {
  auto tensor = dyn_cast<mlir::TensorType>(type);
  if (tensor && runtimeType(tensor.getElementType()) != SYSTOLE_DTYPE_INVALID)
    return tensor;
  printError(what + " '" + name +
             "' is of a type that files do not hold in this version");
  return {};
}

bool InterpreterEngine::create() {
  mlir::FunctionType type = function.getFunctionType();
  auto inputs = tensorNames(type.getNumInputs(), "arg", [&](unsigned i) {
    return function.getArgAttr(i, graph::kNameAttr);
  });
  auto outputs = tensorNames(type.getNumResults(), "result", [&](unsigned i) {
    return function.getResultAttr(i, graph::kNameAttr);
  });
  std::vector<std::string> inputFiles = cpu::fileNames(inputs),
                           outputFiles = cpu::fileNames(outputs);
  for (auto [i, argument, name] : enumerate(type.getInputs(), inputs)) {
    mlir::TensorType tensor = fileType(argument, "input", name);
    if (!tensor)
      return false;
    signature.addInput(name, inputFiles[i],
                       runtimeType(tensor.getElementType()), dimsOf(tensor),
                       graph::quantizationOf(function, i, false));
  }
  for (auto [i, result, name] : enumerate(type.getResults(), outputs)) {
    mlir::TensorType tensor = fileType(result, "output", name);
    if (!tensor)
      return false;
    signature.addOutput(name, outputFiles[i],
                        runtimeType(tensor.getElementType()), dimsOf(tensor),
                        graph::quantizationOf(function, i, true));
  }
  return true;
}

Observer InterpreterEngine::showProgress(Observer next) {
  return [this, next](mlir::Operation *op, ArrayRef<graph::Tensor> results) {
    std::string node = graph::describeNode(op->getLoc());
    if (!node.empty())
      progress->step("interpreting, past " + node);
    return next ? next(op, results) : mlir::success();
  };
}

rt::Status InterpreterEngine::begin(bool whole) {
  if (!whole) {
    state.beginSample();
    return rt::Status();
  }
  auto begun = graph::State::begin(function->getParentOfType<mlir::ModuleOp>());
  if (failed(begun)) {
    reported = true;
    return rt::Failure(SYSTOLE_STATUS_CHECK_FAILED)
           << "the model's state cannot begin";
  }
  state = std::move(*begun);
  options.state = &state;
  return rt::Status();
}

rt::Status InterpreterEngine::execute(const rt::Tensor *inputs,
                                      rt::Tensor *outputs) {
  SmallVector<graph::Tensor> arguments;
  for (auto [i, type] : enumerate(function.getArgumentTypes()))
    arguments.push_back(
        graphTensor(inputs[i], cast<mlir::TensorType>(type).getElementType()));
  progress.emplace(start);
  auto computed = graph::interpret(function, arguments, options);
  progress.reset();
  if (failed(computed)) {
    reported = true;
    return rt::Failure(SYSTOLE_STATUS_CHECK_FAILED)
           << "the interpreter stopped";
  }
  results = std::move(*computed);
  for (auto [i, result] : enumerate(results))
    outputs[i] = runtimeTensor(result);
  return rt::Status();
}

std::unique_ptr<Engine>
systole::driver::makeInterpreterEngine(mlir::func::FuncOp function,
                                       Observer observer) {
  auto engine =
      std::make_unique<InterpreterEngine>(function, std::move(observer));
  return engine->create() ? std::move(engine) : nullptr;
}

int64_t systole::driver::countOperations(mlir::func::FuncOp function) {
  int64_t count = 0;
  function.getBody().walk([&](mlir::Operation *op) {
    count += op->getName().getDialectNamespace() == "graph" &&
             !op->hasTrait<mlir::OpTrait::ConstantLike>() &&
             !op->hasTrait<mlir::OpTrait::IsTerminator>();
  });
  return count;
}
