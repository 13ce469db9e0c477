//===- LowerBoxes.cpp - graph.non_max_suppression for the CPU -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three kernels: the first selects for each batch entry and class, in parallel,
// into rows as long as the limit; the second counts what was selected, which
// tells the size of the result; the third writes it.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StrictFloat.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;
using F = StrictFloat::P;

namespace {
/// The selection of one batch entry and class. Kernel inputs: boxes, scores,
/// iou threshold, score threshold; outputs: selected boxes, how many, flags of
/// boxes that are left.
struct Selection {
  KernelBuilder &k;
  StrictFloat f;
  Value boxes, limit; ///< Number of boxes; most that are selected.
  Value firstBox, firstScore, firstRow; ///< Offsets of this entry and class.
  Value row;                            ///< Number of this entry and class.

  struct Box {
    Value top, left, bottom, right;
  };
  Box box(Value i);
  Value overlaps(const Box &x, const Box &y);
  Value score(Value i) { return k.load(k.inputs[1], k.add(firstScore, i)); }
  Value isLeft(Value i) { return k.load(k.outputs[2], k.add(firstScore, i)); }
  void setLeft(Value i, Value value) {
    k.store(k.outputs[2], k.add(firstScore, i), value);
  }
  Value best();
  void emit();
};
} // namespace

Selection::Box Selection::box(Value i) {
  Value at = k.add(firstBox, k.mul(i, k.c(4)));
  Value corner[4];
  for (int64_t d = 0; d < 4; ++d)
    corner[d] = k.load(k.inputs[0], k.add(at, k.c(d)));
  return {f.min(corner[0], corner[2]), f.min(corner[1], corner[3]),
          f.max(corner[0], corner[2]), f.max(corner[1], corner[3])};
}

/// True if the intersection is more of the union than the threshold.
Value Selection::overlaps(const Box &x, const Box &y) {
  Value height = f.sub(f.min(x.bottom, y.bottom), f.max(x.top, y.top));
  Value width = f.sub(f.min(x.right, y.right), f.max(x.left, y.left));
  Value areaX = f.mul(f.sub(x.bottom, x.top), f.sub(x.right, x.left));
  Value areaY = f.mul(f.sub(y.bottom, y.top), f.sub(y.right, y.left));
  Value common = f.mul(height, width),
        both = f.sub(f.add(areaX, areaY), common);
  Value result =
      f.cmp(F::OGT, f.div(common, both), k.load(k.inputs[2], k.c(0)));
  for (Value positive : {height, width, common, areaX, areaY, both})
    result = f.both(result, f.cmp(F::OGT, positive, f.c(0.0)));
  return result;
}

/// The box of the best score that is left, or -1.
Value Selection::best() {
  return k.carriedLoop(k.c(0), boxes, 1, {k.c(-1), f.c(0.0)},
                       [&](Value i, ValueRange carried) -> SmallVector<Value> {
                         Value found = k.cmp(P::slt, carried[0], k.c(0));
                         Value higher = f.cmp(F::OGT, score(i), carried[1]);
                         Value first =
                             arith::OrIOp::create(k.b, k.loc, found, higher);
                         Value take = f.both(isLeft(i), first);
                         return {k.select(take, i, carried[0]),
                                 k.select(take, score(i), carried[1])};
                       })[0];
}

void Selection::emit() {
  Value no = arith::ConstantOp::create(k.b, k.loc, k.b.getBoolAttr(false));
  k.loop(k.c(0), boxes, 1, [&](Value i) {
    setLeft(i, f.cmp(F::OGT, score(i), k.load(k.inputs[3], k.c(0))));
  });
  // Once nothing is left, the remaining steps do nothing.
  Value count = k.carriedLoop(
      k.c(0), limit, 1, {k.c(0)}, [&](Value step, ValueRange carried) {
        auto active = scf::IfOp::create(k.b, k.loc, k.b.getIndexType(),
                                        k.cmp(P::eq, step, carried[0]), true);
        k.b.setInsertionPointToStart(active.thenBlock());
        Value chosen = best();
        Value found = k.cmp(P::sge, chosen, k.c(0));
        k.ifThen(found, [&] {
          k.store(k.outputs[0], k.add(firstRow, step), k.toI64(chosen));
          Box selected = box(chosen);
          k.loop(k.c(0), boxes, 1, [&](Value i) {
            Value gone = overlaps(box(i), selected);
            setLeft(i, k.select(gone, no, isLeft(i)));
          });
          setLeft(chosen, no);
        });
        Value next = k.add(carried[0], k.select(found, k.c(1), k.c(0)));
        scf::YieldOp::create(k.b, k.loc, next);
        k.b.setInsertionPointToStart(active.elseBlock());
        scf::YieldOp::create(k.b, k.loc, carried[0]);
        k.b.setInsertionPointAfter(active);
        return SmallVector<Value>{active.getResult(0)};
      })[0];
  k.store(k.outputs[1], row, k.toI64(count));
}

