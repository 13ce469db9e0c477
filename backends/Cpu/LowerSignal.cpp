//===- LowerSignal.cpp - Transforms, determinants, random bits ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Fourier transform of length n = p1 * p2 * ... takes one pass for each
// factor (Stockham's order, no reversal of bits). Before a pass the line holds,
// as an array A[l][r] with l * r = n, the transforms of length l of the r
// interleaved parts; a pass of factor p makes
//
//   A'[k][j] = sum over s < p of w^(s k) A[k mod l][j + s r / p],
//
// w being the root of order l * p, for k < l * p and j < r / p. It starts at
// l = 1 with the line itself and ends at l = n. A length that only the run
// tells has one factor: itself.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StrictFloat.h"
#include "backends/Cpu/StridedMap.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;
using F = StrictFloat::P;

//===----------------------------------------------------------------------===//
// dft
//===----------------------------------------------------------------------===//

/// Factors of n, fours first: two passes of two in one.
static SmallVector<int64_t> factorsOf(int64_t n) {
  SmallVector<int64_t> factors;
  for (int64_t p : {4, 2, 3, 5})
    for (; n % p == 0; n /= p)
      factors.push_back(p);
  for (int64_t p = 7; p * p <= n; p += 2)
    for (; n % p == 0; n /= p)
      factors.push_back(p);
  if (n > 1)
    factors.push_back(n);
  return factors;
}

/// e^(-2 pi i j / n) for all j below a known n, conjugated for the inverse.
static CodeTensor knownRoots(HostBuilder &host, Type type, int64_t n,
                             bool inverse) {
  graph::Tensor roots(type, {n, 2});
  for (int64_t j = 0; j < n; ++j) {
    double angle = 2.0 * M_PI * static_cast<double>(j) / static_cast<double>(n);
    roots.setDouble(2 * j, std::cos(angle));
    roots.setDouble(2 * j + 1, inverse ? std::sin(angle) : -std::sin(angle));
  }
  return host.constantTensor(roots);
}

/// Cosine and sine of an angle in [0, pi / 4], in f64, by their series.
static std::pair<Value, Value> smallCosineAndSine(StrictFloat f, Value angle) {
  Value square = f.mul(angle, angle), cosine = f.c(0.0), sine = f.c(0.0);
  for (int power = 16; power >= 0; power -= 2) {
    double sign = power % 4 ? -1.0 : 1.0;
    cosine = f.add(f.mul(cosine, square), f.c(sign / std::tgamma(power + 1)));
    sine = f.add(f.mul(sine, square), f.c(sign / std::tgamma(power + 2)));
  }
  return {cosine, f.mul(sine, angle)};
}

/// Cosine and sine of 2 pi j / n: which eighth of the circle, and how far into
/// it, is known exactly.
static std::pair<Value, Value> cosineAndSine(KernelBuilder &k, Value j,
                                             Value n) {
  StrictFloat f{k, k.b.getF64Type()};
  Value eighths = k.mul(j, k.c(8)), octant = k.div(eighths, n);
  Value into = k.sub(eighths, k.mul(octant, n));
  // Odd eighths are mirrored.
  Value isOdd = k.cmp(P::eq, k.rem(octant, k.c(2)), k.c(1));
  Value part = k.select(isOdd, k.sub(n, into), into);
  Value angle = f.mul(f.div(f.fromIndex(part), f.fromIndex(n)), f.c(M_PI / 4));
  auto [c, s] = smallCosineAndSine(f, angle);
  Value quarter = k.rem(k.div(k.add(octant, k.c(1)), k.c(2)), k.c(2));
  Value swapped = k.cmp(P::eq, quarter, k.c(1));
  Value cosine = f.pick(swapped, s, c), sine = f.pick(swapped, c, s);
  Value isLeft =
      f.both(k.cmp(P::sge, octant, k.c(2)), k.cmp(P::slt, octant, k.c(6)));
  Value isBelow = k.cmp(P::sge, octant, k.c(4));
  return {f.pick(isLeft, f.neg(cosine), cosine),
          f.pick(isBelow, f.neg(sine), sine)};
}

