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
#include "verilated.h"
#include "verilated_syms.h"
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
  std::vector<RtlBank> banks(Memory memory) override;
  void trace(const char *) override {}

private:
  void reset();
  void cycle(DramModel &memory, RtlOutcome &outcome);
  void edge();
  void account(Ledger &ledger);
  Accounting counters() const;

  Machine machine;
  Dram &dram;
  VerilatedContext context;
  Vmxu top;
  /// Since the doorbell.
  uint64_t now = 0;
  /// Started and not retired, by engine.
  std::array<std::deque<InstructionTimes>, kEngineCount> flying;
};

void VerilatedModel::edge() {
  top.clk_i = 1;
  top.eval();
  top.clk_i = 0;
  top.eval();
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
  for (auto &queue : flying)
    queue.clear();
}

/// One cycle: what the pins show goes to DRAM, its answer to the pins.
void VerilatedModel::cycle(DramModel &memory, RtlOutcome &outcome) {
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
  for (unsigned engine = 0; engine < kEngineCount; ++engine) {
    if (top.started_o >> engine & 1)
      flying[engine].push_back(
          {top.started_index_o[engine], static_cast<Engine>(engine), now, 0});
    if (top.retired_o >> engine & 1) {
      flying[engine].front().retire = now;
      outcome.record.ledger.retire(top.retired_index_o[engine]);
      outcome.record.times.push_back(flying[engine].front());
      flying[engine].pop_front();
    }
  }
  edge();
  account(outcome.record.ledger);
  ++now;
}

/// The cycle behind which the clock's edge was.
void VerilatedModel::account(Ledger &ledger) {
  // As mm_steps_t: valid, pending, pad_k, pad_n, index.
  uint64_t steps = top.steps_o;
  if (static_cast<Cause>(top.cause_o) == Cause::Busy)
    ledger.stream(uint32_t(steps), machine.lanes(), steps >> 38 & 63,
                  steps >> 32 & 63);
  else
    ledger.wait(static_cast<Cause>(top.cause_o));
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
  outcome.record.ledger = std::move(ledger);
  DramModel memory(machine, dram);
  top.program_addr_i = address;
  top.program_count_i = static_cast<uint32_t>(count);
  top.start_i = 1;
  now = 0;
  cycle(memory, outcome);
  top.start_i = 0;
  while (!top.done_o)
    cycle(memory, outcome);
  outcome.fault = static_cast<Fault>(top.fault_o);
  outcome.index = top.index_o;
  outcome.record.cycles = now;
  outcome.record.banks = {counterOf(top.banks_o, 0), counterOf(top.banks_o, 1)};
  outcome.counters = counters();
  outcome.record.bytesRead = memory.bytesRead();
  outcome.record.bytesWritten = memory.bytesWritten();
  return outcome;
}

//===----------------------------------------------------------------------===//
// Memories on chip
//===----------------------------------------------------------------------===//

/// The instance of bank_memory, and how many banks it has.
struct Place {
  const char *instance;
  uint64_t banks;
};

Place placeOf(const Machine &machine, Memory memory) {
  switch (memory) {
  case Memory::Scratchpad:
    return {"u_scratchpad", machine.scratchpad.banks};
  case Memory::Weights:
    return {"u_weights", 1};
  case Memory::Parameters:
    return {"u_parameters", 1};
  case Memory::Accumulators:
    return {"u_accumulators", 2};
  case Memory::Depthwise:
    return {"u_depthwise", machine.hasDepthwise() ? 2u : 0u};
  case Memory::Dram:
    break;
  }
  return {"", 0};
}

std::vector<RtlBank> VerilatedModel::banks(Memory memory) {
  Place place = placeOf(machine, memory);
  std::vector<RtlBank> all;
  for (uint64_t bank = 0; bank < place.banks; ++bank) {
    std::string name = std::string("TOP.mxu.") + place.instance + ".gen_bank[" +
                       std::to_string(bank) + "].u_mem";
    const VerilatedScope *scope = context.scopeFind(name.c_str());
    VerilatedVar *variable = scope ? scope->varFind("mem") : nullptr;
    if (!variable)
      return {};
    all.push_back(
        {static_cast<uint8_t *>(variable->datap()),
         machine.unitsOf(memory) / place.banks * machine.unitBytes(memory)});
  }
  return all;
}

} // namespace
} // namespace systole::sim

extern "C" systole::sim::RtlModel *
systoleRtlModel(const systole::sim::Machine &machine,
                systole::sim::Dram &dram) {
  return new systole::sim::VerilatedModel(machine, dram);
}
