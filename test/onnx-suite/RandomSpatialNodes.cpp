//===- RandomSpatialNodes.cpp - Resizing, blocks, einsum ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"

namespace systole::suite {

bool ModelMaker::addResize() {
  static const char *const places[] = {"asymmetric", "half_pixel",
                                       "align_corners"};
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() != 4)
    return false;
  RandomTensor x = *found, y = x;
  y.dims[2] = random.integer(1, 2 * x.dims[2]);
  y.dims[3] = random.integer(1, 2 * x.dims[3]);
  RandomTensor none;
  onnx::NodeProto &resize = node("Resize", {x, none, none, integers(y.dims)});
  bool linear = random.oneIn(2);
  setAttribute(resize, "mode", std::string(linear ? "linear" : "nearest"));
  setAttribute(resize, "coordinate_transformation_mode",
               linear ? oneOf(random, places) : std::string("asymmetric"));
  if (!linear)
    setAttribute(resize, "nearest_mode", std::string("floor"));
  y.exact &= !linear;
  return output(resize, y);
}

bool ModelMaker::addConvTranspose() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 3 || found->dims.size() > 4 ||
      found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  int64_t channels = x.dims[1], outputs = random.integer(1, 9);
  Dims filter{channels, outputs}, strides, pads;
  for (size_t d = 2; d < x.dims.size(); ++d) {
    filter.push_back(random.integer(1, 3));
    strides.push_back(random.integer(1, 2));
    y.dims[d] = (x.dims[d] - 1) * strides.back() + filter.back();
  }
  y.dims[1] = outputs;
  RandomTensor w = weight(filter, x.exact), bias = weight({outputs}, x.exact);
  y.bound = x.bound * w.bound * countOf(filter) / outputs + bias.bound;
  onnx::NodeProto &conv = node("ConvTranspose", {x, w, bias});
  setAttribute(conv, "strides", strides);
  return output(conv, y);
}

bool ModelMaker::addBlocks() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() != 4)
    return false;
  RandomTensor x = *found, y = x;
  bool toDepth = x.dims[2] % 2 == 0 && x.dims[3] % 2 == 0;
  if (!toDepth && x.dims[1] % 4)
    return false;
  y.dims[1] = toDepth ? x.dims[1] * 4 : x.dims[1] / 4;
  for (int64_t &dim : llvm::MutableArrayRef<int64_t>(y.dims).drop_front(2))
    dim = toDepth ? dim / 2 : dim * 2;
  onnx::NodeProto &blocks =
      node(toDepth ? "SpaceToDepth" : "DepthToSpace", {x});
  setAttribute(blocks, "blocksize", int64_t(2));
  if (!toDepth)
    setAttribute(blocks, "mode", std::string(random.oneIn(2) ? "DCR" : "CRD"));
  return output(blocks, y);
}

bool ModelMaker::addEinsum() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 2 || found->dims.size() > 3 ||
      found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  int64_t depth = x.dims.back(), width = random.integer(1, 9);
  bool transposed = random.oneIn(2), batched = x.dims.size() == 3;
  RandomTensor w =
      weight(transposed ? Dims{width, depth} : Dims{depth, width}, x.exact);
  y.bound = x.bound * w.bound * depth;
  bool swap = random.oneIn(2);
  y.dims.back() = width;
  if (swap)
    std::swap(y.dims[y.dims.size() - 2], y.dims.back());
  onnx::NodeProto &einsum = node("Einsum", {x, w});
  setAttribute(einsum, "equation",
               std::string(batched ? "bik," : "ik,") +
                   (transposed ? "jk->" : "kj->") + (batched ? "b" : "") +
                   (swap ? "ji" : "ij"));
  return output(einsum, y);
}

} // namespace systole::suite
