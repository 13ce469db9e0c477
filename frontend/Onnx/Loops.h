//===- Loops.h - Importing subgraphs and loops ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What If, Loop and Scan share.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_LOOPS_H
#define SYSTOLE_FRONTEND_ONNX_LOOPS_H

#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/Node.h"
#include <functional>

namespace systole::onnx {

/// The graph of an attribute; a message if there is none.
const GraphProto *subgraph(Node &n, llvm::StringRef name);

/// What a loop's step gives: whether to go on, the next values, and one slice
/// of each scan output. Nothing if something in it failed.
using StepResults = std::optional<llvm::SmallVector<mlir::Value>>;

/// A Loop or Scan as a graph.while that carries (iteration, condition,
/// values..., the scan outputs so far).
struct LoopImport {
  Node &n;
  /// Imports one step, given the block whose arguments are what is carried.
  std::function<StepResults(mlir::Block &)> step;
  /// Trip limit tensor<i64>, or null for none.
  mlir::Value limit;
  /// Number of carried values and scan outputs.
  size_t numValues, numScans;
  /// First values of all that is carried, and the types.
  llvm::SmallVector<mlir::Value> inits;
  llvm::SmallVector<mlir::Type> types;
  /// The last values and all of each scan output.
  llvm::SmallVector<mlir::Value> results;

  /// Builds the loop; false with messages.
  bool run();

private:
  bool prepareScans();
  /// Imports the body with `types`; then whether they held. Widens them if not.
  enum class Outcome { Failed, Widened, Done };
  Outcome attempt();
  Outcome buildBody(mlir::Block &block, bool &widened);
  void buildCondition(mlir::Block &block);
};

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_LOOPS_H
