//===- wav.h - Sound files as tensors ------------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads RIFF/WAVE files of PCM with 8, 16, 24 or 32 bits and of 32-bit floats.
// A float32 input gets samples in [-1, 1); an int16 input gets 16-bit samples
// as they are.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_WAV_H
#define SYSTOLE_RUNTIME_SRC_WAV_H

#include "runtime/src/tensor.h"

namespace systole::rt {

/// Whether bytes begin as a wave file does.
bool isWav(const void *data, int64_t bytes);

/// Makes a tensor for an input of type `dtype` with `rank` dimensions. One
/// channel fills the last dimension, those before become 1; several channels
/// become the last dimension, samples the one before.
Status decodeWav(const FileSubject &file, uint32_t dtype, int64_t rank,
                 const void *data, int64_t bytes, OwnedTensor &tensor);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_WAV_H
