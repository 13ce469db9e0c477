//===- weights.cpp - Where the weights come from --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/weights.h"
#include "runtime/src/hash.h"

using namespace systole::rt;

Status Weights::open(const systole_library &library, const char *path,
                     const char *modulePath) {
  base = library.weights;
  if (base || !library.weights_file)
    return Status();

  StringBuilder file;
  if (path) {
    file << path;
  } else {
    Text folder(modulePath);
    while (folder.size && folder.data[folder.size - 1] != '/')
      folder = folder.dropBack(1);
    file << folder << library.weights_file;
  }
  if (int error = mapFile(file.c_str(), mapping, mappedBytes))
    return Failure(SYSTOLE_STATUS_IO)
           << "cannot read the weights file '" << file.text()
           << "': " << errorText(error);
  if (uint64_t(mappedBytes) != library.weights_bytes)
    return Failure(SYSTOLE_STATUS_IO)
           << "the weights file '" << file.text() << "' has " << mappedBytes
           << " bytes, expected " << library.weights_bytes;
  if (hashBytes(mapping, mappedBytes) != library.weights_hash)
    return Failure(SYSTOLE_STATUS_IO)
           << "the weights file '" << file.text()
           << "' is not the one that belongs to this module: its hash differs";
  base = mapping;
  return Status();
}
