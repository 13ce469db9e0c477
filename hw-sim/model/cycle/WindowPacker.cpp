//===- WindowPacker.cpp - ld.window, cycle by cycle -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/WindowPacker.h"

namespace systole::sim::cycle {

/// Cycles of multiplications before the first line is asked for.
static constexpr unsigned kWindowSetupCycles = 9;

WindowPacker::WindowPacker(const Machine &machine, const Timing &timing)
    : lanes(machine.lanes()), slots(machine.window.kernel + 1),
      coming(timing.transferRuns), packer(machine.lanes()) {}

void WindowPacker::start(const isa::LdConfig &config,
                         const isa::LoadWindow &work) {
  picture = config.picture;
  kernel = config.kernel;
  rows = work.rows;
  firstRow = work.row;
  first = config.base[work.base].address + work.offset;
  int64_t channels = picture.channels;
  lineBytes = picture.width * channels;
  segmentBytes = kernel.kernelX * channels;
  firstByte = kernel.column * channels;
  stepBytes = kernel.strideX * channels;
  active = true;
  setup = 0;
  asking = false;
  here = -1;
  windowsLeft = 0;
  packedAll = false;
}

/// All is multiplied.
void WindowPacker::begin() {
  asking = packing = true;
  askRow = askKy = row = column = ky = 0;
  askFirst = packFirst = firstRow;
  asked = -1;
  beginByte = byte = firstByte;
  left = segmentBytes;
}

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

bool WindowPacker::runValid() const {
  int64_t line = askLine();
  return asking && line >= 0 && line < int64_t(picture.height) &&
         line > asked && line < packFirst + slots && coming.ready();
}

/// Goes on where a line is asked for, or not needed.
bool WindowPacker::clockLines(bool ask, bool lineEnds) {
  int64_t line = askLine();
  bool inPicture = line >= 0 && line < int64_t(picture.height);
  bool advance = asking && (ask || !inPicture || line <= asked);
  if (lineEnds)
    here = coming.head();
  bool moved = coming.clock(ask, lineEnds, line);
  if (ask)
    asked = line;
  if (advance && ++askKy == int64_t(kernel.kernelY)) {
    askKy = 0;
    askFirst += kernel.strideY;
    asking = ++askRow != rows;
  }
  return moved || advance;
}

//===----------------------------------------------------------------------===//
// Segments
//===----------------------------------------------------------------------===//

/// The last line of the window row that is in the picture has come.
bool WindowPacker::linesAreHere() const {
  int64_t last = std::min<int64_t>(packFirst + kernel.kernelY - 1,
                                   int64_t(picture.height) - 1);
  return here >= last || last < 0 || packFirst > last;
}

/// Bytes before and behind the line, and of lines that do not exist.
bool WindowPacker::isFilled(bool hasLine) const {
  return !hasLine || byte < 0 || byte >= lineBytes;
}

/// Of the next piece: to the end of the segment, of what is filled or not, and
/// as many as a word has.
int64_t WindowPacker::pieceBytes(bool isFill) const {
  int64_t line = packFirst + ky;
  bool hasLine = line >= 0 && line < int64_t(picture.height);
  int64_t limit = std::min(left, lanes);
  if (hasLine && byte < 0)
    limit = std::min(limit, -byte);
  if (!isFill)
    limit = std::min(limit, lineBytes - byte);
  return limit;
}

/// Behind a segment: to the next of the window, the next window, the next row.
void WindowPacker::stepPlace(bool windowEnds, bool rowEnds) {
  ky = windowEnds ? 0 : ky + 1;
  if (windowEnds) {
    beginByte = rowEnds ? firstByte : beginByte + stepBytes;
    column = rowEnds ? 0 : column + 1;
  }
  if (rowEnds) {
    ++row;
    packFirst += kernel.strideY;
  }
  left = segmentBytes;
  byte = beginByte;
}

bool WindowPacker::clock(const Inputs &inputs) {
  if (!active)
    return false;
  bool ask = runValid() && inputs.runReady;
  bool lineEnds = inputs.unitValid && unitReady() && inputs.unitLast;
  bool wordPop = wordValid() && inputs.wordReady;
  bool windowLeaves = wordPop && packer.isLast();
  bool ends = wordPop && isLast();
  bool packReady = packer.ready(inputs.wordReady);

  int64_t line = packFirst + ky;
  bool isFill = isFilled(line >= 0 && line < int64_t(picture.height));
  int64_t bytes = pieceBytes(isFill);
  bool takes = packing && (!pieceValid || packReady) && linesAreHere();
  bool segmentEnds = takes && bytes == left;
  bool windowEnds = segmentEnds && ky + 1 == int64_t(kernel.kernelY);
  bool rowEnds = windowEnds && column + 1 == int64_t(kernel.columns);
  bool allEnds = rowEnds && row + 1 == rows;

  bool moved = packer.clock(pieceValid && packReady, piece, inputs.wordReady);
  moved |= clockLines(ask, lineEnds) || takes || setup <= kWindowSetupCycles;
  pieceValid = takes || (pieceValid && !packReady);
  if (takes)
    piece = {unsigned(bytes), windowEnds, 0};
  windowsLeft += windowEnds;
  windowsLeft -= windowLeaves;
  packedAll |= allEnds;
  packing &= !allEnds;
  if (segmentEnds) {
    stepPlace(windowEnds, rowEnds);
  } else if (takes) {
    left -= bytes;
    byte += bytes;
  }
  if (setup == kWindowSetupCycles)
    begin();
  setup += setup <= kWindowSetupCycles;
  active &= !ends;
  return moved || ends || inputs.unitValid;
}

} // namespace systole::sim::cycle
