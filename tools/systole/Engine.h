//===- Engine.h - What executes a model -------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `systole run` has one path: the runtime's runner (runtime/src/runner.h) binds
// files, repeats, carries and writes. What differs is the engine in the middle:
// the reference interpreter, or a compiled module behind the public C
// interface.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_ENGINE_H
#define SYSTOLE_TOOLS_SYSTOLE_ENGINE_H

#include "dialects/Graph/IR/Quantization.h"
#include "dialects/Graph/IR/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/src/runner.h"
#include "llvm/ADT/StringRef.h"
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace systole::driver {

/// A signature in the runtime's form, with the memory behind it.
class EntrySignature {
public:
  explicit EntrySignature(std::string name);
  EntrySignature(const EntrySignature &) = delete;

  void addInput(llvm::StringRef name, llvm::StringRef fileName, uint32_t dtype,
                llvm::ArrayRef<int64_t> dims, graph::TensorScale scale = {});
  void addOutput(llvm::StringRef name, llvm::StringRef fileName, uint32_t dtype,
                 llvm::ArrayRef<int64_t> dims, graph::TensorScale scale = {});
  /// Valid until the next addition.
  const systole_entry_info &get();

private:
  systole_tensor_info makeInfo(llvm::StringRef name, llvm::StringRef fileName,
                               uint32_t dtype, llvm::ArrayRef<int64_t> dims,
                               graph::TensorScale scale);

  /// Deques, because what they hold is pointed to.
  std::deque<std::string> strings;
  std::deque<std::vector<int64_t>> shapes;
  std::vector<systole_tensor_info> inputs, outputs;
  systole_entry_info info = {};
};

/// Executes one entry of a model.
class Engine {
public:
  virtual ~Engine();
  virtual const systole_entry_info &getEntry() = 0;
  /// See rt::ExecuteFn for who owns what.
  virtual rt::Status execute(const rt::Tensor *inputs, rt::Tensor *outputs) = 0;
  /// See rt::BeginFn; what has no state has nothing to do.
  virtual rt::Status begin(bool whole) { return rt::Status(); }
  /// True if a failed execution has been reported to the user already.
  virtual bool hasReported() const { return false; }
  /// Threads that an execution uses.
  virtual unsigned getNumThreads() const { return 1; }
};

/// The element type's number in the runtime; SYSTOLE_DTYPE_INVALID for those
/// that only the interpreter knows.
uint32_t runtimeType(mlir::Type elementType);

/// The runtime's view of a tensor's memory, and the other way round; neither
/// copies. `type` is the element type, which the runtime's number does not tell
/// apart in all cases.
rt::Tensor runtimeTensor(graph::Tensor &tensor);
graph::Tensor graphTensor(const rt::Tensor &tensor, mlir::Type type);

/// What a run is given on the command line.
struct RunFiles {
  /// --input and --carry as typed.
  llvm::ArrayRef<std::string> inputs, carries;
  bool each = false;
  int64_t warmup = 0, repeat = 1;
};

/// Binds the files and runs. A message and false if that fails.
bool runOnFiles(Engine &engine, const RunFiles &files, rt::RunResult &result);

/// What to run of a compiled module, and how.
struct ModuleOptions {
  /// An entry point's name; empty: the first.
  std::string entry;
  /// 0: the runtime chooses.
  unsigned threads = 0;
};

/// Loads a compiled module through the C interface. A message and null if that
/// fails.
std::unique_ptr<Engine> openModuleEngine(llvm::StringRef path,
                                         const ModuleOptions &options);

/// Sees each operation's results when the interpreter has computed them.
/// Failure, with a diagnostic, ends the run.
using Observer = std::function<mlir::LogicalResult(
    mlir::Operation *, llvm::ArrayRef<graph::Tensor>)>;

/// Operations of a function other than constants.
int64_t countOperations(mlir::func::FuncOp function);

/// Wraps the reference interpreter. `function` must outlive the engine. A
/// message and null if the function's types are not ones that files can hold.
std::unique_ptr<Engine> makeInterpreterEngine(mlir::func::FuncOp function,
                                              Observer observer);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_ENGINE_H
