//===- Command.cpp - Somebody else's program ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Command.h"
#include "tools/systole/Diagnostics.h"
#include "llvm/Support/Program.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>

using namespace llvm;
using namespace systole::driver;

static volatile std::sig_atomic_t interrupted = 0;

void systole::driver::catchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted = 1; };
  for (int number : {SIGINT, SIGTERM, SIGHUP})
    sigaction(number, &action, nullptr);
}

bool systole::driver::isInterrupted() { return interrupted; }

std::string Ending::text() const {
  switch (kind) {
  case Exited:
    return "status " + std::to_string(number);
  case Signalled:
    return "signal " + std::to_string(number);
  case TimedOut:
    return "a time-out";
  case Interrupted:
    return "an interruption";
  }
  return "";
}

Command::Command(ArrayRef<std::string> given, StringRef file, int64_t seconds)
    : seconds(seconds) {
  bool placed = false;
  for (const std::string &word : given) {
    std::string filled;
    for (StringRef rest = word;;) {
      auto [before, after] = rest.split("{}");
      filled += before;
      if (before.size() == rest.size())
        break;
      filled += file;
      placed = true;
      rest = after;
    }
    words.push_back(filled);
  }
  if (!placed)
    words.push_back(file.str());
}

bool Command::find() {
  ErrorOr<std::string> found = sys::findProgramByName(words.front());
  if (found) {
    program = *found;
    return true;
  }
  printError("cannot run '" + words.front() +
             "': " + found.getError().message());
  return false;
}

/// Starts `program` in a group of its own; the number of an error, or 0.
static int start(const std::string &program, ArrayRef<std::string> words,
                 const std::string &output, pid_t &child) {
  std::vector<char *> arguments;
  for (const std::string &word : words)
    arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Ours ignores SIGPIPE; a program expects the default.
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  int error = posix_spawn(&child, program.c_str(), &files, &attributes,
                          arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/// True if the process has ended; it is not reaped yet.
static bool hasEnded(pid_t child) {
  siginfo_t info = {};
  return waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == child;
}

Ending Command::run(StringRef output) const {
  using Clock = std::chrono::steady_clock;
  pid_t child;
  if (int error = start(program, words, output.str(), child)) {
    printError("cannot run '" + program + "': " +
               std::error_code(error, std::generic_category()).message());
    return {Ending::Interrupted};
  }
  Clock::time_point end = Clock::now() + std::chrono::seconds(seconds);
  bool isLate = false;
  // Short waits first: most commands take milliseconds.
  auto wait = std::chrono::microseconds(200);
  while (!hasEnded(child) && !isInterrupted() && !isLate) {
    std::this_thread::sleep_for(wait);
    wait = std::min(wait * 2, std::chrono::microseconds(20000));
    isLate = Clock::now() >= end;
  }
  // NOTE: before it is reaped, as long as the group's number cannot be
  // another's. What an ended command left behind goes with it.
  bool ended = hasEnded(child);
  kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ; // An interruption ends the wait, not the child.
  if (!ended)
    return {isInterrupted() ? Ending::Interrupted : Ending::TimedOut};
  if (WIFSIGNALED(status))
    return {Ending::Signalled, WTERMSIG(status)};
  return {Ending::Exited, WEXITSTATUS(status)};
}
