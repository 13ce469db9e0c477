//===- SupportVectorOps.cpp - Support vector machines of ai.onnx.ml -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A row's kernels with all support vectors, then one product: with the
// coefficients of a regressor, or of each pair of classes. Probabilities of
// pairs become those of classes by Wu, Lin and Weng, "Probability Estimates for
// Multi-class Classification by Pairwise Coupling" (JMLR 5, 2004), algorithm 2.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Classes.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::onnx {

/// Tables have as many entries as classes to the fourth power.
static constexpr int64_t kMostClasses = 64;

/// Numbers as a matrix of `rows` rows of the features' type.
static Value matrixOf(Node &n, ArrayRef<double> numbers, int64_t rows,
                      Value like) {
  return n.reshape(n.numbers(GraphBuilder::elementType(like), numbers),
                   n.ints({rows, int64_t(numbers.size()) / rows}));
}

/// The features as [rows, features]; null with a message.
static Value featuresOf(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return {};
  if (*rank < 1 || *rank > 2)
    return n.error("its input has " + llvm::Twine(*rank) + " dimensions");
  Value x = floatsOf(n, n.in(0));
  return *rank == 1 ? n.unsqueeze(x, {0}) : x;
}

/// Kernels of each row with each of `count` vectors: [rows, count].
static Value kernels(Node &n, Value x, ArrayRef<double> vectors,
                     int64_t count) {
  SmallVector<double> given = n.reals("kernel_params");
  given.resize(3, 0.0);
  std::string kernel = n.string("kernel_type", "LINEAR");
  Value all = matrixOf(n, vectors, count, x);
  if (kernel == "RBF") {
    Value difference = n.sub(n.unsqueeze(x, {1}), all);
    Value squares = n.reduce(ReduceKind::sum, n.mul(difference, difference),
                             {2}, /*keepDims=*/false);
    return n.exp(n.mul(squares, -given[0]));
  }
  Value product = n.matmul(x, n.transpose(all, {1, 0}));
  if (kernel == "LINEAR")
    return product;
  Value scaled = n.add(n.mul(product, given[0]), given[1]);
  if (kernel == "SIGMOID")
    return n.tanh(scaled);
  if (kernel == "POLY")
    return n.make<graph::PowOp>({scaled, n.like(scaled, std::trunc(given[2]))});
  return n.error("kernel '" + kernel + "' is unknown");
}

//===----------------------------------------------------------------------===//
// Regression
//===----------------------------------------------------------------------===//

static void importSvmRegressor(Node &n) {
  SmallVector<double> coefficients = n.reals("coefficients"),
                      vectors = n.reals("support_vectors"),
                      rho = n.reals("rho");
  int64_t count = n.integer("n_supports", 0);
  Value x = featuresOf(n);
  if (!x)
    return;
  bool fits = count > 0 ? int64_t(coefficients.size()) == count &&
                              !vectors.empty() && vectors.size() % count == 0
                        : !coefficients.empty();
  if (!fits || rho.empty())
    return (void)n.error("its coefficients, support vectors and rho do not fit "
                         "each other");
  Value features = count > 0 ? kernels(n, x, vectors, count) : x;
  Value column = matrixOf(n, coefficients, int64_t(coefficients.size()), x);
  Value score = n.add(n.matmul(features, column), rho[0]);
  if (n.integer("one_class", 0))
    score = n.select(n.compare(ComparePredicate::gt, score, 0.0),
                     n.like(score, 1.0), n.like(score, -1.0));
  n.set(0, postTransform(n, score, n.string("post_transform", "NONE")));
}

//===----------------------------------------------------------------------===//
// Probabilities
//===----------------------------------------------------------------------===//

