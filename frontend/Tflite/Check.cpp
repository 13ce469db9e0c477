//===- Check.cpp - Whether a TFLite file can be read ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two checks. The flatbuffer's own says that every reference stays inside the
// file; ours, that every index is one of something. After both, the importer
// indexes without looking.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Tensors.h"
#include <cmath>
#include <limits>

using systole::frontend::printable;
using systole::frontend::Problem;

namespace systole::tflite {

/// Tables of a file nest no deeper than this, and there are no more of them.
static constexpr unsigned kMaxDepth = 64;
static constexpr unsigned kMaxTables = 10000000;
/// More wrong things of one kind than this are only counted.
static constexpr size_t kMaxShown = 8;

fb::BuiltinOperator codeOf(const fb::OperatorCode &code) {
  // Files from before 2020 know the first field alone, in a byte.
  return std::max(code.code(),
                  static_cast<fb::BuiltinOperator>(code.deprecated_code()));
}

std::string operatorName(const fb::OperatorCode &code) {
  fb::BuiltinOperator builtin = codeOf(code);
  if (builtin == fb::BuiltinOperator_CUSTOM)
    return text(code.custom_code()).str();
  std::string name = fb::EnumNameBuiltinOperator(builtin);
  return name.empty() ? "#" + std::to_string(builtin) : name;
}

bool bufferBytes(const fb::Buffer &buffer, llvm::StringRef file,
                 llvm::StringRef &bytes) {
  bytes = {};
  // An offset of 1 stands for "none" in some writers.
  if (buffer.offset() > 1) {
    if (buffer.offset() > file.size() ||
        buffer.size() > file.size() - buffer.offset())
      return false;
    bytes = file.substr(buffer.offset(), buffer.size());
  } else if (buffer.data()) {
    bytes = {reinterpret_cast<const char *>(buffer.data()->data()),
             buffer.data()->size()};
  }
  return true;
}

std::vector<int64_t> calledSubgraphs(const fb::Operator &op) {
  if (const auto *branches = op.options_as<fb::IfOptions>())
    return {branches->then_subgraph_index(), branches->else_subgraph_index()};
  if (const auto *loop = op.options_as<fb::WhileOptions>())
    return {loop->cond_subgraph_index(), loop->body_subgraph_index()};
  if (const auto *once = op.options_as<fb::CallOnceOptions>())
    return {once->init_subgraph_index()};
  return {};
}

const fb::Model *openModel(llvm::StringRef bytes,
                           std::vector<Problem> &problems) {
  // The verifier wants aligned data; a mapped file is, other memory may be not.
  flatbuffers::Verifier verifier(
      reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size(), kMaxDepth,
      kMaxTables, /*check_alignment=*/false);
  if (fb::VerifyModelBuffer(verifier))
    return fb::GetModel(bytes.data());
  Problem problem;
  problem.message = "the file is not a valid TFLite model: its tables refer to "
                    "places outside the file";
  problem.help.push_back(
      "the file is damaged or cut off: copy or download it again");
  problems.push_back(std::move(problem));
  return nullptr;
}

namespace {
/// Collects what is wrong, at most kMaxShown of a kind in full.
class Checker {
public:
  Checker(const fb::Model &model, llvm::StringRef file,
          std::vector<Problem> &problems)
      : model(model), file(file), problems(problems) {}

  void run();

private:
  void add(const llvm::Twine &message) {
    Problem problem;
    problem.message = message.str();
    problems.push_back(std::move(problem));
  }
  void checkTensor(const fb::Tensor &tensor, const std::string &where);
  void checkScales(const fb::Quantization &q, const std::string &where);
  void checkOperator(const fb::Operator &op, const std::string &where,
                     int64_t numTensors);
  void checkIndices(const flatbuffers::Vector<int32_t> *indices,
                    const std::string &where, llvm::StringRef what,
                    int64_t numTensors, bool optional);
  void checkSubgraph(const fb::SubGraph &graph, const std::string &where);
  void checkSignatures();
  void checkCalls();
  /// False if subgraph `index` reaches one of those being visited.
  bool visit(int64_t index, std::vector<int> &state);

