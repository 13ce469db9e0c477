//===- DispatchTest.cpp - Faults, extents and accesses --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Programs as text, each with the fault it ends in; and random instructions
// whose exact accesses must lie within the hulls that faults are decided by.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Dispatch.h"
#include "HwSimTesting.h"
#include <algorithm>
#include <map>
#include <random>

using namespace systole::isa;
using namespace systole::sim;

/// Where and why a program stops: "2 extent: mm: reads ...", or "" if it does
/// not. The program lies at address 0.
static std::string run(const Machine &machine, const std::string &text) {
  std::vector<Word> words = wordsOf(text);
  Dispatcher dispatcher(machine, 0, words.size() * kInstructionBytes);
  for (size_t i = 0; i < words.size(); ++i) {
    Instruction instruction;
    if (auto problem = dispatcher.dispatch(words[i], instruction))
      return std::to_string(i) + " " + nameOf(problem->fault) + ": " +
             problem->message;
  }
  return "";
}

TEST(DispatchTest, EveryFaultAndItsNeighbour) {
  Machine machine = machineOf("mxu-16");
  // 16384 scratchpad words, 4096 weight words, 512 parameter words, 1024
  // accumulator rows, 2^28 bytes of DRAM. Each program, and where it stops.
  const std::pair<const char *, const char *> cases[] = {
      {".word 0x00000000000000000000000000000000", "0 opcode: "},
      {".word 0x80000000000000000000000000000006", "0 field: mm: bits behind"},
      // Extents: the last legal place, and one further.
      {"ld target=16383 length=16 linear", ""},
      {"ld target=16383 length=17 linear",
       "0 extent: ld: writes 16383 to 16384"},
      {"ld to=weights target=4095 length=16", ""},
      {"ld to=weights target=4096",
       "0 extent: ld: writes 4096 to 4096 of weights"},
      {"ld to=accumulators target=1023 length=64", ""},
      {"ld to=accumulators target=1023 length=65", "0 extent"},
      {"ld to=parameters target=512", "0 extent"},
      {"set.ld.base index=3 address=268435440\nld base=3 length=16", ""},
      {"set.ld.base index=3 address=268435440\nld base=3 length=17",
       "1 extent: ld: reads 268435440 to 268435456 of dram"},
      {"set.ld.shape count0=4\nset.ld.steps step0=-16\nld offset=48 length=16",
       ""},
      {"set.ld.shape count0=4\nset.ld.steps step0=-16\nld offset=47 length=16",
       "2 extent: ld: reads -1 to"},
      {"set.ld.shape count0=65536 count1=65536\nld", "1 field: ld: it takes"},
      {"ld.tiles rows=16 target=4080", ""},
      {"ld.tiles rows=17 target=4080 transpose", ""},
      {"set.ld.tile_pitch row_tile=1\nld.tiles rows=17 target=4080",
       "1 extent: ld.tiles: writes 4080 to 4111 of weights"},
      {"set.mm.pitch x=1\nmm width=512 target=512", ""},
      {"set.mm.pitch x=1\nmm width=512 target=513",
       "1 extent: mm: writes 513 to 1024 of accumulators"},
      {"mm source=-1", "0 extent: mm: reads -1 to -1 of scratchpad"},
      {"set.mm.window edged\nmm source=-1", ""},
      {"set.mm.window kernel_x=3 kernel_y=3 edged\n"
       "set.mm.edge left=1 top=1 right=9 bottom=9\n"
       "set.mm.pitch x=1 y=8\nmm source=-9 width=8 height=8",
       ""},
      {"set.mm.window kernel_x=3 kernel_y=3 edged\n"
       "set.mm.edge left=1 top=0 right=9 bottom=9\n"
       "set.mm.pitch x=1 y=8\nmm source=-9 width=8 height=8",
       "3 extent: mm: reads -8 to"},
      {"set.mm.window kernel_x=3 kernel_y=3\nset.mm.pitch x=1 y=8\n"
       "mm source=16356 width=2 height=2",
       ""},
      {"set.mm.window kernel_x=3 kernel_y=3\nset.mm.pitch x=1 y=8\n"
       "mm source=16357 width=2 height=2",
       "2 extent: mm: reads 16357 to 16384"},
      // Cut at its lower right: word 16383 is row 8, column 8.
      {"set.mm.window kernel_x=3 kernel_y=3 edged\n"
       "set.mm.edge left=1 top=1 right=9 bottom=9\n"
       "set.mm.pitch x=1 y=8\nmm source=16311 width=8 height=8",
       ""},
      {"set.mm.window kernel_x=3 kernel_y=3 edged\n"
       "set.mm.edge left=1 top=1 right=10 bottom=9\n"
       "set.mm.pitch x=1 y=8\nmm source=16311 width=8 height=8",
       "3 extent: mm: reads 16320 to 16384"},
      {"set.mm.window kernel_x=3 kernel_y=3 edged\n"
       "set.mm.edge left=1 top=1 right=9 bottom=10\n"
       "set.mm.pitch x=1 y=8\nmm source=16311 width=8 height=8",
       "3 extent: mm: reads 16320 to 16391"},
      {"set.mm.window kernel_x=3 kernel_y=3 edged\n"
       "set.mm.edge left=0 top=1 right=9 bottom=9\n"
       "set.mm.pitch x=1 y=8\nmm source=-9 width=8 height=8",
       "3 extent: mm: reads -1 to"},
      // Rows of a picture of 16 bytes each, of which windows touch some.
      {"set.ld.base address=268435392\n"
       "set.ld.picture height=4 width=8 channels=2 pitch=16\n"
       "set.ld.kernel kernel_y=3\nld.window row=-1 rows=4",
       ""},
      {"set.ld.base address=268435392\n"
       "set.ld.picture height=5 width=8 channels=2 pitch=16\n"
       "set.ld.kernel kernel_y=3\nld.window row=-1 rows=4",
       "3 extent: ld.window: reads 268435392 to 268435471 of dram"},
      {"set.ld.base address=268435392\n"
       "set.ld.picture height=5 width=8 channels=2 pitch=16\n"
       "set.ld.kernel kernel_y=3\nld.window row=-1 rows=3",
       ""},
      {"set.ld.base address=48\n"
       "set.ld.picture height=4 width=8 channels=2 pitch=-16\n"
       "ld.window row=-1 rows=7",
       ""},
      {"set.ld.base address=47\n"
       "set.ld.picture height=4 width=8 channels=2 pitch=-16\n"
       "ld.window row=-1 rows=7",
       "2 extent: ld.window: reads -1 to"},
      {"set.ld.base address=268435424\n"
       "set.ld.picture height=9 width=8 channels=2 pitch=16\n"
       "ld.window row=1",
       ""},
      {"set.ld.base address=268435424\n"
       "set.ld.picture height=9 width=8 channels=2 pitch=16\n"
       "ld.window row=2",
       "2 extent: ld.window: reads 268435456 to 268435471"},
      // All above the picture, and all below.
      {"set.ld.base address=268435455\n"
       "set.ld.picture height=4 width=8 channels=2 pitch=16\n"
       "set.ld.kernel kernel_y=3\nld.window row=-3",
       ""},
      {"set.ld.base address=268435455\n"
       "set.ld.picture height=4 width=8 channels=2 pitch=16\n"
       "ld.window row=4",
       ""},
      {"set.mm.ring limit=64 size=32\nset.mm.pitch x=1\nmm source=40 width=56",
       ""},
      // Fields.
      {"mm zero_point=-128", ""},
      {"mm zero_point=128", "0 field: mm: 'zero_point' is 128"},
      {"mm zero_point=255 unsigned_input", ""},
      {"mm zero_point=-1 unsigned_input", "0 field"},
      {"set.mm.weights pad_k=15\nmm", ""},
      {"set.mm.weights pad_k=16\nmm", "1 field: mm: 'pad_k' is 16"},
      {"set.mm.weights pad_n=16\nmm", "1 field: mm: 'pad_n'"},
      {"set.dw.window kernel_x=8 kernel_y=8\ndw", ""},
      {"set.dw.window kernel_x=13 kernel_y=5\ndw",
       "1 field: dw: the kernel has 65"},
      {"set.ld.kernel kernel_y=11\nld.window", ""},
      {"set.ld.kernel kernel_y=12\nld.window",
       "1 field: ld.window: the kernel"},
      {"set.ld.picture width=2048 channels=4\nld.window", ""},
      {"set.ld.picture width=2049 channels=4\nld.window",
       "1 field: ld.window: a row has 8196 bytes"},
      {"set.vx.window kernel_x=2\nvx", "1 field: vx: the window has several"},
      {"set.vx.window kernel_x=2\nset.vx.stages pool=max\nvx", ""},
      {"set.vx.rescale per_column\nset.vx.result per_column\nvx", "2 field"},
      {"set.vx.stages combine=row_multiply\nvx target=1", "1 field"},
      {"set.vx.stages bias=product\nvx", "1 field"},
      {"set.vx.stages pool=sum\nvx.reduce", "1 field"},
      {"set.vx.window channels=16384\nset.vx.stages pool=max\n"
       "vx width=4096 height=128",
       "2 field: vx: it takes more than 16777216 steps"},
      // Writes into the program, which is 16 bytes long here.
      {"st length=16", "0 program: st: writes into the program"},
      {"st offset=16 length=16", ""},
      // Overlap: in place, and one word further.
      {"set.vx.stages source=int8\nset.vx.pitch x=1\nset.vx.target x=1\n"
       "vx width=4 source=8 target=8",
       ""},
      {"set.vx.stages source=int8\nset.vx.pitch x=1\nset.vx.target x=1\n"
       "vx width=4 source=8 target=9",
       "3 overlap: vx: source and target"},
      {"set.vx.stages source=int8\nset.vx.pitch x=1\nset.vx.target x=1\n"
       "vx width=4 source=8 target=12",
       ""},
      {"set.vx.stages source=int8\nset.vx.pitch x=-1\n"
       "set.vx.window stride_x=2\nset.vx.target x=-2\n"
       "vx width=4 source=8 target=8",
       ""},
      {"set.vx.stages source=int8\nset.vx.pitch x=1\n"
       "set.vx.target x=1 element=int16\nvx width=4 source=8 target=8",
       "3 overlap"},
      {"set.vx.stages combine=add\nset.vx.operand x=1\nset.vx.target x=2\n"
       "vx width=4",
       "3 overlap: vx: operand and target"},
      // Semaphores.
      // In place, each word once; not where a stride is 0 or steps meet.
      {"set.vx.stages source=int8\nset.vx.pitch x=1 y=4\n"
       "set.vx.target x=1 y=4\nvx source=8 target=8 width=4 height=3",
       ""},
      {"set.vx.stages source=int8\nset.vx.pitch x=-1 y=-4\n"
       "set.vx.target x=-1 y=-4\nvx source=80 target=80 width=4 height=3",
       ""},
      {"set.vx.stages source=int8\nset.vx.pitch x=1 y=3\n"
       "set.vx.target x=1 y=3\nvx source=8 target=8 width=4 height=3",
       "3 overlap: vx: source and target are the same words, some"},
      {"set.vx.stages source=int8\nvx source=8 target=8 width=2",
       "1 overlap: vx: source and target are the same words, some"},
      {"set.vx.stages source=int16\nset.vx.pitch x=1\n"
       "set.vx.target x=1 element=int16\nvx source=8 target=8 width=2",
       "3 overlap: vx: source and target are the same words, some"},
      {"sync engine=ld signal0=3\nsync engine=mm wait0=3", ""},
      {"sync engine=mm wait0=3", "0 semaphore: sync: waits for semaphore 3"},
      {"sync engine=ld signal0=3\nsync engine=mm wait0=3\nsync engine=mm "
       "wait0=3",
       "2 semaphore"},
      {"sync engine=ld signal0=3\nsync engine=vx signal0=3",
       "1 semaphore: sync: semaphore 3 is already signalled by ld"},
      {"sync engine=ld signal0=3\nsync engine=ld signal0=3\n"
       "sync engine=mm wait0=3\nsync engine=vx wait1=3",
       "3 semaphore: sync: semaphore 3 is already waited for by mm"},
      // The first fault in the order of precedence counts.
      {"set.mm.weights pad_k=16\nmm source=-1 wait0=1", "1 field"},
      {"mm source=-1 wait0=1", "0 extent"},
  };
  for (const auto &[text, expected] : cases) {
    std::string result = run(machine, text);
    EXPECT_EQ(result.substr(0, std::string(expected).size()), expected)
        << text << "\n"
        << result;
    EXPECT_EQ(result.empty(), *expected == 0) << text << "\n" << result;
  }
}

