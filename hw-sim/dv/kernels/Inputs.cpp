//===- Inputs.cpp - Pictures on chip --------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three ways to keep an input: rectangles, a ring of bands of rows, windows.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Buffers.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Geometry
//===----------------------------------------------------------------------===//

Box Geometry::reach(const Tile &tile, const Slice &slice) const {
  const Taps &t = taps;
  return {tile.y * t.strideY - t.top + slice.tapY * t.dilationY,
          tile.x * t.strideX - t.left + slice.tapX * t.dilationX,
          slice.block,
          (tile.height - 1) * t.strideY + (slice.tapsY - 1) * t.dilationY + 1,
          (tile.width - 1) * t.strideX + (slice.tapsX - 1) * t.dilationX + 1,
          slice.blocks};
}

int64_t Geometry::reachWords(int64_t height, int64_t width,
                             const Slice &slice) const {
  Box box = reach({0, 0, height, width}, slice);
  return std::min(box.height, input.height) * std::min(box.width, input.width) *
         slice.blocks;
}

std::string geometryProblem(const Geometry &geometry, int64_t lanes) {
  const DramPicture &picture = geometry.input;
  const Taps &t = geometry.taps;
  const struct {
    const char *what;
    int64_t value, least, most;
  } limits[] = {
      {"taps in a column", t.height, 1, 256},
      {"taps in a row", t.width, 1, 256},
      {"a vertical stride", t.strideY, 1, 32},
      {"a horizontal stride", t.strideX, 1, 32},
      {"a vertical dilation", t.dilationY, 1, 256},
      {"a horizontal dilation", t.dilationX, 1, 256},
      {"padding at the top", t.top, 0, 65535},
      {"padding at the left", t.left, 0, 65535},
      {"rows", picture.height, 1, 65536},
      {"columns", picture.width, 1, 65536},
      {"blocks of channels", picture.blocks(lanes), 1, 16384},
      {"rows of outputs", geometry.outHeight(), 1, 1 << 20},
      {"columns of outputs", geometry.outWidth(), 1, 1 << 20},
      {"bytes of input", picture.bytes(lanes), 1, INT32_MAX},
  };
  for (const auto &[what, value, least, most] : limits)
    if (value < least || value > most)
      return std::string(what) + ": " + std::to_string(value) + ", not " +
             std::to_string(least) + " to " + std::to_string(most);
  return "";
}

/// The part of a box that lies in the picture; empty boxes have no rows.
static Box clipped(const Box &box, const DramPicture &picture) {
  Box in = box;
  in.y = std::clamp<int64_t>(box.y, 0, picture.height);
  in.x = std::clamp<int64_t>(box.x, 0, picture.width);
  in.height =
      std::clamp<int64_t>(box.y + box.height, in.y, picture.height) - in.y;
  in.width = std::clamp<int64_t>(box.x + box.width, in.x, picture.width) - in.x;
  return in;
}

/// Edges as seen from the first tap of `box`.
static void setEdge(const Box &box, const DramPicture &picture, View &view) {
  Box in = clipped(box, picture);
  view.edged = in.height != box.height || in.width != box.width;
  auto cut = [](int64_t v) {
    return std::clamp<int64_t>(v, INT16_MIN, INT16_MAX);
  };
  view.edge.top = cut(-box.y);
  view.edge.left = cut(-box.x);
  view.edge.bottom = cut(picture.height - box.y);
  view.edge.right = cut(picture.width - box.x);
}

//===----------------------------------------------------------------------===//
// The ways
//===----------------------------------------------------------------------===//

namespace {
class Rectangles : public InputBuffer {
public:
  Rectangles(Kernel &kernel, const Geometry &geometry, const InputPlan &plan,
             BaseRegister base, int64_t first)
      : kernel(kernel), geometry(geometry), base(base),
        slots(first, plan.words, plan.count) {}

