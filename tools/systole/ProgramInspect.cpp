//===- ProgramInspect.cpp - systole inspect PROGRAM -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is in an image, without a machine: counts, tensors, source nodes. The
// JSON has the keys of a model's, and those of a program beside them.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Problems.h"
#include "frontend/Common/ProgramFile.h"
#include "hw-sim/isa/Formats.h"
#include "tools/systole/Model.h"
#include "tools/systole/Program.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include <map>

using namespace llvm;
using namespace systole::isa;
using systole::frontend::printable;

namespace {

/// The instructions of one source node.
struct NodeCount {
  std::string name, op;
  uint64_t instructions = 0;
};

/// What is counted in a program.
struct Counts {
  /// Of each instruction that occurs, in the order of the table; words that are
  /// none last, as ".word".
  std::vector<std::pair<std::string, uint64_t>> formats;
  std::vector<NodeCount> nodes;
  uint64_t constantBytes = 0;
};

} // namespace

static Counts count(const Image &image) {
  Counts counts;
  std::vector<uint64_t> words(kFormatCount + 1);
  Instruction instruction;
  for (const Word &word : image.program)
    ++words[decode(word, instruction)
                ? kFormatCount
                : static_cast<unsigned>(instruction.format)];
  for (unsigned i = 0; i <= kFormatCount; ++i)
    if (words[i])
      counts.formats.emplace_back(
          i < kFormatCount ? infoOf(static_cast<Format>(i)).mnemonic : ".word",
          words[i]);
  std::map<std::pair<std::string, std::string>, size_t> indices;
  for (size_t i = 0; i < image.nodes.size(); ++i) {
    const SourceNode &node = image.nodes[i];
    uint64_t end = i + 1 < image.nodes.size() ? image.nodes[i + 1].first
                                              : image.program.size();
    if (node.name.empty())
      continue;
    // A node may come again after others.
    auto [known, isNew] =
        indices.try_emplace({node.name, node.op}, counts.nodes.size());
    if (isNew)
      counts.nodes.push_back({node.name, node.op, 0});
    counts.nodes[known->second].instructions += end - node.first;
  }
  for (const Segment &segment : image.constants)
    counts.constantBytes += segment.bytes.size();
  return counts;
}

/// Names of the bits of Image::capabilities().
static SmallVector<StringRef> capabilityNames(uint32_t capabilities) {
  static constexpr std::pair<uint32_t, StringLiteral> kNames[] = {
      {kNeedsDepthwise, "depthwise"},
      {kNeedsWindows, "windows"},
      {kNeedsTiles, "tiles"},
      {kNeedsFloatRounding, "float rounding"}};
  SmallVector<StringRef> names;
  for (const auto &[bit, name] : kNames)
    if (capabilities & bit)
      names.push_back(name);
  return names;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static void printTensors(const Image &image, Tensor::Role role, StringRef title,
                         raw_ostream &os) {
  os << title << "\n";
  for (const Tensor &tensor : image.tensors) {
    if (tensor.role != role)
      continue;
    os << "  " << printable(tensor.name) << ": "
       << kElementInfo[static_cast<unsigned>(tensor.element)].name << " [";
    interleave(tensor.shape, os, ",");
    os << "] at " << tensor.address << "\n";
  }
}

static void printText(const Image &image, StringRef format, raw_ostream &os) {
  Counts counts = count(image);
  os << "Program " << systole::driver::messageSubject() << " (" << format;
  if (!image.machine.empty())
    os << ", made for " << printable(image.machine);
  os << ")\n";
  for (const auto &[name, number] : counts.formats)
    os << left_justify(name, 20) << format_decimal(number, 10) << "\n";
  os << "Instructions: " << image.program.size() << " at "
     << image.programAddress << "   constants: " << counts.constantBytes
     << " bytes in " << image.constants.size()
     << " places   relocations: " << image.relocations.size() << "\n";
  SmallVector<StringRef> names = capabilityNames(image.capabilities());
  if (!names.empty())
    os << "Uses: " << join(names, ", ") << "\n";
  if (!image.requirements.empty()) {
    SmallVector<StringRef> lines;
    StringRef(image.requirements).trim().split(lines, '\n');
    os << "Needs: " << join(map_range(lines, printable), ", ") << "\n";
  }
  if (!counts.nodes.empty())
    os << "Nodes\n";
  for (const NodeCount &node : counts.nodes) {
    os << "  " << printable(node.name);
    if (!node.op.empty())
      os << " (" << printable(node.op) << ")";
    os << ": " << node.instructions << " instructions\n";
  }
  printTensors(image, Tensor::Role::Input, "Inputs", os);
  printTensors(image, Tensor::Role::Output, "Outputs", os);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static json::Value tensorsJson(const Image &image, Tensor::Role role) {
  json::Array result;
  for (const Tensor &tensor : image.tensors)
    if (tensor.role == role)
      result.push_back(json::Object{
          {"name", json::fixUTF8(tensor.name)},
          {"shape", json::Array(map_range(tensor.shape,
                                          [](uint64_t size) {
                                            return static_cast<int64_t>(size);
                                          }))},
          {"dtype", kElementInfo[static_cast<unsigned>(tensor.element)].name},
          {"address", static_cast<int64_t>(tensor.address)}});
  return result;
}

static void printJson(const Image &image, StringRef format, raw_ostream &os) {
  Counts counts = count(image);
  json::Object ops;
  for (const auto &[name, number] : counts.formats)
    ops[name] = static_cast<int64_t>(number);
  json::Array layers, requirements, capabilities;
  for (const NodeCount &node : counts.nodes)
    layers.push_back(json::Object{
        {"name", json::fixUTF8(node.name)},
        {"op", json::fixUTF8(node.op)},
        {"instructions", static_cast<int64_t>(node.instructions)}});
  SmallVector<StringRef> lines;
  StringRef(image.requirements).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    requirements.push_back(json::fixUTF8(line));
  for (StringRef name : capabilityNames(image.capabilities()))
    capabilities.push_back(name);
  json::Object object{
      {"format", format},
      {"producer", ""},
      {"inputs", tensorsJson(image, Tensor::Role::Input)},
      {"outputs", tensorsJson(image, Tensor::Role::Output)},
      {"signatures", json::Array()},
      {"nodes", static_cast<int64_t>(counts.nodes.size())},
      {"parameters", nullptr},
      {"macs", nullptr},
      {"ops", std::move(ops)},
      {"unsupported", json::Array()},
      {"machine", json::fixUTF8(image.machine)},
      {"requirements", std::move(requirements)},
      {"capabilities", std::move(capabilities)},
      {"instructions", static_cast<int64_t>(image.program.size())},
      {"program_address", static_cast<int64_t>(image.programAddress)},
      {"constant_bytes", static_cast<int64_t>(counts.constantBytes)},
      {"layers", std::move(layers)}};
  os << formatv("{0:2}", json::Value(std::move(object))) << "\n";
}

systole::driver::ExitStatus
systole::driver::inspectProgram(const Arguments &arguments,
                                const frontend::SourceFile &source) {
  std::optional<Image> image = readProgram(source);
  if (!image)
    return kFailure;
  auto bytes = reinterpret_cast<const uint8_t *>(source.bytes.data());
  StringRef format = isImage(bytes, source.bytes.size()) ? "image" : "mlir";
  (arguments.has("--json") ? printJson : printText)(*image, format, outs());
  return kSuccess;
}
