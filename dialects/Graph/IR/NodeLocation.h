//===- NodeLocation.h - Source nodes as locations ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation's location names the node of the user's model that it comes
// from: NameLoc("conv1/Conv2D", child = NameLoc("Conv")). Where passes merge
// operations, a FusedLoc holds all their names.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_NODELOCATION_H
#define SYSTOLE_DIALECTS_GRAPH_IR_NODELOCATION_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace systole::graph {

/// A node of the source model: its name, and the source format's operator.
struct SourceNode {
  llvm::StringRef name;
  llvm::StringRef op;
};

/// The location of what is imported from node `name` with operator `op`.
mlir::Location nodeLocation(mlir::MLIRContext *context, llvm::StringRef name,
                            llvm::StringRef op);

/// All source nodes that a location names, in order, without duplicates.
llvm::SmallVector<SourceNode> sourceNodes(mlir::Location location);

/// "node 'conv1/Conv2D' (op Conv2D)", or the first of several with " and N
/// more"; empty if the location names no node.
std::string describeNode(mlir::Location location);

/// The name of the input or output that is an element of a sequence: "x[0]".
std::string elementName(llvm::StringRef sequence, int64_t index);
/// The sequence and the index of such a name; "" for other names.
llvm::StringRef sequenceOfElement(llvm::StringRef name, int64_t &index);

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_NODELOCATION_H
