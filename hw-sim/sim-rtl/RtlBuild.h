//===- RtlBuild.h - A simulator of the RTL, made on demand ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Verilator makes C++ of hw-sim/rtl for one machine, clang a shared library of
// it (RtlModel.h). Both are needed only where somebody asks for the RTL, as
// SystemC is only where somebody asks for a platform (hw-sim/systemc). A
// library is kept under a name that holds the hash of all it was made from.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_RTLBUILD_H
#define SYSTOLE_HWSIM_SIMRTL_RTLBUILD_H

#include "hw-sim/model/Machine.h"

namespace systole::sim {

/// What can be made.
enum class RtlProduct : uint8_t {
  /// An RtlModel; one that can write waveforms.
  Model,
  TracedModel,
  /// PlatformLibrary.h: around the RTL; around C++ engines, for any machine.
  RtlPlatform,
  ModelPlatform
};

struct RtlBuildOptions {
  /// The folder with rtl/ (SystemVerilog) and src/ (C++).
  std::string sources;
  /// Where libraries are kept, and where some are that came with the program.
  std::string cache, prebuilt;
  RtlProduct product = RtlProduct::Model;
  /// Soon there and slow, for few programs: clang takes a third of the time.
  bool isQuick = false;
};

/// What follows from $SYSTOLE_RTL_SOURCES, else from where this program is; and
/// from $SYSTOLE_CACHE, $XDG_CACHE_HOME, $HOME.
RtlBuildOptions defaultRtlBuild();

/// The library for a machine, made if it is not there; or nothing and why.
std::optional<std::string> buildRtl(const Machine &machine,
                                    const RtlBuildOptions &options,
                                    std::string &problem);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_RTLBUILD_H
