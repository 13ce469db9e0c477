//===- Memories.cpp - What a machine remembers ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// DRAM is a table of pages; a page comes into being when it is first written.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Memories.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace systole::isa;

namespace systole::sim {

// Accumulators are rows of int32 in memory order, which LD and ST copy.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "the models keep accumulators as the bytes of int32");

//===----------------------------------------------------------------------===//
// The pattern
//===----------------------------------------------------------------------===//

/// A mixing function of 64 bits (the finalizer of SplitMix64).
static uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

void fillPattern(uint64_t seed, Memory memory, uint64_t address, uint8_t *to,
                 uint64_t count) {
  uint64_t stream = mixed(seed ^ uint64_t(memory) << 60);
  auto eight = [&](uint64_t index) {
    return mixed(stream + (index + 1) * 0x9e3779b97f4a7c15);
  };
  uint64_t i = 0;
  for (; i < count && (address + i) % 8 != 0; ++i)
    to[i] = eight((address + i) / 8) >> (address + i) % 8 * 8;
  for (; i + 8 <= count; i += 8) {
    uint64_t bytes = eight((address + i) / 8);
    memcpy(to + i, &bytes, 8);
  }
  for (; i < count; ++i)
    to[i] = eight((address + i) / 8) >> (address + i) % 8 * 8;
}

//===----------------------------------------------------------------------===//
// DRAM
//===----------------------------------------------------------------------===//

/// Calls `visit` with page, offset in the page, and bytes, for every page that
/// `count` bytes from `address` on lie in.
template <typename Visit>
static void forEachPage(uint64_t address, uint64_t count, Visit visit) {
  while (count > 0) {
    uint64_t offset = address % Dram::kPageBytes;
    uint64_t part = std::min(count, Dram::kPageBytes - offset);
    visit(address / Dram::kPageBytes, offset, part);
    address += part;
    count -= part;
  }
}

uint8_t *Dram::make(uint64_t page) const {
  std::unique_ptr<uint8_t[]> &bytes = pages[page];
  if (!bytes) {
    bytes = std::make_unique<uint8_t[]>(kPageBytes);
    if (loader)
      loader(page * kPageBytes, bytes.get());
    else
      fillPattern(seed, Memory::Dram, page * kPageBytes, bytes.get(),
                  kPageBytes);
  }
  return bytes.get();
}

void Dram::read(uint64_t address, uint8_t *to, uint64_t count) const {
  forEachPage(address, count, [&](uint64_t page, uint64_t offset, uint64_t n) {
    auto found = pages.find(page);
    if (found != pages.end())
      memcpy(to, found->second.get() + offset, n);
    else if (loader)
      memcpy(to, make(page) + offset, n);
    else
      fillPattern(seed, Memory::Dram, page * kPageBytes + offset, to, n);
    to += n;
  });
}

void Dram::write(uint64_t address, const uint8_t *from, uint64_t count) {
  forEachPage(address, count, [&](uint64_t page, uint64_t offset, uint64_t n) {
    memcpy(make(page) + offset, from, n);
    from += n;
  });
}

std::vector<uint64_t> Dram::writtenPages() const {
  std::vector<uint64_t> addresses;
  for (const auto &page : pages)
    addresses.push_back(page.first * kPageBytes);
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

//===----------------------------------------------------------------------===//
// All memories
//===----------------------------------------------------------------------===//

Memories::Memories(const Machine &machine, uint64_t seed)
    : dram(machine.dram.bytes, seed) {
  for (unsigned i = 0; i < kMemoryCount; ++i) {
    Memory memory = static_cast<Memory>(i);
    if (memory == Memory::Dram)
      continue;
    Chip &chip = chips[i];
    chip.unitBytes = machine.unitBytes(memory);
    uint64_t size = machine.unitsOf(memory) * chip.unitBytes;
    chip.bytes.resize(size + kSlack);
    fillPattern(seed, memory, 0, chip.bytes.data(), size);
  }
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

std::string Difference::text(const Machine &machine) const {
  char values[32];
  snprintf(values, sizeof values, ": 0x%02x and 0x%02x", left, right);
  std::string name = nameOf(memory);
  if (memory == Memory::Dram)
    return name + " byte " + std::to_string(address) + values;
  uint64_t unit = machine.unitBytes(memory);
  bool isRow = memory == Memory::Accumulators || memory == Memory::Depthwise;
  return name + (isRow ? " row " : " word ") + std::to_string(address / unit) +
         ", byte " + std::to_string(address % unit) + values;
}

/// The first of `count` bytes that differs, or `count`.
static uint64_t firstOther(const uint8_t *left, const uint8_t *right,
                           uint64_t count) {
  return std::mismatch(left, left + count, right).first - left;
}

std::optional<Difference> firstDifference(const Dram &left, const Dram &right) {
  std::vector<uint64_t> addresses = left.writtenPages();
  for (uint64_t address : right.writtenPages())
    addresses.push_back(address);
  std::sort(addresses.begin(), addresses.end());
  std::vector<uint8_t> l(Dram::kPageBytes), r(Dram::kPageBytes);
  for (uint64_t address : addresses) {
    uint64_t count = std::min(Dram::kPageBytes, left.size() - address);
    left.read(address, l.data(), count);
    right.read(address, r.data(), count);
    uint64_t i = firstOther(l.data(), r.data(), count);
    if (i < count)
      return Difference{Memory::Dram, address + i, l[i], r[i]};
  }
  return std::nullopt;
}

std::optional<Difference> firstDifference(const Memories &left,
                                          const Memories &right) {
  for (unsigned m = 0; m < kMemoryCount; ++m) {
    Memory memory = static_cast<Memory>(m);
    if (memory == Memory::Dram)
      continue;
    const uint8_t *l = left.at(memory, 0), *r = right.at(memory, 0);
    uint64_t count = left.bytesOf(memory);
    uint64_t i = firstOther(l, r, count);
    if (i < count)
      return Difference{memory, i, l[i], r[i]};
  }
  return firstDifference(left.dram, right.dram);
}

} // namespace systole::sim
