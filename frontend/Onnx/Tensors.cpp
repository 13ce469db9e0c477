//===- Tensors.cpp - Tensors of an ONNX file ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes are checked before anything is allocated: a tensor of a file is never
// larger than the bytes that the file gives for it.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Tensors.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "frontend/Common/Problems.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using systole::frontend::printable;
using systole::graph::Tensor;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// Data types
//===----------------------------------------------------------------------===//

/// ONNX's names, by number.
static constexpr llvm::StringLiteral kTypeNames[] = {
    "UNDEFINED",      "FLOAT",      "UINT8",
    "INT8",           "UINT16",     "INT16",
    "INT32",          "INT64",      "STRING",
    "BOOL",           "FLOAT16",    "DOUBLE",
    "UINT32",         "UINT64",     "COMPLEX64",
    "COMPLEX128",     "BFLOAT16",   "FLOAT8E4M3FN",
    "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ",
    "UINT4",          "INT4",       "FLOAT4E2M1",
    "FLOAT8E8M0",     "UINT2",      "INT2"};

std::string dataTypeName(int32_t dataType) {
  if (dataType >= 0 && dataType < static_cast<int32_t>(std::size(kTypeNames)))
    return kTypeNames[dataType].str();
  return std::to_string(dataType);
}

Type elementTypeOf(MLIRContext *context, int32_t dataType) {
  Builder b(context);
  auto uint = [&](unsigned width) {
    return b.getIntegerType(width, /*isSigned=*/false);
  };
  switch (dataType) {
  case 1:
    return b.getF32Type();
  case 2:
    return uint(8);
  case 3:
    return b.getIntegerType(8);
  case 4:
    return uint(16);
  case 5:
    return b.getIntegerType(16);
  case 6:
    return b.getI32Type();
  case 7:
    return b.getI64Type();
  case 8:
    return graph::StringType::get(context);
  case 9:
    return b.getI1Type();
  case 10:
    return b.getF16Type();
  case 11:
    return b.getF64Type();
  case 12:
    return uint(32);
  case 13:
    return uint(64);
  case 14:
    return ComplexType::get(b.getF32Type());
  case 15:
    return ComplexType::get(b.getF64Type());
  case 16:
    return b.getBF16Type();
  case 17:
    return Float8E4M3FNType::get(context);
  case 18:
    return Float8E4M3FNUZType::get(context);
  case 19:
    return Float8E5M2Type::get(context);
  case 20:
    return Float8E5M2FNUZType::get(context);
  case 21:
    return uint(4);
  case 22:
    return b.getIntegerType(4);
  case 23:
    return Float4E2M1FNType::get(context);
  case 24:
    return Float8E8M0FNUType::get(context);
  case 25:
    return uint(2);
  case 26:
    return b.getIntegerType(2);
  default:
    return {};
  }
}