  View view(const Tile &tile, const Tile &part, const Slice &slice) override {
    const DramPicture &picture = geometry.input;
    Box box = geometry.reach(tile, slice), in = clipped(box, picture);
    View view;
    setEdge(geometry.reach(part, slice), picture, view);
    view.pitch = pitchOf(picture, in);
    if (in.size() == 0)
      return view;
    Slots::Key key = {tile.y << 24 | tile.x,
                      (slice.tapY << 8 | slice.tapX) << 24 | slice.block};
    bool isNew = false;
    Slots::Slot &slot = slots.find(key, isNew);
    if (isNew)
      for (const Transfer &transfer :
           transfersOf(picture, in, kernel.lanes(), view.pitch))
        kernel.load(LoadTarget::Scratchpad, base, transfer, slot.first,
                    {&slot.part});
    view.parts = {&slot.part};
    Box begin = geometry.reach(part, slice);
    view.source = slot.first + (begin.y - in.y) * view.pitch.y +
                  (begin.x - in.x) * view.pitch.x;
    return view;
  }

private:
  Kernel &kernel;
  Geometry geometry;
  BaseRegister base;
  Slots slots;
};

/// A band is `plan.rows` rows that are loaded at once. Bands follow each other
/// in the ring, those of a group of channels behind those of the one before: so
/// the next group's are loaded while this one's are read.
class Bands : public InputBuffer {
public:
  Bands(Kernel &kernel, const Geometry &geometry, const InputPlan &plan,
        BaseRegister tensor, int64_t first, bool wholeChannels)
      : kernel(kernel), geometry(geometry), plan(plan), tensor(tensor),
        first(first), wholeChannels(wholeChannels), parts(plan.count) {}

  View view(const Tile &, const Tile &part, const Slice &slice) override {
    const DramPicture &picture = geometry.input;
    Slice loaded = slice;
    if (wholeChannels) {
      loaded.block = 0;
      loaded.blocks = picture.blocks(kernel.lanes());
    }
    int64_t bands = ceilDiv(picture.height, plan.rows);
    if (block >= 0 && loaded.block != block)
      base += bands;
    block = loaded.block;
    Box box = geometry.reach(part, slice), in = clipped(box, picture);
    Box row = {0, 0, loaded.block, 1, picture.width, loaded.blocks};
    View view;
    setEdge(box, picture, view);
    view.pitch = pitchOf(picture, row);
    // That of the largest group: bands have the same places for all.
    view.pitch.y = plan.pitch;
    if (in.size() == 0)
      return view;
    for (int64_t band = in.y / plan.rows;
         band <= (in.y + in.height - 1) / plan.rows; ++band)
      view.parts.push_back(need(band, row, view.pitch));
    int64_t ringRows = plan.rows * plan.count;
    if (!plan.isResident) {
      view.ring.size = ringRows * view.pitch.y;
      view.ring.limit = first + view.ring.size;
    }
    int64_t place = base * plan.rows;
    place = box.y > 0 ? (place + box.y) % ringRows : place % ringRows + box.y;
    view.source = first + place * view.pitch.y + box.x * view.pitch.x +
                  (slice.block - loaded.block) * view.pitch.channel;
    return view;
  }

private:
  /// Loads band `band` of this group, and those before it that are missing.
  Part *need(int64_t band, const Box &row, const Pitch &pitch) {
    band += base;
    if (band < begin || band > end)
      begin = end = band;
    for (; end <= band; ++end) {
      begin = std::max(begin, end + 1 - plan.count);
      const DramPicture &picture = geometry.input;
      Box box = row;
      box.y = (end - base) * plan.rows;
      box.height = std::min(plan.rows, picture.height - box.y);
      int64_t target = first + end % plan.count * plan.rows * pitch.y;
      for (const Transfer &transfer :
           transfersOf(picture, box, kernel.lanes(), pitch))
        kernel.load(LoadTarget::Scratchpad, tensor, transfer, target,
                    {&parts[end % plan.count]});
    }
    return &parts[band % plan.count];
  }

  Kernel &kernel;
  Geometry geometry;
  InputPlan plan;
  BaseRegister tensor;
  int64_t first;
  bool wholeChannels;
  std::vector<Part> parts;
  /// The first channel block of the group that is read; bands of the groups
  /// before it; the bands that are on chip, counted from the first group's.
  int64_t block = -1, base = 0, begin = 0, end = 0;
};

/// A matrix whose channels are whole windows; slices have no taps.
class Windows : public InputBuffer {
public:
  Windows(Kernel &kernel, const Geometry &geometry, const InputPlan &plan,
          BaseRegister base, int64_t first, uint8_t fill)
      : kernel(kernel), geometry(geometry), base(base), fill(fill),
        slots(first, plan.words, plan.count) {}

