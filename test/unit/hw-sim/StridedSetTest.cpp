//===- StridedSetTest.cpp - Sets of bytes against their elements ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The oracle is a std::set of the bytes that the loops give.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/StridedSet.h"
#include "gtest/gtest.h"
#include <random>
#include <set>

using namespace systole::isa;
using namespace systole::sim;

static std::set<int64_t> bytesOf(const OperandAccess &operand) {
  std::set<int64_t> bytes;
  forEachAccess(operand, [&](const Access &access) {
    for (int64_t i = 0; i < access.count; ++i)
      bytes.insert(access.first + i);
  });
  return bytes;
}

namespace {
/// Random operands that often overlap, and often just do not.
struct Randomness {
  std::mt19937 generator{20};

  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(generator);
  }
  Affine affine() {
    Affine affine{pick(200, 300)};
    for (Loop &loop : affine.loops)
      loop = {pick(1, 5), pick(0, 2) ? pick(-12, 12) : 4 * pick(-8, 8)};
    affine.run = pick(1, 6);
    return affine;
  }
  LineReads lines() {
    LineReads lines;
    lines.base = pick(150, 300);
    lines.pitch = pick(-9, 9);
    lines.bytes = pick(1, 8);
    lines.row = pick(-8, 6);
    lines.rows = pick(1, 6);
    lines.stride = pick(1, 5);
    lines.reach = pick(1, 4);
    lines.height = pick(1, 14);
    return lines;
  }
  OperandAccess operand() {
    if (pick(0, 3) == 0)
      return {Memory::Dram, false, lines()};
    return {Memory::Dram, false, affine()};
  }
};
} // namespace

TEST(StridedSetTest, HasTheBytesOfItsLoops) {
  Randomness random;
  for (unsigned i = 0; i < 5000; ++i) {
    OperandAccess operand = random.operand();
    std::set<int64_t> found;
    Affine all{-1000};
    all.run = 3000;
    for (const StridedSet &set : stridedSetsOf(operand))
      StridedSet::intersect(set, StridedSet(all),
                            [&](int64_t first, int64_t last) {
                              for (int64_t at = first; at <= last; ++at)
                                found.insert(at);
                              return true;
                            });
    ASSERT_EQ(found, bytesOf(operand)) << "sample " << i;
  }
}

TEST(StridedSetTest, IntersectionIsExact) {
  Randomness random;
  unsigned disjoint = 0, hullsMeet = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    OperandAccess l = random.operand(), r = random.operand();
    std::set<int64_t> expected, found, ofL = bytesOf(l);
    for (int64_t byte : bytesOf(r))
      if (ofL.count(byte))
        expected.insert(byte);
    for (const StridedSet &a : stridedSetsOf(l))
      for (const StridedSet &b : stridedSetsOf(r)) {
        hullsMeet += a.begin() < b.end() && b.begin() < a.end();
        StridedSet::intersect(a, b, [&](int64_t first, int64_t last) {
          for (int64_t at = first; at <= last; ++at)
            found.insert(at);
          return true;
        });
      }
    ASSERT_EQ(found, expected) << "sample " << i;
    disjoint += expected.empty();
  }
  // Otherwise these samples would not try what is difficult.
  EXPECT_GT(disjoint, 2000u);
  EXPECT_GT(hullsMeet, 8000u);
}

TEST(StridedSetTest, InterleavedPicturesNeedNoWalk) {
  // 2^22 even and odd bytes: by residues, not one by one; and 2^20 rows of
  // which one set has the left half, the other the right.
  auto areDisjoint = [](int64_t distance, int64_t stride, int64_t run) {
    Affine l{0}, r{distance};
    l.loops[0] = r.loops[0] = {1 << 11, stride};
    l.loops[1] = r.loops[1] = {1 << 11, stride << 11};
    l.run = r.run = run;
    bool isDisjoint = true;
    StridedSet::intersect(StridedSet(l), StridedSet(r), [&](int64_t, int64_t) {
      isDisjoint = false;
      return false;
    });
    return isDisjoint;
  };
  EXPECT_TRUE(areDisjoint(1, 2, 1));
  EXPECT_TRUE(areDisjoint(32, 64, 32));
  EXPECT_FALSE(areDisjoint(31, 64, 32));
  EXPECT_FALSE(areDisjoint(2, 2, 1));
}
