//===- ExeTest.cpp - Linking and running executables ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Links the toy model (test/conformance/toy_model.c) to executables for each
// architecture and uses them as a person would.
//
//===----------------------------------------------------------------------===//

#include "backends/Common/Linker.h"
#include "test/unit/runtime/TestFiles.h"

using namespace systole;
using namespace systole::test;

namespace {
/// An architecture and the command that runs its programs here.
struct Machine {
  const char *arch;
  const char *emulator;
};

void PrintTo(const Machine &machine, std::ostream *out) {
  *out << machine.arch;
}

std::string objectFor(const std::string &name, const std::string &arch) {
  return std::string(SYSTOLE_TEST_OBJECTS) + "/" + name + "-" + arch + ".o";
}

/// Links an object; returns lld's message, "" for success.
std::string link(const std::string &object, const std::string &output,
                 LinkOptions options, bool module = false) {
  options.supportFolder = SYSTOLE_TEST_SUPPORT;
  llvm::Error error = module ? linkSharedModule({object}, output, options)
                             : linkExecutable({object}, output, options);
  return llvm::toString(std::move(error));
}

off_t sizeOf(const std::string &path) {
  return off_t(test::readFile(path).size());
}

class Executable : public testing::TestWithParam<Machine> {
protected:
  void SetUp() override {
    std::string emulator = GetParam().emulator;
    if (!emulator.empty() && run("command -v " + emulator).status != 0)
      GTEST_SKIP() << emulator << " is not installed (Debian: qemu-user): "
                   << GetParam().arch << " is not tested here";
    options.arch = GetParam().arch;
    ASSERT_EQ(link(objectFor("toy", options.arch), folder / "toy", options),
              "");
    program = emulator + " " + (folder / "toy");
    test::writeFile(folder / "x.npy",
                    npy("<f4", "(1, 4)", bytesOf<float>({1, 2, 3, 4})));
    test::writeFile(folder / "xs.npy", npy("<f4", "(3, 1, 4)",
                                           bytesOf(std::vector<float>(12, 1))));
    test::writeFile(folder / "s.npy",
                    npy("<f4", "(2,)", bytesOf<float>({10, 20})));
  }
  Outcome model(const std::string &arguments) {
    return run("cd " + folder.path + " && " + program + " " + arguments);
  }

  TemporaryFolder folder;
  LinkOptions options;
  std::string program;
};

TEST_P(Executable, ShowsOutputs) {
  Outcome outcome = model("--input x=x.npy --input 1=s.npy");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output, "y: float32 [1,4]\n  11 14 19 26\n"
                            "next: float32 [2]\n  11 21\n");
}

TEST_P(Executable, WritesOutputs) {
  Outcome outcome =
      model("x=x.npy --input=state:0=s.npy --output-dir out/deep");
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(outcome.status, 0);
  std::string y = test::readFile(folder / "out/deep/y.npy");
  EXPECT_EQ(y.substr(y.size() - 16), bytesOf<float>({11, 14, 19, 26}));
  EXPECT_TRUE(test::exists(folder / "out/deep/next.npy"));
}

TEST_P(Executable, CarriesStateThroughEntries) {
  Outcome outcome = model("--input x=xs.npy --each --carry next=state:0");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output, "y: float32 [3,1,4]\n  1 2 3 4 2 3 4 5 3 4 5 6\n"
                            "next: float32 [3,2]\n  1 1 2 2 3 3\n");
}

TEST_P(Executable, ChecksAndMeasuresItself) {
  EXPECT_EQ(model("--selftest").output,
            "self-test passed: 2 outputs agree with "
            "the reference interpreter\n");
  Outcome bench = model("--bench=3 --threads=2");
  EXPECT_EQ(bench.status, 0);
  EXPECT_NE(bench.output.find("latency: min "), std::string::npos);
  EXPECT_NE(bench.output.find("(3 runs, 2 threads)"), std::string::npos);
  EXPECT_NE(model("--info").output.find("input state:0: float32 [2]"),
            std::string::npos);
  EXPECT_NE(model("--help").output.find("--carry OUT=IN"), std::string::npos);
}

TEST_P(Executable, TellsUsageFromFailure) {
  EXPECT_EQ(model("--frobnicate").status, 2);
  EXPECT_EQ(model("--input").status, 2);
  EXPECT_EQ(model("--threads=x").status, 2);
  Outcome missing = model("");
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(
      missing.output.find(
          "error: missing input 'x': expected float32 [1,4], found no file"),
      std::string::npos);
  Outcome wrong = model("--input x=s.npy --input 1=s.npy");
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(
      wrong.output.find("input 'x': expected float32 [1,4], found float32 "
                        "[2] in 's.npy'"),
      std::string::npos);
}

