//===- Presets.cpp - Finding the machine of a command line ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing here holds an absolute path: an installed tree may be moved.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Presets.h"
#include <algorithm>
#include <filesystem>

namespace systole::sim {

namespace fs = std::filesystem;

static constexpr std::string_view kExtension = ".yaml";

bool isMachinePath(std::string_view machine) {
  return machine.find_first_of("./") != std::string_view::npos;
}

std::string presetFolder() {
  std::error_code error;
  fs::path binary = fs::read_symlink("/proc/self/exe", error);
  return (binary.parent_path().parent_path() / "share/systole/machines")
      .string();
}

std::vector<std::string> presetNames(const std::string &folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == kExtension)
      names.push_back(entry->path().stem().string());
  // mxu-8 before mxu-16.
  auto key = [](const std::string &name) {
    return std::pair<size_t, std::string_view>(name.size(), name);
  };
  std::sort(names.begin(), names.end(),
            [&](const std::string &l, const std::string &r) {
              return key(l) < key(r);
            });
  return names;
}

std::optional<Machine> findMachine(const std::string &machine,
                                   std::vector<FileProblem> &problems,
                                   const std::string &folder) {
  if (isMachinePath(machine))
    return loadMachine(machine, problems);
  std::vector<std::string> names = presetNames(folder);
  if (std::find(names.begin(), names.end(), machine) != names.end())
    return loadMachine(folder + "/" + machine + std::string(kExtension),
                       problems);
  std::string known;
  for (const std::string &name : names)
    known += (known.empty() ? "" : ", ") + name;
  problems.push_back(
      {machine, 0,
       "no machine is called so; the presets in '" + folder +
           "' are: " + (known.empty() ? "none" : known) +
           "; a machine of your own is named by the path of its .yaml file"});
  return std::nullopt;
}

} // namespace systole::sim