/// The sum of all counts, on the host.
static Value totalOf(HostBuilder &host, const CodeTensor &counts) {
  CodeTensor total = host.flag();
  KernelBuilder k = host.kernel("sum", counts, total);
  k.loop(k.begin, k.end, 1, [&](Value) {
    Value zero = intConstant(k.b, k.loc, k.b.getI64Type(), 0);
    Value sum =
        k.carriedLoop(k.c(0), k.inputs[0].dims[0], 1, zero,
                      [&](Value i, ValueRange carried) -> SmallVector<Value> {
                        return {arith::AddIOp::create(k.b, k.loc, carried[0],
                                                      k.load(k.inputs[0], i))};
                      })[0];
    k.store(k.outputs[0], k.c(0), sum);
  });
  host.launch(k, host.c(1), host.c(100), counts, total);
  return host.toIndex(host.load(total, host.c(0)));
}

/// Writes (entry, class, box) of each selected box.
static void writeRows(HostBuilder &host, const CodeTensor &selected,
                      const CodeTensor &counts, Value classes,
                      const CodeTensor &output) {
  KernelBuilder k = host.kernel("write_rows", {selected, counts}, output);
  Value perEntry = k.import(classes), limit = k.inputs[0].dims[1];
  k.loop(k.begin, k.end, 1, [&](Value) {
    k.carriedLoop(k.c(0), k.inputs[1].dims[0], 1, {k.c(0)},
                  [&](Value row, ValueRange done) {
                    Value count = k.toIndex(k.load(k.inputs[1], row));
                    Value entry = k.div(row, perEntry),
                          number = k.rem(row, perEntry);
                    k.loop(k.c(0), count, 1, [&](Value i) {
                      Value to = k.mul(k.add(done[0], i), k.c(3));
                      k.store(k.outputs[0], to, k.toI64(entry));
                      k.store(k.outputs[0], k.add(to, k.c(1)), k.toI64(number));
                      Value box =
                          k.load(k.inputs[0], k.add(k.mul(row, limit), i));
                      k.store(k.outputs[0], k.add(to, k.c(2)), box);
                    });
                    return SmallVector<Value>{k.add(done[0], count)};
                  });
  });
  host.launch(k, host.c(1), host.c(100), {selected, counts}, output);
}

LogicalResult
systole::cpu::lowerNonMaxSuppression(HostBuilder &host,
                                     graph::NonMaxSuppressionOp op) {
  CodeTensor boxes = host.get(op.getBoxes()), scores = host.get(op.getScores());
  auto same = [&](Value x, Value y, const Twine &what) {
    host.check(host.cmp(P::eq, x, y), what, {x, y});
  };
  same(boxes.dims[2], host.c(4), "boxes of %lld numbers instead of %lld");
  same(boxes.dims[0], scores.dims[0], "%lld entries of boxes, %lld of scores");
  same(boxes.dims[1], scores.dims[2], "%lld boxes, %lld scores");
  SmallVector<CodeTensor> inputs{boxes, scores, host.get(op.getIouThreshold()),
                                 host.get(op.getScoreThreshold())};
  CodeTensor most = host.get(op.getMaxBoxes());
  for (const CodeTensor &limit : {most, inputs[2], inputs[3]})
    same(host.product(limit.dims), host.c(1),
         "a limit has %lld elements instead of %lld");
  Value count = boxes.dims[1], classes = scores.dims[1];
  Value rows = host.mul(scores.dims[0], classes);
  Value limit = host.min(
      host.max(host.toIndex(host.load(most, host.c(0))), host.c(0)), count);
  Type i64 = host.b.getI64Type();
  int64_t any = ShapedType::kDynamic;
  CodeTensor selected =
      host.scratch(RankedTensorType::get({any, any}, i64), {rows, limit});
  CodeTensor counts = host.scratch(RankedTensorType::get({any}, i64), {rows});
  CodeTensor left = host.scratch(
      RankedTensorType::get({any, any}, host.b.getI1Type()), {rows, count});
  SmallVector<CodeTensor> outputs{selected, counts, left};
  KernelBuilder k = host.kernel("select_boxes", inputs, outputs);
  Value kernelCount = k.import(count), kernelClasses = k.import(classes);
  Value kernelLimit = k.import(limit);
  k.loop(k.begin, k.end, 1, [&](Value row) {
    Value entry = k.div(row, kernelClasses);
    Selection{k,
              {k, computeType(boxes.element())},
              kernelCount,
              kernelLimit,
              k.mul(k.mul(entry, kernelCount), k.c(4)),
              k.mul(row, kernelCount),
              k.mul(row, kernelLimit),
              row}
        .emit();
  });
  host.launch(k, rows, host.mul(host.mul(count, limit), host.c(20)), inputs,
              outputs);
  CodeTensor output =
      host.define(op.getResult(), {totalOf(host, counts), host.c(3)});
  writeRows(host, selected, counts, classes, output);
  return success();
}
