//===- Einsum.cpp - Einstein's summation ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   1. Each operand becomes a Term: a value with a label for each dimension,
//   all
//      different (diagonals are taken). Dimensions of an ellipsis get the
//      labels '0', '1', ..., counted from the last one.
//   2. Terms are contracted from left to right. Labels that nothing needs any
//      more are summed: before, where only one term has them; by a matrix
//      product where both do. Common labels that stay are its batch dimensions.
//   3. What is left is summed and transposed to the result's order.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Einsum.h"
#include <map>

using namespace mlir;
using systole::graph::ReduceKind;

namespace systole::frontend {

namespace {
/// A value and what its dimensions are called.
struct Term {
  Value value;
  std::string labels;
};

/// An equation, parsed.
struct Equation {
  std::vector<std::string> inputs;
  std::string output;
};
} // namespace

static bool has(llvm::StringRef labels, char label) {
  return labels.contains(label);
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

/// Labels of an ellipsis of `count` dimensions: "210" for three.
static std::string ellipsisLabels(int64_t count) {
  std::string labels;
  for (int64_t d = count - 1; d >= 0; --d)
    labels += static_cast<char>('0' + d);
  return labels;
}

/// `text` with its ellipsis replaced by `count` labels. False where it holds
/// anything but letters and at most one ellipsis.
static bool expand(llvm::StringRef text, int64_t count, std::string &labels) {
  size_t dots = text.find("...");
  labels = text.take_front(dots).str();
  if (dots != llvm::StringRef::npos)
    labels += ellipsisLabels(count) + text.drop_front(dots + 3).str();
  return llvm::all_of(labels, [](char c) { return llvm::isAlnum(c); }) &&
         !llvm::any_of(text, [](char c) { return llvm::isDigit(c); });
}

/// The labels that occur once, in order, after those of the ellipsis.
static std::string implicitOutput(const Equation &equation, int64_t ellipsis) {
  std::map<char, int> counts;
  for (const std::string &labels : equation.inputs)
    for (char label : labels)
      ++counts[label];
  std::string output = ellipsisLabels(ellipsis);
  for (auto [label, count] : counts)
    if (count == 1 && !llvm::isDigit(label))
      output += label;
  return output;
}

/// Parses `text` for operands of these ranks; a message and false if it is bad.
static bool parse(GraphBuilder &b, llvm::StringRef text,
                  ArrayRef<int64_t> ranks, Equation &equation) {
  std::string compact;
  for (char c : text)
    if (c != ' ')
      compact += c;
  auto bad = [&](const llvm::Twine &why) {
    b.error("equation '" + text + "': " + why);
    return false;
  };
  auto [left, right] = llvm::StringRef(compact).split("->");
  SmallVector<llvm::StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != ranks.size())
    return bad(llvm::Twine(parts.size()) + " terms for " +
               llvm::Twine(ranks.size()) + " operands");
  int64_t most = 0;
  for (auto [part, rank] : llvm::zip(parts, ranks)) {
    bool dots = part.contains("...");
    int64_t count = rank - static_cast<int64_t>(part.size()) + (dots ? 3 : 0);
    if (count < 0 || count > 9 || (count > 0 && !dots))
      return bad("term '" + part + "' does not fit " + llvm::Twine(rank) +
                 " dimensions");
    most = std::max(most, count);
    equation.inputs.emplace_back();
    if (!expand(part, count, equation.inputs.back()))
      return bad("term '" + part + "' is not made of letters");
  }
  if (!llvm::StringRef(compact).contains("->"))
    equation.output = implicitOutput(equation, most);
  else if (!expand(right, most, equation.output))
    return bad("the result '" + right + "' is not made of letters");
  for (auto [i, label] : llvm::enumerate(equation.output)) {
    if (has(llvm::StringRef(equation.output).drop_front(i + 1), label))
      return bad("the result names a label twice");
    if (llvm::none_of(equation.inputs, [l = label](const std::string &in) {
          return has(in, l);
        }))
      return bad("the result has a label that no operand has");
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Terms
//===----------------------------------------------------------------------===//

/// The term with its dimensions in the order of `labels`.
static Term ordered(GraphBuilder &b, Term term, llvm::StringRef labels) {
  SmallVector<int64_t> perm;
  for (char label : labels)
    perm.push_back(static_cast<int64_t>(term.labels.find(label)));
  if (!llvm::is_sorted(perm))
    term.value = b.transpose(term.value, perm);
  term.labels = labels.str();
  return term;
}

/// Merges repeated labels: the diagonal of two dimensions of size n is every
/// (n + 1)-th element of both as one.
static Term withoutRepeats(GraphBuilder &b, Term term) {
  for (size_t i = 0; i < term.labels.size(); ++i) {
    size_t j = term.labels.find(term.labels[i], i + 1);
    if (j == std::string::npos)
      continue;
    SmallVector<int64_t> perm;
    std::string others;
    SmallVector<Extent> flat;
    for (size_t d = 0; d < term.labels.size(); ++d)
      if (d != i && d != j) {
        perm.push_back(static_cast<int64_t>(d));
        others += term.labels[d];
        flat.push_back(b.extent(term.value, static_cast<int64_t>(d)));
      }
    perm.append({static_cast<int64_t>(i), static_cast<int64_t>(j)});
    Extent n = b.extent(term.value, static_cast<int64_t>(i));
    flat.push_back(b.product(n, b.extent(term.value, static_cast<int64_t>(j))));
    int64_t last = static_cast<int64_t>(others.size());
    Value all = b.reshape(b.transpose(term.value, perm), flat);
    term.value =
        b.slice(all, b.ints({0}), b.ints({std::numeric_limits<int64_t>::max()}),
                b.add(b.shape({n}), 1.0), {last});
    term.labels = others + term.labels[i];
    i = static_cast<size_t>(-1);
  }
  return term;
}

/// Sums over the labels that `needed` does not have.
static Term sumOut(GraphBuilder &b, Term term, llvm::StringRef needed) {
  SmallVector<int64_t> axes;
  std::string kept;
  for (auto [d, label] : llvm::enumerate(term.labels))
    if (has(needed, label))
      kept += label;
    else
      axes.push_back(static_cast<int64_t>(d));
  if (!axes.empty())
    term.value = b.reduce(ReduceKind::sum, term.value, axes, false);
  term.labels = kept;
  return term;
}

/// The product of two terms without a label to sum over.
static Term outer(GraphBuilder &b, const Term &x, const Term &y) {
  std::string labels = x.labels;
  for (char label : y.labels)
    if (!has(labels, label))
      labels += label;
  auto spread = [&](Term term) {
    std::string own;
    SmallVector<int64_t> missing;
    for (auto [d, label] : llvm::enumerate(labels))
      if (has(term.labels, label))
        own += label;
      else
        missing.push_back(static_cast<int64_t>(d));
    return b.unsqueeze(ordered(b, term, own).value, missing);
  };
  return {b.mul(spread(x), spread(y)), labels};
}

/// `term` as matrices: its batch labels, then `rows` as one dimension and
/// `columns` as another.
static Value asMatrices(GraphBuilder &b, const Term &term,
                        llvm::StringRef batch, llvm::StringRef rows,
                        llvm::StringRef columns) {
  Term moved = ordered(b, term, (batch + rows + columns).str());
  SmallVector<Extent> shape;
  int64_t d = 0;
  for (size_t i = 0; i < batch.size(); ++i)
    shape.push_back(b.extent(moved.value, d++));
  for (llvm::StringRef part : {rows, columns}) {
    Extent size = int64_t(1);
    for (size_t i = 0; i < part.size(); ++i)
      size = b.product(size, b.extent(moved.value, d++));
    shape.push_back(size);
  }
  return b.reshape(moved.value, shape);
}

/// The product of two terms, summed over their common labels that `needed` does
/// not have.
static Term contract(GraphBuilder &b, Term x, Term y, llvm::StringRef needed) {
  x = sumOut(b, x, (needed + y.labels).str());
  y = sumOut(b, y, (needed + x.labels).str());
  std::string batch, summed, left, right;
  for (char label : x.labels)
    (!has(y.labels, label) ? left
     : has(needed, label)  ? batch
                           : summed) += label;
  for (char label : y.labels)
    if (!has(x.labels, label))
      right += label;
  if (summed.empty())
    return outer(b, x, y);
  Value product = b.matmul(asMatrices(b, x, batch, left, summed),
                           asMatrices(b, y, batch, summed, right));
  SmallVector<Extent> shape;
  for (size_t d = 0; d < batch.size() && product; ++d)
    shape.push_back(b.extent(product, static_cast<int64_t>(d)));
  for (auto [labels, term] : {std::pair(&left, &x), std::pair(&right, &y)})
    for (char label : *labels)
      shape.push_back(b.extent(term->value,
                               static_cast<int64_t>(term->labels.find(label))));
  return {b.reshape(product, shape), batch + left + right};
}

Value einsum(GraphBuilder &b, llvm::StringRef text,
             GraphBuilder::Values operands) {
  SmallVector<int64_t> ranks;
  for (Value operand : operands) {
    auto rank = b.requireRank(operand, "an operand");
    if (!rank)
      return {};
    ranks.push_back(*rank);
  }
  Equation equation;
  if (operands.empty() || !parse(b, text, ranks, equation))
    return {};
  Term result;
  for (size_t i = 0; i < operands.size() && !b.failed(); ++i) {
    Term next = withoutRepeats(b, {operands[i], equation.inputs[i]});
    std::string needed = equation.output;
    for (size_t later = i + 1; later < operands.size(); ++later)
      needed += equation.inputs[later];
    result =
        i == 0 ? sumOut(b, next, needed) : contract(b, result, next, needed);
  }
  if (b.failed())
    return {};
  return ordered(b, sumOut(b, result, equation.output), equation.output).value;
}

} // namespace systole::frontend
