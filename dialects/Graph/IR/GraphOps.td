//===- GraphOps.td - All graph operations ------------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_GRAPH_OPS
#define SYSTOLE_GRAPH_OPS

include "dialects/Graph/IR/GraphControlOps.td"
include "dialects/Graph/IR/GraphElementwiseOps.td"
include "dialects/Graph/IR/GraphIndexOps.td"
include "dialects/Graph/IR/GraphNeuralOps.td"
include "dialects/Graph/IR/GraphQuantOps.td"
include "dialects/Graph/IR/GraphShapeOps.td"
include "dialects/Graph/IR/GraphSignalOps.td"
include "dialects/Graph/IR/GraphSpatialOps.td"
include "dialects/Graph/IR/GraphStringOps.td"
include "dialects/Graph/IR/GraphVariableOps.td"

#endif // SYSTOLE_GRAPH_OPS
