//===- Problems.cpp - What is wrong with a model --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Groups problems that differ only in the node and prints them in contract.md's
// form. The order is that of each group's first problem.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Problems.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::frontend {

/// Nodes that a group names before it says "and N more".
static constexpr size_t kNamedNodes = 8;
/// Characters of a name or message that are shown.
static constexpr size_t kShownCharacters = 200;

std::string printable(llvm::StringRef text) {
  std::string result;
  for (char c : text.take_front(kShownCharacters)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      result += "\\x" + llvm::utohexstr(byte, /*LowerCase=*/true, /*Width=*/2);
    else
      result += c;
  }
  if (text.size() > kShownCharacters)
    result += "...";
  return result;
}

/// True if both would print the same but for the node.
static bool sameButForNode(const Problem &a, const Problem &b) {
  return !a.node.empty() && !b.node.empty() && a.op == b.op &&
         a.message == b.message && a.notes == b.notes && a.help == b.help;
}

/// Prints one group of problems.
static void printGroup(llvm::raw_ostream &os, llvm::StringRef path,
                       llvm::ArrayRef<const Problem *> group) {
  const Problem &first = *group.front();
  os << printable(path) << ": error: ";
  if (!first.node.empty()) {
    os << "node '" << printable(first.node) << "'";
    if (!first.op.empty())
      os << " (op " << printable(first.op) << ")";
    os << ": ";
  }
  os << first.message;
  if (group.size() > 1)
    os << " (" << group.size() << " nodes)";
  os << "\n";
  if (group.size() > 1) {
    os << "  note: also";
    size_t shown = std::min(group.size(), kNamedNodes);
    for (size_t i = 1; i < shown; ++i)
      os << (i == 1 ? " '" : ", '") << printable(group[i]->node) << "'";
    if (group.size() > shown)
      os << " and " << group.size() - shown << " more";
    os << "\n";
  }
  for (const std::string &note : first.notes)
    os << "  note: " << note << "\n";
  for (const std::string &help : first.help)
    os << "  help: " << help << "\n";
}

std::string formatProblems(llvm::StringRef path,
                           llvm::ArrayRef<Problem> problems) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::SmallVector<bool> printed(problems.size(), false);
  for (size_t i = 0; i < problems.size(); ++i) {
    if (printed[i])
      continue;
    llvm::SmallVector<const Problem *> group;
    for (size_t j = i; j < problems.size(); ++j) {
      if (j != i && (printed[j] || !sameButForNode(problems[i], problems[j])))
        continue;
      group.push_back(&problems[j]);
      printed[j] = true;
    }
    printGroup(os, path, group);
  }
  return text;
}

} // namespace systole::frontend
