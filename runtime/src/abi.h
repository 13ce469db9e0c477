//===- abi.h - What a compiled model and the runtime agree on ----*- C -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The binary interface between the code that `systole compile` emits and the
// code that loads and runs it. The compiler (backends/Cpu) writes these
// structures as constants and reads frames by field offset, so the layout here
// is the one source: plain C, 64-bit little-endian, fields never reordered;
// additions go to the end and are told apart by `size`.
//
// Everything a model needs is passed in a frame: emitted code has no global
// state, calls no library and makes no system call.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_ABI_H
#define SYSTOLE_RUNTIME_SRC_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SYSTOLE_ABI_VERSION 3u

/* Every base address that emitted code receives is aligned to this. */
#define SYSTOLE_ALIGNMENT 64u

/* What an entry function returns. */
enum systole_entry_status {
  SYSTOLE_ENTRY_OK = 0,
  /* `arena_bytes` was too small; `arena_needed` holds a size to try next. */
  SYSTOLE_ENTRY_ARENA_TOO_SMALL = 1,
  /* A run-time check failed: `message` indexes systole_library.messages, and
     `detail` holds the offending numbers (meaning: by the message's %lld). */
  SYSTOLE_ENTRY_CHECK_FAILED = 2
};

/* One iteration range of a parallel kernel: [begin, end). */
typedef void (*systole_task_fn)(void *closure, int64_t begin, int64_t end);

/* Runs task(closure, ...) over disjoint ranges that cover [0, count), returns
   when all have finished. `cost` estimates the scalar operations of one
   iteration, so that an executor can leave small work on the calling thread. */
typedef struct systole_executor {
  void *context;
  void (*parallel_for)(void *context, systole_task_fn task, void *closure,
                       int64_t count, int64_t cost);
} systole_executor;

/* An argument of an entry: dense row-major data and its dimensions. */
typedef struct systole_argument {
  /* Inputs: the caller's data, aligned to the element at least. Outputs: the
     caller's memory of `capacity` bytes, or null; after the call, where the
     result lies (the caller's memory if it was large enough, else memory inside
     the arena that the next call reuses). */
  void *data;
  int64_t capacity;
  /* rank entries; read for inputs, written for outputs. */
  int64_t *dims;
} systole_argument;

typedef struct systole_frame {
  uint64_t size; /* sizeof(systole_frame) */
  void *arena;   /* aligned to SYSTOLE_ALIGNMENT */
  int64_t arena_bytes;
  const void *weights; /* aligned to SYSTOLE_ALIGNMENT */
  void *state; /* `state_bytes` of variables, aligned to SYSTOLE_ALIGNMENT */
  const systole_executor *executor; /* null: single-threaded */
  systole_argument *inputs;
  systole_argument *outputs;
  int64_t arena_needed; /* out, with ARENA_TOO_SMALL */
  int64_t message;      /* out, with CHECK_FAILED */
  int64_t detail[4];    /* out, with CHECK_FAILED */
  int64_t arena_top;    /* used by emitted code: end of the dynamic part */
} systole_frame;

typedef int32_t (*systole_entry_fn)(systole_frame *frame);

/* Element types; the numbers are stable. Sub-byte types take one byte an
   element at this interface; complex numbers are (real, imaginary) pairs. */
enum systole_dtype {
  SYSTOLE_DTYPE_INVALID = 0,
  SYSTOLE_DTYPE_BOOL = 1,
  SYSTOLE_DTYPE_I8 = 2,
  SYSTOLE_DTYPE_I16 = 3,
  SYSTOLE_DTYPE_I32 = 4,
  SYSTOLE_DTYPE_I64 = 5,
  SYSTOLE_DTYPE_U8 = 6,
  SYSTOLE_DTYPE_U16 = 7,
  SYSTOLE_DTYPE_U32 = 8,
  SYSTOLE_DTYPE_U64 = 9,
  SYSTOLE_DTYPE_F16 = 10,
  SYSTOLE_DTYPE_BF16 = 11,
  SYSTOLE_DTYPE_F32 = 12,
  SYSTOLE_DTYPE_F64 = 13,
  SYSTOLE_DTYPE_F8E4M3FN = 14,
  SYSTOLE_DTYPE_F8E5M2 = 15,
  SYSTOLE_DTYPE_F8E4M3FNUZ = 16,
  SYSTOLE_DTYPE_F8E5M2FNUZ = 17,
  SYSTOLE_DTYPE_F4E2M1FN = 18,
  SYSTOLE_DTYPE_I4 = 19,
  SYSTOLE_DTYPE_U4 = 20,
  SYSTOLE_DTYPE_I2 = 21,
  SYSTOLE_DTYPE_U2 = 22,
  SYSTOLE_DTYPE_C64 = 23,
  SYSTOLE_DTYPE_C128 = 24,
  SYSTOLE_DTYPE_F8E8M0FNU = 25,
  SYSTOLE_DTYPE_STRING = 26 /* systole_string */
};

