//===- Cache.cpp - Compiled modules kept between runs ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Cache.h for the layout and who may write there.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Cache.h"
#include "tools/systole/Diagnostics.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

/// Appends the build id of one loaded library, in hexadecimal.
static int appendBuildId(dl_phdr_info *info, size_t, void *result) {
  auto &text = *static_cast<std::string *>(result);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_NOTE)
      continue;
    const char *at = reinterpret_cast<const char *>(info->dlpi_addr +
                                                    info->dlpi_phdr[i].p_vaddr);
    const char *end = at + info->dlpi_phdr[i].p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto *note = reinterpret_cast<const ElfW(Nhdr) *>(at);
      const char *name = at + sizeof(*note);
      const char *bytes = name + (note->n_namesz + 3) / 4 * 4;
      if (note->n_type == NT_GNU_BUILD_ID)
        text +=
            toHex(StringRef(bytes, note->n_descsz), /*LowerCase=*/true) + ";";
      at = bytes + (note->n_descsz + 3) / 4 * 4;
    }
  }
  return 0;
}

std::string systole::driver::compilerIdentity() {
  std::string result = SYSTOLE_VERSION ";" LLVM_VERSION_STRING ";";
  dl_iterate_phdr(appendBuildId, &result);
  return result;
}

std::string systole::driver::cacheKey(StringRef model, StringRef options) {
  BLAKE3 hash;
  // Each part is preceded by its length: no two lists of parts look alike.
  std::string identity = compilerIdentity();
  for (StringRef part : {StringRef(identity), options, model}) {
    hash.update(std::to_string(part.size()) + ":");
    hash.update(part);
  }
  return toHex(hash.final<16>(), /*LowerCase=*/true);
}

/// A hash of a file's bytes; empty if it cannot be read. The file is read in
/// parts: a model of gigabytes may be mapped already, and counts once.
static std::string contentHash(StringRef path) {
  auto file = sys::fs::openNativeFileForRead(path);
  if (!file) {
    consumeError(file.takeError());
    return "";
  }
  scope_exit close([&] { sys::fs::closeFile(*file); });
  BLAKE3 hash;
  std::vector<char> part(1 << 20);
  while (true) {
    Expected<size_t> count = sys::fs::readNativeFile(*file, part);
    if (!count) {
      consumeError(count.takeError());
      return "";
    }
    if (*count == 0)
      return toHex(hash.final<16>(), /*LowerCase=*/true);
    hash.update(StringRef(part.data(), *count));
  }
}

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

static void refuse(const Twine &folder, const Twine &reason) {
  printError("the cache folder '" + folder + "' " + reason);
  printHelp("set SYSTOLE_CACHE to a folder of your own, or use --no-cache");
}

/// Makes `folder`, with mode 0700, where there is none. An existing one must be
/// this user's, and closed to others: `close` closes it, else it is refused.
static bool makePrivate(const std::string &folder, bool close) {
  if (std::error_code error =
          sys::fs::create_directories(folder, true, sys::fs::owner_all)) {
    refuse(folder, "cannot be made: " + error.message());
    return false;
  }
  struct stat status;
  if (::stat(folder.c_str(), &status) || !S_ISDIR(status.st_mode)) {
    refuse(folder, "is no folder");
    return false;
  }
  if (status.st_uid != ::geteuid()) {
    refuse(folder, "belongs to another user, who could place code in it");
    return false;
  }
  if (close ? (status.st_mode & 077) && ::chmod(folder.c_str(), 0700)
            : (status.st_mode & 022)) {
    refuse(folder, "can be written by other users, who could place code in it");
    return false;
  }
  return true;
}

/// $SYSTOLE_CACHE or the user's cache folder; empty if neither is known.
static std::string cacheRoot() {
  if (std::optional<std::string> given = sys::Process::GetEnv("SYSTOLE_CACHE"))
    if (!given->empty())
      return *given;
  SmallString<256> folder;
  if (!sys::path::cache_directory(folder))
    return "";
  sys::path::append(folder, "systole");
  return std::string(folder);
}

