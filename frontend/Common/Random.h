//===- Random.h - Numbers that look random ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Distributions from graph.random_bits. A key and a shape always give the same
// numbers, on every device. All follow GraphBuilder's rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_RANDOM_H
#define SYSTOLE_FRONTEND_COMMON_RANDOM_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// Numbers in [low, high), all equally likely, of a float type: multiples of
/// 2^-24 of the range (f64: 2^-32).
mlir::Value uniform(GraphBuilder &b, mlir::Type type, mlir::Value shape,
                    uint64_t key, double low, double high);
/// Numbers of the normal distribution.
mlir::Value normal(GraphBuilder &b, mlir::Type type, mlir::Value shape,
                   uint64_t key, double mean, double deviation);
/// `count` draws, [rows, count] of i64, for each row of `logits` [rows,
/// classes] from the classes, whose probabilities are the row's softmax.
mlir::Value multinomial(GraphBuilder &b, mlir::Value logits, int64_t count,
                        uint64_t key);
/// True where a uniform number is below `probabilities`.
mlir::Value bernoulli(GraphBuilder &b, mlir::Value probabilities, uint64_t key);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_RANDOM_H
