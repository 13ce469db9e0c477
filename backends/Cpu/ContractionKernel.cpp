//===- ContractionKernel.cpp - Register tiles -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Order of the loops, outermost first: panel of weights, segment and tile of
// rows, taps, run. A panel stays in the second-level cache while all rows pass
// by it. Threads share panels out, and rows where panels are few.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Contraction.h"
#include "backends/Cpu/ElementTypes.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

Value systole::cpu::applyEpilogue(KernelBuilder &k, const Epilogue &epilogue,
                                  size_t firstInput, Value accumulator,
                                  Value element, Value channel, int64_t lanes,
                                  int64_t valid) {
  llvm::DenseMap<Value, Value> values;
  values[epilogue.rootResult] = accumulator;
  for (auto [i, operand] : llvm::enumerate(epilogue.operands)) {
    const CodeTensor &tensor = k.inputs[firstInput + i];
    switch (operand.access) {
    case Epilogue::Access::Scalar: {
      auto type = VectorType::get(lanes, computeType(tensor.element()));
      values[operand.inside] =
          vector::BroadcastOp::create(k.b, k.loc, type, k.load(tensor, k.c(0)));
      break;
    }
    case Epilogue::Access::Channel:
      values[operand.inside] = k.loadVector(tensor, channel, lanes, valid);
      break;
    case Epilogue::Access::Element:
      values[operand.inside] = k.loadVector(tensor, element, lanes, valid);
      break;
    }
  }
  return evaluate(k, epilogue.operations, epilogue.result, values, lanes);
}

namespace {
/// Emits the kernel of one plan.
struct TileEmitter {
  HostBuilder &host;
  const ContractionPlan &plan;
  KernelBuilder k;
  /// `plan`'s values inside the kernel.
  Value segmentRows, rowStride, run, runSteps, steps;
  SmallVector<Value> segmentDims, segmentStrides, tapStrides;
  size_t biasInput = 0, firstEpilogueInput = 0;

  TileEmitter(HostBuilder &host, const ContractionPlan &plan,
              ArrayRef<CodeTensor> inputs)
      : host(host), plan(plan),
        k(host.kernel("contraction", inputs, plan.output)) {
    segmentRows = k.import(plan.segmentRows);
    rowStride = k.import(plan.rowStride);
    run = k.import(plan.run);
    segmentDims = k.import(plan.segmentDims);
    segmentStrides = k.import(plan.segmentStrides);
    runSteps = steps = k.ceilDiv(run, step());
    for (const Tap &tap : plan.taps) {
      tapStrides.push_back(k.import(tap.stride));
      steps = k.mul(steps, k.c(tap.count));
    }
    biasInput = 2;
    firstEpilogueInput = plan.bias ? 3 : 2;
  }

  int64_t step() const { return stepOf(plan.input.element()); }
  /// Elements of a panel's line: the weights of one step.
  int64_t lineLength() const { return plan.tile.columns() * step(); }
  SmallVector<Value> reduceStep(int64_t rows, int64_t vectors, Value elementAt,
                                Value lineAt, ValueRange sums, int64_t count);
  SmallVector<Value> reduceRun(int64_t rows, int64_t vectors, Value at,
                               Value weightsAt, ValueRange sums);
  SmallVector<Value> reduce(int64_t rows, int64_t vectors, Value inputAt,
                            Value panelAt, SmallVector<Value> sums);
  void emitTile(int64_t rows, Value inputAt, Value panelAt, Value outputRow,
                Value channel, int64_t valid);
  void emitRows(Value segment, Value tile, Value panelAt, Value group,
                Value channel, int64_t valid);
  void emitTiles(Value panel, Value firstTile, Value endTile, Value weightsAt);
  Value tilesPerSegment() { return k.ceilDiv(segmentRows, plan.tile.rows); }
};
} // namespace

/// One step of all sums, of `count` elements: a broadcast for each row, a
/// vector of weights for each vector of columns.
SmallVector<Value> TileEmitter::reduceStep(int64_t rows, int64_t vectors,
                                           Value elementAt, Value lineAt,
                                           ValueRange sums, int64_t count) {
  int64_t lanes = plan.tile.lanes;
  SmallVector<Value> weights, next;
  for (int64_t v = 0; v < vectors; ++v)
    weights.push_back(loadWeights(
        k, k.inputs[1], k.add(lineAt, k.c(v * lanes * step())), lanes));
  for (int64_t r = 0; r < rows; ++r) {
    Value offset = k.add(elementAt, k.mul(k.c(r), rowStride));
    Value x = broadcastStep(k, k.inputs[0], offset, lanes, count);
    for (int64_t v = 0; v < vectors; ++v)
      next.push_back(multiplyAdd(k, host.lowering.target, x, weights[v],
                                 sums[r * vectors + v]));
  }
  return next;
}

