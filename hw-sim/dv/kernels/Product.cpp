//===- Product.cpp - Matrix products and convolutions ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LD keeps ahead as far as slots let it; MM alternates between ping and pong;
// VX drains one while MM fills the other; ST follows VX.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Choice.h"
#include "hw-sim/dv/kernels/Drain.h"

using namespace systole::isa;

namespace systole::sim {

namespace {
/// The first tile in so many, of which the first is soon loaded; the last block
/// in pieces, each drained while the next is multiplied: in column blocks, and
/// in so many tiles at most.
struct Cut {
  int64_t firstTiles = 1;
  bool lastColumns = false;
  int64_t lastTiles = 1;
};

class Product {
public:
  Product(const Machine &machine, const ProductSpec &spec,
          const ProductPlan &plan, const Cut &cut);

  MaybeImage run(std::string &problem);

private:
  /// Column blocks whose weights are loaded together.
  struct Group {
    int64_t index, first, count;
  };
  /// Those of a group that are computed together, counted from its first.
  struct Columns {
    int64_t first, count;
  };

  void addTensors();
  void packWeights();
  void appendTiles(const Group &group, const Slice &slice);
  Slots::Slot &weightsOf(const Group &group, int64_t slice);
  void loadTiles(const Group &group, const Slice &slice, Slots::Slot &slot);
  void loadZeroPoints(const Group &group, const Slice &slice,
                      Slots::Slot &slot);
  int64_t tilesOfSlice(const Slice &slice) const {
    return slice.tapsY * slice.tapsX * slice.blocks;
  }
  bool isPacked() const { return spec.weightSource == WeightSource::Packed; }
  void blocks(const Tile &tile, const Group &group, Columns part,
              int64_t count);
  void multiply(const Tile &tile, const View &view, const Group &group,
                Columns part, size_t slice, Slots::Slot &accumulators);
  void startWithBias(const Block &block);
  void storeRaw(const Block &block);

