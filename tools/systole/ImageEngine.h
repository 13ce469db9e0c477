//===- ImageEngine.h - Images on engines of the matrix unit -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program image as an Engine of the driver: tensors in, doorbell, tensors
// out. What is run, and how often, `sim` and `diff` say.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_IMAGEENGINE_H
#define SYSTOLE_TOOLS_SYSTOLE_IMAGEENGINE_H

#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Device.h"
#include "tools/systole/Engine.h"

namespace systole::driver {

class ImageEngine : public Engine {
public:
  /// The image outlives the engine.
  explicit ImageEngine(const isa::Image &image);

  const systole_entry_info &getEntry() override { return signature.get(); }
  rt::Status execute(const rt::Tensor *inputs, rt::Tensor *outputs) final;
  bool hasReported() const override { return reported; }

protected:
  /// Runs the image on these inputs; the outputs are in `results` then. False
  /// after a message (reportFault, report).
  virtual bool runAll(const rt::Tensor *inputs) = 0;

  /// Writes image and inputs. Precondition: the device's machine can load the
  /// image.
  void load(sim::Device &device, const rt::Tensor *inputs) const;
  /// The output tensors as they lie in DRAM.
  std::vector<std::vector<uint8_t>> outputsOf(sim::Device &device) const;
  void reportFault(const sim::Outcome &outcome);
  void report(const llvm::Twine &message);

  const isa::Image &image;
  std::vector<const isa::Tensor *> inputTensors, outputTensors;
  /// What the last run gave: the driver's tensors point into it.
  std::vector<std::vector<uint8_t>> results;

private:
  EntrySignature signature;
  bool reported = false;
};

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_IMAGEENGINE_H
