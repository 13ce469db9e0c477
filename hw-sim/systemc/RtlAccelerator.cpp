//===- RtlAccelerator.cpp - The RTL as a SystemC module -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled together with what `verilator --sc` makes for one machine, whose
// pins have types that follow from their widths: bool, uint32_t, uint64_t or
// sc_bv.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/systemc/RtlAccelerator.h"
#include "Vmxu.h"
#include "hw-sim/model/DramTiming.h"
#include "hw-sim/sim-rtl/ChipMemories.h"
#include "verilated.h"

using namespace sc_core;
using namespace systole::isa;

namespace systole::sc {

//===----------------------------------------------------------------------===//
// Pins
//===----------------------------------------------------------------------===//

template <typename Pin>
struct PinValue;
template <typename T>
struct PinValue<sc_in<T>> {
  using Type = T;
};
template <typename T>
struct PinValue<sc_out<T>> {
  using Type = T;
};

/// The signal of a pin.
#define SYSTOLE_PIN(name)                                                      \
  sc_signal<PinValue<std::remove_reference_t<decltype(Vmxu::name)>>::Type>     \
      name {                                                                   \
    #name                                                                      \
  }

/// The module and a signal for each of its pins.
struct RtlAccelerator::Core {
  Core(const char *name, sc_clock &clock) : top(name) {
    top.clk_i(clock);
    top.rst_ni(rst_ni);
    top.start_i(start_i);
    top.program_addr_i(program_addr_i);
    top.program_count_i(program_count_i);
    top.done_o(done_o);
    top.fault_o(fault_o);
    top.index_o(index_o);
    top.dram_valid_o(dram_valid_o);
    top.dram_requester_o(dram_requester_o);
    top.dram_addr_o(dram_addr_o);
    top.dram_beats_o(dram_beats_o);
    top.dram_beat_valid_o(dram_beat_valid_o);
    top.dram_beat_data_o(dram_beat_data_o);
    top.dram_beat_strobe_o(dram_beat_strobe_o);
    top.dram_answer_i(dram_answer_i);
    top.dram_last_i(dram_last_i);
    top.dram_requester_i(dram_requester_i);
    top.dram_data_i(dram_data_i);
    top.started_o(started_o);
    top.started_index_o(started_index_o);
    top.retired_o(retired_o);
    top.retired_index_o(retired_index_o);
    top.cause_o(cause_o);
    top.steps_o(steps_o);
    top.causes_o(causes_o);
    top.slots_o(slots_o);
    top.banks_o(banks_o);
  }

