//===- session.cpp - Running compiled code --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/session.h"

using namespace systole::rt;

Status Session::create(const systole_library &model, const void *modelWeights,
                       const systole_executor *modelExecutor) {
  library = &model;
  weights = modelWeights;
  executor = modelExecutor;
  uint64_t arenaBytes = SYSTOLE_ALIGNMENT, inputs = 1, outputs = 1;
  for (uint64_t i = 0; i < model.num_entries; ++i) {
    const systole_entry_info &entry = model.entries[i];
    arenaBytes =
        entry.arena_bytes > arenaBytes ? entry.arena_bytes : arenaBytes;
    inputs = entry.num_inputs > inputs ? entry.num_inputs : inputs;
    outputs = entry.num_outputs > outputs ? entry.num_outputs : outputs;
  }
  Status status = arena.atLeast(int64_t(arenaBytes));
  if (status.succeeded())
    status = inputArguments.resize(int64_t(inputs));
  if (status.succeeded())
    status = outputArguments.resize(int64_t(outputs));
  if (status.succeeded() && model.state_bytes)
    status = state.atLeast(int64_t(model.state_bytes));
  if (status.succeeded())
    status = beginState();
  return status;
}

Status Session::beginState() {
  return library->state_begin
             ? runEntry(*library->state_begin, nullptr, nullptr)
             : Status();
}

Status Session::beginSample() {
  return library->state_begin_sample
             ? runEntry(*library->state_begin_sample, nullptr, nullptr)
             : Status();
}

int32_t Session::call(const systole_entry_info &entry, const Tensor *inputs,
                      Tensor *outputs, systole_frame &frame) {
  // Emitted code writes no input; the structure serves both directions.
  for (uint64_t i = 0; i < entry.num_inputs; ++i)
    inputArguments[i] = {inputs[i].data, inputs[i].bytes,
                         const_cast<int64_t *>(inputs[i].dims)};
  for (uint64_t i = 0; i < entry.num_outputs; ++i) {
    outputArguments[i] = {outputs[i].data, outputs[i].bytes, outputs[i].dims};
    for (uint32_t d = 0; d < entry.outputs[i].rank; ++d)
      outputs[i].dims[d] = entry.outputs[i].dims[d];
  }
  frame = {};
  frame.size = sizeof(frame);
  frame.arena = arena.data();
  frame.arena_bytes = arena.size();
  frame.weights = weights;
  frame.state = state.data();
  frame.executor = executor;
  frame.inputs = inputArguments.data();
  frame.outputs = outputArguments.data();
  return entry.function(&frame);
}

/// Formats a message of the model: every %lld is the next number of `detail`.
static Status checkFailure(const systole_library &library,
                           const systole_frame &frame) {
  Failure failure(SYSTOLE_STATUS_CHECK_FAILED);
  if (frame.message < 0 || uint64_t(frame.message) >= library.num_messages)
    return failure << "the model reports an unknown failure (" << frame.message
                   << ")";
  Text text = library.messages[frame.message];
  int used = 0;
  while (text.size) {
    int64_t percent = text.find('%');
    if (percent < 0 || !text.dropFront(percent).startsWith("%lld")) {
      int64_t length = percent < 0 ? text.size : percent + 1;
      failure << Text(text.data, length);
      text = text.dropFront(length);
      continue;
    }
    failure << Text(text.data, percent) << frame.detail[used & 3];
    text = text.dropFront(percent + 4);
    ++used;
  }
  return failure;
}

Status Session::runEntry(const systole_entry_info &entry, const Tensor *inputs,
                         Tensor *outputs) {
  systole_frame frame;
  int32_t result = call(entry, inputs, outputs, frame);
  while (result == SYSTOLE_ENTRY_ARENA_TOO_SMALL) {
    if (frame.arena_needed <= arena.size())
      return Failure(SYSTOLE_STATUS_CHECK_FAILED)
             << "the model asks for an arena of " << frame.arena_needed
             << " bytes and has one of " << arena.size();
    // The need of the outermost shapes comes first, that of inner ones later;
    // growing by half at least keeps the number of tries small.
    int64_t half = arena.size() + arena.size() / 2;
    Status status =
        arena.atLeast(frame.arena_needed > half ? frame.arena_needed : half);
    if (status.failed() && frame.arena_needed <= half)
      status = arena.atLeast(frame.arena_needed);
    if (status.failed()) {
      // Leave the session usable for smaller inputs.
      if (arena.atLeast(SYSTOLE_ALIGNMENT).failed())
        return outOfMemory(SYSTOLE_ALIGNMENT);
      return status;
    }
    result = call(entry, inputs, outputs, frame);
  }
  return result == SYSTOLE_ENTRY_OK ? Status() : checkFailure(*library, frame);
}

Status Session::run(int64_t number, const Tensor *inputs, Tensor *outputs) {
  const systole_entry_info &entry = library->entries[number];
  Status status = runEntry(entry, inputs, outputs);
  if (status.failed())
    return status;
  for (uint64_t i = 0; i < entry.num_outputs; ++i) {
    const systole_tensor_info &declared = entry.outputs[i];
    Tensor &output = outputs[i];
    output.data = outputArguments[i].data;
    output.dtype = declared.dtype;
    output.rank = int32_t(declared.rank);
    if (!tensorBytes(output.dims, output.rank, dtypeInfo(output.dtype).bytes,
                     output.bytes))
      return Failure(SYSTOLE_STATUS_CHECK_FAILED)
             << "output '" << declared.name << "' has an impossible shape";
  }
  return Status();
}

bool systole::rt::matchesType(const systole_tensor_info &declared,
                              const Tensor &tensor) {
  if (tensor.dtype != declared.dtype || tensor.rank != int32_t(declared.rank))
    return false;
  for (uint32_t i = 0; i < declared.rank; ++i)
    if (declared.dims[i] >= 0 && declared.dims[i] != tensor.dims[i])
      return false;
  return true;
}

void systole::rt::describeType(const systole_tensor_info &declared,
                               StringBuilder &out) {
  out << dtypeInfo(declared.dtype).name << ' ';
  out.shape(declared.dims, declared.rank);
}

void systole::rt::describeType(const Tensor &tensor, StringBuilder &out) {
  out << dtypeInfo(tensor.dtype).name << ' ';
  out.shape(tensor.dims, tensor.rank);
}
