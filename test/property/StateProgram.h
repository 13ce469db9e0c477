//===- StateProgram.h - Random programs on variables ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programs that read, compute and assign in straight lines, branches and loops,
// in any order: what copies and moves of a variable's value have to respect.
// Arithmetic is exact in any type.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_PROPERTY_STATEPROGRAM_H
#define SYSTOLE_TEST_PROPERTY_STATEPROGRAM_H

#include "llvm/Support/FormatVariadic.h"
#include <random>
#include <string>
#include <vector>

namespace systole::property {

/// Makes the text of a module with variables @p and @q and a function
/// @sample(%c: tensor<i1>, %n: tensor<i64>, %a: T) -> (T, T, T).
class StateProgram {
public:
  StateProgram(std::mt19937_64 &engine, std::string type)
      : engine(engine), type(std::move(type)) {}

  std::string make() {
    std::vector<std::string> values{"%a"};
    std::string body = statements(values, 10, 2);
    std::string text = llvm::formatv(
        "graph.variable @p : {0}\ngraph.variable @q per_sample : {0}\n"
        "func.func @sample(%c: tensor<i1>, %n: tensor<i64>, %a: {0}) -> "
        "({0}, {0}, {0}) {{\n"
        "  %zero = graph.constant dense<0> : tensor<i64>\n"
        "  %one = graph.constant dense<1> : tensor<i64>\n",
        type);
    text += body;
    std::string last = pick(values), p = fresh(), q = fresh();
    text += read(p, "@p") + read(q, "@q");
    return text + llvm::formatv("  return {0}, {1}, {2} : {3}, {3}, {3}\n}\n",
                                last, p, q, type)
                      .str();
  }

private:
  int64_t below(int64_t n) { return static_cast<int64_t>(engine() % n); }
  std::string fresh() { return "%v" + std::to_string(count++); }
  std::string pick(const std::vector<std::string> &values) {
    return values[below(values.size())];
  }
  std::string variable() { return below(2) ? "@p" : "@q"; }
  std::string read(const std::string &value, const std::string &variable) {
    return llvm::formatv("  {0} = graph.read_variable {1} : {2}\n", value,
                         variable, type);
  }

  /// `most` statements at most; what they define is added to `values`.
  std::string statements(std::vector<std::string> &values, int64_t most,
                         int64_t depth) {
    std::string text;
    for (int64_t i = below(most) + 1; i > 0; --i)
      text += statement(values, depth);
    return text;
  }

  std::string statement(std::vector<std::string> &values, int64_t depth) {
    switch (below(depth > 0 ? 8 : 6)) {
    case 0:
    case 1:
      values.push_back(fresh());
      return read(values.back(), variable());
    case 2:
    case 3:
      return llvm::formatv("  graph.assign_variable {0}, {1} : {2}\n",
                           variable(), pick(values), type);
    case 4: {
      static const char *names[] = {"neg", "abs"};
      std::string operand = pick(values);
      values.push_back(fresh());
      return llvm::formatv("  {0} = graph.{1} {2} : ({3}) -> {3}\n",
                           values.back(), names[below(2)], operand, type);
    }
    case 5: {
      static const char *names[] = {"add", "sub", "max"};
      std::string lhs = pick(values), rhs = pick(values);
      values.push_back(fresh());
      return llvm::formatv("  {0} = graph.{1} {2}, {3} : ({4}, {4}) -> {4}\n",
                           values.back(), names[below(3)], lhs, rhs, type);
    }
    case 6:
      return branch(values, depth);
    default:
      return loop(values, depth);
    }
  }

  std::string branch(std::vector<std::string> &values, int64_t depth) {
    std::vector<std::string> first = values, second = values;
    std::string onTrue = statements(first, 4, depth - 1);
    std::string onFalse = statements(second, 4, depth - 1);
    std::string result = fresh();
    values.push_back(result);
    return llvm::formatv("  {0} = graph.if %c : tensor<i1> -> ({1}) {{\n{2}"
                         "  graph.yield {3} : {1}\n  } else {{\n{4}"
                         "  graph.yield {5} : {1}\n  }\n",
                         result, type, onTrue, pick(first), onFalse,
                         pick(second));
  }

  /// `n` iterations that carry a value of `type`.
  std::string loop(std::vector<std::string> &values, int64_t depth) {
    std::string init = pick(values), result = fresh(), inside = fresh(),
                carried = fresh(), i = fresh(), j = fresh(), next = fresh(),
                more = fresh();
    std::vector<std::string> before = values, body = values;
    before.push_back(inside);
    body.push_back(carried);
    // A condition may assign, too.
    std::string asked = below(4) ? "" : statements(before, 2, 0);
    std::string work = statements(body, 4, depth - 1);
    values.push_back(result + "#0");
    std::string text = llvm::formatv(
        "  {0}:2 = graph.while ({1} = {2}, {3} = %zero) : ({4}, tensor<i64>) "
        "-> ({4}, tensor<i64>) {{\n{5}"
        "  {6} = graph.compare lt, {3}, %n : (tensor<i64>, tensor<i64>) -> "
        "tensor<i1>\n  graph.yield {6} : tensor<i1>\n",
        result, inside, init, i, type, asked, more);
    return text +
           llvm::formatv("  } do ({0}, {1}) {{\n{2}"
                         "  {3} = graph.add {1}, %one : (tensor<i64>, "
                         "tensor<i64>) -> tensor<i64>\n"
                         "  graph.yield {4}, {3} : {5}, tensor<i64>\n  }\n",
                         carried, j, work, next, pick(body), type)
               .str();
  }

  std::mt19937_64 &engine;
  std::string type;
  int64_t count = 0;
};

} // namespace systole::property

#endif // SYSTOLE_TEST_PROPERTY_STATEPROGRAM_H
