//===- Operands.h - The operands of an instruction as loops -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operand of every instruction is one of two shapes: affine loops, or a
// picture with edges and perhaps a ring. operandsOf() says which; extents and
// exact accesses both follow from it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_OPERANDS_H
#define SYSTOLE_HWSIM_MODEL_OPERANDS_H

#include "hw-sim/model/Extents.h"
#include "hw-sim/model/Picture.h"
#include <variant>

namespace systole::sim {

/// `count` steps of `stride` units.
struct Loop {
  int64_t count, stride;
};

/// first + sum of i * stride, `run` units there.
struct Affine {
  int64_t first;
  std::array<Loop, 3> loops = {{{1, 0}, {1, 0}, {1, 0}}};
  int64_t run = 1;
};

/// The picture's places that windows reach, `run` units each.
struct PictureReads {
  PictureView picture;
  int64_t run;
};

/// The rows of a picture in DRAM that ld.window reads, whole.
struct LineReads {
  int64_t base, pitch, bytes;
  /// The first row that is read, and the one behind the last; rows between
  /// windows are not (`reach` rows from every `stride`).
  int64_t row, rows, stride, reach, height;
};

struct OperandAccess {
  isa::Memory memory;
  bool isWrite;
  std::variant<Affine, PictureReads, LineReads> places;
};

/// All operands, in no order. Of `sync` and settings: none.
std::vector<OperandAccess> operandsOf(const Machine &machine,
                                      const isa::Configuration &configuration,
                                      const isa::Instruction &instruction);

/// Its hull; nothing if it touches nothing.
std::optional<Extent> extentOf(const OperandAccess &operand);

/// Calls `visit` for everything that it touches; see forEachAccess() of a whole
/// instruction.
void forEachAccess(const OperandAccess &operand,
                   const std::function<void(const Access &)> &visit);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_OPERANDS_H
