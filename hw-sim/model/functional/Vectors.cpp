//===- Vectors.cpp - vx, vx.reduce and vx.table ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The vector engine, one lane of one output at a time, in the numbered steps of
// Isa.td.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Extents.h"
#include "hw-sim/model/Picture.h"
#include "hw-sim/model/functional/Execute.h"
#include "hw-sim/model/functional/Numerics.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Lanes in memory
//===----------------------------------------------------------------------===//

static int32_t int16At(const uint8_t *bytes) {
  return int16_t(bytes[0] | bytes[1] << 8);
}
static int32_t int32At(const uint8_t *bytes) {
  return int32_t(bytes[0] | bytes[1] << 8 | bytes[2] << 16 |
                 uint32_t(bytes[3]) << 24);
}

/// Lane j of the row that starts at `row`.
static int32_t sourceLane(VectorSource type, const uint8_t *row, int64_t j) {
  switch (type) {
  case VectorSource::Accumulators:
  case VectorSource::Depthwise:
    return int32At(row + 4 * j);
  case VectorSource::Int8:
    return int8_t(row[j]);
  case VectorSource::Uint8:
    return row[j];
  case VectorSource::Int16:
    return int16At(row + 2 * j);
  }
  return 0;
}

static int32_t operandLane(OperandType type, const uint8_t *row, int64_t j) {
  switch (type) {
  case OperandType::Int8:
    return int8_t(row[j]);
  case OperandType::Uint8:
    return row[j];
  case OperandType::Int16:
    return int16At(row + 2 * j);
  case OperandType::Row:
    return int32At(row);
  }
  return 0;
}

namespace {
/// What the parameter memory holds for a column; what is not read is 0.
struct ColumnParameters {
  int32_t bias = 0;
  uint32_t multiplier = 0;
  int32_t shift = 0;
};
} // namespace

/// Of lane j of the channel block whose parameters start at `block`.
static ColumnParameters columnParameters(const Machine &machine,
                                         const VxConfig &config,
                                         const uint8_t *block, int64_t j) {
  int64_t words = parameterBlockWords(config), lanes = machine.lanes();
  ColumnParameters column;
  if (words > 0)
    column.bias = int32At(block + 4 * j);
  if (words > 4) {
    column.multiplier = int32At(block + 4 * lanes + 4 * j);
    column.shift = int8_t(block[8 * lanes + j]);
  }
  return column;
}

//===----------------------------------------------------------------------===//
// The steps of vx
//===----------------------------------------------------------------------===//

/// `to` with the multiplier and shift of the column where it is per column.
static Rescale ofColumn(Rescale to, const ColumnParameters &column) {
  if (to.perColumn) {
    to.multiplier = column.multiplier;
    to.shift = column.shift;
  }
  return to;
}

static int32_t rescaled(const Rescale &to, int32_t x) {
  return offsetAndClamp(to, rescale(to.rounding, x, to.multiplier, to.shift));
}

/// Steps 1 to 3: a tap that was read as `s`.
static int32_t tapValue(const VxConfig &config, const ColumnParameters &column,
                        const std::array<int32_t, 256> &table, int32_t s) {
  if (config.stages.bias == Bias::First)
    s = addWrapping(s, column.bias);
  if (config.rescale.rounding != Rounding::None)
    s = rescaled(ofColumn(config.rescale, column), s);
  return config.stages.lookup == Lookup::Rescaled ? table[s & 255] : s;
}

/// Step 4, over taps in any order.
static int32_t pooled(const VxConfig &config, const std::vector<int32_t> &taps,
                      int64_t allTaps) {
  if (taps.empty())
    return 0;
  int32_t sum = 0;
  for (int32_t tap : taps)
    sum = addWrapping(sum, tap);
  switch (config.stages.pool) {
  case Pool::None:
    return taps.front();
  case Pool::Max:
    return *std::max_element(taps.begin(), taps.end());
  case Pool::Sum:
    return sum;
  case Pool::Average:
    return averageOf(sum, config.stages.countOutside ? allTaps
                                                     : int64_t(taps.size()));
  }
  return 0;
}

/// Steps 5 and 6 of an addition in float rounding.
static int32_t floatAddition(const VxConfig &config,
                             const ColumnParameters &column, int32_t a,
                             int32_t b) {
  const Scale &scale = config.scale;
  float t = float(a) * floatOf(scale.multiplier0) +
            float(b) * floatOf(scale.multiplier1);
  if (config.stages.bias == Bias::Product)
    t += float(column.bias);
  Rescale to = ofColumn(config.result, column);
  return offsetAndClamp(to, roundHalfEven(t * floatOf(to.multiplier)));
}

