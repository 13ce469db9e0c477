//===- toy_model.c - A compiled model, written by hand --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the compiler would emit, following runtime/src/abi.h, so that the
// runtime and its devices are tested without a compiler. Entry points:
//   step   x float32 [1,4], state float32 [2]
//          -> y = x * weights + state[0], next = state + 1
//   square x float32 [?] -> y = x * x; as a result of dynamic size it lies in
//          the arena unless the caller's memory suffices, and the arena that it
//          asks for at first is too small for all but the shortest inputs
//   pick   index int64 [] -> value float32 []: weights[index], checked
//   sum    n int64 [] -> total int64 []: 0 + 1 + ... + n-1 in parallel
//
//===----------------------------------------------------------------------===//

#include "runtime/src/abi.h"

#ifndef TOY_ABI_VERSION
#define TOY_ABI_VERSION SYSTOLE_ABI_VERSION
#endif
#ifndef TOY_CPU_FEATURES
#define TOY_CPU_FEATURES 0
#endif
#ifndef TOY_THREADS
#define TOY_THREADS 0
#endif

#if defined(__x86_64__)
#define TOY_ARCH SYSTOLE_ARCH_X86_64
#elif defined(__aarch64__)
#define TOY_ARCH SYSTOLE_ARCH_AARCH64
#else
#define TOY_ARCH SYSTOLE_ARCH_RISCV64
#endif

static const _Alignas(64) float weights[4] = {1.0f, 2.0f, 3.0f, 4.0f};

/// Where a result goes: the caller's memory if it is large enough, else the
/// arena at `offset`.
static void *place(systole_frame *frame, systole_argument *output,
                   int64_t bytes, int64_t offset) {
  if (!output->data || output->capacity < bytes)
    output->data = (char *)frame->arena + offset;
  return output->data;
}

static int32_t step(systole_frame *frame) {
  const float *x = frame->inputs[0].data, *state = frame->inputs[1].data;
  const float *w = frame->weights;
  float *y = place(frame, &frame->outputs[0], 16, 0);
  float *next = place(frame, &frame->outputs[1], 8, 64);
  for (int i = 0; i < 4; ++i)
    y[i] = x[i] * w[i] + state[0];
  for (int i = 0; i < 2; ++i)
    next[i] = state[i] + 1.0f;
  return SYSTOLE_ENTRY_OK;
}

static int32_t square(systole_frame *frame) {
  int64_t count = frame->inputs[0].dims[0];
  int64_t bytes = count * 4;
  if (frame->arena_bytes < bytes) {
    // Asks for less than it needs at first, as code does that learns the sizes
    // of inner values only while it runs.
    frame->arena_needed = frame->arena_bytes * 2;
    return SYSTOLE_ENTRY_ARENA_TOO_SMALL;
  }
  const float *x = frame->inputs[0].data;
  float *y = place(frame, &frame->outputs[0], bytes, 0);
  for (int64_t i = 0; i < count; ++i)
    y[i] = x[i] * x[i];
  frame->outputs[0].dims[0] = count;
  return SYSTOLE_ENTRY_OK;
}

static int32_t pick(systole_frame *frame) {
  int64_t index = *(const int64_t *)frame->inputs[0].data;
  if (index < 0 || index >= 4) {
    frame->message = 0;
    frame->detail[0] = index;
    frame->detail[1] = 4;
    return SYSTOLE_ENTRY_CHECK_FAILED;
  }
  *(float *)place(frame, &frame->outputs[0], 4, 0) =
      ((const float *)frame->weights)[index];
  return SYSTOLE_ENTRY_OK;
}

static void sumRange(void *closure, int64_t begin, int64_t end) {
  int64_t part = 0;
  for (int64_t i = begin; i < end; ++i)
    part += i;
  __atomic_add_fetch((int64_t *)closure, part, __ATOMIC_RELAXED);
}

static int32_t sum(systole_frame *frame) {
  int64_t count = *(const int64_t *)frame->inputs[0].data;
  int64_t *total = place(frame, &frame->outputs[0], 8, 0);
  *total = 0;
  if (frame->executor)
    frame->executor->parallel_for(frame->executor->context, sumRange, total,
                                  count, 100);
  else
    sumRange(total, 0, count);
  return SYSTOLE_ENTRY_OK;
}

