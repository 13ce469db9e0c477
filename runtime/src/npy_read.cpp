//===- npy_read.cpp - The elements of .npy files --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/convert.h"
#include "runtime/src/npy.h"

using namespace systole::rt;

/// Whether elements as in the file are, byte for byte, elements of `dtype`.
static bool storesDtype(const NpyHeader &header, uint32_t dtype) {
  const DtypeInfo &info = dtypeInfo(dtype);
  if (info.kind == 's')
    return header.kind == 'S' || header.kind == 'U';
  if (header.elementBytes != info.bytes)
    return false;
  if (header.kind == info.npy[1])
    return true;
  // Formats that NumPy does not know travel as unsigned integers, too.
  return info.npy[1] == 'V' && header.kind == 'u';
}

/// Whether float32 elements may be rounded to `dtype`.
static bool roundsTo(const NpyHeader &header, uint32_t dtype) {
  return header.kind == 'f' && header.elementBytes == 4 && floatFormat(dtype);
}

/// Swaps the bytes of each number. Complex elements are two numbers.
static void swapBytes(char *data, int64_t bytes, int64_t width) {
  for (int64_t at = 0; at + width <= bytes; at += width)
    for (int64_t i = 0; i < width / 2; ++i) {
      char byte = data[at + i];
      data[at + i] = data[at + width - 1 - i];
      data[at + width - 1 - i] = byte;
    }
}

/// Copies elements from column-major to row-major order.
static void transpose(const NpyHeader &header, const char *from, char *to) {
  int64_t strides[maxRank];
  int64_t stride = header.elementBytes;
  for (int64_t i = 0; i < header.rank; ++i) {
    strides[i] = stride;
    stride *= header.dims[i];
  }
  int64_t index[maxRank] = {};
  int64_t offset = 0;
  for (int64_t done = 0; done < header.dataBytes; done += header.elementBytes) {
    __builtin_memcpy(to + done, from + offset, header.elementBytes);
    // Count up the index, last dimension fastest, and the offset with it.
    for (int64_t i = header.rank; i-- > 0;) {
      offset += strides[i];
      if (++index[i] < header.dims[i])
        break;
      offset -= strides[i] * header.dims[i];
      index[i] = 0;
    }
  }
}

/// Brings the elements into row-major order and this machine's byte order, in
/// the buffer where they lie if possible. Sets the tensor's data.
static Status arrange(const NpyHeader &header, Buffer &&contents,
                      OwnedTensor &tensor) {
  char *data = static_cast<char *>(contents.data()) + header.dataOffset;
  int64_t width = header.kind == 'c'   ? header.elementBytes / 2
                  : header.kind == 'U' ? 4
                                       : header.elementBytes;
  if (header.bigEndian && header.kind != 'V' && header.kind != 'S')
    swapBytes(data, header.dataBytes, width);

  // Fortran order matters from two dimensions on. NumPy aligns the data to 64
  // bytes; what another program wrote may lie anywhere.
  bool reorder = header.fortranOrder && header.rank > 1;
  if (reorder || reinterpret_cast<uintptr_t>(data) % 16) {
    Buffer copy;
    Status status = copy.atLeast(header.dataBytes);
    if (status.failed())
      return status;
    if (reorder)
      transpose(header, data, static_cast<char *>(copy.data()));
    else if (header.dataBytes)
      __builtin_memcpy(copy.data(), data, header.dataBytes);
    contents = static_cast<Buffer &&>(copy);
    data = static_cast<char *>(contents.data());
  }
  tensor.storage = static_cast<Buffer &&>(contents);
  tensor.data = data;
  return Status();
}

/// Rounds float32 elements to a smaller format, in place from the left.
static void roundElements(uint32_t dtype, OwnedTensor &tensor, int64_t count) {
  const FloatFormat &format = *floatFormat(dtype);
  int64_t width = dtypeInfo(dtype).bytes;
  char *data = static_cast<char *>(tensor.data);
  for (int64_t i = 0; i < count; ++i) {
    float value;
    __builtin_memcpy(&value, data + 4 * i, sizeof(value));
    uint32_t pattern = narrowFloat(format, value);
    __builtin_memcpy(data + width * i, &pattern, width); // Little-endian.
  }
}

/// Brings float32 elements to the integers that stand for them, in place from
/// the left: rounded half to even, clamped; NaN counts as 0.
static void quantizeElements(const FileSubject &file, uint32_t dtype,
                             OwnedTensor &tensor, int64_t count) {
  const DtypeInfo &info = dtypeInfo(dtype);
  bool isSigned = info.kind == 'i';
  int32_t lowest = isSigned ? -(1 << (info.bits - 1)) : 0;
  int32_t highest = isSigned ? -lowest - 1 : (1 << info.bits) - 1;
  char *data = static_cast<char *>(tensor.data);
  for (int64_t i = 0; i < count; ++i) {
    float value;
    __builtin_memcpy(&value, data + 4 * i, sizeof(value));
    float steps = value / file.scale;
    // Far outside of every type's range, and where 1.5 * 2^23 makes the last
    // place that of the ones.
    constexpr float most = 1 << 20, toOnes = 12582912.0f;
    steps = steps != steps ? 0 : steps > most ? most : steps;
    steps = steps < -most ? -most : steps;
    int32_t q = int32_t((steps + toOnes) - toOnes) + file.zeroPoint;
    q = q < lowest ? lowest : q > highest ? highest : q;
    __builtin_memcpy(data + info.bytes * i, &q, info.bytes); // Little-endian.
  }
}

