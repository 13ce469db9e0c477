//===- SignalEval.cpp - What transforms and random bits mean --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.dft as the sum that defines it, in double; graph.det by elimination, in
// double; graph.random_bits by Philox.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include <array>
#include <cmath>

using namespace mlir;

namespace systole::graph {

//===----------------------------------------------------------------------===//
// dft
//===----------------------------------------------------------------------===//

/// e^(-2 pi i j / n) for all j below n; conjugated for the inverse.
static std::vector<std::complex<double>> rootsOfUnity(int64_t n, bool inverse) {
  std::vector<std::complex<double>> roots(n);
  for (int64_t j = 0; j < n; ++j) {
    double angle = 2.0 * M_PI * static_cast<double>(j) / static_cast<double>(n);
    roots[j] = {std::cos(angle), inverse ? std::sin(angle) : -std::sin(angle)};
  }
  return roots;
}

Evaluated evaluate(DftOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t axis = static_cast<int64_t>(op.getAxis());
  if (axis < 0 || axis >= input.rank() - 1 || input.getShape().back() != 2)
    return op.emitOpError("cannot transform dimension ")
           << axis << " of a tensor of shape " << shapeText(input.getShape());
  Evaluated result = allocate(op, input.getElementType(), input.getShape());
  if (failed(result) || input.size() == 0)
    return result;
  int64_t n = input.dim(axis);
  // Numbers between neighbours along the axis, each of two elements.
  int64_t inner = countElements(input.getShape().drop_front(axis + 1)) / 2;
  int64_t lines = input.size() / 2 / n;
  std::vector<std::complex<double>> roots = rootsOfUnity(n, op.getInverse());
  for (int64_t line = 0; line < lines; ++line) {
    int64_t first = line / inner * n * inner + line % inner;
    for (int64_t k = 0; k < n; ++k) {
      std::complex<double> sum = 0.0;
      for (int64_t j = 0; j < n; ++j) {
        int64_t from = 2 * (first + j * inner);
        std::complex<double> z(input.getDouble(from),
                               input.getDouble(from + 1));
        sum += z * roots[j * k % n];
      }
      if (op.getInverse())
        sum /= static_cast<double>(n);
      int64_t to = 2 * (first + k * inner);
      result->setDouble(to, sum.real());
      result->setDouble(to + 1, sum.imag());
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// det
//===----------------------------------------------------------------------===//

/// Determinant of the n by n matrix in `m`, which is overwritten.
static double determinant(std::vector<double> &m, int64_t n) {
#pragma STDC FP_CONTRACT OFF
  double result = 1.0;
  for (int64_t c = 0; c < n; ++c) {
    int64_t pivot = c;
    for (int64_t r = c + 1; r < n; ++r)
      if (std::fabs(m[r * n + c]) > std::fabs(m[pivot * n + c]))
        pivot = r;
    if (pivot != c)
      result = -result;
    for (int64_t k = 0; k < n && pivot != c; ++k)
      std::swap(m[c * n + k], m[pivot * n + k]);
    double head = m[c * n + c];
    result *= head;
    if (head == 0.0)
      return result;
    for (int64_t r = c + 1; r < n; ++r) {
      double factor = m[r * n + c] / head;
      for (int64_t k = c; k < n; ++k)
        m[r * n + k] -= factor * m[c * n + k];
    }
  }
  return result;
}

Evaluated evaluate(DetOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t rank = input.rank();
  if (rank < 2 || input.dim(rank - 1) != input.dim(rank - 2))
    return op.emitOpError("input of shape ")
           << shapeText(input.getShape()) << " does not hold square matrices";
  Evaluated result =
      allocate(op, input.getElementType(), input.getShape().drop_back(2));
  if (failed(result))
    return failure();
  int64_t n = input.dim(rank - 1);
  std::vector<double> matrix(n * n);
  for (int64_t i = 0; i < result->size(); ++i) {
    for (int64_t k = 0; k < n * n; ++k)
      matrix[k] = input.getDouble(i * n * n + k);
    result->setDouble(i, determinant(matrix, n));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// random_bits
//===----------------------------------------------------------------------===//

/// The block of counter (c0, c1, 0, 0) under key (k0, k1): Philox 4x32-10.
static std::array<uint32_t, 4> philox(uint32_t c0, uint32_t c1, uint32_t k0,
                                      uint32_t k1) {
  std::array<uint32_t, 4> c{c0, c1, 0, 0};
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53) * c[0];
    uint64_t p1 = uint64_t(0xCD9E8D57) * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k1,
         static_cast<uint32_t>(p0)};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return c;
}

Evaluated evaluate(RandomBitsOp op, Operands operands) {
  SmallVector<int64_t> shape = indexValues(operands[0]);
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }))
    return op.emitOpError("shape ")
           << shapeText(shape) << " has a negative dimension";
  if (operands[1].size() != 1)
    return op.emitOpError("key has ")
           << operands[1].size() << " elements, expected one";
  uint64_t key = static_cast<uint64_t>(operands[1].getInt(0));
  Evaluated result = allocate(
      op, IntegerType::get(op.getContext(), 32, IntegerType::Unsigned), shape);
  if (failed(result))
    return failure();
  for (int64_t i = 0; i < result->size(); ++i) {
    uint64_t counter = static_cast<uint64_t>(i) / 4;
    auto block = philox(
        static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32),
        static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32));
    result->store<uint32_t>(i, block[i % 4]);
  }
  return result;
}

} // namespace systole::graph
