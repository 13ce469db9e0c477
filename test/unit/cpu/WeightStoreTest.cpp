//===- WeightStoreTest.cpp ------------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Contraction.h"
#include "mlir/IR/MLIRContext.h"
#include "runtime/src/hash.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace systole;
using namespace systole::cpu;

static graph::Tensor numbers(mlir::MLIRContext &context,
                             llvm::ArrayRef<int64_t> shape, double first) {
  graph::Tensor tensor(mlir::Float32Type::get(&context), shape);
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.setDouble(i, first + double(i));
  return tensor;
}

TEST(WeightStore, StoresEqualConstantsOnce) {
  mlir::MLIRContext context;
  WeightStore store;
  int64_t a = store.add(numbers(context, {100}, 1)),
          b = store.add(numbers(context, {100}, 2));
  EXPECT_EQ(store.add(numbers(context, {10, 10}, 1)), a);
  EXPECT_NE(a, b);
  EXPECT_EQ(a % 64, 0);
  EXPECT_EQ(b % 64, 0);
}

TEST(WeightStore, WritesBytesAtTheirOffsets) {
  mlir::MLIRContext context;
  WeightStore store;
  store.add(numbers(context, {3}, 5));
  int64_t offset = store.add(numbers(context, {100}, 2));
  std::vector<char> bytes = store.bytes();
  ASSERT_EQ(int64_t(bytes.size()), store.totalBytes());
  float value;
  std::memcpy(&value, bytes.data() + offset + 4 * 99, 4);
  EXPECT_EQ(value, 101.0f);
}

/// The bytes of a file, which is removed.
static std::string takeFile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  EXPECT_TRUE(bool(buffer));
  std::string bytes = buffer ? (*buffer)->getBuffer().str() : "";
  llvm::sys::fs::remove(path);
  return bytes;
}

// Offsets, bytes and hash do not depend on where the store keeps them.
TEST(WeightStore, StreamsWhatItWouldKeep) {
  mlir::MLIRContext context;
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("weights", "bin", path));
  WeightStore kept, streamed;
  streamed.streamTo(path);
  for (int64_t size : {3, 100, 1, 3, 100, 1000000, 5, 1000000})
    EXPECT_EQ(kept.add(numbers(context, {size}, 7)),
              streamed.add(numbers(context, {size}, 7)));
  EXPECT_EQ(kept.totalBytes(), streamed.totalBytes());
  std::string message;
  ASSERT_TRUE(succeeded(streamed.finish(message))) << message;
  std::vector<char> expected = kept.bytes();
  std::string bytes = takeFile(path);
  EXPECT_TRUE(bytes == std::string(expected.begin(), expected.end()));
  EXPECT_EQ(streamed.hash(), rt::hashBytes(bytes.data(), bytes.size()));
}

TEST(WeightStore, SaysWhyItCannotWrite) {
  mlir::MLIRContext context;
  WeightStore nowhere, full;
  nowhere.streamTo("/nonexistent/weights");
  nowhere.add(numbers(context, {3}, 7));
  std::string message;
  EXPECT_TRUE(failed(nowhere.finish(message)));
  EXPECT_EQ(message,
            "cannot write '/nonexistent/weights': No such file or directory");
  full.streamTo("/dev/full");
  full.add(numbers(context, {1000000}, 7));
  EXPECT_TRUE(failed(full.finish(message)));
  EXPECT_EQ(message, "cannot write '/dev/full': No space left on device");
}

// Five columns in panels of four: the second panel holds one column and zeros.
TEST(PackWeights, FillsShortPanelsWithZeros) {
  mlir::MLIRContext context;
  graph::Tensor matrix = numbers(context, {2, 5}, 0); // K x N
  graph::Tensor packed = packWeights(
      matrix, {5, 1, 2, 2, 4}, [](int64_t o, int64_t k) { return k * 5 + o; });
  const double expected[] = {0, 1, 2, 3, 5, 6, 7, 8, 4, 0, 0, 0, 9, 0, 0, 0};
  ASSERT_EQ(packed.size(), 16);
  for (int64_t i = 0; i < 16; ++i)
    EXPECT_EQ(packed.getDouble(i), expected[i]) << i;
}

// Each group starts a panel of its own.
TEST(PackWeights, KeepsGroupsApart) {
  mlir::MLIRContext context;
  graph::Tensor filter = numbers(context, {4, 1}, 1); // outputs x K
  graph::Tensor packed = packWeights(filter, {4, 2, 1, 1, 4},
                                     [](int64_t o, int64_t) { return o; });
  const double expected[] = {1, 2, 0, 0, 3, 4, 0, 0};
  ASSERT_EQ(packed.size(), 8);
  for (int64_t i = 0; i < 8; ++i)
    EXPECT_EQ(packed.getDouble(i), expected[i]) << i;
}

// Runs of three in pairs: two steps each, the second half empty.
TEST(PackWeights, PairsSixteenBitIntegers) {
  mlir::MLIRContext context;
  graph::Tensor filter(mlir::IntegerType::get(&context, 16), {2, 6});
  for (int64_t i = 0; i < 12; ++i)
    filter.setDouble(i, static_cast<double>(i + 1)); // outputs x K
  graph::Tensor packed = packWeights(
      filter, {2, 1, 6, 3, 2}, [](int64_t o, int64_t k) { return o * 6 + k; });
  const double expected[] = {1, 2, 7, 8, 3, 0, 9, 0, 4, 5, 10, 11, 6, 0, 12, 0};
  ASSERT_EQ(packed.size(), 16);
  for (int64_t i = 0; i < 16; ++i)
    EXPECT_EQ(packed.getDouble(i), expected[i]) << i;
}
