//===- selftest.cpp - The self-test of an executable ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/selftest.h"
#include "runtime/src/exe/exe.h"

using namespace systole::rt;

namespace {
/// The largest factor of the checksum, by which it may deviate more than the
/// values do.
constexpr double largestFactor = 17;
} // namespace

static bool isClose(double found, double expected, double tolerance) {
  if (expected != expected)
    return found != found;
  double difference = found - expected;
  return found == expected ||
         (difference < 0 ? -difference : difference) <= tolerance;
}

Status systole::rt::runSelftest(const systole_library &library,
                                ExecuteFn execute, void *context,
                                StringBuilder &out) {
  const systole_selftest *expected = library.selftest;
  if (!expected)
    return Failure(SYSTOLE_STATUS_UNSUPPORTED)
           << "this executable holds no self-test";
  RunRequest request;
  request.entry = &library.entries[0];
  request.execute = execute;
  request.context = context;
  request.generateMissing = true;
  request.seed = expected->seed;
  RunResult result;
  Status status = runModel(request, result);
  if (status.failed())
    return status;

  for (uint64_t i = 0; i < expected->num_outputs; ++i) {
    const Tensor &output = result.outputs[i];
    SelftestStatistics found =
        selftestStatistics(output.dtype, output.data, output.count());
    double tolerance = expected->tolerance * expected->abs_max[i];
    if (isClose(found.mean, expected->mean[i], tolerance) &&
        isClose(found.absMax, expected->abs_max[i], tolerance) &&
        isClose(found.checksum, expected->checksum[i],
                tolerance * largestFactor))
      continue;
    StringBuilder message;
    message << "self-test: output '" << request.entry->outputs[i].name
            << "' differs: expected mean ";
    message.number(expected->mean[i], 9) << ", largest magnitude ";
    message.number(expected->abs_max[i], 9) << ", checksum ";
    message.number(expected->checksum[i], 9) << "; found ";
    message.number(found.mean, 9) << ", ";
    message.number(found.absMax, 9) << ", ";
    message.number(found.checksum, 9);
    return Failure(SYSTOLE_STATUS_CHECK_FAILED) << message.text();
  }
  out << "self-test passed: " << expected->num_outputs
      << (expected->num_outputs == 1 ? " output agrees" : " outputs agree")
      << " with the reference interpreter\n";
  return Status();
}