/// Step 5, all but none and row_multiply: the value that `result` rescales.
static int32_t combined(const VxConfig &config, int32_t v, int32_t w) {
  const Stages &stages = config.stages;
  const Scale &scale = config.scale;
  int32_t a = subtractWrapping(v, stages.zeroPoint);
  int32_t b = subtractWrapping(w, config.operand.zeroPoint);
  auto part = [&](int32_t x, uint32_t multiplier, int32_t shift) {
    if (config.result.rounding == Rounding::None)
      return x;
    return int32_t(rescale(config.result.rounding,
                           shiftLeftWrapping(x, scale.left), multiplier,
                           shift));
  };
  switch (stages.combine) {
  case Combine::Add:
    return addWrapping(part(a, scale.multiplier0, scale.shift0),
                       part(b, scale.multiplier1, scale.shift1));
  case Combine::Multiply:
    return multiplyWrapping(a, b);
  case Combine::Subtract:
    return subtractWrapping(shiftLeftWrapping(a, scale.left), w);
  default:
    return a;
  }
}

/// Steps 5 and 6.
static int32_t resultOf(const VxConfig &config, const ColumnParameters &column,
                        int32_t v, int32_t w) {
  const Stages &stages = config.stages;
  int32_t a = subtractWrapping(v, stages.zeroPoint);
  if (stages.combine == Combine::None)
    return v;
  if (stages.combine == Combine::RowMultiply)
    return offsetAndClamp(config.result,
                          timesReciprocal(a, w, config.result.shift));
  if (stages.combine == Combine::Add &&
      config.result.rounding == Rounding::Float)
    return floatAddition(config, column, a,
                         subtractWrapping(w, config.operand.zeroPoint));
  int32_t t = combined(config, v, w);
  if (stages.bias == Bias::Product)
    t = addWrapping(t, column.bias);
  return rescaled(ofColumn(config.result, column), t);
}

//===----------------------------------------------------------------------===//
// vx
//===----------------------------------------------------------------------===//

/// The rows that the taps of window (y, x) of channel block `c` read, those
/// inside the edges, in the order ky, kx.
static std::vector<const uint8_t *> tapRows(const Memories &memories,
                                            const VxConfig &config,
                                            const PictureView &picture,
                                            int64_t c, int64_t y, int64_t x) {
  std::vector<const uint8_t *> rows;
  for (int64_t ky = 0; ky < picture.window.kernelY; ++ky)
    for (int64_t kx = 0; kx < picture.window.kernelX; ++kx) {
      int64_t Y = picture.rowOf(y, ky), X = picture.columnOf(x, kx);
      if (picture.isInside(Y, X))
        rows.push_back(memories.at(memoryOf(config.stages.source),
                                   picture.addressOf(Y, X, c)));
    }
  return rows;
}

/// Step 8: lane j of the row at `to`.
static void writeLane(TargetType type, uint8_t *to, int64_t j, int32_t value) {
  if (type == TargetType::Int8) {
    to[j] = uint8_t(value);
    return;
  }
  to[2 * j] = uint8_t(value);
  to[2 * j + 1] = uint8_t(value >> 8);
}

/// The word of output (y, x) of channel block c.
template <typename Pitches>
static int64_t wordOf(int64_t first, const Pitches &pitch, int64_t c, int64_t y,
                      int64_t x) {
  return first + c * pitch.channel + y * pitch.y + x * pitch.x;
}

/// One output of vx.
static void combineRow(const Machine &machine, const VxConfig &config,
                       const Vector &work, int64_t c, int64_t y, int64_t x,
                       State &state) {
  PictureView picture(config, work);
  Memories &memories = state.memories;
  std::vector<const uint8_t *> rows =
      tapRows(memories, config, picture, c, y, x);
  const uint8_t *operand = nullptr, *block = nullptr;
  if (usesOperand(config))
    operand = memories.at(Memory::Scratchpad,
                          wordOf(work.operand, config.operand, c, y, x));
  if (int64_t words = parameterBlockWords(config))
    block = memories.at(Memory::Parameters, work.parameters + c * words);

  // The whole row is read before it is written: they may be the same words.
  std::vector<int32_t> results, taps;
  for (int64_t j = 0; j < int64_t(machine.lanes()); ++j) {
    ColumnParameters column = columnParameters(machine, config, block, j);
    taps.clear();
    for (const uint8_t *row : rows)
      taps.push_back(tapValue(config, column, state.table,
                              sourceLane(config.stages.source, row, j)));
    int32_t v = pooled(config, taps, picture.taps());
    int32_t w = operand ? operandLane(config.operand.element, operand, j) : 0;
    int32_t t = resultOf(config, column, v, w);
    results.push_back(
        config.stages.lookup == Lookup::Result ? state.table[t & 255] : t);
  }
  uint8_t *to = memories.at(Memory::Scratchpad,
                            wordOf(work.target, config.target, c, y, x));
  for (int64_t j = 0; j < int64_t(machine.lanes()); ++j)
    writeLane(config.target.element, to, j, results[j]);
}