/// One sweep over the classes; rows that are settled stay. Also whether any row
/// was not.
static std::pair<Value, Value> sweep(GraphBuilder &b, Value q, Value p,
                                     int64_t classes) {
  auto column = [&](Value x, int64_t t) { return b.slice(x, 1, t, t + 1); };
  auto sum = [&](Value x) { return b.reduce(ReduceKind::sum, x, {1}, true); };
  Value qp = b.squeeze(b.matmul(q, b.unsqueeze(p, {2})), {2});
  Value pqp = sum(b.mul(p, qp)), error = b.abs(b.sub(qp, pqp));
  Value isOpen =
      b.compare(ComparePredicate::ge,
                b.reduce(ReduceKind::max, error, {1}, true), 0.005 / classes);
  Value next = p;
  for (int64_t t = 0; t < classes; ++t) {
    Value row = b.squeeze(column(q, t), {1}), own = column(row, t);
    Value qpt = column(qp, t), step = b.div(b.sub(pqp, qpt), own);
    Value whole = b.add(step, 1.0);
    std::vector<double> unit(classes, 0.0);
    unit[t] = 1.0;
    Value here = b.numbers(GraphBuilder::elementType(p), unit);
    next = b.div(b.add(next, b.mul(step, here)), whole);
    Value change = b.mul(step, b.add(b.mul(step, own), b.mul(qpt, 2.0)));
    pqp = b.div(b.add(pqp, change), b.mul(whole, whole));
    qp = b.div(b.add(qp, b.mul(step, row)), whole);
  }
  Value any = b.reduce(ReduceKind::max,
                       b.cast(isOpen, b.getBuilder().getI32Type()), {0, 1},
                       /*keepDims=*/false);
  return {b.select(isOpen, next, p), any};
}

/// Probabilities [rows, classes] from those of each class against each other
/// one, r [rows, classes, classes], whose diagonal is 0.
static Value couple(Node &n, Value r, int64_t classes) {
  std::vector<double> eye(classes * classes, 0.0);
  for (int64_t t = 0; t < classes; ++t)
    eye[t * classes + t] = 1.0;
  Value squares = n.reduce(ReduceKind::sum, n.mul(r, r), {1}, true);
  Value q = n.sub(n.mul(squares, matrixOf(n, eye, classes, r)),
                  n.mul(r, n.transpose(r, {0, 2, 1})));
  if (!q)
    return {};
  Value p = n.broadcast(n.like(r, 1.0 / classes),
                        n.shape({n.extent(r, 0), Extent(classes)}));
  Type i32 = n.getBuilder().getI32Type();
  std::vector<Value> inits = {p, n.scalar(i32, 0), n.scalar(i32, 1)};
  if (llvm::is_contained(inits, Value()))
    return {};
  SmallVector<Type> types;
  for (Value init : inits)
    types.push_back(init.getType());
  double most = std::max<int64_t>(100, classes);
  auto goesOn = [&](GraphBuilder &b, GraphBuilder::Values carried) -> Value {
    return b.make<graph::AndOp>(
        {b.compare(ComparePredicate::lt, carried[1], most),
         b.compare(ComparePredicate::gt, carried[2], 0.0)});
  };
  auto body = [&](GraphBuilder &b, GraphBuilder::Values carried) {
    auto [next, isOpen] = sweep(b, q, carried[0], classes);
    return std::vector<Value>{next, b.add(carried[1], 1.0), isOpen};
  };
  return n.makeWhile(inits, types, goesOn, body)[0];
}

//===----------------------------------------------------------------------===//
// Classification
//===----------------------------------------------------------------------===//

namespace {
/// A classifier's attributes.
struct Classifier {
  Value labels;
  int64_t classes = 0, vectors = 0, pairs = 0;
  SmallVector<int64_t> counts;
  SmallVector<double> coefficients, rho, probA, probB;

  bool read(Node &n);
  /// Weights of the kernels in each pair's decision: [vectors, pairs].
  std::vector<double> weightsOfPairs() const;
  /// The class that a pair's decision is for, or against: [pairs, classes].
  std::vector<double> votesOfPairs(bool isFor) const;
  Value probabilities(Node &n, Value decisions) const;
};
} // namespace

bool Classifier::read(Node &n) {
  labels = classLabels(n);
  if (!labels) {
    n.error("it has no labels");
    return false;
  }
  classes = GraphBuilder::sizeOf(labels, 0);
  pairs = classes * (classes - 1) / 2;
  counts = n.integers("vectors_per_class").value_or(SmallVector<int64_t>());
  coefficients = n.reals("coefficients"), rho = n.reals("rho");
  probA = n.reals("prob_a"), probB = n.reals("prob_b");
  bool fits = classes <= kMostClasses && !rho.empty() && !coefficients.empty();
  for (int64_t count : counts) {
    fits &= count >= 0 && count <= int64_t(coefficients.size());
    vectors += fits ? count : 0;
  }
  if (vectors > 0)
    fits &= classes >= 2 && int64_t(counts.size()) == classes &&
            int64_t(coefficients.size()) == vectors * (classes - 1) &&
            n.reals("support_vectors").size() % vectors == 0 &&
            int64_t(rho.size()) >= pairs &&
            (probA.empty() || (int64_t(probA.size()) == pairs &&
                               int64_t(probB.size()) == pairs));
  else
    fits &= coefficients.size() % classes == 0;
  if (!fits)
    n.error("its coefficients, support vectors, rho, probabilities and labels "
            "do not fit each other");
  return fits;
}

