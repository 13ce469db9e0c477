//===- Plans.cpp - How a product is cut to fit ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Plans.h"
#include <algorithm>
#include <numeric>

using namespace systole::isa;

namespace systole::sim {

std::vector<Region> splitScratchpad(const Machine &machine,
                                    const std::vector<int64_t> &words) {
  int64_t total = machine.scratchpadWords(), bank = machine.wordsPerBank();
  auto split = [&](int64_t unit) {
    std::vector<Region> regions;
    int64_t end = total;
    for (int64_t size : words) {
      end -= size > 0 ? ceilDiv(size, unit) * unit : 0;
      regions.push_back({end, size});
    }
    regions.push_back({0, end});
    return regions;
  };
  std::vector<Region> apart = split(bank);
  return apart.back().words * 2 >= total ? apart : split(1);
}

std::vector<int64_t> pieceSizes(int64_t whole) {
  std::vector<int64_t> sizes;
  for (int64_t count = 1;; count += std::max<int64_t>(count / 2, 1)) {
    int64_t size = ceilDiv(whole, std::min(count, whole));
    if (sizes.empty() || sizes.back() != size)
      sizes.push_back(size);
    if (count >= whole)
      return sizes;
  }
}

std::vector<std::pair<int64_t, int64_t>> piecesOf(int64_t whole, int64_t size) {
  std::vector<std::pair<int64_t, int64_t>> pieces;
  for (int64_t first = 0; first < whole; first += size)
    pieces.push_back({first, std::min(size, whole - first)});
  return pieces;
}

std::vector<Tile> tilesOf(int64_t height, int64_t width, const Tile &largest) {
  std::vector<Tile> tiles;
  for (auto [y, rows] : piecesOf(height, largest.height))
    for (auto [x, columns] : piecesOf(width, largest.width))
      tiles.push_back({y, x, rows, columns});
  return tiles;
}

std::vector<Tile> cutTile(const Tile &tile, int64_t count, bool grows) {
  bool isRow = tile.height == 1;
  std::vector<int64_t> sizes = {isRow ? tile.width : tile.height};
  while (int64_t(sizes.size()) < count && sizes.back() > 1) {
    int64_t last = sizes.back();
    sizes.back() = ceilDiv(last, 2);
    sizes.push_back(last / 2);
  }
  if (grows)
    std::reverse(sizes.begin(), sizes.end());
  std::vector<Tile> parts;
  Tile part = tile;
  for (int64_t size : sizes) {
    (isRow ? part.width : part.height) = size;
    parts.push_back(part);
    (isRow ? part.x : part.y) += size;
  }
  return parts;
}

int64_t parameterWords(bool hasBias, const Requantization &requantization) {
  return requantization.isPerColumn() ? 9 : hasBias ? 4 : 0;
}

/// Of one axis: the places inside that all tiles reach, one after the other.
static double reachOf(int64_t out, int64_t tile, int64_t in, int64_t stride,
                      int64_t reach, int64_t before) {
  int64_t total = 0;
  for (auto [first, size] : piecesOf(out, tile)) {
    int64_t begin = first * stride - before;
    int64_t end = begin + (size - 1) * stride + reach;
    total +=
        std::max<int64_t>(std::min(end, in) - std::max<int64_t>(begin, 0), 0);
  }
  return double(total);
}

double inputWords(const Geometry &geometry, const InputPlan &plan,
                  const Tile &largest, int64_t lanes) {
  const DramPicture &p = geometry.input;
  const Taps &t = geometry.taps;
  if (plan.kind == InputPlan::Bands)
    return double(p.height) * p.width * p.blocks(lanes);
  double rows = reachOf(geometry.outHeight(), largest.height, p.height,
                        t.strideY, (t.height - 1) * t.dilationY + 1, t.top);
  // Lines of windows are read whole.
  if (plan.kind == InputPlan::Windows)
    return rows * ceilDiv(geometry.outWidth(), largest.width) * p.width *
           p.channels / lanes;
  return rows * p.blocks(lanes) *
         reachOf(geometry.outWidth(), largest.width, p.width, t.strideX,
                 (t.width - 1) * t.dilationX + 1, t.left);
}

namespace {
/// The most rows, and columns, of an instruction.
constexpr int64_t kMaxExtent = 4096;
/// Plans that become programs.
constexpr size_t kMaxPlans = 32;

/// Tries plans and keeps the best.
class Planner {
public:
  Planner(const Machine &machine, const ProductSpec &spec)
      : machine(machine), spec(spec), lanes(machine.lanes()),
        outHeight(spec.taps.outHeight(spec.input.height)),
        outWidth(spec.taps.outWidth(spec.input.width)),
        blocks(spec.input.blocks(lanes)),
        columnBlocks(ceilDiv(spec.columns, lanes)) {}

