//===- wav.cpp - Sound files as tensors -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/wav.h"

using namespace systole::rt;

namespace {
/// What the chunks of a wave file say.
struct Wave {
  /// 1: integers, 3: floats.
  int format = 0;
  int channels = 0;
  int bits = 0;
  const unsigned char *samples = nullptr;
  int64_t sampleBytes = -1;
};
} // namespace

static uint32_t little(const unsigned char *bytes, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i)
    value |= uint32_t(bytes[i]) << 8 * i;
  return value;
}

bool systole::rt::isWav(const void *data, int64_t bytes) {
  const char *text = static_cast<const char *>(data);
  return bytes >= 12 && __builtin_memcmp(text, "RIFF", 4) == 0 &&
         __builtin_memcmp(text + 8, "WAVE", 4) == 0;
}

/// Walks the chunks. Returns false if what is needed is not there.
static bool parseChunks(const unsigned char *data, int64_t bytes, Wave &wave) {
  int64_t at = 12;
  while (bytes - at >= 8 && wave.sampleBytes < 0) {
    int64_t size = little(data + at + 4, 4);
    const unsigned char *body = data + at + 8;
    int64_t left = bytes - at - 8;
    if (__builtin_memcmp(data + at, "data", 4) == 0) {
      // Programs that write to a pipe leave the size open: take what is there.
      wave.samples = body;
      wave.sampleBytes = size < left ? size : left;
    } else if (__builtin_memcmp(data + at, "fmt ", 4) == 0) {
      if (size < 16 || size > left)
        return false;
      wave.format = int(little(body, 2));
      wave.channels = int(little(body + 2, 2));
      wave.bits = int(little(body + 14, 2));
      // The extensible format has the real one in its first two GUID bytes.
      if (wave.format == 0xfffe && size >= 26)
        wave.format = int(little(body + 24, 2));
    }
    at += 8 + size + (size & 1);
  }
  bool known = (wave.format == 1 && (wave.bits == 8 || wave.bits == 16 ||
                                     wave.bits == 24 || wave.bits == 32)) ||
               (wave.format == 3 && wave.bits == 32);
  return known && wave.channels > 0 && wave.sampleBytes >= 0;
}

/// Sample `index` as a float in [-1, 1).
static float sampleAsFloat(const Wave &wave, int64_t index) {
  const unsigned char *bytes = wave.samples + index * (wave.bits / 8);
  uint32_t pattern = little(bytes, wave.bits / 8);
  if (wave.format == 3) {
    float value;
    __builtin_memcpy(&value, &pattern, sizeof(value));
    return value;
  }
  if (wave.bits == 8) // The only unsigned format.
    return (float(pattern) - 128.0f) / 128.0f;
  int32_t value = int32_t(pattern << (32 - wave.bits)) >> (32 - wave.bits);
  return float(double(value) / double(int64_t(1) << (wave.bits - 1)));
}

Status systole::rt::decodeWav(const FileSubject &file, uint32_t dtype,
                              int64_t rank, const void *data, int64_t bytes,
                              OwnedTensor &tensor) {
  Wave wave;
  if (!parseChunks(static_cast<const unsigned char *>(data), bytes, wave))
    return Failure(SYSTOLE_STATUS_IO)
           << file.subject << ": '" << file.path << "' is not a wave file of "
           << "PCM (8, 16, 24, 32 bits) or 32-bit float samples";
  bool asShort =
      dtype == SYSTOLE_DTYPE_I16 && wave.format == 1 && wave.bits == 16;
  int64_t needed = wave.channels > 1 ? 2 : 1;
  if ((dtype != SYSTOLE_DTYPE_F32 && !asShort) || rank < needed ||
      rank > maxRank)
    return Failure(SYSTOLE_STATUS_INVALID_ARGUMENT)
           << file.subject << ": expected " << file.expected << ", found "
           << wave.bits << "-bit sound of " << wave.channels
           << " channel(s) in '" << file.path << "'";

  int64_t frames = wave.sampleBytes / (wave.bits / 8) / wave.channels;
  int64_t dims[maxRank];
  for (int64_t i = 0; i < rank; ++i)
    dims[i] = 1;
  dims[rank - needed] = frames;
  if (needed == 2)
    dims[rank - 1] = wave.channels;
  Status status = allocateTensor(tensor, dtype, dims, rank);
  if (status.failed())
    return status;
  for (int64_t i = 0; i < frames * wave.channels; ++i) {
    if (asShort)
      static_cast<uint16_t *>(tensor.data)[i] =
          uint16_t(little(wave.samples + 2 * i, 2));
    else
      static_cast<float *>(tensor.data)[i] = sampleAsFloat(wave, i);
  }
  return Status();
}
