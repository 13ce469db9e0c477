//===- CheckerTest.cpp - Programs that timing can change ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small programs, each with all that the checker says about it. Whether it says
// enough is proved by mutants of random programs (hw-sim/dv).
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/Checker.h"
#include "HwSimTesting.h"
#include "hw-sim/checker/Ordering.h"

using namespace systole::isa;
using namespace systole::sim;

/// The report's text, "" if there is nothing wrong. The program lies far behind
/// everything.
static std::string check(const std::string &text,
                         const Image *image = nullptr) {
  std::vector<Word> words = wordsOf(text);
  return checkProgram(machineOf("mxu-8"), ProgramView{1 << 27, words, image})
      .text();
}

TEST(CheckerTest, AcceptsOrderedPrograms) {
  EXPECT_EQ(check(""), "");
  // A round trip: load, product, drain, store, and the buffers used again.
  EXPECT_EQ(check("ld target=0 length=64 linear signal0=0\n"
                  "ld to=weights target=0 length=64 linear signal0=1\n"
                  "mm width=8 wait0=0 wait1=1 signal0=2 signal1=3\n"
                  "vx target=100 width=8 wait0=2 signal0=4\n"
                  "st source=100 length=64 linear offset=4096 wait0=4\n"
                  "ld target=0 length=64 linear wait0=3\n"),
            "");
  // One path through several engines, of which one only passes it on; a signal
  // covers what came before it.
  EXPECT_EQ(check("ld target=0 length=8 linear\n"
                  "ld target=9 length=8 linear signal0=0\n"
                  "sync engine=dw wait0=0 signal0=1\n"
                  "st length=8 linear offset=64 wait0=1\n"),
            "");
}

TEST(CheckerTest, FindsEachKindOfRace) {
  // Read before it is written.
  EXPECT_EQ(check("set.mm.pitch x=1\nld target=3 length=20 linear\n"
                  "mm width=8"),
            "error: instruction 2 mm may read bytes 24 to 47 of scratchpad "
            "(words 3 to 5) before instruction 1 ld has written them: mm is "
            "ordered behind no instruction of ld; let a signal of instruction "
            "1, or of a later one of ld, reach a wait of instruction 2, or of "
            "an earlier one of mm\n");
  // Written before it is read; the order reaches only an earlier instruction.
  EXPECT_EQ(
      check("mm target=4 signal0=7\nmm target=5\n"
            "ld to=accumulators target=4 length=64 linear wait0=7"),
      "error: instruction 2 ld may write bytes 160 to 191 of accumulators "
      "(rows 5 to 5) before instruction 1 mm has written them: ld is ordered "
      "behind mm only up to instruction 0; let a signal of instruction 1, or "
      "of a later one of mm, reach a wait of instruction 2, or of an earlier "
      "one of ld\n");
  EXPECT_NE(check("st source=8 length=8 linear\nld target=8 length=8 linear "
                  "offset=64")
                .find("ld may write bytes 64 to 71 of scratchpad (words 8 to "
                      "8) before instruction 0 st has read them"),
            std::string::npos);
  EXPECT_NE(check("ld length=8 linear\nst linear source=9 offset=5")
                .find("st may write bytes 5 to 5 of dram before instruction 0 "
                      "ld has read them"),
            std::string::npos);
  // DRAM, by bytes: 10 of 64 runs of one byte meet.
  EXPECT_NE(check("set.st.shape count0=64\nset.st.steps step0=10\n"
                  "set.ld.shape count0=10\nset.ld.steps step0=20\n"
                  "st length=1\nld offset=100 length=1 target=100")
                .find("instruction 5 ld may read 10 bytes from 100 to 280 of "
                      "dram before instruction 4 st has written them"),
            std::string::npos);
  EXPECT_EQ(check("set.st.shape count0=64\nset.st.steps step0=10\n"
                  "set.ld.shape count0=10\nset.ld.steps step0=20\n"
                  "st length=1\nld offset=101 length=9 target=100"),
            "");
}

TEST(CheckerTest, ExactSetsTouchWithoutOverlap) {
  // mm reads every second word, st the others between them.
  std::string walk = "set.mm.pitch x=2\nset.st.shape count0=8\n"
                     "set.st.strides stride0=2\nset.st.steps step0=8\n"
                     "set.vx.target x=2\nmm width=8 wait0=0\n";
  EXPECT_EQ(check("sync engine=vx signal0=0\n" + walk + "vx target=1 width=8"),
            "error: instruction 7 vx may read bytes 0 to 31 of accumulators "
            "(rows 0 to 0) before instruction 6 mm has written them: vx is "
            "ordered behind no instruction of mm; let a signal of instruction "
            "6, or of a later one of mm, reach a wait of instruction 7, or of "
            "an earlier one of vx\n");
  EXPECT_EQ(check("ld target=1 length=8 linear signal0=0\n" + walk +
                  "ld target=15 length=8 linear\n"),
            "");
  EXPECT_NE(check("ld target=1 length=8 linear signal0=0\n" + walk +
                  "ld target=14 length=8 linear\n"),
            "");
}

