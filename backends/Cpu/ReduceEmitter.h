//===- ReduceEmitter.h - One step of a reduction ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What kernels that reduce share: where an accumulator starts, how it takes an
// element, what becomes of it. Accumulators are in compute form
// (ElementTypes.h) but for integer means, which sum in 64 bits.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_REDUCEEMITTER_H
#define SYSTOLE_BACKENDS_CPU_REDUCEEMITTER_H

#include "backends/Cpu/KernelBuilder.h"
#include "dialects/Graph/IR/GraphOps.h"

namespace systole::cpu {

/// Sums may be taken in any order (LowerModule forbids it under
/// --precision=strict).
inline constexpr auto kSumFlags =
    mlir::arith::FastMathFlags::reassoc | mlir::arith::FastMathFlags::contract;

/// The accumulator before the first element; a vector for lanes > 1.
mlir::Value startReduction(KernelBuilder &k, graph::ReduceKind kind,
                           mlir::Type element, int64_t lanes = 1);
/// The accumulator after `value`, in compute form.
mlir::Value combineReduction(KernelBuilder &k, graph::ReduceKind kind,
                             mlir::Type element, mlir::Value accumulator,
                             mlir::Value value);
/// The result of `count` elements (an index), in compute form.
mlir::Value finishReduction(KernelBuilder &k, graph::ReduceKind kind,
                            mlir::Type element, mlir::Value accumulator,
                            mlir::Value count);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_REDUCEEMITTER_H
