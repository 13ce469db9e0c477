//===- DepthwiseKernel.cpp - One filter for each channel ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Channels are lanes: a tile is `rows` neighbouring positions of one vector of
// channels, and each tap loads a vector of weights and one of input for each
// row.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Contraction.h"
#include "backends/Cpu/ElementTypes.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

namespace {
struct DepthwiseEmitter {
  HostBuilder &host;
  const DepthwisePlan &plan;
  KernelBuilder k;
  Value segmentRows, rowStride;
  SmallVector<Value> segmentDims, segmentStrides, tapStrides;

  DepthwiseEmitter(HostBuilder &host, const DepthwisePlan &plan,
                   ArrayRef<CodeTensor> inputs)
      : host(host), plan(plan),
        k(host.kernel("depthwise", inputs, plan.output)) {
    segmentRows = k.import(plan.segmentRows);
    rowStride = k.import(plan.rowStride);
    segmentDims = k.import(plan.segmentDims);
    segmentStrides = k.import(plan.segmentStrides);
    for (const Tap &tap : plan.taps)
      tapStrides.push_back(k.import(tap.stride));
  }

  void emitTile(int64_t rows, Value inputAt, Value outputRow, Value channel,
                int64_t valid);
  void emitSegment(Value segment, Value channel, int64_t valid);
};
} // namespace

void DepthwiseEmitter::emitTile(int64_t rows, Value inputAt, Value outputRow,
                                Value channel, int64_t valid) {
  int64_t lanes = plan.tile.lanes;
  Value init = plan.bias ? k.loadVector(k.inputs[2], channel, lanes, valid)
                         : zeroVector(k, plan.sum, lanes);
  SmallVector<Value> sums(rows, init);
  std::function<SmallVector<Value>(size_t, Value, Value, ValueRange)> taps =
      [&](size_t t, Value at, Value tapIndex,
          ValueRange carried) -> SmallVector<Value> {
    if (t < plan.taps.size()) {
      Value first = k.mul(tapIndex, k.c(plan.taps[t].count));
      auto body = [&](Value tap, ValueRange next) {
        return taps(t + 1, k.add(at, k.mul(tap, tapStrides[t])),
                    k.add(first, tap), next);
      };
      // The innermost taps are unrolled, so that neighbouring rows share loads.
      if (t + 1 < plan.taps.size() || plan.taps[t].count > 7)
        return k.carriedLoop(k.c(0), k.c(plan.taps[t].count), 1, carried, body);
      SmallVector<Value> sums(carried);
      for (int64_t tap = 0; tap < plan.taps[t].count; ++tap)
        sums = body(k.c(tap), sums);
      return sums;
    }
    Value weight = k.loadVector(
        k.inputs[1], k.add(k.mul(tapIndex, k.c(plan.channels)), channel), lanes,
        valid);
    SmallVector<Value> next;
    for (int64_t r = 0; r < rows; ++r) {
      Value from = k.add(k.add(at, k.mul(k.c(r), rowStride)), channel);
      next.push_back(
          multiplyAddLanes(k, k.loadVector(k.inputs[0], from, lanes, valid),
                           weight, carried[r]));
    }
    return next;
  };
  sums = taps(0, inputAt, k.c(0), sums);
  for (int64_t r = 0; r < rows; ++r) {
    Value at =
        k.add(k.mul(k.add(outputRow, k.c(r)), k.c(plan.channels)), channel);
    Value result = applyEpilogue(k, plan.epilogue, plan.bias ? 3 : 2, sums[r],
                                 at, channel, lanes, valid);
    k.storeVector(k.outputs[0], at, result, valid);
  }
}

void DepthwiseEmitter::emitSegment(Value segment, Value channel,
                                   int64_t valid) {
  int64_t height = plan.tile.rows;
  SmallVector<Value> indices = k.delinearize(segment, segmentDims);
  Value inputAt = k.linear(indices, segmentStrides),
        outputRow = k.mul(segment, segmentRows);
  auto at = [&](Value row) { return k.add(inputAt, k.mul(row, rowStride)); };
  Value wholeRows = k.mul(k.div(segmentRows, k.c(height)), k.c(height));
  k.loop(k.c(0), wholeRows, height, [&](Value row) {
    emitTile(height, at(row), k.add(outputRow, row), channel, valid);
  });
  auto known = CodeBuilder::constant(segmentRows);
  if (known && *known % height != 0)
    emitTile(*known % height, at(wholeRows), k.add(outputRow, wholeRows),
             channel, valid);
  if (!known)
    k.loop(wholeRows, segmentRows, 1, [&](Value row) {
      emitTile(1, at(row), k.add(outputRow, row), channel, valid);
    });
}

void systole::cpu::launchDepthwise(HostBuilder &host,
                                   const DepthwisePlan &plan) {
  SmallVector<CodeTensor> inputs = kernelInputs(plan);
  DepthwiseEmitter emitter(host, plan, inputs);
  KernelBuilder &k = emitter.k;
  int64_t lanes = plan.tile.lanes, whole = plan.channels / lanes * lanes;
  k.loop(k.begin, k.end, 1, [&](Value segment) {
    k.loop(k.c(0), k.c(whole), lanes, [&](Value channel) {
      emitter.emitSegment(segment, channel, lanes);
    });
    if (whole < plan.channels)
      emitter.emitSegment(segment, k.c(whole), plan.channels - whole);
  });
  Value work = host.mul(plan.segmentRows, host.c(plan.channels));
  for (const Tap &tap : plan.taps)
    work = host.mul(work, host.c(tap.count));
  host.launch(k, plan.segments, work, inputs, plan.output);
}