TEST(CheckerTest, SignalsPairWithWaitsInTurn) {
  // The first wait takes the first token, which does not cover the second ld.
  std::string loads = "ld target=0 length=8 linear signal0=0\n"
                      "ld target=1 length=8 linear signal0=0\n";
  std::string text = check(loads + "mm source=1 wait0=0\nmm wait0=0");
  EXPECT_NE(text.find("instruction 2 mm may read bytes 8 to 15 of scratchpad "
                      "(words 1 to 1) before instruction 1 ld"),
            std::string::npos)
      << text;
  EXPECT_EQ(check(loads + "mm source=0 wait0=0\nmm source=1 wait0=0"), "");
}

TEST(CheckerTest, ReportsFaultsAndWhatLiesBeforeThem) {
  EXPECT_EQ(check("ld target=0 length=8 linear\nmm\nmm wait0=3\nmm source=-5")
                .substr(0, 35),
            "error: instruction 1 mm may read by");
  std::string text = check("ld length=8 linear\nmm\nmm wait0=3");
  EXPECT_NE(text.find("\nerror: instruction 2: fault semaphore: mm: waits for "
                      "semaphore 3"),
            std::string::npos)
      << text;
  EXPECT_EQ(check("st length=8 linear offset=0x7fffff8"), "");
  EXPECT_EQ(check("st length=8 linear offset=0x8000008"),
            "error: instruction 0: fault program: st: writes into the "
            "program\n");
}

TEST(CheckerTest, ReportsTokensThatAreLeft) {
  EXPECT_EQ(check("sync engine=ld signal0=3\nsync engine=ld signal0=3 "
                  "signal1=4\nsync engine=mm wait0=3 wait1=4"),
            "error: semaphore 3 is left with 1 token(s): nothing waits for the "
            "signal of instruction 1\n");
}

TEST(CheckerTest, NamesSourceNodes) {
  Image image;
  image.nodes = {{0, "input"}, {1, "conv2/weights"}, {2, ""}};
  std::string text =
      check("ld length=8 linear\nmm\nst from=accumulators length=32 linear "
            "offset=4096",
            &image);
  EXPECT_NE(text.find("instruction 1 mm (node 'conv2/weights') may read"),
            std::string::npos);
  EXPECT_NE(text.find("before instruction 0 ld (node 'input') has"),
            std::string::npos);
  EXPECT_NE(text.find("instruction 2 st may read"), std::string::npos);
}

/// By the instruction at which each shows, whatever was found first.
TEST(CheckerTest, ProblemsComeInProgramOrder) {
  CheckReport report = checkProgram(
      machineOf("mxu-8"),
      ProgramView{1 << 27,
                  wordsOf("ld length=8 linear\n"
                          "ld target=100 length=8 linear\n"
                          "st source=100 length=8 linear offset=4096\n"
                          "mm\n"
                          "sync engine=vx signal0=3\n"),
                  nullptr});
  ASSERT_EQ(report.problems.size(), 3u);
  EXPECT_EQ(report.problems[0].instruction, 1u);
  EXPECT_EQ(report.problems[0].later, 2u);
  EXPECT_EQ(report.problems[1].instruction, 0u);
  EXPECT_EQ(report.problems[1].later, 3u);
  EXPECT_EQ(report.problems[2].kind, CheckKind::Balance);
  EXPECT_EQ(report.problems[2].instruction, 4u);
}

TEST(CheckerTest, CountsRacesBeyondTwenty) {
  std::string text = "ld length=64 linear\n";
  for (unsigned i = 0; i < 30; ++i)
    text += "mm width=8\n";
  CheckReport report = checkProgram(
      machineOf("mxu-8"), ProgramView{1 << 27, wordsOf(text), nullptr});
  EXPECT_EQ(report.problems.size(), 20u);
  EXPECT_EQ(report.omittedRaces, 10u);
  EXPECT_NE(report.text().find("error: and 10 more races\n"),
            std::string::npos);
}

TEST(CheckerTest, ImagesOfOtherMachinesAreNotChecked) {
  Machine machine = machineOf("mxu-8");
  Image image;
  image.machine = machine.name;
  image.requirements = resultText(machine);
  image.programAddress = 1 << 20;
  image.program = wordsOf("ld length=8 linear signal0=0\nmm wait0=0");
  CheckReport report;
  ASSERT_TRUE(CheckedProgram::check(machine, image, report));
  EXPECT_TRUE(report.isClean());
  EXPECT_FALSE(CheckedProgram::check(machineOf("mxu-16"), image, report));
  ASSERT_FALSE(report.isClean());
  EXPECT_EQ(report.problems[0].kind, CheckKind::Machine);
  image.program.push_back(wordsOf("mm source=9 target=8")[0]);
  image.program.push_back(wordsOf("vx source=9 target=9")[0]);
  EXPECT_FALSE(CheckedProgram::check(machine, image, report));
  ASSERT_EQ(report.problems.size(), 1u) << report.text();
  EXPECT_EQ(report.problems[0].kind, CheckKind::Race);
}
