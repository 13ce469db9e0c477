//===- systole.h - Run compiled models: the public C interface ---*- C -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stable way to run what `systole compile` made, from any language that can
// call C:
//
//   systole_module *module;
//   systole_session *session;
//   systole_status *status = systole_module_open_file("m.so", NULL, &module);
//   if (!status) status = systole_session_create(module, NULL, &session);
//   if (!status) status = systole_session_run(session, 0, &in, 1, &out, 1);
//   if (status) { puts(systole_status_message(status)); ... }
//
// Three kinds of objects:
//   module   a compiled model with its weights; immutable after it was opened,
//            and so freely shared between threads;
//   session  the memory of one caller: the arena of intermediate values and the
//            model's variables. One thread at a time; make one for each thread;
//   device   what executes: "cpu" is always there, others register themselves.
//
// Errors: every function that can fail returns a `systole_status *`. Null means
// success; anything else is an object that the caller owns and releases. There
// is no hidden "last error", so errors of two threads never mix.
//
// Growth: each structure starts with its size in bytes as the caller was
// compiled. Fields are only ever added at the end; the library reads no field
// beyond the caller's size and writes none. Enumerators keep their numbers.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_SYSTOLE_H
#define SYSTOLE_SYSTOLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SYSTOLE_API __attribute__((visibility("default")))
#else
#define SYSTOLE_API
#endif

/// The version of this interface: raised when something is added. What exists
/// keeps its meaning, so a program compiled against 1 runs with any later one.
#define SYSTOLE_API_VERSION 1u

/// The interface version of the library that is loaded, which may be newer than
/// the header the program was compiled with.
SYSTOLE_API uint32_t systole_api_version(void);

//===----------------------------------------------------------------------===//
// Status
//===----------------------------------------------------------------------===//

/// What kind of failure a status reports. The message says the particulars.
typedef enum systole_status_code {
  /// Success; only ever seen by asking for the code of a null status.
  SYSTOLE_STATUS_OK = 0,
  /// An argument, a tensor's shape or its type does not fit the model.
  SYSTOLE_STATUS_INVALID_ARGUMENT = 1,
  /// A file, an entry or a device with this name does not exist.
  SYSTOLE_STATUS_NOT_FOUND = 2,
  /// The operating system refused to read or write; or the file is damaged.
  SYSTOLE_STATUS_IO = 3,
  /// The module was made for another CPU or another version of Systole.
  SYSTOLE_STATUS_INCOMPATIBLE = 4,
  /// Memory for the arena or for a tensor could not be had.
  SYSTOLE_STATUS_OUT_OF_MEMORY = 5,
  /// A check inside the model failed, e.g. an index was out of range.
  SYSTOLE_STATUS_CHECK_FAILED = 6,
  /// An output buffer of the caller is too small; its dims were filled in, so
  /// the caller can allocate and run again.
  SYSTOLE_STATUS_BUFFER_TOO_SMALL = 7,
  /// The device has no such ability.
  SYSTOLE_STATUS_UNSUPPORTED = 8
} systole_status_code;

/// A failure: a code and a message. Immutable; may be handed between threads.
typedef struct systole_status systole_status;

/// Makes a status, for devices that are implemented outside this library. The
/// message is copied. Never returns null: when memory is exhausted it returns a
/// constant status that says so.
SYSTOLE_API systole_status *systole_status_create(systole_status_code code,
                                                  const char *message);

/// The kind of failure; SYSTOLE_STATUS_OK for null.
SYSTOLE_API systole_status_code
systole_status_get_code(const systole_status *status);

/// One sentence for a person, without a final full stop; "" for null. Lives as
/// long as the status.
SYSTOLE_API const char *systole_status_message(const systole_status *status);

/// Frees a status. Null is allowed.
SYSTOLE_API void systole_status_release(systole_status *status);

//===----------------------------------------------------------------------===//
// Types and tensors
//===----------------------------------------------------------------------===//

// The internal header abi.h defines the same three things for code that the
// compiler emits. Code of this repository that needs both includes it first.
#ifndef SYSTOLE_RUNTIME_SRC_ABI_H