/// The steps of one run, the last of which may have fewer elements.
SmallVector<Value> TileEmitter::reduceRun(int64_t rows, int64_t vectors,
                                          Value at, Value weightsAt,
                                          ValueRange sums) {
  Value whole = k.div(run, k.c(step()));
  SmallVector<Value> result =
      k.carriedLoop(k.c(0), whole, 1, sums, [&](Value i, ValueRange carried) {
        return reduceStep(rows, vectors, k.add(at, k.mul(i, k.c(step()))),
                          k.add(weightsAt, k.mul(i, k.c(lineLength()))),
                          carried, step());
      });
  auto length = CodeBuilder::constant(run);
  if (step() == 1 || *length % step() == 0)
    return result;
  return reduceStep(rows, vectors, k.add(at, k.mul(whole, k.c(step()))),
                    k.add(weightsAt, k.mul(whole, k.c(lineLength()))), result,
                    *length % step());
}

/// The loops over taps and the run, sums carried in registers.
SmallVector<Value> TileEmitter::reduce(int64_t rows, int64_t vectors,
                                       Value inputAt, Value panelAt,
                                       SmallVector<Value> sums) {
  std::function<SmallVector<Value>(size_t, Value, Value, ValueRange)> taps =
      [&](size_t t, Value at, Value tapIndex,
          ValueRange carried) -> SmallVector<Value> {
    if (t < plan.taps.size()) {
      Value first = k.mul(tapIndex, k.c(plan.taps[t].count));
      return k.carriedLoop(k.c(0), k.c(plan.taps[t].count), 1, carried,
                           [&](Value tap, ValueRange next) {
                             return taps(t + 1,
                                         k.add(at, k.mul(tap, tapStrides[t])),
                                         k.add(first, tap), next);
                           });
    }
    Value weightsAt =
        k.add(panelAt, k.mul(k.mul(tapIndex, runSteps), k.c(lineLength())));
    return reduceRun(rows, vectors, at, weightsAt, carried);
  };
  return taps(0, inputAt, k.c(0), sums);
}

/// One register tile: `valid` of the panel's columns exist.
void TileEmitter::emitTile(int64_t rows, Value inputAt, Value panelAt,
                           Value outputRow, Value channel, int64_t valid) {
  int64_t lanes = plan.tile.lanes, vectors = (valid + lanes - 1) / lanes;
  auto validLanes = [&](int64_t v) {
    return std::min(lanes, valid - v * lanes);
  };
  SmallVector<Value> sums;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t v = 0; v < vectors; ++v)
      sums.push_back(plan.bias && r == 0
                         ? k.loadVector(k.inputs[biasInput],
                                        k.add(channel, k.c(v * lanes)), lanes,
                                        validLanes(v))
                     : r == 0 ? zeroVector(k, plan.sum, lanes)
                              : sums[v]);
  sums = reduce(rows, vectors, inputAt, panelAt, sums);
  Value lineLength = k.c(plan.columns);
  for (int64_t r = 0; r < rows; ++r) {
    Value line = k.add(k.mul(k.add(outputRow, k.c(r)), lineLength), channel);
    for (int64_t v = 0; v < vectors; ++v) {
      Value at = k.add(line, k.c(v * lanes));
      Value result = applyEpilogue(
          k, plan.epilogue, firstEpilogueInput, sums[r * vectors + v], at,
          k.add(channel, k.c(v * lanes)), lanes, validLanes(v));
      k.storeVector(k.outputs[0], at, result, validLanes(v));
    }
  }
}

/// The rows of one tile: all of them, or what is left at the segment's end.
void TileEmitter::emitRows(Value segment, Value tile, Value panelAt,
                           Value group, Value channel, int64_t valid) {
  int64_t height = plan.tile.rows;
  Value first = k.mul(tile, k.c(height));
  SmallVector<Value> indices = k.delinearize(segment, segmentDims);
  Value inputAt =
      k.add(k.linear(indices, segmentStrides), k.mul(first, rowStride));
  if (plan.groups > 1)
    inputAt = k.add(inputAt, k.mul(group, k.c(plan.groupInputs)));
  Value outputRow = k.add(k.mul(segment, segmentRows), first);
  auto known = CodeBuilder::constant(segmentRows);
  if (known && *known % height == 0)
    return emitTile(height, inputAt, panelAt, outputRow, channel, valid);
  if (known && *known < height)
    return emitTile(*known, inputAt, panelAt, outputRow, channel, valid);
  Value left = k.sub(segmentRows, first);
  auto whole =
      scf::IfOp::create(k.b, k.loc, k.cmp(P::sge, left, k.c(height)), true);
  k.b.setInsertionPointToStart(whole.thenBlock());
  emitTile(height, inputAt, panelAt, outputRow, channel, valid);
  k.b.setInsertionPointToStart(whole.elseBlock());
  if (known) {
    emitTile(*known % height, inputAt, panelAt, outputRow, channel, valid);
  } else {
    k.loop(k.c(0), left, 1, [&](Value r) {
      emitTile(1, k.add(inputAt, k.mul(r, rowStride)), panelAt,
               k.add(outputRow, r), channel, valid);
    });
  }
  k.b.setInsertionPointAfter(whole);
}

