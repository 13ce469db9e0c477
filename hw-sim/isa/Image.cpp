//===- Image.cpp - A program with all that it needs to run ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What follows from an image, and what must hold within one.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Image.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/isa/ImageFormat.h"
#include <algorithm>
#include <set>

namespace systole::isa {

/// Addresses have 48 bits.
static constexpr uint64_t kAddressEnd = uint64_t(1) << 48;

uint64_t Tensor::bytes() const {
  uint64_t size = kElementInfo[static_cast<unsigned>(element)].bytes;
  for (uint64_t dimension : shape) {
    // Beyond the address space all sizes are alike.
    if (dimension > 0 && size > kAddressEnd / dimension)
      return kAddressEnd;
    size *= dimension;
  }
  return size;
}

/// What one instruction needs.
static uint32_t capabilityOf(const Instruction &instruction) {
  switch (instruction.format) {
  case Format::Depthwise:
    return kNeedsDepthwise;
  case Format::LoadWindow:
    return kNeedsWindows;
  case Format::LoadTiles:
    return kNeedsTiles;
  case Format::SetVxRescale:
  case Format::SetVxResult:
    return instruction.as<Rescale>().rounding == Rounding::Float
               ? kNeedsFloatRounding
               : 0;
  default:
    return 0;
  }
}

uint32_t Image::capabilities() const {
  uint32_t result = 0;
  Instruction instruction;
  for (const Word &word : program)
    if (!decode(word, instruction))
      result |= capabilityOf(instruction);
  return result;
}

const std::string &Image::nodeOf(uint32_t instruction) const {
  static const std::string none;
  auto behind = std::upper_bound(
      nodes.begin(), nodes.end(), instruction,
      [](uint32_t at, const SourceNode &node) { return at < node.first; });
  return behind == nodes.begin() ? none : std::prev(behind)->name;
}

/// The instruction at `index` if it sets a base register.
static std::optional<Instruction> baseSetting(const Image &image,
                                              uint32_t index) {
  Instruction instruction;
  if (index >= image.program.size() ||
      decode(image.program[index], instruction) ||
      !std::holds_alternative<Base>(instruction.payload))
    return std::nullopt;
  return instruction;
}

std::vector<Word>
Image::relocated(const std::vector<uint64_t> &addresses) const {
  std::vector<Word> result = program;
  for (const Relocation &relocation : relocations) {
    std::optional<Instruction> setting =
        baseSetting(*this, relocation.instruction);
    setting->as<Base>().address =
        addresses[relocation.tensor] + relocation.addend;
    result[relocation.instruction] = encode(*setting);
  }
  return result;
}

void appendNode(Image &image, SourceNode node) {
  if (!node.isSame(image.nodes.empty() ? SourceNode() : image.nodes.back()))
    image.nodes.push_back(std::move(node));
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static bool isBeyond(uint64_t address, uint64_t bytes) {
  return address > kAddressEnd || bytes > kAddressEnd - address;
}

static const char *roleName(Tensor::Role role) {
  return role == Tensor::Role::Input ? "input" : "output";
}

static void checkTensors(const Image &image,
                         std::vector<std::string> &problems) {
  std::set<std::pair<Tensor::Role, std::string>> names;
  for (const Tensor &tensor : image.tensors) {
    std::string text =
        std::string(roleName(tensor.role)) + " '" + tensor.name + "' ";
    if (!names.emplace(tensor.role, tensor.name).second)
      problems.push_back(text + "is there twice");
    if (tensor.shape.size() > kMaxRank)
      problems.push_back(text + "has more than " + std::to_string(kMaxRank) +
                         " dimensions");
    // A dimension of 0 elsewhere would hide one that nothing can hold.
    bool large = isBeyond(tensor.address, tensor.bytes());
    for (uint64_t dimension : tensor.shape)
      large |= dimension > kAddressEnd;
    if (large)
      problems.push_back(text + "lies beyond the address space");
  }
}

static void checkRelocation(const Image &image, const Relocation &relocation,
                            std::vector<std::string> &problems) {
  std::string where =
      "relocation of instruction " + std::to_string(relocation.instruction);
  if (!baseSetting(image, relocation.instruction))
    problems.push_back(where + ", which sets no base register");
  if (relocation.tensor >= image.tensors.size())
    problems.push_back(where + " to a tensor that does not exist");
  else if (isBeyond(image.tensors[relocation.tensor].address,
                    relocation.addend))
    problems.push_back(where + " beyond the address space");
}

/// The table has one form: every entry says something new.
static void checkNodes(const Image &image, std::vector<std::string> &problems) {
  SourceNode before;
  bool isFirst = true;
  for (const SourceNode &node : image.nodes) {
    std::string text = "node '" + node.name + "' begins at instruction " +
                       std::to_string(node.first) + ", ";
    if (node.first >= image.program.size() ||
        (!isFirst && node.first <= before.first))
      problems.push_back(text + "behind the program or before its predecessor");
    else if (node.isSame(before))
      problems.push_back(text + "where the same node was before");
    else if (node.name.empty() && !node.op.empty())
      problems.push_back(text + "and has an operator, but no name");
    before = node;
    isFirst = false;
  }
}

std::vector<std::string> checkImage(const Image &image) {
  std::vector<std::string> problems;
  if (!image.requirements.empty() && image.requirements.back() != '\n')
    problems.push_back("the requirements are no lines");
  if (isBeyond(image.programAddress, image.programBytes()))
    problems.push_back("the program lies beyond the address space");
  for (const Segment &segment : image.constants)
    if (isBeyond(segment.address, segment.bytes.size()))
      problems.push_back("constants at " + std::to_string(segment.address) +
                         " lie beyond the address space");
  checkTensors(image, problems);
  const Relocation *before = nullptr;
  for (const Relocation &relocation : image.relocations) {
    checkRelocation(image, relocation, problems);
    if (before && before->instruction >= relocation.instruction)
      problems.push_back("relocation of instruction " +
                         std::to_string(relocation.instruction) +
                         " behind that of " +
                         std::to_string(before->instruction));
    before = &relocation;
  }
  checkNodes(image, problems);
  return problems;
}

} // namespace systole::isa