  View view(const Tile &tile, const Tile &part, const Slice &slice) override {
    const DramPicture &picture = geometry.input;
    const Taps &taps = geometry.taps;
    int64_t words =
        ceilDiv(taps.height * taps.width * picture.channels, kernel.lanes());
    bool isNew = false;
    Slots::Slot &slot = slots.find({tile.y, tile.x}, isNew);
    if (isNew) {
      LdConfig &ld = kernel.schedule.config.ld;
      ld.picture.height = picture.height;
      ld.picture.width = picture.width;
      ld.picture.channels = picture.channels;
      ld.picture.pitch = picture.width * picture.channels;
      ld.picture.fill = fill;
      ld.kernel.kernelX = taps.width;
      ld.kernel.kernelY = taps.height;
      ld.kernel.strideX = taps.strideX;
      ld.kernel.strideY = taps.strideY;
      ld.kernel.column = tile.x * taps.strideX - taps.left;
      ld.kernel.columns = tile.width;
      LoadWindow work;
      work.base = base;
      work.target = slot.first;
      work.row = tile.y * taps.strideY - taps.top;
      work.rows = tile.height;
      kernel.schedule.add(Format::LoadWindow, work, {}, {&slot.part});
    }
    View view;
    view.pitch.x = words;
    view.pitch.y = words * tile.width;
    view.pitch.channel = 1;
    view.source = slot.first + slice.block + (part.y - tile.y) * view.pitch.y +
                  (part.x - tile.x) * view.pitch.x;
    view.parts = {&slot.part};
    return view;
  }

private:
  Kernel &kernel;
  Geometry geometry;
  BaseRegister base;
  uint8_t fill;
  Slots slots;
};
} // namespace

/// How finely rings are cut: into so many bands for each tile.
static constexpr int64_t kBandsOfTile[] = {1, 2, 4, 8};

/// Adds a ring, if it holds the bands that one tile touches, wherever they
/// begin.
static void addRing(const Geometry &geometry, InputPlan plan, int64_t reach,
                    int64_t groups, int64_t words,
                    std::vector<InputPlan> &plans) {
  int64_t bands = ceilDiv(geometry.input.height, plan.rows);
  int64_t needed = std::min((reach + 2 * plan.rows - 2) / plan.rows, bands);
  plan.kind = InputPlan::Bands;
  plan.count = std::min(words / (plan.rows * plan.pitch), bands * groups);
  plan.isResident = plan.count == bands * groups;
  plan.overlaps = plan.isResident || plan.count > needed;
  if (plan.count >= needed)
    plans.push_back(plan);
}

std::vector<InputPlan> inputPlans(const Machine &machine,
                                  const Geometry &geometry, const Tile &largest,
                                  const Slice &slice, int64_t slices,
                                  int64_t words, bool wholeChannels) {
  const DramPicture &picture = geometry.input;
  int64_t tiles = ceilDiv(geometry.outHeight(), largest.height) *
                  ceilDiv(geometry.outWidth(), largest.width);
  std::vector<InputPlan> plans;
  InputPlan plan;
  plan.words = geometry.reachWords(largest.height, largest.width, slice);
  plan.count = std::min(words / plan.words, tiles * slices);
  plan.isResident = plan.count == tiles * slices;
  plan.overlaps = plan.isResident || plan.count > 1;
  if (plan.count > 0)
    plans.push_back(plan);

  int64_t step =
      std::min(largest.height * geometry.taps.strideY, picture.height);
  int64_t reach = geometry.reach(largest, slice).height;
  int64_t row = picture.width * (wholeChannels ? picture.blocks(machine.lanes())
                                               : slice.blocks);
  int64_t bank = machine.wordsPerBank();
  for (int64_t parts : kBandsOfTile) {
    plan.rows = ceilDiv(step, parts);
    plan.words = plan.rows * row;
    plan.pitch = row;
    addRing(geometry, plan, reach, wholeChannels ? 1 : slices, words, plans);
    plan.pitch = bank;
    if (!wholeChannels && row < bank)
      addRing(geometry, plan, reach, slices, words, plans);
  }
  return plans;
}

std::unique_ptr<InputBuffer> makeInputBuffer(Kernel &kernel,
                                             const Geometry &geometry,
                                             const InputPlan &plan,
                                             BaseRegister base, int64_t first,
                                             bool wholeChannels, uint8_t fill) {
  switch (plan.kind) {
  case InputPlan::Rectangles:
    return std::make_unique<Rectangles>(kernel, geometry, plan, base, first);
  case InputPlan::Bands:
    return std::make_unique<Bands>(kernel, geometry, plan, base, first,
                                   wholeChannels);
  case InputPlan::Windows:
    return std::make_unique<Windows>(kernel, geometry, plan, base, first, fill);
  }
  return nullptr;
}

} // namespace systole::sim