/// The same where only the run tells n.
static CodeTensor computedRoots(HostBuilder &host, Type type, Value n,
                                bool inverse) {
  int64_t any = ShapedType::kDynamic;
  CodeTensor roots =
      host.scratch(RankedTensorType::get({any, 2}, type), {n, host.c(2)});
  KernelBuilder k = host.kernel("roots", {}, roots);
  Value size = k.import(n);
  k.loop(k.begin, k.end, 1, [&](Value j) {
    StrictFloat f{k, k.b.getF64Type()}, t{k, type};
    auto [cosine, sine] = cosineAndSine(k, j, size);
    Value at = k.mul(j, k.c(2));
    k.store(k.outputs[0], at, t.convert(cosine));
    k.store(k.outputs[0], k.add(at, k.c(1)),
            t.convert(inverse ? sine : f.neg(sine)));
  });
  host.launch(k, n, host.c(60), {}, roots);
  return roots;
}

namespace {
/// One pass. Kernel inputs: the lines and the roots.
struct DftPass {
  KernelBuilder &k;
  StrictFloat f;
  Value length, inner; ///< Of the line; numbers between its elements.
  Value done, rest, factor, after; ///< l, r, p and r / p.
  std::optional<int64_t> unrolled; ///< p, if the sum is written out.

  std::pair<Value, Value> complexAt(int64_t input, Value number) {
    Value at = k.mul(number, k.c(2));
    return {k.load(k.inputs[input], at),
            k.load(k.inputs[input], k.add(at, k.c(1)))};
  }
  void emit(Value line, Value row);
};
} // namespace

/// Computes A'[row][..] of a line for all numbers beside each other.
void DftPass::emit(Value line, Value row) {
  Value from =
      k.mul(k.add(k.mul(line, length), k.mul(k.rem(row, done), rest)), inner);
  Value to = k.mul(k.add(k.mul(line, length), k.mul(row, after)), inner);
  Value step = k.mul(after, inner);
  k.loop(k.c(0), step, 1, [&](Value e) {
    auto term = [&](Value s, ValueRange sum) -> SmallVector<Value> {
      Value power = k.rem(k.mul(k.mul(s, row), after), length);
      auto [wr, wi] = complexAt(1, power);
      auto [xr, xi] = complexAt(0, k.add(k.add(from, k.mul(s, step)), e));
      xr = convertElement(k.b, k.loc, xr, k.inputs[0].element(), f.type);
      xi = convertElement(k.b, k.loc, xi, k.inputs[0].element(), f.type);
      Value real = f.sub(f.mul(xr, wr), f.mul(xi, wi));
      Value imaginary = f.add(f.mul(xr, wi), f.mul(xi, wr));
      return {f.add(sum[0], real), f.add(sum[1], imaginary)};
    };
    SmallVector<Value> sum{f.c(0.0), f.c(0.0)};
    if (unrolled)
      for (int64_t s = 0; s < *unrolled; ++s)
        sum = term(k.c(s), sum);
    else
      sum = k.carriedLoop(k.c(0), factor, 1, sum, term);
    Value at = k.mul(k.add(to, e), k.c(2));
    k.store(k.outputs[0], at, sum[0]);
    k.store(k.outputs[0], k.add(at, k.c(1)), sum[1]);
  });
}

LogicalResult systole::cpu::lowerDft(HostBuilder &host, graph::DftOp op) {
  CodeTensor input = host.get(op.getInput());
  int64_t axis = static_cast<int64_t>(op.getAxis());
  host.check(host.cmp(P::eq, input.dims.back(), host.c(2)),
             "complex numbers of %lld parts instead of 2", {input.dims.back()});
  CodeTensor output = host.define(op.getResult(), input.dims);
  ArrayRef<Value> dims(input.dims);
  Value n = dims[axis], lines = host.product(dims.take_front(axis));
  Value inner = host.product(dims.drop_front(axis + 1).drop_back());
  Type type = computeType(input.element());
  auto known = CodeBuilder::constant(n);
  CodeTensor roots = known ? knownRoots(host, type, *known, op.getInverse())
                           : computedRoots(host, type, n, op.getInverse());
  SmallVector<Value> factors;
  for (int64_t p :
       known && *known > 0 ? factorsOf(*known) : SmallVector<int64_t>())
    factors.push_back(host.c(p));
  // A line of one element is its own transform: a pass of factor 1.
  if (factors.empty())
    factors.push_back(n);
  CodeTensor current = input;
  Value done = host.c(1);
  for (Value p : factors) {
    CodeTensor next = host.scratch(input.type.clone(type), input.dims);
    KernelBuilder k = host.kernel("dft", {current, roots}, next);
    Value safe = host.max(host.mul(done, p), host.c(1));
    Value rest = host.div(n, done), after = host.div(n, safe);
    auto small = CodeBuilder::constant(p);
    DftPass pass{k,
                 {k, type},
                 k.import(n),
                 k.import(inner),
                 k.import(done),
                 k.import(rest),
                 k.import(p),
                 k.import(after),
                 small && *small <= 8 ? small : std::nullopt};
    Value rows = host.mul(done, p);
    k.nest({k.import(lines), k.import(rows)}, 2,
           [&](ArrayRef<Value> at) { pass.emit(at[0], at[1]); });
    Value cost = host.mul(host.mul(after, inner), host.mul(p, host.c(8)));
    host.launch(k, host.mul(lines, rows), cost, {current, roots}, next);
    current = next;
    done = rows;
  }
  bool inverse = op.getInverse();
  launchMap(host, "scale", output.dims, wholeView(host, current),
            wholeView(host, output), 2, [&](KernelBuilder &k, ValueRange v) {
              StrictFloat f{k, type};
              Value x = inverse ? f.div(v[0], f.fromIndex(k.import(n))) : v[0];
              return convertElement(k.b, k.loc, x, type, output.element());
            });
  return success();
}

