//===- WavTest.cpp - Reading sound files ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/runner.h"
#include "test/unit/runtime/TestFiles.h"

using namespace systole;
using namespace systole::rt;
using namespace systole::test;

namespace {
std::string number(uint32_t value, int bytes) {
  std::string result;
  for (int i = 0; i < bytes; ++i)
    result += char(value >> 8 * i);
  return result;
}

std::string wav(int format, int channels, int bits, const std::string &data) {
  std::string chunk = number(format, 2) + number(channels, 2) +
                      number(16000, 4) +
                      number(16000 * channels * bits / 8, 4) +
                      number(channels * bits / 8, 2) + number(bits, 2);
  return "RIFF" + number(36 + data.size(), 4) + "WAVEfmt " + number(16, 4) +
         chunk + "LIST" + number(3, 4) + std::string("abc\0", 4) + "data" +
         number(data.size(), 4) + data;
}

std::string load(const std::string &contents, uint32_t dtype, int64_t rank,
                 OwnedTensor &tensor) {
  static TemporaryFolder folder;
  std::string path = folder / "t.wav";
  test::writeFile(path, contents);
  return loadTensor({"input 'x'", "float32 [?]", path.c_str()}, dtype, rank,
                    tensor)
      .message();
}

TEST(Wav, ReadsIntegersAsFloats) {
  OwnedTensor tensor = {};
  ASSERT_EQ(load(wav(1, 1, 16, bytesOf<int16_t>({-32768, 0, 16384, 32767})),
                 SYSTOLE_DTYPE_F32, 2, tensor),
            "");
  EXPECT_EQ(tensor.rank, 2);
  EXPECT_EQ(tensor.dims[0], 1);
  EXPECT_EQ(tensor.dims[1], 4);
  EXPECT_EQ(valuesOf<float>(tensor),
            (std::vector<float>{-1.0f, 0.0f, 0.5f, 32767.0f / 32768.0f}));
  ASSERT_EQ(load(wav(1, 1, 8, std::string("\0\x80\xc0", 3)), SYSTOLE_DTYPE_F32,
                 1, tensor),
            "");
  EXPECT_EQ(valuesOf<float>(tensor), (std::vector<float>{-1.0f, 0.0f, 0.5f}));
  ASSERT_EQ(load(wav(1, 1, 32, bytesOf<int32_t>({1 << 30})), SYSTOLE_DTYPE_F32,
                 1, tensor),
            "");
  EXPECT_EQ(valuesOf<float>(tensor), (std::vector<float>{0.5f}));
}

TEST(Wav, ReadsFloats) {
  OwnedTensor tensor = {};
  ASSERT_EQ(load(wav(3, 1, 32, bytesOf<float>({0.25f, -0.5f})),
                 SYSTOLE_DTYPE_F32, 1, tensor),
            "");
  EXPECT_EQ(valuesOf<float>(tensor), (std::vector<float>{0.25f, -0.5f}));
}

TEST(Wav, KeepsShortsForShortInputs) {
  OwnedTensor tensor = {};
  ASSERT_EQ(load(wav(1, 1, 16, bytesOf<int16_t>({-5, 7})), SYSTOLE_DTYPE_I16, 1,
                 tensor),
            "");
  EXPECT_EQ(valuesOf<int16_t>(tensor), (std::vector<int16_t>{-5, 7}));
}

TEST(Wav, PutsChannelsLast) {
  OwnedTensor tensor = {};
  std::string stereo = wav(1, 2, 16, bytesOf<int16_t>({1, 2, 3, 4, 5, 6}));
  ASSERT_EQ(load(stereo, SYSTOLE_DTYPE_F32, 2, tensor), "");
  EXPECT_EQ(tensor.dims[0], 3);
  EXPECT_EQ(tensor.dims[1], 2);
  EXPECT_NE(load(stereo, SYSTOLE_DTYPE_F32, 1, tensor).find("2 channel(s)"),
            std::string::npos);
}

TEST(Wav, SurvivesDamagedFiles) {
  OwnedTensor tensor = {};
  std::string good = wav(1, 2, 16, bytesOf<int16_t>({1, 2, 3, 4}));
  for (size_t length = 0; length < good.size(); ++length)
    (void)load(good.substr(0, length), SYSTOLE_DTYPE_F32, 2, tensor);
  for (size_t at = 12; at < good.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] ^= char(1 << bit);
      (void)load(bad, SYSTOLE_DTYPE_F32, 2, tensor);
    }
  EXPECT_NE(load(wav(1, 0, 16, "abcd"), SYSTOLE_DTYPE_F32, 1, tensor), "");
  EXPECT_NE(load(wav(7, 1, 8, "abcd"), SYSTOLE_DTYPE_F32, 1, tensor), "");
}
} // namespace
