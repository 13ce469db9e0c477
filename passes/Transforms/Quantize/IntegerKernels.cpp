//===- IntegerKernels.cpp - Operations on 8-bit integers ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See IntegerKernels.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/IntegerKernels.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "frontend/Common/Quantization.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using namespace systole::graph;
using frontend::GraphBuilder;

/// How many integers 8 bits hold, and the least of them.
static constexpr int64_t kNumbers = 256, kLowest = -128;

//===----------------------------------------------------------------------===//
// Means
//===----------------------------------------------------------------------===//

/// x - zero point, as `type`.
static Value centredAs(GraphBuilder &b, Value x, Int8Scale by, Type type) {
  Value zero = b.like(x, by.zeroPoint);
  return b.cast(frontend::centred(b, x, by.zeroPoint ? zero : Value()), type);
}

/// The sum along `axes`, which stay, in 32 bits.
static Value sumAlong(GraphBuilder &b, Value x, Int8Scale by,
                      ArrayRef<int64_t> axes, bool keepDims) {
  Value terms = centredAs(b, x, by, b.getBuilder().getI32Type());
  return b.reduce(ReduceKind::sum, terms, axes, keepDims);
}

namespace {
/// One spatial dimension of a pool.
struct PoolAxis {
  int64_t dim, size;
  Window window;
  int64_t kernel, stride;
};
} // namespace

static SmallVector<PoolAxis> poolAxes(AvgPoolOp pool) {
  SmallVector<PoolAxis> axes;
  LayoutAttr layout = pool.getLayout();
  auto type = cast<RankedTensorType>(pool.getInput().getType());
  int64_t count = layout.numSpatial();
  for (int64_t i = 0; i < count; ++i) {
    int64_t dim = layout.spatial(i), size = type.getDimSize(dim);
    int64_t kernel = pool.getKernel()[i], stride = pool.getStrides()[i];
    auto window =
        resolveWindow(size, kernel, stride, 1, pool.getPads()[i],
                      pool.getPads()[count + i], pool.getAutoPad(), false);
    if (!window)
      return {};
    axes.push_back({dim, size, *window, kernel, stride});
  }
  return axes;
}

/// 1 / (elements of a window that are inside) times the scale, in the shape of
/// the result but for batch and channels: one number where all are equal.
static Value poolFactors(GraphBuilder &b, ArrayRef<PoolAxis> axes, int64_t rank,
                         Int8Scale by) {
  SmallVector<int64_t> shape(rank, 1);
  for (const PoolAxis &axis : axes)
    shape[axis.dim] = axis.window.outSize;
  Tensor factors(b.getBuilder().getF32Type(), shape);
  bool equal = true;
  for (int64_t i = 0; i < factors.size(); ++i) {
    int64_t count = 1, rest = i;
    for (int64_t d = rank - 1; d >= 0; rest /= shape[d--])
      for (const PoolAxis &axis : axes)
        if (axis.dim == d) {
          int64_t start = rest % shape[d] * axis.stride - axis.window.padLow;
          count *= std::min(start + axis.kernel, axis.size) -
                   std::max<int64_t>(start, 0);
        }
    factors.setDouble(i,
                      double(by.scale) / double(std::max<int64_t>(count, 1)));
    equal &= factors.getDouble(i) == factors.getDouble(0);
  }
  return equal ? b.scalar(factors.getElementType(), factors.getDouble(0))
               : b.constant(factors);
}

/// Sums of windows: a convolution of each channel with ones.
static Value sumOfWindows(GraphBuilder &b, AvgPoolOp pool, Value x,
                          Int8Scale by) {
  MLIRContext *context = b.getContext();
  int64_t spatial = pool.getLayout().numSpatial();
  auto type = cast<RankedTensorType>(pool.getInput().getType());
  int64_t channels = type.getDimSize(pool.getLayout().channel());
  SmallVector<int64_t> shape(pool.getKernel());
  shape.append({1, channels});
  Tensor ones(IntegerType::get(context, 16), shape);
  for (int64_t i = 0; i < ones.size(); ++i)
    ones.setInt(i, 1);
  SmallVector<NamedAttribute> attributes = {
      b.attr("input_layout", pool.getLayout()),
      b.attr("output_layout", pool.getLayout()),
      b.attr("filter_layout", LayoutAttr::filterChannelsLast(context, spatial)),
      b.attr("strides", pool.getStridesAttr()),
      b.attr("dilations", pool.getDilationsAttr()),
      b.attr("pads", pool.getPadsAttr()),
      b.attr("auto_pad", pool.getAutoPadAttr()),
      b.attr("groups", channels),
      b.attr("sum_type", TypeAttr::get(b.getBuilder().getI32Type()))};
  Value terms = centredAs(b, x, by, IntegerType::get(context, 16));
  return b.make<ConvOp>({terms, b.constant(ones)}, attributes, 1);
}

