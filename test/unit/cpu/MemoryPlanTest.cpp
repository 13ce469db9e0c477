//===- MemoryPlanTest.cpp -------------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plans: what lives together is apart, what does not shares.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/MemoryPlan.h"
#include "gtest/gtest.h"
#include <random>

using systole::cpu::MemoryPlan;

TEST(MemoryPlan, SharesMemoryBetweenDisjointLifetimes) {
  MemoryPlan plan;
  int64_t first = plan.add(1000, 0);
  plan.touch(first, 2);
  int64_t second = plan.add(500, 3);
  plan.solve(64);
  EXPECT_EQ(plan.offset(first), 0);
  EXPECT_EQ(plan.offset(second), 0);
  EXPECT_EQ(plan.totalBytes(), 1024);
}

TEST(MemoryPlan, SeparatesBuffersThatMeetInOneStep) {
  MemoryPlan plan;
  int64_t input = plan.add(100, 0);
  plan.touch(input, 1);
  int64_t output = plan.add(100, 1);
  plan.solve(64);
  EXPECT_EQ(std::abs(plan.offset(input) - plan.offset(output)), 128);
  EXPECT_EQ(plan.totalBytes(), 256);
}

TEST(MemoryPlan, KeepsWhatALoopReadsUntilItEnds) {
  MemoryPlan plan;
  int64_t outer = plan.add(64, 0);
  plan.touch(outer, 2); // Read early in a loop over steps 1 to 5.
  int64_t inner = plan.add(64, 4);
  plan.extendOverLoop(1, 5);
  plan.solve(64);
  EXPECT_NE(plan.offset(outer), plan.offset(inner));
}

TEST(MemoryPlan, LetsALoopsTemporariesGo) {
  MemoryPlan plan;
  int64_t first = plan.add(64, 2), second = plan.add(64, 3);
  plan.extendOverLoop(1, 5);
  plan.solve(64);
  EXPECT_EQ(plan.offset(first), plan.offset(second));
}

TEST(MemoryPlan, HandlesEmptyBuffers) {
  MemoryPlan plan;
  plan.add(0, 0);
  plan.add(0, 0);
  plan.solve(64);
  EXPECT_EQ(plan.totalBytes(), 0);
}

// No two buffers that live together overlap, all offsets are aligned, and the
// total is never below what is alive at one time.
TEST(MemoryPlan, IsValidOnRandomLifetimes) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    struct Buffer {
      int64_t bytes, first, last;
    };
    MemoryPlan plan;
    std::vector<Buffer> buffers;
    for (int i = 0; i < 40; ++i) {
      Buffer buffer{int64_t(random() % 5000), int64_t(random() % 50), 0};
      buffer.last = buffer.first + random() % 10;
      buffers.push_back(buffer);
      plan.touch(plan.add(buffer.bytes, buffer.first), buffer.last);
    }
    plan.solve(64);
    int64_t peak = 0;
    for (int64_t time = 0; time < 60; ++time) {
      int64_t alive = 0;
      for (const Buffer &buffer : buffers)
        if (buffer.first <= time && time <= buffer.last)
          alive += buffer.bytes;
      peak = std::max(peak, alive);
    }
    EXPECT_GE(plan.totalBytes(), peak);
    for (size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(plan.offset(i) % 64, 0);
      EXPECT_LE(plan.offset(i) + buffers[i].bytes, plan.totalBytes());
      for (size_t j = i + 1; j < buffers.size(); ++j) {
        bool together = buffers[i].first <= buffers[j].last &&
                        buffers[j].first <= buffers[i].last;
        bool apart = plan.offset(i) + buffers[i].bytes <= plan.offset(j) ||
                     plan.offset(j) + buffers[j].bytes <= plan.offset(i);
        EXPECT_TRUE(!together || apart || buffers[i].bytes == 0 ||
                    buffers[j].bytes == 0);
      }
    }
  }
}
