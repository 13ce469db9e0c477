//===- HostScalars.h - Small tensors as registers ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Models compute shapes as tensors:
//
//   %s = graph.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
//   %n = graph.gather %s, %zero ...
//   %t = graph.mul %n, %two
//   %r = graph.reshape %x, %t
//
// Host code that loaded the entries of %t from memory could not be told from
// code whose sizes depend on data. Here such chains are evaluated element by
// element in registers, with the arithmetic that kernels use, so that a size
// that follows from the inputs' dimensions is an expression of them: no memory
// is read, and ArenaSize.cpp can compute it before there is any.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_HOSTSCALARS_H
#define SYSTOLE_BACKENDS_CPU_HOSTSCALARS_H

#include "backends/Cpu/HostBuilder.h"
#include <optional>

namespace systole::cpu {

/// Tensors with more elements than this stay in memory.
inline constexpr int64_t kMaxHostScalars = 64;

/// The elements of `value` in row-major order and compute form
/// (ElementTypes.h), emitted where `host` builds. nullopt if they are not a
/// function of dimensions and constants alone, or if `value` is not a small
/// tensor of static shape.
std::optional<llvm::SmallVector<mlir::Value>> hostScalars(HostBuilder &host,
                                                          mlir::Value value);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_HOSTSCALARS_H
