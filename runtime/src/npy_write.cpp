//===- npy_write.cpp - Writing .npy files ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/npy.h"

using namespace systole::rt;

/// The bytes of the longest string; NumPy has no width of 0.
static int64_t stringWidth(const Tensor &tensor) {
  int64_t width = 1;
  for (int64_t i = 0; i < tensor.count(); ++i) {
    int64_t size = static_cast<const systole_string *>(tensor.data)[i].size;
    width = size > width ? size : width;
  }
  return width;
}

/// Appends all strings, each filled up with zeros; returns an error's number.
static int writeStrings(int file, const Tensor &tensor) {
  int64_t width = stringWidth(tensor);
  StringBuilder text;
  for (int64_t i = 0; i < tensor.count(); ++i) {
    const auto &string = static_cast<const systole_string *>(tensor.data)[i];
    text << Text(string.data, string.size);
    for (int64_t k = string.size; k < width; ++k)
      text << '\0';
  }
  return writeAll(file, text.text().data, text.text().size);
}

/// Builds the header, padded so that the elements are aligned to 64 bytes.
static void buildHeader(const Tensor &tensor, StringBuilder &out) {
  StringBuilder dictionary;
  dictionary << "{'descr': '" << dtypeInfo(tensor.dtype).npy;
  if (tensor.dtype == SYSTOLE_DTYPE_STRING)
    dictionary << stringWidth(tensor);
  dictionary << "', 'fortran_order': False, 'shape': (";
  for (int64_t i = 0; i < tensor.rank; ++i)
    dictionary << (i ? " " : "") << tensor.dims[i]
               << (i + 1 < tensor.rank || tensor.rank == 1 ? "," : "");
  dictionary << "), }";

  int64_t length = dictionary.text().size + 1;
  length += -(length + 10) & 63;
  out << Text("\x93NUMPY\x01\x00", 8) << char(length & 255) << char(length >> 8)
      << dictionary.text();
  while (out.text().size < length + 9)
    out << ' ';
  out << '\n';
}

Status systole::rt::writeNpy(const char *path, const Tensor &tensor) {
  StringBuilder header, temporary;
  buildHeader(tensor, header);
  temporary << path << ".part";
  int file = -1;
  int error = createFile(temporary.c_str(), file);
  if (!error) {
    error = writeAll(file, header.text().data, header.text().size);
    if (!error)
      error = tensor.dtype == SYSTOLE_DTYPE_STRING
                  ? writeStrings(file, tensor)
                  : writeAll(file, tensor.data, tensor.bytes);
    // Some file systems report a full disk only when the file is closed.
    int closing = closeFile(file);
    error = error ? error : closing;
    if (!error)
      error = renameFile(temporary.c_str(), path);
    if (error)
      removeFile(temporary.c_str());
  }
  if (error)
    return Failure(SYSTOLE_STATUS_IO)
           << "cannot write '" << path << "': " << errorText(error);
  return Status();
}
