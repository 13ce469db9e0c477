//===- SuiteMain.cpp - Runs ONNX's own operator tests ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole-onnx-suite --data=DIR [--list=FILE [--update]] [--filter=TEXT]
// systole-onnx-suite --list=FILE --page
// systole-onnx-suite --random=N [--seed=S] [--save=DIR]
//
// A case passes if the importer takes its model and the results on the
// interpreter (before and after all graph phases) and on the cpu agree with the
// stored ones. test/onnx-suite/README.md has the commands.
//
//===----------------------------------------------------------------------===//

#include "ExceptionList.h"
#include "OperatorPage.h"
#include "RandomCheck.h"
#include "Workers.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Threading.h"

using namespace llvm;
using namespace systole::suite;

static cl::opt<std::string>
    dataOption("data", cl::desc("onnx/backend/test/data, unpacked"));
static cl::opt<std::string>
    listOption("list", cl::desc("The cases that may fail, with reasons"));
static cl::opt<bool>
    updateOption("update",
                 cl::desc("Take cases that pass out of the list, refresh the "
                          "reasons of the others"));
static cl::opt<bool> pageOption("page",
                                cl::desc("Print docs/onnx-operators.md"));
static cl::opt<std::string>
    filterOption("filter", cl::desc("Only cases whose name contains this"));
static cl::opt<bool>
    quickOption("quick", cl::desc("Without 'light', the whole networks"));
static cl::opt<unsigned>
    jobsOption("jobs", cl::desc("Workers; default: one for each processor"));
static cl::opt<unsigned>
    slowestOption("slowest", cl::desc("Show so many of the slowest cases"));
static cl::opt<int64_t>
    randomOption("random", cl::desc("Run so many random models instead"));
static cl::opt<uint64_t> seedOption("seed", cl::init(1),
                                    cl::desc("Seed of the first of them"));
static cl::opt<std::string>
    saveOption("save", cl::desc("Where to write those that differ"));
static cl::opt<bool>
    verboseOption("verbose", cl::desc("Show every case that does not pass"));

/// What a run says about one case; null if it passes.
static std::optional<Exception> exceptionOf(const Result &result) {
  if (result.passed())
    return std::nullopt;
  bool onlyCpu = result.outcomes[kInterpreter].passed;
  const Outcome &outcome = result.outcomes[onlyCpu ? kCpu : kInterpreter];
  return Exception{outcome.op, outcome.reason, onlyCpu};
}

static void showFailure(const Case &test, const Result &result) {
  for (Device device : {kInterpreter, kCpu}) {
    const Outcome &outcome = result.outcomes[device];
    if (outcome.passed)
      continue;
    outs() << test.name << " on " << deviceName(device) << ": " << outcome.op
           << ": " << outcome.reason << "\n";
    if (!outcome.detail.empty())
      outs() << "    " << outcome.detail << "\n";
    if (outcome.op == result.outcomes[kCpu].op &&
        outcome.reason == result.outcomes[kCpu].reason)
      break;
  }
}

/// Holds the results against the list; the number of contradictions.
static int64_t checkList(ArrayRef<Case> cases, ArrayRef<Result> results,
                         const ExceptionList &list) {
  int64_t wrong = 0;
  for (auto [test, result] : zip_equal(cases, results)) {
    auto listed = list.cases.find(test.name);
    std::optional<Exception> found = exceptionOf(result);
    if (listed == list.cases.end()) {
      if (!found)
        continue;
      outs() << "FAIL ";
      showFailure(test, result);
    } else if (!found) {
      outs() << "FAIL " << test.name << " passes: take it out of the list\n";
    } else if (found->onlyCpu != listed->second.onlyCpu) {
      outs() << "FAIL " << test.name << (found->onlyCpu ? " passes" : " fails")
             << " on the interpreter: the list says otherwise\n";
      showFailure(test, result);
    } else {
      continue;
    }
    ++wrong;
  }
  return wrong;
}

/// Removes from the list what passes; false if a case fails that it lacks.
static bool updateList(ArrayRef<Case> cases, ArrayRef<Result> results,
                       ExceptionList &list) {
  bool mayGrow = list.cases.empty();
  int64_t unlisted = 0;
  for (auto [test, result] : zip_equal(cases, results)) {
    std::optional<Exception> found = exceptionOf(result);
    if (!found) {
      list.cases.erase(test.name);
    } else if (mayGrow || list.cases.count(test.name)) {
      list.cases[test.name] = *found;
    } else {
      ++unlisted;
      outs() << "FAIL ";
      showFailure(test, result);
    }
  }
  return list.writeTo(listOption) && !unlisted;
}

static void showSlowest(ArrayRef<Case> cases, ArrayRef<Result> results) {
  std::vector<size_t> order(cases.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(-results[a].seconds, a) <
           std::pair(-results[b].seconds, b);
  });
  for (size_t i : ArrayRef(order).take_front(slowestOption))
    outs() << format("%8.3f s  ", results[i].seconds) << cases[i].name << "\n";
}

/// One line for each group.
static void showCounts(ArrayRef<Case> cases, ArrayRef<Result> results) {
  for (StringRef group : groups()) {
    int64_t total = 0, passed[kNumDevices] = {}, both = 0;
    for (auto [test, result] : zip_equal(cases, results)) {
      if (StringRef(test.name).split('/').first != group)
        continue;
      ++total;
      both += result.passed();
      for (Device device : {kInterpreter, kCpu})
        passed[device] += result.outcomes[device].passed;
    }
    if (total)
      outs() << group << ": " << total << " cases, interpreter "
             << passed[kInterpreter] << ", cpu " << passed[kCpu] << ", both "
             << both << "\n";
  }
}

static unsigned numJobs() {
  return jobsOption ? jobsOption
                    : hardware_concurrency().compute_thread_count();
}

static std::vector<Result> runCases(ArrayRef<Case> cases) {
  std::vector<Result> results =
      runForked(cases.size(), numJobs(),
                [&](int64_t index, const auto &begin, const auto &end) {
                  runCase(cases[index], begin, end);
                });
  // One that crashed could not say what it is about.
  for (auto [test, result] : zip_equal(cases, results))
    for (Outcome &outcome : result.outcomes)
      if (!outcome.passed && outcome.op.empty())
        outcome.op = mainOperator(test);
  return results;
}

static int runSuite() {
  ExceptionList list;
  if (!listOption.empty() && sys::fs::exists(listOption) &&
      !list.read(listOption))
    return 2;
  std::vector<Case> cases = findCases(dataOption);
  erase_if(cases, [](const Case &test) {
    return !StringRef(test.name).contains(filterOption) ||
           (quickOption && test.folder.empty());
  });
  if (cases.empty()) {
    errs() << "error: no cases in '" << dataOption << "'\n";
    return 2;
  }
  std::vector<Result> results = runCases(cases);
  if (verboseOption)
    for (auto [test, result] : zip_equal(cases, results))
      if (!result.passed())
        showFailure(test, result);
  showSlowest(cases, results);
  bool right = true;
  if (updateOption)
    right = updateList(cases, results, list);
  else if (!listOption.empty())
    right = checkList(cases, results, list) == 0;
  showCounts(cases, results);
  return right ? 0 : 1;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "Runs ONNX's operator tests\n");
  if (pageOption) {
    ExceptionList list;
    if (!list.read(listOption))
      return 2;
    printOperatorPage(list, outs());
    return 0;
  }
  if (randomOption)
    return checkRandomModels(seedOption, randomOption, numJobs(), saveOption)
               ? 0
               : 1;
  return runSuite();
}
