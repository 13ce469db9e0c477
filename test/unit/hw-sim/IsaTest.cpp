//===- IsaTest.cpp - Encoder, decoder, assembler --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every field of every instruction at its extremes, over the table: words,
// structures and text must say the same. Independent of the generated code are
// a few words whose bits are written down here by hand.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "gtest/gtest.h"
#include <functional>

using namespace systole::isa;

/// Calls `body` for every instruction and setting.
static void forEachFormat(const std::function<void(const FormatInfo &)> &body) {
  for (unsigned i = 0; i < kFormatCount; ++i) {
    const FormatInfo &info = infoOf(static_cast<Format>(i));
    SCOPED_TRACE(info.mnemonic);
    body(info);
  }
}

/// What a program says about an instruction; the header of a setting is what
/// makes it this setting.
static std::vector<FieldList> programmable(const FormatInfo &info) {
  if (info.isSetting())
    return {info.payload()};
  return {info.payload(), info.header()};
}

/// Calls `body` for every field that a program can set, with its legal extremes
/// and neighbours.
static void forEachValue(
    const std::function<void(const FormatInfo &, const FieldInfo &, int64_t)>
        &body) {
  forEachFormat([&](const FormatInfo &info) {
    for (FieldList list : programmable(info)) {
      for (const FieldInfo &field : list) {
        if (field.isReserved())
          continue;
        SCOPED_TRACE(field.name);
        for (int64_t value : {field.minimum, field.minimum + 1, field.zero(),
                              (field.minimum + field.maximum) / 2,
                              field.maximum - 1, field.maximum})
          body(info, field, value);
      }
    }
  });
}

/// Word to structure to word, and word to text to word.
static void expectRoundTrip(const Word &word) {
  Instruction instruction;
  std::optional<DecodeProblem> problem = decode(word, instruction);
  ASSERT_FALSE(problem) << problem->message;
  EXPECT_EQ(encode(instruction), word);
  std::vector<AssemblyProblem> problems;
  std::string text = disassemble(word);
  std::vector<Word> words = assemble(text, problems);
  ASSERT_TRUE(problems.empty()) << text << ": " << problems[0].message;
  ASSERT_EQ(words.size(), 1u) << text;
  EXPECT_EQ(words[0], word) << text;
}

TEST(IsaTest, EveryFieldKeepsItsExtremes) {
  forEachValue(
      [](const FormatInfo &info, const FieldInfo &field, int64_t value) {
        Word word = info.empty();
        field.set(word, value);
        EXPECT_EQ(field.get(word), value);
        expectRoundTrip(word);
      });
}

TEST(IsaTest, FieldsDoNotTouchEachOther) {
  forEachFormat([](const FormatInfo &info) {
    // All fields at their largest, then one after the other at its smallest.
    Word full = info.empty();
    for (const FieldInfo &field : info.payload())
      field.set(full, field.maximum);
    expectRoundTrip(full);
    for (const FieldInfo &changed : info.payload()) {
      Word word = full;
      changed.set(word, changed.minimum);
      for (const FieldInfo &field : info.payload())
        EXPECT_EQ(field.get(word),
                  &field == &changed ? field.minimum : field.maximum)
            << changed.name << " changed " << field.name;
    }
  });
}

TEST(IsaTest, ZeroBitsAreTheDefaultStructure) {
  forEachFormat([](const FormatInfo &info) {
    Instruction instruction;
    ASSERT_FALSE(decode(info.empty(), instruction));
    std::visit(
        [](const auto &payload) {
          EXPECT_EQ(payload, std::decay_t<decltype(payload)>());
        },
        instruction.payload);
    EXPECT_EQ(instruction.tokens, Tokens());
    EXPECT_EQ(disassemble(info.empty()), info.mnemonic);
  });
}

TEST(IsaTest, EveryBitIsAFieldOrRefused) {
  forEachFormat([](const FormatInfo &info) {
    for (unsigned bit = 6; bit < 128; ++bit) {
      Word word = info.empty();
      word.setBits(bit, 1, word.bits(bit, 1) ^ 1);
      Instruction instruction;
      if (decode(word, instruction))
        continue; // Refused: reserved, behind the last field, or no value.
      // Accepted: some field, or the number of another setting, has changed.
      EXPECT_EQ(encode(instruction), word);
      EXPECT_NE(disassemble(word), disassemble(info.empty()));
    }
  });
}

TEST(IsaTest, ReservedBitsAndUnknownValuesAreRefused) {
  unsigned refused = 0;
  forEachFormat([&](const FormatInfo &info) {
    for (FieldList list : {info.payload(), info.header()})
      for (const FieldInfo &field : list) {
        int64_t beyond = field.maximum + 1;
        Word word = info.empty();
        field.set(word, beyond);
        if (field.get(word) != beyond)
          continue; // The bits cannot say it.
        Instruction instruction;
        std::optional<DecodeProblem> problem = decode(word, instruction);
        ASSERT_TRUE(problem) << info.mnemonic << " " << field.name;
        EXPECT_EQ(problem->fault, Fault::Field);
        EXPECT_NE(problem->message.find(field.name), std::string::npos);
        ++refused;
      }
  });
  EXPECT_GT(refused, kFormatCount);
}

