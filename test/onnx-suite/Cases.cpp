//===- Cases.cpp - The folders of ONNX's operator tests -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A folder holds model.onnx and test_data_set_N/{input,output}_K.pb. A model of
// `light` has one file beside it, its output for the input 0/n, 1/n, 2/n, ...
//
//===----------------------------------------------------------------------===//

#include "Cases.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Common/Import.h"
#include "frontend/Onnx/Tensors.h"
#include "frontend/Onnx/onnx.pb.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cmath>
#include <set>

using namespace mlir;

namespace systole::suite {

//===----------------------------------------------------------------------===//
// Finding
//===----------------------------------------------------------------------===//

llvm::ArrayRef<llvm::StringLiteral> groups() {
  static constexpr llvm::StringLiteral names[] = {
      "light", "node", "simple", "pytorch-converted", "pytorch-operator"};
  return names;
}

/// The case of a path in `group`, if it is one.
static std::optional<Case> caseAt(llvm::StringRef group, llvm::StringRef path) {
  Case test;
  std::string name = llvm::sys::path::filename(path).str();
  if (group == "light" && path.ends_with(".onnx")) {
    test.name = "light/" + llvm::sys::path::stem(path).str();
    test.model = path.str();
    // Upstream's tolerance for whole networks.
    test.atol = 1e-5;
    return test;
  }
  test.name = (group + "/" + name).str();
  test.model = (path + "/model.onnx").str();
  test.folder = path.str();
  if (!llvm::sys::fs::exists(test.model))
    return std::nullopt;
  return test;
}

std::vector<Case> findCases(llvm::StringRef data) {
  std::vector<Case> cases;
  for (llvm::StringRef group : groups()) {
    std::vector<std::string> paths;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator it(data + "/" + group, error), end;
         it != end && !error; it.increment(error))
      paths.push_back(it->path());
    llvm::sort(paths);
    for (const std::string &path : paths)
      if (std::optional<Case> test = caseAt(group, path))
        cases.push_back(*test);
  }
  return cases;
}

static std::string dataSetPath(const Case &test, int index) {
  return test.folder + "/test_data_set_" + std::to_string(index);
}

int countDataSets(const Case &test) {
  if (test.folder.empty())
    return 1;
  int count = 0;
  while (llvm::sys::fs::is_directory(dataSetPath(test, count)))
    ++count;
  return count;
}

static std::optional<onnx::ModelProto> readModel(const Case &test) {
  frontend::SourceFile file;
  std::string error;
  onnx::ModelProto model;
  if (!frontend::openSource(test.model, file, error) ||
      !model.ParseFromArray(file.bytes.data(), file.bytes.size()))
    return std::nullopt;
  return model;
}

std::string mainOperator(const Case &test) {
  std::optional<onnx::ModelProto> model = readModel(test);
  if (!model)
    return "";
  for (const onnx::NodeProto &node : model->graph().node())
    if (node.op_type() != "Constant")
      return node.op_type();
  return "Constant";
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// Reads the values of one data set.
class DataReader {
public:
  DataReader(MLIRContext &context, std::string &reason)
      : context(context), reason(reason) {}

  /// The tensors in the file at `path`, which holds a value of type `type`;
  /// appends them. `length` is as in DataSet.
  bool read(const std::string &path, const onnx::TypeProto &type,
            std::vector<Tensor> &tensors, std::optional<int64_t> &length);

private:
  bool add(const onnx::TensorProto &proto, std::vector<Tensor> &tensors);
  bool add(const onnx::SequenceProto &proto, std::vector<Tensor> &tensors,
           std::optional<int64_t> &length);
  template <typename Proto>
  bool parse(Proto &proto) {
    if (proto.ParseFromArray(file.bytes.data(), file.bytes.size()))
      return true;
    reason = "a data file is damaged";
    return false;
  }

  MLIRContext &context;
  std::string &reason;
  frontend::SourceFile file;
};
} // namespace

