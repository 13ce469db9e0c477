//===- Importer.h - TFLite into the graph dialect ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Imports a checked model in three steps: (1) choose the entry, its inputs and
// outputs, and find the operators that the outputs need; (2) create the entry
// function; (3) import the operators in the file's order. An operator that
// fails leaves null results ("poison"): operators that need them are only
// checked for support, so that one run lists everything that is unsupported.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_TFLITE_IMPORTER_H
#define SYSTOLE_FRONTEND_TFLITE_IMPORTER_H

#include "frontend/Common/NodeRecords.h"
#include "frontend/Tflite/Node.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"

namespace systole::tflite {

/// The tensors of a subgraph while it is imported.
struct Scope {
  const fb::SubGraph *graph = nullptr;
  /// Put before the names of nodes: "body/" in subgraphs.
  std::string prefix;
  /// Values by tensor; null: not computed yet, or poisoned.
  std::vector<mlir::Value> values;
  std::vector<bool> computed;
  /// Variables by the tensors that are their handles.
  llvm::DenseMap<int64_t, std::string> handles;
};

/// One input or output of the entry: a tensor and the name users know it by.
struct Port {
  int64_t tensor;
  std::string name;
};

class Importer {
public:
  Importer(mlir::MLIRContext &context, const frontend::SourceFile &source,
           const fb::Model &model, const frontend::ImportOptions &options,
           frontend::ImportResult &result)
      : records(result), context(context), source(source), model(model),
        options(options), result(result) {}

  /// Fills the result; adds problems on failure.
  void run();

  mlir::MLIRContext *getContext() { return &context; }
  /// The value of a tensor, a constant made at first use; null: poisoned.
  mlir::Value lookUp(int64_t tensor, Scope &scope);

  /// Imports subgraph `index` at the insertion point of the node's builder.
  /// Nothing if something in it failed (the problems are recorded).
  std::optional<llvm::SmallVector<mlir::Value>>
  importSubgraph(Node &node, int64_t index,
                 llvm::ArrayRef<mlir::Value> arguments, llvm::StringRef role);

  /// The variable `name`, declared at the first use; null with a message if
  /// other uses have another type.
  mlir::FlatSymbolRefAttr getVariable(Node &node, const std::string &name,
                                      mlir::RankedTensorType type);
  /// Imports a subgraph as a function that runs once, before all others.
  void importInitializer(Node &node, int64_t index);

  /// What was noted of the nodes.
  frontend::NodeRecords records;

private:
  //===--------------------------------------------------------------------===//
  // Model (Importer.cpp, Entry.cpp)
  //===--------------------------------------------------------------------===//

  void describeModel();
  /// The subgraph of the entry; null with a problem.
  const fb::SubGraph *chooseEntry();
  /// Inputs and outputs of the entry, under the names that users know.
  void findPorts(const fb::SubGraph &graph);
  /// The tensor of subgraph `graph` that `name` names; -1 with a problem.
  int64_t findTensor(const fb::SubGraph &graph, llvm::StringRef name,
                     llvm::StringRef option);
  void addArgument(const Port &port, Scope &scope);
  /// The sizes of an input after `--shape`; false with a problem.
  bool inputShape(const Port &port, const fb::Tensor &tensor,
                  llvm::SmallVector<int64_t> &dims);
  frontend::TensorSummary summarize(const Port &port, const fb::Tensor &tensor);
  mlir::DictionaryAttr portAttributes(const Port &port,
                                      const fb::Tensor &tensor);
  /// Whether each operator of the entry is needed by the outputs.
  std::vector<bool> neededOperators(const fb::SubGraph &graph);
  void finish(Scope &scope);

  //===--------------------------------------------------------------------===//
  // Operators (ImportNodes.cpp)
  //===--------------------------------------------------------------------===//

  void importOperators(Scope &scope, const std::vector<bool> *needed,
                       mlir::OpBuilder &builder);
  void importOperator(const fb::Operator &op, Scope &scope,
                      const std::string &name, mlir::OpBuilder &builder);
  /// The operator's row; records a problem and gives null if there is none.
  const Operator *checkSupport(const fb::Operator &op, const std::string &name);
  /// Checks the operators of subgraphs that are not imported.
  void checkSubgraphs(const fb::Operator &op, const std::string &name);
  void recordNode(const fb::Operator &op, const Scope &scope,
                  const std::string &name);
  std::string uniqueName(const fb::Operator &op, const Scope &scope);
  const fb::OperatorCode &codeTable(const fb::Operator &op) const {
    return *model.operator_codes()->Get(op.opcode_index());
  }
  mlir::Value makeConstant(const fb::Tensor &tensor, int64_t index);
  llvm::StringRef bytesOf(const fb::Tensor &tensor) const;
  frontend::Problem &addProblem(const llvm::Twine &message);

  mlir::MLIRContext &context;
  const frontend::SourceFile &source;
  const fb::Model &model;
  const frontend::ImportOptions &options;
  frontend::ImportResult &result;

  /// The signature of the entry, null where the file has none for it.
  const fb::Signature *signature = nullptr;
  std::vector<Port> inputs, outputs;
  mlir::func::FuncOp entry;
  /// Where constants go: the start of the entry, where every region sees them.
  mlir::Operation *lastConstant = nullptr;
  /// Constants that are there already.
  llvm::DenseMap<const fb::Tensor *, mlir::Value> constants;
  llvm::StringMap<mlir::RankedTensorType> variables;
  /// Subgraphs that are initialisers already.
  llvm::DenseSet<int64_t> initialized;
  int64_t numNodes = 0;
};

/// Reads the model in `source` for inspection and import.
void importTflite(mlir::MLIRContext &context,
                  const frontend::SourceFile &source,
                  const frontend::ImportOptions &options,
                  frontend::ImportResult &result);

} // namespace systole::tflite

#endif // SYSTOLE_FRONTEND_TFLITE_IMPORTER_H
