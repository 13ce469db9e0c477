//===- session.h - Running compiled code ---------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A session holds what one caller of a compiled model needs: the arena, the
// variables and the argument arrays. For static shapes nothing is allocated
// while it runs; for dynamic ones the arena grows until it suffices and then
// stays.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_SESSION_H
#define SYSTOLE_RUNTIME_SRC_SESSION_H

#include "runtime/src/tensor.h"

namespace systole::rt {

/// Runs the entries of one library; one thread at a time.
class Session {
public:
  /// Allocates for `library`, which, with the weights and the executor (or
  /// null), must outlive the session.
  Status create(const systole_library &library, const void *weights,
                const systole_executor *executor);

  /// Runs entry number `entry`. Inputs have been checked (checkTensor). Each
  /// output names memory of the caller in `data` and `bytes`, or null, and is
  /// replaced by the result: it lies in the caller's memory if that sufficed,
  /// else in the arena until the next run.
  Status run(int64_t entry, const Tensor *inputs, Tensor *outputs);

  /// Gives the model's variables their initial values: all of them, or those
  /// that begin anew with each sample of a data set. `create` has done the
  /// former.
  Status beginState();
  Status beginSample();

private:
  /// Calls an entry with an arena that suffices.
  Status runEntry(const systole_entry_info &entry, const Tensor *inputs,
                  Tensor *outputs);
  /// Calls the entry once with the arena as it is.
  int32_t call(const systole_entry_info &entry, const Tensor *inputs,
               Tensor *outputs, systole_frame &frame);

  const systole_library *library;
  const void *weights;
  const systole_executor *executor;
  Buffer arena;
  /// The variables.
  Buffer state;
  Array<systole_argument> inputArguments;
  Array<systole_argument> outputArguments;
};

/// Whether a tensor has a declared type: the element type and all dimensions
/// except those declared as -1.
bool matchesType(const systole_tensor_info &declared, const Tensor &tensor);

/// Writes a declared type, e.g. "float32 [1,?]".
void describeType(const systole_tensor_info &declared, StringBuilder &out);

/// Writes a tensor's type, e.g. "float32 [1,28]".
void describeType(const Tensor &tensor, StringBuilder &out);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_SESSION_H
