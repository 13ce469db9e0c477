//===- RtlModel.cpp - A Verilated machine ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled together with what Verilator makes of hw-sim/rtl for one machine.
// Pins are packed vectors; where they are at least four bytes wide, their bytes
// lie as those of the value.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/RtlModel.h"
#include "Vmxu.h"
#include "hw-sim/sim-rtl/DramModel.h"
#include "hw-sim/sim-rtl/RunObserver.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif
#include <cstring>

using namespace systole::isa;

namespace systole::sim {
namespace {

/// The bytes of a pin, whatever Verilator has made of it.
template <typename Pin>
uint8_t *bytesOf(Pin &pin) {
  return reinterpret_cast<uint8_t *>(&pin);
}

class VerilatedModel : public RtlModel {
public:
  VerilatedModel(const Machine &machine, Dram &dram)
      : machine(machine), dram(dram), top(&context) {
    top.clk_i = 0;
    top.rst_ni = 1;
    top.eval();
  }
  ~VerilatedModel() override { top.final(); }

  RtlOutcome run(uint64_t address, uint64_t count, Ledger ledger) override;
  std::vector<RtlBank> banks(Memory memory) override {
    return banksOf(context, "TOP.mxu", machine, memory);
  }
  void trace(const char *path, uint64_t first, uint64_t last) override;

private:
  void reset();
  void cycle(DramModel &memory, RunObserver &observer);
  void dump(bool isHigh);
  void edge();
  Accounting counters() const;

  Machine machine;
  Dram &dram;
  VerilatedContext context;
  Vmxu top;
  /// Since the doorbell.
  uint64_t now = 0;
  /// Of the waveform: its cycles.
  uint64_t firstShown = UINT64_MAX, lastShown = 0;
#if VM_TRACE
  VerilatedFstC wave;
#endif
};

void VerilatedModel::edge() {
  top.clk_i = 1;
  top.eval();
  dump(/*isHigh=*/true);
  top.clk_i = 0;
  top.eval();
}

void VerilatedModel::trace([[maybe_unused]] const char *path,
                           [[maybe_unused]] uint64_t first,
                           [[maybe_unused]] uint64_t last) {
#if VM_TRACE
  context.traceEverOn(true);
  constexpr int kAllLevels = 99;
  top.trace(&wave, kAllLevels);
  wave.open(path);
  firstShown = first;
  lastShown = last;
#endif
}

/// The clock rises at the odd times.
void VerilatedModel::dump([[maybe_unused]] bool isHigh) {
#if VM_TRACE
  if (now >= firstShown && now <= lastShown)
    wave.dump(2 * now + isHigh);
#endif
}

void VerilatedModel::reset() {
  top.start_i = 0;
  top.dram_answer_i = 0;
  top.rst_ni = 0;
  top.eval();
  edge();
  edge();
  top.rst_ni = 1;
  edge();
}

/// One cycle: what the pins show goes to DRAM, its answer to the pins.
void VerilatedModel::cycle(DramModel &memory, RunObserver &observer) {
  if (top.dram_beat_valid_o)
    memory.sendBeat(bytesOf(top.dram_beat_data_o),
                    bytesOf(top.dram_beat_strobe_o));
  if (top.dram_valid_o)
    memory.request(now, static_cast<DramRequester>(top.dram_requester_o),
                   top.dram_addr_o, top.dram_beats_o);
  auto answer = memory.answer(now, bytesOf(top.dram_data_i));
  top.dram_answer_i = answer.has_value();
  if (answer) {
    top.dram_requester_i = static_cast<uint8_t>(answer->requester);
    top.dram_last_i = answer->isLast;
  }
  ObservedPins pins{top.started_o, top.retired_o};
  for (unsigned engine = 0; engine < kEngineCount; ++engine) {
    pins.startedIndex[engine] = top.started_index_o[engine];
    pins.retiredIndex[engine] = top.retired_index_o[engine];
  }
  observer.observe(now, pins);
  dump(/*isHigh=*/false);
  edge();
  // Of the cycle behind which the edge was.
  observer.account(top.cause_o, top.steps_o);
  ++now;
}

/// Counters are 48 bits each, one behind the other.
template <typename Pin>
static uint64_t counterOf(const Pin &pin, unsigned index) {
  uint64_t value = 0;
  memcpy(&value, reinterpret_cast<const uint8_t *>(&pin) + 6 * index, 6);
  return value;
}

Accounting VerilatedModel::counters() const {
  Accounting all;
  for (unsigned i = 0; i < kCauses; ++i)
    all.causes[i] = counterOf(top.causes_o, i);
  for (unsigned i = 0; i < kSlots; ++i)
    all.slots[i] = counterOf(top.slots_o, i);
  return all;
}

RtlOutcome VerilatedModel::run(uint64_t address, uint64_t count,
                               Ledger ledger) {
  reset();
  RtlOutcome outcome;
  RunObserver observer(machine, std::move(ledger));
  DramModel memory(machine, dram);
  top.program_addr_i = address;
  top.program_count_i = static_cast<uint32_t>(count);
  top.start_i = 1;
  now = 0;
  cycle(memory, observer);
  top.start_i = 0;
  while (!top.done_o)
    cycle(memory, observer);
#if VM_TRACE
  if (wave.isOpen())
    wave.close();
  firstShown = UINT64_MAX;
#endif
  outcome.record = std::move(observer.record);
  outcome.fault = static_cast<Fault>(top.fault_o);
  outcome.index = top.index_o;
  outcome.record.cycles = now;
  outcome.record.banks = {counterOf(top.banks_o, 0), counterOf(top.banks_o, 1)};
  outcome.record.counters = counters();
  outcome.record.bytesRead = memory.bytesRead();
  outcome.record.bytesWritten = memory.bytesWritten();
  return outcome;
}

} // namespace
} // namespace systole::sim

extern "C" systole::sim::RtlModel *
systoleRtlModel(const systole::sim::Machine &machine,
                systole::sim::Dram &dram) {
  return new systole::sim::VerilatedModel(machine, dram);
}
