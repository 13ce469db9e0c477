//===- Counts.cpp - How much work an instruction is -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products from the settings; traffic from the exact accesses.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Counts.h"
#include "hw-sim/model/Extents.h"
#include "hw-sim/model/Picture.h"

using namespace systole::isa;

namespace systole::sim {

void Counts::add(const Counts &o) {
  arrayMacs += o.arrayMacs;
  depthwiseMacs += o.depthwiseMacs;
  bytesRead += o.bytesRead;
  bytesWritten += o.bytesWritten;
}

Counts countsOf(const Machine &machine, const Configuration &configuration,
                const Instruction &instruction) {
  Counts counts;
  counts.bytesRead = kInstructionBytes;
  const auto &[ld, mm, dw, vx, st] = configuration;
  int64_t lanes = machine.lanes();
  if (instruction.format == Format::Matmul) {
    PictureView picture(mm, instruction.as<Stream>());
    int64_t depth =
        picture.taps() * (lanes * picture.window.channels - mm.weights.padK);
    counts.arrayMacs = picture.outputs() * depth *
                       (lanes * mm.weights.columns - mm.weights.padN);
  } else if (instruction.format == Format::Depthwise) {
    PictureView picture(dw, instruction.as<Stream>());
    counts.depthwiseMacs = picture.outputs() * picture.taps() *
                           (lanes * picture.window.channels - dw.weights.padN);
  } else if (!instruction.isSetting() && (instruction.engine() == Engine::Ld ||
                                          instruction.engine() == Engine::St)) {
    forEachAccess(machine, configuration, instruction, [&](const Access &run) {
      if (run.memory == Memory::Dram)
        (run.isWrite ? counts.bytesWritten : counts.bytesRead) += run.count;
    });
  }
  return counts;
}

} // namespace systole::sim
