//===- WeightStore.cpp - The constants of a compiled model ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/WeightStore.h"
#include "runtime/src/abi.h"
#include "runtime/src/hash.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"
#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

/// Constants start at multiples of this; the hash goes on from any of them.
static constexpr int64_t kGranule = 16;

/// Large constants start on a boundary for whole vectors; small ones are packed
/// at their natural alignment, so that a network of scalars stays small.
static int64_t alignmentOf(int64_t bytes) {
  return bytes >= 256 ? SYSTOLE_ALIGNMENT : kGranule;
}

/// Tells the kernel that `content` is not needed soon: pages of a mapped model
/// leave memory, and come back from the file when they are read again. Other
/// memory stays as it is.
static void pageOut(StringRef content) {
#ifdef MADV_PAGEOUT
  uintptr_t page = sysconf(_SC_PAGESIZE);
  uintptr_t begin =
      llvm::alignTo(reinterpret_cast<uintptr_t>(content.begin()), page);
  uintptr_t end = reinterpret_cast<uintptr_t>(content.end()) / page * page;
  if (begin < end)
    madvise(reinterpret_cast<void *>(begin), end - begin, MADV_PAGEOUT);
#endif
}

WeightStore::WeightStore() : runningHash(rt::hashBytes(nullptr, 0)) {}

void WeightStore::streamTo(StringRef path) {
  assert(entries.empty() && "what was added would not be in the file");
  this->path = path.str();
  file.reset(std::fopen(this->path.c_str(), "w+b"));
  error = file ? 0 : errno;
}

bool WeightStore::holds(const Entry &entry, StringRef content) const {
  if (entry.size != int64_t(content.size()))
    return false;
  if (path.empty())
    return StringRef(entry.tensor.data(), entry.size) == content;
  std::vector<char> part(std::min<int64_t>(entry.size, 1 << 20));
  for (int64_t at = 0; at < entry.size; at += part.size()) {
    StringRef expected = content.substr(at, part.size());
    if (!file || std::fseek(file.get(), entry.offset + at, SEEK_SET) ||
        std::fread(part.data(), 1, expected.size(), file.get()) !=
            expected.size() ||
        StringRef(part.data(), expected.size()) != expected)
      return false;
  }
  return true;
}

/// Writes `content`, of a multiple of kGranule bytes.
void WeightStore::append(StringRef content) {
  if (error || content.empty())
    return;
  errno = 0;
  if (std::fseek(file.get(), 0, SEEK_END) ||
      std::fwrite(content.data(), 1, content.size(), file.get()) !=
          content.size())
    error = errno ? errno : EIO;
  runningHash = rt::hashBytes(content.data(), content.size(), runningHash);
}

int64_t WeightStore::add(const graph::Tensor &tensor) {
  StringRef content(tensor.data(), tensor.byteSize());
  auto &candidates = byHash[llvm::xxh3_64bits(content) >> 1];
  for (int64_t candidate : candidates)
    if (holds(entries[candidate], content))
      return entries[candidate].offset;
  int64_t offset = llvm::alignTo(total, alignmentOf(content.size()));
  candidates.push_back(entries.size());
  if (path.empty()) {
    entries.push_back({tensor, offset, tensor.byteSize()});
  } else {
    size_t whole = content.size() / kGranule * kGranule;
    std::string tail = content.substr(whole).str();
    append(std::string(offset - total, '\0'));
    append(content.take_front(whole));
    tail.resize(llvm::alignTo(tail.size(), kGranule));
    append(tail);
    pageOut(content);
    entries.push_back({graph::Tensor(), offset, tensor.byteSize()});
  }
  total = llvm::alignTo(offset + content.size(), kGranule);
  return offset;
}

std::vector<char> WeightStore::bytes() const {
  std::vector<char> result(total);
  for (const Entry &entry : entries)
    std::copy_n(entry.tensor.data(), entry.size, result.begin() + entry.offset);
  return result;
}

LogicalResult WeightStore::finish(std::string &message) {
  if (std::FILE *open = file.release())
    if (std::fclose(open) && !error)
      error = errno;
  if (!error)
    return success();
  message = "cannot write '" + path + "': " + std::strerror(error);
  return failure();
}
