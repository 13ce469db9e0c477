//===- ModelAccelerator.h - A C++ engine as a SystemC module ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loosely timed with the functional engine: a program takes the cycles of an
// estimate. Approximately timed with the cycle engine: it takes the cycles of
// the RTL, each instruction starting and retiring in its own.
//
// DRAM is read in pages as the engine touches them, at the doorbell; at the end
// the bytes that changed are written. Who else writes what a program reads
// while it runs is not seen: programs and hosts take turns (rule 8 of the
// memory map).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SYSTEMC_MODELACCELERATOR_H
#define SYSTOLE_HWSIM_SYSTEMC_MODELACCELERATOR_H

#include "hw-sim/systemc/Accelerator.h"
#include <functional>
#include <memory>
#include <unordered_map>

namespace systole::sc {

/// About the cycles of a program, for engines without a clock.
using CycleEstimator =
    std::function<uint64_t(const std::vector<isa::Word> &program)>;

class ModelAccelerator : public Accelerator {
public:
  SC_HAS_PROCESS(ModelAccelerator);

  ModelAccelerator(sc_core::sc_module_name name,
                   std::unique_ptr<sim::Device> device,
                   CycleEstimator estimator, sc_core::sc_time period)
      : Accelerator(name, period), device(std::move(device)),
        estimator(std::move(estimator)) {
    SC_THREAD(work);
  }

  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override {
    device->peek(memory, address, to, count);
  }
  void reset(uint64_t seed) override { device->reset(seed); }

  /// Notified when an instruction starts, and when one retires; approximately
  /// timed only.
  sc_core::sc_event started, retired;

protected:
  void begin(uint64_t address, uint64_t count) override {
    program = address;
    size = count;
    rung.notify(sc_core::SC_ZERO_TIME);
  }

private:
  using Page = std::unique_ptr<uint8_t[]>;

  void work();
  void transport(tlm::tlm_command command, uint64_t address, uint8_t *bytes,
                 uint64_t count);
  void loadPage(uint64_t address, uint8_t *to);
  void storePages();
  uint64_t estimate();
  void live(const sim::RunRecord &record);

  std::unique_ptr<sim::Device> device;
  CycleEstimator estimator;
  sc_core::sc_event rung;
  uint64_t program = 0, size = 0;
  /// Pages as they were read, by address.
  std::unordered_map<uint64_t, Page> before;
};

inline void ModelAccelerator::transport(tlm::tlm_command command,
                                        uint64_t address, uint8_t *bytes,
                                        uint64_t count) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(bytes);
  payload.set_data_length(static_cast<unsigned>(count));
  payload.set_streaming_width(static_cast<unsigned>(count));
  // Traffic takes its time within the program's.
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  dram->b_transport(payload, delay);
  if (payload.is_response_error())
    SC_REPORT_ERROR(name(), "DRAM refuses an access");
}

inline void ModelAccelerator::loadPage(uint64_t address, uint8_t *to) {
  uint64_t count =
      std::min(sim::Dram::kPageBytes, device->machine().dram.bytes - address);
  transport(tlm::TLM_READ_COMMAND, address, to, count);
  Page &copy = before[address];
  copy = std::make_unique<uint8_t[]>(count);
  memcpy(copy.get(), to, count);
}

/// Writes each run of bytes that changed.
inline void ModelAccelerator::storePages() {
  std::vector<uint8_t> now(sim::Dram::kPageBytes);
  for (auto &[address, old] : before) {
    uint64_t count =
        std::min<uint64_t>(now.size(), device->machine().dram.bytes - address);
    device->dram().read(address, now.data(), count);
    for (uint64_t first = 0, last; first < count; first = last + 1) {
      for (last = first; last < count && now[last] != old[last]; ++last)
        ;
      if (last > first)
        transport(tlm::TLM_WRITE_COMMAND, address + first, &now[first],
                  last - first);
    }
  }
}

inline uint64_t ModelAccelerator::estimate() {
  std::vector<isa::Word> words(size);
  for (uint64_t i = 0; i < size; ++i) {
    uint8_t bytes[isa::kInstructionBytes];
    device->dram().read(program + i * sizeof bytes, bytes, sizeof bytes);
    words[i] = isa::Word::load(bytes);
  }
  return estimator(words);
}

/// Time passes as the record says.
inline void ModelAccelerator::live(const sim::RunRecord &record) {
  std::vector<std::pair<uint64_t, sc_core::sc_event *>> ends;
  for (const sim::InstructionTimes &one : record.times) {
    ends.push_back({one.start, &started});
    ends.push_back({one.retire, &retired});
  }
  std::stable_sort(ends.begin(), ends.end(), [](const auto &l, const auto &r) {
    return l.first < r.first;
  });
  uint64_t now = 0;
  for (auto [cycle, event] : ends) {
    if (cycle > now)
      wait(period * double(cycle - now));
    now = cycle;
    event->notify(sc_core::SC_ZERO_TIME);
  }
  wait(period * double(record.cycles - now));
}

inline void ModelAccelerator::work() {
  while (true) {
    wait(rung);
    before.clear();
    device->dram() = sim::Dram(
        device->machine().dram.bytes,
        [this](uint64_t address, uint8_t *to) { loadPage(address, to); });
    sim::Outcome outcome = device->run(program, size);
    sim::RunRecord record;
    if (auto *timed = dynamic_cast<sim::TimedDevice *>(device.get())) {
      record = timed->record();
      live(record);
    } else if (outcome.isDone()) {
      wait(period * double(estimate()));
    }
    storePages();
    finish(outcome, record);
  }
}

} // namespace systole::sc

#endif // SYSTOLE_HWSIM_SYSTEMC_MODELACCELERATOR_H