  const ProductSpec &spec;
  const ProductPlan &plan;
  Cut cut;
  Kernel kernel;
  int64_t lanes;
  /// What slices count: channels, or bytes of packed windows.
  int64_t depth;
  DramPicture output;
  std::vector<Group> groups;
  /// Packed weights, and where each group's and slice's begin: by group, then
  /// slice.
  std::vector<uint8_t> constants;
  std::vector<int64_t> offsets;
  Slots accumulators, weights;
  Part rawWeights;
  std::unique_ptr<InputBuffer> input;
  std::unique_ptr<Drain> out;
};
} // namespace

Product::Product(const Machine &machine, const ProductSpec &spec,
                 const ProductPlan &plan, const Cut &cut)
    : spec(spec), plan(plan), cut(cut), kernel(machine), lanes(machine.lanes()),
      depth(spec.input.channels),
      accumulators(Slots::pingPong(machine.accumulators.rows,
                                   plan.tile.size() * plan.columns)),
      weights(0, plan.weightWords, plan.weightSlots) {
  if (plan.input.kind == InputPlan::Windows)
    depth *= spec.taps.height * spec.taps.width;
  output = {spec.taps.outHeight(spec.input.height),
            spec.taps.outWidth(spec.input.width), spec.columns,
            spec.input.layout, spec.isRaw ? 4 : 1};
  for (auto [first, count] :
       piecesOf(ceilDiv(spec.columns, lanes), plan.columns))
    groups.push_back({int64_t(groups.size()), first, count});
  addTensors();
  packWeights();
  input = makeInputBuffer(kernel, {spec.input, spec.taps}, plan.input, kInput,
                          plan.regions.back().first, true,
                          uint8_t(spec.inputType.zeroPoint));
  if (!spec.isRaw)
    out = std::make_unique<Drain>(
        kernel,
        DrainSpec{VectorSource::Accumulators, output, spec.bias,
                  spec.requantization, spec.addition, plan.columns},
        plan.regions[0], plan.regions[1], plan.outputSlots);
}

void Product::addTensors() {
  kernel.addTensor("x", Tensor::Role::Input, kInput, spec.input,
                   elementOf(spec.inputType.isUnsigned));
  if (!isPacked()) {
    DramPicture matrix = {1, depth, spec.columns, spec.input.layout};
    if (spec.weightSource == WeightSource::Transposed)
      std::swap(matrix.width, matrix.channels);
    kernel.addTensor("w", Tensor::Role::Input, kActivations, matrix,
                     elementOf(spec.unsignedWeights));
  }
  if (spec.addition)
    kernel.addTensor("r", Tensor::Role::Input, kOperand, output,
                     elementOf(spec.addition->type.isUnsigned));
  int32_t low =
      spec.addition ? spec.addition->result.low : spec.requantization.low;
  kernel.addTensor("y", Tensor::Role::Output, kInput, output,
                   spec.isRaw ? Element::Int32 : elementOf(low >= 0));
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Tiles in the order in which mm walks them; behind them the zero points.
void Product::appendTiles(const Group &group, const Slice &slice) {
  // Taps and channels count as one where windows are packed.
  int64_t channels = depth, width = spec.taps.width;
  auto at = [&](int64_t ky, int64_t kx, int64_t c, int64_t n) -> uint8_t {
    if (c >= channels || n >= spec.columns)
      return 0;
    return spec.weights[((ky * width + kx) * channels + c) * spec.columns + n];
  };
  for (int64_t n = group.first; n < group.first + group.count; ++n)
    for (int64_t ky = slice.tapY; ky < slice.tapY + slice.tapsY; ++ky)
      for (int64_t kx = slice.tapX; kx < slice.tapX + slice.tapsX; ++kx)
        for (int64_t k = slice.block * lanes;
             k < (slice.block + slice.blocks) * lanes; ++k)
          for (int64_t j = 0; j < lanes; ++j)
            constants.push_back(at(ky, kx, k, n * lanes + j));
}

void Product::packWeights() {
  for (const Group &group : groups)
    for (const Slice &slice : plan.slices) {
      offsets.push_back(constants.size());
      if (isPacked())
        appendTiles(group, slice);
      if (spec.weightZeroPoints.empty())
        continue;
      for (int64_t n = group.first * lanes;
           n < (group.first + group.count) * lanes; ++n) {
        bool isOne = spec.weightZeroPoints.size() == 1;
        constants.push_back(
            n < spec.columns ? spec.weightZeroPoints[isOne ? 0 : n] : 0);
      }
    }
  if (spec.isRaw && !spec.bias.empty()) {
    offsets.push_back(constants.size());
    for (int64_t n = 0; n < output.blocks(lanes) * lanes; ++n)
      for (unsigned i = 0; i < 4; ++i)
        constants.push_back(n < spec.columns ? uint32_t(spec.bias[n]) >> (8 * i)
                                             : 0);
  }
  kernel.addConstants(kWeights, constants);
}

/// From activations: a box of them to the scratchpad, tiles from there.
void Product::loadTiles(const Group &group, const Slice &slice,
                        Slots::Slot &slot) {
  bool isTransposed = spec.weightSource == WeightSource::Transposed;
  int64_t columns =
      std::min(group.count * lanes, spec.columns - group.first * lanes);
  int64_t inputs = std::min(slice.blocks * lanes, depth - slice.block * lanes);
  Box box = {0, slice.block * lanes, group.first, 1, inputs, group.count};
  DramPicture matrix = {1, depth, spec.columns, spec.input.layout};
  if (isTransposed) {
    box = {0, group.first * lanes, slice.block, 1, columns, slice.blocks};
    std::swap(matrix.width, matrix.channels);
  }
  Pitch pitch = pitchOf(matrix, box);
  int64_t first = plan.regions[2].first;
  for (const Transfer &transfer : transfersOf(matrix, box, lanes, pitch))
    kernel.load(LoadTarget::Scratchpad, kActivations, transfer, first,
                {&rawWeights});
  TilePitch &tiles = kernel.schedule.config.ld.tilePitch;
  tiles.row = pitch.x;
  tiles.block = pitch.channel;
  tiles.rowTile = isTransposed ? slice.blocks : 1;
  tiles.blockTile = isTransposed ? 1 : slice.blocks;
  LoadTiles work;
  work.source = first;
  work.target = slot.first;
  work.rows = box.width;
  work.blocks = box.blocks;
  work.transpose = isTransposed;
  kernel.schedule.add(Format::LoadTiles, work, {&rawWeights}, {&slot.part});
}

Slots::Slot &Product::weightsOf(const Group &group, int64_t index) {
  const Slice &slice = plan.slices[index];
  bool isNew = false;
  Slots::Slot &slot = weights.find({group.index, index}, isNew);
  if (!isNew)
    return slot;
  int64_t words = isPacked() ? group.count * tilesOfSlice(slice) * lanes : 0;
  int64_t target = slot.first;
  if (!isPacked()) {
    loadTiles(group, slice, slot);
    target += group.count * tilesOfSlice(slice) * lanes;
  }
  if (!spec.weightZeroPoints.empty())
    words += group.count;
  if (words > 0)
    kernel.load(LoadTarget::Weights, kWeights,
                {offsets[group.index * plan.slices.size() + index],
                 0,
                 words * lanes,
                 {},
                 {},
                 {}},
                target, {&slot.part});
  return slot;
}

//===----------------------------------------------------------------------===//
// Blocks of outputs
//===----------------------------------------------------------------------===//

void Product::multiply(const Tile &tile, const View &view, const Group &group,
                       Columns part, size_t index, Slots::Slot &accumulators) {
  const Slice &slice = plan.slices[index];
  Slots::Slot &slot = weightsOf(group, index);
  MmConfig &mm = kernel.schedule.config.mm;
  Window &window = mm.window;
  if (plan.input.kind != InputPlan::Windows) {
    window.strideX = spec.taps.strideX;
    window.strideY = spec.taps.strideY;
    window.dilationX = spec.taps.dilationX;
    window.dilationY = spec.taps.dilationY;
  }
  window.kernelX = slice.tapsX;
  window.kernelY = slice.tapsY;
  window.channels = slice.blocks;
  view.apply(mm);
  auto missing = [&](int64_t blocks, int64_t lanesUsed) {
    return std::max<int64_t>(blocks * lanes - lanesUsed, 0);
  };
  mm.weights.columns = part.count;
  mm.weights.padK = missing(slice.block + slice.blocks, depth);
  mm.weights.padN =
      missing(group.first + part.first + part.count, spec.columns);
  mm.weights.unsignedWeights = spec.unsignedWeights;
  mm.weights.zeroPoints = !spec.weightZeroPoints.empty();
  if (mm.weights.zeroPoints)
    mm.weights.zeroPointWord =
        slot.first + group.count * tilesOfSlice(slice) * lanes + part.first;
  Stream work;
  work.source = view.source;
  work.weights = slot.first + part.first * tilesOfSlice(slice) * lanes;
  work.target = accumulators.first;
  work.width = tile.width;
  work.height = tile.height;
  work.accumulate = index > 0 || (spec.isRaw && !spec.bias.empty());
  work.zeroPoint = spec.inputType.zeroPoint;
  work.unsignedInput = spec.inputType.isUnsigned;
  Schedule::Parts reads = view.parts;
  reads.push_back(&slot.part);
  kernel.schedule.add(Format::Matmul, work, reads, {&accumulators.part});
}

/// Fills accumulators with the bias: one row of int32, over and over.
void Product::startWithBias(const Block &block) {
  int64_t row = 4 * lanes;
  Transfer transfer = {offsets.back() + block.column * row, 0, row, {}, {}, {}};
  transfer.shape.count0 = block.tile.size();
  transfer.strides.stride0 = 1;
  transfer.shape.count1 = block.columns;
  transfer.steps.step1 = row;
  transfer.strides.stride1 = block.tile.size();
  kernel.load(LoadTarget::Accumulators, kWeights, transfer, block.first,
              {block.part});
}

void Product::storeRaw(const Block &block) {
  Pitch pitch;
  pitch.x = 1;
  pitch.y = block.tile.width;
  pitch.channel = block.tile.size();
  for (const Transfer &transfer :
       transfersOf(output, block.box(), lanes, pitch))
    kernel.store(StoreSource::Accumulators, transfer, block.first,
                 {block.part});
}

/// Blocks of outputs of a tile, which is cut into `count` tiles at most.
void Product::blocks(const Tile &tile, const Group &group, Columns part,
                     int64_t count) {
  for (const Tile &piece : cutTile(tile, count, false)) {
    Slots::Slot &slot = accumulators.next();
    Block block = {piece, group.first + part.first, part.count, slot.first,
                   &slot.part};
    if (spec.isRaw && !spec.bias.empty())
      startWithBias(block);
    for (size_t i = 0; i < plan.slices.size(); ++i) {
      View view = input->view(tile, piece, plan.slices[i]);
      multiply(piece, view, group, part, i, slot);
    }
    if (spec.isRaw)
      storeRaw(block);
    else
      out->drain(block);
  }
}

MaybeImage Product::run(std::string &problem) {
  std::vector<Tile> tiles = tilesOf(output.height, output.width, plan.tile);
  std::vector<Tile> begin = cutTile(tiles.front(), cut.firstTiles, true);
  tiles.erase(tiles.begin());
  tiles.insert(tiles.begin(), begin.begin(), begin.end());
  for (auto [first, count] : piecesOf(tiles.size(), plan.slab))
    for (const Group &group : groups)
      for (int64_t i = first; i < first + count; ++i) {
        bool isLast =
            i + 1 == int64_t(tiles.size()) && &group == &groups.back();
        for (auto [column, columns] :
             piecesOf(group.count, isLast && cut.lastColumns ? 1 : group.count))
          blocks(tiles[i], group, {column, columns},
                 isLast ? cut.lastTiles : 1);
      }
  bool isMatrix =
      spec.input.height == 1 && spec.taps.height == 1 && spec.taps.width == 1;
  return kernel.finish("product", isMatrix ? "MatMul" : "Conv", problem);
}

/// Plans that are made with each of these cuts.
static constexpr size_t kMaxCutPlans = 8;
/// Programs that may be run on the cycle engine.
static constexpr size_t kMaxPrograms = 24;
static constexpr Cut kCuts[] = {{1, true, 1}, {1, false, 2}, {1, true, 2},
                                {1, true, 3}, {2, true, 1},  {2, true, 2},
                                {3, true, 2}};

MaybeImage makeProduct(const Machine &machine, const ProductSpec &spec,
                       std::string &problem) {
  problem = geometryProblem({spec.input, spec.taps}, machine.lanes());
  if (!problem.empty())
    return std::nullopt;
  auto program = [&](const ProductPlan &plan, const Cut &cut) {
    return Product(machine, spec, plan, cut).run(problem);
  };
  std::vector<ProductPlan> plans = planProduct(machine, spec, problem);
  Choice<const ProductPlan *> whole(machine);
  for (const ProductPlan &plan : plans) {
    MaybeImage image = program(plan, Cut());
    if (!image)
      return std::nullopt;
    whole.offer(&plan, std::move(*image), kMaxCutPlans);
  }
  Choice<const ProductPlan *> all = whole;
  for (const ProductPlan *plan : whole.sources())
    for (const Cut &cut : kCuts) {
      // One that does not exist is not missed.
      if (MaybeImage image = program(*plan, cut))
        all.offer(plan, std::move(*image), kMaxPrograms);
      problem.clear();
    }
  return all.take();
}

} // namespace systole::sim
