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

#include "RandomSource.h"
#include "frontend/Onnx/onnx.pb.h"

namespace systole::suite {

/// A tensor of the model under construction.
struct RandomTensor {
  std::string name;
  /// ONNX's number of the element type, one of those below.
  int32_t type;
  Dims dims;
  /// No number is larger than this.
  double bound;
  bool exact;
};

inline constexpr int32_t kFloat = 1, kUInt8 = 2, kInt8 = 3, kInt32 = 6,
                         kInt64 = 7, kBool = 9, kHalf = 10, kDouble = 11,
                         kUInt32 = 12, kBFloat16 = 16;

/// Numbers beyond this are squeezed before they go on.
inline constexpr double kLargest = 1e4;

/// A model and tensors to run it on.
struct RandomModel {
  onnx::ModelProto model;
  std::vector<onnx::TensorProto> inputs;
};

/// Builds one model; the families of operators are in Random*Nodes.cpp.
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
  bool addQLinearConv();
  bool addQLinearMatMul();
  bool addPool();
  bool addNorm();
  // RandomIndexNodes.cpp
  bool addShapeArithmetic();
  bool addPlaces();
  bool addScatter();
  bool addRunningSum();
  bool addTriangle();
  // RandomSpatialNodes.cpp
  bool addResize();
  bool addConvTranspose();
  bool addBlocks();
  bool addEinsum();
  // RandomTypeNodes.cpp
  bool addIntegerChain();
  bool addOtherFloats();
  bool addRounding();
  bool addQuantized();
  /// x (exact) in 8 bits, with its scale and zero point, as operators of
  /// quantised tensors take it.
  struct Quantized {
    RandomTensor values, scale, zero;
  };
  Quantized quantized(const RandomTensor &x);
  /// Scale and zero point for results of magnitude `bound`.
  Quantized resultOf(double bound);
  bool addExactFloats(onnx::NodeProto &node, RandomTensor y,
                      const Quantized &result);
  // RandomCompositeNodes.cpp
  bool addWrittenOut();
  bool addWrittenNorm();
  bool addWrittenAttention();
  // RandomControlNodes.cpp
  bool addIf();
  bool addLoop();
  bool addScan();
  bool addRecurrent();

  /// Adds a few random nodes to `body`, then one that gives a tensor of the
  /// type and shape of `like`, which is its result: exact if `like` is, and not
  /// above `like.bound`.
  RandomTensor fillBody(onnx::GraphProto &body, const RandomTensor &like);
  /// Adds a node with one result, and gives that.
  RandomTensor apply(llvm::StringRef op,
                     std::initializer_list<RandomTensor> inputs,
                     RandomTensor like);
  RandomTensor castTo(int32_t type, RandomTensor x);

  /// A tensor to continue with: of `type`, the newest mostly; null if none.
  const RandomTensor *pick(int32_t type, bool exact = false);
  /// A value that broadcasts to the shape of `a`: a tensor or a weight.
  RandomTensor operandFor(const RandomTensor &a, bool nonZero = false);
  RandomTensor addInput(bool dynamic);
  void addOutput(const RandomTensor &tensor);
  /// A weight of random numbers: whole ones in [-2, 2] where `exact`.
  RandomTensor weight(const Dims &dims, bool exact, bool positive = false);
  RandomTensor integers(const Dims &values);
  /// A weight of 8-bit numbers, all that there are.
  RandomTensor bytes(const Dims &dims, int32_t type);
  /// A weight that is one number.
  RandomTensor number(float value);
  onnx::NodeProto &node(llvm::StringRef op,
                        std::initializer_list<RandomTensor> inputs);
  /// Names the node's next output and adds it to the pool.
  bool output(onnx::NodeProto &node, RandomTensor tensor);
  std::string newName() { return "t" + std::to_string(numNames++); }

  RandomSource random;
  RandomModel result;
  int64_t opset = 17;
  /// Where nodes go: the model's graph, or a body within it.
  onnx::GraphProto *graph = nullptr;
  int depth = 0;
  /// What the next node may take.
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
/// Adds an attribute that is a graph, and gives that.
onnx::GraphProto &addBody(onnx::NodeProto &node, const std::string &name);
/// Declares a tensor; `dynamic`: its first dimension has a name, no size.
void declare(onnx::ValueInfoProto &info, const RandomTensor &tensor,
             bool dynamic = false);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_RANDOMMODEL_H