std::optional<Cache> Cache::open(bool keep) {
  std::string root = keep ? cacheRoot() : "";
  if (!root.empty()) {
    std::string modules = root + "/modules";
    // The root may be a folder that the user made for more than this.
    if (!makePrivate(root, false) || !makePrivate(modules, true))
      return std::nullopt;
    return Cache(modules, true);
  }
  SmallString<256> folder;
  if (std::error_code error =
          sys::fs::createUniqueDirectory("systole", folder)) {
    printError("cannot make a temporary folder: " + error.message());
    printHelp("set TMPDIR to a folder with free space");
    return std::nullopt;
  }
  return Cache(std::string(folder), false);
}

Cache::Cache(Cache &&other)
    : folder(std::move(other.folder)), keep(other.keep) {
  other.folder.clear();
}

Cache::~Cache() {
  if (!keep && !folder.empty())
    sys::fs::remove_directories(folder);
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

/// True for a regular file of this user that nobody else can write.
static bool isOwnFile(const std::string &path) {
  struct stat status;
  return !::lstat(path.c_str(), &status) && S_ISREG(status.st_mode) &&
         status.st_uid == ::geteuid() && !(status.st_mode & 022);
}

std::optional<std::string> Cache::lookup(StringRef key) const {
  std::string path = (folder + "/" + key + ".so").str();
  std::string recordPath = (folder + "/" + key + ".json").str();
  if (!keep || !isOwnFile(path) || !isOwnFile(recordPath))
    return std::nullopt;
  auto buffer = MemoryBuffer::getFile(recordPath);
  if (!buffer)
    return std::nullopt;
  Expected<json::Value> record = json::parse((*buffer)->getBuffer());
  if (!record) {
    consumeError(record.takeError());
    return std::nullopt;
  }
  const json::Object *fields = record->getAsObject();
  if (!fields || fields->getString("hash") != StringRef(contentHash(path)))
    return std::nullopt;
  const json::Object *files = fields->getObject("files");
  if (!files)
    return std::nullopt;
  for (const auto &[file, hash] : *files)
    if (hash.getAsString() != StringRef(contentHash(file)))
      return std::nullopt;
  return path;
}

std::string Cache::temporaryPath(StringRef key) const {
  return (folder + "/" + key + "." + Twine(::getpid()) + ".tmp.so").str();
}

/// Writes the record beside the module; through a rename, as the module itself.
static std::error_code writeRecord(const std::string &path, StringRef hash,
                                   ArrayRef<std::string> externalFiles) {
  json::Object files;
  for (const std::string &file : externalFiles)
    files[file] = contentHash(file);
  std::string temporary = path + "." + std::to_string(::getpid()) + ".tmp";
  std::error_code error;
  raw_fd_ostream os(temporary, error);
  if (error)
    return error;
  os << json::Value(json::Object{{"hash", hash}, {"files", std::move(files)}})
     << "\n";
  os.close();
  if ((error = os.error())) {
    os.clear_error();
    sys::fs::remove(temporary);
    return error;
  }
  return sys::fs::rename(temporary, path);
}

std::optional<std::string>
Cache::store(StringRef key, StringRef temporary,
             ArrayRef<std::string> externalFiles) const {
  if (!keep)
    return temporary.str();
  std::string path = (folder + "/" + key + ".so").str();
  ::chmod(temporary.str().c_str(), 0700);
  std::error_code error = writeRecord((folder + "/" + key + ".json").str(),
                                      contentHash(temporary), externalFiles);
  if (!error)
    error = sys::fs::rename(temporary, path);
  if (!error)
    return path;
  sys::fs::remove(temporary);
  refuse(folder, "cannot be written: " + error.message());
  return std::nullopt;
}
