//===- status.h - Success or a message ------------------------ -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Status carries a failure through the runtime; it is the C interface's
// systole_status with an owner. Functions build one where they fail:
//
//   return Failure(SYSTOLE_STATUS_IO) << "cannot read '" << path << "'";
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_STATUS_H
#define SYSTOLE_RUNTIME_SRC_STATUS_H

#include "runtime/src/abi.h"

// NOTE: abi.h comes first: the public header leaves out what it defines.
#include "runtime/include/systole/systole.h"
#include "runtime/src/text.h"

namespace systole::rt {

/// Success, or a failure that it owns.
class [[nodiscard]] Status {
public:
  Status() = default;
  /// Takes ownership.
  explicit Status(systole_status *failure) : failure(failure) {}
  Status(Status &&other) : failure(other.take()) {}
  Status &operator=(Status &&other);
  Status(const Status &) = delete;
  Status &operator=(const Status &) = delete;
  ~Status() {
    // Nearly always there is nothing to do.
    if (failure)
      systole_status_release(failure);
  }

  bool failed() const { return failure != nullptr; }
  bool succeeded() const { return failure == nullptr; }
  systole_status_code code() const { return systole_status_get_code(failure); }
  const char *message() const { return systole_status_message(failure); }

  /// Hands the failure, if any, to the caller.
  systole_status *take() {
    systole_status *taken = failure;
    failure = nullptr;
    return taken;
  }

private:
  systole_status *failure = nullptr;
};

/// A failure whose message is being written.
class Failure {
public:
  explicit Failure(systole_status_code code) : code(code) {}

  template <typename T>
  Failure &operator<<(const T &value) {
    message << value;
    return *this;
  }
  Failure &shape(const int64_t *dims, int64_t rank) {
    message.shape(dims, rank);
    return *this;
  }
  operator Status() {
    return Status(systole_status_create(code, message.c_str()));
  }

private:
  systole_status_code code;
  StringBuilder message;
};

/// The failure of memory for `bytes` bytes.
Status outOfMemory(int64_t bytes);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_STATUS_H