  const fb::Model &model;
  llvm::StringRef file;
  std::vector<Problem> &problems;
};
} // namespace

void Checker::checkScales(const fb::Quantization &q, const std::string &where) {
  auto scales = list(q.scale());
  auto zeroPoints = list(q.zero_point());
  for (float scale : scales)
    if (!(scale > 0) || std::isinf(scale))
      return add(where + " has the scale " + std::to_string(scale) +
                 "; scales are positive");
  for (int64_t zeroPoint : zeroPoints)
    if (zeroPoint < std::numeric_limits<int32_t>::min() ||
        zeroPoint > std::numeric_limits<int32_t>::max())
      return add(where + " has a zero point beyond 32 bits");
  if (zeroPoints.size() > 1 && zeroPoints.size() != scales.size())
    add(where + " has " + llvm::Twine(scales.size()) + " scales but " +
        llvm::Twine(zeroPoints.size()) + " zero points");
}

void Checker::checkTensor(const fb::Tensor &tensor, const std::string &where) {
  int64_t numBuffers = model.buffers() ? model.buffers()->size() : 0;
  if (tensor.buffer() != 0 && tensor.buffer() >= numBuffers)
    add(where + " is in buffer " + llvm::Twine(tensor.buffer()) + " of " +
        llvm::Twine(numBuffers));
  for (int32_t size : list(tensor.shape()))
    if (size < 0)
      return add(where + " has a dimension of " + llvm::Twine(size));
  if (tensor.shape_signature() && tensor.shape_signature()->size() > 0 &&
      list(tensor.shape_signature()).size() != list(tensor.shape()).size())
    add(where + " states its rank twice, differently");
  const fb::Quantization *q = tensor.quantization();
  if (!q)
    return;
  checkScales(*q, where);
  // One scale is for the whole tensor, whatever the dimension says.
  auto scales = list(q->scale());
  auto shape = list(tensor.shape());
  if (scales.size() <= 1)
    return;
  int64_t axis = quantizationOf(tensor).axis;
  if (axis < 0 || axis >= static_cast<int64_t>(shape.size()))
    add(where + " is quantised along dimension " + llvm::Twine(axis) +
        " of its " + llvm::Twine(shape.size()));
  else if (shape[axis] != static_cast<int64_t>(scales.size()))
    add(where + " has " + llvm::Twine(scales.size()) + " scales for the " +
        llvm::Twine(shape[axis]) + " indices of dimension " +
        llvm::Twine(axis));
}

void Checker::checkIndices(const flatbuffers::Vector<int32_t> *indices,
                           const std::string &where, llvm::StringRef what,
                           int64_t numTensors, bool optional) {
  for (int32_t index : list(indices))
    if (index >= numTensors || (index < 0 && !(optional && index == -1)))
      add(where + " has " + what + " tensor " + llvm::Twine(index) + " of " +
          llvm::Twine(numTensors));
}

void Checker::checkOperator(const fb::Operator &op, const std::string &where,
                            int64_t numTensors) {
  int64_t numCodes =
      model.operator_codes() ? model.operator_codes()->size() : 0;
  if (op.opcode_index() >= numCodes)
    add(where + " is of operator kind " + llvm::Twine(op.opcode_index()) +
        " of " + llvm::Twine(numCodes));
  checkIndices(op.inputs(), where, "input", numTensors, /*optional=*/true);
  checkIndices(op.outputs(), where, "output", numTensors, /*optional=*/false);
  checkIndices(op.intermediates(), where, "intermediate", numTensors,
               /*optional=*/true);
  int64_t numGraphs = model.subgraphs()->size();
  for (int64_t index : calledSubgraphs(op))
    if (index < 0 || index >= numGraphs)
      add(where + " calls subgraph " + llvm::Twine(index) + " of " +
          llvm::Twine(numGraphs));
}

void Checker::checkSubgraph(const fb::SubGraph &graph,
                            const std::string &where) {
  int64_t numTensors = graph.tensors() ? graph.tensors()->size() : 0;
  for (auto [i, tensor] : llvm::enumerate(tables(graph.tensors()))) {
    std::string name = printable(text(tensor->name()));
    checkTensor(*tensor, name.empty() ? where + "tensor " + std::to_string(i)
                                      : where + "tensor '" + name + "'");
  }
  checkIndices(graph.inputs(), where + "the graph", "input", numTensors, true);
  checkIndices(graph.outputs(), where + "the graph", "output", numTensors,
               false);
  for (auto [i, op] : llvm::enumerate(tables(graph.operators())))
    checkOperator(*op, where + "operator " + std::to_string(i), numTensors);
}

void Checker::checkSignatures() {
  for (const fb::Signature *signature : tables(model.signatures())) {
    std::string where = "signature '" + printable(text(signature->key())) + "'";
    if (signature->subgraph_index() >= model.subgraphs()->size()) {
      add(where + " is of subgraph " +
          llvm::Twine(signature->subgraph_index()) + " of " +
          llvm::Twine(model.subgraphs()->size()));
      continue;
    }
    const fb::SubGraph *graph =
        model.subgraphs()->Get(signature->subgraph_index());
    int64_t numTensors = graph->tensors() ? graph->tensors()->size() : 0;
    for (const auto *maps : {signature->inputs(), signature->outputs()})
      for (const fb::TensorMap *map : tables(maps))
        if (map->tensor_index() >= numTensors)
          add(where + " names tensor " + llvm::Twine(map->tensor_index()) +
              " of " + llvm::Twine(numTensors));
  }
}

bool Checker::visit(int64_t index, std::vector<int> &state) {
  if (state[index] != 0)
    return state[index] == 2;
  state[index] = 1;
  const fb::SubGraph *graph = model.subgraphs()->Get(index);
  for (const fb::Operator *op : tables(graph->operators()))
    for (int64_t called : calledSubgraphs(*op))
      if (!visit(called, state))
        return false;
  state[index] = 2;
  return true;
}

void Checker::checkCalls() {
  std::vector<int> state(model.subgraphs()->size(), 0);
  for (size_t i = 0; i < state.size(); ++i)
    if (!visit(i, state))
      return add("subgraph " + llvm::Twine(i) +
                 " calls itself, directly or through others");
}

void Checker::run() {
  if (model.version() != 3)
    add("the file has version " + llvm::Twine(model.version()) +
        " of the format; version 3 is read");
  if (!model.subgraphs() || model.subgraphs()->size() == 0)
    return add("the file has no graph");
  for (auto [i, buffer] : llvm::enumerate(tables(model.buffers()))) {
    llvm::StringRef bytes;
    if (!bufferBytes(*buffer, file, bytes))
      add("buffer " + llvm::Twine(i) + " lies outside the file: it is cut off");
  }
  for (const fb::Metadata *entry : tables(model.metadata()))
    if (!model.buffers() || entry->buffer() >= model.buffers()->size())
      add("metadata '" + printable(text(entry->name())) + "' is in buffer " +
          llvm::Twine(entry->buffer()) + ", which the file has not");
  for (auto [i, graph] : llvm::enumerate(tables(model.subgraphs())))
    checkSubgraph(*graph, model.subgraphs()->size() > 1
                              ? "subgraph " + std::to_string(i) + ": "
                              : "");
  checkSignatures();
  // Only where the indices of calls are sound.
  if (problems.empty())
    checkCalls();
}

void checkModel(const fb::Model &model, llvm::StringRef bytes,
                std::vector<Problem> &problems) {
  Checker(model, bytes, problems).run();
  if (problems.size() <= kMaxShown)
    return;
  size_t more = problems.size() - kMaxShown;
  problems.resize(kMaxShown);
  problems.back().notes.push_back("and " + std::to_string(more) +
                                  " more things like these");
}

} // namespace systole::tflite
