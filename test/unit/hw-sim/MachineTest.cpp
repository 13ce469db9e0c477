//===- MachineTest.cpp - Machine files ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The presets against the architecture's figures, every key at and beyond its
// range, and damaged files.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Presets.h"
#include "gtest/gtest.h"
#include <fstream>
#include <sstream>

using namespace systole::sim;

static const std::string kConfigs = SYSTOLE_SOURCE "/hw-sim/configs";

static std::string presetPath(unsigned array) {
  return kConfigs + "/mxu-" + std::to_string(array) + ".yaml";
}

static Machine preset(unsigned array) {
  std::vector<FileProblem> problems;
  std::optional<Machine> machine = loadMachine(presetPath(array), problems);
  for (const FileProblem &problem : problems)
    ADD_FAILURE() << problem.text();
  return machine.value_or(Machine());
}

/// The problems of a file, one a line.
static std::string problemsOf(const std::string &text) {
  std::vector<FileProblem> problems;
  std::optional<Machine> machine = parseMachine(text, "m.yaml", problems);
  EXPECT_EQ(machine.has_value(), problems.empty());
  std::string result;
  for (const FileProblem &problem : problems)
    result += problem.text() + "\n";
  return result;
}

TEST(MachineTest, PresetsAreTheArchitectures) {
  // The table of presets: array, scratchpad KiB, weight KiB; the DRAM moves as
  // many bytes a cycle as the array has rows.
  const uint64_t expected[][3] = {
      {8, 128, 16}, {16, 256, 64}, {32, 1024, 128}, {64, 2048, 512}};
  for (const auto &[array, scratchpad, weights] : expected) {
    Machine machine = preset(array);
    EXPECT_EQ(machine.name, "mxu-" + std::to_string(array));
    EXPECT_EQ(machine.array, array);
    EXPECT_EQ(machine.dram.width, array);
    EXPECT_EQ(machine.scratchpad.bytes, scratchpad << 10);
    EXPECT_EQ(machine.scratchpad.banks, 8u);
    EXPECT_EQ(machine.weights.bytes, weights << 10);
    EXPECT_EQ(machine.accumulators.rows, 512u);
    EXPECT_EQ(machine.depthwise.multipliersPerLane, 3u);
    EXPECT_EQ(machine.parameters.bytes, 8192u);
    EXPECT_EQ(machine.dram.readLatency, 100u);
    EXPECT_EQ(machine.dram.writeLatency, 20u);
    EXPECT_EQ(machine.dram.rowBytes, 2048u);
    EXPECT_EQ(machine.dram.banks, 8u);
    EXPECT_EQ(machine.dram.rowMiss, 24u);
    EXPECT_EQ(machine.dram.outstanding, 32u);
    EXPECT_EQ(machine.window.lineBytes, 8192u);
    EXPECT_EQ(machine.window.kernel, 11u);
    EXPECT_EQ(machine.queue, 8u);
  }
}

TEST(MachineTest, DerivedNumbers) {
  Machine machine = preset(16);
  EXPECT_EQ(machine.wordsPerBank(), 2048u);
  EXPECT_EQ(machine.accumulatorRows(), 1024u);
  EXPECT_EQ(machine.weightWords(), 4096u);
  EXPECT_EQ(machine.parameterWords(), 512u);
  EXPECT_EQ(machine.transferBytes(), 16u);
  // A bank holds whole words: what is over is lost.
  machine.array = 12;
  machine.dram.width = 8;
  EXPECT_EQ(machine.wordsPerBank(), 2730u);
  EXPECT_EQ(machine.scratchpadWords(), 21840u);
  EXPECT_EQ(machine.transferBytes(), 8u);
  machine.depthwise.multipliersPerLane = 0;
  EXPECT_EQ(machine.depthwiseRows(), 0u);
}

TEST(MachineTest, EveryKeyAtAndBeyondItsRange) {
  for (const MachineKey &key : machineKeys()) {
    for (auto [value, legal] :
         {std::pair(key.minimum, true), std::pair(key.maximum, true),
          std::pair(key.maximum + key.multiple, false),
          std::pair(key.minimum - 1, false)}) {
      // Below zero there is nothing to try.
      if (value > key.maximum + key.multiple)
        continue;
      Machine machine = preset(16);
      std::string problem =
          setMachineKey(machine, key.name, std::to_string(value));
      EXPECT_EQ(problem.empty(), legal) << key.name << " " << value;
      if (legal)
        EXPECT_EQ(key.get(machine), value);
      else
        EXPECT_NE(problem.find(key.range()), std::string::npos) << problem;
    }
  }
}

TEST(MachineTest, ProblemsNameFileLineKeyValueAndRange) {
  std::string text = printMachine(preset(16));
  EXPECT_EQ(problemsOf(text), "");
  auto replaced = [&](const std::string &from, const std::string &to) {
    std::string copy = text;
    size_t at = copy.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return problemsOf(copy.replace(at, from.size(), to));
  };
  EXPECT_EQ(
      replaced("array: 16", "array: 18"),
      "m.yaml:2: error: array is '18', but must be a multiple of 4 from 4 "
      "to 64\n");
  EXPECT_EQ(replaced("  width: 16", "  width: many"),
            "m.yaml:4: error: dram.width is 'many', but must be a power of two "
            "from 1 to 128\n");
  EXPECT_NE(
      replaced("queue: 8", "queues: 8")
          .find(
              "m.yaml:27: error: there is no key 'queues'; the keys are name, "
              "array, dram.width"),
      std::string::npos);
  EXPECT_NE(replaced("queue: 8\n", "")
                .find("m.yaml: error: queue is missing: from 1 to 64"),
            std::string::npos);
  EXPECT_EQ(replaced("queue: 8", "queue: 8\nqueue: 9"),
            "m.yaml:28: error: queue is there twice\n");
  EXPECT_EQ(replaced("queue: 8", "queue: [8]"),
            "m.yaml:27: error: queue is no number\n");
  EXPECT_EQ(replaced("name: mxu-16", "name: a b"),
            "m.yaml:1: error: name is 'a b', but must be 1 to 64 letters, "
            "digits, '-', '_' and '.'\n");
  EXPECT_EQ(replaced("  bytes: 65536", "  bytes: 1 KiB"), "");
  EXPECT_EQ(replaced("  bytes: 65536", "  bytes: 1 MiB"), "");
}