//===----------------------------------------------------------------------===//
// det
//===----------------------------------------------------------------------===//

namespace {
/// Elimination in one matrix of the kernel's scratch output.
struct Elimination {
  KernelBuilder &k;
  StrictFloat f;
  Value n, base;

  Value at(Value row, Value column) {
    return k.add(base, k.add(k.mul(row, n), column));
  }
  Value load(Value row, Value column) {
    return k.load(k.outputs[1], at(row, column));
  }
  void store(Value row, Value column, Value x) {
    k.store(k.outputs[1], at(row, column), x);
  }

  /// The row of the largest element in column `c` from row `c` on.
  Value pivot(Value c) {
    return k.carriedLoop(k.add(c, k.c(1)), n, 1, {c, f.abs(load(c, c))},
                         [&](Value r, ValueRange best) -> SmallVector<Value> {
                           Value x = f.abs(load(r, c));
                           Value larger = f.cmp(F::OGT, x, best[1]);
                           return {k.select(larger, r, best[0]),
                                   k.select(larger, x, best[1])};
                         })[0];
  }

  /// Exchanges rows, subtracts the pivot's, and returns the determinant so far.
  Value step(Value c, Value determinant) {
    Value p = pivot(c);
    Value stays = k.cmp(P::eq, p, c);
    k.loop(k.c(0), n, 1, [&](Value i) {
      Value x = load(c, i), y = load(p, i);
      store(c, i, y);
      store(p, i, x);
    });
    Value head = load(c, c);
    Value signedSoFar = k.select(stays, determinant, f.neg(determinant));
    Value next = f.mul(signedSoFar, head);
    // After a column of zeros nothing may be divided by it.
    Value isZero = f.cmp(F::OEQ, head, f.c(0.0));
    Value divisor = f.pick(isZero, f.c(1.0), head);
    k.loop(k.add(c, k.c(1)), n, 1, [&](Value r) {
      Value factor = f.div(load(r, c), divisor);
      k.loop(c, n, 1, [&](Value i) {
        store(r, i, f.sub(load(r, i), f.mul(factor, load(c, i))));
      });
    });
    return next;
  }
};
} // namespace

LogicalResult systole::cpu::lowerDet(HostBuilder &host, graph::DetOp op) {
  CodeTensor input = host.get(op.getInput());
  Value n = input.dims.back(), others = input.dims[input.rank() - 2];
  host.check(host.cmp(P::eq, n, others),
             "a matrix of %lld x %lld has no determinant", {others, n});
  CodeTensor output =
      host.define(op.getResult(), ArrayRef<Value>(input.dims).drop_back(2));
  Type f64 = host.b.getF64Type();
  CodeTensor work = host.scratch(input.type.clone(f64), input.dims);
  KernelBuilder k = host.kernel("det", input, {output, work});
  Value size = k.import(n);
  k.loop(k.begin, k.end, 1, [&](Value i) {
    Value elements = k.mul(size, size), base = k.mul(i, elements);
    StrictFloat f{k, f64};
    k.loop(k.c(0), elements, 1, [&](Value e) {
      Value x = k.load(k.inputs[0], k.add(base, e));
      k.store(k.outputs[1], k.add(base, e), f.convert(x));
    });
    Elimination elimination{k, f, size, base};
    // Zero stays zero: a singular matrix is left as it is.
    Value result = k.carriedLoop(
        k.c(0), size, 1, {f.c(1.0)}, [&](Value c, ValueRange so_far) {
          Value isZero = f.cmp(F::OEQ, so_far[0], f.c(0.0));
          auto branch =
              scf::IfOp::create(k.b, k.loc, TypeRange(f64), isZero, true);
          k.b.setInsertionPointToStart(branch.thenBlock());
          scf::YieldOp::create(k.b, k.loc, so_far[0]);
          k.b.setInsertionPointToStart(branch.elseBlock());
          scf::YieldOp::create(k.b, k.loc, elimination.step(c, so_far[0]));
          k.b.setInsertionPointAfter(branch);
          return SmallVector<Value>{branch.getResult(0)};
        })[0];
    k.store(k.outputs[0], i,
            convertElement(k.b, k.loc, result, f64, k.outputs[0].element()));
  });
  Value cost = host.mul(host.mul(n, n), n);
  host.launch(k, host.product(output.dims), cost, input, {output, work});
  return success();
}