/// Element types. Types below 8 bits take one byte an element at this
/// interface; complex numbers are (real, imaginary) pairs.
enum systole_dtype {
  SYSTOLE_DTYPE_INVALID = 0,
  SYSTOLE_DTYPE_BOOL = 1, ///< One byte, 0 or 1.
  SYSTOLE_DTYPE_I8 = 2,
  SYSTOLE_DTYPE_I16 = 3,
  SYSTOLE_DTYPE_I32 = 4,
  SYSTOLE_DTYPE_I64 = 5,
  SYSTOLE_DTYPE_U8 = 6,
  SYSTOLE_DTYPE_U16 = 7,
  SYSTOLE_DTYPE_U32 = 8,
  SYSTOLE_DTYPE_U64 = 9,
  SYSTOLE_DTYPE_F16 = 10, ///< IEEE 754 binary16.
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
  SYSTOLE_DTYPE_C64 = 23,  ///< Two float32.
  SYSTOLE_DTYPE_C128 = 24, ///< Two float64.
  SYSTOLE_DTYPE_F8E8M0FNU = 25,
  SYSTOLE_DTYPE_STRING = 26 ///< systole_string.
};

/// A string as an element of a tensor: `size` bytes, usually UTF-8, without an
/// end mark. The bytes of results lie in memory of the inputs, of the module or
/// of the session: copy them before the session's next run.
typedef struct systole_string {
  const char *data;
  int64_t size;
} systole_string;

/// One range of a parallel loop: does the iterations [begin, end).
typedef void (*systole_task_fn)(void *closure, int64_t begin, int64_t end);

/// How a session runs parallel loops. `parallel_for` runs `task` over disjoint
/// ranges that cover [0, count), on any threads, and returns when all of them
/// have finished; memory written by the tasks is then visible to the caller.
/// `cost` estimates the scalar operations of one iteration, so that small work
/// may stay on the calling thread. Tasks neither block nor call back.
typedef struct systole_executor {
  void *context;
  void (*parallel_for)(void *context, systole_task_fn task, void *closure,
                       int64_t count, int64_t cost);
} systole_executor;

#endif // SYSTOLE_RUNTIME_SRC_ABI_H

/// Where a tensor's memory lies; the numbers are those of DLPack.
typedef enum systole_memory_kind {
  SYSTOLE_MEMORY_CPU = 1,
  SYSTOLE_MEMORY_CUDA = 2
} systole_memory_kind;

/// A tensor, in the manner of DLPack: borrowed memory and its layout. The
/// structure and all it points to stay the caller's; the library keeps no
/// pointer to them after the call.
typedef struct systole_tensor {
  /// sizeof(systole_tensor).
  size_t size;
  /// The first element, aligned to the element's size. As an output it may be
  /// null: then the run sets it to memory of the session that holds the result
  /// until the session's next run or its release.
  void *data;
  /// Bytes available at `data`. Read for outputs only.
  size_t capacity;
  /// An enumerator of systole_dtype. For outputs 0 means "whatever it is"; the
  /// run writes the actual type.
  uint32_t dtype;
  /// An enumerator of systole_memory_kind; 0 is taken as SYSTOLE_MEMORY_CPU.
  uint32_t memory;
  /// Which of several devices of this kind.
  int32_t device_index;
  /// Number of dimensions.
  uint32_t rank;
  /// `rank` sizes. Outputs: the caller's array of at least the rank that the
  /// module declares (see systole_module_get_output), which the run fills in;
  /// or null, if the caller does not want them.
  int64_t *dims;
  /// `rank` distances between elements, counted in elements; null means dense,
  /// row-major. Outputs are always dense: null there.
  const int64_t *strides;
} systole_tensor;

/// The name of an element type as NumPy writes it where NumPy has it, e.g.
/// "float32", "bfloat16", "int4"; "invalid" for other numbers. A constant.
SYSTOLE_API const char *systole_dtype_name(uint32_t dtype);

/// Bytes of one element at this interface; 0 for an invalid type.
SYSTOLE_API size_t systole_dtype_bytes(uint32_t dtype);

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

/// A compiled model. Thread-safe; counted references.
typedef struct systole_module systole_module;