/// True for float32 elements where quantised integers of at most 16 bits are
/// expected.
static bool quantizes(const NpyHeader &header, const FileSubject &file,
                      uint32_t dtype) {
  const DtypeInfo &info = dtypeInfo(dtype);
  return file.scale > 0 && header.kind == 'f' && header.elementBytes == 4 &&
         (info.kind == 'i' || info.kind == 'u') && info.bits <= 16;
}

/// Makes booleans 0 or 1 and checks that values below a byte are in range.
/// Compiled code relies on both.
static Status checkValues(const FileSubject &file, const OwnedTensor &tensor) {
  const DtypeInfo &info = dtypeInfo(tensor.dtype);
  auto *bytes = static_cast<unsigned char *>(tensor.data);
  if (info.kind == 'b')
    for (int64_t i = 0; i < tensor.bytes; ++i)
      bytes[i] = bytes[i] != 0;
  if (info.bits >= 8)
    return Status();
  bool isSigned = info.kind == 'i';
  int lowest = isSigned ? -(1 << (info.bits - 1)) : 0;
  int highest = isSigned ? -lowest - 1 : (1 << info.bits) - 1;
  for (int64_t i = 0; i < tensor.bytes; ++i) {
    int value = isSigned ? int(int8_t(bytes[i])) : int(bytes[i]);
    if (value < lowest || value > highest)
      return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
             << file.subject << ": element " << i << " of '" << file.path
             << "' is " << value << ", expected " << info.name << " in "
             << lowest << ".." << highest;
  }
  return Status();
}

/// Bytes that a code point takes in UTF-8.
static int64_t utf8Bytes(uint32_t point) {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/// Writes a code point in UTF-8 and returns what follows it.
static char *putUtf8(uint32_t point, char *to) {
  int64_t bytes = utf8Bytes(point);
  static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (int64_t i = bytes; i-- > 1; point >>= 6)
    to[i] = char(0x80 | (point & 0x3f));
  to[0] = char(marks[bytes] | point);
  return to + bytes;
}

/// Strings of a fixed width, bytes ('S') or code points ('U'), filled up with
/// zeros. `contents` has been arranged in row-major order.
static Status decodeStrings(const NpyHeader &header, const OwnedTensor &source,
                            OwnedTensor &tensor) {
  auto *from = static_cast<const unsigned char *>(source.data);
  int64_t width = header.elementBytes, unit = header.kind == 'U' ? 4 : 1;
  auto at = [&](const unsigned char *element, int64_t i) {
    uint32_t point = element[i * unit];
    for (int64_t k = 1; k < unit; ++k)
      point |= uint32_t(element[i * unit + k]) << (8 * k);
    // What is no code point becomes the mark of such.
    return unit == 4 && point > 0x10ffff ? 0xfffd : point;
  };
  auto lengthOf = [&](const unsigned char *element) {
    int64_t length = width / unit;
    while (length > 0 && at(element, length - 1) == 0)
      --length;
    return length;
  };
  // Bytes stay as they are; a code point takes as many in UTF-8 at most.
  char *text = nullptr;
  Status status =
      allocateStrings(tensor, header.dims, header.rank, header.dataBytes, text);
  if (status.failed())
    return status;
  auto *strings = static_cast<systole_string *>(tensor.data);
  for (int64_t i = 0; i < header.dataBytes / width; ++i, from += width) {
    char *begin = text;
    for (int64_t k = 0, length = lengthOf(from); k < length; ++k) {
      if (unit == 1)
        *text++ = char(from[k]);
      else
        text = putUtf8(at(from, k), text);
    }
    strings[i] = {begin, text - begin};
  }
  return Status();
}

Status systole::rt::decodeNpy(const FileSubject &file, uint32_t dtype,
                              Buffer &&contents, OwnedTensor &tensor) {
  NpyHeader header = {};
  Status status =
      parseNpyHeader(file.path, contents.data(), contents.size(), header);
  if (status.failed())
    return Failure(status.code()) << file.subject << ": " << status.message();

  bool rounds = !storesDtype(header, dtype) && roundsTo(header, dtype);
  bool quantized = quantizes(header, file, dtype);
  if (!rounds && !quantized && !storesDtype(header, dtype)) {
    StringBuilder found;
    describeNpyType(header, found);
    (found << ' ').shape(header.dims, header.rank);
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << file.subject << ": expected " << file.expected << ", found "
           << found.text() << " in '" << file.path << "'";
  }
  status = arrange(header, static_cast<Buffer &&>(contents), tensor);
  if (status.failed())
    return status;
  if (dtype == SYSTOLE_DTYPE_STRING) {
    OwnedTensor source = {};
    source.storage = static_cast<Buffer &&>(tensor.storage);
    source.data = tensor.data;
    return decodeStrings(header, source, tensor);
  }
  int64_t count = header.dataBytes / header.elementBytes;
  if (rounds)
    roundElements(dtype, tensor, count);
  if (quantized)
    quantizeElements(file, dtype, tensor, count);
  tensor.dtype = dtype;
  tensor.bytes = count * dtypeInfo(dtype).bytes;
  tensor.rank = header.rank;
  for (int64_t i = 0; i < header.rank; ++i)
    tensor.dims[i] = header.dims[i];
  return checkValues(file, tensor);
}
