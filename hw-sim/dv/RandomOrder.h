//===- RandomOrder.h - Any order that the rules allow -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine whose engines, queues, semaphores and dispatch advance in a seeded
// random order, with random delays of DRAM. It has no time, only order: what it
// does, some machine of the architecture could do.
//
// 1. An instruction takes its tokens one after the other.
// 2. It reads all that it reads, in pieces, in random order.
// 3. The functional engine executes it on these values, aside.
// 4. What it writes becomes visible in pieces, in random order.
// 5. It gives its tokens, waiting where a counter is full.
// Other engines take their turns between any two of these steps.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_RANDOMORDER_H
#define SYSTOLE_HWSIM_DV_RANDOMORDER_H

#include "hw-sim/model/Device.h"
#include "hw-sim/model/functional/Kernels.h"

namespace systole::sim {

class RandomOrderDevice : public Device {
public:
  /// Untouched memory is the pattern of `memorySeed`, the order follows from
  /// `orderSeed`. Queues have the machine's depth.
  RandomOrderDevice(const Machine &machine, uint64_t memorySeed,
                    uint64_t orderSeed,
                    const Kernels &kernels = plainKernels());
  ~RandomOrderDevice() override;

  const Machine &machine() const override { return description; }
  void reset(uint64_t seed) override;
  Dram &dram() override;
  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override;
  /// Fault WATCHDOG if nothing can move, which no legal program does.
  Outcome run(uint64_t address, uint64_t count) override;

  const Memories &memories() const;

private:
  struct Machinery;
  Machine description;
  std::unique_ptr<Machinery> machinery;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_RANDOMORDER_H
