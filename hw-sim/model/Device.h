//===- Device.h - A machine that runs programs ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one interface of functional engine, cycle engine, RTL bench and SystemC:
// what a host sees. It writes DRAM, rings the doorbell, and gets done or a
// fault (rule 4 of the architecture).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_DEVICE_H
#define SYSTOLE_HWSIM_MODEL_DEVICE_H

#include "hw-sim/model/Memories.h"

namespace systole::sim {

/// How a program ended.
struct Outcome {
  /// None: all instructions have completed.
  isa::Fault fault = isa::Fault::None;
  /// The instruction that faulted; otherwise how many there were.
  uint64_t index = 0;
  /// What was wrong, in words.
  std::string message;

  bool isDone() const { return fault == isa::Fault::None; }
};

class Device {
public:
  virtual ~Device() = default;

  virtual const Machine &machine() const = 0;
  /// Makes every memory that of a new device: the pattern of `seed`.
  virtual void reset(uint64_t seed) = 0;
  /// What the host reads and writes between doorbells.
  virtual Dram &dram() = 0;
  /// Copies `count` bytes of a memory on chip, from its byte `address` on: for
  /// comparisons, a host cannot. Precondition: they exist.
  virtual void peek(isa::Memory memory, uint64_t address, uint8_t *to,
                    uint64_t count) const = 0;

  /// The doorbell: runs the `count` instructions that lie at DRAM byte
  /// `address`. Configuration, table and semaphores start at zero; memories are
  /// left as they were. A program that does not lie in DRAM as a whole is fault
  /// EXTENT at instruction 0.
  virtual Outcome run(uint64_t address, uint64_t count) = 0;
};

/// The first byte in which the memories of two devices with one machine differ.
std::optional<Difference> firstDifference(Device &left, Device &right);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_DEVICE_H