// A full disk ends in a message, and in no partial file.
TEST_P(Executable, ReportsAFullDisk) {
  Outcome screen = model("--info > /dev/full");
  EXPECT_EQ(screen.status, 1);
  EXPECT_NE(screen.output.find("no space left on the device"),
            std::string::npos);
  EXPECT_EQ(model("--info | true").status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Machines, Executable,
    testing::Values(Machine{"x86_64",
                            SYSTOLE_TEST_HOST_IS_X86 ? "" : "qemu-x86_64"},
                    Machine{"aarch64", "qemu-aarch64"},
                    Machine{"riscv64", "qemu-riscv64"}),
    [](const auto &info) { return std::string(info.param.arch); });

// The whole of an executable must stay small: see issue A's 120 kB with a
// model.
TEST(Linker, MakesSmallExecutables) {
  TemporaryFolder folder;
  LinkOptions options;
  ASSERT_EQ(link(objectFor("toy", "x86_64"), folder / "pool", options), "");
  options.threads = false;
  ASSERT_EQ(link(objectFor("toy", "x86_64"), folder / "alone", options), "");
  EXPECT_LT(sizeOf(folder / "pool"), 50000);
  EXPECT_LT(sizeOf(folder / "alone"), sizeOf(folder / "pool"));
}

TEST(Linker, IsReproducible) {
  TemporaryFolder one, two;
  LinkOptions options;
  std::string object = objectFor("toy", "x86_64");
  test::writeFile(two / "copy.o", test::readFile(object));
  ASSERT_EQ(link(object, one / "a", options), "");
  ASSERT_EQ(link(two / "copy.o", two / "other-name", options), "");
  EXPECT_EQ(test::readFile(one / "a"), test::readFile(two / "other-name"));
}

TEST(Linker, SaysWhatIsUndefinedAndLeavesNothing) {
  TemporaryFolder folder;
  std::string message =
      link(objectFor("broken", "x86_64"), folder / "broken", LinkOptions());
  EXPECT_NE(message.find("undefined symbol: systole_missing_kernel"),
            std::string::npos)
      << message;
  // The linker works again, and after a failure there is no file.
  EXPECT_EQ(run("ls -A " + folder.path).output, "");
  EXPECT_EQ(link(objectFor("toy", "x86_64"), folder / "toy", LinkOptions()),
            "");
  EXPECT_EQ(run("ls -A " + folder.path).output, "toy\n");
}

TEST(Linker, SaysWhereItCannotWrite) {
  std::string message =
      link(objectFor("toy", "x86_64"), "/nonexistent/toy", LinkOptions());
  EXPECT_NE(message.find("cannot write '/nonexistent/toy'"), std::string::npos);
  LinkOptions unknown;
  unknown.arch = "vax";
  EXPECT_NE(link(objectFor("toy", "x86_64"), "/tmp/toy", unknown)
                .find("cannot link for the architecture 'vax'"),
            std::string::npos);
}

// A device is written to, not replaced, and a full one is a message.
TEST(Linker, WritesToDevices) {
  EXPECT_EQ(link(objectFor("toy", "x86_64"), "/dev/null", LinkOptions()), "");
  EXPECT_NE(link(objectFor("toy", "x86_64"), "/dev/full", LinkOptions())
                .find("cannot write '/dev/full': No space left"),
            std::string::npos);
  EXPECT_EQ(run("test -c /dev/full && test -c /dev/null").status, 0);
}

TEST(Linker, MakesModulesThatNeedNoLibrary) {
  TemporaryFolder folder;
  ASSERT_EQ(link(objectFor("toy", "x86_64"), folder / "toy.so", LinkOptions(),
                 /*module=*/true),
            "");
  EXPECT_LT(sizeOf(folder / "toy.so"), 10000);
  std::string contents = test::readFile(folder / "toy.so");
  EXPECT_NE(contents.find("systole_model"), std::string::npos);
  EXPECT_EQ(contents.find(".so.6"), std::string::npos);
}

TEST(Linker, LinksDynamicExecutables) {
  TemporaryFolder folder;
  LinkOptions options;
  options.dynamic = true;
  std::string message =
      link(objectFor("toy", "x86_64"), folder / "toy", options);
  if (message.find("libc6-dev") != std::string::npos ||
      !SYSTOLE_TEST_HOST_IS_X86)
    GTEST_SKIP() << message;
  ASSERT_EQ(message, "");
  Outcome outcome = run((folder / "toy") + " --selftest");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
}

// A module for a better CPU is refused by name, on a machine made to seem poor.
TEST(Exe, RefusesAMissingCpuFeature) {
  if (!SYSTOLE_TEST_HOST_IS_X86)
    GTEST_SKIP() << "the feature check exists on x86-64 only";
  TemporaryFolder folder;
  ASSERT_EQ(link(objectFor("toy512", "x86_64"), folder / "toy", LinkOptions()),
            "");
  // Bits 0 to 12: everything up to AVX2 and its companions.
  Outcome outcome = run("SYSTOLE_CPU_FEATURES_MASK=0x1fff " + (folder / "toy") +
                        " --selftest");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(
      outcome.output.find(
          "this module needs AVX-512 (avx512f, avx512vl); this machine has "
          "none: recompile with --cpu="),
      std::string::npos)
      << outcome.output;
}
} // namespace