void combineRows(const Machine &machine, const VxConfig &config,
                 const Vector &work, State &state) {
  for (int64_t c = 0; c < config.window.channels; ++c)
    for (int64_t y = 0; y < work.height; ++y)
      for (int64_t x = 0; x < work.width; ++x)
        combineRow(machine, config, work, c, y, x, state);
}

//===----------------------------------------------------------------------===//
// vx.reduce
//===----------------------------------------------------------------------===//

/// All values of window (y, x) that count.
static std::vector<int32_t> countedValues(const Machine &machine,
                                          const VxConfig &config,
                                          const Reduce &work,
                                          const Memories &memories, int64_t c,
                                          int64_t y, int64_t x) {
  PictureView picture(config, work);
  std::vector<int32_t> values;
  for (int64_t ky = 0; ky < picture.window.kernelY; ++ky)
    for (int64_t kx = 0; kx < picture.window.kernelX; ++kx) {
      int64_t Y = picture.rowOf(y, ky), X = picture.columnOf(x, kx);
      if (!picture.isInside(Y, X))
        continue;
      const uint8_t *row = memories.at(memoryOf(config.stages.source),
                                       picture.addressOf(Y, X, c));
      bool isLast = ky == picture.window.kernelY - 1;
      int64_t lanes = int64_t(machine.lanes()) - (isLast ? work.pad : 0);
      for (int64_t j = 0; j < lanes; ++j)
        values.push_back(subtractWrapping(
            sourceLane(config.stages.source, row, j), config.stages.zeroPoint));
    }
  return values;
}

static int32_t reduced(const Reduce &work, const std::vector<int32_t> &values) {
  if (values.empty())
    return 0;
  if (work.reduction == Reduction::Max)
    return *std::max_element(values.begin(), values.end());
  uint32_t sum = 0;
  for (int32_t v : values)
    sum += work.reduction == Reduction::Sum ? uint32_t(v)
                                            : shiftedSquare(v, work.shift);
  return int32_t(sum);
}

int32_t applied(const VxConfig &config, const Reduce &work, int32_t x) {
  switch (work.apply) {
  case Apply::None:
    return x;
  case Apply::Rescale:
    return rescaled(config.result, x);
  case Apply::Reciprocal:
    return int32_t(reciprocalOf(x));
  case Apply::Rsqrt:
    return int32_t(reciprocalRootOf(x));
  }
  return x;
}

void reduceRows(const Machine &machine, const VxConfig &config,
                const Reduce &work, State &state) {
  Memories &memories = state.memories;
  for (int64_t c = 0; c < config.window.channels; ++c)
    for (int64_t y = 0; y < work.height; ++y)
      for (int64_t x = 0; x < work.width; ++x) {
        uint32_t value =
            applied(config, work,
                    reduced(work, countedValues(machine, config, work, memories,
                                                c, y, x)));
        uint8_t *to = memories.at(Memory::Scratchpad,
                                  wordOf(work.target, config.target, c, y, x));
        for (uint64_t byte = 0; byte < machine.lanes(); ++byte)
          to[byte] = byte < 4 ? uint8_t(value >> (8 * byte)) : 0;
      }
}

//===----------------------------------------------------------------------===//
// vx.table
//===----------------------------------------------------------------------===//

void loadTable(const Machine &, const LoadTable &work, State &state) {
  const uint8_t *from = state.memories.at(Memory::Parameters, work.source);
  for (unsigned i = 0; i < state.table.size(); ++i)
    switch (work.entries) {
    case TableType::Int8:
      state.table[i] = int8_t(from[i]);
      break;
    case TableType::Uint8:
      state.table[i] = from[i];
      break;
    case TableType::Int16:
      state.table[i] = int16At(from + 2 * i);
      break;
    }
}

} // namespace systole::sim
