//===- PassStatistic.cpp - What a pass counts -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Printing under MLIR's own flag, which prints nothing by itself here.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/PassStatistic.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

/// True if the tool has MLIR's flag and the user gave it.
static bool statisticsWanted() {
  auto &options = llvm::cl::getRegisteredOptions();
  auto flag = options.find("mlir-pass-statistics");
  return flag != options.end() && flag->second->getNumOccurrences() > 0;
}

systole::PassStatistic::~PassStatistic() {
  if (getValue() != 0 && statisticsWanted())
    llvm::errs() << pass << ": " << name << " = " << getValue() << "\n";
}
