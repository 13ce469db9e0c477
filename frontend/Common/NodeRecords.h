//===- NodeRecords.h - What an importer notes of each node ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nodes get names of their own, are listed for `systole inspect`, and fail with
// a problem that names them. A trial import, of a loop's body for instance, can
// be taken back.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_NODERECORDS_H
#define SYSTOLE_FRONTEND_COMMON_NODERECORDS_H

#include "frontend/Common/GraphBuilder.h"
#include "frontend/Common/Import.h"
#include "llvm/ADT/StringMap.h"

namespace systole::frontend {

class NodeRecords {
public:
  explicit NodeRecords(ImportResult &result) : result(result) {}

  /// `base`, or `base` with a number where that is taken.
  std::string uniqueName(const std::string &base);
  /// Lists a node; null values are outputs of which nothing is known.
  void addNode(const std::string &name, const std::string &op,
               llvm::ArrayRef<mlir::Value> outputs);
  /// Records what `node` says of its failure: a problem, and in the summary.
  void addFailure(const std::string &name, const std::string &op,
                  const GraphBuilder &node);
  /// A problem of a node, which is also unsupported.
  void addUnsupported(Problem problem);

  /// State to which a trial import can be taken back.
  struct Checkpoint {
    size_t problems, unsupported, nodes;
    std::map<std::string, int64_t> ops;
  };
  Checkpoint checkpoint() const;
  void rollBack(const Checkpoint &checkpoint);

private:
  ImportResult &result;
  /// Names that are taken, with the last suffix that was tried.
  llvm::StringMap<int> names;
};

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_NODERECORDS_H
