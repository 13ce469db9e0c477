//===- RunnerTest.cpp - Binding files, --each and --carry -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model is a function of this file: y = x + state, next = state * 2, where
// x is float32 [?,2] and state float32 [1]; it stands for any executor.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/runner.h"
#include "runtime/src/npy.h"
#include "test/unit/runtime/TestFiles.h"

using namespace systole;
using namespace systole::rt;
using namespace systole::test;

namespace {
const int64_t rows[] = {-1, 2}, one[] = {1};
const systole_tensor_info inputInfos[] = {
    {"x", "x", SYSTOLE_DTYPE_F32, 2, rows},
    {"a=b", "a=b", SYSTOLE_DTYPE_F32, 1, one}};
const systole_tensor_info outputInfos[] = {
    {"y", "y_file", SYSTOLE_DTYPE_F32, 2, rows},
    {"next", "next", SYSTOLE_DTYPE_F32, 1, one}};
const systole_entry_info entryInfo = {"main",     nullptr,     2, 2,
                                      inputInfos, outputInfos, 0, 0};

/// The outputs' memory: overwritten by each call, as an arena is.
struct Model {
  std::vector<float> y;
  float next[16];
  int calls = 0;
  /// Drops one row more at each call, for results that cannot be stacked.
  bool shrinking = false;
};

Status execute(void *context, const Tensor *inputs, Tensor *outputs) {
  Model &model = *static_cast<Model *>(context);
  std::vector<float> x = valuesOf<float>(inputs[0]);
  float state = *static_cast<const float *>(inputs[1].data);
  if (x.size() >= 2 && x[0] == -99)
    return Failure(SYSTOLE_STATUS_CHECK_FAILED) << "x must not be -99";
  for (float &value : x)
    value += state;
  if (model.shrinking)
    x.resize(x.size() - 2 * model.calls);
  ++model.calls;
  model.y = x;
  model.next[0] = state * 2;
  outputs[0] = tensorOf(SYSTOLE_DTYPE_F32, {int64_t(x.size()) / 2, 2}, model.y);
  outputs[1] = {model.next, 4, SYSTOLE_DTYPE_F32, 1, {1}};
  return Status();
}

class Runner : public testing::Test {
protected:
  std::string file(const std::string &name, const std::string &shape,
                   const std::vector<float> &values) {
    test::writeFile(folder / name, npy("<f4", shape, bytesOf(values)));
    return folder / name;
  }
  /// Runs and returns the message, "" for success.
  std::string run(std::vector<std::string> inputs,
                  std::vector<std::string> carries = {}) {
    std::vector<const char *> inputPointers, carryPointers;
    for (const std::string &input : inputs)
      inputPointers.push_back(input.c_str());
    for (const std::string &carry : carries)
      carryPointers.push_back(carry.c_str());
    request.entry = &entryInfo;
    request.execute = execute;
    request.context = &model;
    request.inputs = inputPointers.data();
    request.numInputs = int64_t(inputs.size());
    request.carries = carryPointers.data();
    request.numCarries = int64_t(carries.size());
    std::string message = runModel(request, result).message();
    for (size_t at;
         (at = message.find(folder.path + "/")) != std::string::npos;)
      message.erase(at, folder.path.size() + 1);
    return message;
  }
  std::vector<float> output(int index) {
    return valuesOf<float>(result.outputs[index]);
  }
  std::vector<int64_t> outputDims(int index) {
    const Tensor &tensor = result.outputs[index];
    return std::vector<int64_t>(tensor.dims, tensor.dims + tensor.rank);
  }

