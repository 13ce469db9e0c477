//===- RecurrentOps.cpp - ONNX LSTM, GRU and RNN -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the operators' many options into a RecurrentCell for each direction and
// puts the directions' results together.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/RecurrentOps.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

/// The activation called `name` with its parameters; null if unknown. Names are
/// compared without case, as other importers of ONNX do.
static Activation findActivation(llvm::StringRef name,
                                 std::optional<double> givenAlpha,
                                 std::optional<double> givenBeta) {
  auto alpha = [=](double otherwise) { return givenAlpha.value_or(otherwise); };
  auto beta = [=](double otherwise) { return givenBeta.value_or(otherwise); };
  using B = GraphBuilder;
  if (name.equals_insensitive("Sigmoid"))
    return [](B &b, Value x) { return b.sigmoid(x); };
  if (name.equals_insensitive("Tanh"))
    return [](B &b, Value x) { return b.tanh(x); };
  if (name.equals_insensitive("Relu"))
    return [](B &b, Value x) { return b.relu(x); };
  if (name.equals_insensitive("Softsign"))
    return [](B &b, Value x) { return softsign(b, x); };
  if (name.equals_insensitive("Softplus"))
    return [](B &b, Value x) { return softplus(b, x); };
  if (name.equals_insensitive("LeakyRelu"))
    return [a = alpha(0.01)](B &b, Value x) { return leakyRelu(b, x, a); };
  if (name.equals_insensitive("Elu"))
    return [a = alpha(1.0)](B &b, Value x) { return elu(b, x, a); };
  if (name.equals_insensitive("HardSigmoid"))
    return [a = alpha(0.2), c = beta(0.5)](B &b, Value x) {
      return hardSigmoid(b, x, a, c);
    };
  if (name.equals_insensitive("Affine"))
    return [a = alpha(1.0), c = beta(0.0)](B &b, Value x) {
      return b.add(b.mul(x, a), c);
    };
  if (name.equals_insensitive("ScaledTanh"))
    return [a = alpha(1.0), c = beta(1.0)](B &b, Value x) {
      return b.mul(b.tanh(b.mul(x, c)), a);
    };
  if (name.equals_insensitive("ThresholdedRelu"))
    return [a = alpha(1.0)](B &b, Value x) {
      return b.select(b.compare(ComparePredicate::ge, x, a), x, b.like(x, 0.0));
    };
  return {};
}

/// True for the activations that take alpha, or beta, from the lists.
static bool takesAlpha(llvm::StringRef name) {
  for (llvm::StringRef known : {"LeakyRelu", "Elu", "HardSigmoid", "Affine",
                                "ScaledTanh", "ThresholdedRelu"})
    if (name.equals_insensitive(known))
      return true;
  return false;
}
static bool takesBeta(llvm::StringRef name) {
  return name.equals_insensitive("HardSigmoid") ||
         name.equals_insensitive("Affine") ||
         name.equals_insensitive("ScaledTanh");
}