TEST(DispatchTest, TheSixteenthTokenFaults) {
  Machine machine = machineOf("mxu-8");
  std::string text;
  for (unsigned i = 0; i < 15; ++i)
    text += "sync engine=dw signal1=15\n";
  EXPECT_EQ(run(machine, text), "");
  EXPECT_EQ(run(machine, text + "sync engine=dw signal1=15\n").substr(0, 12),
            "15 semaphore");
}

TEST(DispatchTest, AMachineWithoutMultipliersHasNoDepthwise) {
  Machine machine = machineOf("mxu-8");
  EXPECT_EQ(run(machine, "dw"), "");
  machine.depthwise.multipliersPerLane = 0;
  EXPECT_EQ(run(machine, "dw").substr(0, 8), "0 opcode");
}

//===----------------------------------------------------------------------===//
// Exact accesses against hulls
//===----------------------------------------------------------------------===//

/// Sets the named fields of a configuration's words to small random values.
static Instruction randomInstruction(const FormatInfo &info,
                                     std::mt19937 &random) {
  Word word = info.empty();
  for (const FieldInfo &field : info.payload()) {
    int64_t low = std::max<int64_t>(field.minimum, -9);
    int64_t high = std::min<int64_t>(field.maximum, 9);
    field.set(word, low + random() % (high - low + 1));
  }
  Instruction instruction;
  EXPECT_FALSE(decode(word, instruction)) << info.mnemonic;
  return instruction;
}