Value systole::graph::emitMean(GraphBuilder &b, Operation *op, Value x,
                               Int8Scale by) {
  Type f32 = b.getBuilder().getF32Type();
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    int64_t count = 1;
    for (int64_t axis : reduce.getAxes())
      count *= type.getDimSize(axis);
    Value sum = sumAlong(b, x, by, reduce.getAxes(), reduce.getKeepDims());
    return frontend::dequantize(
        b, sum, b.scalar(f32, double(by.scale) / double(count)), {}, f32);
  }
  auto pool = cast<AvgPoolOp>(op);
  SmallVector<PoolAxis> axes = poolAxes(pool);
  if (axes.empty())
    return b.error("its windows are not known");
  bool whole = llvm::all_of(axes, [](const PoolAxis &axis) {
    return axis.kernel == axis.size && axis.window.outSize == 1 &&
           axis.window.padLow == 0;
  });
  SmallVector<int64_t> dims;
  for (const PoolAxis &axis : axes)
    dims.push_back(axis.dim);
  llvm::sort(dims);
  Value sum = whole ? sumAlong(b, x, by, dims, /*keepDims=*/true)
                    : sumOfWindows(b, pool, x, by);
  return frontend::dequantize(b, sum, poolFactors(b, axes, type.getRank(), by),
                              {}, f32);
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

Value systole::graph::lookUp(GraphBuilder &b, Value table, Value x) {
  Value wide = b.cast(x, b.getBuilder().getI32Type());
  return b.gather(table, b.sub(wide, double(kLowest)), 0);
}

Value systole::graph::emitSoftmax(GraphBuilder &b, SoftmaxOp op, Value x,
                                  Int8Scale by) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  int64_t terms = std::max<int64_t>(type.getDimSize(op.getAxis()), 1);
  // As many bits as their sum and a float have room for.
  int bits =
      std::min<int>(24, 30 - static_cast<int>(llvm::Log2_64_Ceil(terms)));
  Type i32 = b.getBuilder().getI32Type(), f32 = b.getBuilder().getF32Type();
  Tensor table(i32, {kNumbers});
  for (int64_t i = 0; i < kNumbers; ++i)
    table.setInt(i,
                 std::llround(std::ldexp(
                     std::exp(double(by.scale) * (i - (kNumbers - 1))), bits)));
  Value wide = b.cast(x, i32);
  int64_t axis = op.getAxis();
  Value most = b.reduce(ReduceKind::max, wide, axis, /*keepDims=*/true);
  Value index = b.add(b.sub(wide, most), double(kNumbers - 1));
  Value powers = b.gather(b.constant(table), index, 0);
  Value sum = b.reduce(ReduceKind::sum, powers, axis, /*keepDims=*/true);
  return b.div(b.cast(powers, f32), b.cast(sum, f32));
}

Value systole::graph::emitTable(GraphBuilder &b, const Unit &unit,
                                Int8Scale by) {
  MLIRContext *context = b.getContext();
  OpBuilder builder(context);
  Type f32 = builder.getF32Type();
  auto type = RankedTensorType::get({kNumbers}, f32);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, b.getLocation());
  builder.setInsertionPointToStart(module->getBody());
  auto function = func::FuncOp::create(builder, b.getLocation(), "table",
                                       builder.getFunctionType(type, type));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(unit.inputs[0], body->getArgument(0));
  for (Operation *op : unit.ops) {
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand)) {
        auto tensor = tensorFromAttribute(constantAttribute(operand));
        mapping.map(operand, makeScalarConstant(builder, op->getLoc(), f32,
                                                tensor->getDouble(0)));
      }
    builder.clone(*op, mapping)->getResult(0).setType(type);
  }
  func::ReturnOp::create(builder, b.getLocation(), mapping.lookup(unit.output));
  Tensor numbers(f32, {kNumbers});
  for (int64_t i = 0; i < kNumbers; ++i)
    numbers.store(i, static_cast<float>(i + kLowest - by.zeroPoint) * by.scale);
  auto results = interpret(function, numbers);
  return succeeded(results) ? b.constant((*results)[0]) : Value();
}
