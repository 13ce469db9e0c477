//===- Workers.cpp - The suite in forked processes ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Workers take jobs from a counter in shared memory and write one line for
// each outcome into a pipe that they share; lines are short enough to be
// written as a whole. Beside the counter, each worker notes what it is at, so
// that the parent can blame the right job on the right device when one dies.
//
//===----------------------------------------------------------------------===//

#include "Workers.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <atomic>
#include <chrono>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace systole::suite {

/// Seconds for one job on one device; real networks take the longest.
static constexpr unsigned kTimeLimit = 300;
/// Of a field in a line; a whole line must stay below PIPE_BUF.
static constexpr size_t kLongestField = 900;
static constexpr unsigned kMostWorkers = 64;

namespace {
/// What a worker is at.
struct Slot {
  std::atomic<int64_t> current;
  std::atomic<int> device;
  std::atomic<bool> busy;
};

struct Shared {
  std::atomic<int64_t> next;
  Slot slots[kMostWorkers];
};

/// The parent's side.
class Farm {
public:
  Farm(int64_t count, unsigned numWorkers, Job job)
      : job(std::move(job)), results(count), workers(numWorkers) {}
  std::vector<Result> run();

private:
  void start(unsigned worker);
  [[noreturn]] void work(Slot &slot);
  void send(int64_t index, Device device, const Outcome &outcome,
            double seconds);
  /// Reads what is in the pipe.
  void receive();
  void record(llvm::StringRef line);
  /// Deals with workers that ended; true while any is left.
  bool reap();
  void blame(const Slot &slot, int status);

  Job job;
  std::vector<Result> results;
  std::vector<pid_t> workers;
  Shared *shared = nullptr;
  int pipe[2];
  std::string pending;
};
} // namespace

/// A field of a line: no separators, not too long.
static std::string field(llvm::StringRef text) {
  std::string result = text.trim().take_front(kLongestField).str();
  for (char &c : result)
    if (static_cast<unsigned char>(c) < ' ')
      c = ' ';
  return result;
}

void Farm::send(int64_t index, Device device, const Outcome &outcome,
                double seconds) {
  std::string line = llvm::join_items(
      '\t', std::to_string(index), std::to_string(device),
      std::to_string(outcome.passed), std::to_string(seconds),
      field(outcome.op), field(outcome.reason), field(outcome.detail));
  line += '\n';
  if (write(pipe[1], line.data(), line.size()) < 0)
    _exit(1);
}

void Farm::work(Slot &slot) {
  for (int64_t i;
       (i = shared->next++) < static_cast<int64_t>(results.size());) {
    slot.current = i;
    slot.device = kInterpreter;
    slot.busy = true;
    std::chrono::steady_clock::time_point start;
    job(
        i,
        [&](Device device) {
          slot.device = device;
          start = std::chrono::steady_clock::now();
          alarm(kTimeLimit);
        },
        [&](Device device, const Outcome &outcome) {
          std::chrono::duration<double> time =
              std::chrono::steady_clock::now() - start;
          send(i, device, outcome, time.count());
        });
    alarm(0);
    slot.busy = false;
  }
  _exit(0);
}

void Farm::start(unsigned worker) {
  shared->slots[worker].busy = false;
  workers[worker] = fork();
  if (workers[worker] == 0)
    work(shared->slots[worker]);
}

void Farm::record(llvm::StringRef line) {
  llvm::SmallVector<llvm::StringRef, 8> fields;
  line.split(fields, '\t');
  size_t index = 0;
  unsigned device = 0;
  double seconds = 0;
  if (fields.size() != 7 || fields[0].getAsInteger(10, index) ||
      fields[1].getAsInteger(10, device) || fields[3].getAsDouble(seconds) ||
      index >= results.size() || device >= kNumDevices)
    return;
  results[index].outcomes[device] = {fields[2] == "1", fields[4].str(),
                                     fields[5].str(), fields[6].str()};
  results[index].seconds += seconds;
}

void Farm::receive() {
  char buffer[1 << 16];
  pollfd ready = {pipe[0], POLLIN, 0};
  while (poll(&ready, 1, 0) > 0) {
    ssize_t count = read(pipe[0], buffer, sizeof(buffer));
    if (count <= 0)
      return;
    pending.append(buffer, count);
  }
  size_t begin = 0;
  for (size_t end; (end = pending.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    record(llvm::StringRef(pending).slice(begin, end));
  pending.erase(0, begin);
}

void Farm::blame(const Slot &slot, int status) {
  Outcome outcome{false, "", "it ends the process", ""};
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
    outcome.reason = "it takes too long";
  else if (WIFSIGNALED(status))
    outcome.detail = strsignal(WTERMSIG(status));
  // What comes after the device was not reached.
  for (int device = slot.device; device < kNumDevices; ++device)
    results[slot.current].outcomes[device] = outcome;
}

bool Farm::reap() {
  bool left = false;
  for (unsigned i = 0; i < workers.size(); ++i) {
    int status = 0;
    if (workers[i] > 0 && waitpid(workers[i], &status, WNOHANG) == workers[i]) {
      workers[i] = 0;
      receive();
      if (shared->slots[i].busy) {
        blame(shared->slots[i], status);
        start(i);
      }
    }
    left |= workers[i] > 0;
  }
  return left;
}

std::vector<Result> Farm::run() {
  shared = static_cast<Shared *>(mmap(nullptr, sizeof(Shared),
                                      PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (shared == MAP_FAILED || ::pipe(pipe) != 0)
    llvm::report_fatal_error("no shared memory or no pipe");
  // A job that never reports has failed.
  for (Result &result : results)
    for (Outcome &outcome : result.outcomes)
      outcome = {false, "", "it has no outcome", ""};
  for (unsigned i = 0; i < workers.size(); ++i)
    start(i);
  do {
    pollfd ready = {pipe[0], POLLIN, 0};
    poll(&ready, 1, 50);
    receive();
  } while (reap());
  receive();
  munmap(shared, sizeof(Shared));
  close(pipe[0]);
  close(pipe[1]);
  return std::move(results);
}

std::vector<Result> runForked(int64_t count, unsigned numWorkers, Job job) {
  return Farm(count, std::clamp(numWorkers, 1u, kMostWorkers), std::move(job))
      .run();
}

} // namespace systole::suite
