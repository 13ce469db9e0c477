//===- ImportNodes.cpp - ONNX into the graph dialect: the nodes -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Imports nodes in order: looks operands up, dispatches to the operator tables,
// inlines model-local functions, and keeps count of what fails.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/Lists.h"
#include "frontend/Onnx/GraphOrder.h"
#include "frontend/Onnx/Importer.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;

namespace systole::onnx {

/// Calls nested deeper than this are refused, as are models that expand to more
/// nodes than kMaxNodes.
static constexpr size_t kMaxCallDepth = 32;
static constexpr int64_t kMaxNodes = 1000000;

bool Scope::find(llvm::StringRef name, Value &value, const Weight *&weight,
                 Scope *&owner) {
  for (owner = this; owner; owner = owner->parent) {
    auto found = owner->values.find(name);
    if (found != owner->values.end()) {
      value = found->second;
      weight = nullptr;
      return true;
    }
    auto constant = owner->weights.find(name);
    if (constant != owner->weights.end()) {
      weight = &constant->second;
      return true;
    }
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value Importer::makeWeight(const Weight &weight) {
  std::string reason;
  std::optional<graph::Tensor> tensor =
      weight.dense ? tensors.read(*weight.dense, reason)
                   : tensors.read(*weight.sparse, reason);
  if (!tensor) {
    addProblem("weight '" + printable(weight.name()) + "': " + reason);
    return {};
  }
  return makeEntryConstant(*tensor, weight.name(), "Initializer");
}

Value Importer::makeEntryConstant(const graph::Tensor &tensor,
                                  const std::string &name, llvm::StringRef op) {
  OpBuilder builder(&context);
  if (lastWeight)
    builder.setInsertionPointAfter(lastWeight);
  else
    builder.setInsertionPointToStart(&entry.getBody().front());
  Location location = graph::nodeLocation(&context, name, op);
  Value value = graph::makeConstant(builder, location, tensor, name);
  lastWeight = value.getDefiningOp();
  return value;
}

Value Importer::lookUp(llvm::StringRef name, Scope &scope) {
  Value value;
  const Weight *weight = nullptr;
  Scope *owner = nullptr;
  if (!scope.find(name, value, weight, owner))
    return {};
  if (weight) {
    value = makeWeight(*weight);
    owner->values[name] = value;
  }
  return value;
}

void Importer::poison(const NodeProto &proto, Scope &scope) {
  for (const std::string &output : proto.output())
    if (!output.empty())
      scope.values[output] = Value();
}

//===----------------------------------------------------------------------===//
// Records
//===----------------------------------------------------------------------===//

std::string Importer::uniqueName(const NodeProto &proto, size_t index,
                                 const Scope &scope) {
  return records.uniqueName(scope.prefix +
                            (proto.name().empty()
                                 ? proto.op_type() + "_" + std::to_string(index)
                                 : proto.name()));
}

void Importer::recordNode(const NodeProto &proto, Scope &scope,
                          const std::string &name) {
  SmallVector<Value> outputs;
  for (const std::string &output : proto.output())
    outputs.push_back(scope.values.lookup(output));
  records.addNode(name, proto.op_type(), outputs);
}

//===----------------------------------------------------------------------===//
// Support
//===----------------------------------------------------------------------===//

const FunctionProto *Importer::findFunction(const NodeProto &proto) const {
  llvm::StringRef domain = proto.domain();
  if (domain == "ai.onnx")
    domain = "";
  auto found = functions.find(
      (domain + ":" + proto.op_type() + ":" + proto.overload()).str());
  return found == functions.end() ? nullptr : found->second;
}

const Operator *Importer::checkSupport(const NodeProto &proto, Scope &scope,
                                       const std::string &name,
                                       int64_t &opset) {
  llvm::StringRef domain = proto.domain();
  if (domain == "ai.onnx")
    domain = "";
  Problem problem{name, proto.op_type(), {}, {}, {}};
  auto set = scope.opsets->find(domain);
  opset = set == scope.opsets->end() ? 0 : set->second;
  OperatorLookup found = findOperator(domain, proto.op_type(), opset);
  if (found.row && opset > 0)
    return found.row;
  if (opset == 0)
    problem.message =
        domain.empty() ? "the model imports no opset of the standard operators"
                       : "the operator is of domain '" + printable(domain) +
                             "', of which the model imports no opset";
  else if (!found.isKnownDomain)
    problem.message =
        "operators of domain '" + printable(domain) + "' are not supported";
  else if (found.isKnownName && domain.empty() && opset > kNewestOpset)
    problem.message = "opset " + std::to_string(opset) + " is newer than " +
                      std::to_string(kNewestOpset) +
                      ", the newest that is supported";
  else if (found.isKnownName)
    problem.message =
        "the operator is not supported in opset " + std::to_string(opset);
  else
    problem.message = "the operator is not supported";
  if (!domain.empty() || opset <= kNewestOpset)
    problem.help.push_back(
        "to leave it out, fetch a tensor before it (--outputs) or feed "
        "one after it (--inputs)");
  records.addUnsupported(std::move(problem));
  return nullptr;
}

void Importer::checkSubgraphs(const NodeProto &proto, Scope &scope) {
  size_t index = 0;
  for (const AttributeProto &attribute : proto.attribute()) {
    for (const NodeProto &inner : attribute.g().node()) {
      std::string name = uniqueName(inner, index++, scope);
      int64_t opset;
      if (!findFunction(inner))
        checkSupport(inner, scope, name, opset);
      recordNode(inner, scope, name);
      checkSubgraphs(inner, scope);
    }
  }
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Replaces references to a function's attributes by the call's, in `node` and
/// its subgraphs.
static void substituteAttributes(NodeProto &node, const NodeProto &call,
                                 const FunctionProto &function) {
  for (int i = node.attribute_size() - 1; i >= 0; --i) {
    AttributeProto &attribute = *node.mutable_attribute(i);
    if (attribute.has_g())
      for (NodeProto &inner : *attribute.mutable_g()->mutable_node())
        substituteAttributes(inner, call, function);
    if (attribute.ref_attr_name().empty())
      continue;
    const AttributeProto *value = nullptr;
    for (const AttributeProto &standard : function.attribute_proto())
      if (standard.name() == attribute.ref_attr_name())
        value = &standard;
    for (const AttributeProto &given : call.attribute())
      if (given.name() == attribute.ref_attr_name())
        value = &given;
    if (!value) {
      // Absent in the call: absent here.
      node.mutable_attribute()->DeleteSubrange(i, 1);
      continue;
    }
    std::string name = attribute.name();
    attribute = *value;
    attribute.set_name(name);
  }
}

void Importer::importCall(const NodeProto &proto, const FunctionProto &function,
                          Scope &scope, llvm::ArrayRef<Value> inputs,
                          OpBuilder &builder, const std::string &name) {
  auto fail = [&](const llvm::Twine &message) {
    result.problems.push_back({name, proto.op_type(), message.str(), {}, {}});
    poison(proto, scope);
  };
  if (llvm::is_contained(calls, &function))
    return fail("the function calls itself");
  for (int i = function.output_size(); i < proto.output_size(); ++i)
    if (!proto.output(i).empty())
      return fail("the function has " + llvm::Twine(function.output_size()) +
                  " outputs, but the node has " +
                  llvm::Twine(proto.output_size()));
  if (calls.size() >= kMaxCallDepth)
    return fail("functions call each other more than " +
                llvm::Twine(kMaxCallDepth) + " deep");
  Scope inner;
  inner.opsets = &functionOpsets[&function];
  inner.prefix = name + "/";
  llvm::StringSet<> absent;
  for (int i = 0; i < function.input_size(); ++i) {
    bool given = i < static_cast<int>(inputs.size()) && inputs[i];
    if (given)
      inner.values[function.input(i)] = inputs[i];
    else
      absent.insert(function.input(i));
  }
  // Absent optional inputs are absent in the body too.
  NodeList body(function.node());
  for (NodeProto &node : body) {
    substituteAttributes(node, proto, function);
    for (std::string &input : *node.mutable_input())
      if (absent.contains(input))
        input.clear();
  }
  std::vector<std::string> wanted;
  for (int i = 0; i < function.output_size() && i < proto.output_size(); ++i)
    if (!proto.output(i).empty())
      wanted.push_back(function.output(i));
  size_t before = result.problems.size();
  auto isGiven = [&](llvm::StringRef tensor) {
    return inner.values.contains(tensor);
  };
  auto nodes = orderNodes(body, wanted, isGiven, result.problems);
  calls.push_back(&function);
  if (result.problems.size() == before)
    importNodes(nodes, inner, builder);
  calls.pop_back();
  for (int i = 0; i < proto.output_size(); ++i)
    if (!proto.output(i).empty())
      scope.values[proto.output(i)] = i < function.output_size()
                                          ? lookUp(function.output(i), inner)
                                          : Value();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Fails where an operator that takes tensors is given something else.
static bool checkKinds(const Operator &row, llvm::ArrayRef<Value> inputs,
                       Node &node) {
  for (auto [i, value] : llvm::enumerate(inputs))
    if (value && !row.takesLists && frontend::isList(value.getType())) {
      node.error("input " + llvm::Twine(i) + " is " +
                 frontend::describeKind(value.getType()) +
                 "; the operator takes tensors");
      return false;
    }
  return true;
}

void Importer::importNode(const NodeProto &proto, Scope &scope,
                          OpBuilder &builder, const std::string &name) {
  SmallVector<Value> inputs;
  bool poisoned = false;
  for (const std::string &input : proto.input()) {
    inputs.push_back(input.empty() ? Value() : lookUp(input, scope));
    poisoned |= !input.empty() && !inputs.back();
  }
  const FunctionProto *function = findFunction(proto);
  if (function && !poisoned) {
    importCall(proto, *function, scope, inputs, builder, name);
    return;
  }
  int64_t opset = 0;
  const Operator *row =
      function ? nullptr : checkSupport(proto, scope, name, opset);
  if (poisoned)
    checkSubgraphs(proto, scope);
  if (poisoned || !row) {
    poison(proto, scope);
    return;
  }
  Node node(*this, scope, proto, opset, inputs, builder,
            graph::nodeLocation(&context, name, proto.op_type()));
  size_t problemsBefore = result.problems.size();
  if (checkKinds(*row, inputs, node))
    row->import(node);
  if (!node.failed() && !node.isPoisoned() && node.numInputs() > node.numUsed())
    node.error("it has " + llvm::Twine(node.numInputs()) +
               " inputs; the operator takes " + llvm::Twine(node.numUsed()) +
               " at most");
  bool complete = !node.failed();
  for (unsigned i = 0; i < node.numOutputs(); ++i) {
    complete &= !node.wants(i) || node.getResult(i);
    if (node.wants(i))
      scope.values[proto.output(i)] =
          node.failed() ? Value() : node.getResult(i);
  }
  // A failure inside a subgraph is recorded there.
  bool recorded = node.isPoisoned() || result.problems.size() != problemsBefore;
  if (!complete && (node.failed() || !recorded))
    records.addFailure(name, proto.op_type(), node);
}

void Importer::importNodes(llvm::ArrayRef<const NodeProto *> nodes,
                           Scope &scope, OpBuilder &builder) {
  size_t index = 0;
  for (const NodeProto *proto : nodes) {
    std::string name = uniqueName(*proto, index++, scope);
    if (++numNodes > kMaxNodes) {
      if (numNodes == kMaxNodes + 1)
        addProblem("the model expands to more than " + llvm::Twine(kMaxNodes) +
                   " nodes");
      poison(*proto, scope);
      continue;
    }
    importNode(*proto, scope, builder, name);
    recordNode(*proto, scope, name);
  }
}

std::optional<SmallVector<Value>>
Importer::importSubgraph(Node &node, const GraphProto &graph,
                         llvm::ArrayRef<Value> arguments) {
  Scope scope;
  scope.parent = &node.scope;
  scope.opsets = node.scope.opsets;
  scope.prefix = node.scope.prefix;
  addWeights(graph, scope);
  if (static_cast<size_t>(graph.input_size()) != arguments.size()) {
    node.error("its subgraph has " + llvm::Twine(graph.input_size()) +
               " inputs instead of " + llvm::Twine(arguments.size()));
    return std::nullopt;
  }
  for (auto [input, value] : llvm::zip(graph.input(), arguments))
    scope.values[input.name()] = value;
  std::vector<std::string> wanted;
  for (const ValueInfoProto &output : graph.output())
    wanted.push_back(output.name());
  size_t before = result.problems.size();
  auto isGiven = [&](llvm::StringRef name) {
    Value value;
    const Weight *weight;
    Scope *owner;
    return scope.find(name, value, weight, owner);
  };
  auto nodes = orderNodes(graph.node(), wanted, isGiven, result.problems);
  if (result.problems.size() != before)
    return std::nullopt;
  importNodes(nodes, scope, node.getBuilder());
  SmallVector<Value> results;
  for (const std::string &name : wanted)
    results.push_back(lookUp(name, scope));
  if (result.problems.size() != before ||
      llvm::is_contained(results, Value())) {
    node.setPoisoned();
    return std::nullopt;
  }
  return results;
}

} // namespace systole::onnx
