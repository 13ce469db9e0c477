//===- latency.cpp - Statistics of durations ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/runner.h"

using namespace systole::rt;

/// Sorts by heaps: short, and never quadratic.
static void sort(int64_t *values, int64_t count) {
  auto sink = [&](int64_t at, int64_t end) {
    for (int64_t child; (child = 2 * at + 1) < end; at = child) {
      if (child + 1 < end && values[child + 1] > values[child])
        ++child;
      if (values[at] >= values[child])
        return;
      int64_t value = values[at];
      values[at] = values[child];
      values[child] = value;
    }
  };
  for (int64_t i = count / 2; i-- > 0;)
    sink(i, count);
  for (int64_t end = count; end-- > 1;) {
    int64_t largest = values[0];
    values[0] = values[end];
    values[end] = largest;
    sink(0, end);
  }
}

Latency systole::rt::describeLatency(int64_t *nanoseconds, int64_t count) {
  Latency latency = {};
  if (count == 0)
    return latency;
  sort(nanoseconds, count);
  constexpr double toMilliseconds = 1e-6;
  double sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += double(nanoseconds[i]);
  int64_t middle = count / 2;
  latency.min = double(nanoseconds[0]) * toMilliseconds;
  latency.median =
      (count % 2
           ? double(nanoseconds[middle])
           : (double(nanoseconds[middle - 1]) + double(nanoseconds[middle])) /
                 2) *
      toMilliseconds;
  latency.mean = sum / double(count) * toMilliseconds;
  // The smallest value that at least 99 % do not exceed.
  latency.p99 =
      double(nanoseconds[(count * 99 + 99) / 100 - 1]) * toMilliseconds;
  latency.runs = count;
  return latency;
}
