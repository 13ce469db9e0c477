//===- Cache.h - Compiled modules kept between runs -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `systole run MODEL` compiles a module into the cache and loads it from there.
//
//   $SYSTOLE_CACHE/modules/KEY.so      the module
//   $SYSTOLE_CACHE/modules/KEY.json    its hash, and the external files it is
//   of
//
// KEY hashes all that the module depends on: the model's bytes, the options,
// the resolved CPU, and the compiler (its version and the build ids of every
// library in the process). External data is hashed too, and listed, so that a
// change to it is noticed without reading the model again.
//
// A module is machine code, so the folder belongs to the user alone: it must be
// owned by the caller and closed to others, or it is refused. Files appear
// under their names by a rename, so that a reader never sees half of one; one
// that is damaged anyway fails its hash and is made again. Deleting anything is
// safe.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_CACHE_H
#define SYSTOLE_TOOLS_SYSTOLE_CACHE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace systole::driver {

/// The folder of compiled modules; or, with --no-cache, a folder of this
/// process that vanishes with it.
class Cache {
public:
  /// Opens the cache and makes its folder where there is none. Prints a message
  /// and returns nullopt if it cannot be trusted.
  static std::optional<Cache> open(bool keep);
  Cache(Cache &&other);
  Cache(const Cache &) = delete;
  /// Removes the folder if it is this process's own.
  ~Cache();

  /// The module of `key`, if it is there and whole and its external files are
  /// as they were.
  std::optional<std::string> lookup(llvm::StringRef key) const;

  /// Where the module of `key` is to be written before `store`.
  std::string temporaryPath(llvm::StringRef key) const;

  /// Gives the module at `temporary` its name in the cache; `externalFiles` are
  /// what the model read beside itself. Returns its path, or nullopt with a
  /// message.
  std::optional<std::string>
  store(llvm::StringRef key, llvm::StringRef temporary,
        llvm::ArrayRef<std::string> externalFiles) const;

private:
  Cache(std::string folder, bool keep)
      : folder(std::move(folder)), keep(keep) {}
  std::string folder;
  bool keep;
};

/// The key of a model's bytes compiled with `options`: hexadecimal digits.
std::string cacheKey(llvm::StringRef model, llvm::StringRef options);

/// What identifies this build of the compiler: version and build ids.
std::string compilerIdentity();

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_CACHE_H