bool DataReader::add(const onnx::TensorProto &proto,
                     std::vector<Tensor> &tensors) {
  std::optional<Tensor> tensor =
      onnx::TensorReader(&context, file).read(proto, reason);
  if (tensor)
    tensors.push_back(*tensor);
  return tensor.has_value();
}

bool DataReader::add(const onnx::SequenceProto &proto,
                     std::vector<Tensor> &tensors,
                     std::optional<int64_t> &length) {
  length = proto.tensor_values_size();
  return llvm::all_of(proto.tensor_values(), [&](const auto &element) {
    return add(element, tensors);
  });
}

bool DataReader::read(const std::string &path, const onnx::TypeProto &type,
                      std::vector<Tensor> &tensors,
                      std::optional<int64_t> &length) {
  if (!frontend::openSource(path, file, reason))
    return false;
  if (type.has_sequence_type()) {
    onnx::SequenceProto sequence;
    return parse(sequence) && add(sequence, tensors, length);
  }
  if (!type.has_optional_type()) {
    onnx::TensorProto tensor;
    return parse(tensor) && add(tensor, tensors);
  }
  onnx::OptionalProto optional;
  if (!parse(optional))
    return false;
  if (optional.has_sequence_value())
    return add(optional.sequence_value(), tensors, length);
  length = optional.has_tensor_value() ? 1 : frontend::kAbsent;
  return !optional.has_tensor_value() || add(optional.tensor_value(), tensors);
}

/// The values that a model is given: its inputs but those that are weights.
static std::vector<onnx::ValueInfoProto>
inputsOf(const onnx::ModelProto &model) {
  std::set<std::string> weights;
  for (const onnx::TensorProto &weight : model.graph().initializer())
    weights.insert(weight.name());
  std::vector<onnx::ValueInfoProto> inputs;
  for (const onnx::ValueInfoProto &input : model.graph().input())
    if (!weights.count(input.name()))
      inputs.push_back(input);
  return inputs;
}

/// Reads `folder`/`prefix`_0.pb, _1.pb, ... for as many values as have a file.
static bool readValues(MLIRContext &context, const std::string &prefix,
                       llvm::ArrayRef<onnx::ValueInfoProto> values,
                       std::vector<Tensor> &tensors,
                       std::vector<std::optional<int64_t>> &lengths,
                       std::string &reason) {
  for (auto [i, value] : llvm::enumerate(values)) {
    std::string path = prefix + std::to_string(i) + ".pb";
    if (!llvm::sys::fs::exists(path))
      return true;
    lengths.emplace_back();
    if (!DataReader(context, reason)
             .read(path, value.type(), tensors, lengths.back()))
      return false;
  }
  return true;
}

/// What the importer calls the tensors of outputs with these lengths.
static std::vector<std::string>
namesOf(llvm::ArrayRef<onnx::ValueInfoProto> outputs,
        llvm::ArrayRef<std::optional<int64_t>> lengths) {
  std::vector<std::string> names;
  if (llvm::none_of(lengths,
                    [](const auto &length) { return length.has_value(); }))
    return names;
  for (auto [output, length] : llvm::zip(outputs, lengths)) {
    const onnx::TypeProto &type = output.type();
    bool isSequence = type.has_sequence_type() ||
                      type.optional_type().elem_type().has_sequence_type();
    if (!isSequence && length != frontend::kAbsent)
      names.push_back(output.name());
    for (int64_t i = 0; isSequence && i < length; ++i)
      names.push_back(graph::elementName(output.name(), i));
  }
  return names;
}

/// The input of a network of `light`: i/n for element i of n, where dimensions
/// without a size are 1.
static std::optional<Tensor> lightInput(MLIRContext &context,
                                        const Case &test) {
  std::optional<onnx::ModelProto> model = readModel(test);
  if (!model)
    return std::nullopt;
  for (const onnx::ValueInfoProto &input : inputsOf(*model)) {
    SmallVector<int64_t> shape;
    for (const auto &dim : input.type().tensor_type().shape().dim())
      shape.push_back(std::max<int64_t>(1, dim.dim_value()));
    Tensor tensor(Float32Type::get(&context), shape);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.setDouble(i, static_cast<double>(i) / tensor.size());
    return tensor;
  }
  return std::nullopt;
}

