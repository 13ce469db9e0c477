//===- StridedSet.h - Bytes of DRAM as loops --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// DRAM is too large for a mark on every byte. What a transfer touches is up to
// three loops around a run; whether two such sets meet is found by halving
// loops, which looks only at those iterations whose hulls meet.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_CHECKER_STRIDEDSET_H
#define SYSTOLE_HWSIM_CHECKER_STRIDEDSET_H

#include "hw-sim/model/Operands.h"

namespace systole::sim {

/// first + sum of i * stride, `run` bytes there.
class StridedSet {
public:
  /// The same set with positive strides, the largest first, without loops that
  /// a longer run or a longer loop says.
  explicit StridedSet(const Affine &affine);

  int64_t begin() const { return first; }
  int64_t end() const { return first + spanFrom(0); }

  /// Calls `visit` with first and last byte of stretches that cover exactly
  /// what both have; stops when it returns false.
  using Visit = std::function<bool(int64_t, int64_t)>;
  static void intersect(const StridedSet &l, const StridedSet &r,
                        const Visit &visit);

private:
  static bool meet(StridedSet l, StridedSet r, const Visit &visit);
  static bool areApart(const StridedSet &l, const StridedSet &r);
  /// Bytes from the first to the last, of the loops from `loop` on.
  int64_t spanFrom(unsigned loop) const;
  /// Keeps only iterations of the outermost loop that may reach into the bytes
  /// from `low` to before `high`; false if there is none.
  bool narrow(int64_t low, int64_t high);
  /// Cuts the outermost loop in two; the second half is returned.
  StridedSet halve();
  void dropEmptyLoops();

  int64_t first, run;
  unsigned numLoops = 0;
  std::array<Loop, 3> loops;
};

/// What an operand in DRAM touches. Precondition: it is one.
std::vector<StridedSet> stridedSetsOf(const OperandAccess &operand);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_CHECKER_STRIDEDSET_H