/// Counts in two variables, of which the second begins anew with each sample.
static int32_t count(systole_frame *frame) {
  int64_t *state = frame->state;
  int64_t *total = place(frame, &frame->outputs[0], 8, 0);
  *total = ++state[0] * 100 + ++state[1];
  return SYSTOLE_ENTRY_OK;
}

static int32_t beginSample(systole_frame *frame) {
  ((int64_t *)frame->state)[1] = 10;
  return SYSTOLE_ENTRY_OK;
}

/// Asks for an arena before it starts, as an initialiser may.
static int32_t beginState(systole_frame *frame) {
  if (frame->arena_bytes < 4096) {
    frame->arena_needed = 4096;
    return SYSTOLE_ENTRY_ARENA_TOO_SMALL;
  }
  ((int64_t *)frame->state)[0] = 0;
  return beginSample(frame);
}

static const int64_t dims14[] = {1, 4}, dims2[] = {2}, dynamic[] = {-1};

static const systole_tensor_info stepInputs[] = {
    {"x", "x", SYSTOLE_DTYPE_F32, 2, dims14},
    {"state:0", "state_0", SYSTOLE_DTYPE_F32, 1, dims2},
};
static const systole_tensor_info stepOutputs[] = {
    {"y", "y", SYSTOLE_DTYPE_F32, 2, dims14},
    {"next", "next", SYSTOLE_DTYPE_F32, 1, dims2},
};
static const systole_tensor_info vectorInput[] = {
    {"x", "x", SYSTOLE_DTYPE_F32, 1, dynamic}};
static const systole_tensor_info vectorOutput[] = {
    {"y", "y", SYSTOLE_DTYPE_F32, 1, dynamic}};
static const systole_tensor_info indexInput[] = {
    {"index", "index", SYSTOLE_DTYPE_I64, 0, 0}};
static const systole_tensor_info valueOutput[] = {
    {"value", "value", SYSTOLE_DTYPE_F32, 0, 0}};
static const systole_tensor_info totalOutput[] = {
    {"total", "total", SYSTOLE_DTYPE_I64, 0, 0}};

static const systole_entry_info entries[] = {
    {"step", step, 2, 2, stepInputs, stepOutputs, 128, 1},
    {"square", square, 1, 1, vectorInput, vectorOutput, 64, 0},
    {"pick", pick, 1, 1, indexInput, valueOutput, 64, 1},
    {"sum", sum, 1, 1, indexInput, totalOutput, 64, 1},
    {"count", count, 0, 1, 0, totalOutput, 64, 1},
};
static const systole_entry_info stateBegin = {
    "state_begin", beginState, 0, 0, 0, 0, 64, 0};
static const systole_entry_info stateBeginSample = {
    "state_begin_sample", beginSample, 0, 0, 0, 0, 0, 1};

static const char *const messages[] = {
    "node 'pick' (op Gather): index %lld is outside 0..%lld exclusive"};

// Means, largest magnitudes and checksums for seed 1, as the test of the
// definition in runtime/src/selftest.h gives them, computed apart in Python.
static const double means[] = {0.3897220380604267, 0.6339355111122131};
static const double absMaxima[] = {2.3414534628391266, 0.752434104681015};
static const double checksums[] = {0.9878227524459362, 1.0101525634527206};
static const systole_selftest selftest = {1,         2,         means,
                                          absMaxima, checksums, 1e-5};

__attribute__((visibility("default")))
const systole_library systole_model = {TOY_ABI_VERSION,
                                       TOY_ARCH,
                                       TOY_CPU_FEATURES,
                                       "generic",
                                       "toy",
                                       "by hand",
                                       "--cpu=generic",
                                       5,
                                       entries,
#ifdef TOY_WEIGHTS_HASH
                                       sizeof(weights),
                                       0,
                                       "toy.weights",
                                       TOY_WEIGHTS_HASH,
#else
                                       sizeof(weights),
                                       weights,
                                       0,
                                       0,
#endif
                                       1,
                                       messages,
                                       &selftest,
                                       TOY_THREADS,
                                       16,
                                       &stateBegin,
                                       &stateBeginSample};
