//===- Importer.h - ONNX into the graph dialect -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Imports a ModelProto in three steps: (1) find the nodes that the fetched
// tensors need, in an order in which each follows its producers; (2) create the
// entry function with the model's inputs; (3) import the nodes one by one. A
// node that fails leaves null results ("poison"): nodes that need them are only
// checked for support, so that one run lists everything that is unsupported.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_IMPORTER_H
#define SYSTOLE_FRONTEND_ONNX_IMPORTER_H

#include "frontend/Common/NodeRecords.h"
#include "frontend/Onnx/Node.h"
#include "frontend/Onnx/Tensors.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace systole::onnx {

/// Version of each domain's operator set; "" is the main domain.
using Opsets = llvm::StringMap<int64_t>;

/// A weight of the file: one of the two.
struct Weight {
  const TensorProto *dense = nullptr;
  const SparseTensorProto *sparse = nullptr;

  const std::string &name() const {
    return dense ? dense->name() : sparse->values().name();
  }
  const google::protobuf::RepeatedField<int64_t> &dims() const {
    return dense ? dense->dims() : sparse->dims();
  }
};

/// The tensors that are visible in a graph.
struct Scope {
  /// Scope of the enclosing graph; null for the model and for functions.
  Scope *parent = nullptr;
  const Opsets *opsets = nullptr;
  /// Put before the names of nodes: "call/" in functions.
  std::string prefix;
  /// Values by tensor name; null: poisoned.
  llvm::StringMap<mlir::Value> values;
  /// Weights that no node has used yet.
  llvm::StringMap<Weight> weights;

  /// True if `name` is visible here; gives its value, or the weight it stands
  /// for.
  bool find(llvm::StringRef name, mlir::Value &value, const Weight *&weight,
            Scope *&owner);
};

class Importer {
public:
  Importer(mlir::MLIRContext &context, const frontend::SourceFile &source,
           const ModelProto &model, const frontend::ImportOptions &options,
           frontend::ImportResult &result);

  /// Fills the result; adds problems on failure.
  void run();

  TensorReader &getTensors() { return tensors; }
  /// Counts a Constant node's elements as parameters, if it looks like weights:
  /// floats, more than one.
  void countParameters(const graph::Tensor &tensor);
  mlir::MLIRContext *getContext() { return &context; }

  //===--------------------------------------------------------------------===//
  // For operators with subgraphs
  //===--------------------------------------------------------------------===//

  /// Imports a subgraph of `node` at the insertion point of its builder, with
  /// `arguments` for the graph's inputs. Nothing if something in it failed (the
  /// problems are recorded).
  std::optional<llvm::SmallVector<mlir::Value>>
  importSubgraph(Node &node, const GraphProto &graph,
                 llvm::ArrayRef<mlir::Value> arguments);

  /// What was noted of the nodes.
  frontend::NodeRecords records;

private:
  //===--------------------------------------------------------------------===//
  // Model (Importer.cpp, ImportInputs.cpp)
  //===--------------------------------------------------------------------===//

  void readOpsets();
  void readFunctions();
  /// The weights of a graph into `scope`.
  void addWeights(const GraphProto &graph, Scope &scope);
  void addWeight(const Weight &weight, Scope &scope);
  /// Creates the module, the entry and its arguments.
  bool createEntry(Scope &scope);
  /// Fills the summary of a tensor from its declaration; false for other types.
  static bool describeTensor(mlir::MLIRContext *context,
                             const ValueInfoProto &info,
                             frontend::TensorSummary &summary);
  /// "1x?x128", -1 as "?".
  static std::string dimsText(llvm::ArrayRef<int64_t> dims);
  bool addArgument(const ValueInfoProto &info, Scope &scope);
  /// An input that is a sequence or an optional: its elements, as many as the
  /// options say, are the arguments.
  bool addListArgument(const ValueInfoProto &info, Scope &scope);
  /// The number of elements that the options give an input, or nothing.
  std::optional<int64_t> givenLength(llvm::StringRef name) const;
  /// The sequence of inputs `name`[0], `name`[1], ...
  mlir::Value addElements(llvm::StringRef name, const TypeProto &element,
                          int64_t length, Scope &scope);
  /// The constant that an input is known to be; null if it is not known, or its
  /// value is not of `type`.
  mlir::Value knownValue(const std::string &name, mlir::Type type);
  /// The type of an input after `--shape`; null with a problem.
  mlir::Type inputType(const ValueInfoProto &info,
                       frontend::TensorSummary &summary);
  void bindDimensions();
  void addResult(llvm::StringRef name, mlir::Value value);
  /// The same for each element of a sequence, or what an optional holds.
  void addResults(llvm::StringRef name, mlir::Value value);
  /// False if the file states another shape of an output than its nodes give:
  /// exporters do, and whoever runs such files believes the nodes. Another
  /// element type is a problem.
  bool agreesWithFile(llvm::StringRef name, mlir::Type type);
  void finish(llvm::ArrayRef<std::string> fetches, Scope &scope);
  const ValueInfoProto *findInfo(llvm::StringRef name) const;
  /// The declaration of a fed tensor, found by importing what computes it if
  /// the file has none; false if that fails too.
  bool describeFeed(llvm::StringRef name, ValueInfoProto &info);

