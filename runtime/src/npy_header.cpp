//===- npy_header.cpp - The header of .npy files --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A header is "\x93NUMPY", a version, a length and a Python dictionary:
//   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
// The parser accepts exactly such dictionaries, keys in any order.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/npy.h"

using namespace systole::rt;

namespace {
/// Reads the dictionary from left to right. Any mistake makes `valid` false,
/// after which nothing more is consumed.
struct Cursor {
  Text rest;
  bool valid = true;

  void skipSpace() {
    while (rest.size && (*rest.data == ' ' || *rest.data == '\n' ||
                         *rest.data == '\t' || *rest.data == '\r'))
      rest = rest.dropFront(1);
  }
  /// Consumes `word` if it comes next.
  bool take(Text word) {
    skipSpace();
    if (!valid || !rest.startsWith(word))
      return false;
    rest = rest.dropFront(word.size);
    return true;
  }
  void expect(Text word) { valid = take(word) && valid; }

  /// A string in single or double quotes, without escapes.
  Text string() {
    char quote = take("'") ? '\'' : take("\"") ? '"' : 0;
    int64_t end = quote ? rest.find(quote) : -1;
    if (end < 0) {
      valid = false;
      return Text();
    }
    Text result(rest.data, end);
    rest = rest.dropFront(end + 1);
    return result;
  }
  /// A number without sign; Python 2 wrote an L behind some.
  int64_t number() {
    skipSpace();
    int64_t length = 0;
    while (length < rest.size && rest.data[length] >= '0' &&
           rest.data[length] <= '9')
      ++length;
    int64_t value = 0;
    if (!parseInteger(Text(rest.data, length), value))
      valid = false;
    rest = rest.dropFront(length);
    take("L");
    return value;
  }
};
} // namespace

bool systole::rt::isNpy(const void *data, int64_t bytes) {
  return bytes >= 10 && __builtin_memcmp(data, "\x93NUMPY", 6) == 0;
}

/// Reads the value of 'shape'. Returns false for too many dimensions.
static bool parseShape(Cursor &cursor, NpyHeader &header) {
  header.rank = 0;
  cursor.expect("(");
  while (cursor.valid && !cursor.take(")")) {
    if (header.rank == maxRank)
      return false;
    header.dims[header.rank++] = cursor.number();
    if (!cursor.take(",")) {
      cursor.expect(")");
      break;
    }
  }
  return true;
}

/// Splits a type string such as "<f4".
static bool parseDescr(Text descr, NpyHeader &header) {
  if (descr.size < 3)
    return false;
  char order = descr.data[0];
  header.kind = descr.data[1];
  header.bigEndian = order == '>';
  bool isValid =
      (order == '<' || order == '>' || order == '|' || order == '=') &&
      parseInteger(descr.dropFront(2), header.elementBytes) &&
      header.elementBytes > 0 && header.elementBytes <= INT64_MAX / 4;
  // The width of text is in code points.
  if (isValid && header.kind == 'U')
    header.elementBytes *= 4;
  return isValid;
}

/// Finds the dictionary; returns false if the file ends before it does.
static bool findDictionary(const unsigned char *bytes, int64_t size, Text &text,
                           NpyHeader &header) {
  int version = bytes[6];
  int64_t start = version == 1 ? 10 : 12;
  if (version < 1 || version > 3 || size < start)
    return false;
  int64_t length = bytes[8] | int64_t(bytes[9]) << 8;
  if (version > 1)
    length |= int64_t(bytes[10]) << 16 | int64_t(bytes[11]) << 24;
  if (length > size - start)
    return false;
  text = Text(reinterpret_cast<const char *>(bytes) + start, length);
  header.dataOffset = start + length;
  return true;
}

/// Checks that the elements can be numbers and that all of them are there.
static Status checkContents(const char *path, Text descr, int64_t bytes,
                            NpyHeader &header) {
  if (!tensorBytes(header.dims, header.rank, header.elementBytes,
                   header.dataBytes))
    return Failure(SYSTOLE_STATUS_IO)
           << "'" << path << "': the shape in its header is too large";
  if (header.dataBytes > bytes - header.dataOffset)
    return Failure(SYSTOLE_STATUS_IO)
           << "'" << path << "' is truncated: its header promises "
           << header.dataBytes << " bytes of elements (" << descr
           << "), it holds " << bytes - header.dataOffset;
  return Status();
}

Status systole::rt::parseNpyHeader(const char *path, const void *data,
                                   int64_t bytes, NpyHeader &header) {
  Failure damaged(SYSTOLE_STATUS_IO);
  damaged << "'" << path << "' ";
  if (!isNpy(data, bytes))
    return damaged << "is not a .npy file";
  Text text;
  if (!findDictionary(static_cast<const unsigned char *>(data), bytes, text,
                      header))
    return damaged << "is a damaged .npy file: its header is incomplete or of "
                      "an unknown version";

  Cursor cursor{text};
  Text descr;
  bool seenDescr = false, seenOrder = false, seenShape = false;
  cursor.expect("{");
  while (cursor.valid && !cursor.take("}")) {
    Text key = cursor.string();
    cursor.expect(":");
    if (key == "descr") {
      // A list describes a structure of fields.
      cursor.skipSpace();
      if (cursor.rest.startsWith("["))
        return damaged << "holds structured elements; expected numbers";
      descr = cursor.string();
      seenDescr = true;
    } else if (key == "fortran_order") {
      header.fortranOrder = cursor.take("True");
      if (!header.fortranOrder)
        cursor.expect("False");
      seenOrder = true;
    } else if (key == "shape") {
      if (!parseShape(cursor, header))
        return damaged << "has more than " << maxRank << " dimensions";
      seenShape = true;
    } else {
      cursor.valid = false;
    }
    if (!cursor.take(","))
      if (cursor.expect("}"), true)
        break;
  }
  if (!cursor.valid || !seenDescr || !seenOrder || !seenShape)
    return damaged << "is a damaged .npy file: its header makes no sense";

  if (descr.size > 1 && descr.data[1] == 'O')
    return damaged << "holds Python objects, which are never read; save an "
                      "array of numbers";
  if (!parseDescr(descr, header))
    return damaged << "has elements of an unknown type '" << descr << "'";
  return checkContents(path, descr, bytes, header);
}

uint32_t systole::rt::naturalDtype(const NpyHeader &header) {
  for (uint32_t dtype = SYSTOLE_DTYPE_BOOL; dtype <= SYSTOLE_DTYPE_C128;
       ++dtype)
    // The first match is the plain type; opaque ones have no natural reading.
    if (header.kind != 'V' && dtypeInfo(dtype).npy[1] == header.kind &&
        dtypeInfo(dtype).bytes == header.elementBytes)
      return dtype;
  return SYSTOLE_DTYPE_INVALID;
}

void systole::rt::describeNpyType(const NpyHeader &header, StringBuilder &out) {
  if (uint32_t dtype = naturalDtype(header))
    out << dtypeInfo(dtype).name;
  else if (header.kind == 'S' || header.kind == 'U')
    out << "strings";
  else
    out << "'" << header.kind << header.elementBytes << "'";
}