TEST(DispatchTest, ExactAccessesLieWithinTheirHulls) {
  Machine machine = machineOf("mxu-8");
  std::mt19937 random(1);
  std::map<Format, unsigned> compared, equal;
  for (unsigned round = 0; round < 2000; ++round) {
    Configuration configuration;
    for (unsigned i = 0; i < kFormatCount; ++i)
      if (const FormatInfo &info = infoOf(static_cast<Format>(i));
          info.isSetting() && random() % 4 != 0) {
        Instruction setting = randomInstruction(info, random);
        configuration.apply(setting.format, setting.payload);
      }
    for (unsigned i = 0; i < kFormatCount; ++i) {
      const FormatInfo &info = infoOf(static_cast<Format>(i));
      if (info.isSetting())
        continue;
      Instruction work = randomInstruction(info, random);
      // Hull and exact set of all operands on the same side of a memory.
      std::map<std::pair<Memory, bool>, std::pair<int64_t, int64_t>> hull,
          exact;
      auto widen = [](auto &map, Memory memory, bool isWrite, int64_t first,
                      int64_t last) {
        auto [at, isNew] = map.try_emplace({memory, isWrite}, first, last);
        if (!isNew)
          at->second = {std::min(at->second.first, first),
                        std::max(at->second.second, last)};
      };
      for (const Extent &e : extentsOf(machine, configuration, work))
        widen(hull, e.memory, e.isWrite, e.first, e.last);
      forEachAccess(machine, configuration, work, [&](const Access &a) {
        widen(exact, a.memory, a.isWrite, a.first, a.first + a.count - 1);
      });
      for (const auto &[side, range] : exact) {
        ASSERT_TRUE(hull.count(side)) << info.mnemonic;
        EXPECT_LE(hull[side].first, range.first) << info.mnemonic;
        EXPECT_GE(hull[side].second, range.second) << info.mnemonic;
        ++compared[info.format];
        equal[info.format] += hull[side] == range;
      }
    }
  }
  // Strides may skip a picture's edge, and rings; mostly nothing is lost.
  for (auto [format, count] : compared)
    EXPECT_GT(2 * equal[format], count) << infoOf(format).mnemonic;
  EXPECT_EQ(compared.size(), 9u);
}
