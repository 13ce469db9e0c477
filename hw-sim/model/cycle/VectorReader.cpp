//===- VectorReader.cpp - What VX reads, cycle by cycle -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/VectorReader.h"
#include "hw-sim/model/Extents.h"

using namespace systole::isa;

namespace systole::sim::cycle {

VectorReader::VectorReader(const Machine &machine, const Ports &ports)
    : ports(ports), bankOfWord(machine.wordsPerBank()),
      bankOfRow(machine.accumulators.rows),
      bankOfDepthwise(machine.depthwise.accumulatorRows), tags(2 * kRoom),
      words(kRoom), rows(kRoom) {}

/// Where windows and results of either kind of instruction lie.
struct Block {
  int32_t source;
  uint32_t target, operand, width, height;
};
static Block blockOf(const Instruction &instruction) {
  if (instruction.format == Format::Reduce) {
    const Reduce &work = instruction.as<Reduce>();
    return {work.source, work.target, 0, work.width, work.height};
  }
  const isa::Vector &work = instruction.as<isa::Vector>();
  return {work.source, work.target, work.operand, work.width, work.height};
}

void VectorReader::start(const VxEntry &entry, unsigned gapOfWindows) {
  const VxConfig &config = entry.config;
  Block block = blockOf(entry.work);
  source = config.stages.source;
  fromRows =
      source == VectorSource::Accumulators || source == VectorSource::Depthwise;
  twoWords = source == VectorSource::Int16;
  usesOperand = entry.work.format != Format::Reduce && sim::usesOperand(config);
  wideOperand = config.operand.element == OperandType::Int16;
  windowGap = gapOfWindows;
  PictureLoops loops(config.pitch, config.window, block.width, block.height);
  walker.start({loops.kx, loops.ky, loops.x, loops.y, loops.channel, {}},
               config.window, config.edge, config.ring, block.source);
  const Operand &operand = config.operand;
  const Target &target = config.target;
  outputs.start(
      {{{block.width - 1, operand.x, target.x},
        {block.height - 1, operand.y, target.y},
        {config.window.channels - 1, operand.channel, target.channel}}},
      block.operand, block.target);
  parity = true;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// A tap's accesses: the operand before the last of a window, then the source.
VectorReader::Access VectorReader::access() const {
  if (begun)
    return next;
  return walker.areLast(kLoopKy) && usesOperand ? Access::OperandLow
                                                : Access::SourceLow;
}

void VectorReader::begin(Access at) {
  if (at == Access::OperandLow && wideOperand)
    next = Access::OperandHigh;
  else
    next = at <= Access::OperandHigh ? Access::SourceLow : Access::SourceHigh;
}

bool VectorReader::clockIssue(bool pop, bool popsRow) {
  bool issue = false, toRows = false, reads = false;
  uint8_t bank = 0;
  Tag tag = {};
  bool portsFree = ports.words->isFree() && ports.rows->isFree() &&
                   ports.depthwise->isFree();
  if (walker.valid() && tags.ready() && portsFree) {
    Access at = access();
    bool isSource = at >= Access::SourceLow;
    bool present = walker.isInside();
    bool ends = at == Access::SourceHigh ||
                (at == Access::SourceLow && (!twoWords || !present));
    reads = !isSource || present;
    toRows = fromRows && isSource;
    issue = !reads || (toRows ? rowsFree : wordsFree) != 0;
    bool endsWindow = walker.areLast(kLoopKy);
    tag = {reads,
           toRows,
           ends,
           ends && endsWindow,
           endsWindow && outputs.isLast(),
           ends && walker.areFirst(kLoopY),
           outputs.chip()};
    if (issue) {
      uint64_t address = isSource ? walker.address() : outputs.dram();
      address += at == Access::OperandHigh || at == Access::SourceHigh;
      bank = !toRows                                ? bankOfWord(address)
             : source == VectorSource::Accumulators ? bankOfRow(address)
                                                    : bankOfDepthwise(address);
      begin(at);
      begun = !ends;
      if (ends) {
        walker.step();
        if (endsWindow)
          outputs.next();
      }
    }
  }
  bool isRow = issue && reads && toRows, isWord = issue && reads && !toRows;
  bool isAccumulators = source == VectorSource::Accumulators;
  bool wordCame = ports.words->hasWord();
  bool rowCame = ports.rows->hasWord() || ports.depthwise->hasWord();
  ports.words->request(isWord, bank);
  ports.rows->request(isRow && isAccumulators, bank);
  ports.depthwise->request(isRow && !isAccumulators, bank);
  bool popsRead = pop && tags.head().isRead;
  wordsFree += popsRead && !popsRow;
  wordsFree -= isWord;
  rowsFree += popsRead && popsRow;
  rowsFree -= isRow;
  bool moved = words.clock(wordCame, popsRead && !popsRow);
  moved |= rows.clock(rowCame, popsRead && popsRow);
  moved |= tags.clock(issue, pop, tag);
  return moved;
}

//===----------------------------------------------------------------------===//
// Taps
//===----------------------------------------------------------------------===//

/// Whether the access in front goes on: its word is there, a new channel
/// block's parameters, and room behind the window before.
bool VectorReader::pops(bool hasParameters) const {
  if (!tags.valid())
    return false;
  const Tag &head = tags.head();
  bool isHere = !head.isRead || (head.fromRows ? rows.valid() : words.valid());
  return isHere && (!head.beginsBlock || hasParameters) &&
         (!head.endsWindow || gap == 0);
}

bool VectorReader::clock(bool hasParameters) {
  bool pop = pops(hasParameters);
  bool moved = out.valid || gap != 0;
  bool popsRow = false;
  out.valid = false;
  gap -= gap != 0;
  if (pop) {
    const Tag &head = tags.head();
    popsRow = head.fromRows;
    bool bank = parity != head.beginsBlock;
    out = {head.ends, bank, head.endsWindow, head.endsAll, head.target};
    if (head.ends)
      parity = bank;
    if (head.endsWindow)
      gap = windowGap;
  }
  return clockIssue(pop, popsRow) || moved;
}

} // namespace systole::sim::cycle
