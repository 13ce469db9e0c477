//===- Signal.h - Fourier transforms and windows ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What signal processing needs around graph.dft. Complex numbers are a last
// dimension of size 2; of size 1, they are real. All follow GraphBuilder's
// rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_SIGNAL_H
#define SYSTOLE_FRONTEND_COMMON_SIGNAL_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// Transforms `x`, cut or filled with zeros to `length`, along `axis`. With
/// `oneSided`, the half of the frequencies that tells everything about a real
/// signal: the first length / 2 + 1.
mlir::Value fourier(GraphBuilder &b, mlir::Value x, const Extent &length,
                    int64_t axis, bool oneSided);
/// The inverse. With `oneSided`, x holds the first length / 2 + 1 frequencies
/// of a real signal, which is the result (last dimension 1).
mlir::Value inverseFourier(GraphBuilder &b, mlir::Value x, const Extent &length,
                           int64_t axis, bool oneSided);

/// Spectra of frames of `length` samples, each `step` after the last, of a
/// signal [batch, samples, 1 or 2]; frames are multiplied by `window` [length]
/// if it is given.
mlir::Value shortTimeFourier(GraphBuilder &b, mlir::Value signal,
                             mlir::Value window, int64_t length, int64_t step,
                             bool oneSided);

/// sum over k of (-1)^k weights[k] cos(2 pi k i / n) for i below `size`; n is
/// `size` if `periodic`, else one less.
mlir::Value cosineWindow(GraphBuilder &b, mlir::Type type, const Extent &size,
                         bool periodic, llvm::ArrayRef<double> weights);

/// Triangles, equally wide on the mel scale, that sum frequencies [dftLength /
/// 2
/// + 1] to `bins` bands between two frequencies in hertz (one element each).
struct MelBands {
  int64_t bins, dftLength, sampleRate;
  mlir::Value low, high;
};
mlir::Value melWeights(GraphBuilder &b, mlir::Type type, const MelBands &bands);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_SIGNAL_H