/// The root structure of a compiled model, for programs into which the model's
/// object file is linked: the symbol `systole_model`, or the one that the
/// generated header names.
typedef struct systole_library systole_library;

/// How to open a module. Null instead of a pointer means all defaults.
typedef struct systole_module_options {
  /// sizeof(systole_module_options).
  size_t size;
  /// The device that shall run it; null: "cpu".
  const char *device;
  /// Where the weights file lies, if the model was compiled with
  /// --weights=file; null: beside the module.
  const char *weights_path;
} systole_module_options;

/// Opens a module file that `systole compile --emit=module` made. It checks the
/// ABI version, the CPU features of this machine and, where there is one, the
/// hash of the weights file before any code of the model runs. On success
/// `*module` holds one reference that the caller releases; on failure null.
///
/// A module is machine code: opening one trusts it like a shared library.
SYSTOLE_API systole_status *
systole_module_open_file(const char *path,
                         const systole_module_options *options,
                         systole_module **module);

/// The same for a model that is linked into the program. `library` must outlive
/// the module.
SYSTOLE_API systole_status *
systole_module_open_library(const systole_library *library,
                            const systole_module_options *options,
                            systole_module **module);

/// Adds a reference.
SYSTOLE_API void systole_module_retain(systole_module *module);

/// Drops a reference. With the last one, which may be a session's, the file is
/// closed and the weights are unmapped. Null is allowed.
SYSTOLE_API void systole_module_release(systole_module *module);

/// Facts about a module. All strings live as long as the module.
typedef struct systole_module_info {
  /// sizeof(systole_module_info), set by the caller.
  size_t size;
  const char *name;     ///< The source model's name.
  const char *producer; ///< The compiler, e.g. "systole 0.1.0".
  const char *cpu;      ///< What --cpu resolved to, e.g. "x86-64-v3".
  const char *options;  ///< The options that shaped the code.
  const char *device;   ///< The device that the module was opened on.
  size_t num_entries;   ///< How many entry points there are; at least one.
  size_t weights_bytes; ///< Size of the weights, embedded or in a file.
} systole_module_info;

/// Fills `*info`, of which the caller has set `size`.
SYSTOLE_API void systole_module_get_info(const systole_module *module,
                                         systole_module_info *info);

/// An entry point: what one can run.
typedef struct systole_entry {
  /// sizeof(systole_entry), set by the caller.
  size_t size;
  const char *name;
  size_t num_inputs;
  size_t num_outputs;
} systole_entry;

/// Fills `*entry` with entry point `index`; fails if there are fewer.
SYSTOLE_API systole_status *
systole_module_get_entry(const systole_module *module, size_t index,
                         systole_entry *entry);

/// Finds the entry point with a name.
SYSTOLE_API systole_status *
systole_module_find_entry(const systole_module *module, const char *name,
                          size_t *index);

/// The declared type of an input or an output.
typedef struct systole_tensor_type {
  /// sizeof(systole_tensor_type), set by the caller.
  size_t size;
  /// The name in the source model.
  const char *name;
  /// The name made unique and fit for a file: the stem of its `.npy`.
  const char *file_name;
  /// An enumerator of systole_dtype.
  uint32_t dtype;
  uint32_t rank;
  /// `rank` sizes; -1 where any size is allowed.
  const int64_t *dims;
  /// Of quantised integers: an element q stands for (q - zero_point) * scale.
  /// A scale of 0: elements stand for themselves.
  float scale;
  int32_t zero_point;
} systole_tensor_type;

/// Fills `*type` with input `index` of entry point `entry`.
SYSTOLE_API systole_status *
systole_module_get_input(const systole_module *module, size_t entry,
                         size_t index, systole_tensor_type *type);

/// Fills `*type` with output `index` of entry point `entry`.
SYSTOLE_API systole_status *
systole_module_get_output(const systole_module *module, size_t entry,
                          size_t index, systole_tensor_type *type);

//===----------------------------------------------------------------------===//
// Sessions
//===----------------------------------------------------------------------===//

/// The memory of one caller of a module. One thread at a time.
typedef struct systole_session systole_session;

