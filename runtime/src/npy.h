//===- npy.h - Tensors in .npy files -------------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads and writes NumPy's `.npy` files: versions 1 to 3, C and Fortran order,
// either byte order. Element types NumPy lacks use its nearest ones: bfloat16
// is written as `<V2` and also read from uint16, the 8-bit floats as `|V1` or
// uint8, types below a byte as one int8 or uint8 for each element. A file is
// never trusted: every size is checked before it is used.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_NPY_H
#define SYSTOLE_RUNTIME_SRC_NPY_H

#include "runtime/src/tensor.h"

namespace systole::rt {

/// What the header of a `.npy` file says.
struct NpyHeader {
  /// NumPy's kind letter ('f', 'i', 'u', 'b', 'c', 'V') and bytes an element.
  char kind;
  int64_t elementBytes;
  bool bigEndian;
  bool fortranOrder;
  int32_t rank;
  int64_t dims[maxRank];
  /// Where the elements begin, and how many bytes they take.
  int64_t dataOffset;
  int64_t dataBytes;
};

/// Whether bytes begin as a `.npy` file does.
bool isNpy(const void *data, int64_t bytes);

/// Reads the header of the file `path` whose contents are given.
Status parseNpyHeader(const char *path, const void *data, int64_t bytes,
                      NpyHeader &header);

/// The type of a header's elements as NumPy calls it, e.g. "float32".
void describeNpyType(const NpyHeader &header, StringBuilder &out);

/// The element type that a header suggests by itself; INVALID for opaque ones.
uint32_t naturalDtype(const NpyHeader &header);

/// Makes a tensor of type `dtype` from a file's contents, which it takes over
/// and, where nothing has to be converted, uses in place.
Status decodeNpy(const FileSubject &file, uint32_t dtype, Buffer &&contents,
                 OwnedTensor &tensor);

/// Writes a tensor. The file appears whole or not at all: it is written under a
/// temporary name beside it, which is removed if anything fails.
Status writeNpy(const char *path, const Tensor &tensor);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_NPY_H
