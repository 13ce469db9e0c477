//===- SimRun.cpp - What a simulated run amounted to ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/SimRun.h"
#include "llvm/ADT/StringMap.h"

using namespace systole;
using namespace systole::driver;

SimRun::SimRun(const sim::Machine &machine, const isa::Image &image,
               std::string engine)
    : machine(machine), image(image), engine(std::move(engine)) {
  isa::Configuration configuration;
  llvm::StringMap<uint32_t> known;
  auto entry = image.nodes.begin();
  isa::SourceNode node;
  for (uint32_t i = 0; i < image.program.size(); ++i) {
    for (; entry != image.nodes.end() && entry->first <= i; ++entry)
      node = *entry;
    auto [place, isNew] = known.try_emplace(node.name, nodes.size());
    if (isNew)
      nodes.push_back({node.name, node.op, {}, {}});
    places.push_back(place->second);
    isa::Instruction instruction;
    if (decode(image.program[i], instruction))
      continue;
    if (instruction.isSetting())
      configuration.apply(instruction.format, instruction.payload);
    nodes[places[i]].counts.add(
        sim::countsOf(machine, configuration, instruction));
  }
}

void SimRun::addRecord(const sim::RunRecord &from) {
  record = from;
  accounting = record->ledger.total();
  const std::vector<sim::Accounting> &all = record->ledger.instructions();
  for (size_t i = 0; i < all.size() && i < places.size(); ++i)
    nodes[places[i]].accounting.add(all[i]);
}

sim::Counts SimRun::total() const {
  sim::Counts sum;
  for (const SimNode &node : nodes)
    sum.add(node.counts);
  return sum;
}

double SimRun::utilisation(uint64_t macs, uint64_t cycles) const {
  double most = double(cycles) * machine.array * machine.array;
  return most > 0 ? macs / most : 0;
}

double SimRun::dramUtilisation() const {
  double most = double(cycles()) * machine.dram.width;
  return most > 0 ? (record->bytesRead + record->bytesWritten) / most : 0;
}
