//===- ElementwiseEval.cpp - Operations on one element --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// result[i] = f(input[i]): the standard library's functions on the compute
// type.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

/// result[i] = function(input[i]) in compute type T.
template <typename T, typename Function>
static Evaluated mapAs(Operation *op, const Tensor &input, Function function) {
  Evaluated result = allocate(op, input.getElementType(), input.getShape());
  if (failed(result))
    return failure();
  Reader<T> in(input);
  Writer<T> out(*result);
  for (int64_t i = 0; i < input.size(); ++i)
    out.set(i, function(in[i]));
  return result;
}

/// The same for operations on float tensors only.
template <typename Function>
static Evaluated mapFloat(Operation *op, const Tensor &input,
                          Function function) {
  return withFloatType(input.getElementType(), [&](auto zero) {
    return mapAs<decltype(zero)>(op, input, function);
  });
}

Evaluated evaluate(AbsOp op, Operands operands) {
  return withRealType(operands[0].getElementType(), [&](auto zero) {
    using T = decltype(zero);
    return mapAs<T>(op, operands[0], [](T x) -> T {
      if constexpr (std::is_floating_point_v<T>)
        return std::fabs(x);
      else if constexpr (std::is_signed_v<T>)
        return x < 0 ? static_cast<T>(0 - static_cast<uint64_t>(x)) : x;
      else
        return x;
    });
  });
}

Evaluated evaluate(NegOp op, Operands operands) {
  return withNumericType(operands[0].getElementType(), [&](auto zero) {
    using T = decltype(zero);
    return mapAs<T>(op, operands[0], [](T x) -> T {
      if constexpr (std::is_integral_v<T>)
        return static_cast<T>(0 - static_cast<uint64_t>(x));
      else
        return -x;
    });
  });
}

Evaluated evaluate(ExpOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::exp(x); });
}

Evaluated evaluate(LogOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::log(x); });
}

Evaluated evaluate(Expm1Op op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::expm1(x); });
}

Evaluated evaluate(Log1pOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::log1p(x); });
}

Evaluated evaluate(SinOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::sin(x); });
}

Evaluated evaluate(CosOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::cos(x); });
}

Evaluated evaluate(AtanOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::atan(x); });
}

Evaluated evaluate(SqrtOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::sqrt(x); });
}

Evaluated evaluate(TanhOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::tanh(x); });
}

Evaluated evaluate(ErfOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::erf(x); });
}

Evaluated evaluate(SigmoidOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) {
    decltype(x) one = 1;
    return one / (one + std::exp(-x));
  });
}

Evaluated evaluate(FloorOp op, Operands operands) {
  return mapFloat(op, operands[0], [](auto x) { return std::floor(x); });
}

Evaluated evaluate(RoundOp op, Operands operands) {
  // The rounding mode of a process is half to even unless it is changed.
  return mapFloat(op, operands[0], [](auto x) { return std::nearbyint(x); });
}

Evaluated evaluate(ReluOp op, Operands operands) {
  return withRealType(operands[0].getElementType(), [&](auto zero) {
    using T = decltype(zero);
    return mapAs<T>(op, operands[0], [](T x) { return largerOf<T>(x, 0); });
  });
}

Evaluated evaluate(NotOp op, Operands operands) {
  return mapAs<uint64_t>(op, operands[0], [](uint64_t x) { return ~x; });
}

} // namespace systole::graph
