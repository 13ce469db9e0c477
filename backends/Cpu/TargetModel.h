//===- TargetModel.h - What code generation knows of a CPU ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All hardware facts that kernels depend on, and the tile shapes chosen from
// them. No kernel contains a number of its own.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_TARGETMODEL_H
#define SYSTOLE_BACKENDS_CPU_TARGETMODEL_H

#include "mlir/Support/LLVM.h"
#include <cstdint>
#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
}

namespace systole::cpu {

/// How a contraction's output is cut into register tiles.
struct ContractionTile {
  int64_t rows;    ///< Output rows (positions) of one tile.
  int64_t vectors; ///< Vectors of output channels of one tile.
  int64_t lanes;   ///< Elements of one vector.
  int64_t columns() const { return vectors * lanes; }
};

class TargetModel {
public:
  /// Fails with a message for a triple or CPU that LLVM or we do not know.
  static mlir::FailureOr<TargetModel>
  create(llvm::StringRef cpu, llvm::StringRef triple, std::string &message);

  llvm::StringRef getTriple() const { return triple; }
  /// As `--info` shows it: "x86-64-v3", or with features beyond those of the
  /// name, "x86-64-v4+avx512vnni".
  llvm::StringRef getCpu() const { return cpu; }
  /// "x86_64", "aarch64", "riscv64": names the support library's folder.
  llvm::StringRef getArch() const { return arch; }
  /// systole_arch of runtime/src/abi.h.
  uint32_t abiArch() const;
  /// systole_x86_feature bits that emitted code may use.
  uint64_t abiFeatures() const { return featureBits; }

  /// Bytes of a vector register that code generation uses.
  int64_t vectorBytes() const { return vectorWidth; }
  int64_t vectorRegisters() const { return registers; }
  /// True if four products of bytes take the time of two of 16-bit integers.
  bool multipliesBytes() const;
  /// Bytes of the cache level that a packed weight panel should stay in.
  int64_t panelCacheBytes() const { return 512 << 10; }

  /// Tile for `rows` output rows (-1: unknown) of `columns` channels of
  /// elements of `elementBytes`: accumulators fill the registers, and `rows`
  /// splits into tiles of nearly equal height.
  ContractionTile contractionTile(int64_t rows, int64_t columns,
                                  int64_t elementBytes) const;
  /// Tile of a depthwise convolution: `rows` positions times one vector.
  ContractionTile depthwiseTile(int64_t rows, int64_t channels,
                                int64_t elementBytes) const;

  /// Pieces that a parallel kernel should at least fall into.
  int64_t parallelUnits() const { return 16; }
  /// Scalar operations below which a kernel stays on one thread.
  int64_t minParallelCost() const { return 40000; }

  std::unique_ptr<llvm::TargetMachine> createTargetMachine() const;

private:
  std::string triple, cpu, arch;
  /// In LLVM's words.
  std::string baseCpu, features;
  uint64_t featureBits = 0;
  int64_t vectorWidth = 16;
  int64_t registers = 16;
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_TARGETMODEL_H
