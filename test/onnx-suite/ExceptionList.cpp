//===- ExceptionList.cpp - Cases that do not pass -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExceptionList.h"
#include "llvm/Support/MemoryBuffer.h"
#include <set>
#include <tuple>

using namespace llvm;

namespace systole::suite {

static constexpr StringLiteral kHead =
    "# ONNX operator tests that do not pass, with the reason. It can only "
    "shrink:\n"
    "# take out what passes now with\n"
    "#   test/onnx-suite/run.sh --update\n";
static constexpr StringLiteral kOnlyCpu = " (cpu)";

bool ExceptionList::read(const std::string &path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    errs() << path << ": error: " << buffer.getError().message() << "\n";
    return false;
  }
  SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  Exception current;
  for (StringRef line : lines) {
    if (line.starts_with("#"))
      continue;
    if (!line.starts_with(" ")) {
      auto [op, reason] = line.split(": ");
      current = {op.str(), reason.str(), false};
      continue;
    }
    line = line.trim();
    current.onlyCpu = line.consume_back(kOnlyCpu);
    if (current.reason.empty() || !cases.emplace(line.str(), current).second) {
      errs() << path << ": error: '" << line
             << "' is listed twice or has no reason\n";
      return false;
    }
  }
  return true;
}

void ExceptionList::write(raw_ostream &os) const {
  os << kHead;
  std::set<std::tuple<std::string, std::string, std::string>> sorted;
  for (const auto &[name, exception] : cases)
    sorted.insert({exception.op, exception.reason,
                   name + (exception.onlyCpu ? kOnlyCpu.str() : "")});
  std::pair<std::string, std::string> section;
  for (const auto &[op, reason, line] : sorted) {
    if (section != std::pair(op, reason))
      os << op << ": " << reason << "\n";
    section = {op, reason};
    os << "  " << line << "\n";
  }
}

bool ExceptionList::writeTo(const std::string &path) const {
  std::error_code error;
  raw_fd_ostream os(path, error);
  if (!error) {
    write(os);
    os.close();
    error = os.error();
    os.clear_error();
  }
  if (error)
    errs() << path << ": error: " << error.message() << "\n";
  return !error;
}

} // namespace systole::suite
