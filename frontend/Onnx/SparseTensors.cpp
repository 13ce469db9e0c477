//===- SparseTensors.cpp - Sparse tensors of an ONNX file -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file may leave the zeros of a constant out (onnx.proto, SparseTensorProto):
// values [count], and the place of each, ascending, as one number [count] or as
// an index [count, rank]. The graph has dense tensors only.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "frontend/Onnx/Tensors.h"
#include "llvm/ADT/SmallVector.h"
#include <cstring>

using namespace mlir;
using systole::graph::Tensor;

namespace systole::onnx {

/// The place of value `i` in row-major order, or -1 if it lies outside.
static int64_t placeOf(const Tensor &indices, int64_t i,
                       llvm::ArrayRef<int64_t> shape, int64_t size) {
  if (indices.getShape().size() == 1) {
    int64_t place = indices.getInt(i);
    return place < size ? place : -1;
  }
  int64_t place = 0, rank = shape.size();
  for (int64_t d = 0; d < rank; ++d) {
    int64_t index = indices.getInt(i * rank + d);
    if (index < 0 || index >= shape[d])
      return -1;
    place = place * shape[d] + index;
  }
  return place;
}

/// What is wrong with the parts of a sparse tensor, or "".
static std::string sparseProblem(const Tensor &values, const Tensor &indices,
                                 llvm::ArrayRef<int64_t> shape) {
  for (int64_t dim : shape)
    if (dim <= 0)
      return "a dimension is not positive: " + std::to_string(dim);
  if (graph::countElements(shape) < 0)
    return "it has too many elements";
  if (values.getShape().size() != 1)
    return "its values are not a list";
  if (!indices.getElementType().isSignlessInteger(64))
    return "its indices are not 64-bit integers";
  bool isList =
      indices.getShape().size() == 1 && indices.getShape()[0] == values.size();
  bool isTable = indices.getShape().size() == 2 &&
                 indices.getShape()[0] == values.size() &&
                 indices.getShape()[1] == int64_t(shape.size());
  return isList || isTable ? "" : "it does not have one index for each value";
}

std::optional<Tensor> TensorReader::read(const SparseTensorProto &proto,
                                         std::string &error) {
  auto values = read(proto.values(), error);
  auto indices = values ? read(proto.indices(), error) : std::nullopt;
  if (!values || !indices)
    return std::nullopt;
  SmallVector<int64_t> shape(proto.dims().begin(), proto.dims().end());
  error = sparseProblem(*values, *indices, shape);
  if (!error.empty())
    return std::nullopt;
  Type type = values->getElementType();
  auto dense = Tensor::tryAllocate(type, shape);
  if (failed(dense)) {
    error = "it does not fit into memory";
    return std::nullopt;
  }
  int64_t bytes = graph::elementBytes(type), last = -1;
  for (int64_t i = 0; i < values->size(); ++i) {
    int64_t place = placeOf(*indices, i, shape, dense->size());
    if (place <= last) {
      error = "index " + std::to_string(i) +
              (place < 0 ? " lies outside its shape" : " is not ascending");
      return std::nullopt;
    }
    last = place;
    if (isa<graph::StringType>(type))
      dense->setString(place, values->getString(i));
    else
      std::memcpy(dense->data() + place * bytes, values->data() + i * bytes,
                  bytes);
  }
  return *dense;
}

} // namespace systole::onnx
