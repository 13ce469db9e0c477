//===- ContractionKernels.h - Matrix product and convolution ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops of graph.matmul and graph.conv on plain arrays of a compute type T,
// each twice: the definition, one sum after the other (`...Plain`), and the
// same sums side by side (`...Fast`), which a compiler turns into vector code.
// Both add the products of one sum in the same order, increasing k, so that
// they agree bit for bit; a test holds them to that.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_CONTRACTIONKERNELS_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_CONTRACTIONKERNELS_H

#include "dialects/Graph/Interpreter/Evaluate.h"
#include <vector>

namespace systole::graph {

//===----------------------------------------------------------------------===//
// Matrix product
//===----------------------------------------------------------------------===//

/// result[i, j] = sum over l of lhs[i, l] * rhs[l, j]; all row-major.
template <typename T>
void matmulPlain(const T *lhs, const T *rhs, T *result, int64_t m, int64_t n,
                 int64_t k) {
#pragma STDC FP_CONTRACT OFF
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (int64_t l = 0; l < k; ++l)
        sum += lhs[i * k + l] * rhs[l * n + j];
      result[i * n + j] = sum;
    }
  }
}

/// The same with the sums of one row side by side; `result` holds zeros.
template <typename T>
void matmulFast(const T *lhs, const T *rhs, T *result, int64_t m, int64_t n,
                int64_t k) {
#pragma STDC FP_CONTRACT OFF
  if (n == 1) // Nothing to lay side by side.
    return matmulPlain(lhs, rhs, result, m, n, k);
  for (int64_t i = 0; i < m; ++i) {
    T *__restrict sums = result + i * n;
    for (int64_t l = 0; l < k; ++l) {
      T x = lhs[i * k + l];
      const T *__restrict row = rhs + l * n;
      for (int64_t j = 0; j < n; ++j)
        sums[j] += x * row[j];
    }
  }
}

//===----------------------------------------------------------------------===//
// Convolution
//===----------------------------------------------------------------------===//

/// How far apart neighbours lie in memory, in elements, in one tensor of a
/// convolution: `outer` is the batch (filter: output channel), `channel` the
/// channel (filter: input channel of the group).
struct ConvStrides {
  int64_t outer, channel;
  llvm::SmallVector<int64_t> spatial;
};

/// The sizes of a convolution, without regard to layout.
struct ConvShape {
  int64_t batch, groups;
  /// Channels of one group.
  int64_t inChannels, outChannels;
  llvm::SmallVector<int64_t> inSize, kernel, outSize;
  llvm::SmallVector<int64_t> strides, dilations, padLow;
  ConvStrides input, filter, output;
};

/// A kernel position whose input element lies inside the input: offsets of the
/// elements to multiply, in elements.
struct ConvTap {
  int64_t input, filter;
};

/// Replaces `taps` by those of the output position `p`, in order.
inline void convTaps(const ConvShape &s, const Odometer &p,
                     llvm::SmallVectorImpl<ConvTap> &taps) {
  taps.clear();
  for (Odometer q(s.kernel); !q.done(); q.next()) {
    bool inside = true;
    int64_t offset = 0;
    for (size_t d = 0; d < s.kernel.size(); ++d) {
      int64_t at = p[d] * s.strides[d] + q[d] * s.dilations[d] - s.padLow[d];
      inside &= at >= 0 && at < s.inSize[d];
      if (inside)
        offset += at * s.input.spatial[d];
    }
    if (inside)
      taps.push_back({offset, q.dot(s.filter.spatial)});
  }
}

/// The definition: for each output element, a sum over input channels and
/// kernel positions. `bias` may be null.
template <typename T>
void convPlain(const ConvShape &s, const T *input, const T *filter,
               const T *bias, T *output) {
#pragma STDC FP_CONTRACT OFF
  llvm::SmallVector<ConvTap> taps;
  for (int64_t n = 0; n < s.batch; ++n) {
    for (Odometer p(s.outSize); !p.done(); p.next()) {
      convTaps(s, p, taps);
      for (int64_t o = 0; o < s.groups * s.outChannels; ++o) {
        int64_t firstChannel = o / s.outChannels * s.inChannels;
        T sum = 0;
        for (int64_t i = 0; i < s.inChannels; ++i) {
          const T *in =
              input + n * s.input.outer + (firstChannel + i) * s.input.channel;
          const T *weights = filter + o * s.filter.outer + i * s.filter.channel;
          for (const ConvTap &tap : taps)
            sum += in[tap.input] * weights[tap.filter];
        }
        output[n * s.output.outer + o * s.output.channel +
               p.dot(s.output.spatial)] = bias ? sum + bias[o] : sum;
      }
    }
  }
}

/// The filter with the output channel innermost: [input channel, position, o].
template <typename T>
void packFilter(ConvShape &s, const T *filter, T *packed) {
  int64_t all = s.groups * s.outChannels, next = 0;
  for (int64_t i = 0; i < s.inChannels; ++i)
    for (Odometer q(s.kernel); !q.done(); q.next())
      for (int64_t o = 0; o < all; ++o)
        packed[next++] = filter[o * s.filter.outer + i * s.filter.channel +
                                q.dot(s.filter.spatial)];
  llvm::SmallVector<int64_t> positions = rowMajorStrides(s.kernel);
  for (int64_t &stride : positions)
    stride *= all;
  s.filter = {1, countElements(s.kernel) * all, positions};
}

/// The same with the sums of one group's output channels side by side. `packed`
/// has room for the filter, `sums` for a group's output channels.
template <typename T>
void convFast(ConvShape s, const T *input, const T *filter, const T *bias,
              T *output, T *packed, T *__restrict sums) {
#pragma STDC FP_CONTRACT OFF
  packFilter(s, filter, packed);
  llvm::SmallVector<ConvTap> taps;
  for (int64_t n = 0; n < s.batch; ++n) {
    for (Odometer p(s.outSize); !p.done(); p.next()) {
      convTaps(s, p, taps);
      T *out = output + n * s.output.outer + p.dot(s.output.spatial);
      for (int64_t g = 0; g < s.groups; ++g) {
        int64_t first = g * s.outChannels;
        std::fill(sums, sums + s.outChannels, T(0));
        for (int64_t i = 0; i < s.inChannels; ++i) {
          const T *in = input + n * s.input.outer +
                        (g * s.inChannels + i) * s.input.channel;
          for (const ConvTap &tap : taps) {
            T x = in[tap.input];
            const T *__restrict weights =
                packed + i * s.filter.channel + tap.filter + first;
            for (int64_t o = 0; o < s.outChannels; ++o)
              sums[o] += x * weights[o];
          }
        }
        for (int64_t o = 0; o < s.outChannels; ++o)
          out[(first + o) * s.output.channel] =
              bias ? sums[o] + bias[first + o] : sums[o];
      }
    }
  }
}

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_CONTRACTIONKERNELS_H
