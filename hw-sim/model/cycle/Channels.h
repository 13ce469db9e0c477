//===- Channels.h - Queues and register slices ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// fifo.sv and slice.sv without what nobody looks at. All parts of the cycle
// engine follow one rule: questions are about the registers as they stand in
// this cycle, clock() is the edge at its end, and says whether anything but a
// clock has changed.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_CHANNELS_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_CHANNELS_H

#include <cstdint>
#include <memory>
#include <utility>

namespace systole::sim::cycle {

/// How many stand in a queue, and whether one is at its output.
class CountFifo {
public:
  explicit CountFifo(unsigned depth) : depth(depth) {}

  bool ready() const { return count != depth; }
  bool valid() const { return hasHead; }

  /// Preconditions: a push only if ready, a pop only if valid.
  bool clock(bool push, bool pop) {
    // The read register is free, or becomes so.
    bool fetch = count != 0 && (!hasHead || pop);
    count += push;
    count -= fetch;
    hasHead = fetch || (hasHead && !pop);
    return push | pop | fetch;
  }

private:
  unsigned depth, count = 0;
  bool hasHead = false;
};

template <typename T>
class Fifo {
public:
  explicit Fifo(unsigned depth) : counts(depth) {
    unsigned room = 1;
    while (room < depth + 2)
      room *= 2;
    ring = std::make_unique<T[]>(room);
    mask = room - 1;
  }

  bool ready() const { return counts.ready(); }
  bool valid() const { return counts.valid(); }
  /// Precondition: valid().
  const T &head() const { return ring[first & mask]; }

  bool clock(bool push, bool pop, const T &value) {
    first += pop;
    if (push)
      ring[end++ & mask] = value;
    return counts.clock(push, pop);
  }
  /// Nothing comes in.
  bool clock(bool pop) {
    first += pop;
    return counts.clock(false, pop);
  }

private:
  CountFifo counts;
  std::unique_ptr<T[]> ring;
  unsigned mask, first = 0, end = 0;
};

/// A request's way from a client's register into slice.sv.
template <typename T>
struct Slice {
  /// The client's register.
  bool valid = false;
  T out = {};
  /// What the client saw of the slice in this cycle.
  bool ready = true;
  /// The slice.
  bool mainValid = false, skidValid = false;
  T main = {}, skid = {};

  /// Whether the client's register holds nothing behind this cycle.
  bool isFree() const { return !valid || ready; }
  /// The client's edge.
  void request(bool issue, const T &value) {
    valid = issue || (valid && !ready);
    if (issue)
      out = value;
  }

  /// The edge of the slice, which comes before that of the client. What stands
  /// in front is `granted`.
  void clock(bool granted) {
    ready = !skidValid;
    if (!mainValid || granted) {
      // The older entry goes first; while it is there, nothing comes in.
      mainValid = skidValid || valid;
      main = skidValid ? skid : out;
      skidValid = false;
    } else if (valid && ready) {
      skidValid = true;
      skid = out;
    }
  }
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_CHANNELS_H
