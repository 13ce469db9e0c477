//===- OnnxSuite.cpp - Runs ONNX's own operator tests ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole-onnx-suite [--verbose] [--optimise] [--device=cpu] [--jobs=N]
// FOLDER...
//
// Runs each folder (OnnxFolder.h) by the interpreter, or compiled for the CPU;
// with --optimise, all graph phases run before the interpreter. Folders are
// shared among N worker processes, one for each processor by default: a crash
// is the failure of one folder. Models that the importer refuses with a message
// are counted apart. The last line is
//
//   passed P, failed F, refused R
//
// and the exit status is 1 if any folder failed.
//
//===----------------------------------------------------------------------===//

#include "OnnxFolder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <cstring>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace systole;

namespace {

/// One folder's outcome in memory that the workers share.
struct Slot {
  Verdict verdict;
  char reason[1016];

  void set(const Outcome &outcome) {
    verdict = outcome.verdict;
    std::strncpy(reason, outcome.reason.c_str(), sizeof(reason) - 1);
  }
};

/// The folder that nobody has taken yet, and the slots of all.
struct Shared {
  std::atomic<size_t> next;
  Slot slots[1];

  static Shared *make(size_t count) {
    void *memory =
        mmap(nullptr, sizeof(Shared) + count * sizeof(Slot),
             PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      return nullptr;
    auto *shared = static_cast<Shared *>(memory);
    // Until it is dealt with, a folder is one whose worker has died.
    for (size_t i = 0; i < count; ++i)
      shared->slots[i].set({Verdict::Failed, "it crashed"});
    return shared;
  }
};

/// Takes folders until there are none.
void work(const std::vector<std::string> &folders, const SuiteDevice &device,
          Shared &shared) {
  for (size_t i; (i = shared.next++) < folders.size();)
    shared.slots[i].set(runFolder(folders[i], device));
}

/// Runs all folders in `jobs` processes; a new one takes the place of each that
/// dies.
void runAll(const std::vector<std::string> &folders, const SuiteDevice &device,
            unsigned jobs, Shared &shared) {
  unsigned running = 0;
  while (running > 0 || shared.next < folders.size()) {
    while (running < jobs && shared.next < folders.size()) {
      pid_t child = fork();
      if (child == 0) {
        work(folders, device, shared);
        _exit(0);
      }
      running += child > 0;
      if (child < 0 && running == 0)
        return work(folders, device, shared);
      if (running == jobs || child < 0)
        break;
    }
    running -= wait(nullptr) > 0;
  }
}

} // namespace

int main(int argc, char **argv) {
  bool verbose = false;
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  SuiteDevice device;
  std::vector<std::string> folders;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument(argv[i]);
    verbose |= argument == "--verbose";
    device.optimised |= argument == "--optimise";
    device.cpu |= argument == "--device=cpu";
    if (argument.consume_front("--jobs="))
      argument.getAsInteger(10, jobs);
    if (llvm::sys::fs::exists(argument + "/model.onnx"))
      folders.push_back(argument.str());
  }
  Shared *shared = Shared::make(folders.size());
  if (!shared)
    return 1;
  runAll(folders, device, std::max(1u, jobs), *shared);
  int counts[3] = {0, 0, 0};
  for (size_t i = 0; i < folders.size(); ++i) {
    const Slot &slot = shared->slots[i];
    ++counts[static_cast<int>(slot.verdict)];
    if (slot.verdict == Verdict::Failed || verbose)
      llvm::outs() << (slot.verdict == Verdict::Passed   ? "passed"
                       : slot.verdict == Verdict::Failed ? "FAILED"
                                                         : "refused")
                   << " " << llvm::sys::path::filename(folders[i]) << ": "
                   << llvm::StringRef(slot.reason).trim() << "\n";
  }
  llvm::outs() << "passed " << counts[0] << ", failed " << counts[1]
               << ", refused " << counts[2] << "\n";
  return counts[1] ? 1 : 0;
}
