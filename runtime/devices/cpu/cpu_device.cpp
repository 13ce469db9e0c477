//===- cpu_device.cpp - The device that every machine has -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a module's compiled code on this machine: an adapter between the tensor
// descriptors of the C interface and the session's dense ones.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/api.h"
#include "runtime/src/cpu_check.h"
#include "runtime/src/executor.h"
#include "runtime/src/session.h"

using namespace systole::rt;

namespace {
/// The device's part of a session.
struct CpuSession {
  const systole_library *library;
  Session session;
  /// The session's own pool; null if the caller brought one.
  systole_executor *pool;
  Array<Tensor> inputs, outputs;
  /// Row-major copies of inputs that came with strides.
  Array<OwnedTensor> packed;
};
} // namespace

static systole_status *check(const systole_device *,
                             const systole_library *library) {
  return checkLibrary(*library).take();
}

static void destroySession(void *pointer) {
  auto *session = static_cast<CpuSession *>(pointer);
  destroyExecutor(session->pool);
  session->~CpuSession();
  release(session);
}

/// Makes room for the entry with the most tensors, so that runs need none.
static Status reserve(CpuSession &session) {
  uint64_t inputs = 1, outputs = 1;
  for (uint64_t i = 0; i < session.library->num_entries; ++i) {
    const systole_entry_info &entry = session.library->entries[i];
    inputs = entry.num_inputs > inputs ? entry.num_inputs : inputs;
    outputs = entry.num_outputs > outputs ? entry.num_outputs : outputs;
  }
  Status status = session.inputs.resize(int64_t(inputs));
  if (status.succeeded())
    status = session.packed.resize(int64_t(inputs));
  if (status.succeeded())
    status = session.outputs.resize(int64_t(outputs));
  return status;
}

static systole_status *createSession(const systole_device *,
                                     const systole_library *library,
                                     const void *weights,
                                     const systole_session_options *options,
                                     void **result) {
  auto *session = static_cast<CpuSession *>(allocate(sizeof(CpuSession)));
  if (!session)
    return outOfMemory(sizeof(CpuSession)).take();
  // Zeros are a valid initial state of every member.
  __builtin_memset(static_cast<void *>(session), 0, sizeof(*session));
  session->library = library;

  const systole_executor *executor = nullptr;
  uint32_t threads = 0;
  if (SYSTOLE_HAS_FIELD(options, systole_session_options, executor))
    executor = options->executor;
  if (SYSTOLE_HAS_FIELD(options, systole_session_options, threads))
    threads = options->threads;
  if (!executor) {
    session->pool = createExecutor(chooseThreads(threads, library->threads));
    executor = session->pool;
  }
  Status status = session->session.create(*library, weights, executor);
  if (status.succeeded())
    status = reserve(*session);
  if (status.failed())
    destroySession(session);
  else
    *result = session;
  return status.take();
}

/// Whether strides describe a dense row-major layout.
static bool isDense(const systole_tensor &tensor) {
  if (!tensor.strides)
    return true;
  int64_t expected = 1;
  for (uint32_t i = tensor.rank; i-- > 0;) {
    if (tensor.dims[i] == 0)
      return true;
    if (tensor.dims[i] != 1 && tensor.strides[i] != expected)
      return false;
    expected *= tensor.dims[i];
  }
  return true;
}

/// Copies a tensor with strides to row-major order.
static Status pack(const systole_tensor &tensor, OwnedTensor &packed) {
  Status status =
      allocateTensor(packed, tensor.dtype, tensor.dims, tensor.rank);
  if (status.failed())
    return status;
  int64_t width = dtypeInfo(tensor.dtype).bytes;
  int64_t index[maxRank] = {};
  auto *from = static_cast<const char *>(tensor.data);
  char *to = static_cast<char *>(packed.data);
  for (int64_t at = 0; at < packed.bytes; at += width) {
    __builtin_memcpy(to + at, from, width);
    for (uint32_t i = tensor.rank; i-- > 0;) {
      from += tensor.strides[i] * width;
      if (++index[i] < tensor.dims[i])
        break;
      from -= tensor.strides[i] * width * tensor.dims[i];
      index[i] = 0;
    }
  }
  return Status();
}

/// Hands one result to the caller's descriptor.
static Status deliver(const systole_tensor_info &declared, const Tensor &result,
                      systole_tensor &output) {
  output.dtype = result.dtype;
  output.memory = SYSTOLE_MEMORY_CPU;
  output.device_index = 0;
  output.rank = uint32_t(result.rank);
  for (int32_t i = 0; output.dims && i < result.rank; ++i)
    output.dims[i] = result.dims[i];
  if (!output.data) {
    output.data = result.data;
    return Status();
  }
  if (uint64_t(result.bytes) > output.capacity)
    return Failure(SYSTOLE_STATUS_BUFFER_TOO_SMALL)
           << "output '" << declared.name << "' needs " << result.bytes
           << " bytes, its buffer has " << uint64_t(output.capacity);
  // Compiled code may leave a result in the arena though there was room.
  if (output.data != result.data && result.bytes)
    __builtin_memcpy(output.data, result.data, result.bytes);
  return Status();
}

static systole_status *run(void *pointer, size_t number,
                           const systole_tensor *inputs,
                           systole_tensor *outputs) {
  CpuSession &session = *static_cast<CpuSession *>(pointer);
  const systole_entry_info &entry = session.library->entries[number];
  for (uint64_t i = 0; i < entry.num_inputs; ++i) {
    Tensor &tensor = session.inputs[i];
    if (isDense(inputs[i])) {
      tensor.data = inputs[i].data;
      tensor.dtype = inputs[i].dtype;
      tensor.rank = int32_t(inputs[i].rank);
      for (int32_t d = 0; d < tensor.rank; ++d)
        tensor.dims[d] = inputs[i].dims[d];
      tensor.bytes = tensor.count() * dtypeInfo(tensor.dtype).bytes;
      continue;
    }
    Status status = pack(inputs[i], session.packed[i]);
    if (status.failed())
      return status.take();
    tensor = session.packed[i];
  }
  for (uint64_t i = 0; i < entry.num_outputs; ++i) {
    session.outputs[i].data = outputs[i].data;
    session.outputs[i].bytes = outputs[i].data ? outputs[i].capacity : 0;
  }
  Status status = session.session.run(int64_t(number), session.inputs.data(),
                                      session.outputs.data());
  // All dims are filled in even if one buffer is too small.
  if (status.succeeded())
    for (uint64_t i = 0; i < entry.num_outputs; ++i) {
      Status delivered =
          deliver(entry.outputs[i], session.outputs[i], outputs[i]);
      if (delivered.failed() && status.succeeded())
        status = static_cast<Status &&>(delivered);
    }
  return status.take();
}

static systole_status *reset(void *session) {
  return static_cast<CpuSession *>(session)->session.beginState().take();
}

static systole_status *beginSample(void *session) {
  return static_cast<CpuSession *>(session)->session.beginSample().take();
}

const systole_device *systole::rt::cpuDevice() {
  static const systole_device device = {
      sizeof(systole_device),
      "cpu",
      "the processor of this machine",
      check,
      createSession,
      run,
      reset,
      destroySession,
      beginSample,
  };
  return &device;
}