std::vector<double> Classifier::weightsOfPairs() const {
  std::vector<double> weights(vectors * pairs, 0.0);
  SmallVector<int64_t> starts{0};
  for (int64_t count : counts)
    starts.push_back(starts.back() + count);
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j, ++pair) {
      for (int64_t v = starts[i]; v < starts[i + 1]; ++v)
        weights[v * pairs + pair] = coefficients[(j - 1) * vectors + v];
      for (int64_t v = starts[j]; v < starts[j + 1]; ++v)
        weights[v * pairs + pair] = coefficients[i * vectors + v];
    }
  return weights;
}

std::vector<double> Classifier::votesOfPairs(bool isFor) const {
  std::vector<double> votes(pairs * classes, 0.0);
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j, ++pair)
      votes[pair * classes + (isFor ? i : j)] = 1.0;
  return votes;
}

Value Classifier::probabilities(Node &n, Value decisions) const {
  constexpr double kLeast = 1e-7;
  Type type = GraphBuilder::elementType(decisions);
  Value exponent =
      n.add(n.mul(decisions, n.numbers(type, probA)), n.numbers(type, probB));
  Value first = n.min(n.max(n.sigmoid(n.neg(exponent)), kLeast), 1.0 - kLeast);
  Value second = n.sub(n.like(first, 1.0), first);
  // Where each pair's two probabilities stand in a table of classes.
  std::vector<double> forward(pairs * classes * classes, 0.0), back = forward;
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j, ++pair) {
      forward[(pair * classes + i) * classes + j] = 1.0;
      back[(pair * classes + j) * classes + i] = 1.0;
    }
  Value table = n.add(n.matmul(first, matrixOf(n, forward, pairs, first)),
                      n.matmul(second, matrixOf(n, back, pairs, first)));
  Value shape = n.shape({n.extent(first, 0), Extent(classes), Extent(classes)});
  return couple(n, n.reshape(table, shape), classes);
}

static void importSvmClassifier(Node &n) {
  std::string transform = n.string("post_transform", "NONE");
  Classifier c;
  Value x = featuresOf(n);
  if (!x || !c.read(n))
    return;
  if (c.vectors == 0) {
    Value weights = matrixOf(n, c.coefficients, c.classes, x);
    Value scores = n.add(n.matmul(x, n.transpose(weights, {1, 0})), c.rho[0]);
    n.set(0, bestLabel(n, scores, c.labels));
    return n.set(1, postTransform(n, scores, transform));
  }
  c.rho.truncate(c.pairs);
  Type type = GraphBuilder::elementType(x);
  Value all = kernels(n, x, n.reals("support_vectors"), c.vectors);
  Value decisions =
      n.add(n.matmul(all, matrixOf(n, c.weightsOfPairs(), c.vectors, x)),
            n.numbers(type, c.rho));
  Value isFor = n.cast(n.compare(ComparePredicate::gt, decisions, 0.0), type);
  Value votes =
      n.add(n.matmul(isFor, matrixOf(n, c.votesOfPairs(true), c.pairs, x)),
            n.matmul(n.sub(n.like(isFor, 1.0), isFor),
                     matrixOf(n, c.votesOfPairs(false), c.pairs, x)));
  n.set(0, bestLabel(n, votes, c.labels));
  Value scores = decisions;
  if (!c.probA.empty())
    scores = c.probabilities(n, decisions);
  else if (c.pairs == 1)
    scores = twoClasses(n, decisions, /*isProbability=*/false);
  n.set(1, postTransform(n, scores, transform));
}

llvm::ArrayRef<Operator> supportVectorOperators() {
  static constexpr Operator rows[] = {
      {"SVMClassifier", 1, 28, importSvmClassifier, kMlDomain},
      {"SVMRegressor", 1, 28, importSvmRegressor, kMlDomain},
  };
  return rows;
}

} // namespace systole::onnx
