//===- platform.h - Everything asked of the system ------------ -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operating system as the runtime sees it. One folder beside this header
// implements it for each system; no other file makes a system call or includes
// a header of the C library. Functions that can fail return 0 or an errno
// value.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_PLATFORM_PLATFORM_H
#define SYSTOLE_RUNTIME_SRC_PLATFORM_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

namespace systole::rt {

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Returns memory aligned to SYSTOLE_ALIGNMENT with undefined contents, or null
/// when there is none. Zero bytes give a valid pointer.
void *allocate(size_t bytes);

/// Frees what `allocate` returned. Null is allowed.
void release(void *memory);

/// Maps a file read-only into memory. An empty file gives null and 0 bytes.
int mapFile(const char *path, const void *&data, int64_t &bytes);

/// Undoes mapFile.
void unmapFile(const void *data, int64_t bytes);

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// Reads a whole file, pipe or device into memory from `allocate`, so that a
/// file which shrinks meanwhile cannot hurt.
int readFile(const char *path, void *&data, int64_t &bytes);

/// Creates or truncates a file for writing and sets `descriptor`.
int createFile(const char *path, int &descriptor);

/// Writes all bytes, whatever the pieces in which the system takes them.
int writeAll(int descriptor, const void *data, int64_t bytes);

/// Closes a file and reports what was wrong with delayed writes.
int closeFile(int descriptor);

int removeFile(const char *path);
int renameFile(const char *from, const char *to);

/// Makes a folder and those above it; one that exists already is a success.
int makeDirectories(const char *path);

/// Writes the path of the running executable, cut to `capacity` bytes with the
/// final zero. Empty if the system does not say.
void executablePath(char *path, int64_t capacity);

/// A short text for an errno value.
const char *errorText(int error);

//===----------------------------------------------------------------------===//
// Process
//===----------------------------------------------------------------------===//

/// The value of an environment variable, or null.
const char *environmentVariable(const char *name);

/// A clock that never goes back.
int64_t monotonicNanoseconds();

/// How many CPUs this process may use at once.
int64_t affinityCount();

/// A write to a closed pipe becomes an error instead of a signal.
void ignoreBrokenPipes();

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

/// A running thread; opaque.
struct Thread;

/// Starts a thread, or returns null. Its stack has at least 1 MiB.
Thread *startThread(void (*function)(void *), void *argument);

/// Waits for a thread to end and frees it.
void joinThread(Thread *thread);

/// Sleeps while `*word` is `expected`. May return without reason.
void futexWait(const uint32_t *word, uint32_t expected);

/// Wakes all threads that sleep on `word`.
void futexWakeAll(const uint32_t *word);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_PLATFORM_PLATFORM_H