TEST(MachineTest, AllProblemsAtOnce) {
  std::string problems = problemsOf("array: 7\nqueue: 0\n");
  EXPECT_NE(problems.find("array is '7'"), std::string::npos);
  EXPECT_NE(problems.find("queue is '0'"), std::string::npos);
  EXPECT_NE(problems.find("name is missing"), std::string::npos);
  EXPECT_NE(problems.find("watchdog is missing"), std::string::npos);
}

TEST(MachineTest, KeysThatContradictEachOther) {
  Machine machine = preset(64);
  machine.weights.bytes = 4096;
  machine.dram.rowBytes = 64;
  machine.dram.width = 128;
  machine.scratchpad.bytes = 1024;
  machine.scratchpad.banks = 64;
  std::vector<MachineProblem> problems = checkMachine(machine);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].key, "scratchpad.bytes");
  EXPECT_EQ(problems[1].key, "weights.bytes");
  EXPECT_EQ(problems[2].key, "dram.row_bytes");
  machine = preset(8);
  machine.array = 4;
  machine.parameters.bytes = 1 << 20;
  ASSERT_EQ(checkMachine(machine).size(), 1u);
  EXPECT_NE(checkMachine(machine)[0].message.find("65536 words"),
            std::string::npos);
}

TEST(MachineTest, AnyTextIsReadWithoutACrash) {
  for (const char *text :
       {"", "- 1", "a: &a {b: *a}", "array", "{", "a: !!binary x", "? [1]: 2",
        "dram: {width: {x: 1}}", "dram: 5", "array: 99999999999999999999",
        "array: -4", "array: 0x10", "\xff\xfe", "a: \"\\x00\"",
        "scratchpad: {bytes: 9999999999 GiB}"})
    EXPECT_NE(problemsOf(text), "") << text;
  std::string text = printMachine(preset(32));
  for (size_t i = 0; i < text.size(); ++i)
    for (char c : {'\0', ':', '{', '\xff', '9'}) {
      std::string damaged = text;
      damaged[i] = c;
      problemsOf(damaged);
    }
  std::vector<FileProblem> problems;
  EXPECT_FALSE(loadMachine("/nowhere.yaml", problems));
  EXPECT_FALSE(loadMachine("/", problems));
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_NE(problems[0].text().find("/nowhere.yaml: error: "),
            std::string::npos);
}

TEST(MachineTest, OnlyWhatChangesResultsChangesTheFingerprint) {
  Machine machine = preset(16);
  for (const MachineKey &key : machineKeys()) {
    Machine changed = machine;
    key.member(changed) =
        key.minimum == key.get(machine) ? key.maximum : key.minimum;
    EXPECT_EQ(fingerprint(changed) != fingerprint(machine), key.changesResults)
        << key.name;
  }
  // More multipliers are faster, not other.
  Machine faster = machine;
  faster.depthwise.multipliersPerLane = 9;
  EXPECT_EQ(fingerprint(faster), fingerprint(machine));
  faster.name = "other";
  EXPECT_EQ(fingerprint(faster), fingerprint(machine));
}

/// A table of a document is the one that the machines give.
static void expectTable(const std::string &document, const std::string &table) {
  std::ifstream file(SYSTOLE_SOURCE "/docs/hardware/" + document);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find(table), std::string::npos)
      << document << " needs this table:\n"
      << table;
}

TEST(MachineTest, TheManualHasTheTables) {
  expectTable("machine-files.md", describeMachineKeys());
  expectTable("memory-map.md", describeMemories({preset(8), preset(16),
                                                 preset(32), preset(64)}));
}

TEST(MachineTest, MachinesAreFoundByNameAndByPath) {
  EXPECT_EQ(presetNames(kConfigs),
            (std::vector<std::string>{"mxu-8", "mxu-16", "mxu-32", "mxu-64"}));
  std::vector<FileProblem> problems;
  EXPECT_EQ(findMachine("mxu-32", problems, kConfigs)->array, 32u);
  EXPECT_EQ(findMachine(presetPath(8), problems, "/nowhere")->array, 8u);
  EXPECT_TRUE(problems.empty());
  // A name is never a file of the current folder, a path never a preset.
  EXPECT_TRUE(isMachinePath("./mxu-8"));
  EXPECT_TRUE(isMachinePath("a.yaml"));
  EXPECT_FALSE(isMachinePath("mxu-8"));
  for (const char *unknown : {"mxu-17", "", "mxu-8.yaml", "../configs"})
    EXPECT_FALSE(findMachine(unknown, problems, kConfigs)) << unknown;
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_NE(problems[0].text().find("mxu-8, mxu-16, mxu-32, mxu-64"),
            std::string::npos);
}
