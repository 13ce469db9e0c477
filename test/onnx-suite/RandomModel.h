//===- RandomModel.h - Random legal ONNX models -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model grows node by node from a pool of tensors of known shape. Each tensor
// also has a bound on its numbers, so that nothing overflows, and tells whether
// it is exact: a whole number that every correct program computes alike. What
// is discontinuous (comparison, rounding, the place of a maximum) is applied to
// exact tensors only, for elsewhere the last bit would decide.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_RANDOMMODEL_H
#define SYSTOLE_TEST_ONNX_SUITE_RANDOMMODEL_H

#include "frontend/Onnx/onnx.pb.h"
#include <random>
#include <vector>

namespace systole::suite {

/// Numbers from a seed, the same on every host.
class RandomSource {
public:
  explicit RandomSource(uint64_t seed) : engine(seed * 2654435761u + 1) {}
  /// A whole number in [low, high].
  int64_t integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() % (high - low + 1));
  }
  bool oneIn(int64_t n) { return integer(1, n) == 1; }
  /// A number in [-1, 1].
  double real() { return static_cast<double>(engine() >> 11) / 0x1p52 - 1.0; }

private:
  std::mt19937_64 engine;
};

using Dims = std::vector<int64_t>;

/// A tensor of the model under construction.
struct RandomTensor {
  std::string name;
  /// ONNX's number: kFloat, kInt64 or kBool.
  int32_t type;
  Dims dims;
  /// No number is larger than this.
  double bound;
  bool exact;
};

inline constexpr int32_t kFloat = 1, kInt64 = 7, kBool = 9;

/// A model and tensors to run it on.
struct RandomModel {
  onnx::ModelProto model;
  std::vector<onnx::TensorProto> inputs;
};

/// Builds one model; the families of operators are in RandomNodes.cpp.
class ModelMaker {
public:
  explicit ModelMaker(uint64_t seed) : random(seed) {}
  RandomModel make();

private:
  /// Adds one node of a random family.
  void addNode();
  using Family = bool (ModelMaker::*)();
  bool addUnary();
  bool addExactUnary();
  bool addBinary();
  bool addComparison();
  bool addWhere();
  bool addCast();
  bool addMovement();
  bool addReshape();
  bool addSliceOrPad();
  bool addConcatOrSplit();
  bool addGather();
  bool addReduction();
  bool addSoftmax();
  bool addMatMul();
  bool addConv();
  bool addPool();
  bool addNorm();

  /// A tensor to continue with: of `type`, the newest mostly; null if none.
  const RandomTensor *pick(int32_t type, bool exact = false);
  /// A value that broadcasts to the shape of `a`: a tensor or a weight.
  RandomTensor operandFor(const RandomTensor &a, bool nonZero = false);
  RandomTensor addInput(bool dynamic);
  void addOutput(const RandomTensor &tensor);
  /// A weight of random numbers: whole ones in [-2, 2] where `exact`.
  RandomTensor weight(const Dims &dims, bool exact, bool positive = false);
  RandomTensor integers(const Dims &values);
  onnx::NodeProto &node(llvm::StringRef op,
                        std::initializer_list<RandomTensor> inputs);
  /// Names the node's next output and adds it to the pool.
  bool output(onnx::NodeProto &node, RandomTensor tensor);
  std::string newName() { return "t" + std::to_string(numNames++); }

  RandomSource random;
  RandomModel result;
  std::vector<RandomTensor> pool;
  int numNames = 0;
};

/// Elements of a shape.
int64_t countOf(const Dims &dims);
void setAttribute(onnx::NodeProto &node, const std::string &name,
                  int64_t value);
void setAttribute(onnx::NodeProto &node, const std::string &name,
                  const Dims &values);
void setAttribute(onnx::NodeProto &node, const std::string &name,
                  const std::string &value);
void setAttribute(onnx::NodeProto &node, const std::string &name, float value);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_RANDOMMODEL_H