/* A string as an element: its bytes, which need no end mark. Those of results
   lie in inputs, weights or the arena. */
typedef struct systole_string {
  const char *data;
  int64_t size;
} systole_string;

typedef struct systole_tensor_info {
  const char *name;      /* as in the source model */
  const char *file_name; /* unique, without '/' or ':'; the stem of its .npy */
  uint32_t dtype;        /* systole_dtype */
  uint32_t rank;
  const int64_t *dims; /* -1: dynamic */
  /* Integers q that stand for (q - zero_point) * scale; scale 0: they stand for
     themselves. */
  float scale;
  int32_t zero_point;
} systole_tensor_info;

typedef struct systole_entry_info {
  const char *name;
  systole_entry_fn function;
  uint64_t num_inputs, num_outputs;
  const systole_tensor_info *inputs;
  const systole_tensor_info *outputs;
  /* Bytes of arena that suffice when all shapes are static (`arena_is_exact`),
     otherwise a first guess. */
  uint64_t arena_bytes;
  uint64_t arena_is_exact;
} systole_entry_info;

/* CPU architectures and, for x86-64, the feature bits that emitted code uses.
 */
enum systole_arch {
  SYSTOLE_ARCH_X86_64 = 1,
  SYSTOLE_ARCH_AARCH64 = 2,
  SYSTOLE_ARCH_RISCV64 = 3
};
enum systole_x86_feature {
  SYSTOLE_X86_SSE3 = 1u << 0,
  SYSTOLE_X86_SSSE3 = 1u << 1,
  SYSTOLE_X86_SSE41 = 1u << 2,
  SYSTOLE_X86_SSE42 = 1u << 3,
  SYSTOLE_X86_POPCNT = 1u << 4,
  SYSTOLE_X86_AVX = 1u << 5,
  SYSTOLE_X86_F16C = 1u << 6,
  SYSTOLE_X86_FMA = 1u << 7,
  SYSTOLE_X86_AVX2 = 1u << 8,
  SYSTOLE_X86_BMI = 1u << 9,
  SYSTOLE_X86_BMI2 = 1u << 10,
  SYSTOLE_X86_LZCNT = 1u << 11,
  SYSTOLE_X86_MOVBE = 1u << 12,
  SYSTOLE_X86_AVX512F = 1u << 13,
  SYSTOLE_X86_AVX512BW = 1u << 14,
  SYSTOLE_X86_AVX512CD = 1u << 15,
  SYSTOLE_X86_AVX512DQ = 1u << 16,
  SYSTOLE_X86_AVX512VL = 1u << 17,
  SYSTOLE_X86_AVX512VNNI = 1u << 18
};

/* What --selftest checks: statistics of each output of entry 0 as the reference
   interpreter computed them from the seeded input (runtime/src/selftest.h). */
typedef struct systole_selftest {
  uint64_t seed;
  uint64_t num_outputs;
  const double *mean;    /* [num_outputs] */
  const double *abs_max; /* [num_outputs] */
  const double
      *checksum; /* [num_outputs]: sum of value * ((index % 17) + 1) / count */
  double tolerance; /* relative to abs_max */
} systole_selftest;

/* The root of everything; one constant in each compiled model. */
typedef struct systole_library {
  uint32_t abi_version;  /* SYSTOLE_ABI_VERSION */
  uint32_t arch;         /* systole_arch */
  uint64_t cpu_features; /* systole_x86_feature bits; 0 elsewhere */
  const char *cpu_name;  /* resolved --cpu, e.g. "znver3" or "x86-64-v3" */
  const char *model_name;
  const char *producer; /* "systole 0.1.0" */
  const char *options;  /* the options that shaped the code, for --info */
  uint64_t num_entries;
  const systole_entry_info *entries;
  uint64_t weights_bytes;
  const void *weights;      /* embedded, or null: then in a file */
  const char *weights_file; /* file name beside the model, or null */
  uint64_t weights_hash;    /* of the bytes (hash.h), with a file */
  uint64_t num_messages;
  const char *const *messages;
  const systole_selftest *selftest; /* or null */
  uint64_t threads; /* 0: choose at run time; 1: no pool is linked */
  /* Bytes of the variables that all entries share; 0: there are none. */
  uint64_t state_bytes;
  /* Entries without inputs and outputs: fills a new state (null without one);
     gives variables that begin anew with each sample of a data set their
     initial values (null: there are none such). */
  const systole_entry_info *state_begin;
  const systole_entry_info *state_begin_sample;
} systole_library;

/* The one symbol that a loadable module exports and that the executable's
   start-up code links against. */
#define SYSTOLE_LIBRARY_SYMBOL "systole_model"
extern const systole_library systole_model;

#ifdef __cplusplus
}
#endif

#endif /* SYSTOLE_RUNTIME_SRC_ABI_H */