  std::vector<ProductPlan> run() {
    tryAll(false);
    if (canPack())
      tryAll(true);
    return best;
  }

private:
  /// Whether ld.window can do it, and whether that saves anything.
  bool canPack() const {
    const Taps &t = spec.taps;
    int64_t kernel = machine.window.kernel;
    return spec.input.layout == Layout::Rows &&
           spec.weightSource == WeightSource::Packed && t.height <= kernel &&
           t.width <= kernel && t.strideX <= 16 && t.strideY <= 16 &&
           t.dilationX == 1 && t.dilationY == 1 &&
           outWidth * t.strideX <= kMaxReach &&
           outHeight * t.strideY <= kMaxReach && spec.input.channels <= 256 &&
           spec.input.width * spec.input.channels <=
               int64_t(machine.window.lineBytes) &&
           packedBlocks() < t.height * t.width * blocks;
  }
  bool isInReach(int64_t height, int64_t width) const {
    Slice all = {0, 0, spec.taps.height, spec.taps.width, 0, 1};
    Box box = Geometry{spec.input, spec.taps}.reach({0, 0, height, width}, all);
    return box.height <= kMaxReach && box.width <= kMaxReach;
  }
  int64_t packedBlocks() const {
    return ceilDiv(spec.taps.height * spec.taps.width * spec.input.channels,
                   lanes);
  }

  void tryAll(bool isPacked) {
    this->isPacked = isPacked;
    for (int64_t height : pieceSizes(outHeight))
      for (int64_t width : pieceSizes(outWidth))
        for (int64_t columns : pieceSizes(columnBlocks))
          if (height * width * columns <= int64_t(machine.accumulators.rows) &&
              height * width <= kMaxExtent && isInReach(height, width))
            trySlices({0, 0, height, width}, columns);
  }

  /// K is cut by channel blocks, and by taps only where it must be.
  void trySlices(const Tile &tile, int64_t columns) {
    Taps taps = isPacked ? Taps() : spec.taps;
    int64_t all = isPacked ? packedBlocks() : blocks;
    int64_t room = machine.weightWords() / lanes;
    int64_t tapsX = std::min(taps.width, room);
    int64_t tapsY = std::min(taps.height, room / tapsX);
    for (int64_t size : pieceSizes(all)) {
      bool isWhole = tapsX == taps.width && tapsY == taps.height;
      if (size > 1 && !isWhole)
        continue;
      ProductPlan plan;
      plan.tile = tile;
      plan.columns = columns;
      for (auto [block, count] : piecesOf(all, size))
        for (auto [y, rows] : piecesOf(taps.height, tapsY))
          for (auto [x, across] : piecesOf(taps.width, tapsX))
            plan.slices.push_back({y, x, rows, across, block, count});
      tryBuffers(plan);
    }
  }

  void tryBuffers(ProductPlan plan) {
    const Slice &slice = plan.slices.front();
    plan.weightWords =
        plan.columns * slice.tapsY * slice.tapsX * slice.blocks * lanes;
    if (!spec.weightZeroPoints.empty())
      plan.weightWords += plan.columns;
    int64_t groups = ceilDiv(columnBlocks, plan.columns);
    int64_t keys = groups * plan.slices.size();
    plan.weightSlots =
        std::min<int64_t>(machine.weightWords() / plan.weightWords, keys);
    int64_t parameters =
        parameterWords(!spec.bias.empty(), spec.requantization);
    if (plan.weightSlots == 0 ||
        (!spec.isRaw &&
         parameters * plan.columns > int64_t(machine.parameterWords())))
      return;
    // LD goes before ST at DRAM: results wait on chip while it runs ahead.
    for (int64_t slots : {8, 4, 2, 1}) {
      plan.outputSlots = slots;
      int64_t out = spec.isRaw ? 0 : slots * plan.tile.size() * plan.columns;
      int64_t raw = spec.weightSource == WeightSource::Packed
                        ? 0
                        : plan.columns * slice.blocks * lanes;
      std::vector<int64_t> sizes = {out, spec.addition ? out : 0, raw};
      if (std::accumulate(sizes.begin(), sizes.end(), int64_t(0)) >=
          int64_t(machine.scratchpadWords()))
        continue;
      plan.regions = splitScratchpad(machine, sizes);
      tryInputs(plan);
    }
  }

