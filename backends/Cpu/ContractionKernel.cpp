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
      auto type = VectorType::get(lanes, tensor.element());
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
  Value segmentRows, rowStride, run, depth;
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
    depth = run;
    for (const Tap &tap : plan.taps) {
      tapStrides.push_back(k.import(tap.stride));
      depth = k.mul(depth, k.c(tap.count));
    }
    biasInput = 2;
    firstEpilogueInput = plan.bias ? 3 : 2;
  }

  Type vectorType() {
    return VectorType::get(plan.tile.lanes, plan.output.element());
  }
  Value multiplyAdd(Value x, Value y, Value sum);
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

/// Contracts to a fused multiply-add where the target has one.
Value TileEmitter::multiplyAdd(Value x, Value y, Value sum) {
  auto flags = arith::FastMathFlags::contract;
  Value product = arith::MulFOp::create(k.b, k.loc, x, y, flags);
  return arith::AddFOp::create(k.b, k.loc, sum, product, flags);
}

/// The loops over taps and the run, sums carried in registers.
SmallVector<Value> TileEmitter::reduce(int64_t rows, int64_t vectors,
                                       Value inputAt, Value panelAt,
                                       SmallVector<Value> sums) {
  int64_t lanes = plan.tile.lanes, columns = plan.tile.columns();
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
    Value weightsAt = k.add(panelAt, k.mul(k.mul(tapIndex, run), k.c(columns)));
    return k.carriedLoop(
        k.c(0), run, 1, carried, [&](Value i, ValueRange sums) {
          SmallVector<Value> weights, next;
          Value lineAt = k.add(weightsAt, k.mul(i, k.c(columns)));
          for (int64_t v = 0; v < vectors; ++v)
            weights.push_back(k.loadVector(
                k.inputs[1], k.add(lineAt, k.c(v * lanes)), lanes, lanes));
          Value elementAt = k.add(at, i);
          for (int64_t r = 0; r < rows; ++r) {
            Value offset = k.add(elementAt, k.mul(k.c(r), rowStride));
            Value scalar = k.load(k.inputs[0], offset);
            Value broadcast =
                vector::BroadcastOp::create(k.b, k.loc, vectorType(), scalar);
            for (int64_t v = 0; v < vectors; ++v)
              next.push_back(
                  multiplyAdd(broadcast, weights[v], sums[r * vectors + v]));
          }
          return next;
        });
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
                     : r == 0 ? floatConstant(k.b, k.loc, vectorType(), 0.0)
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
  Value panelAt = k.add(weightsAt, k.mul(k.mul(panel, depth), k.c(width)));
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
          k.mul(segment,
                k.mul(k.c(plan.panels() * plan.tile.columns()), emitter.depth));
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