bool readDataSet(MLIRContext &context, const Case &test, int index,
                 DataSet &data, std::string &reason) {
  if (!test.folder.empty()) {
    std::optional<onnx::ModelProto> model = readModel(test);
    if (!model) {
      reason = "the model cannot be read";
      return false;
    }
    std::string folder = dataSetPath(test, index);
    std::vector<onnx::ValueInfoProto> outputs(model->graph().output().begin(),
                                              model->graph().output().end());
    std::vector<std::optional<int64_t>> outputLengths;
    bool good = readValues(context, folder + "/input_", inputsOf(*model),
                           data.inputs, data.inputLengths, reason) &&
                readValues(context, folder + "/output_", outputs, data.outputs,
                           outputLengths, reason);
    data.outputNames = namesOf(outputs, outputLengths);
    return good;
  }
  std::optional<Tensor> input = lightInput(context, test);
  std::string path =
      llvm::StringRef(test.model).drop_back(strlen(".onnx")).str() +
      "_output_0.pb";
  std::optional<int64_t> length;
  if (!input || !DataReader(context, reason)
                     .read(path, onnx::TypeProto(), data.outputs, length))
    return false;
  data.inputs.push_back(*input);
  return true;
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

/// numpy's allclose with equal NaNs.
static bool isClose(const Case &test, double a, double e, double scale) {
  return a == e || (std::isnan(a) && std::isnan(e)) ||
         std::fabs(a - e) <= scale * test.atol + test.rtol * std::fabs(e);
}

/// Real and imaginary part of an element.
static std::pair<double, double> complexAt(const Tensor &tensor, int64_t i) {
  if (graph::elementBytes(tensor.getElementType()) == 8)
    return {tensor.load<float>(2 * i), tensor.load<float>(2 * i + 1)};
  return {tensor.load<double>(2 * i), tensor.load<double>(2 * i + 1)};
}

static bool isCloseComplex(const Case &test, const Tensor &actual,
                           const Tensor &expected, int64_t i) {
  auto [ar, ai] = complexAt(actual, i);
  auto [er, ei] = complexAt(expected, i);
  return std::hypot(ar - er, ai - ei) <=
         test.atol + test.rtol * std::hypot(er, ei);
}

/// The largest finite number, at least 1.
static double largestOf(const Tensor &tensor) {
  double largest = 1;
  for (int64_t i = 0; i < tensor.size(); ++i)
    if (double value = std::fabs(tensor.getDouble(i)); std::isfinite(value))
      largest = std::max(largest, value);
  return largest;
}

std::string compare(const Case &test, const Tensor &actual,
                    const Tensor &expected) {
  if (actual.getType() != expected.getType()) {
    std::string text;
    llvm::raw_string_ostream(text)
        << "type " << actual.getType() << " instead of " << expected.getType();
    return text;
  }
  Type element = actual.getElementType();
  if (isa<graph::StringType>(element)) {
    for (int64_t i = 0; i < actual.size(); ++i)
      if (actual.getString(i) != expected.getString(i))
        return "element " + std::to_string(i) + " is '" +
               actual.getString(i).str() + "' instead of '" +
               expected.getString(i).str() + "'";
    return "";
  }
  double scale =
      test.scaled && isa<FloatType>(element) ? largestOf(expected) : 1;
  for (int64_t i = 0; i < actual.size(); ++i) {
    if (isa<ComplexType>(element)) {
      if (!isCloseComplex(test, actual, expected, i))
        return "element " + std::to_string(i) + " differs";
      continue;
    }
    double a = actual.getDouble(i), e = expected.getDouble(i);
    bool same = isa<IntegerType>(element)
                    ? actual.getInt(i) == expected.getInt(i)
                    : isClose(test, a, e, scale);
    if (!same)
      return "element " + std::to_string(i) + " is " + std::to_string(a) +
             " instead of " + std::to_string(e);
  }
  return "";
}

} // namespace systole::suite
