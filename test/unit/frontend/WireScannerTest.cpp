//===- WireScannerTest.cpp - Large tensors are taken out of a model -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/WireScanner.h"
#include "frontend/Onnx/onnx.pb.h"
#include "gtest/gtest.h"

using namespace systole::onnx;

namespace {

/// A model with one weight of `bytes` bytes and a small one.
ModelProto makeModel(size_t bytes) {
  ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(17);
  GraphProto &graph = *model.mutable_graph();
  TensorProto &large = *graph.add_initializer();
  large.set_name("large");
  large.set_data_type(2);
  large.add_dims(bytes);
  large.set_raw_data(std::string(bytes, 'x'));
  TensorProto &small = *graph.add_initializer();
  small.set_name("small");
  small.set_data_type(2);
  small.add_dims(3);
  small.set_raw_data("abc");
  return model;
}

TEST(WireScanner, LeavesLargeTensorsInTheFile) {
  std::string bytes = makeModel(5000).SerializeAsString(), small, error;
  ASSERT_TRUE(extractLargeTensors(bytes, small, error)) << error;
  EXPECT_LT(small.size(), 200u);
  ModelProto model;
  ASSERT_TRUE(model.ParseFromString(small));
  const TensorProto &large = model.graph().initializer(0);
  EXPECT_FALSE(large.has_raw_data());
  ASSERT_EQ(large.mapped_length(), 5000u);
  EXPECT_EQ(bytes.substr(large.mapped_offset(), 5000), std::string(5000, 'x'));
  EXPECT_EQ(model.graph().initializer(1).raw_data(), "abc");
}

TEST(WireScanner, FindsTensorsOfAttributesAndSubgraphs) {
  ModelProto model = makeModel(4);
  AttributeProto &branch = *model.mutable_graph()->add_node()->add_attribute();
  AttributeProto &value = *branch.mutable_g()->add_node()->add_attribute();
  value.mutable_t()->set_raw_data(std::string(kMappedBytes, 'y'));
  std::string bytes = model.SerializeAsString(), small, error;
  ASSERT_TRUE(extractLargeTensors(bytes, small, error)) << error;
  ModelProto parsed;
  ASSERT_TRUE(parsed.ParseFromString(small));
  const TensorProto &inner =
      parsed.graph().node(0).attribute(0).g().node(0).attribute(0).t();
  ASSERT_EQ(inner.mapped_length(), kMappedBytes);
  EXPECT_EQ(bytes[inner.mapped_offset()], 'y');
}

/// A file must not name places itself.
TEST(WireScanner, DropsForgedPlaces) {
  ModelProto model = makeModel(4);
  model.mutable_graph()->mutable_initializer(0)->set_mapped_offset(1ull << 40);
  model.mutable_graph()->mutable_initializer(0)->set_mapped_length(1ull << 40);
  std::string small, error;
  ASSERT_TRUE(extractLargeTensors(model.SerializeAsString(), small, error));
  ModelProto parsed;
  ASSERT_TRUE(parsed.ParseFromString(small));
  EXPECT_FALSE(parsed.graph().initializer(0).has_mapped_offset());
  EXPECT_FALSE(parsed.graph().initializer(0).has_mapped_length());
}

/// Every prefix of a model is refused with a message, or is a shorter model.
TEST(WireScanner, ChecksEveryLength) {
  std::string bytes = makeModel(600).SerializeAsString();
  int refused = 0;
  for (size_t length = 0; length < bytes.size(); ++length) {
    std::string small, error;
    // A copy of the exact size, so that a sanitiser sees a read beyond it.
    std::string prefix(bytes, 0, length);
    if (!extractLargeTensors(prefix, small, error)) {
      EXPECT_FALSE(error.empty());
      ++refused;
    }
  }
  EXPECT_GT(refused, 600);
}

TEST(WireScanner, LimitsNesting) {
  ModelProto model;
  GraphProto *graph = model.mutable_graph();
  for (int i = 0; i < kMaxGraphNesting + 1; ++i)
    graph = graph->add_node()->add_attribute()->mutable_g();
  graph->add_node();
  std::string small, error;
  EXPECT_FALSE(extractLargeTensors(model.SerializeAsString(), small, error));
  EXPECT_NE(error.find("nests graphs"), std::string::npos) << error;
}

TEST(WireScanner, RecognisesModels) {
  std::string bytes = makeModel(600).SerializeAsString();
  EXPECT_GT(modelLikelihood(bytes), 80);
  // Cut off: still an ONNX file, so that its error says so.
  EXPECT_GT(modelLikelihood(llvm::StringRef(bytes).drop_back(10)), 0);
  EXPECT_EQ(modelLikelihood(""), 0);
  EXPECT_EQ(modelLikelihood(llvm::StringRef("PK\x03\x04rest", 8)), 0);
  EXPECT_EQ(modelLikelihood("module {}"), 0);
}

} // namespace
