//===- ImportTest.cpp - Formats, problems and MLIR text -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Import.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

using namespace systole;
using namespace systole::frontend;

namespace {

ImportResult importBytes(mlir::MLIRContext &context, const std::string &bytes,
                         const ImportOptions &options = {}) {
  SourceFile source;
  source.path = "model";
  source.bytes = bytes;
  return importModel(context, source, options);
}

//===----------------------------------------------------------------------===//
// Problems
//===----------------------------------------------------------------------===//

TEST(Problems, GroupsNodesOfOneFault) {
  std::vector<Problem> problems;
  for (const char *name : {"a", "b", "c"})
    problems.push_back(
        {name, "Foo", "the operator is not supported", {}, {"use Bar"}});
  problems.insert(problems.begin() + 1,
                  Problem{"d", "Baz", "axis 3 is wrong", {"why"}, {}});
  EXPECT_EQ(formatProblems("m.onnx", problems),
            "m.onnx: error: node 'a' (op Foo): the operator is not supported "
            "(3 nodes)\n"
            "  note: also 'b', 'c'\n"
            "  help: use Bar\n"
            "m.onnx: error: node 'd' (op Baz): axis 3 is wrong\n"
            "  note: why\n");
}

TEST(Problems, NamesAFewOfManyNodes) {
  std::vector<Problem> problems;
  for (int i = 0; i < 100; ++i)
    problems.push_back({"n" + std::to_string(i), "Foo", "bad", {}, {}});
  std::string text = formatProblems("m", problems);
  EXPECT_NE(text.find("(100 nodes)"), std::string::npos) << text;
  EXPECT_NE(text.find("and 92 more"), std::string::npos) << text;
}

/// Names come from a file: they must not drive a terminal.
TEST(Problems, EscapesControlCharacters) {
  std::string text =
      formatProblems("m", {Problem{"a\x1b[2J", "Op\n", "bad", {}, {}}});
  EXPECT_EQ(text, "m: error: node 'a\\x1b[2J' (op Op\\x0a): bad\n");
  EXPECT_EQ(printable(std::string(300, 'x')).size(), 203u);
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

TEST(Formats, SaysWhatAnUnknownFileLooksLike) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  for (auto [bytes, words] :
       {std::pair<std::string, std::string>("", "an empty file"),
        {std::string("PK\x03\x04", 4), "a zip archive"},
        {std::string("\x93NUMPY\x01", 7), "a numpy array"},
        {std::string(100, '\0'), "zero bytes"},
        {"version https://git-lfs.github.com/spec/v1", "git lfs pull"}}) {
    ImportResult result = importBytes(context, bytes);
    EXPECT_FALSE(result.module);
    ASSERT_EQ(result.problems.size(), 1u);
    std::string text = formatProblems("m", result.problems);
    EXPECT_NE(text.find(words), std::string::npos) << text;
  }
}

TEST(Formats, ReportsMissingFiles) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ImportResult result = importModel(context, "/nonexistent/model.onnx", {});
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_NE(result.problems[0].message.find("cannot read the file"),
            std::string::npos);
}

//===----------------------------------------------------------------------===//
// MLIR text
//===----------------------------------------------------------------------===//

TEST(MlirText, IsImported) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ImportResult result = importBytes(context, R"(
    func.func @f(%x: tensor<?x3xf32> {graph.name = "in", graph.dim_names = ["n", ""]})
        -> tensor<?x3xf32> {
      %y = graph.relu %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
      return %y : tensor<?x3xf32>
    })");
  ASSERT_TRUE(result.module) << formatProblems("m", result.problems);
  EXPECT_EQ(result.summary.format, "mlir");
  ASSERT_EQ(result.summary.inputs.size(), 1u);
  EXPECT_EQ(result.summary.inputs[0].name, "in");
  EXPECT_EQ(result.summary.inputs[0].dims[0], -1);
  EXPECT_EQ(result.summary.inputs[0].dimNames[0], "n");
  ASSERT_EQ(result.summary.outputs.size(), 1u);
  EXPECT_EQ(result.summary.outputs[0].name, "result0");
  auto entry = *result.module->getOps<mlir::func::FuncOp>().begin();
  EXPECT_TRUE(entry->hasAttr(graph::kEntryAttr));
}

TEST(MlirText, RefusesOtherDialects) {
  mlir::DialectRegistry registry;
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  EXPECT_FALSE(
      importBytes(context, "module { \"other.op\"() : () -> () }").module);
}

TEST(MlirText, ReportsMistakesWithTheirPlace) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  ImportResult result = importBytes(
      context, "func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {\n"
               "  %y = graph.relu %z : (tensor<2xf32>) -> tensor<2xf32>\n"
               "  return %y : tensor<2xf32>\n}\n");
  EXPECT_FALSE(result.module);
  std::string text = formatProblems("m", result.problems);
  EXPECT_NE(text.find("line 2"), std::string::npos) << text;
}

TEST(MlirText, LimitsNesting) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string deep =
      "func.func @f() attributes {a = " + std::string(100000, '[') + "}";
  ImportResult result = importBytes(context, deep);
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_NE(result.problems[0].message.find("nested"), std::string::npos);
}

} // namespace
