//===- ModelPlatform.cpp - A library of platforms around C++ engines ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/systemc/ModelAccelerator.h"
#include "hw-sim/systemc/PlatformLibrary.h"
#include "hw-sim/systemc/SystemcDevice.h"

using namespace systole;

/// libsystemc.so wants one; nobody calls it.
int sc_main(int, char *[]) { return 0; }

extern "C" sim::Device *systolePlatform(sc::PlatformRequest &request) {
  bool isTimed = dynamic_cast<sim::TimedDevice *>(request.inner.get());
  auto make = [&](const sim::Machine &, sc_core::sc_time period) {
    return new sc::ModelAccelerator("mxu", std::move(request.inner),
                                    request.estimator, period);
  };
  if (isTimed)
    return new sc::ExactDevice(request.machine, request.seed, make);
  return new sc::LooseDevice(request.machine, request.seed, make);
}
