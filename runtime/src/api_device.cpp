//===- api_device.cpp - C interface: devices, types -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The registry is a short list behind a lock. The built-in devices enter it
// before it is first looked at.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/api.h"

using namespace systole::rt;

namespace {
constexpr size_t mostDevices = 32;
const systole_device *devices[mostDevices];
size_t numDevices;
uint32_t lockWord;

/// Held for a few instructions at a time, so spinning is enough.
struct Lock {
  Lock() {
    while (__atomic_exchange_n(&lockWord, 1u, __ATOMIC_ACQUIRE)) {
    }
    if (numDevices == 0)
      devices[numDevices++] = cpuDevice();
  }
  ~Lock() { __atomic_store_n(&lockWord, 0u, __ATOMIC_RELEASE); }
};
} // namespace

static const systole_device *findLocked(const char *name) {
  for (size_t i = 0; i < numDevices; ++i)
    if (Text(devices[i]->name) == name)
      return devices[i];
  return nullptr;
}

systole_status *systole_device_register(const systole_device *device) {
  if (!device || device->size < offsetof(systole_device, begin_sample) ||
      !device->name || !device->check_library || !device->create_session ||
      !device->run || !device->reset || !device->destroy_session)
    return systole_status_create(SYSTOLE_STATUS_INVALID_ARGUMENT,
                                 "a device needs a name and all its functions");
  Lock lock;
  if (findLocked(device->name))
    return Status(Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
                  << "there is a device '" << device->name << "' already")
        .take();
  if (numDevices == mostDevices)
    return Status(Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
                  << "there are " << numDevices << " devices already")
        .take();
  devices[numDevices++] = device;
  return nullptr;
}

size_t systole_device_count(void) {
  Lock lock;
  return numDevices;
}

const systole_device *systole_device_get(size_t index) {
  Lock lock;
  return index < numDevices ? devices[index] : nullptr;
}

const systole_device *systole_device_find(const char *name) {
  Lock lock;
  return findLocked(name);
}

uint32_t systole_api_version(void) { return SYSTOLE_API_VERSION; }

const char *systole_dtype_name(uint32_t dtype) { return dtypeInfo(dtype).name; }

size_t systole_dtype_bytes(uint32_t dtype) { return dtypeInfo(dtype).bytes; }
