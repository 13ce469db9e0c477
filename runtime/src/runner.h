//===- runner.h - From files to files: run a model on tensors -- -*- C++
//-*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `systole run` and the executables do alike: bind inputs from files, run
// once or once for each entry of a data set, carry values from one entry to the
// next, measure, and write or show the outputs. How a model is executed is the
// caller's: a function that maps input tensors to output tensors, be it
// compiled code or the interpreter.
//
//   RunRequest request;
//   request.entry = &info;            // names, types, shapes
//   request.execute = ...; request.context = ...;
//   request.inputs = specs; request.numInputs = n;   // "NAME=FILE" as typed
//   RunResult result;
//   Status status = runModel(request, result);
//   if (status.succeeded()) status = writeOutputs(info, result, "out");
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_RUNNER_H
#define SYSTOLE_RUNTIME_SRC_RUNNER_H

#include "runtime/src/tensor.h"

namespace systole::rt {

/// Executes a model once. `inputs` are in declared order, dense, row-major,
/// checked against the declared types, and stay valid during the call. For each
/// output the function sets all fields of the tensor; its memory must stay
/// valid until the next call with the same context or the context's end.
using ExecuteFn = Status (*)(void *context, const Tensor *inputs,
                             Tensor *outputs);

/// Begins the model's state: all of it (`whole`), before the first entry of a
/// data set, or what begins anew with each entry.
using BeginFn = Status (*)(void *context, bool whole);

/// What to run on what.
struct RunRequest {
  /// The signature; its `function` is not used. Must outlive the run.
  const systole_entry_info *entry = nullptr;
  ExecuteFn execute = nullptr;
  /// Null: the model has no state.
  BeginFn begin = nullptr;
  void *context = nullptr;
  /// "NAME=FILE", "0=FILE", or "FILE" where there is one input; as typed.
  const char *const *inputs = nullptr;
  int64_t numInputs = 0;
  /// "OUT=IN", as typed.
  const char *const *carries = nullptr;
  int64_t numCarries = 0;
  /// Run once for each entry of the inputs' leading axis.
  bool each = false;
  /// Inputs without a file get the self-test's values instead of an error.
  bool generateMissing = false;
  uint64_t seed = 0;
  /// Runs (with `each`: passes over all entries) before those that count.
  int64_t warmup = 0;
  /// Runs that count; at least 1.
  int64_t repeat = 1;
  /// Repeat until this much time has passed, but not beyond `repeat`; 0: do
  /// all of them.
  int64_t timeLimitNanoseconds = 0;
};

/// Statistics over the executions, in milliseconds.
struct Latency {
  double min, median, mean, p99;
  int64_t runs;
};

/// What came out.
struct RunResult {
  /// In declared order; stacked along a new leading axis with `each`.
  Array<OwnedTensor> outputs;
  /// How many entries there were; 1 without `each`.
  int64_t entries = 0;
  Latency latency = {};
};

/// Reads a `.npy` or `.wav` file as a tensor of type `dtype`; any shape.
/// For `.wav` `rank` is the rank to give it.
Status loadTensor(const FileSubject &file, uint32_t dtype, int64_t rank,
                  OwnedTensor &tensor);

/// Finds the input or output that `name` means: its name, or else its position.
/// Returns -1 if there is none.
int64_t findTensor(const systole_tensor_info *tensors, uint64_t count,
                   Text name);

/// Binds the inputs and runs.
Status runModel(const RunRequest &request, RunResult &result);

/// Writes each output to `directory`/<file name>.npy; makes the folder.
Status writeOutputs(const systole_entry_info &entry, const RunResult &result,
                    const char *directory);

/// Appends a short view of a tensor: name, type, shape and its values, or the
/// first of them if there are more than 16.
void viewTensor(const char *name, const Tensor &tensor, StringBuilder &out);

/// Appends a view of all outputs.
void viewOutputs(const systole_entry_info &entry, const RunResult &result,
                 StringBuilder &out);

/// Sorts `count` durations in nanoseconds and describes them.
Latency describeLatency(int64_t *nanoseconds, int64_t count);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_RUNNER_H