/// Tiles [firstTile, endTile) of all segments' tiles under one panel.
void TileEmitter::emitTiles(Value panel, Value firstTile, Value endTile,
                            Value weightsAt) {
  int64_t perGroup = plan.columns / plan.groups, width = plan.tile.columns();
  Value group = k.div(panel, k.c(plan.panelsPerGroup()));
  Value inGroup = k.rem(panel, k.c(plan.panelsPerGroup()));
  Value channel =
      k.add(k.mul(group, k.c(perGroup)), k.mul(inGroup, k.c(width)));
  Value panelAt =
      k.add(weightsAt, k.mul(k.mul(panel, steps), k.c(lineLength())));
  Value perSegment = tilesPerSegment();
  auto sweep = [&](int64_t valid) {
    k.loop(firstTile, endTile, 1, [&](Value flat) {
      emitRows(k.div(flat, perSegment), k.rem(flat, perSegment), panelAt, group,
               channel, valid);
    });
  };
  int64_t tail = perGroup % width;
  if (tail == 0)
    return sweep(width);
  if (plan.panelsPerGroup() == 1)
    return sweep(tail);
  Value isLast = k.cmp(P::eq, inGroup, k.c(plan.panelsPerGroup() - 1));
  auto branch = scf::IfOp::create(k.b, k.loc, isLast, true);
  k.b.setInsertionPointToStart(branch.thenBlock());
  sweep(tail);
  k.b.setInsertionPointToStart(branch.elseBlock());
  sweep(width);
  k.b.setInsertionPointAfter(branch);
}

void systole::cpu::launchContraction(HostBuilder &host,
                                     const ContractionPlan &plan) {
  SmallVector<CodeTensor> inputs = kernelInputs(plan);
  TileEmitter emitter(host, plan, inputs);
  KernelBuilder &k = emitter.k;
  Value panels = host.c(plan.panels());
  Value tiles = host.ceilDiv(plan.segmentRows, plan.tile.rows), units;
  Value work = host.mul(plan.run, host.c(plan.tile.columns()));
  for (const Tap &tap : plan.taps)
    work = host.mul(work, host.c(tap.count));
  if (plan.weightsPerSegment) {
    // A unit is one panel of one segment.
    units = host.mul(plan.segments, panels);
    work = host.mul(work, plan.segmentRows);
    Value perSegment = k.import(tiles);
    k.loop(k.begin, k.end, 1, [&](Value unit) {
      Value segment = k.div(unit, k.c(plan.panels())),
            panel = k.rem(unit, k.c(plan.panels()));
      Value weightsAt =
          k.mul(segment, k.mul(k.c(plan.panels() * emitter.lineLength()),
                               emitter.steps));
      Value first = k.mul(segment, perSegment);
      emitter.emitTiles(panel, first, k.add(first, perSegment), weightsAt);
    });
  } else {
    // A unit is one panel and one of `blocks` ranges of row tiles.
    Value allTiles = host.mul(tiles, plan.segments);
    int64_t wanted =
        host.lowering.threaded ? host.lowering.target.parallelUnits() : 1;
    Value blocks =
        host.max(host.min(host.c((wanted + plan.panels() - 1) / plan.panels()),
                          allTiles),
                 host.c(1));
    units = host.mul(panels, blocks);
    work = host.div(host.mul(host.mul(work, plan.segmentRows), plan.segments),
                    blocks);
    Value numBlocks = k.import(blocks), numTiles = k.import(allTiles);
    k.loop(k.begin, k.end, 1, [&](Value unit) {
      Value panel = k.div(unit, numBlocks), block = k.rem(unit, numBlocks);
      Value first = k.div(k.mul(block, numTiles), numBlocks);
      Value last = k.div(k.mul(k.add(block, k.c(1)), numTiles), numBlocks);
      emitter.emitTiles(panel, first, last, k.c(0));
    });
  }
  host.launch(k, units, work, inputs, plan.output);
}
