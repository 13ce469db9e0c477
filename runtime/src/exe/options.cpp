//===- options.cpp - The command line of an executable --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/exe/exe.h"
#include "runtime/src/session.h"

using namespace systole::rt;

namespace {
/// Walks over the arguments.
struct Arguments {
  int argc;
  const char *const *argv;
  int next;
  /// The option at hand and, after '=', its value.
  Text name;
  const char *value;

  /// Takes the next argument apart. Returns false at the end.
  bool advance() {
    if (next >= argc)
      return false;
    const char *argument = argv[next++];
    name = argument;
    value = nullptr;
    int64_t equals = name.find('=');
    if (name.startsWith("--") && equals >= 0) {
      value = argument + equals + 1;
      name = Text(argument, equals);
    }
    return true;
  }

  /// The value of the option at hand, which may be the next argument.
  Status require(const char *&result) {
    if (!value && next < argc)
      value = argv[next++];
    if (!value)
      return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
             << "option " << name << " needs a value";
    result = value;
    return Status();
  }

  /// Reads a value as a number of at least 1.
  Status number(const char *text, int64_t &result) {
    if (parseInteger(text, result) && result >= 1)
      return Status();
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "option " << name << ": expected a number above 0, found '"
           << text << "'";
  }
};
} // namespace

/// Handles the option that `arguments` is at.
static Status parseOption(Arguments &arguments, ExeOptions &options) {
  Text name = arguments.name;
  const char *value = nullptr;
  if (name == "--input") {
    Status status = arguments.require(value);
    options.inputs[options.numInputs++] = value;
    return status;
  }
  if (name == "--carry") {
    Status status = arguments.require(value);
    options.carries[options.numCarries++] = value;
    return status;
  }
  if (name == "--output-dir")
    return arguments.require(options.outputDirectory);
  if (name == "--threads") {
    Status status = arguments.require(value);
    if (status.failed() || Text(value) == "auto")
      return status;
    return arguments.number(value, options.threads);
  }
  if (name == "--bench") {
    options.bench = true;
    return arguments.value
               ? arguments.number(arguments.value, options.benchRuns)
               : Status();
  }

  static const struct {
    const char *name;
    bool ExeOptions::*flag;
  } flags[] = {{"--each", &ExeOptions::each},
               {"--selftest", &ExeOptions::selftest},
               {"--info", &ExeOptions::info},
               {"--help", &ExeOptions::help},
               {"-h", &ExeOptions::help}};
  for (const auto &flag : flags)
    if (name == flag.name && !arguments.value) {
      options.*flag.flag = true;
      return Status();
    }
  // Compiled models return stored values; the driver's option means nothing.
  if (name == "--dequantize")
    return Status();
  if (name.startsWith("-") && name != "-")
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << "unknown option '" << name << "'";
  // A bare argument is an input as well.
  options.inputs[options.numInputs++] = name.data;
  return Status();
}

Status systole::rt::parseExeOptions(int argc, const char *const *argv,
                                    ExeOptions &options) {
  Arguments arguments{argc, argv, /*next=*/1, Text(), nullptr};
  Status status = options.inputs.resize(argc);
  if (status.succeeded())
    status = options.carries.resize(argc);
  while (status.succeeded() && arguments.advance())
    status = parseOption(arguments, options);
  return status;
}

void systole::rt::describeExeOptions(const char *program,
                                     const systole_library &library,
                                     StringBuilder &out) {
  const systole_entry_info &entry = library.entries[0];
  out << "usage: " << program << " [options] [--input NAME=FILE ...]\n"
      << "Runs the model '" << library.model_name << "'.\n\n"
      << "  --input NAME=FILE  a .npy or .wav file for an input, by name or "
         "by\n"
      << "                     position (0=FILE); FILE alone if there is one\n"
      << "  --output-dir DIR   write each output to DIR/<name>.npy instead of\n"
      << "                     showing it\n"
      << "  --each             files have one more leading axis: run for each "
         "entry\n"
      << "  --carry OUT=IN     with --each: feed an output to the next entry's "
         "input\n"
      << "  --bench[=N]        measure N runs, or one second\n"
      << "  --selftest         check the results of a known input\n"
      << "  --info             say what this executable is\n"
      << "  --threads=N        use N threads (default: all CPUs)\n\n"
      << "example: " << program << " --input "
      << (entry.num_inputs ? entry.inputs[0].name : "x")
      << "=x.npy --output-dir out\n";
}

/// Appends one line for each tensor.
static void describeTensors(const char *what,
                            const systole_tensor_info *tensors, uint64_t count,
                            StringBuilder &out) {
  for (uint64_t i = 0; i < count; ++i) {
    out << "  " << what << " " << tensors[i].name << ": ";
    describeType(tensors[i], out);
    out << "\n";
  }
}

void systole::rt::describeLibrary(const systole_library &library,
                                  StringBuilder &out) {
  out << "model: " << library.model_name << "\nproducer: " << library.producer
      << "\ncpu: " << library.cpu_name << "\noptions: " << library.options
      << "\nthreads: ";
  if (library.threads)
    out << library.threads;
  else
    out << "auto";
  out << "\nweights: " << library.weights_bytes << " bytes, ";
  if (library.weights || !library.weights_file)
    out << "embedded\n";
  else
    out << "in " << library.weights_file << "\n";
  for (uint64_t i = 0; i < library.num_entries; ++i) {
    const systole_entry_info &entry = library.entries[i];
    out << "entry: " << entry.name << "\n";
    describeTensors("input", entry.inputs, entry.num_inputs, out);
    describeTensors("output", entry.outputs, entry.num_outputs, out);
  }
}