/// Bits of one element as ONNX stores it.
static int64_t storedBits(Type type) {
  if (type.isInteger(1))
    return 8;
  if (type.isIntOrFloat())
    return type.getIntOrFloatBitWidth();
  return 8 * graph::elementBytes(type);
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

/// The integer of an external_data entry; false if it is no number.
static bool parseEntry(const StringStringEntryProto &entry, uint64_t &value) {
  return !llvm::StringRef(entry.value()).getAsInteger(10, value);
}

const frontend::SourceFile *TensorReader::openExternal(llvm::StringRef location,
                                                       std::string &error) {
  auto found = externals.find(location);
  if (found != externals.end())
    return &found->second;
  std::string name = "external data '" + printable(location) + "'";
  if (location.empty() || location.contains('\0') || location.contains('\\') ||
      llvm::sys::path::is_absolute(location)) {
    error = name + " is not a path inside the model's folder";
    return nullptr;
  }
  for (auto part = llvm::sys::path::begin(location),
            end = llvm::sys::path::end(location);
       part != end; ++part)
    if (*part == "..") {
      error = name + " leads out of the model's folder with '..'";
      return nullptr;
    }
  if (source.path == "-") {
    error = name + " cannot be found for a model from standard input";
    return nullptr;
  }
  SmallString<256> folder = llvm::sys::path::parent_path(source.path);
  if (folder.empty())
    folder = ".";
  SmallString<256> path = folder, realFolder, realPath;
  llvm::sys::path::append(path, location);
  if (auto code = llvm::sys::fs::real_path(path, realPath)) {
    error = name + " cannot be read: " + code.message();
    return nullptr;
  }
  // A link, at any level, must not lead out of the folder.
  if (llvm::sys::fs::real_path(folder, realFolder) ||
      !(realPath.str().starts_with(realFolder) &&
        (realFolder.str().ends_with("/") ||
         realPath.str().drop_front(realFolder.size()).starts_with("/")))) {
    error = name + " is a link that leads out of the model's folder";
    return nullptr;
  }
  frontend::SourceFile file;
  std::string reason;
  if (!llvm::sys::fs::is_regular_file(realPath)) {
    error = name + " is not a file";
    return nullptr;
  }
  if (!frontend::openSource(realPath, file, reason)) {
    error = name + ": " + reason;
    return nullptr;
  }
  return &(externals[location] = std::move(file));
}

std::vector<std::string> TensorReader::externalPaths() const {
  std::vector<std::string> paths;
  for (const auto &entry : externals)
    paths.push_back(entry.second.path);
  llvm::sort(paths);
  return paths;
}

bool TensorReader::findExternal(const TensorProto &proto,
                                llvm::StringRef &bytes,
                                std::shared_ptr<void> &owner,
                                std::string &error) {
  std::string location;
  uint64_t offset = 0, length = 0;
  bool hasLength = false;
  for (const StringStringEntryProto &entry : proto.external_data()) {
    bool good = true;
    if (entry.key() == "location")
      location = entry.value();
    else if (entry.key() == "offset")
      good = parseEntry(entry, offset);
    else if (entry.key() == "length")
      good = hasLength = parseEntry(entry, length);
    if (!good) {
      error = "external data has '" + printable(entry.value()) + "' as " +
              printable(entry.key());
      return false;
    }
  }
  const frontend::SourceFile *file = openExternal(location, error);
  if (!file)
    return false;
  uint64_t size = file->bytes.size();
  if (offset > size || (hasLength && length > size - offset)) {
    error = "external data '" + printable(location) + "' has " +
            std::to_string(size) + " bytes, but the tensor ends at byte " +
            std::to_string(offset) +
            (hasLength ? " + " + std::to_string(length) : "");
    return false;
  }
  bytes =
      file->bytes.substr(offset, hasLength ? length : llvm::StringRef::npos);
  owner = file->owner;
  return true;
}

bool TensorReader::findBytes(const TensorProto &proto, llvm::StringRef &bytes,
                             std::shared_ptr<void> &owner, std::string &error) {
  if (proto.data_location() == 1)
    return findExternal(proto, bytes, owner, error);
  if (!proto.has_mapped_offset()) {
    bytes = proto.raw_data();
    return true;
  }
  // The scanner checked the range.
  bytes = source.bytes.substr(proto.mapped_offset(), proto.mapped_length());
  owner = source.owner;
  return true;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// Spreads elements of 4 or 2 bits, low ones first, to a byte each.
static void unpackBits(Tensor &tensor, llvm::StringRef bytes, unsigned bits) {
  Type type = tensor.getElementType();
  bool isSigned = type.isSignlessInteger();
  unsigned perByte = 8 / bits;
  for (int64_t i = 0; i < tensor.size(); ++i) {
    auto byte = static_cast<unsigned char>(bytes[i / perByte]);
    unsigned value = (byte >> (i % perByte * bits)) & ((1u << bits) - 1);
    if (isSigned && value >> (bits - 1))
      value |= ~0u << bits;
    tensor.store<char>(i, static_cast<char>(value));
  }
}

TensorReader::Result TensorReader::fromBytes(Type type,
                                             llvm::ArrayRef<int64_t> shape,
                                             llvm::StringRef bytes,
                                             std::shared_ptr<void> owner,
                                             std::string &error) {
  int64_t count = graph::countElements(shape);
  int64_t bits = storedBits(type);
  uint64_t needed = (static_cast<uint64_t>(count) * bits + 7) / 8;
  // `count` is below 2^62; its product with the bits may not fit.
  if (count > (int64_t(1) << 55) || needed != bytes.size()) {
    error =
        "its shape needs " +
        (count > (int64_t(1) << 55) ? "far too many" : std::to_string(needed)) +
        " bytes, but there are " + std::to_string(bytes.size());
    return std::nullopt;
  }
  if (owner && bits >= 8 && !type.isInteger(1))
    return Tensor(type, shape, const_cast<char *>(bytes.data()), owner);
  auto tensor = Tensor::tryAllocate(type, shape);
  if (failed(tensor)) {
    error = "it does not fit into memory";
    return std::nullopt;
  }
  if (bits < 8)
    unpackBits(*tensor, bytes, bits);
  else if (type.isInteger(1))
    for (int64_t i = 0; i < count; ++i)
      tensor->store<char>(i, bytes[i] != 0);
  else if (!bytes.empty())
    std::memcpy(tensor->data(), bytes.data(), bytes.size());
  return *tensor;
}

/// Stores the entries of `list` one after the other as `Stored`.
template <typename Stored, typename Entries>
static void copyList(Tensor &tensor, const Entries &list) {
  for (int i = 0; i < list.size(); ++i)
    tensor.store<Stored>(i, static_cast<Stored>(list[i]));
}

/// The list of a message that holds elements of one type.
enum class List { Float, Double, Int64, UInt64, Int32 };

static List listOf(Type part) {
  if (part.isF32())
    return List::Float;
  if (part.isF64())
    return List::Double;
  if (part.isSignlessInteger(64))
    return List::Int64;
  bool isUnsigned = part.isUnsignedInteger(64) || part.isUnsignedInteger(32);
  return isUnsigned ? List::UInt64 : List::Int32;
}

static int64_t listSize(const TensorProto &proto, List list) {
  switch (list) {
  case List::Float:
    return proto.float_data_size();
  case List::Double:
    return proto.double_data_size();
  case List::Int64:
    return proto.int64_data_size();
  case List::UInt64:
    return proto.uint64_data_size();
  case List::Int32:
    return proto.int32_data_size();
  }
  return 0;
}

/// Fills a tensor of whole-byte elements; the list has as many as it needs.
static void fillFromList(Tensor &tensor, const TensorProto &proto, List list,
                         int64_t bits) {
  if (list == List::Float)
    return copyList<float>(tensor, proto.float_data());
  if (list == List::Double)
    return copyList<double>(tensor, proto.double_data());
  if (list == List::Int64)
    return copyList<int64_t>(tensor, proto.int64_data());
  if (list == List::UInt64)
    return bits == 64 ? copyList<uint64_t>(tensor, proto.uint64_data())
                      : copyList<uint32_t>(tensor, proto.uint64_data());
  if (tensor.getElementType().isInteger(1))
    return copyList<bool>(tensor, proto.int32_data());
  if (bits == 8)
    return copyList<uint8_t>(tensor, proto.int32_data());
  if (bits == 16)
    return copyList<uint16_t>(tensor, proto.int32_data());
  copyList<int32_t>(tensor, proto.int32_data());
}

TensorReader::Result TensorReader::fromLists(const TensorProto &proto,
                                             Type type,
                                             llvm::ArrayRef<int64_t> shape,
                                             std::string &error) {
  int64_t count = graph::countElements(shape);
  auto complex = dyn_cast<ComplexType>(type);
  Type part = complex ? complex.getElementType() : type;
  int64_t bits = storedBits(part);
  List list = listOf(part);
  // Of packed types, one entry holds a byte of them; of complex, there are two.
  int64_t wanted =
      bits < 8 ? count / (8 / bits) + (count % (8 / bits) != 0) : count;
  if (complex && wanted <= std::numeric_limits<int64_t>::max() / 2)
    wanted *= 2;
  if (int64_t given = listSize(proto, list); wanted != given) {
    error = "its shape needs " + std::to_string(wanted) +
            " values, but there are " + std::to_string(given);
    return std::nullopt;
  }
  if (bits < 8) {
    std::string bytes;
    for (int32_t value : proto.int32_data())
      bytes.push_back(static_cast<char>(value));
    return fromBytes(type, shape, bytes, nullptr, error);
  }
  auto allocated = Tensor::tryAllocate(type, shape);
  if (failed(allocated)) {
    error = "it does not fit into memory";
    return std::nullopt;
  }
  fillFromList(*allocated, proto, list, bits);
  return *allocated;
}

TensorReader::Result TensorReader::fromStrings(const TensorProto &proto,
                                               Type type,
                                               llvm::ArrayRef<int64_t> shape,
                                               std::string &error) {
  int64_t count = graph::countElements(shape);
  if (proto.string_data_size() != count) {
    error = "its shape needs " + std::to_string(count) +
            " strings, but there are " +
            std::to_string(proto.string_data_size());
    return std::nullopt;
  }
  Tensor tensor(type, shape);
  for (int i = 0; i < proto.string_data_size(); ++i)
    tensor.setString(i, proto.string_data(i));
  return tensor;
}

std::optional<Tensor> TensorReader::read(const TensorProto &proto,
                                         std::string &error) {
  Type type = elementTypeOf(context, proto.data_type());
  if (!type || graph::elementBytes(type) == 0) {
    error = "element type " + dataTypeName(proto.data_type()) +
            " of constants is not supported";
    return std::nullopt;
  }
  SmallVector<int64_t> shape(proto.dims().begin(), proto.dims().end());
  for (int64_t dim : shape)
    if (dim < 0) {
      error = "a dimension is negative: " + std::to_string(dim);
      return std::nullopt;
    }
  if (graph::countElements(shape) < 0) {
    error = "it has too many elements";
    return std::nullopt;
  }
  if (isa<graph::StringType>(type))
    return fromStrings(proto, type, shape, error);
  if (proto.data_location() == 1 || proto.has_mapped_offset() ||
      proto.has_raw_data()) {
    llvm::StringRef bytes;
    std::shared_ptr<void> owner;
    if (!findBytes(proto, bytes, owner, error))
      return std::nullopt;
    // Bytes beyond the shape's need are an external file's slack only.
    if (proto.data_location() == 1) {
      int64_t count = graph::countElements(shape), bits = storedBits(type);
      uint64_t needed =
          count > (int64_t(1) << 55) ? ~0ull : (count * bits + 7) / 8;
      bool hasLength = llvm::any_of(proto.external_data(), [](const auto &e) {
        return e.key() == "length";
      });
      if (!hasLength)
        bytes = bytes.take_front(needed);
    }
    return fromBytes(type, shape, bytes, owner, error);
  }
  return fromLists(proto, type, shape, error);
}

} // namespace systole::onnx