TEST(IsaTest, IllegalOpcodesAreRefused) {
  unsigned legal = 0;
  for (unsigned opcode = 0; opcode < 64; ++opcode)
    for (unsigned number = 0; number < 64; ++number) {
      Word word;
      word.setBits(0, 6, opcode);
      word.setBits(6, 6, number);
      bool exists = opcode == kSetOpcode || number == 0;
      Instruction instruction;
      std::optional<DecodeProblem> problem = decode(word, instruction);
      if (!problem && exists)
        ++legal;
      else if (problem && exists)
        EXPECT_EQ(problem->fault, Fault::Opcode);
    }
  EXPECT_EQ(legal, kFormatCount);
}

TEST(IsaTest, WordsWrittenByHand) {
  // mm: opcode 6, wait0 = 2 stored as 3 in bits 6 to 10, signal1 = 15 stored as
  // 16 in bits 21 to 25; source = -1 in bits 32 to 52.
  Instruction instruction;
  instruction.format = Format::Matmul;
  instruction.tokens.wait0 = 2;
  instruction.tokens.signal1 = 15;
  Stream stream;
  stream.source = -1;
  instruction.payload = stream;
  Word expected;
  expected.low = 6 | 3u << 6 | 16u << 21 | uint64_t(0x1fffff) << 32;
  EXPECT_EQ(encode(instruction), expected);
  EXPECT_EQ(disassemble(expected), "mm source=-1 wait0=2 signal1=15");
  // set.ld.base: opcode 1, number 0, index 5 in bits 32 to 34, the address in
  // bits 35 to 82, across the middle of the word.
  instruction = {Format::SetLdBase, {}, Base{5, 0x800000000001}};
  expected.low = 1 | uint64_t(5) << 32 | uint64_t(1) << 35;
  expected.high = uint64_t(1) << 18;
  EXPECT_EQ(encode(instruction), expected);
  uint8_t bytes[kInstructionBytes];
  expected.store(bytes);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[4], 0x0d);
  EXPECT_EQ(bytes[10], 0x04);
  EXPECT_EQ(Word::load(bytes), expected);
}

TEST(IsaTest, ASemaphoreIsNamedOnce) {
  for (const char *text :
       {"sync wait0=3 wait1=3", "sync signal0=0 signal1=0"}) {
    std::vector<AssemblyProblem> problems;
    assemble(text, problems);
    ASSERT_EQ(problems.size(), 1u) << text;
    EXPECT_NE(problems[0].message.find("twice"), std::string::npos);
  }
}

TEST(IsaTest, AssemblerReportsAllProblems) {
  std::vector<AssemblyProblem> problems;
  assemble("; a comment\n"
           "fma x=1\n"
           "mm sorce=1\n"
           "mm width=5000 ; too wide\n"
           "mm width\n"
           "\n"
           "ld to=dram\n"
           "ld offset=12x\n"
           "ld offset=1 offset=2\n"
           ".word 12\n"
           "ld linear length=64\n",
           problems);
  ASSERT_EQ(problems.size(), 8u);
  unsigned lines[] = {2, 3, 4, 5, 7, 8, 9, 10};
  const char *texts[] = {
      "no instruction is called 'fma'",   "'mm' has no field 'sorce'",
      "'width' is '5000', not 1 to 4096", "'width' has no value",
      "not one of scratchpad, weights",   "which is no number",
      "'offset' is given twice",          "32 hexadecimal digits"};
  for (unsigned i = 0; i < 8; ++i) {
    EXPECT_EQ(problems[i].line, lines[i]);
    EXPECT_NE(problems[i].message.find(texts[i]), std::string::npos)
        << problems[i].message;
  }
}

TEST(IsaTest, IllegalWordsSurviveDisassembly) {
  Word word;
  word.low = 0xffffffffffffffff;
  word.high = 0x123456789abcdef0;
  EXPECT_EQ(disassemble(word), ".word 0x123456789abcdef0ffffffffffffffff");
  std::vector<AssemblyProblem> problems;
  std::vector<Word> words = assemble(disassemble(word), problems);
  ASSERT_TRUE(problems.empty());
  EXPECT_EQ(words.at(0), word);
}

TEST(IsaTest, SettingsReachTheirConfiguration) {
  Configuration configuration;
  std::vector<AssemblyProblem> problems;
  for (const Word &word : assemble("set.ld.base index=7 address=4096\n"
                                   "set.st.base index=7 address=8192\n"
                                   "set.dw.window kernel_x=3 edged\n"
                                   "set.vx.result rounding=float low=-128\n"
                                   "mm source=5\n",
                                   problems)) {
    Instruction instruction;
    ASSERT_FALSE(decode(word, instruction));
    configuration.apply(instruction.format, instruction.payload);
  }
  ASSERT_TRUE(problems.empty());
  EXPECT_EQ(configuration.ld.base[7].address, 4096u);
  EXPECT_EQ(configuration.ld.base[0].address, 0u);
  EXPECT_EQ(configuration.st.base[7].address, 8192u);
  EXPECT_EQ(configuration.dw.window.kernelX, 3u);
  EXPECT_TRUE(configuration.dw.window.edged);
  EXPECT_EQ(configuration.mm.window, Window());
  EXPECT_EQ(configuration.vx.result.rounding, Rounding::Float);
  EXPECT_EQ(configuration.vx.result.low, -128);
}
