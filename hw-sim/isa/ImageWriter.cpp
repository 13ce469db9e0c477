//===- ImageWriter.cpp - Writing images -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sections first, then the header that counts them.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/ImageFormat.h"
#include <algorithm>
#include <cassert>

namespace systole::isa {

namespace {
/// Appends numbers and texts.
class Writer {
public:
  std::vector<uint8_t> bytes;

  template <typename T>
  void number(T value) {
    for (unsigned i = 0; i < sizeof(T); ++i)
      bytes.push_back(static_cast<uint8_t>(uint64_t(value) >> (8 * i)));
  }
  void text(const std::string &value) {
    number(static_cast<uint32_t>(value.size()));
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  template <typename List, typename Body>
  void list(const List &list, Body body) {
    number(static_cast<uint64_t>(list.size()));
    for (const auto &one : list)
      body(one);
  }
};
} // namespace

static void writeSection(const Image &image, Section section, Writer &out) {
  switch (section) {
  case Section::Machine:
    out.text(image.machine);
    out.text(image.requirements);
    break;
  case Section::Program:
    out.number(image.programAddress);
    out.list(image.program, [&](const Word &word) {
      out.number(word.low);
      out.number(word.high);
    });
    break;
  case Section::Constants:
    out.list(image.constants, [&](const Segment &segment) {
      out.number(segment.address);
      out.number(static_cast<uint64_t>(segment.bytes.size()));
      out.bytes.insert(out.bytes.end(), segment.bytes.begin(),
                       segment.bytes.end());
    });
    break;
  case Section::Tensors:
    out.list(image.tensors, [&](const Tensor &tensor) {
      out.text(tensor.name);
      out.number(static_cast<uint8_t>(tensor.role));
      out.number(static_cast<uint8_t>(tensor.element));
      out.number(tensor.address);
      out.list(tensor.shape, [&](uint64_t size) { out.number(size); });
    });
    break;
  case Section::Relocations:
    out.list(image.relocations, [&](const Relocation &relocation) {
      out.number(relocation.instruction);
      out.number(relocation.tensor);
      out.number(relocation.addend);
    });
    break;
  case Section::Nodes:
    out.list(image.nodes, [&](const SourceNode &node) {
      out.number(node.first);
      out.text(node.name);
      out.text(node.op);
    });
    break;
  }
}

std::vector<uint8_t> writeImage(const Image &image) {
  assert(checkImage(image).empty() && "only what can be read is written");
  Writer out, table;
  out.bytes.resize(kSectionsBegin);
  for (unsigned i = 0; i < kSectionCount; ++i) {
    size_t begin = out.bytes.size();
    writeSection(image, static_cast<Section>(i), out);
    table.number(static_cast<uint64_t>(begin));
    table.number(static_cast<uint64_t>(out.bytes.size() - begin));
  }
  Writer header;
  header.bytes.assign(kImageMagic, kImageMagic + sizeof(kImageMagic));
  header.number(kImageVersion);
  header.number(static_cast<uint32_t>(kInstructionSetVersion));
  header.number(uint64_t(0));
  header.number(static_cast<uint64_t>(out.bytes.size()));
  header.number(
      hashBytes(image.requirements.data(), image.requirements.size()));
  header.number(kCores);
  header.number(image.capabilities());
  assert(header.bytes.size() == kHeaderBytes && "ImageFormat.h says so");
  std::copy(header.bytes.begin(), header.bytes.end(), out.bytes.begin());
  std::copy(table.bytes.begin(), table.bytes.end(),
            out.bytes.begin() + kHeaderBytes);
  Writer checksum;
  checksum.number(imageChecksum(out.bytes.data(), out.bytes.size()));
  std::copy(checksum.bytes.begin(), checksum.bytes.end(),
            out.bytes.begin() + kChecksumAt);
  return std::move(out.bytes);
}

} // namespace systole::isa
