//===- NpyTest.cpp - Reading and writing .npy files -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/npy.h"
#include "runtime/src/runner.h"
#include "test/unit/runtime/TestFiles.h"

using namespace systole;
using namespace systole::rt;
using namespace systole::test;

namespace {
/// Loads bytes as a file; returns the message, "" for success.
std::string load(const std::string &contents, uint32_t dtype,
                 OwnedTensor &tensor) {
  static TemporaryFolder folder;
  std::string path = folder / "t.npy";
  test::writeFile(path, contents);
  StringBuilder expected;
  expected << dtypeInfo(dtype).name << " [?]";
  Status status = loadTensor({"input 'x'", expected.c_str(), path.c_str()},
                             dtype, 1, tensor);
  std::string message = status.message();
  size_t at = message.find(path);
  return at == std::string::npos ? message
                                 : message.replace(at, path.size(), "t.npy");
}

std::vector<int64_t> dimsOf(const Tensor &tensor) {
  return std::vector<int64_t>(tensor.dims, tensor.dims + tensor.rank);
}

// Every type survives writing and reading.
TEST(Npy, RoundTripsEveryType) {
  TemporaryFolder folder;
  for (uint32_t dtype = SYSTOLE_DTYPE_BOOL; dtype <= SYSTOLE_DTYPE_F8E8M0FNU;
       ++dtype) {
    SCOPED_TRACE(dtypeInfo(dtype).name);
    // Zeros and ones are in the range of every integer type.
    std::vector<uint8_t> bytes(6 * dtypeInfo(dtype).bytes);
    for (size_t i = 0; i < bytes.size(); ++i)
      bytes[i] =
          i % dtypeInfo(dtype).bytes == 0 ? i / dtypeInfo(dtype).bytes % 2 : 0;
    Tensor tensor = tensorOf(dtype, {2, 3}, bytes);
    std::string path = folder / "t.npy";
    ASSERT_TRUE(writeNpy(path.c_str(), tensor).succeeded());
    OwnedTensor loaded = {};
    ASSERT_EQ(load(test::readFile(path), dtype, loaded), "");
    EXPECT_EQ(dimsOf(loaded), (std::vector<int64_t>{2, 3}));
    EXPECT_EQ(valuesOf<uint8_t>(loaded), bytes);
  }
}

/// A .npy file of version 1.
std::string npyFile(const std::string &descr, const std::string &shape,
                    const std::string &elements) {
  std::string header = "{'descr': '" + descr +
                       "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + elements;
}

std::vector<std::string> textsOf(const Tensor &tensor) {
  std::vector<std::string> texts;
  auto *strings = static_cast<const systole_string *>(tensor.data);
  for (int64_t i = 0; i < tensor.count(); ++i)
    texts.emplace_back(strings[i].data, strings[i].size);
  return texts;
}

// Both kinds of NumPy's strings, without the zeros that fill them up.
TEST(Npy, ReadsStrings) {
  OwnedTensor tensor = {};
  ASSERT_EQ(load(npyFile("|S3", "(2,)", std::string("ab\0xyz", 6)),
                 SYSTOLE_DTYPE_STRING, tensor),
            "");
  EXPECT_EQ(textsOf(tensor), (std::vector<std::string>{"ab", "xyz"}));
  std::string little("\xe4\0\0\0\xac\x20\0\0A\0\0\0\0\0\0\0", 16);
  ASSERT_EQ(load(npyFile("<U2", "(2,)", little), SYSTOLE_DTYPE_STRING, tensor),
            "");
  EXPECT_EQ(textsOf(tensor),
            (std::vector<std::string>{"\xc3\xa4\xe2\x82\xac", "A"}));
  std::string big("\0\x01\xf6\0\0\0\0\0", 8);
  ASSERT_EQ(load(npyFile(">U1", "(2,)", big), SYSTOLE_DTYPE_STRING, tensor),
            "");
  EXPECT_EQ(textsOf(tensor),
            (std::vector<std::string>{"\xf0\x9f\x98\x80", ""}));
  EXPECT_EQ(load(npyFile("<f4", "(1,)", "abcd"), SYSTOLE_DTYPE_STRING, tensor),
            "input 'x': expected string [?], found float32 [1] in 't.npy'");
}

// Strings are as wide as the longest, and a copy has bytes of its own.
TEST(Npy, WritesStrings) {
  char bytes[] = "abc";
  systole_string strings[] = {{bytes, 3}, {bytes, 0}, {bytes + 1, 1}};
  Tensor tensor = {strings, sizeof(strings), SYSTOLE_DTYPE_STRING, 1, {3}};
  OwnedTensor copy = {}, loaded = {};
  ASSERT_TRUE(copyTensor(tensor, copy).succeeded());
  bytes[1] = '?';
  TemporaryFolder folder;
  std::string path = folder / "t.npy";
  ASSERT_TRUE(writeNpy(path.c_str(), copy).succeeded());
  EXPECT_NE(test::readFile(path).find("'descr': '|S3'"), std::string::npos);
  ASSERT_EQ(load(test::readFile(path), SYSTOLE_DTYPE_STRING, loaded), "");
  EXPECT_EQ(textsOf(loaded), (std::vector<std::string>{"abc", "", "b"}));
}

// The header is what numpy.save writes, and the data is aligned.
TEST(Npy, WritesNumpysHeader) {
  TemporaryFolder folder;
  std::vector<float> values = {1, 2, 3};
  std::string path = folder / "t.npy";
  ASSERT_TRUE(writeNpy(path.c_str(), tensorOf(SYSTOLE_DTYPE_F32, {3}, values))
                  .succeeded());
  std::string file = test::readFile(path);
  EXPECT_EQ(file.size() % 64, 12u);
  EXPECT_EQ(file.substr(10, 57),
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
  EXPECT_EQ(file[file.size() - 13], '\n');
  EXPECT_FALSE(test::exists(path + ".part"));
}

TEST(Npy, ReadsScalarsAndEmptyTensors) {
  OwnedTensor scalar = {}, empty = {};
  ASSERT_EQ(
      load(npy("<i8", "()", bytesOf<int64_t>({42})), SYSTOLE_DTYPE_I64, scalar),
      "");
  EXPECT_EQ(scalar.rank, 0);
  EXPECT_EQ(valuesOf<int64_t>(scalar), (std::vector<int64_t>{42}));
  ASSERT_EQ(load(npy("<f4", "(0, 3)", ""), SYSTOLE_DTYPE_F32, empty), "");
  EXPECT_EQ(dimsOf(empty), (std::vector<int64_t>{0, 3}));
}

TEST(Npy, ReadsFortranOrder) {
  // [[[0,1],[2,3],[4,5]]] + 6 for the second half, first dimension fastest.
  std::vector<int32_t> columns = {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11};
  OwnedTensor tensor = {};
  ASSERT_EQ(load(npy("<i4", "(2, 3, 2)", bytesOf(columns), true),
                 SYSTOLE_DTYPE_I32, tensor),
            "");
  EXPECT_EQ(valuesOf<int32_t>(tensor),
            (std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(Npy, ReadsBigEndian) {
  OwnedTensor shorts = {}, complex = {};
  ASSERT_EQ(load(npy(">i2", "(2,)", std::string("\x01\x02\xff\xfe", 4)),
                 SYSTOLE_DTYPE_I16, shorts),
            "");
  EXPECT_EQ(valuesOf<int16_t>(shorts), (std::vector<int16_t>{0x102, -2}));
  // The two parts of a complex number are swapped each for itself.
  ASSERT_EQ(load(npy(">c8", "(1,)", std::string("\x3f\x80\0\0\x40\0\0\0", 8)),
                 SYSTOLE_DTYPE_C64, complex),
            "");
  EXPECT_EQ(valuesOf<float>(complex), (std::vector<float>{1, 2}));
}

TEST(Npy, ReadsVersionsTwoAndThree) {
  for (int version : {2, 3}) {
    OwnedTensor tensor = {};
    ASSERT_EQ(load(npy("|u1", "(2,)", "ab", false, version), SYSTOLE_DTYPE_U8,
                   tensor),
              "");
    EXPECT_EQ(valuesOf<char>(tensor), (std::vector<char>{'a', 'b'}));
  }
}

// What other programs write: other quotes, key order, Python 2's long numbers.
TEST(Npy, ReadsUnusualHeaders) {
  OwnedTensor tensor = {};
  ASSERT_EQ(load(npyWithHeader("{\"shape\":(1L,2),\"descr\":\"|i1\","
                               "\"fortran_order\":False}",
                               "ab"),
                 SYSTOLE_DTYPE_I8, tensor),
            "");
  EXPECT_EQ(dimsOf(tensor), (std::vector<int64_t>{1, 2}));
}

TEST(Npy, AcceptsStandInsForSmallFloats) {
  OwnedTensor tensor = {};
  EXPECT_EQ(load(npy("<u2", "(1,)", "ab"), SYSTOLE_DTYPE_BF16, tensor), "");
  EXPECT_EQ(load(npy("<V2", "(1,)", "ab"), SYSTOLE_DTYPE_BF16, tensor), "");
  EXPECT_EQ(load(npy("|u1", "(2,)", "ab"), SYSTOLE_DTYPE_F8E5M2, tensor), "");
  EXPECT_EQ(load(npy("|V1", "(2,)", "ab"), SYSTOLE_DTYPE_F8E4M3FN, tensor), "");
}

// 1 + 2^-8 is half-way between two bfloat16 numbers; so is 1 + 3 * 2^-8.
TEST(Npy, RoundsFloatsHalfToEven) {
  OwnedTensor tensor = {};
  std::vector<float> values = {1.00390625f, 1.01171875f, -2.0f};
  ASSERT_EQ(
      load(npy("<f4", "(3,)", bytesOf(values)), SYSTOLE_DTYPE_BF16, tensor),
      "");
  EXPECT_EQ(valuesOf<uint16_t>(tensor),
            (std::vector<uint16_t>{0x3f80, 0x3f82, 0xc000}));
}

TEST(Npy, MakesBooleansZeroOrOne) {
  OwnedTensor tensor = {};
  ASSERT_EQ(load(npy("|b1", "(3,)", std::string("\0\x01\x7f", 3)),
                 SYSTOLE_DTYPE_BOOL, tensor),
            "");
  EXPECT_EQ(valuesOf<uint8_t>(tensor), (std::vector<uint8_t>{0, 1, 1}));
}

TEST(Npy, ChecksTheRangeOfTypesBelowAByte) {
  OwnedTensor tensor = {};
  EXPECT_EQ(load(npy("|i1", "(2,)", "\xf8\x07"), SYSTOLE_DTYPE_I4, tensor), "");
  EXPECT_EQ(load(npy("|i1", "(2,)", "\x01\x08"), SYSTOLE_DTYPE_I4, tensor),
            "input 'x': element 1 of 't.npy' is 8, expected int4 in -8..7");
}

TEST(Npy, SaysWhichTypeWasExpected) {
  OwnedTensor tensor = {};
  EXPECT_EQ(load(npy("<f8", "(1, 2)", std::string(16, '\0')), SYSTOLE_DTYPE_F32,
                 tensor),
            "input 'x': expected float32 [?], found float64 [1,2] in 't.npy'");
  EXPECT_EQ(load(npy("<U3", "(1,)", std::string(12, '\0')), SYSTOLE_DTYPE_F32,
                 tensor),
            "input 'x': expected float32 [?], found strings [1] in 't.npy'");
}

TEST(Npy, RefusesPythonObjects) {
  OwnedTensor tensor = {};
  EXPECT_NE(load(npy("|O", "(1,)", "cos\nsystem"), SYSTOLE_DTYPE_F32, tensor)
                .find("holds Python objects, which are never read"),
            std::string::npos);
  EXPECT_NE(load(npyWithHeader("{'descr': [('a', '<f4')], 'fortran_order': "
                               "False, 'shape': (1,), }",
                               "abcd"),
                 SYSTOLE_DTYPE_F32, tensor)
                .find("structured elements"),
            std::string::npos);
}

// Files that were made to do harm, or cut off, end in a message.
TEST(Npy, SurvivesHostileFiles) {
  OwnedTensor tensor = {};
  std::string good = npy("<f4", "(2, 2)", std::string(16, '\0'));
  for (size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(load(good.substr(0, length), SYSTOLE_DTYPE_F32, tensor), "");
  for (size_t at = 6; at < good.size() - 16; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] ^= char(1 << bit);
      // Some flips leave a valid file; all must return.
      (void)load(bad, SYSTOLE_DTYPE_F32, tensor);
    }
  for (const char *shape :
       {"(4611686018427387904,)", "(99999999999999999999,)", "(-1,)",
        "(65536, 65536, 65536, 65536)", "(0, 4611686018427387904)", "(1", "1",
        "((1,),)", "(1,,)", "(1 2)"}) {
    SCOPED_TRACE(shape);
    EXPECT_NE(load(npy("<f4", shape, "abcd"), SYSTOLE_DTYPE_F32, tensor), "");
  }
  std::string deep = "(";
  for (int i = 0; i < 40; ++i)
    deep += "1, ";
  EXPECT_NE(load(npy("<f4", deep + ")", "abcd"), SYSTOLE_DTYPE_F32, tensor)
                .find("more than 32 dimensions"),
            std::string::npos);
  EXPECT_NE(load("PK\x03\x04 not an array", SYSTOLE_DTYPE_F32, tensor)
                .find("neither a .npy file"),
            std::string::npos);
}

// A full disk leaves neither the file nor a part of it.
TEST(Npy, RemovesWhatItCouldNotWriteWhole) {
  TemporaryFolder folder;
  std::vector<char> values(1 << 16);
  std::string path = folder / "t.npy";
  // The file's size is limited instead of the disk's.
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit = {4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    Status status =
        writeNpy(path.c_str(), tensorOf(SYSTOLE_DTYPE_I8, {1 << 16}, values));
    _exit(status.failed() ? 7 : 0);
  }
  int code = 0;
  waitpid(child, &code, 0);
  EXPECT_EQ(WEXITSTATUS(code), 7);
  EXPECT_FALSE(test::exists(path));
  EXPECT_FALSE(test::exists(path + ".part"));
}
} // namespace
