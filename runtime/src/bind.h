//===- bind.h - Which tensor each input gets ------------------ -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first half of a run: reads the command line's NAME=FILE and OUT=IN, loads
// the files and decides, for every input, where its values come from.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_BIND_H
#define SYSTOLE_RUNTIME_SRC_BIND_H

#include "runtime/src/runner.h"

namespace systole::rt {

/// Where one input's values come from.
struct BoundInput {
  /// The file's tensor, or the first value of a carried input.
  OwnedTensor tensor;
  /// A file was named for it.
  const char *path;
  /// The path's text, where it is made of that of a sequence's folder.
  StringBuilder elementPath;
  /// The file has one more leading axis: entry i is its i-th part.
  bool stacked;
  /// One more than the output that is carried to this input; 0: none.
  int64_t carriedFrom;
};

/// Binds all inputs of a request. `entries` is the length of the leading axis
/// with --each, else 1.
Status bindInputs(const RunRequest &request, Array<BoundInput> &inputs,
                  int64_t &entries);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_BIND_H
