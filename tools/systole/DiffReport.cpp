//===- DiffReport.cpp - What systole diff prints --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/DiffReport.h"
#include "hw-sim/isa/Assembly.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

std::string systole::driver::describe(const sim::Divergence &divergence,
                                      const std::vector<isa::Word> &program,
                                      const isa::Image *image) {
  std::string text =
      divergence.reference + " and " + divergence.engine + " differ";
  if (std::optional<uint64_t> at = divergence.instruction) {
    text += " at instruction " + std::to_string(*at);
    if (*at < program.size())
      text += " (" + isa::disassemble(program[*at]) + ")";
    const std::string &node = image ? image->nodeOf(uint32_t(*at)) : "";
    if (!node.empty())
      text += ", node '" + node + "'";
  }
  return text + ": " + divergence.text;
}

/// A share of a whole that may be 0.
static double percent(uint64_t part, uint64_t whole) {
  return whole > 0 ? 100.0 * part / whole : 0;
}

void systole::driver::printCampaign(const sim::DiffCampaign &campaign,
                                    raw_ostream &os) {
  os << campaign.programs() << " programs, " << campaign.differences()
     << " differences\n"
     << "  " << campaign.timingDifferences() << " timing differences\n";
  const sim::Activity &activity = campaign.activity();
  if (activity.cycles > 0)
    os << format("  3 or more engines busy in %.1f %% of ",
                 percent(activity.crowded, activity.cycles))
       << activity.cycles << " cycles\n"
       << format("  bank conflicts: %.1f %% of ",
                 percent(activity.banks.delayed, activity.banks.served))
       << activity.banks.served << " accesses\n";
  os << "coverage: " << campaign.coverage().bins().size() << " bins, least "
     << campaign.coverage().leastHits() << " hits\n"
     << campaign.coverage().text(1);
}
