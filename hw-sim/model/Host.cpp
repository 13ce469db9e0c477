//===- Host.cpp - What a host does around a program -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranges of DRAM are checked before anything is written.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Host.h"

using namespace systole::isa;

namespace systole::sim {

namespace {
/// Bytes of DRAM with a name for messages.
struct Range {
  std::string name;
  uint64_t address, bytes;
};
} // namespace

static std::string describe(const Range &range) {
  return range.name + " (" + std::to_string(range.bytes) + " bytes at " +
         std::to_string(range.address) + ")";
}

/// Precondition: both lie in DRAM.
static bool doOverlap(const Range &l, const Range &r) {
  return l.address < r.address + r.bytes && r.address < l.address + l.bytes &&
         l.bytes > 0 && r.bytes > 0;
}

std::vector<std::string> loadProblems(const Machine &machine,
                                      const Image &image) {
  std::vector<std::string> problems =
      unmetRequirements(machine, image.requirements, image.capabilities());
  Range program = {"the program", image.programAddress, image.programBytes()};
  std::vector<Range> others;
  for (const Segment &segment : image.constants)
    others.push_back({"a constant", segment.address, segment.bytes.size()});
  for (const Tensor &tensor : image.tensors)
    others.push_back(
        {(tensor.role == Tensor::Role::Input ? "input '" : "output '") +
             tensor.name + "'",
         tensor.address, tensor.bytes()});
  Dram dram(machine.dram.bytes, 0);
  auto isInside = [&](const Range &range) {
    if (dram.contains(range.address, range.bytes))
      return true;
    problems.push_back(describe(range) + " lies outside the machine's " +
                       std::to_string(dram.size()) + " bytes of DRAM");
    return false;
  };
  bool hasProgram = isInside(program);
  for (const Range &other : others)
    if (isInside(other) && hasProgram && doOverlap(other, program))
      problems.push_back(describe(other) + " lies on top of " +
                         describe(program));
  return problems;
}

/// Writes instructions one after the other.
static void writeWords(const std::vector<Word> &words, uint64_t address,
                       Dram &dram) {
  for (const Word &word : words) {
    uint8_t bytes[kInstructionBytes];
    word.store(bytes);
    dram.write(address, bytes, sizeof bytes);
    address += sizeof bytes;
  }
}

void loadImage(const Image &image, Device &device) {
  for (const Segment &segment : image.constants)
    device.dram().write(segment.address, segment.bytes.data(),
                        segment.bytes.size());
  writeWords(image.program, image.programAddress, device.dram());
}

void writeTensor(const Tensor &tensor, const void *from, Device &device) {
  device.dram().write(tensor.address, static_cast<const uint8_t *>(from),
                      tensor.bytes());
}

void readTensor(const Tensor &tensor, void *to, Device &device) {
  device.dram().read(tensor.address, static_cast<uint8_t *>(to),
                     tensor.bytes());
}

std::optional<Image> imageOf(const Machine &machine,
                             std::vector<Word> program) {
  Image image;
  image.machine = machine.name;
  image.requirements = resultText(machine);
  image.program = std::move(program);
  if (image.programBytes() > machine.dram.bytes)
    return std::nullopt;
  image.programAddress = (machine.dram.bytes - image.programBytes()) /
                         kInstructionBytes * kInstructionBytes;
  return image;
}

} // namespace systole::sim
