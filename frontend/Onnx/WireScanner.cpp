//===- WireScanner.cpp - Takes large tensors out of a model ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table says which fields of which messages lead to tensors; all other fields
// are copied as they are.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/WireScanner.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <cstdint>

namespace systole::onnx {

namespace {

/// The messages on the way from a model to its tensors.
enum class Message {
  Opaque,
  Model,
  Function,
  Graph,
  Node,
  Attribute,
  Sparse,
  Tensor
};

/// "field `number` of message `parent` is a `child`".
struct Edge {
  Message parent;
  uint32_t number;
  Message child;
};

constexpr Edge kEdges[] = {
    {Message::Model, 7, Message::Graph},
    {Message::Model, 25, Message::Function},
    {Message::Function, 7, Message::Node},
    {Message::Function, 11, Message::Attribute},
    {Message::Graph, 1, Message::Node},
    {Message::Graph, 5, Message::Tensor},
    {Message::Graph, 15, Message::Sparse},
    {Message::Node, 5, Message::Attribute},
    {Message::Attribute, 5, Message::Tensor},
    {Message::Attribute, 6, Message::Graph},
    {Message::Attribute, 10, Message::Tensor},
    {Message::Attribute, 11, Message::Graph},
    {Message::Attribute, 22, Message::Sparse},
    {Message::Sparse, 1, Message::Tensor},
    {Message::Sparse, 2, Message::Tensor},
};

/// Field numbers of a tensor (onnx.proto).
constexpr uint32_t kRawData = 9, kMappedOffset = 536870001,
                   kMappedLength = 536870002;
/// Wire types.
constexpr uint32_t kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;

Message childOf(Message parent, uint32_t number) {
  for (const Edge &edge : kEdges)
    if (edge.parent == parent && edge.number == number)
      return edge.child;
  return Message::Opaque;
}

/// One field as it stands in the file: its position and its content's.
struct Field {
  uint32_t number = 0, wireType = 0;
  size_t start = 0, contentStart = 0, end = 0;
  uint64_t varint = 0;
};

/// Reads fields of `bytes` between two positions.
class Reader {
public:
  explicit Reader(llvm::StringRef bytes) : bytes(bytes) {}

  bool readVarint(size_t &position, size_t end, uint64_t &value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= end)
        return fail("ends inside a number", position);
      auto byte = static_cast<unsigned char>(bytes[position++]);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return true;
    }
    return fail("has a number of more than ten bytes", position);
  }

  /// Reads the field at `position`, which moves past it.
  bool readField(size_t &position, size_t end, Field &field) {
    field.start = position;
    uint64_t tag;
    if (!readVarint(position, end, tag))
      return false;
    field.number = static_cast<uint32_t>(tag >> 3);
    field.wireType = tag & 7;
    if (tag >> 32 || field.number == 0)
      return fail("has an invalid field number", field.start);
    field.contentStart = position;
    uint64_t length = 0;
    switch (field.wireType) {
    case kVarint:
      if (!readVarint(position, end, field.varint))
        return false;
      break;
    case kFixed64:
      length = 8;
      break;
    case kFixed32:
      length = 4;
      break;
    case kBytes:
      if (!readVarint(position, end, length))
        return false;
      field.contentStart = position;
      break;
    default:
      return fail("has a field of an unknown kind", field.start);
    }
    if (length > end - position)
      return fail("is cut off: a field of " + llvm::Twine(length) +
                      " bytes goes beyond the end of what holds it",
                  field.start);
    position += length;
    field.end = position;
    return true;
  }

  bool fail(const llvm::Twine &what, size_t position) {
    if (error.empty())
      error = ("the file " + what + " (at byte " + llvm::Twine(position) + ")")
                  .str();
    return false;
  }

  llvm::StringRef bytes;
  std::string error;
};

void writeVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

/// Copies one message without its large tensors; see extractLargeTensors.
class Rewriter : public Reader {
public:
  using Reader::Reader;

  bool rewrite(Message message, size_t position, size_t end, int graphs,
               std::string &out) {
    if (message == Message::Graph && ++graphs > kMaxGraphNesting)
      return fail("nests graphs more than " + llvm::Twine(kMaxGraphNesting) +
                      " deep",
                  position);
    while (position < end) {
      Field field;
      if (!readField(position, end, field) ||
          !rewriteField(message, field, graphs, out))
        return false;
    }
    return true;
  }

private:
  bool rewriteField(Message message, const Field &field, int graphs,
                    std::string &out) {
    if (message == Message::Tensor) {
      if (field.number == kMappedOffset || field.number == kMappedLength)
        return true;
      if (field.number == kRawData && field.wireType == kBytes &&
          field.end - field.contentStart >= kMappedBytes) {
        writeVarint(out, uint64_t(kMappedOffset) << 3 | kVarint);
        writeVarint(out, field.contentStart);
        writeVarint(out, uint64_t(kMappedLength) << 3 | kVarint);
        writeVarint(out, field.end - field.contentStart);
        return true;
      }
    }
    Message child = childOf(message, field.number);
    if (child == Message::Opaque || field.wireType != kBytes) {
      out.append(bytes.data() + field.start, field.end - field.start);
      return true;
    }
    std::string inner;
    if (!rewrite(child, field.contentStart, field.end, graphs, inner))
      return false;
    writeVarint(out, uint64_t(field.number) << 3 | kBytes);
    writeVarint(out, inner.size());
    out += inner;
    return true;
  }
};

} // namespace

bool extractLargeTensors(llvm::StringRef bytes, std::string &small,
                         std::string &error) {
  Rewriter rewriter(bytes);
  small.clear();
  if (rewriter.rewrite(Message::Model, 0, bytes.size(), 0, small))
    return true;
  error = rewriter.error;
  return false;
}

int modelLikelihood(llvm::StringRef bytes) {
  // Field numbers of ModelProto, and the wire type of each.
  static constexpr struct {
    uint32_t number, wireType;
  } kFields[] = {{1, kVarint}, {2, kBytes},  {3, kBytes},  {4, kBytes},
                 {5, kVarint}, {6, kBytes},  {7, kBytes},  {8, kBytes},
                 {14, kBytes}, {20, kBytes}, {25, kBytes}, {26, kBytes}};
  Reader reader(bytes);
  size_t position = 0;
  bool version = false, graph = false, opset = false;
  while (position < bytes.size()) {
    Field field;
    bool read = reader.readField(position, bytes.size(), field);
    bool known = llvm::any_of(kFields, [&](const auto &f) {
      return f.number == field.number && f.wireType == field.wireType;
    });
    if (!known)
      return version && graph ? 50 : 0;
    version |= field.number == 1 && field.varint > 0 && field.varint < 1000;
    graph |= field.number == 7;
    opset |= field.number == 8;
    // Cut off, perhaps in the middle of the graph.
    if (!read)
      return version ? 40 : 0;
  }
  return graph && (version || opset)   ? 90
         : graph || (version && opset) ? 40
                                       : 0;
}

} // namespace systole::onnx
