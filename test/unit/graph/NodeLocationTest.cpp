//===- NodeLocationTest.cpp - Tests of locations of nodes -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names survive fusion, in order and once each.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole::graph;

namespace {

TEST(NodeLocationTest, describesOneNode) {
  MLIRContext context;
  EXPECT_EQ(describeNode(nodeLocation(&context, "conv1/Conv2D", "Conv2D")),
            "node 'conv1/Conv2D' (op Conv2D)");
  EXPECT_EQ(describeNode(nodeLocation(&context, "x", "")), "node 'x'");
  EXPECT_EQ(describeNode(nodeLocation(&context, "", "Relu")),
            "node '' (op Relu)");
  EXPECT_EQ(describeNode(nodeLocation(&context, "", "")), "");
  EXPECT_EQ(describeNode(UnknownLoc::get(&context)), "");
}

TEST(NodeLocationTest, collectsFusedNodesOnce) {
  MLIRContext context;
  Location conv = nodeLocation(&context, "conv", "Conv");
  Location relu = nodeLocation(&context, "relu", "Relu");
  Location inner = FusedLoc::get(&context, {conv, relu});
  Location all =
      FusedLoc::get(&context, {inner, UnknownLoc::get(&context), conv});
  SmallVector<SourceNode> nodes = sourceNodes(all);
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(nodes[0].name, "conv");
  EXPECT_EQ(nodes[1].op, "Relu");
  EXPECT_EQ(describeNode(all), "node 'conv' (op Conv) and 1 more");
}

} // namespace