/// Activations of all directions, in order.
static bool readActivations(Node &n, int64_t directions,
                            llvm::ArrayRef<llvm::StringRef> standard,
                            SmallVectorImpl<Activation> &activations) {
  std::vector<std::string> names = n.strings("activations");
  SmallVector<double> alphas = n.reals("activation_alpha"),
                      betas = n.reals("activation_beta");
  if (names.empty())
    for (int64_t d = 0; d < directions; ++d)
      for (llvm::StringRef name : standard)
        names.push_back(name.str());
  if (names.size() != directions * standard.size()) {
    n.error("it has " + llvm::Twine(names.size()) + " activations instead of " +
            llvm::Twine(directions * standard.size()));
    return false;
  }
  size_t nextAlpha = 0, nextBeta = 0;
  for (const std::string &name : names) {
    // The lists hold a number for each activation that takes one, in order.
    std::optional<double> alpha, beta;
    if (takesAlpha(name) && nextAlpha < alphas.size())
      alpha = alphas[nextAlpha++];
    if (takesBeta(name) && nextBeta < betas.size())
      beta = betas[nextBeta++];
    activations.push_back(findActivation(name, alpha, beta));
    if (!activations.back()) {
      n.error("activation '" + name + "' is unknown");
      return false;
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Entry `d` of the leading dimension, which is dropped; absent stays absent.
static Value direction(Node &n, Value value, int64_t d) {
  if (!value)
    return {};
  Value part =
      GraphBuilder::sizeOf(value, 0) == 1 ? value : n.slice(value, 0, d, d + 1);
  return n.squeeze(part, {0});
}

/// The sequences' lengths; null where all have the whole one.
static Value sequenceLengths(Node &n, Value x) {
  Value lengths = n.optional(4);
  int64_t steps = GraphBuilder::sizeOf(x, 0);
  auto known = lengths ? graph::constantInts(lengths) : std::nullopt;
  auto isWhole = [&](int64_t length) { return length == steps; };
  return known && llvm::all_of(*known, isWhole) ? Value() : lengths;
}

/// Reads the weights of direction `d`: rows of gates, or columns of them where
/// the cell has products of its own.
static bool readWeights(Node &n, RecurrentCell &cell, int64_t d,
                        int64_t gates) {
  Value w = n.in(1), r = n.in(2);
  if (!w || !r)
    return false;
  if (GraphBuilder::rankOf(w) != 3 || GraphBuilder::rankOf(r) != 3) {
    n.error("its weights W and R must have 3 dimensions");
    return false;
  }
  int64_t gateDim = cell.timesR ? 2 : 1;
  cell.hidden = GraphBuilder::sizeOf(r, 3 - gateDim);
  int64_t stated = n.integer("hidden_size", cell.hidden);
  if (cell.hidden < 1 || stated != cell.hidden || cell.hidden > 1 << 24 ||
      GraphBuilder::sizeOf(r, gateDim) != gates * cell.hidden ||
      GraphBuilder::sizeOf(w, gateDim) != gates * cell.hidden) {
    n.error("the shapes of its weights W and R do not fit its hidden size");
    return false;
  }
  if (!cell.timesR) {
    cell.w = direction(n, w, d);
    cell.r = direction(n, r, d);
  }
  return true;
}

/// Fills what the three operators have in common for direction `d`.
static bool readCell(Node &n, RecurrentCell &cell, int64_t d, int64_t gates) {
  Value bias = n.optional(3);
  if (!readWeights(n, cell, d, gates))
    return false;
  if (bias) {
    Value both = direction(n, bias, d);
    cell.wBias = n.slice(both, 0, 0, gates * cell.hidden);
    cell.rBias = n.slice(both, 0, gates * cell.hidden, 2 * gates * cell.hidden);
  }
  cell.clip = n.real("clip", 0);
  cell.inputForget =
      cell.kind == RecurrentCell::LSTM && n.integer("input_forget", 0) != 0;
  cell.linearBeforeReset = cell.kind == RecurrentCell::GRU &&
                           n.integer("linear_before_reset", 0) != 0;
  if (Value peepholes =
          cell.kind == RecurrentCell::LSTM ? n.optional(7) : Value()) {
    Value all = direction(n, peepholes, d);
    cell.peepInput = n.slice(all, 0, 0, cell.hidden);
    cell.peepOutput = n.slice(all, 0, cell.hidden, 2 * cell.hidden);
    cell.peepForget = n.slice(all, 0, 2 * cell.hidden, 3 * cell.hidden);
  }
  return !n.failed();
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Results of all directions in ONNX's shapes: Y [seq, directions, batch,
/// hidden], Y_h and Y_c [directions, batch, hidden]; with layout 1 batch first.
static void setResults(Node &n, llvm::ArrayRef<RecurrentResult> results,
                       bool batchFirst) {
  SmallVector<Value> all, hidden, cells;
  for (const RecurrentResult &result : results) {
    all.push_back(n.unsqueeze(result.all, {1}));
    hidden.push_back(n.unsqueeze(result.hidden, {0}));
    cells.push_back(result.cell ? n.unsqueeze(result.cell, {0}) : Value());
  }
  auto order = [&](Value value, GraphBuilder::Ints perm) {
    return batchFirst ? n.transpose(value, perm) : value;
  };
  if (n.wants(0))
    n.set(0, order(n.concat(all, 1), {2, 0, 1, 3}));
  if (n.wants(1))
    n.set(1, order(n.concat(hidden, 0), {1, 0, 2}));
  if (n.wants(2))
    n.set(2, order(n.concat(cells, 0), {1, 0, 2}));
}

using SetProducts = llvm::function_ref<void(RecurrentCell &, int64_t)>;

static void importRecurrent(Node &n, RecurrentCell::Kind kind, int64_t gates,
                            llvm::ArrayRef<llvm::StringRef> standard,
                            SetProducts setProducts = {}) {
  std::string way = n.string("direction", "forward");
  if (way != "forward" && way != "reverse" && way != "bidirectional")
    return (void)n.error("direction '" + way + "' is unknown");
  int64_t directions = way == "bidirectional" ? 2 : 1;
  bool batchFirst = n.integer("layout", 0) == 1;
  Value x = n.in(0), h = n.optional(5);
  Value c = kind == RecurrentCell::LSTM ? n.optional(6) : Value();
  if (!x)
    return;
  if (GraphBuilder::rankOf(x) != 3)
    return (void)(n.rank(0) ? n.error("its input must have 3 dimensions")
                            : Value());
  if (batchFirst) {
    x = n.transpose(x, {1, 0, 2});
    h = h ? n.transpose(h, {1, 0, 2}) : h;
    c = c ? n.transpose(c, {1, 0, 2}) : c;
  }
  SmallVector<Activation> activations;
  if (!readActivations(n, directions, standard, activations))
    return;
  Value lengths = sequenceLengths(n, x);
  SmallVector<RecurrentResult> results;
  for (int64_t d = 0; d < directions; ++d) {
    RecurrentCell cell;
    cell.kind = kind;
    cell.lengths = lengths;
    if (setProducts)
      setProducts(cell, d);
    if (!readCell(n, cell, d, gates))
      return;
    cell.activations.append(activations.begin() + d * standard.size(),
                            activations.begin() + (d + 1) * standard.size());
    bool reverse = way == "reverse" || d == 1;
    results.push_back(recurrentLayer(n, cell, x, direction(n, h, d),
                                     direction(n, c, d), reverse));
  }
  setResults(n, results, batchFirst);
}

void importLstm(Node &n, SetProducts setProducts) {
  importRecurrent(n, RecurrentCell::LSTM, 4, {"Sigmoid", "Tanh", "Tanh"},
                  setProducts);
}
static void importPlainLstm(Node &n) { importLstm(n, {}); }
static void importGru(Node &n) {
  importRecurrent(n, RecurrentCell::GRU, 3, {"Sigmoid", "Tanh"});
}
static void importRnn(Node &n) {
  importRecurrent(n, RecurrentCell::RNN, 1, {"Tanh"});
}

llvm::ArrayRef<Operator> recurrentOperators() {
  static constexpr Operator rows[] = {
      {"GRU", 3, 28, importGru},
      {"LSTM", 1, 28, importPlainLstm},
      {"RNN", 1, 28, importRnn},
  };
  return rows;
}

} // namespace systole::onnx