//===----------------------------------------------------------------------===//
// random_bits
//===----------------------------------------------------------------------===//

/// The four words of block `counter` under `key`, both i64: Philox 4x32-10.
static std::array<Value, 4> emitPhilox(KernelBuilder &k, Value counter,
                                       Value key) {
  Type i32 = k.b.getI32Type(), i64 = k.b.getI64Type();
  auto lower = [&](Value x) {
    return Value(arith::TruncIOp::create(k.b, k.loc, i32, x));
  };
  auto upper = [&](Value x) {
    return lower(arith::ShRUIOp::create(k.b, k.loc, x,
                                        intConstant(k.b, k.loc, i64, 32)));
  };
  auto product = [&](int64_t factor, Value x) {
    Value wide = arith::ExtUIOp::create(k.b, k.loc, i64, x);
    return Value(arith::MulIOp::create(k.b, k.loc, wide,
                                       intConstant(k.b, k.loc, i64, factor)));
  };
  auto mix = [&](Value x, Value y, Value z) {
    return Value(arith::XOrIOp::create(
        k.b, k.loc, arith::XOrIOp::create(k.b, k.loc, x, y), z));
  };
  auto bump = [&](Value x, int64_t by) {
    return Value(
        arith::AddIOp::create(k.b, k.loc, x, intConstant(k.b, k.loc, i32, by)));
  };
  Value zero = intConstant(k.b, k.loc, i32, 0);
  std::array<Value, 4> c{lower(counter), upper(counter), zero, zero};
  Value k0 = lower(key), k1 = upper(key);
  for (int round = 0; round < 10; ++round) {
    Value p0 = product(0xD2511F53, c[0]), p1 = product(0xCD9E8D57, c[2]);
    c = {mix(upper(p1), c[1], k0), lower(p1), mix(upper(p0), c[3], k1),
         lower(p0)};
    k0 = bump(k0, static_cast<int32_t>(0x9E3779B9));
    k1 = bump(k1, static_cast<int32_t>(0xBB67AE85));
  }
  return c;
}

LogicalResult systole::cpu::lowerRandomBits(HostBuilder &host,
                                            graph::RandomBitsOp op) {
  SmallVector<Value> dims = host.entries(op.getShape());
  for (Value dim : dims)
    host.check(host.cmp(P::sge, dim, host.c(0)), "a dimension of %lld", {dim});
  CodeTensor key = host.get(op.getKey());
  Value keys = host.product(key.dims);
  host.check(host.cmp(P::eq, keys, host.c(1)), "%lld keys instead of one",
             {keys});
  CodeTensor output = host.define(op.getResult(), dims);
  Value count = host.product(output.dims), blocks = host.ceilDiv(count, 4);
  KernelBuilder k = host.kernel("random_bits", key, output);
  Value size = k.import(count);
  k.loop(k.begin, k.end, 1, [&](Value block) {
    auto words = emitPhilox(k, k.toI64(block), k.load(k.inputs[0], k.c(0)));
    for (int64_t i = 0; i < 4; ++i) {
      Value at = k.add(k.mul(block, k.c(4)), k.c(i));
      k.ifThen(k.cmp(P::slt, at, size),
               [&] { k.store(k.outputs[0], at, words[i]); });
    }
  });
  host.launch(k, blocks, host.c(100), key, output);
  return success();
}
