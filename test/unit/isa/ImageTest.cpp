//===- ImageTest.cpp - Images through the dialect -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Image, program, text, program, image: the same bytes, whatever the words.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaImage.h"
#include "frontend/Common/ProgramFile.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <random>

using namespace systole;
using namespace systole::isa;

/// A word of a random format with random bits, legal or not.
static Word randomWord(std::mt19937_64 &random) {
  Word word{random(), random()};
  if (random() % 4 == 0)
    return word;
  const FormatInfo &info = infoOf(static_cast<Format>(random() % kFormatCount));
  word = info.empty();
  for (FieldList list : {info.payload(), info.header()})
    for (const FieldInfo &field : list)
      if (!field.isReserved() && std::string(field.name) != "number")
        field.set(word, field.minimum + static_cast<int64_t>(
                                            random() % (field.maximum -
                                                        field.minimum + 1)));
  return word;
}

static Image randomImage(uint64_t seed) {
  std::mt19937_64 random(seed);
  Image image;
  if (seed % 3) {
    image.machine = "a \"machine\"\\";
    image.requirements = "a=1\n\nb=\"2\"\n";
  }
  image.programAddress = random() % 4096;
  for (unsigned i = 0; i < 6; ++i) {
    std::vector<uint8_t> bytes(seed % 7 ? random() % 600 : 0);
    for (uint8_t &byte : bytes)
      byte = static_cast<uint8_t>(random());
    image.constants.push_back({random() % 100000, bytes});
  }
  for (unsigned i = 0; i < 2 * kElementCount; ++i) {
    Tensor tensor;
    tensor.name = "t/" + std::to_string(i / 2) + "\n\"ü";
    tensor.role = static_cast<Tensor::Role>(i % 2);
    tensor.element = static_cast<Element>(i / 2);
    tensor.shape.assign(random() % 4, random() % 5);
    tensor.address = random() % 100000;
    image.tensors.push_back(tensor);
  }
  const char *names[] = {"", "conv1", "a/b:c \"quoted\"", "conv1"};
  const char *ops[] = {"", "Conv", "", "Relu"};
  for (uint32_t i = 0; i < 200; ++i) {
    unsigned node = random() % 4;
    appendNode(image, {i, names[node], ops[node]});
    if (random() % 8 == 0) {
      Base base;
      base.address = random() >> 16;
      image.relocations.push_back(
          {i, uint32_t(random() % image.tensors.size()), random() % 1000});
      image.program.push_back(encode(Instruction{Format::SetStBase, {}, base}));
      continue;
    }
    image.program.push_back(randomWord(random));
  }
  return image;
}

TEST(ImageTest, RandomImagesSurviveText) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Image image = randomImage(seed);
    for (const std::string &problem : checkImage(image))
      ADD_FAILURE() << seed << ": " << problem;
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    mlir::OwningOpRef<mlir::ModuleOp> module = programFrom(&context, image);
    std::string text;
    llvm::raw_string_ostream os(text);
    module->print(os, mlir::OpPrintingFlags().enableDebugInfo());
    frontend::SourceFile source;
    source.path = "program.mlir";
    source.bytes = text;
    EXPECT_TRUE(frontend::isProgram(source));
    std::vector<frontend::Problem> problems;
    std::optional<Image> again = frontend::readProgram(source, problems);
    ASSERT_TRUE(again) << frontend::formatProblems("text", problems) << text;
    EXPECT_TRUE(*again == image) << seed;
    EXPECT_EQ(writeImage(*again), writeImage(image));
  }
}

TEST(ImageTest, DamagedTextIsRefusedOrRead) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string text;
  llvm::raw_string_ostream os(text);
  programFrom(&context, randomImage(1))->print(os);
  std::mt19937 random(1);
  unsigned refused = 0;
  for (unsigned round = 0; round < 300; ++round) {
    std::string damaged = text;
    if (round % 3 == 0)
      damaged.resize(random() % text.size());
    else
      damaged[random() % text.size()] = "(){}<>=,@ 0x-\"a\n"[random() % 16];
    frontend::SourceFile source;
    source.path = "program.mlir";
    source.bytes = damaged;
    std::vector<frontend::Problem> problems;
    std::optional<Image> image = frontend::readProgram(source, problems);
    EXPECT_EQ(image.has_value(), problems.empty());
    refused += !image;
  }
  EXPECT_GT(refused, 100u);
}