  void tryInputs(ProductPlan plan) {
    int64_t words = plan.regions.back().words;
    int64_t tiles = ceilDiv(outHeight, plan.tile.height) *
                    ceilDiv(outWidth, plan.tile.width);
    std::vector<InputPlan> inputs;
    if (isPacked) {
      InputPlan input;
      input.kind = InputPlan::Windows;
      input.words = plan.tile.size() * packedBlocks();
      input.count = std::min(words / input.words, tiles);
      input.isResident = input.count == tiles;
      input.overlaps = input.isResident || input.count > 1;
      if (input.count > 0)
        inputs.push_back(input);
    } else {
      inputs = inputPlans(machine, {spec.input, spec.taps}, plan.tile,
                          plan.slices.front(), plan.slices.size(), words, true);
    }
    for (const InputPlan &input : inputs) {
      plan.input = input;
      int64_t perTile = isPacked ? 1 : plan.slices.size();
      int64_t slab =
          input.kind == InputPlan::Bands ? 1 : (input.count - 1) / perTile;
      for (int64_t size : {int64_t(1), slab, tiles}) {
        plan.slab = std::clamp<int64_t>(size, 1, tiles);
        judge(plan, tiles);
      }
    }
  }

  void judge(ProductPlan &plan, int64_t tiles) {
    double groups = ceilDiv(columnBlocks, plan.columns);
    int64_t slices = plan.slices.size();
    // Who comes back to a tile for each group finds it, or loads it again.
    int64_t perTile = plan.input.kind == InputPlan::Rectangles ? slices : 1;
    bool isKept = plan.input.isResident ||
                  (plan.input.kind == InputPlan::Bands
                       ? plan.slab == 1
                       : plan.slab * perTile <= plan.input.count);
    bool allWeights = plan.weightSlots >= groups * slices;
    double weightPasses = allWeights ? 1
                          : plan.weightSlots >= slices
                              ? ceilDiv(tiles, plan.slab)
                              : tiles;
    int64_t tilesOfWeights =
        isPacked ? packedBlocks() : spec.taps.height * spec.taps.width * blocks;
    double size = plan.tile.size();
    double outWords = double(outHeight) * outWidth * columnBlocks *
                      (spec.isRaw ? 4 : 1) * (spec.addition ? 2 : 1);
    double instructions = tiles * groups * (4 + 2.0 * slices);
    double words =
        inputWords({spec.input, spec.taps}, plan.input, plan.tile, lanes) *
            (isKept ? 1 : groups) +
        weightPasses * columnBlocks * tilesOfWeights * lanes + outWords +
        instructions * kInstructionBytes / lanes;
    double wordCycles =
        double(lanes) / std::min<int64_t>(machine.dram.width, lanes);
    double array = 0;
    for (const auto &[y, rows] : piecesOf(outHeight, plan.tile.height))
      for (const auto &[x, across] : piecesOf(outWidth, plan.tile.width))
        array += std::max(rows * across, lanes);
    array *= double(columnBlocks) * tilesOfWeights;
    double dram = words * wordCycles;
    if (isPacked) // ld.window writes a word a cycle.
      dram += double(outHeight) * outWidth * packedBlocks();
    bool overlaps = plan.input.overlaps && plan.outputSlots > 1 &&
                    (allWeights || plan.weightSlots > 1);
    double before = double(plan.input.words + plan.weightWords) * wordCycles;
    double behind = size * plan.columns * (1 + wordCycles);
    // What overlaps does not do so everywhere; and of two plans that take the
    // same time the one that moves less is better.
    double hidden = std::min(array, dram) * (overlaps ? 0.1 : 1);
    plan.cycles =
        std::max(array, dram) + hidden + before + behind + 2 * instructions;
    keep(plan);
  }

  /// Of plans that differ little only the best.
  void keep(const ProductPlan &plan) {
    auto isAlike = [&](const ProductPlan &other) {
      return other.tile.height == plan.tile.height &&
             other.tile.width == plan.tile.width &&
             other.columns == plan.columns &&
             other.input.kind == plan.input.kind &&
             other.slices.size() == plan.slices.size();
    };
    auto alike = std::find_if(best.begin(), best.end(), isAlike);
    if (alike != best.end()) {
      if (alike->cycles <= plan.cycles)
        return;
      best.erase(alike);
    }
    auto place =
        std::upper_bound(best.begin(), best.end(), plan,
                         [](const ProductPlan &l, const ProductPlan &r) {
                           return l.cycles < r.cycles;
                         });
    best.insert(place, plan);
    if (best.size() > kMaxPlans)
      best.pop_back();
  }

  const Machine &machine;
  const ProductSpec &spec;
  int64_t lanes, outHeight, outWidth, blocks, columnBlocks;
  bool isPacked = false;
  std::vector<ProductPlan> best;
};
} // namespace

std::vector<ProductPlan> planProduct(const Machine &machine,
                                     const ProductSpec &spec,
                                     std::string &problem) {
  std::vector<ProductPlan> plans = Planner(machine, spec).run();
  if (plans.empty())
    problem = "no tile fits: the window's taps, or a column's parameters, are "
              "more than the memories of machine '" +
              machine.name + "' hold";
  return plans;
}

} // namespace systole::sim
