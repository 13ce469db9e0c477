//===- MlirImporter.cpp - Our own .mlir files -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads MLIR text whose operations are of the graph and func dialects.
//
//===----------------------------------------------------------------------===//

#include "dialects/Common/Plugins.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/Import.h"
#include "frontend/Common/MlirText.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace systole::frontend {

/// Text with a word of our dialects near its start.
static int recogniseMlir(const SourceFile &source) {
  llvm::StringRef head = source.bytes.take_front(1 << 16);
  if (head.contains('\0'))
    return 0;
  for (llvm::StringRef word :
       {"func.func", "\"func.func\"", "graph.", "builtin.module"})
    if (head.contains(word))
      return 60;
  llvm::StringRef text = head.ltrim();
  return text.starts_with("module") ? 50 : 0;
}

/// Adds a problem without a node.
static Problem &addProblem(ImportResult &result, const llvm::Twine &message) {
  result.problems.emplace_back();
  result.problems.back().message = message.str();
  return result.problems.back();
}

/// The summary's entry for an argument or result of type `type`.
static TensorSummary summarise(mlir::Type type, mlir::DictionaryAttr attributes,
                               const std::string &fallback) {
  TensorSummary summary;
  summary.name = fallback;
  if (attributes)
    if (auto name = attributes.getAs<mlir::StringAttr>(graph::kNameAttr))
      summary.name = name.str();
  auto tensor = mlir::dyn_cast<mlir::TensorType>(type);
  if (!tensor)
    return summary;
  summary.dtype = numpyTypeName(tensor.getElementType());
  summary.ranked = tensor.hasRank();
  if (!tensor.hasRank())
    return summary;
  for (int64_t dim : tensor.getShape())
    summary.dims.push_back(mlir::ShapedType::isDynamic(dim) ? -1 : dim);
  summary.dimNames.resize(summary.dims.size());
  auto names = attributes
                   ? attributes.getAs<mlir::ArrayAttr>(graph::kDimNamesAttr)
                   : mlir::ArrayAttr();
  for (size_t i = 0; names && i < names.size() && i < summary.dims.size(); ++i)
    if (auto name = mlir::dyn_cast<mlir::StringAttr>(names[i]))
      summary.dimNames[i] = name.str();
  return summary;
}

/// Gives arguments and results without a name one: arg0, result0, ...
static void nameTensors(mlir::func::FuncOp entry) {
  mlir::Builder builder(entry.getContext());
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    if (!entry.getArgAttrOfType<mlir::StringAttr>(i, graph::kNameAttr))
      entry.setArgAttr(i, graph::kNameAttr,
                       builder.getStringAttr("arg" + std::to_string(i)));
  for (unsigned i = 0; i < entry.getNumResults(); ++i)
    if (!mlir::isa_and_nonnull<mlir::StringAttr>(
            entry.getResultAttr(i, graph::kNameAttr)))
      entry.setResultAttr(i, graph::kNameAttr,
                          builder.getStringAttr("result" + std::to_string(i)));
}

/// The summary of an operation, which has the name of its first source node.
static NodeSummary summariseNode(mlir::Operation *op) {
  NodeSummary node;
  node.op = op->getName().stripDialect().str();
  llvm::SmallVector<graph::SourceNode> sources =
      graph::sourceNodes(op->getLoc());
  if (!sources.empty())
    node.name = sources.front().name.str();
  for (mlir::Type type : op->getResultTypes()) {
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    std::string text;
    for (int64_t dim : tensor ? tensor.getShape() : llvm::ArrayRef<int64_t>())
      text += (text.empty() ? "" : "x") +
              (mlir::ShapedType::isDynamic(dim) ? "?" : std::to_string(dim));
    node.outputShapes.push_back(text);
  }
  return node;
}

/// Fills the summary from the entry function.
static void summariseEntry(mlir::func::FuncOp entry, ModelSummary &summary) {
  mlir::FunctionType type = entry.getFunctionType();
  for (unsigned i = 0; i < type.getNumInputs(); ++i)
    summary.inputs.push_back(summarise(
        type.getInput(i), entry.getArgAttrDict(i), "arg" + std::to_string(i)));
  for (unsigned i = 0; i < type.getNumResults(); ++i)
    summary.outputs.push_back(summarise(type.getResult(i),
                                        entry.getResultAttrDict(i),
                                        "result" + std::to_string(i)));
  entry.walk([&](mlir::Operation *op) {
    // Of a group its contents count.
    bool isWork =
        op->getNumResults() != 0 || mlir::isa<graph::AssignVariableOp>(op);
    if (!isWork || mlir::isa<graph::GroupOp>(op) ||
        op->hasTrait<mlir::OpTrait::ConstantLike>())
      return;
    summary.nodes.push_back(summariseNode(op));
    ++summary.ops[summary.nodes.back().op];
  });
}

/// Marks the entry: the one that is marked already, "main", or the only one.
static mlir::func::FuncOp findEntry(mlir::ModuleOp module) {
  mlir::func::FuncOp entry;
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    if (function.isExternal() || function->hasAttr(graph::kInitializerAttr))
      continue;
    if (function->hasAttr(graph::kEntryAttr))
      return function;
    if (!entry || function.getName() == "main")
      entry = function;
  }
  return entry;
}

static void importMlir(mlir::MLIRContext &context, const SourceFile &source,
                       const ImportOptions &options, ImportResult &result) {
  if (!options.shapes.empty() || !options.inputs.empty() ||
      !options.outputs.empty() || !options.signature.empty()) {
    addProblem(result, "--shape, --inputs, --outputs and --signature do not "
                       "apply to MLIR text")
        .help.push_back(
            "change the types and the return of the entry function instead");
    return;
  }
  std::vector<llvm::StringRef> dialects = pluginDialectNames();
  dialects.insert(dialects.begin(), {"graph", "func"});
  result.module = parseMlirText(context, source, dialects, result.problems);
  if (!result.module)
    return;
  mlir::func::FuncOp entry = findEntry(*result.module);
  if (!entry) {
    addProblem(result, "the module has no function with a body");
    return;
  }
  entry->setAttr(graph::kEntryAttr, mlir::UnitAttr::get(&context));
  nameTensors(entry);
  if (auto producer =
          result.module->getOperation()->getAttrOfType<mlir::StringAttr>(
              graph::kProducerAttr))
    result.summary.producer = producer.str();
  summariseEntry(entry, result.summary);
}

static RegisterFormat registration({"mlir", recogniseMlir, importMlir});

} // namespace systole::frontend
