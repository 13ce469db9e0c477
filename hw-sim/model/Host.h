//===- Host.h - What a host does around a program ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Puts an image into a device's DRAM and its tensors in and out: the same for
// every engine.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_HOST_H
#define SYSTOLE_HWSIM_MODEL_HOST_H

#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Device.h"

namespace systole::sim {

/// Why a machine cannot hold or run an image: other sizes than it was made for,
/// parts outside DRAM, an input or constant on top of the program. All reasons.
std::vector<std::string> loadProblems(const Machine &machine,
                                      const isa::Image &image);

/// Writes constants and program. Precondition: loadProblems() finds nothing.
void loadImage(const isa::Image &image, Device &device);

/// Moves all elements of a tensor.
void writeTensor(const isa::Tensor &tensor, const void *from, Device &device);
void readTensor(const isa::Tensor &tensor, void *to, Device &device);

/// An image of bare instructions, at the end of the machine's DRAM; nothing if
/// it has no room for them.
std::optional<isa::Image> imageOf(const Machine &machine,
                                  std::vector<isa::Word> program);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_HOST_H
