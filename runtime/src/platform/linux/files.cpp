//===- files.cpp - Files on Linux -----------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/platform/linux/syscalls.h"
#include "runtime/src/platform/platform.h"

using namespace systole::rt;

namespace {
constexpr long currentFolder = -100;                   // AT_FDCWD
constexpr long readOnly = 02000000;                    // O_RDONLY | O_CLOEXEC
constexpr long writeNew = 02000000 | 0100 | 01000 | 1; // + O_CREAT, O_TRUNC
constexpr int interrupted = 4, alreadyExists = 17, noMemory = 12;
/// The kernel moves no more than this in one call.
constexpr int64_t largestTransfer = 0x7ffff000;
} // namespace

/// Opens a file and asks for its size; pipes and devices report 0.
static int openForReading(const char *path, int64_t &size) {
  long fd = sys::call(sys::Openat, currentFolder, sys::word(path), readOnly);
  if (fd < 0)
    return int(fd);
  long end = sys::call(sys::Seek, fd, 0, /*SEEK_END=*/2);
  sys::call(sys::Seek, fd, 0, /*SEEK_SET=*/0);
  // Some special files report nonsense; the reader grows its buffer instead.
  size = end < 0 || end > (1L << 46) ? 0 : end;
  return int(fd);
}

int systole::rt::mapFile(const char *path, const void *&data, int64_t &bytes) {
  data = nullptr;
  int fd = openForReading(path, bytes);
  if (fd < 0)
    return -fd;
  long result = 0;
  if (bytes > 0) {
    result = sys::call(sys::Mmap, 0, bytes, /*PROT_READ=*/1, /*MAP_PRIVATE=*/2,
                       fd, 0);
    if (result > 0 || result < -4095)
      data = reinterpret_cast<const void *>(result);
  }
  sys::call(sys::Close, fd);
  return bytes > 0 && !data ? int(-result) : 0;
}

void systole::rt::unmapFile(const void *data, int64_t bytes) {
  if (data)
    sys::call(sys::Munmap, sys::word(data), bytes);
}

/// Reads from `fd` to the end of the file into a buffer that grows.
static int readToEnd(int fd, int64_t capacity, void *&data, int64_t &bytes) {
  char *buffer = static_cast<char *>(allocate(capacity));
  bytes = 0;
  while (buffer) {
    if (bytes == capacity) {
      char *larger = static_cast<char *>(allocate(2 * capacity));
      if (larger)
        __builtin_memcpy(larger, buffer, bytes);
      release(buffer);
      buffer = larger;
      capacity *= 2;
      continue;
    }
    int64_t room = capacity - bytes;
    long got = sys::call(sys::Read, fd, sys::word(buffer + bytes),
                         room < largestTransfer ? room : largestTransfer);
    if (got == -interrupted)
      continue;
    if (got < 0) {
      release(buffer);
      return int(-got);
    }
    if (got == 0) {
      data = buffer;
      return 0;
    }
    bytes += got;
  }
  return noMemory;
}

int systole::rt::readFile(const char *path, void *&data, int64_t &bytes) {
  data = nullptr;
  int64_t size = 0;
  int fd = openForReading(path, size);
  if (fd < 0)
    return -fd;
  // One byte more than the size, so that the last read sees the end of file
  // without growing the buffer.
  int error = readToEnd(fd, size > 0 ? size + 1 : 65536, data, bytes);
  sys::call(sys::Close, fd);
  return error;
}

int systole::rt::createFile(const char *path, int &descriptor) {
  long fd =
      sys::call(sys::Openat, currentFolder, sys::word(path), writeNew, 0666);
  descriptor = int(fd);
  return fd < 0 ? int(-fd) : 0;
}

int systole::rt::writeAll(int descriptor, const void *data, int64_t bytes) {
  const char *next = static_cast<const char *>(data);
  while (bytes > 0) {
    long done = sys::call(sys::Write, descriptor, sys::word(next),
                          bytes < largestTransfer ? bytes : largestTransfer);
    if (done == -interrupted)
      continue;
    if (done < 0)
      return int(-done);
    next += done;
    bytes -= done;
  }
  return 0;
}

int systole::rt::closeFile(int descriptor) {
  return int(-sys::call(sys::Close, descriptor));
}

int systole::rt::removeFile(const char *path) {
  return int(-sys::call(sys::Unlinkat, currentFolder, sys::word(path), 0));
}

int systole::rt::renameFile(const char *from, const char *to) {
  return int(-sys::call(sys::Renameat2, currentFolder, sys::word(from),
                        currentFolder, sys::word(to), 0));
}

int systole::rt::makeDirectories(const char *path) {
  char part[4096];
  int error = 0;
  for (int64_t i = 0; i < int64_t(sizeof(part)); ++i) {
    part[i] = path[i];
    if (i > 0 && (path[i] == '/' || path[i] == 0)) {
      part[i] = 0;
      // Folders above may exist and yet refuse this call, so only what became
      // of the last one counts; creating a file in it tells the rest.
      error =
          int(-sys::call(sys::Mkdirat, currentFolder, sys::word(part), 0777));
      part[i] = path[i];
    }
    if (path[i] == 0)
      return error == alreadyExists ? 0 : error;
  }
  return 36; // ENAMETOOLONG
}

void systole::rt::executablePath(char *path, int64_t capacity) {
  long length =
      sys::call(sys::Readlinkat, currentFolder, sys::word("/proc/self/exe"),
                sys::word(path), capacity - 1);
  path[length > 0 ? length : 0] = 0;
}
