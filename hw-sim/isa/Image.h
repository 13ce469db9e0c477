//===- Image.h - A program with all that it needs to run --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Instructions, constants, where inputs and outputs lie and which base
// registers point at them, and the node of the source model behind each
// instruction. An image names what the machine must be like (rule 8 of the
// architecture).
//
// The file: a header, a table of sections, the sections;
// docs/hardware/image.md.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_IMAGE_H
#define SYSTOLE_HWSIM_ISA_IMAGE_H

#include "hw-sim/isa/Instruction.h"

namespace systole::isa {

/// Element types of tensors, with their sizes in kElementInfo.
enum class Element : uint8_t {
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  Int64,
  Float32
};
struct ElementInfo {
  const char *name;
  unsigned bytes;
};
inline constexpr ElementInfo kElementInfo[] = {
    {"int8", 1},  {"uint8", 1}, {"int16", 2},  {"uint16", 2},
    {"int32", 4}, {"int64", 8}, {"float32", 4}};
inline constexpr unsigned kElementCount =
    sizeof(kElementInfo) / sizeof(ElementInfo);

/// Bytes that lie in DRAM before the doorbell.
struct Segment {
  uint64_t address = 0;
  std::vector<uint8_t> bytes;

  bool operator==(const Segment &o) const {
    return address == o.address && bytes == o.bytes;
  }
};

/// An input or output: dense, the last dimension the fastest.
struct Tensor {
  enum class Role : uint8_t { Input, Output };

  std::string name;
  Role role = Role::Input;
  Element element = Element::Int8;
  std::vector<uint64_t> shape;
  /// Where the program expects it, unless it is relocated.
  uint64_t address = 0;

  /// Of all elements.
  uint64_t bytes() const;
  bool operator==(const Tensor &o) const {
    return name == o.name && role == o.role && element == o.element &&
           shape == o.shape && address == o.address;
  }
};

/// Instruction `instruction` sets a base register to the address of tensor
/// `tensor` plus `addend`.
struct Relocation {
  uint32_t instruction = 0, tensor = 0;
  uint64_t addend = 0;

  bool operator==(const Relocation &o) const {
    return instruction == o.instruction && tensor == o.tensor &&
           addend == o.addend;
  }
};

/// Instructions from `first` on, up to the next entry's, belong to a node of
/// the source model, of this operator there; an empty name: to none.
struct SourceNode {
  uint32_t first = 0;
  std::string name, op = {};

  bool isSame(const SourceNode &o) const {
    return name == o.name && op == o.op;
  }
  bool operator==(const SourceNode &o) const {
    return first == o.first && isSame(o);
  }
};

/// What a program needs of a machine beside its sizes; bits of
/// Image::capabilities().
enum Capability : uint32_t {
  kNeedsDepthwise = 1 << 0,
  kNeedsWindows = 1 << 1,
  kNeedsTiles = 1 << 2,
  kNeedsFloatRounding = 1 << 3,
  kAllCapabilities = (1 << 4) - 1
};

struct Image {
  /// Name of the machine it was made for, and sim::resultText() of it; empty
  /// where a program that a person wrote does not say.
  std::string machine, requirements;
  /// Where the program lies in DRAM.
  uint64_t programAddress = 0;
  std::vector<Word> program;
  std::vector<Segment> constants;
  std::vector<Tensor> tensors;
  std::vector<Relocation> relocations;
  std::vector<SourceNode> nodes;

  uint32_t capabilities() const;
  uint64_t programBytes() const { return program.size() * kInstructionBytes; }
  /// The node of an instruction; "" if there is none.
  const std::string &nodeOf(uint32_t instruction) const;
  /// The program for tensors at other addresses, one for each.
  std::vector<Word> relocated(const std::vector<uint64_t> &addresses) const;

  bool operator==(const Image &o) const {
    return machine == o.machine && requirements == o.requirements &&
           programAddress == o.programAddress && program == o.program &&
           constants == o.constants && tensors == o.tensors &&
           relocations == o.relocations && nodes == o.nodes;
  }
};

/// Adds an entry to the table of nodes, unless the last one says the same.
void appendNode(Image &image, SourceNode node);

/// What is wrong within an image, all of it: relocations of other instructions,
/// tensors beyond the address space or with one name, lists out of order.
std::vector<std::string> checkImage(const Image &image);

/// Precondition: checkImage() finds nothing.
std::vector<uint8_t> writeImage(const Image &image);

/// Whether these bytes begin like an image.
bool isImage(const uint8_t *bytes, size_t size);

enum class Checksum { Check, Ignore };

/// Reads any bytes; says what is wrong with them if they are no image. Ignoring
/// the checksum is for tests: it lets damage through to what lies behind.
std::optional<Image> readImage(const uint8_t *bytes, size_t size,
                               std::string &problem,
                               Checksum checksum = Checksum::Check);

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_IMAGE_H
