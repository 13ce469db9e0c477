//===- ImageReader.cpp - Reading images -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bytes from anywhere. Every number is checked before it is used: counts
// against the bytes that are left, so that no damaged file makes us allocate.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/ImageFormat.h"
#include <cstring>

namespace systole::isa {

namespace {

/// Reads forward; after a failure everything is zero or empty.
class Reader {
public:
  Reader(const uint8_t *bytes, size_t size) : next(bytes), left(size) {}

  template <typename T>
  T number() {
    if (!take(sizeof(T)))
      return 0;
    uint64_t value = 0;
    for (unsigned i = 0; i < sizeof(T); ++i)
      value |= uint64_t(next[i]) << (8 * i);
    advance(sizeof(T));
    return static_cast<T>(value);
  }
  std::string text() {
    uint32_t size = number<uint32_t>();
    if (size > kMaxTextBytes || !take(size)) {
      failed = true;
      return "";
    }
    std::string result(reinterpret_cast<const char *>(next), size);
    advance(size);
    // Names are printed: control characters would garble a terminal.
    for (char c : result)
      failed |= static_cast<unsigned char>(c) < 32 && c != '\n';
    return result;
  }
  std::vector<uint8_t> bytes(uint64_t size) {
    if (!take(size))
      return {};
    std::vector<uint8_t> result(next, next + size);
    advance(size);
    return result;
  }
  /// A list whose elements have at least `minimum` bytes.
  template <typename T, typename Body>
  std::vector<T> list(size_t minimum, Body body) {
    uint64_t count = number<uint64_t>();
    if (failed || count > left / minimum) {
      failed = true;
      return {};
    }
    std::vector<T> result;
    result.reserve(count);
    for (uint64_t i = 0; i < count && !failed; ++i)
      result.push_back(body());
    return result;
  }
  /// Whether all was there and nothing is left.
  bool isDone() const { return !failed && left == 0; }
  void fail() { failed = true; }

private:
  bool take(uint64_t size) {
    failed |= size > left;
    return !failed;
  }
  void advance(size_t size) {
    next += size;
    left -= size;
  }

  const uint8_t *next;
  size_t left;
  bool failed = false;
};

} // namespace

static Tensor readTensor(Reader &in) {
  Tensor tensor;
  tensor.name = in.text();
  uint8_t role = in.number<uint8_t>(), element = in.number<uint8_t>();
  if (role > static_cast<uint8_t>(Tensor::Role::Output) ||
      element >= kElementCount) {
    in.fail();
    return {};
  }
  tensor.role = static_cast<Tensor::Role>(role);
  tensor.element = static_cast<Element>(element);
  tensor.address = in.number<uint64_t>();
  tensor.shape = in.list<uint64_t>(8, [&] { return in.number<uint64_t>(); });
  if (tensor.shape.size() > kMaxRank)
    in.fail();
  return tensor;
}

/// Reads a section into the image; returns whether it was one.
static bool readSection(Section section, Reader in, Image &image) {
  switch (section) {
  case Section::Machine:
    image.machine = in.text();
    image.requirements = in.text();
    break;
  case Section::Program:
    image.programAddress = in.number<uint64_t>();
    image.program = in.list<Word>(kInstructionBytes, [&] {
      uint64_t low = in.number<uint64_t>();
      return Word{low, in.number<uint64_t>()};
    });
    break;
  case Section::Constants:
    image.constants = in.list<Segment>(16, [&] {
      uint64_t address = in.number<uint64_t>();
      uint64_t size = in.number<uint64_t>();
      return Segment{address, in.bytes(size)};
    });
    break;
  case Section::Tensors:
    image.tensors = in.list<Tensor>(22, [&] { return readTensor(in); });
    break;
  case Section::Relocations:
    image.relocations = in.list<Relocation>(16, [&] {
      uint32_t instruction = in.number<uint32_t>();
      uint32_t tensor = in.number<uint32_t>();
      return Relocation{instruction, tensor, in.number<uint64_t>()};
    });
    break;
  case Section::Nodes:
    image.nodes = in.list<SourceNode>(12, [&] {
      SourceNode node;
      node.first = in.number<uint32_t>();
      node.name = in.text();
      node.op = in.text();
      return node;
    });
    break;
  }
  return in.isDone();
}

bool isImage(const uint8_t *bytes, size_t size) {
  return size >= sizeof(kImageMagic) &&
         std::memcmp(bytes, kImageMagic, sizeof(kImageMagic)) == 0;
}

/// What is wrong with the header, or "".
static std::string headerProblem(const uint8_t *bytes, size_t size,
                                 Checksum checksum) {
  auto at = [&](size_t offset) {
    return Reader(bytes + offset, size - offset);
  };
  if (!isImage(bytes, size))
    return "this is no program image";
  if (size < kSectionsBegin)
    return "the image is cut off: it has " + std::to_string(size) + " bytes";
  uint32_t version = at(kVersionAt).number<uint32_t>();
  if (version != kImageVersion)
    return "the image has version " + std::to_string(version) +
           ", this program reads version " + std::to_string(kImageVersion);
  uint32_t set = at(kInstructionSetAt).number<uint32_t>();
  if (set != kInstructionSetVersion)
    return "the image has instructions of version " + std::to_string(set) +
           ", this program knows version " +
           std::to_string(kInstructionSetVersion);
  uint64_t fileBytes = at(kFileBytesAt).number<uint64_t>();
  if (fileBytes != size)
    return "the image has " + std::to_string(size) + " bytes, not " +
           std::to_string(fileBytes) + " as it says: it is cut off or damaged";
  uint32_t cores = at(kCoresAt).number<uint32_t>();
  if (cores != kCores)
    return "the image is for " + std::to_string(cores) +
           " cores, machines have one";
  if (checksum == Checksum::Ignore)
    return "";
  if (at(kChecksumAt).number<uint64_t>() != imageChecksum(bytes, size))
    return "the image is damaged: its checksum is wrong";
  return "";
}

std::optional<Image> readImage(const uint8_t *bytes, size_t size,
                               std::string &problem, Checksum checksum) {
  problem = headerProblem(bytes, size, checksum);
  if (!problem.empty())
    return std::nullopt;
  Image image;
  Reader table(bytes + kHeaderBytes, kSectionsBegin - kHeaderBytes);
  uint64_t begin = kSectionsBegin;
  for (unsigned i = 0; i < kSectionCount; ++i) {
    uint64_t offset = table.number<uint64_t>();
    uint64_t length = table.number<uint64_t>();
    if (offset != begin || length > size - begin ||
        !readSection(static_cast<Section>(i), Reader(bytes + offset, length),
                     image)) {
      problem = "the image is damaged in section " + std::to_string(i);
      return std::nullopt;
    }
    begin += length;
  }
  std::vector<std::string> problems = checkImage(image);
  if (begin != size)
    problems.push_back("bytes behind the last section");
  Reader rest(bytes + kFingerprintAt, size - kFingerprintAt);
  if (rest.number<uint64_t>() !=
      hashBytes(image.requirements.data(), image.requirements.size()))
    problems.push_back("fingerprint and requirements differ");
  rest.number<uint32_t>();
  if (rest.number<uint32_t>() != image.capabilities())
    problems.push_back("capabilities and program differ");
  if (problems.empty())
    return image;
  problem = "the image contradicts itself: " + problems.front();
  return std::nullopt;
}

} // namespace systole::isa
