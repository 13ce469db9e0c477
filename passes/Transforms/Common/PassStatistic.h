//===- PassStatistic.h - What a pass counts ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Statistics of passes, declared in Passes.td and printed by the usual flag:
//
//   systole-opt --graph-fuse-elementwise --mlir-pass-statistics model.mlir
//   graph-fuse-elementwise: num-groups = 3
//
// Whether mlir::Pass::Statistic counts is decided when MLIR is built, and
// distributions build it without. So the build puts this class in its place in
// the code that mlir-tblgen generates.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_COMMON_PASSSTATISTIC_H
#define SYSTOLE_PASSES_TRANSFORMS_COMMON_PASSSTATISTIC_H

#include "mlir/Pass/Pass.h"
#include <atomic>

namespace systole {

/// A number that a pass counts over all its runs. When the pass is destroyed,
/// the number is printed on standard error if it is not 0 and
/// --mlir-pass-statistics was given.
class PassStatistic {
public:
  /// `name` and `description` must outlive the statistic (they are literals).
  PassStatistic(mlir::Pass *owner, const char *name, const char *description)
      : pass(owner->getArgument()), name(name), description(description) {}
  ~PassStatistic();
  PassStatistic(const PassStatistic &) = delete;
  PassStatistic &operator=(const PassStatistic &) = delete;

  /// Safe from any thread.
  PassStatistic &operator++() { return *this += 1; }
  PassStatistic &operator+=(int64_t more) {
    value.fetch_add(more, std::memory_order_relaxed);
    return *this;
  }
  int64_t getValue() const { return value.load(std::memory_order_relaxed); }
  llvm::StringRef getDescription() const { return description; }

private:
  /// Command-line name of the pass.
  llvm::StringRef pass;
  const char *name;
  const char *description;
  std::atomic<int64_t> value{0};
};

} // namespace systole

#endif // SYSTOLE_PASSES_TRANSFORMS_COMMON_PASSSTATISTIC_H
