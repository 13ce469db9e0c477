//===- ImageEngine.h - Running images on a model of the machine -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program image as an Engine of the driver: tensors in, doorbell, tensors
// out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_IMAGEENGINE_H
#define SYSTOLE_TOOLS_SYSTOLE_IMAGEENGINE_H

#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Counts.h"
#include "hw-sim/model/functional/FunctionalDevice.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Engine.h"

namespace systole::driver {

/// What a run amounted to, in total and by source node.
struct ImageRun {
  struct Node {
    std::string name;
    sim::Counts counts;
  };
  /// In the order in which they first appear; instructions of no node under "".
  std::vector<Node> nodes;
  uint64_t instructions = 0;
  double seconds = 0;

  sim::Counts total() const;
};

/// Runs an image on the functional engine, on fresh memories every time.
class ImageEngine final : public Engine {
public:
  /// `poison`: run twice, with other contents in memory that nobody wrote, and
  /// fail if an output depends on it. Preconditions: the machine can load the
  /// image; image and machine outlive the engine.
  ImageEngine(const isa::Image &image, const sim::Machine &machine,
              bool poison);

  const systole_entry_info &getEntry() override { return signature.get(); }
  rt::Status execute(const rt::Tensor *inputs, rt::Tensor *outputs) override;
  bool hasReported() const override { return reported; }
  /// Of the last execution.
  const ImageRun &lastRun() const { return run; }

private:
  bool runOnce(const rt::Tensor *inputs, uint64_t seed,
               std::vector<std::vector<uint8_t>> &results);
  /// Counts, and shows where the device is.
  void observe(sim::FunctionalDevice &device, Progress &progress);
  void reportFault(const sim::Outcome &outcome);
  bool checkPoison(const std::vector<std::vector<uint8_t>> &others);

  const isa::Image &image;
  const sim::Machine &machine;
  bool poison;
  EntrySignature signature;
  std::vector<const isa::Tensor *> inputTensors, outputTensors;
  /// What the last run gave: outputs point into it.
  std::vector<std::vector<uint8_t>> results;
  ImageRun run;
  bool reported = false;
};

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_IMAGEENGINE_H
