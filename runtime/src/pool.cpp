//===- pool.cpp - The thread pool -----------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One loop at a time is cut into chunks; the calling thread and the workers
// claim chunks until none is left. Waiting is first done by spinning, because
// the loops of a model follow each other within microseconds, then by sleeping
// in the kernel.
//
// The claim word packs the number of the loop and its unclaimed chunks. Whoever
// lowers it by one owns a chunk, and with it the certainty that the loop's
// description stays in place until the chunk is finished: the caller waits for
// all of them before it starts another loop. A worker that wakes too late finds
// no unclaimed chunk and touches nothing else.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/executor.h"
#include "runtime/src/platform/platform.h"

using namespace systole::rt;

namespace {
/// Loops below this many scalar operations finish sooner than workers wake.
constexpr int64_t smallestWork = 1 << 15;
/// Several chunks for each thread even out unequal speeds.
constexpr int64_t chunksPerThread = 4;
/// Some tens of microseconds.
constexpr int spinRounds = 2000;
constexpr int64_t mostThreads = 256;

struct Pool {
  systole_executor executor;
  int64_t numWorkers;
  Thread *workers[mostThreads];

  /// The loop being run. Written only while no chunk of another is unfinished.
  systole_task_fn task;
  void *closure;
  int64_t count;
  uint32_t chunks;

  /// 1 while a loop runs: others run theirs on their own thread meanwhile.
  alignas(64) uint32_t busy;
  /// High half: number of the loop. Low half: chunks not yet claimed.
  alignas(64) uint64_t claim;
  /// Chunks of this loop that are done; the caller sleeps on it.
  alignas(64) uint32_t finished;
  uint32_t callerSleeps;
  /// Counts loops; idle workers sleep on it.
  alignas(64) uint32_t generation;
  uint32_t sleepers;
  uint32_t stop;
};
} // namespace

static void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#else
  __asm__ volatile("" ::: "memory");
#endif
}

template <typename T>
static T load(const T &word) {
  return __atomic_load_n(&word, __ATOMIC_SEQ_CST);
}
template <typename T>
static void store(T &word, T value) {
  __atomic_store_n(&word, value, __ATOMIC_SEQ_CST);
}

/// Runs chunks until none is unclaimed. Returns whether there was any.
static bool runChunks(Pool &pool) {
  bool any = false;
  uint64_t claim = load(pool.claim);
  while (uint32_t left = uint32_t(claim)) {
    if (!__atomic_compare_exchange_n(&pool.claim, &claim, claim - 1, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      continue;
    int64_t chunks = pool.chunks;
    int64_t chunk = chunks - left;
    // The first `rest` chunks are one iteration longer than the others.
    int64_t length = pool.count / chunks, rest = pool.count % chunks;
    int64_t begin = chunk * length + (chunk < rest ? chunk : rest);
    pool.task(pool.closure, begin, begin + length + (chunk < rest));
    uint32_t done = __atomic_add_fetch(&pool.finished, 1, __ATOMIC_SEQ_CST);
    if (done == chunks && load(pool.callerSleeps))
      futexWakeAll(&pool.finished);
    any = true;
    claim = load(pool.claim);
  }
  return any;
}

/// What a worker does until the pool ends.
static void work(void *pointer) {
  Pool &pool = *static_cast<Pool *>(pointer);
  while (!load(pool.stop)) {
    uint32_t generation = load(pool.generation);
    bool any = runChunks(pool);
    for (int i = 0; i < spinRounds && !any; ++i) {
      relax();
      any = uint32_t(load(pool.claim)) != 0 || load(pool.stop);
    }
    if (any)
      continue;
    // The generation is raised before sleepers are counted, so either the
    // caller sees this sleeper or the kernel sees the new generation.
    __atomic_add_fetch(&pool.sleepers, 1, __ATOMIC_SEQ_CST);
    futexWait(&pool.generation, generation);
    __atomic_sub_fetch(&pool.sleepers, 1, __ATOMIC_SEQ_CST);
  }
}

/// Lets sleeping workers look for work.
static void wakeWorkers(Pool &pool) {
  __atomic_add_fetch(&pool.generation, 1, __ATOMIC_SEQ_CST);
  if (load(pool.sleepers))
    futexWakeAll(&pool.generation);
}

/// Waits until all chunks of the current loop are done.
static void waitForChunks(Pool &pool) {
  uint32_t chunks = pool.chunks;
  for (int i = 0; i < spinRounds; ++i) {
    if (load(pool.finished) == chunks)
      return;
    relax();
  }
  store(pool.callerSleeps, 1u);
  for (uint32_t done; (done = load(pool.finished)) != chunks;)
    futexWait(&pool.finished, done);
  store(pool.callerSleeps, 0u);
}

/// How many chunks are worth it; 1 means not to share the loop at all.
static int64_t chooseChunks(const Pool &pool, int64_t count, int64_t cost) {
  int64_t work;
  if (__builtin_mul_overflow(count, cost > 0 ? cost : 1, &work))
    work = INT64_MAX;
  if (work < smallestWork)
    return 1;
  int64_t chunks = (pool.numWorkers + 1) * chunksPerThread;
  // A chunk is claimed at the price of a contended cache line.
  int64_t worthwhile = work / (smallestWork / 4);
  chunks = chunks < worthwhile ? chunks : worthwhile;
  return chunks < count ? chunks : count;
}

static void parallelFor(void *context, systole_task_fn task, void *closure,
                        int64_t count, int64_t cost) {
  Pool &pool = *static_cast<Pool *>(context);
  if (count <= 0)
    return;
  int64_t chunks = chooseChunks(pool, count, cost);
  if (chunks <= 1 || __atomic_exchange_n(&pool.busy, 1u, __ATOMIC_SEQ_CST)) {
    task(closure, 0, count);
    return;
  }
  pool.task = task;
  pool.closure = closure;
  pool.count = count;
  pool.chunks = uint32_t(chunks);
  store(pool.finished, 0u);
  uint64_t number = (load(pool.claim) >> 32) + 1;
  store(pool.claim, number << 32 | uint64_t(chunks));
  wakeWorkers(pool);
  runChunks(pool);
  waitForChunks(pool);
  store(pool.busy, 0u);
}

systole_executor *systole_executor_create(int64_t threads) {
  if (threads <= 1)
    return nullptr;
  auto *pool = static_cast<Pool *>(allocate(sizeof(Pool)));
  if (!pool)
    return nullptr;
  __builtin_memset(pool, 0, sizeof(Pool));
  pool->executor = {pool, parallelFor};
  int64_t wanted = (threads < mostThreads ? threads : mostThreads) - 1;
  // Fewer threads than wanted still make a pool.
  while (pool->numWorkers < wanted) {
    Thread *thread = startThread(work, pool);
    if (!thread)
      break;
    pool->workers[pool->numWorkers++] = thread;
  }
  return &pool->executor;
}

void systole_executor_destroy(systole_executor *executor) {
  if (!executor)
    return;
  auto *pool = reinterpret_cast<Pool *>(executor);
  store(pool->stop, 1u);
  wakeWorkers(*pool);
  for (int64_t i = 0; i < pool->numWorkers; ++i)
    joinThread(pool->workers[i]);
  release(pool);
}
