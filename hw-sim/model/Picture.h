//===- Picture.h - Pictures on chip as MM, DW and VX read them --*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The four settings that these engines share, put together with the
// instruction: where tap (ky, kx) of window (y, x) lies, and whether it exists.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_PICTURE_H
#define SYSTOLE_HWSIM_MODEL_PICTURE_H

#include "hw-sim/isa/Instruction.h"

namespace systole::sim {

/// Windows over a picture of channel blocks, in words or accumulator rows.
struct PictureView {
  int64_t source = 0;
  /// Windows in a row, rows of windows.
  int64_t width = 1, height = 1;
  isa::Pitch pitch;
  isa::Window window;
  isa::Edge edge;
  isa::Ring ring;

  template <typename Config, typename Work>
  PictureView(const Config &config, const Work &work)
      : source(work.source), width(work.width), height(work.height),
        pitch(config.pitch), window(config.window), edge(config.edge),
        ring(config.ring) {}

  int64_t rowOf(int64_t y, int64_t ky) const {
    return y * window.strideY + ky * window.dilationY;
  }
  int64_t columnOf(int64_t x, int64_t kx) const {
    return x * window.strideX + kx * window.dilationX;
  }
  bool hasRow(int64_t row) const {
    return !window.edged || (row >= edge.top && row < edge.bottom);
  }
  bool hasColumn(int64_t column) const {
    return !window.edged || (column >= edge.left && column < edge.right);
  }
  bool isInside(int64_t row, int64_t column) const {
    return hasRow(row) && hasColumn(column);
  }
  /// Precondition: the place is inside.
  int64_t addressOf(int64_t row, int64_t column, int64_t channel) const {
    int64_t address =
        source + row * pitch.y + column * pitch.x + channel * pitch.channel;
    return ring.size > 0 && address >= ring.limit ? address - ring.size
                                                  : address;
  }
  int64_t taps() const { return int64_t(window.kernelX) * window.kernelY; }
  int64_t outputs() const { return width * height; }
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_PICTURE_H
