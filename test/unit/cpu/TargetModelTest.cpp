//===- TargetModelTest.cpp ------------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/TargetModel.h"
#include "backends/Cpu/CpuBackend.h"
#include "runtime/src/abi.h"
#include "gtest/gtest.h"

using namespace systole::cpu;

static TargetModel model(const char *cpu,
                         const char *triple = "x86_64-linux-gnu") {
  std::string message;
  auto result = TargetModel::create(cpu, triple, message);
  EXPECT_TRUE(mlir::succeeded(result)) << message;
  return *result;
}

TEST(TargetModel, KnowsVectorWidths) {
  EXPECT_EQ(model("generic").vectorBytes(), 16);
  EXPECT_EQ(model("x86-64-v2").vectorBytes(), 16);
  EXPECT_EQ(model("x86-64-v3").vectorBytes(), 32);
  EXPECT_EQ(model("x86-64-v4").vectorBytes(), 64);
  EXPECT_EQ(model("generic", "aarch64-linux-gnu").vectorRegisters(), 32);
}

TEST(TargetModel, ListsTheFeaturesThatCodeMayUse) {
  EXPECT_EQ(model("generic").abiFeatures(), 0u);
  uint64_t v3 = model("x86-64-v3").abiFeatures();
  EXPECT_TRUE(v3 & SYSTOLE_X86_AVX2);
  EXPECT_TRUE(v3 & SYSTOLE_X86_FMA);
  EXPECT_FALSE(v3 & SYSTOLE_X86_AVX512F);
  EXPECT_TRUE(model("x86-64-v4").abiFeatures() & SYSTOLE_X86_AVX512VL);
  EXPECT_FALSE(model("x86-64-v4").abiFeatures() & SYSTOLE_X86_AVX512VNNI);
  TargetModel vnni = model("x86-64-v4+avx512vnni");
  EXPECT_TRUE(vnni.abiFeatures() & SYSTOLE_X86_AVX512VNNI);
  EXPECT_EQ(vnni.getCpu(), "x86-64-v4+avx512vnni");
}

// Accumulators, the weights' vectors and one broadcast fit the registers.
TEST(TargetModel, TilesFitTheRegisters) {
  for (const char *cpu : {"generic", "x86-64-v3", "x86-64-v4"}) {
    TargetModel target = model(cpu);
    for (int64_t rows : {-1, 1, 2, 7, 14, 49, 3136})
      for (int64_t columns : {1, 3, 16, 64, 1000}) {
        ContractionTile tile = target.contractionTile(rows, columns, 4);
        EXPECT_GE(tile.rows, 1);
        EXPECT_LE(tile.rows * tile.vectors + tile.vectors + 1,
                  target.vectorRegisters());
        EXPECT_LE(tile.lanes * 4, target.vectorBytes());
      }
  }
}

// Seven rows on AVX-512 are one tile, on AVX2 four and three: never six and
// one.
TEST(TargetModel, SplitsRowsEvenly) {
  EXPECT_EQ(model("x86-64-v4").contractionTile(7, 64, 4).rows, 7);
  EXPECT_EQ(model("x86-64-v3").contractionTile(7, 64, 4).rows, 4);
}

TEST(TargetModel, RefusesUnknownNames) {
  std::string message;
  EXPECT_TRUE(mlir::failed(
      TargetModel::create("pentium-9", "x86_64-linux-gnu", message)));
  EXPECT_NE(message.find("pentium-9"), std::string::npos);
  EXPECT_TRUE(mlir::failed(
      TargetModel::create("x86-64-v4+fast", "x86_64-linux-gnu", message)));
  EXPECT_NE(message.find("unknown feature 'fast'"), std::string::npos);
  EXPECT_TRUE(
      mlir::failed(TargetModel::create("native", "z80-unknown-cpm", message)));
  EXPECT_NE(message.find("z80"), std::string::npos);
}
