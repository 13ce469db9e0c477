//===- Cases.h - The folders of ONNX's operator tests -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_CASES_H
#define SYSTOLE_TEST_ONNX_SUITE_CASES_H

#include "dialects/Graph/IR/Tensor.h"
#include <optional>
#include <string>
#include <vector>

namespace systole::suite {

using graph::Tensor;

/// One model of the suite.
struct Case {
  /// "node/test_add": how lists and messages call it.
  std::string name;
  /// Path of the model.
  std::string model;
  /// Folder of the data sets; empty for `light`, whose input is computed.
  std::string folder;
  /// How far a result may be off: |a - e| <= atol + rtol * |e|, where `scaled`
  /// means that atol is times the largest number of the tensor.
  double rtol = 1e-3, atol = 1e-7;
  bool scaled = false;
};

/// Inputs of a model and the outputs that it must have. No outputs: those of
/// the interpreter on the model as imported.
struct DataSet {
  /// One after the other: of a sequence all elements, of an absent optional
  /// none.
  std::vector<Tensor> inputs, outputs;
  /// For each input of the model that it has values for: how many tensors a
  /// sequence or an optional has, kAbsent for an absent one; nothing for plain
  /// tensors. May be shorter.
  std::vector<std::optional<int64_t>> inputLengths;
  /// What the tensors of `outputs` must be called; empty if all are plain.
  std::vector<std::string> outputNames;
};

/// The groups of the suite; `light` is whole networks, so it comes first where
/// workers share the work.
llvm::ArrayRef<llvm::StringLiteral> groups();

/// All cases below `data` (onnx/backend/test/data), or of one group, in an
/// order that does not depend on the file system.
std::vector<Case> findCases(llvm::StringRef data);

/// The number of data sets of a case.
int countDataSets(const Case &test);

/// Reads data set `index`; false, and a reason, if it holds something else than
/// tensors.
bool readDataSet(mlir::MLIRContext &context, const Case &test, int index,
                 DataSet &data, std::string &reason);

/// "" if `actual` agrees with `expected`, else where it does not.
std::string compare(const Case &test, const Tensor &actual,
                    const Tensor &expected);

/// The operator that a case is about: that of its model's first node that is
/// no constant.
std::string mainOperator(const Case &test);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_CASES_H
