//===- Devices.h - One case on each device ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_DEVICES_H
#define SYSTOLE_TEST_ONNX_SUITE_DEVICES_H

#include "Cases.h"
#include "frontend/Common/SourceFile.h"
#include <functional>

namespace systole::suite {

/// What a case runs on. The interpreter runs it twice, as imported and after
/// all graph phases (networks of `light` only after them).
enum Device { kInterpreter, kCpu, kNumDevices };
llvm::StringRef deviceName(Device device);

/// What happened to a case on a device.
struct Outcome {
  bool passed = true;
  /// The operator at fault and why, in words that fit all cases of one cause.
  std::string op, reason;
  /// What is particular to this case.
  std::string detail;
};

/// Knows how far a case has come.
struct Listener {
  const std::function<void(Device)> &begin;
  const std::function<void(Device, const Outcome &)> &end;
  /// Devices whose outcome is known.
  bool done[kNumDevices] = {};
};

/// Gives a model and its data, in a context that is made for them; false, with
/// a reason, if it cannot.
using Supplier = std::function<bool(mlir::MLIRContext &, frontend::SourceFile &,
                                    DataSet &, std::string &reason)>;

/// Runs what `supply` gives on the devices that are not done yet. An outcome is
/// told if it is a failure, or if this is the last data set.
void runDataSet(const Case &test, const Supplier &supply, bool last,
                Listener &listener);

/// Runs a case on all devices, in order. `begin` is called before a device is
/// used, `end` with what came out. What fails before any device is in use is
/// the outcome of all.
void runCase(const Case &test, const std::function<void(Device)> &begin,
             const std::function<void(Device, const Outcome &)> &end);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_DEVICES_H
