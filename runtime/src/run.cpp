//===- run.cpp - Running a model once or for each entry -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/bind.h"
#include "runtime/src/session.h"

using namespace systole::rt;

namespace {
/// Everything of one call of runModel.
struct Run {
  const RunRequest &request;
  RunResult &result;
  const systole_entry_info &entry;
  /// Where each input's values come from.
  Array<BoundInput> inputs = {};
  /// The tensors of one execution.
  Array<Tensor> arguments = {};
  Array<Tensor> outputs = {};
  /// The value that each carried input has in the next entry.
  Array<OwnedTensor> carried = {};
  /// Nanoseconds of each execution that counts.
  Array<int64_t> durations = {};
  int64_t executions = 0;

  Status prepare();
  Status executeEntry(int64_t index, bool counts);
  Status keepOutputs(int64_t index);
  Status carryOutputs();
  Status pass(bool counts);
  Status stackNothing();
};
} // namespace

Status Run::prepare() {
  Status status = bindInputs(request, inputs, result.entries);
  if (status.succeeded())
    status = arguments.resize(inputs.size());
  if (status.succeeded())
    status = carried.resize(inputs.size());
  if (status.succeeded())
    status = outputs.resize(int64_t(entry.num_outputs));
  if (status.succeeded())
    status = result.outputs.resize(int64_t(entry.num_outputs));
  int64_t total;
  if (__builtin_mul_overflow(result.entries, request.repeat, &total))
    total = INT64_MAX / 16;
  if (status.succeeded())
    status = durations.resize(total);
  return status;
}

/// Points the arguments at entry number `index` and executes.
Status Run::executeEntry(int64_t index, bool counts) {
  for (int64_t i = 0; i < inputs.size(); ++i) {
    const Tensor &whole =
        inputs[i].carriedFrom && index ? carried[i] : inputs[i].tensor;
    Tensor &argument = arguments[i];
    argument = whole;
    if (!inputs[i].stacked)
      continue;
    argument.rank -= 1;
    for (int32_t d = 0; d < argument.rank; ++d)
      argument.dims[d] = whole.dims[d + 1];
    argument.bytes = whole.bytes / whole.dims[0];
    argument.data = static_cast<char *>(whole.data) + index * argument.bytes;
  }
  for (Tensor &output : outputs)
    output = {};
  int64_t start = monotonicNanoseconds();
  Status status =
      request.execute(request.context, arguments.data(), outputs.data());
  if (counts)
    durations[executions++] = monotonicNanoseconds() - start;
  if (status.failed() && request.each)
    return Failure(status.code())
           << "entry " << index << " of --each: " << status.message();
  return status;
}

/// Copies the outputs of entry `index` to the result. The first entry decides
/// the shapes of all.
Status Run::keepOutputs(int64_t index) {
  for (int64_t i = 0; i < outputs.size(); ++i) {
    const Tensor &output = outputs[i];
    OwnedTensor &kept = result.outputs[i];
    if (!request.each) {
      Status status = copyTensor(output, kept);
      if (status.failed())
        return status;
      continue;
    }
    if (output.dtype == SYSTOLE_DTYPE_STRING)
      return Failure(SYSTOLE_STATUS_UNSUPPORTED)
             << "--each cannot stack output '" << entry.outputs[i].name
             << "': it holds strings";
    if (index == 0) {
      int64_t dims[maxRank + 1] = {result.entries};
      for (int32_t d = 0; d < output.rank; ++d)
        dims[d + 1] = output.dims[d];
      Status status = allocateTensor(kept, output.dtype, dims, output.rank + 1);
      if (status.failed())
        return status;
    }
    bool same = kept.rank == output.rank + 1;
    for (int32_t d = 0; same && d < output.rank; ++d)
      same = kept.dims[d + 1] == output.dims[d];
    if (!same) {
      StringBuilder first, other;
      first.shape(kept.dims + 1, kept.rank - 1);
      other.shape(output.dims, output.rank);
      return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
             << "--each cannot stack output '" << entry.outputs[i].name
             << "': its shape is " << first.text() << " in entry 0 and "
             << other.text() << " in entry " << index;
    }
    if (output.bytes)
      __builtin_memcpy(static_cast<char *>(kept.data) + index * output.bytes,
                       output.data, output.bytes);
  }
  return Status();
}

/// Saves what the next entry's carried inputs are, since the next execution
/// may overwrite it.
Status Run::carryOutputs() {
  for (int64_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].carriedFrom)
      continue;
    const Tensor &output = outputs[inputs[i].carriedFrom - 1];
    if (!matchesType(entry.inputs[i], output)) {
      StringBuilder expected, found;
      describeType(entry.inputs[i], expected);
      describeType(output, found);
      return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
             << "--carry: input '" << entry.inputs[i].name << "' expects "
             << expected.text() << ", output '"
             << entry.outputs[inputs[i].carriedFrom - 1].name << "' was "
             << found.text();
    }
    Status status = copyTensor(output, carried[i]);
    if (status.failed())
      return status;
  }
  return Status();
}

/// Runs all entries once, on a new state: repeated passes give the same.
Status Run::pass(bool counts) {
  for (int64_t index = 0; index < result.entries; ++index) {
    Status status;
    if (request.begin)
      status = request.begin(request.context, /*whole=*/index == 0);
    if (status.succeeded())
      status = executeEntry(index, counts);
    if (status.succeeded())
      status = keepOutputs(index);
    if (status.succeeded())
      status = carryOutputs();
    if (status.failed())
      return status;
  }
  return Status();
}

/// The outputs of no entries: empty along the leading axis.
Status Run::stackNothing() {
  for (int64_t i = 0; i < outputs.size(); ++i) {
    const systole_tensor_info &info = entry.outputs[i];
    int64_t dims[maxRank + 1] = {0};
    for (uint32_t d = 0; d < info.rank; ++d)
      dims[d + 1] = info.dims[d] < 0 ? 0 : info.dims[d];
    Status status =
        allocateTensor(result.outputs[i], info.dtype, dims, info.rank + 1);
    if (status.failed())
      return status;
  }
  return Status();
}

Status systole::rt::runModel(const RunRequest &request, RunResult &result) {
  Run run{request, result, *request.entry};
  Status status = run.prepare();
  if (status.succeeded() && result.entries == 0)
    return run.stackNothing();
  for (int64_t i = 0; i < request.warmup && status.succeeded(); ++i)
    status = run.pass(/*counts=*/false);
  int64_t start = monotonicNanoseconds();
  for (int64_t i = 0; i < request.repeat && status.succeeded(); ++i) {
    status = run.pass(/*counts=*/true);
    // A few runs at least, however slow the model is.
    if (request.timeLimitNanoseconds && i >= 2 &&
        monotonicNanoseconds() - start > request.timeLimitNanoseconds)
      break;
  }
  if (status.succeeded())
    result.latency = describeLatency(run.durations.data(), run.executions);
  return status;
}
