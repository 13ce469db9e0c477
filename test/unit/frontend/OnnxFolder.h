//===- OnnxFolder.h - One of ONNX's own operator tests ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A folder holds model.onnx and test_data_set_N/{input,output}_K.pb. It passes
// if the importer takes the model and the device's results agree with the
// stored ones (rtol 1e-3, atol 1e-7, as upstream).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_FRONTEND_ONNXFOLDER_H
#define SYSTOLE_TEST_UNIT_FRONTEND_ONNXFOLDER_H

#include <string>

namespace systole {

enum class Verdict { Passed, Failed, Refused };

/// A folder's outcome and why.
struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string reason;
};

/// What runs the models.
struct SuiteDevice {
  /// Compiled code instead of the interpreter. All of it: what the backend
  /// cannot compile has failed.
  bool cpu = false;
  /// All graph phases first; always for compiled code.
  bool optimised = false;
};

Outcome runFolder(const std::string &folder, const SuiteDevice &device);

} // namespace systole

#endif // SYSTOLE_TEST_UNIT_FRONTEND_ONNXFOLDER_H