  //===--------------------------------------------------------------------===//
  // Nodes (ImportNodes.cpp)
  //===--------------------------------------------------------------------===//

  /// Imports `nodes`, in order, into `scope`.
  void importNodes(llvm::ArrayRef<const NodeProto *> nodes, Scope &scope,
                   mlir::OpBuilder &builder);
  void importNode(const NodeProto &proto, Scope &scope,
                  mlir::OpBuilder &builder, const std::string &name);
  void importCall(const NodeProto &proto, const FunctionProto &function,
                  Scope &scope, llvm::ArrayRef<mlir::Value> inputs,
                  mlir::OpBuilder &builder, const std::string &name);
  /// The operator's row; records a problem and gives null if there is none.
  const Operator *checkSupport(const NodeProto &proto, Scope &scope,
                               const std::string &name, int64_t &opset);
  /// Checks nodes of subgraphs that cannot be imported since a value is poison.
  void checkSubgraphs(const NodeProto &proto, Scope &scope);
  const FunctionProto *findFunction(const NodeProto &proto) const;
  /// The value of tensor `name`, a constant made at first use; null: poisoned.
  mlir::Value lookUp(llvm::StringRef name, Scope &scope);
  mlir::Value makeWeight(const Weight &weight);
  /// A constant at the start of the entry, where every region sees it.
  mlir::Value makeEntryConstant(const graph::Tensor &tensor,
                                const std::string &name, llvm::StringRef op);
  void poison(const NodeProto &proto, Scope &scope);
  void recordNode(const NodeProto &proto, Scope &scope,
                  const std::string &name);
  std::string uniqueName(const NodeProto &proto, size_t index,
                         const Scope &scope);
  /// Whether all results of `names` were imported; adds nothing.
  frontend::Problem &addProblem(const llvm::Twine &message);

  mlir::MLIRContext &context;
  const frontend::SourceFile &source;
  const ModelProto &model;
  const frontend::ImportOptions &options;
  frontend::ImportResult &result;
  TensorReader tensors;
  Opsets opsets;
  llvm::StringMap<const FunctionProto *> functions;
  /// Operator sets of each function.
  std::map<const FunctionProto *, Opsets> functionOpsets;
  /// Functions being inlined, to find recursion.
  llvm::SmallVector<const FunctionProto *> calls;
  /// Sizes that `--shape` gives to named dimensions.
  llvm::StringMap<int64_t> boundDimensions;
  /// True if `--shape` changed a size that the file states.
  bool overridesShapes = false;
  int64_t numNodes = 0;

  mlir::func::FuncOp entry;
  /// Where constants of weights go: the start of the entry.
  mlir::Operation *lastWeight = nullptr;
  llvm::SmallVector<mlir::Value> results;
  llvm::SmallVector<mlir::DictionaryAttr> resultAttributes;
};

/// Reads the model in `source` for inspection and import.
void importOnnx(mlir::MLIRContext &context, const frontend::SourceFile &source,
                const frontend::ImportOptions &options,
                frontend::ImportResult &result);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_IMPORTER_H
