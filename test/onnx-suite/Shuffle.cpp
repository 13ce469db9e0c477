//===- Shuffle.cpp - The same ONNX model, written differently -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole-onnx-shuffle MODEL OUT SEED
//
// Writes a model with its nodes and weights in another order and with another
// name for every tensor and node, in subgraphs too. Nothing that it computes
// may depend on either.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/onnx.pb.h"
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>

using namespace systole;

namespace {

class Shuffler {
public:
  explicit Shuffler(uint64_t seed) : random(seed) {}
  void shuffle(onnx::GraphProto &graph);

private:
  /// The new name of a tensor: one name everywhere, for subgraphs see the
  /// tensors of the graphs around them. "" stands for an absent operand.
  void rename(std::string &name) {
    if (name.empty())
      return;
    auto [it, isNew] = names.try_emplace(name);
    if (isNew)
      it->second = "v" + std::to_string(random() % 100000) + "_" +
                   std::to_string(names.size());
    name = it->second;
  }
  template <typename List>
  void reorder(List &list) {
    for (int i = list.size() - 1; i > 0; --i)
      list.SwapElements(i, static_cast<int>(random() % (i + 1)));
  }
  void renameOperands(onnx::NodeProto &node);

  std::mt19937_64 random;
  std::map<std::string, std::string> names;
};

} // namespace

void Shuffler::renameOperands(onnx::NodeProto &node) {
  for (std::string &name : *node.mutable_input())
    rename(name);
  for (std::string &name : *node.mutable_output())
    rename(name);
  node.set_name("n" + std::to_string(random() % 1000000));
  for (onnx::AttributeProto &attribute : *node.mutable_attribute())
    if (attribute.has_g())
      shuffle(*attribute.mutable_g());
}

void Shuffler::shuffle(onnx::GraphProto &graph) {
  for (auto *infos : {graph.mutable_input(), graph.mutable_output(),
                      graph.mutable_value_info()})
    for (onnx::ValueInfoProto &info : *infos)
      rename(*info.mutable_name());
  for (onnx::TensorProto &weight : *graph.mutable_initializer())
    rename(*weight.mutable_name());
  for (onnx::NodeProto &node : *graph.mutable_node())
    renameOperands(node);
  reorder(*graph.mutable_node());
  reorder(*graph.mutable_initializer());
}

int main(int argc, char **argv) {
  std::stringstream bytes;
  bytes << std::ifstream(argc > 1 ? argv[1] : "", std::ios::binary).rdbuf();
  onnx::ModelProto model;
  if (argc != 4 || bytes.str().empty() || !model.ParseFromString(bytes.str())) {
    std::cerr << "usage: systole-onnx-shuffle MODEL OUT SEED\n";
    return 2;
  }
  Shuffler(std::strtoull(argv[3], nullptr, 10)).shuffle(*model.mutable_graph());
  std::ofstream(argv[2], std::ios::binary) << model.SerializeAsString();
  return 0;
}
