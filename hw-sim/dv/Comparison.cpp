//===- Comparison.cpp - One program on several engines --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Comparison.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>
#include <tuple>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Memories
//===----------------------------------------------------------------------===//

/// `fault extent at instruction 7`, or `done`.
static std::string textOf(const Outcome &outcome) {
  if (outcome.isDone())
    return "done";
  return std::string("fault ") + nameOf(outcome.fault) + " at instruction " +
         std::to_string(outcome.index);
}

/// The first byte of these ranges of DRAM that differs.
static std::optional<Difference>
firstOutput(const std::vector<std::pair<uint64_t, uint64_t>> &ranges,
            Device &left, Device &right) {
  for (auto [address, count] : ranges) {
    std::vector<uint8_t> l(count), r(count);
    left.dram().read(address, l.data(), count);
    right.dram().read(address, r.data(), count);
    auto [at, other] = std::mismatch(l.begin(), l.end(), r.begin());
    if (at != l.end())
      return Difference{Memory::Dram, address + (at - l.begin()), *at, *other};
  }
  return std::nullopt;
}

std::optional<Divergence>
Comparison::compareMemories(const Workload &workload,
                            const NamedDevice &other) {
  Device &reference = *engines[0].device;
  bool areAll = workload.outputs.empty();
  std::optional<Difference> difference =
      areAll ? firstDifference(reference, *other.device)
             : firstOutput(workload.outputs, reference, *other.device);
  if (!difference)
    return std::nullopt;
  return Divergence{areAll ? Divergence::Kind::Memory
                           : Divergence::Kind::Output,
                    other.name,
                    engines[0].name,
                    {},
                    difference->text(reference.machine())};
}

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

const TimedDevice *Comparison::timed() const {
  for (const NamedDevice &one : engines)
    if (const auto *device = dynamic_cast<const TimedDevice *>(one.device))
      return device;
  return nullptr;
}

/// `start 5 and 6`, of a number in two records.
static std::string both(const char *what, uint64_t left, uint64_t right) {
  return std::string(what) + " " + std::to_string(left) + " and " +
         std::to_string(right);
}

/// What of the sums differs, or "".
static std::string differentSums(const RunRecord &l, const RunRecord &r) {
  const std::tuple<const char *, uint64_t, uint64_t> sums[] = {
      {"cycles", l.cycles, r.cycles},
      {"instructions that retired:", l.times.size(), r.times.size()},
      {"bytes read:", l.bytesRead, r.bytesRead},
      {"bytes written:", l.bytesWritten, r.bytesWritten},
      {"bank requests:", l.banks.served, r.banks.served},
      {"delayed bank requests:", l.banks.delayed, r.banks.delayed}};
  for (auto [what, left, right] : sums)
    if (left != right)
      return both(what, left, right);
  return "";
}

/// The first instruction of which causes or slots differ.
static std::optional<Divergence> differentAccounts(const RunRecord &l,
                                                   const RunRecord &r) {
  const auto &left = l.ledger.instructions(), &right = r.ledger.instructions();
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    for (unsigned k = 0; k < kCauses + kSlots; ++k) {
      bool isCause = k < kCauses;
      unsigned at = isCause ? k : k - kCauses;
      uint64_t one = isCause ? left[i].causes[at] : left[i].slots[at];
      uint64_t other = isCause ? right[i].causes[at] : right[i].slots[at];
      const char *name = isCause ? nameOf(Cause(at)) : nameOf(Slot(at));
      if (one != other)
        return Divergence{Divergence::Kind::Time, "", "", i,
                          both(name, one, other)};
    }
  return std::nullopt;
}

/// In program order.
static std::vector<InstructionTimes> sorted(const RunRecord &record) {
  std::vector<InstructionTimes> times = record.times;
  std::sort(times.begin(), times.end(),
            [](const auto &l, const auto &r) { return l.index < r.index; });
  return times;
}

