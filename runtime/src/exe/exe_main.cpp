//===- exe_main.cpp - What a standalone executable does -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/cpu_check.h"
#include "runtime/src/exe/exe.h"
#include "runtime/src/executor.h"
#include "runtime/src/session.h"
#include "runtime/src/weights.h"

using namespace systole::rt;

namespace {
enum ExitStatus { Success = 0, WorkFailed = 1, WrongUsage = 2 };
constexpr int standardOutput = 1, standardError = 2;
} // namespace

/// Prints to standard output. A full disk there is a failure like any other.
static Status print(const StringBuilder &out) {
  if (int error = writeAll(standardOutput, out.text().data, out.text().size))
    return Failure(SYSTOLE_STATUS_IO)
           << "cannot write to standard output: " << errorText(error);
  return Status();
}

/// The model's compiled code as what RunRequest executes.
static Status executeSession(void *context, const Tensor *inputs,
                             Tensor *outputs) {
  return static_cast<Session *>(context)->run(0, inputs, outputs);
}

static Status beginSession(void *context, bool whole) {
  auto *session = static_cast<Session *>(context);
  return whole ? session->beginState() : session->beginSample();
}

/// Appends the line of --bench.
static void describeBench(const Latency &latency, int64_t threads,
                          StringBuilder &out) {
  out << "latency: min ";
  out.number(latency.min, 4) << " ms, median ";
  out.number(latency.median, 4) << " ms, mean ";
  out.number(latency.mean, 4) << " ms, p99 ";
  out.number(latency.p99, 4) << " ms (" << latency.runs << " runs, " << threads
                             << (threads == 1 ? " thread)\n" : " threads)\n");
}

/// Measures, on the given inputs or, where there are none, on generated ones.
static Status bench(const ExeOptions &options, RunRequest &request,
                    int64_t threads) {
  constexpr int64_t second = 1000000000, mostRuns = 100000;
  request.generateMissing = true;
  request.warmup = options.benchRuns ? 1 : 3;
  request.repeat = options.benchRuns ? options.benchRuns : mostRuns;
  request.timeLimitNanoseconds = options.benchRuns ? 0 : second;
  RunResult result;
  Status status = runModel(request, result);
  if (status.failed())
    return status;
  StringBuilder out;
  describeBench(result.latency, threads, out);
  return print(out);
}

/// The plain run: outputs to files or, in short, to standard output.
static Status runOnFiles(const ExeOptions &options, const RunRequest &request) {
  RunResult result;
  Status status = runModel(request, result);
  if (status.failed())
    return status;
  if (options.outputDirectory)
    return writeOutputs(*request.entry, result, options.outputDirectory);
  StringBuilder out;
  viewOutputs(*request.entry, result, out);
  return print(out);
}

/// Everything that runs the model's code.
static Status work(const ExeOptions &options, const systole_library &library) {
  Status status = checkLibrary(library);
  if (status.failed())
    return status;
  char path[4096];
  executablePath(path, sizeof(path));
  Weights weights;
  status = weights.open(library, nullptr, path);
  if (status.failed())
    return status;

  int64_t threads = chooseThreads(options.threads, library.threads);
  systole_executor *executor = createExecutor(threads);
  Session session;
  status = session.create(library, weights.data(), executor);
  RunRequest request;
  request.entry = &library.entries[0];
  request.execute = executeSession;
  request.begin = beginSession;
  request.context = &session;
  request.inputs = options.inputs.data();
  request.numInputs = options.numInputs;
  request.carries = options.carries.data();
  request.numCarries = options.numCarries;
  request.each = options.each;
  if (status.succeeded() && options.selftest) {
    StringBuilder out;
    status = runSelftest(library, executeSession, &session, out);
    if (status.succeeded())
      status = print(out);
  } else if (status.succeeded()) {
    status = options.bench ? bench(options, request, executor ? threads : 1)
                           : runOnFiles(options, request);
  }
  destroyExecutor(executor);
  return status;
}

/// Prints "PROGRAM: error: MESSAGE".
static void report(const char *program, const Status &status,
                   const char *help) {
  StringBuilder out;
  out << program << ": error: " << status.message() << "\n";
  if (help)
    out << "  help: " << program << " " << help << "\n";
  (void)writeAll(standardError, out.text().data, out.text().size);
}

int systole::rt::exeMain(int argc, const char *const *argv) {
  ignoreBrokenPipes();
  const systole_library &library = systole_model;
  ExeOptions options;
  if (argc > 0)
    options.program = argv[0];
  Status usage = parseExeOptions(argc, argv, options);
  if (usage.failed()) {
    report(options.program, usage, "--help lists the options");
    return WrongUsage;
  }
  Status status;
  if (options.help || options.info) {
    StringBuilder out;
    if (options.help)
      describeExeOptions(options.program, library, out);
    else
      describeLibrary(library, out);
    status = print(out);
  } else {
    status = work(options, library);
  }
  if (status.failed())
    report(options.program, status, nullptr);
  return status.failed() ? WorkFailed : Success;
}
