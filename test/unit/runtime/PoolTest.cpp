//===- PoolTest.cpp - The thread pool -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/executor.h"
#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {
/// A pool that ends with the test.
struct Pool {
  explicit Pool(int64_t threads) : executor(systole_executor_create(threads)) {}
  ~Pool() { systole_executor_destroy(executor); }

  /// Counts how often each iteration is done.
  std::vector<int> countIterations(int64_t count, int64_t cost) {
    std::vector<int> seen(count);
    executor->parallel_for(
        executor->context,
        [](void *closure, int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i)
            ++static_cast<int *>(closure)[i];
        },
        seen.data(), count, cost);
    return seen;
  }
  systole_executor *executor;
};

TEST(Pool, DoesEveryIterationOnce) {
  for (int64_t threads : {2, 3, 8}) {
    Pool pool(threads);
    for (int64_t count : {0, 1, 2, 7, 31, 32, 33, 1000})
      for (int64_t cost : {0, 1, 1000, 1000000})
        for (int times : pool.countIterations(count, cost))
          ASSERT_EQ(times, 1) << threads << " threads, count " << count;
  }
}

TEST(Pool, OneThreadNeedsNone) {
  EXPECT_EQ(systole_executor_create(1), nullptr);
  EXPECT_EQ(systole_executor_create(0), nullptr);
}

// Loops in quick succession and after pauses in which the workers fell asleep.
TEST(Pool, SurvivesManyLoops) {
  Pool pool(4);
  for (int round = 0; round < 2000; ++round) {
    for (int times : pool.countIterations(64, 100000))
      ASSERT_EQ(times, 1);
    if (round % 500 == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST(Pool, RunsLoopsInsideLoops) {
  Pool pool(4);
  struct Closure {
    systole_executor *executor;
    std::atomic<int64_t> total;
  } closure = {pool.executor, {0}};
  pool.executor->parallel_for(
      pool.executor->context,
      [](void *pointer, int64_t begin, int64_t end) {
        auto &outer = *static_cast<Closure *>(pointer);
        for (int64_t i = begin; i < end; ++i)
          outer.executor->parallel_for(
              outer.executor->context,
              [](void *inner, int64_t from, int64_t to) {
                static_cast<Closure *>(inner)->total += to - from;
              },
              &outer, 100, 1000000);
      },
      &closure, 10, 1000000);
  EXPECT_EQ(closure.total, 1000);
}

// Two callers at once: one gets the workers, the other runs alone.
TEST(Pool, ServesSeveralCallers) {
  Pool pool(3);
  std::vector<std::thread> callers;
  std::atomic<bool> correct(true);
  for (int i = 0; i < 3; ++i)
    callers.emplace_back([&] {
      for (int round = 0; round < 300; ++round)
        for (int times : pool.countIterations(50, 100000))
          if (times != 1)
            correct = false;
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_TRUE(correct);
}
} // namespace
