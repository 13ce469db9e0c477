//===- ArenaSize.h - How much memory given dimensions need ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A caller who owns the arena wants to know its size before the first call. For
// an entry with dynamic shapes, that size is what the entry's own host code
// takes, so the answer is the host code with everything else removed: kernels,
// copies and stores go, dimensions and the moves of `arena_top` stay.
//
// The answer exists only if nothing that stays reads data. Checks of data (an
// index out of range) are dropped: they do not change how much memory is taken.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_ARENASIZE_H
#define SYSTOLE_BACKENDS_CPU_ARENASIZE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace systole::cpu {

/// Adds @symbol(frame) -> i32 beside `host`, a finished host function whose
/// memory has all been taken when `outputs` begins. It reads of the frame the
/// inputs' dimensions and an `arena_bytes` that is never too small, and leaves
/// the bytes that such inputs need in `arena_needed`, or returns
/// SYSTOLE_ENTRY_CHECK_FAILED where the entry would for any data. False, and
/// nothing is added, if the size depends on data.
bool emitArenaSize(mlir::func::FuncOp host, mlir::Block *outputs,
                   llvm::StringRef symbol);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_ARENASIZE_H
