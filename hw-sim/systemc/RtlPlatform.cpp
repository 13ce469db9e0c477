//===- RtlPlatform.cpp - A library of platforms around the RTL ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/systemc/PlatformLibrary.h"
#include "hw-sim/systemc/RtlAccelerator.h"
#include "hw-sim/systemc/SystemcDevice.h"

using namespace systole;

/// libsystemc.so wants one; nobody calls it.
int sc_main(int, char *[]) { return 0; }

extern "C" sim::Device *systolePlatform(sc::PlatformRequest &request) {
  auto make = [](const sim::Machine &machine, sc_core::sc_time period) {
    return new sc::RtlAccelerator("mxu", machine, period);
  };
  return new sc::ExactDevice(request.machine, request.seed, make);
}
