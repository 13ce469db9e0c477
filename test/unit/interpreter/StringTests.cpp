//===- StringTests.cpp - Operations on strings ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InterpreterTesting.h"
#include "dialects/Graph/IR/GraphDialect.h"

using namespace systole::graph;

namespace {
class StringTest : public InterpreterTest {
protected:
  Tensor texts(llvm::ArrayRef<int64_t> shape,
               llvm::ArrayRef<llvm::StringRef> values) {
    Tensor tensor(StringType::get(&context), shape);
    for (auto [i, value] : llvm::enumerate(values))
      tensor.setString(static_cast<int64_t>(i), value);
    return tensor;
  }
  void expectTexts(const Tensor &actual, llvm::ArrayRef<int64_t> shape,
                   llvm::ArrayRef<llvm::StringRef> values) {
    ASSERT_TRUE(actual);
    EXPECT_TRUE(actual.identical(texts(shape, values)));
  }
};

TEST_F(StringTest, comparesBytes) {
  expectEqual(run("graph.string_equal %0, %1", "tensor<2x3xi1>",
                  {texts({2, 1}, {"a", "b"}), texts({3}, {"b", "a", "A"})}),
              {2, 3}, {0, 1, 0, 1, 0, 0});
}

TEST_F(StringTest, concatenates) {
  expectTexts(run("graph.string_concat %0, %1", "tensor<2x!graph.string>",
                  {texts({2}, {"a", ""}), texts({}, {"bc"})}),
              {2}, {"abc", "bc"});
}

TEST_F(StringTest, changesCase) {
  Tensor x = texts({2}, {"aB1", "Äö"});
  expectTexts(run("graph.string_case %0", "tensor<2x!graph.string>", {x}), {2},
              {"ab1", "äö"});
  expectTexts(
      run("graph.string_case %0 {upper}", "tensor<2x!graph.string>", {x}), {2},
      {"AB1", "ÄÖ"});
}

TEST_F(StringTest, findsFields) {
  Tensor x = texts({2, 1}, {"a,b", "c"}), index = make("i64", {3}, {0, 1, -1});
  expectEqual(run("graph.string_field_count %0 {delimiter = \",\"}",
                  "tensor<2x1xi64>", {x}),
              {2, 1}, {2, 1});
  expectTexts(run("graph.string_field %0, %1 {delimiter = \",\"}",
                  "tensor<2x3x!graph.string>", {x, index}),
              {2, 3}, {"a", "b", "", "c", "", ""});
  expectTexts(run("graph.string_field %0, %1 {delimiter = \",\", limit = 0 : "
                  "i64}",
                  "tensor<2x3x!graph.string>", {x, index}),
              {2, 3}, {"a,b", "", "", "c", "", ""});
}

TEST_F(StringTest, matchesPatterns) {
  expectEqual(run("graph.string_match %0 {pattern = \"a+b?\"}", "tensor<3xi1>",
                  {texts({3}, {"aab", "b", "aabb"})}),
              {3}, {1, 0, 0});
}

TEST_F(StringTest, movesStringsAsAnyElement) {
  expectTexts(run("graph.transpose %0 {perm = array<i64: 1, 0>}",
                  "tensor<2x2x!graph.string>",
                  {texts({2, 2}, {"a", "b", "c", "d"})}),
              {2, 2}, {"a", "c", "b", "d"});
}
} // namespace
