//===- Buffers.cpp - Memories of a kernel, cut into slots -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Buffers.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

/// Places begin where a request of DRAM may begin.
static constexpr uint64_t kAlignment = 64;

uint64_t Kernel::place(uint64_t bytes) {
  uint64_t address = free;
  free = (free + bytes + kAlignment - 1) / kAlignment * kAlignment;
  return address;
}

void Kernel::addTensor(const char *name, Tensor::Role role, BaseRegister base,
                       const DramPicture &picture, Element element) {
  bool isInput = role == Tensor::Role::Input;
  uint64_t address = place(picture.bytes(lanes()));
  followers.push_back({isInput ? Format::SetLdBase : Format::SetStBase, base,
                       static_cast<uint32_t>(image.tensors.size())});
  image.tensors.push_back(
      {name, role, element, picture.shape(lanes()), address});
  (isInput ? schedule.config.ld.base : schedule.config.st.base)[base].address =
      address;
}

void Kernel::addConstants(BaseRegister base, std::vector<uint8_t> bytes) {
  if (bytes.empty())
    return;
  uint64_t address = place(bytes.size());
  schedule.config.ld.base[base].address = address;
  image.constants.push_back({address, std::move(bytes)});
}

/// The fields that LD and ST share.
template <typename Config, typename Work>
static Work transferWork(Config &config, BaseRegister base,
                         const Transfer &transfer) {
  Work work;
  work.linear = transfer.shape == Shape();
  work.base = base;
  work.offset = transfer.offset;
  work.length = transfer.length;
  if (work.linear)
    return work;
  config.shape = transfer.shape;
  config.steps = transfer.steps;
  config.strides = transfer.strides;
  return work;
}

void Kernel::load(LoadTarget to, BaseRegister base, const Transfer &transfer,
                  int64_t target, const Schedule::Parts &writes, uint8_t fill) {
  auto work = transferWork<LdConfig, Load>(schedule.config.ld, base, transfer);
  work.to = to;
  work.target = target + transfer.place;
  work.fill = fill;
  schedule.add(Format::Load, work, {}, writes);
}

void Kernel::store(StoreSource from, const Transfer &transfer, int64_t source,
                   const Schedule::Parts &reads) {
  auto work =
      transferWork<StConfig, Store>(schedule.config.st, kInput, transfer);
  work.from = from;
  work.source = source + transfer.place;
  schedule.add(Format::Store, work, reads, {});
}

MaybeImage Kernel::finish(const std::string &name, const std::string &op,
                          std::string &problem) {
  std::vector<Instruction> program = schedule.finish();
  image.machine = machine.name;
  image.requirements = resultText(machine);
  image.programAddress = place(program.size() * kInstructionBytes);
  if (free > machine.dram.bytes) {
    problem = "the tensors and the program take " + std::to_string(free) +
              " bytes, the machine has " + std::to_string(machine.dram.bytes) +
              " bytes of DRAM";
    return std::nullopt;
  }
  for (const Instruction &instruction : program) {
    for (const Follower &follower : followers)
      if (instruction.format == follower.format &&
          instruction.as<Base>().index == follower.base)
        image.relocations.push_back(
            {static_cast<uint32_t>(image.program.size()), follower.tensor, 0});
    Word word = encode(instruction);
    Instruction decoded;
    if (decode(word, decoded) || !(decoded == instruction)) {
      problem = std::string("the sizes need a field of '") +
                infoOf(instruction.format).mnemonic + "' beyond its range";
      return std::nullopt;
    }
    image.program.push_back(word);
  }
  appendNode(image, {0, name, op});
  return std::move(image);
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

Slots::Slots(int64_t first, int64_t units, int64_t count) : slots(count) {
  for (Slot &slot : slots) {
    slot.first = first;
    first += units;
  }
}

Slots Slots::pingPong(int64_t half, int64_t units) {
  std::vector<Slot> slots;
  for (int64_t first = 0; first + units <= half; first += units)
    for (int64_t begin : {int64_t(0), half})
      slots.emplace_back().first = begin + first;
  return Slots(std::move(slots));
}

Slots::Slot &Slots::next() {
  auto isOlder = [](const Slot &l, const Slot &r) {
    return l.lastUse < r.lastUse;
  };
  Slot &slot = *std::min_element(slots.begin(), slots.end(), isOlder);
  slot.lastUse = ++uses;
  return slot;
}

Slots::Slot &Slots::find(Key key, bool &isNew) {
  auto found = places.find(key);
  isNew = found == places.end();
  if (!isNew) {
    Slot &slot = slots[found->second];
    slot.lastUse = ++uses;
    return slot;
  }
  Slot &slot = next();
  places.erase(slot.key);
  slot.key = key;
  places[key] = &slot - slots.data();
  return slot;
}

} // namespace systole::sim
