//===- GraphOrder.h - Which nodes, and in which order -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_GRAPHORDER_H
#define SYSTOLE_FRONTEND_ONNX_GRAPHORDER_H

#include "frontend/Common/Problems.h"
#include "frontend/Onnx/onnx.pb.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"

namespace systole::onnx {

using NodeList = google::protobuf::RepeatedPtrField<NodeProto>;

/// The nodes that `wanted` tensors need, each after its producers, otherwise in
/// the file's order. `isGiven` tells which tensors need no node. Problems: a
/// tensor with two producers, one with none, a cycle (with the names of its
/// nodes).
llvm::SmallVector<const NodeProto *>
orderNodes(const NodeList &nodes, llvm::ArrayRef<std::string> wanted,
           llvm::function_ref<bool(llvm::StringRef)> isGiven,
           std::vector<frontend::Problem> &problems);

/// A node's name for messages: its own, or that of its first output.
std::string displayName(const NodeProto &node);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_GRAPHORDER_H
