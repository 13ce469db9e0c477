//===- KernelVerb.h - Reference kernels from the command line ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELVERB_H
#define SYSTOLE_HWSIM_DV_KERNELVERB_H

#include "hw-sim/dv/kernels/Kernels.h"

namespace systole::sim {

/// What an option of `systole-dv kernel` means, for --help.
extern const char kKernelHelp[];

/// A kernel of the command line, with random constants.
class KernelVerb {
public:
  /// Takes `--name=value`, or `--name`; whether there is such an option. What
  /// is wrong with its value is in `problem`.
  bool read(const std::string &name, const std::string &value,
            std::string &problem);
  /// Makes the kernel that is called `kind`.
  MaybeImage make(const Machine &machine, const std::string &kind,
                  uint64_t seed, std::string &problem) const;
  /// Where the image goes; "" for nowhere.
  std::string output;

private:
  DramPicture pictureOf() const;
  MaybeImage makeWithWeights(const Machine &machine, const std::string &kind,
                             uint64_t seed, std::string &problem) const;

  int64_t height = 1, width = 64, channels = 64, columns = 64;
  Taps taps;
  Layout layout = Layout::Rows;
  isa::Rounding rounding = isa::Rounding::Double;
  WeightSource weights = WeightSource::Packed;
  bool isUnsigned = false, isRaw = false, hasAddition = false;
};

/// A line for people: instructions, streaming cycles, DRAM bytes.
std::string describeKernel(const Machine &machine, const isa::Image &image);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELVERB_H
