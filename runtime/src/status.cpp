//===- status.cpp - Success or a message ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/status.h"

using namespace systole::rt;

/// The message follows the structure in the same block.
struct systole_status {
  systole_status_code code;
};

/// What there is when there is no memory even for a status; never freed.
static const struct {
  systole_status status;
  char message[14];
} exhausted = {{SYSTOLE_STATUS_OUT_OF_MEMORY}, "out of memory"};

systole_status *systole_status_create(systole_status_code code,
                                      const char *message) {
  size_t length = __builtin_strlen(message);
  void *memory = allocate(sizeof(systole_status) + length + 1);
  if (!memory)
    return const_cast<systole_status *>(&exhausted.status);
  auto *status = static_cast<systole_status *>(memory);
  status->code = code;
  __builtin_memcpy(status + 1, message, length + 1);
  return status;
}

systole_status_code systole_status_get_code(const systole_status *status) {
  return status ? status->code : SYSTOLE_STATUS_OK;
}

const char *systole_status_message(const systole_status *status) {
  return status ? reinterpret_cast<const char *>(status + 1) : "";
}

void systole_status_release(systole_status *status) {
  if (status != &exhausted.status)
    release(status);
}

Status &Status::operator=(Status &&other) {
  systole_status *taken = other.take();
  systole_status_release(failure);
  failure = taken;
  return *this;
}

Status systole::rt::outOfMemory(int64_t bytes) {
  return Failure(SYSTOLE_STATUS_OUT_OF_MEMORY)
         << "out of memory: cannot allocate " << bytes << " bytes";
}
