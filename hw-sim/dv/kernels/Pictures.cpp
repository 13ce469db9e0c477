//===- Pictures.cpp - Pictures in DRAM, tiles of them ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transfer begins as loops around a run of one unit, or of one column's
// channels; a loop whose next run follows at once in both memories becomes part
// of the run.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Pictures.h"
#include <algorithm>
#include <cassert>

using namespace systole::isa;

namespace systole::sim {

/// The longest run of a transfer.
static constexpr int64_t kMaxRun = 1 << 23;

std::vector<uint64_t> DramPicture::shape(int64_t lanes) const {
  std::vector<uint64_t> dims;
  if (layout == Layout::Blocks)
    dims.push_back(blocks(lanes));
  if (height > 1)
    dims.push_back(height);
  dims.push_back(width);
  dims.push_back(layout == Layout::Blocks ? lanes : channels);
  return dims;
}

int64_t DramPicture::bytes(int64_t lanes) const {
  int64_t bytes = elementBytes;
  for (uint64_t dim : shape(lanes))
    bytes *= dim;
  return bytes;
}

Pitch pitchOf(const DramPicture &picture, const Box &box) {
  Pitch pitch;
  bool isRows = picture.layout == Layout::Rows;
  pitch.x = isRows ? box.blocks : 1;
  pitch.channel = isRows ? 1 : box.height * box.width;
  pitch.y = isRows ? box.width * box.blocks : box.width;
  return pitch;
}

namespace {
/// Runs that lie `step` bytes apart in DRAM and `stride` units on chip.
struct RunLoop {
  int64_t count, step, stride;
};
} // namespace

static Transfer transferOf(int64_t offset, int64_t place, int64_t length,
                           int64_t unitBytes, std::vector<RunLoop> loops) {
  auto isDone = [](const RunLoop &loop) { return loop.count == 1; };
  loops.erase(std::remove_if(loops.begin(), loops.end(), isDone), loops.end());
  std::sort(loops.begin(), loops.end(),
            [](const RunLoop &l, const RunLoop &r) { return l.step < r.step; });
  while (!loops.empty()) {
    const RunLoop &loop = loops.front();
    if (loop.step != length || length % unitBytes != 0 ||
        loop.stride != length / unitBytes || length * loop.count > kMaxRun)
      break;
    length *= loop.count;
    loops.erase(loops.begin());
  }
  loops.resize(3, {1, 0, 0});
  Transfer transfer = {offset, place, length, {}, {}, {}};
  auto set = [&](unsigned i, auto &count, auto &step, auto &stride) {
    count = loops[i].count;
    step = loops[i].step;
    stride = loops[i].stride;
  };
  set(0, transfer.shape.count0, transfer.steps.step0, transfer.strides.stride0);
  set(1, transfer.shape.count1, transfer.steps.step1, transfer.strides.stride1);
  set(2, transfer.shape.count2, transfer.steps.step2, transfer.strides.stride2);
  return transfer;
}

std::vector<Transfer> transfersOf(const DramPicture &picture, const Box &box,
                                  int64_t lanes, const Pitch &pitch) {
  bool isRows = picture.layout == Layout::Rows;
  int64_t unit = lanes * picture.elementBytes;
  int64_t column = isRows ? picture.channels * picture.elementBytes : unit;
  int64_t row = picture.width * column;
  int64_t block = isRows ? unit : picture.height * row;
  int64_t offset = box.y * row + box.x * column + box.block * block;
  std::vector<RunLoop> around = {{box.width, column, pitch.x},
                                 {box.height, row, pitch.y}};
  auto with = [&](int64_t count) {
    std::vector<RunLoop> loops = around;
    loops.push_back({count, block, pitch.channel});
    return loops;
  };
  if (!isRows)
    return {transferOf(offset, 0, unit, unit, with(box.blocks))};
  // Of the last channel block only what there is.
  int64_t end = std::min((box.block + box.blocks) * lanes, picture.channels);
  int64_t bytes = (end - box.block * lanes) * picture.elementBytes;
  if (pitch.channel == 1)
    return {transferOf(offset, 0, bytes, unit, around)};
  std::vector<Transfer> transfers;
  int64_t full = bytes / unit, rest = bytes % unit;
  if (full > 0)
    transfers.push_back(transferOf(offset, 0, unit, unit, with(full)));
  if (rest > 0)
    transfers.push_back(transferOf(offset + full * block, full * pitch.channel,
                                   rest, unit, around));
  return transfers;
}

} // namespace systole::sim
