//===- Workers.h - The suite in forked processes ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_WORKERS_H
#define SYSTOLE_TEST_ONNX_SUITE_WORKERS_H

#include "Devices.h"

namespace systole::suite {

/// What came out of a case.
struct Result {
  Outcome outcomes[kNumDevices];
  /// Wall-clock time on all devices together, in seconds.
  double seconds = 0;

  bool passed() const {
    return outcomes[kInterpreter].passed && outcomes[kCpu].passed;
  }
};

/// Runs job `index` on all devices, in order: `begin` is called before each,
/// `end` with what came out.
using Job = std::function<void(
    int64_t index, const std::function<void(Device)> &begin,
    const std::function<void(Device, const Outcome &)> &end)>;

/// Runs jobs 0, 1, ... in `numWorkers` processes; results in their order. One
/// that crashes, or takes longer than a limit, fails and stops no other; its
/// outcome names no operator.
std::vector<Result> runForked(int64_t count, unsigned numWorkers, Job job);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_WORKERS_H