  Vmxu top;
  SYSTOLE_PIN(rst_ni);
  SYSTOLE_PIN(start_i);
  SYSTOLE_PIN(program_addr_i);
  SYSTOLE_PIN(program_count_i);
  SYSTOLE_PIN(done_o);
  SYSTOLE_PIN(fault_o);
  SYSTOLE_PIN(index_o);
  SYSTOLE_PIN(dram_valid_o);
  SYSTOLE_PIN(dram_requester_o);
  SYSTOLE_PIN(dram_addr_o);
  SYSTOLE_PIN(dram_beats_o);
  SYSTOLE_PIN(dram_beat_valid_o);
  SYSTOLE_PIN(dram_beat_data_o);
  SYSTOLE_PIN(dram_beat_strobe_o);
  SYSTOLE_PIN(dram_answer_i);
  SYSTOLE_PIN(dram_last_i);
  SYSTOLE_PIN(dram_requester_i);
  SYSTOLE_PIN(dram_data_i);
  SYSTOLE_PIN(started_o);
  SYSTOLE_PIN(started_index_o);
  SYSTOLE_PIN(retired_o);
  SYSTOLE_PIN(retired_index_o);
  SYSTOLE_PIN(cause_o);
  SYSTOLE_PIN(steps_o);
  SYSTOLE_PIN(causes_o);
  SYSTOLE_PIN(slots_o);
  SYSTOLE_PIN(banks_o);
};

#undef SYSTOLE_PIN

/// 32 bits of a pin.
template <typename T>
static uint32_t wordOf(const T &value, unsigned word) {
  return static_cast<uint32_t>(uint64_t(value) >> 32 * word);
}
template <int width>
static uint32_t wordOf(const sc_dt::sc_bv<width> &value, unsigned word) {
  return static_cast<uint32_t>(value.get_word(word));
}

template <typename T>
static std::vector<uint8_t> bytesOf(const T &value, size_t count) {
  std::vector<uint8_t> bytes(count);
  for (size_t i = 0; i < count; ++i)
    bytes[i] = static_cast<uint8_t>(wordOf(value, i / 4) >> i % 4 * 8);
  return bytes;
}

/// One of several counters of 48 bits, one behind the other.
template <typename T>
static uint64_t counterOf(const T &value, unsigned index) {
  std::vector<uint8_t> bytes = bytesOf(value, 6 * (index + 1));
  uint64_t counter = 0;
  memcpy(&counter, &bytes[6 * index], 6);
  return counter;
}

template <typename T>
static void setBytes(T &value, const uint8_t *bytes, size_t count) {
  uint64_t all = 0;
  memcpy(&all, bytes, count);
  value = static_cast<T>(all);
}
template <int width>
static void setBytes(sc_dt::sc_bv<width> &value, const uint8_t *bytes,
                     size_t count) {
  for (size_t i = 0; i < count; i += 4) {
    uint32_t word;
    memcpy(&word, bytes + i, 4);
    value.set_word(static_cast<int>(i / 4), word);
  }
}

//===----------------------------------------------------------------------===//
// Module
//===----------------------------------------------------------------------===//

RtlAccelerator::RtlAccelerator(sc_module_name name, const sim::Machine &machine,
                               sc_time period)
    : Accelerator(name, period), machine(machine), clock("clock", period),
      core(std::make_unique<Core>("core", clock)) {
  SC_METHOD(fall);
  sensitive << clock.negedge_event();
  dont_initialize();
}
RtlAccelerator::~RtlAccelerator() = default;

void RtlAccelerator::peek(Memory memory, uint64_t address, uint8_t *to,
                          uint64_t count) const {
  std::string top = std::string(core->top.name()) + ".mxu";
  sim::peekBanks(sim::banksOf(*core->top.contextp(), top, machine, memory),
                 address, to, count);
}

void RtlAccelerator::reset(uint64_t seed) {
  std::string top = std::string(core->top.name()) + ".mxu";
  for (unsigned i = 0; i < kMemoryCount; ++i)
    if (Memory memory = static_cast<Memory>(i); memory != Memory::Dram)
      sim::fillBanks(sim::banksOf(*core->top.contextp(), top, machine, memory),
                     memory, seed);
}

void RtlAccelerator::begin(uint64_t address, uint64_t count) {
  program = address;
  size = count;
  phase = Phase::Reset;
}

/// The program, as far as it lies in DRAM; for accounting, beside time.
std::vector<Word> RtlAccelerator::readProgram() {
  std::vector<uint8_t> bytes(size * kInstructionBytes);
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(program);
  payload.set_data_ptr(bytes.data());
  payload.set_data_length(static_cast<unsigned>(bytes.size()));
  payload.set_streaming_width(static_cast<unsigned>(bytes.size()));
  if (bytes.empty() || dram->transport_dbg(payload) != bytes.size())
    return {};
  std::vector<Word> words;
  for (uint64_t i = 0; i < size; ++i)
    words.push_back(Word::load(&bytes[i * kInstructionBytes]));
  return words;
}

/// A request that is visible now goes to DRAM, which says when it is complete.
void RtlAccelerator::request() {
  RequesterExtension extension;
  extension.requester = static_cast<uint8_t>(core->dram_requester_o.read());
  uint64_t count = core->dram_beats_o.read() * machine.dram.width;
  bool isWrite = extension.requester == uint8_t(sim::DramRequester::Store);
  std::vector<uint8_t> data(count);
  tlm::tlm_generic_payload payload;
  payload.set_command(isWrite ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(core->dram_addr_o.read());
  payload.set_data_ptr(isWrite ? beats.data() : data.data());
  payload.set_data_length(static_cast<unsigned>(count));
  payload.set_streaming_width(static_cast<unsigned>(count));
  if (isWrite) {
    payload.set_byte_enable_ptr(enables.data());
    payload.set_byte_enable_length(static_cast<unsigned>(count));
  }
  payload.set_extension(&extension);
  tlm::tlm_phase stage = tlm::BEGIN_REQ;
  sc_time delay = SC_ZERO_TIME;
  tlm::tlm_sync_enum status = dram->nb_transport_fw(payload, stage, delay);
  payload.clear_extension(&extension);
  if (status != tlm::TLM_COMPLETED || payload.is_response_error())
    SC_REPORT_ERROR(name(), "DRAM does not complete an access at once");
  if (isWrite) {
    beats.erase(beats.begin(), beats.begin() + count);
    enables.erase(enables.begin(), enables.begin() + count);
  }
  (isWrite ? observer.record.bytesWritten : observer.record.bytesRead) += count;
  requests.push_back({extension.requester, count / machine.dram.width,
                      now + uint64_t(delay / period), std::move(data)});
}

/// What DRAM's answer pins show in this cycle.
void RtlAccelerator::answer() {
  core->dram_answer_i = false;
  if (requests.empty() ||
      now + requests.front().beats <= requests.front().completion)
    return;
  const Request &front = requests.front();
  bool isLast = now == front.completion;
  bool isWrite = front.requester == uint8_t(sim::DramRequester::Store);
  if (!isWrite) {
    uint64_t width = machine.dram.width;
    uint64_t beat = front.beats - 1 - (front.completion - now);
    auto value = core->dram_data_i.read();
    setBytes(value, &front.data[beat * width], width);
    core->dram_data_i = value;
  }
  core->dram_answer_i = true;
  core->dram_requester_i = front.requester;
  core->dram_last_i = isLast;
  if (isLast)
    requests.pop_front();
}

void RtlAccelerator::cycle() {
  uint64_t width = machine.dram.width;
  if (core->dram_beat_valid_o.read()) {
    std::vector<uint8_t> data = bytesOf(core->dram_beat_data_o.read(), width);
    std::vector<uint8_t> strobes =
        bytesOf(core->dram_beat_strobe_o.read(), (width + 7) / 8);
    beats.insert(beats.end(), data.begin(), data.end());
    for (uint64_t i = 0; i < width; ++i)
      enables.push_back(strobes[i / 8] >> i % 8 & 1 ? TLM_BYTE_ENABLED
                                                    : TLM_BYTE_DISABLED);
  }
  if (core->dram_valid_o.read())
    request();
  answer();
  sim::ObservedPins pins{core->started_o.read(), core->retired_o.read()};
  for (unsigned i = 0; i < kEngineCount; ++i)
    pins.startedIndex[i] = wordOf(core->started_index_o.read(), i);
  for (unsigned i = 0; i < kEngineCount; ++i)
    pins.retiredIndex[i] = wordOf(core->retired_index_o.read(), i);
  observer.observe(now, pins);
  ++now;
}

void RtlAccelerator::fall() {
  switch (phase) {
  case Phase::Idle:
    return;
  case Phase::Reset:
    core->start_i = false;
    core->dram_answer_i = false;
    core->rst_ni = false;
    phase = Phase::Reset2;
    return;
  case Phase::Reset2:
    phase = Phase::Release;
    return;
  case Phase::Release:
    core->rst_ni = true;
    phase = Phase::Doorbell;
    return;
  case Phase::Doorbell:
    observer = sim::RunObserver(machine, sim::Ledger(readProgram()));
    requests.clear();
    beats.clear();
    enables.clear();
    now = 0;
    core->program_addr_i = program;
    core->program_count_i = static_cast<uint32_t>(size);
    core->start_i = true;
    phase = Phase::Run;
    return cycle();
  case Phase::Run:
    core->start_i = false;
    observer.account(core->cause_o.read(), core->steps_o.read());
    if (!core->done_o.read())
      return cycle();
    phase = Phase::Idle;
    observer.record.cycles = now;
    observer.record.banks = {counterOf(core->banks_o.read(), 0),
                             counterOf(core->banks_o.read(), 1)};
    sim::Outcome outcome{static_cast<Fault>(core->fault_o.read()),
                         core->index_o.read(), ""};
    return finish(outcome, std::move(observer.record));
  }
}

} // namespace systole::sc
