//===- api_session.cpp - C interface: sessions ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that every device would have to check is checked here, once.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/api.h"
#include "runtime/src/session.h"

using namespace systole::rt;

systole_status *systole_session_create(systole_module *module,
                                       const systole_session_options *options,
                                       systole_session **session) {
  *session = nullptr;
  auto *made =
      static_cast<systole_session *>(allocate(sizeof(systole_session)));
  if (!made)
    return outOfMemory(sizeof(systole_session)).take();
  *made = {};
  made->module = module;
  Status status(module->device->create_session(module->device, module->library,
                                               module->weights.data(), options,
                                               &made->state));
  if (status.failed()) {
    release(made);
    return status.take();
  }
  systole_module_retain(module);
  *session = made;
  return nullptr;
}

void systole_session_release(systole_session *session) {
  if (!session)
    return;
  session->module->device->destroy_session(session->state);
  systole_status_release(session->result);
  systole_module_release(session->module);
  release(session);
}

systole_status *systole_session_reset(systole_session *session) {
  return session->module->device->reset(session->state);
}

systole_status *systole_session_begin_sample(systole_session *session) {
  const systole_device *device = session->module->device;
  return SYSTOLE_HAS_FIELD(device, systole_device, begin_sample) &&
                 device->begin_sample
             ? device->begin_sample(session->state)
             : nullptr;
}

/// Appends what a descriptor says, as far as it can be trusted.
static void describeTensor(const systole_tensor &tensor, StringBuilder &out) {
  out << systole_dtype_name(tensor.dtype) << ' ';
  out.shape(tensor.dims, tensor.rank);
}

/// Checks one input against its declaration.
static Status checkInput(const systole_tensor_info &declared,
                         const systole_tensor &tensor) {
  Failure failure(SYSTOLE_STATUS_INVALID_ARGUMENT);
  failure << "input '" << declared.name << "': ";
  if (tensor.size < sizeof(systole_tensor))
    return failure << "its `size` field is not set";
  if (tensor.rank && !tensor.dims)
    return failure << "it has no dims";
  bool fits = tensor.dtype == declared.dtype && tensor.rank == declared.rank;
  for (uint32_t i = 0; fits && i < declared.rank; ++i)
    fits = tensor.dims[i] >= 0 &&
           (declared.dims[i] < 0 || declared.dims[i] == tensor.dims[i]);
  int64_t bytes = 0;
  if (fits && !tensorBytes(tensor.dims, tensor.rank,
                           dtypeInfo(tensor.dtype).bytes, bytes))
    fits = false;
  if (!fits) {
    StringBuilder expected, found;
    describeType(declared, expected);
    describeTensor(tensor, found);
    return failure << "expected " << expected.text() << ", found "
                   << found.text();
  }
  if (!tensor.data && bytes)
    return failure << "it has no data";
  if (tensor.memory > SYSTOLE_MEMORY_CPU)
    return failure << "its memory is not the CPU's";
  return Status();
}

/// Checks an output's descriptor before it is written to.
static Status checkOutput(const systole_tensor_info &declared,
                          const systole_tensor &tensor) {
  Failure failure(SYSTOLE_STATUS_INVALID_ARGUMENT);
  failure << "output '" << declared.name << "': ";
  if (tensor.size < sizeof(systole_tensor))
    return failure << "its `size` field is not set";
  if (tensor.dtype && tensor.dtype != declared.dtype)
    return failure << "expected " << systole_dtype_name(declared.dtype)
                   << ", found " << systole_dtype_name(tensor.dtype);
  if (tensor.strides)
    return failure << "strides are not supported for outputs";
  if (tensor.memory > SYSTOLE_MEMORY_CPU)
    return failure << "its memory is not the CPU's";
  return Status();
}

/// Runs after checking everything.
static Status runChecked(systole_session &session, size_t index,
                         const systole_tensor *inputs, size_t numInputs,
                         systole_tensor *outputs, size_t numOutputs) {
  const systole_entry_info *entry = nullptr;
  Status status = findEntry(*session.module, index, entry);
  if (status.failed())
    return status;
  if (numInputs != entry->num_inputs || numOutputs != entry->num_outputs)
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "entry point '" << entry->name << "' expects "
           << entry->num_inputs << " inputs and " << entry->num_outputs
           << " outputs, found " << uint64_t(numInputs) << " and "
           << uint64_t(numOutputs);
  for (size_t i = 0; i < numInputs && status.succeeded(); ++i)
    status = checkInput(entry->inputs[i], inputs[i]);
  for (size_t i = 0; i < numOutputs && status.succeeded(); ++i)
    status = checkOutput(entry->outputs[i], outputs[i]);
  if (status.failed())
    return status;
  return Status(
      session.module->device->run(session.state, index, inputs, outputs));
}

systole_status *systole_session_run(systole_session *session, size_t entry,
                                    const systole_tensor *inputs,
                                    size_t num_inputs, systole_tensor *outputs,
                                    size_t num_outputs) {
  if (session->submitted)
    return systole_status_create(SYSTOLE_STATUS_INVALID_ARGUMENT,
                                 "a submitted run has not been waited for");
  return runChecked(*session, entry, inputs, num_inputs, outputs, num_outputs)
      .take();
}

systole_status *systole_session_submit(systole_session *session, size_t entry,
                                       const systole_tensor *inputs,
                                       size_t num_inputs,
                                       systole_tensor *outputs,
                                       size_t num_outputs) {
  if (session->submitted)
    return systole_status_create(SYSTOLE_STATUS_INVALID_ARGUMENT,
                                 "a submitted run has not been waited for");
  session->result =
      runChecked(*session, entry, inputs, num_inputs, outputs, num_outputs)
          .take();
  session->submitted = true;
  return nullptr;
}

systole_status *systole_session_wait(systole_session *session) {
  if (!session->submitted)
    return systole_status_create(SYSTOLE_STATUS_INVALID_ARGUMENT,
                                 "no run was submitted");
  systole_status *result = session->result;
  session->result = nullptr;
  session->submitted = false;
  return result;
}