/// How to make a session. Null instead of a pointer means all defaults.
typedef struct systole_session_options {
  /// sizeof(systole_session_options).
  size_t size;
  /// Runs the parallel loops; null: a pool of the session's own. Must outlive
  /// the session. Several sessions may share one if it allows that.
  const systole_executor *executor;
  /// Size of the session's own pool, the caller included. 0: as many as the
  /// process may use at once (its CPU affinity), or what the model was compiled
  /// for. 1: no pool, everything on the calling thread.
  uint32_t threads;
} systole_session_options;

/// Makes a session, which holds a reference to the module. Memory for a model
/// with static shapes is allocated here, once; running it allocates nothing.
SYSTOLE_API systole_status *
systole_session_create(systole_module *module,
                       const systole_session_options *options,
                       systole_session **session);

/// Frees a session and its memory, and with it every output that a run left
/// inside the session. Null is allowed.
SYSTOLE_API void systole_session_release(systole_session *session);

/// Forgets everything that earlier runs left in the model's variables.
SYSTOLE_API systole_status *systole_session_reset(systole_session *session);

/// Forgets what earlier runs left in those variables that belong to one sample
/// of a data set (recurrent state), and keeps the others. A program that feeds
/// a stream calls it where a new one begins.
SYSTOLE_API systole_status *
systole_session_begin_sample(systole_session *session);

/// Runs an entry point and returns when the outputs are there. All inputs and
/// all outputs are given, in declared order. A wrong count, type or shape is an
/// error that says what was expected and what was found, and nothing is run.
/// See systole_tensor for who owns the outputs' memory.
SYSTOLE_API systole_status *
systole_session_run(systole_session *session, size_t entry,
                    const systole_tensor *inputs, size_t num_inputs,
                    systole_tensor *outputs, size_t num_outputs);

/// Starts a run. Tensors must stay valid until systole_session_wait returns. A
/// device without a queue, such as "cpu", does the work before this returns.
/// A session has at most one run under way: a second submit before the wait is
/// an error. The status reports only what prevents the start; what fails later
/// is reported by the wait.
SYSTOLE_API systole_status *
systole_session_submit(systole_session *session, size_t entry,
                       const systole_tensor *inputs, size_t num_inputs,
                       systole_tensor *outputs, size_t num_outputs);

/// Waits for the run that was submitted and returns its status.
SYSTOLE_API systole_status *systole_session_wait(systole_session *session);

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

/// What executes modules: a table of functions. Counts, types and shapes have
/// been checked before `run` is called, so a device need not repeat that.
typedef struct systole_device {
  /// sizeof(systole_device).
  size_t size;
  /// The name in `--device=` and systole_module_options; unique.
  const char *name;
  /// A few words for a list of devices.
  const char *description;
  /// Tells whether the device can run this module on this machine; called once
  /// when a module is opened, before any of its code runs.
  systole_status *(*check_library)(const struct systole_device *device,
                                   const systole_library *library);
  /// Makes the device's part of a session. `weights` is aligned to 64 bytes and
  /// outlives the session; null if the model has none.
  systole_status *(*create_session)(const struct systole_device *device,
                                    const systole_library *library,
                                    const void *weights,
                                    const systole_session_options *options,
                                    void **session);
  /// Runs an entry; tensors as in systole_session_run.
  systole_status *(*run)(void *session, size_t entry,
                         const systole_tensor *inputs, systole_tensor *outputs);
  /// Sets the model's variables back to their initial values.
  systole_status *(*reset)(void *session);
  /// Frees what create_session made.
  void (*destroy_session)(void *session);
  /// Sets those variables back that belong to one sample of a data set; null:
  /// the device has none.
  systole_status *(*begin_sample)(void *session);
} systole_device;

/// Makes a device known. The structure must live as long as the process. Fails
/// if the name is taken. Thread-safe.
SYSTOLE_API systole_status *
systole_device_register(const systole_device *device);

/// How many devices there are.
SYSTOLE_API size_t systole_device_count(void);

/// Device number `index`, in order of registration; null beyond the end.
SYSTOLE_API const systole_device *systole_device_get(size_t index);

/// The device with a name; null if there is none.
SYSTOLE_API const systole_device *systole_device_find(const char *name);

#ifdef __cplusplus
}
#endif

#endif // SYSTOLE_SYSTOLE_H
