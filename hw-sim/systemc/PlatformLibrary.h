//===- PlatformLibrary.h - What a library of platforms offers ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Platforms are libraries that are made on demand (hw-sim/sim-rtl/RtlBuild.h),
// so that only who wants SystemC has to have it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SYSTEMC_PLATFORMLIBRARY_H
#define SYSTOLE_HWSIM_SYSTEMC_PLATFORMLIBRARY_H

#include "hw-sim/model/Device.h"
#include <functional>
#include <memory>

namespace systole::sc {

/// What a platform is made of. There is no inner engine where the library holds
/// the RTL.
struct PlatformRequest {
  const sim::Machine &machine;
  uint64_t seed;
  std::unique_ptr<sim::Device> inner;
  /// About the cycles of a program, for an engine without a clock.
  std::function<uint64_t(const std::vector<isa::Word> &)> estimator;
};
/// The one symbol of such a library.
using PlatformFactory = sim::Device *(*)(PlatformRequest & request);
inline constexpr char kPlatformSymbol[] = "systolePlatform";

} // namespace systole::sc

#endif // SYSTOLE_HWSIM_SYSTEMC_PLATFORMLIBRARY_H