/// The earliest start or retirement that differs.
static std::optional<Divergence> differentTimes(const RunRecord &l,
                                                const RunRecord &r) {
  std::vector<InstructionTimes> left = sorted(l), right = sorted(r);
  std::optional<Divergence> first;
  uint64_t when = UINT64_MAX;
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (left[i] == right[i])
      continue;
    bool starts = left[i].start != right[i].start;
    uint64_t one = starts ? left[i].start : left[i].retire;
    uint64_t other = starts ? right[i].start : right[i].retire;
    if (std::min(one, other) >= when)
      continue;
    when = std::min(one, other);
    first = Divergence{
        Divergence::Kind::Time, "", "", left[i].index,
        both(starts ? "start in cycle" : "retire in cycle", one, other)};
  }
  return first;
}

std::optional<Divergence>
Comparison::compareTimes(const NamedDevice &other) const {
  const TimedDevice *reference = timed();
  const auto *device = dynamic_cast<const TimedDevice *>(other.device);
  if (!reference || !device || device == reference)
    return std::nullopt;
  const RunRecord &left = reference->record(), &right = device->record();
  std::optional<Divergence> found = differentTimes(left, right);
  if (std::string sum = differentSums(left, right); !found && !sum.empty())
    found = Divergence{Divergence::Kind::Time, "", "", {}, sum};
  if (!found)
    found = differentAccounts(left, right);
  if (!found)
    return std::nullopt;
  found->engine = other.name;
  for (const NamedDevice &one : engines)
    if (one.device == reference)
      found->reference = one.name;
  return found;
}

/// Whether each cycle has a cause, and each product of the array a use.
static bool isComplete(const RunRecord &record, uint64_t lanes) {
  Accounting total = record.ledger.total();
  uint64_t products = 0;
  for (uint64_t slot : total.slots)
    products += slot;
  return total.cycles() == record.cycles &&
         products == total.of(Cause::Busy) * lanes * lanes &&
         (!record.counters || *record.counters == total);
}

std::optional<Divergence>
Comparison::checkAccounts(const NamedDevice &one) const {
  const auto *device = dynamic_cast<const TimedDevice *>(one.device);
  if (!device || isComplete(device->record(), device->machine().lanes()))
    return std::nullopt;
  return Divergence{Divergence::Kind::Time,
                    one.name,
                    "its clock",
                    {},
                    "causes and slots do not come to the program's cycles"};
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

std::vector<Divergence> Comparison::run(const Workload &workload) {
  std::vector<Divergence> found;
  for (size_t i = 0; i < engines.size(); ++i) {
    Device &device = *engines[i].device;
    workload.prepare(device, i);
    Outcome outcome = device.run(workload.address, workload.count);
    if (auto accounts = checkAccounts(engines[i]))
      found.push_back(*accounts);
    if (i == 0) {
      expected = outcome;
      continue;
    }
    if (outcome.fault != expected.fault || outcome.index != expected.index)
      found.push_back({Divergence::Kind::Fault, engines[i].name,
                       engines[0].name, std::min(outcome.index, expected.index),
                       textOf(expected) + " and " + textOf(outcome)});
    else if (auto memory = compareMemories(workload, engines[i]))
      found.push_back(*memory);
    if (auto time = compareTimes(engines[i]))
      found.push_back(*time);
  }
  return found;
}

Divergence Comparison::locate(Workload workload, const Divergence &divergence) {
  if (divergence.kind != Divergence::Kind::Memory)
    return divergence;
  // Behind `same` instructions they agree, behind `different` they do not.
  uint64_t same = 0, different = std::min(workload.count, expected.index);
  Divergence result = divergence;
  while (different - same > 1) {
    workload.count = same + (different - same) / 2;
    std::optional<Divergence> here;
    for (const Divergence &one : run(workload))
      if (one.isSame(divergence))
        here = one;
    if (here)
      result = *here;
    (here ? different : same) = workload.count;
  }
  result.instruction = different - 1;
  return result;
}

} // namespace systole::sim
