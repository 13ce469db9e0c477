//===- api.h - The objects behind the C interface ------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_API_H
#define SYSTOLE_RUNTIME_SRC_API_H

#include "runtime/src/tensor.h"
#include "runtime/src/weights.h"

/// An opened module. Immutable except for the count.
struct systole_module {
  uint32_t references;
  const systole_library *library;
  const systole_device *device;
  /// The shared library it was loaded from; null if linked in.
  void *handle;
  systole::rt::Weights weights;
};

/// A session: the device's part and what waits to be picked up.
struct systole_session {
  systole_module *module;
  /// What the device made.
  void *state;
  /// A run was submitted, and this is how it ended.
  bool submitted;
  systole_status *result;
};

namespace systole::rt {

/// Whether a structure of `size` bytes as the caller knows it has `field`.
#define SYSTOLE_HAS_FIELD(pointer, type, field)                                \
  ((pointer) &&                                                                \
   (pointer)->size >= offsetof(type, field) + sizeof((pointer)->field))

/// Finds an entry, or says how many there are.
Status findEntry(const systole_module &module, size_t index,
                 const systole_entry_info *&entry);

/// The devices that are part of this library.
const systole_device *cpuDevice();

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_API_H
