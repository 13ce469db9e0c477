//===- weights.h - Where the weights come from ---------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model's weights are embedded in it or lie in a file of their own, which is
// mapped, not read, so that processes share it. No code tells the difference.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_WEIGHTS_H
#define SYSTOLE_RUNTIME_SRC_WEIGHTS_H

#include "runtime/src/status.h"

namespace systole::rt {

/// Weights for as long as the object lives.
class Weights {
public:
  Weights() = default;
  Weights(const Weights &) = delete;
  Weights &operator=(const Weights &) = delete;
  ~Weights() { unmapFile(mapping, mappedBytes); }

  /// Finds the weights of `library`. A file is `path` if given, else the name
  /// in the library beside the file `modulePath`. Its size and hash are
  /// checked.
  Status open(const systole_library &library, const char *path,
              const char *modulePath);

  const void *data() const { return base; }

private:
  const void *base = nullptr;
  const void *mapping = nullptr;
  int64_t mappedBytes = 0;
};

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_WEIGHTS_H