  TemporaryFolder folder;
  Model model;
  RunRequest request;
  RunResult result;
};

TEST_F(Runner, BindsByNameAndPosition) {
  std::string x = file("x.npy", "(1, 2)", {1, 2});
  std::string s = file("s.npy", "(1,)", {10});
  ASSERT_EQ(run({"x=" + x, "1=" + s}), "");
  EXPECT_EQ(output(0), (std::vector<float>{11, 12}));
  EXPECT_EQ(outputDims(0), (std::vector<int64_t>{1, 2}));
  // A name with '=' in it.
  ASSERT_EQ(run({"0=" + x, "a=b=" + s}), "");
  EXPECT_EQ(output(1), (std::vector<float>{20}));
}

TEST_F(Runner, NamesWhatIsMissing) {
  std::string s = file("s.npy", "(1,)", {10});
  EXPECT_EQ(run({"1=" + s}), "missing input 'x': expected float32 [?,2], found "
                             "no file; give it by --input NAME=FILE");
  EXPECT_EQ(run({"z=" + s}),
            "--input z=s.npy names no input of this model; the "
            "inputs are 'x', 'a=b'");
  EXPECT_EQ(run({"1=" + s, "a=b=" + s}),
            "input 'a=b' is given twice: 's.npy' and 's.npy'");
  EXPECT_EQ(run({"x=" + (folder / "no.npy"), "1=" + s}),
            "input 'x': cannot read 'no.npy': no such file or folder");
  EXPECT_EQ(run({"x=" + folder.path, "1=" + s}).substr(0, 22),
            "input 'x': cannot read");
}

TEST_F(Runner, ShowsExpectedAndFoundShape) {
  std::string s = file("s.npy", "(1,)", {10});
  EXPECT_EQ(
      run({"x=" + file("x.npy", "(1, 3)", {1, 2, 3}), "1=" + s}),
      "input 'x': expected float32 [?,2], found float32 [1,3] in 'x.npy'");
  EXPECT_EQ(
      run({"x=" + file("x.npy", "(1, 1, 2)", {1, 2}), "1=" + s}),
      "input 'x': expected float32 [?,2], found float32 [1,1,2] in 'x.npy'"
      "; --each runs the model once for each entry of the leading axis");
}

TEST_F(Runner, RunsForEachEntry) {
  std::string x = file("x.npy", "(3, 1, 2)", {1, 2, 3, 4, 5, 6});
  std::string s = file("s.npy", "(1,)", {10});
  request.each = true;
  ASSERT_EQ(run({"x=" + x, "1=" + s}), "");
  EXPECT_EQ(result.entries, 3);
  EXPECT_EQ(outputDims(0), (std::vector<int64_t>{3, 1, 2}));
  EXPECT_EQ(output(0), (std::vector<float>{11, 12, 13, 14, 15, 16}));
  EXPECT_EQ(output(1), (std::vector<float>{20, 20, 20}));
  // Both inputs stacked.
  ASSERT_EQ(run({"x=" + x, "1=" + file("s3.npy", "(3, 1)", {0, 10, 20})}), "");
  EXPECT_EQ(output(0), (std::vector<float>{1, 2, 13, 14, 25, 26}));
}

TEST_F(Runner, CarriesOutputsToInputs) {
  std::string x = file("x.npy", "(3, 1, 2)", {0, 0, 0, 0, 0, 0});
  request.each = true;
  ASSERT_EQ(run({"x=" + x, "1=" + file("s.npy", "(1,)", {5})}, {"next=a=b"}),
            "");
  EXPECT_EQ(output(0), (std::vector<float>{5, 5, 10, 10, 20, 20}));
  // Zeros without a file.
  ASSERT_EQ(run({"x=" + x}, {"1=1"}), "");
  EXPECT_EQ(output(0), (std::vector<float>(6, 0.0f)));
}

// A second pass starts from the first value again.
TEST_F(Runner, RepeatsFromTheStart) {
  std::string x = file("x.npy", "(2, 1, 2)", {0, 0, 0, 0});
  request.each = true;
  request.warmup = 1;
  request.repeat = 3;
  ASSERT_EQ(run({"x=" + x, "1=" + file("s.npy", "(1,)", {5})}, {"next=a=b"}),
            "");
  EXPECT_EQ(output(0), (std::vector<float>{5, 5, 10, 10}));
  EXPECT_EQ(model.calls, 8);
  EXPECT_EQ(result.latency.runs, 6);
  EXPECT_LE(result.latency.min, result.latency.median);
  EXPECT_LE(result.latency.median, result.latency.p99);
}

TEST_F(Runner, RefusesWhatDoesNotFitTogether) {
  std::string x = file("x.npy", "(3, 1, 2)", {1, 2, 3, 4, 5, 6});
  std::string s = file("s.npy", "(1,)", {10});
  std::string flat = file("flat.npy", "(1, 2)", {1, 2});
  EXPECT_EQ(run({"x=" + flat, "1=" + s}, {"next=a=b"}),
            "--carry needs --each: it feeds one entry's output to the next");
  request.each = true;
  EXPECT_EQ(run({"x=" + x, "1=" + file("s2.npy", "(2, 1)", {1, 2})}),
            "--each: 'x.npy' has 3 entries and 's2.npy' has 2");
  EXPECT_EQ(run({"x=" + flat, "1=" + s}),
            "--each: no input file has a leading axis in front of the declared "
            "shape");
  EXPECT_EQ(run({"x=" + x}, {"y=a=b"}),
            "--carry y=a=b: the input expects float32 [1], the output is "
            "float32 [?,2]");
  EXPECT_EQ(
      run({"x=" + x}, {"nothing"}),
      "--carry nothing: expected OUT=IN; the outputs are 'y', 'next', the "
      "inputs are 'x', 'a=b'");
  model.shrinking = true;
  EXPECT_EQ(run({"x=" + file("x2.npy", "(2, 2, 2)", {1, 2, 3, 4, 5, 6, 7, 8}),
                 "1=" + s}),
            "--each cannot stack output 'y': its shape is [2,2] in entry 0 and "
            "[1,2] in entry 1");
}

TEST_F(Runner, SaysWhichEntryFailed) {
  std::string s = file("s.npy", "(1,)", {10});
  request.each = true;
  EXPECT_EQ(run({"x=" + file("x.npy", "(2, 1, 2)", {1, 2, -99, 4}), "1=" + s}),
            "entry 1 of --each: x must not be -99");
}

TEST_F(Runner, AcceptsNoEntries) {
  request.each = true;
  ASSERT_EQ(run({"x=" + file("x.npy", "(0, 1, 2)", {}),
                 "1=" + file("s.npy", "(1,)", {10})}),
            "");
  EXPECT_EQ(outputDims(0), (std::vector<int64_t>{0, 0, 2}));
  EXPECT_EQ(outputDims(1), (std::vector<int64_t>{0, 1}));
}

TEST_F(Runner, WritesAndShowsOutputs) {
  ASSERT_EQ(run({"x=" + file("x.npy", "(1, 2)", {1, 2.5}),
                 "1=" + file("s.npy", "(1,)", {10})}),
            "");
  std::string directory = folder / "new/nested";
  ASSERT_STREQ(writeOutputs(entryInfo, result, directory.c_str()).message(),
               "");
  EXPECT_NE(test::readFile(directory + "/y_file.npy").find("'shape': (1, 2)"),
            std::string::npos);
  EXPECT_TRUE(test::exists(directory + "/next.npy"));
  StringBuilder view;
  viewOutputs(entryInfo, result, view);
  EXPECT_STREQ(view.c_str(),
               "y: float32 [1,2]\n  11 12.5\nnext: float32 [1]\n  20\n");
  // Where a folder cannot be made.
  std::string blocked = (folder / "x.npy") + "/deeper";
  EXPECT_TRUE(writeOutputs(entryInfo, result, blocked.c_str()).failed());
}

TEST(View, ShortensLongTensors) {
  std::vector<int8_t> values(17, 3);
  StringBuilder view;
  viewTensor("t", tensorOf(SYSTOLE_DTYPE_I8, {17}, values), view);
  EXPECT_STREQ(view.c_str(),
               "t: int8 [17]\n  3 3 3 3 3 3 3 3 ... (17 values)\n");
  view.clear();
  std::vector<float> complex = {1, -2};
  viewTensor("c", tensorOf(SYSTOLE_DTYPE_C64, {}, complex), view);
  EXPECT_STREQ(view.c_str(), "c: complex64 []\n  1-2j\n");
}

TEST(Latency, IsTheUsualStatistics) {
  std::vector<int64_t> times(200);
  for (int i = 0; i < 200; ++i)
    times[i] = (i * 37 % 200 + 1) * 1000000;
  Latency latency = describeLatency(times.data(), 200);
  EXPECT_DOUBLE_EQ(latency.min, 1);
  EXPECT_DOUBLE_EQ(latency.median, 100.5);
  EXPECT_DOUBLE_EQ(latency.mean, 100.5);
  EXPECT_DOUBLE_EQ(latency.p99, 198);
  EXPECT_EQ(latency.runs, 200);
}
} // namespace
