//===- Target.cpp - What a graph can be compiled for ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Common/Target.h"

using namespace systole;

static std::vector<std::unique_ptr<Target>> &registered() {
  static std::vector<std::unique_ptr<Target>> targets;
  return targets;
}

void systole::registerTarget(std::unique_ptr<Target> target) {
  registered().push_back(std::move(target));
}

const Target *systole::findTarget(llvm::StringRef value) {
  for (const auto &target : registered())
    if (target->accepts(value))
      return target.get();
  return nullptr;
}

std::vector<const Target *> systole::allTargets() {
  std::vector<const Target *> targets;
  for (const auto &target : registered())
    targets.push_back(target.get());
  return targets;
}
