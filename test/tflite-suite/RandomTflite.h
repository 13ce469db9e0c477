//===- RandomTflite.h - Random quantised TFLite models ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model grows operator by operator from a pool of quantised tensors, as the
// ONNX suite's models do (RandomModel.h). Scales are chosen so that numbers
// fill about the range of their type; zero points are any that the type has.
// All is exact until an operator gives floats, of which nothing else is made.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_TFLITE_SUITE_RANDOMTFLITE_H
#define SYSTOLE_TEST_TFLITE_SUITE_RANDOMTFLITE_H

#include "RandomSource.h"
#include "tflite_generated.h"
#include <initializer_list>
#include <memory>
#include <string>

namespace systole::suite {

namespace fb = tflite::fb;

/// A tensor of the subgraph under construction.
struct QTensor {
  int32_t index = -1;
  fb::TensorType type = fb::TensorType_INT8;
  Dims dims;
  /// What the numbers stand for: (q - zero) * scale; scale 0: themselves.
  float scale = 0;
  int64_t zero = 0;

  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  bool is16() const { return type == fb::TensorType_INT16; }
};

/// An input of the model, with bytes to run it on.
struct RandomInput {
  fb::TensorType type;
  Dims dims;
  std::string bytes;
};

struct RandomTflite {
  std::string bytes;
  std::vector<RandomInput> inputs;
};

/// Lowest and highest number of a quantised type.
struct Bounds {
  int64_t low, high;
};
Bounds boundsOf(fb::TensorType type);
int64_t countOf(const Dims &dims);

/// Builds one model; the families of operators are in *Families.cpp.
class TfliteMaker {
public:
  explicit TfliteMaker(uint64_t seed) : random(seed) {}
  RandomTflite make();

private:
  //===--------------------------------------------------------------------===//
  // Families: each adds operators, or gives false if nothing fits
  //===--------------------------------------------------------------------===//

  using Family = bool (TfliteMaker::*)();
  void addOperator();

  // Contractions.cpp
  bool addConv();
  bool addDepthwise();
  bool addTransposeConv();
  bool addFullyConnected();
  bool addBatchMatMul();
  bool addDynamicRange();

  // Arithmetic.cpp
  bool addBinary();
  bool addExtreme();
  bool addActivation();
  bool addTable();
  bool addSoftmax();
  bool addReduction();
  bool addPool();
  bool addQuantize();
  bool addSelect();
  bool addArgMax();

  // Movement.cpp
  bool addResize();
  bool addPad();
  bool addReshape();
  bool addTranspose();
  bool addSlice();
  bool addStridedSlice();
  bool addGather();
  bool addRepeat();
  bool addBlocks();
  bool addConcat();
  bool addSplit();

  // Control.cpp
  bool addIf();
  bool addWhile();
  bool addVariable();
  /// Elementwise operators from `x`, in the current subgraph; the result has
  /// the type and meaning of `like`.
  QTensor chainTo(QTensor x, const QTensor &like);

  //===--------------------------------------------------------------------===//
  // Parts of a model
  //===--------------------------------------------------------------------===//

  int32_t addTensor(fb::TensorType type, const Dims &dims,
                    std::vector<float> scales, std::vector<int64_t> zeros,
                    int32_t axis, const std::string *bytes);
  /// A tensor that nothing gives yet.
  QTensor declare(fb::TensorType type, const Dims &dims, float scale = 0,
                  int64_t zero = 0);
  /// The same, put into the pool if it is of moderate size.
  QTensor keep(QTensor tensor);
  /// Random numbers of all that there are.
  std::string numbers(fb::TensorType type, int64_t count, Bounds bounds);
  QTensor constant(fb::TensorType type, const Dims &dims, float scale,
                   int64_t zero);
  /// A constant list of INT32.
  int32_t ints(const Dims &values, const Dims &dims);
  int32_t ints(const Dims &values) {
    return ints(values, {static_cast<int64_t>(values.size())});
  }
  fb::OperatorT &node(fb::BuiltinOperator code, std::vector<int32_t> inputs,
                      std::vector<int32_t> outputs);
  template <typename Options>
  void node(fb::BuiltinOperator code, std::vector<int32_t> inputs,
            std::vector<int32_t> outputs, Options options) {
    node(code, std::move(inputs), std::move(outputs))
        .options.Set(std::move(options));
  }
  /// Adds an operator whose result means what `x` means.
  template <typename Options>
  QTensor moved(fb::BuiltinOperator code, std::vector<int32_t> inputs,
                const QTensor &x, const Dims &dims, Options options) {
    QTensor y = declare(x.type, dims, x.scale, x.zero);
    node(code, std::move(inputs), {y.index}, std::move(options));
    return keep(y);
  }

  //===--------------------------------------------------------------------===//
  // Choosing
  //===--------------------------------------------------------------------===//

  /// A quantised tensor to go on with, the newest mostly; null if none has
  /// `rank` dimensions (-1: any number, -2: one or more, -3: two or more ...).
  const QTensor *pick(int64_t rank = -1);
  fb::TensorType quantisedType();
  int64_t zeroFor(fb::TensorType type);
  /// A result for numbers of about `magnitude`.
  QTensor resultOf(fb::TensorType type, const Dims &dims, double magnitude);
  /// What a tensor's numbers are about: half of what its type holds.
  static double magnitudeOf(const QTensor &x);
  fb::Activation activation();
  /// Dimensions that broadcast to `dims`.
  Dims broadcastable(const Dims &dims);

  // Weights and bias of a contraction with `terms` products for each sum.
  struct Weights {
    int32_t index, bias;
    float scale;
  };
  Weights weights(const QTensor &x, const Dims &dims, int32_t axis,
                  bool mayDiffer);
  double magnitudeOfSum(const QTensor &x, const Weights &w, int64_t terms);
  /// A window along a dimension: its extent and the outputs' number.
  struct Window {
    int32_t kernel, stride, dilation;
    int64_t out;
  };
  Window window(int64_t size, fb::Padding padding, bool mayDilate);

  /// Starts a subgraph, and ends it: the one before is current again.
  size_t beginSubgraph();
  void endSubgraph(std::vector<int32_t> outputs);
  fb::SubGraphT &graph() { return *model.subgraphs[current]; }
  QTensor addInput();
  std::string finish();

  RandomSource random;
  fb::ModelT model;
  std::vector<RandomInput> inputs;
  size_t current = 0;
  /// What the next operator may take; those of subgraphs around wait.
  std::vector<QTensor> pool;
  std::vector<std::pair<size_t, std::vector<QTensor>>> around;
  /// Results that no operator takes: floats, places.
  std::vector<QTensor> ends;
  int numNames = 0;
};

} // namespace systole::suite

#endif // SYSTOLE_TEST_TFLITE_SUITE_RANDOMTFLITE_H
