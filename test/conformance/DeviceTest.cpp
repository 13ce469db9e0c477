//===- DeviceTest.cpp - What every device must do -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One suite, run for each device of the registry through the public C
// interface. A new device passes it without changes here.
//
//===----------------------------------------------------------------------===//

#include "runtime/include/systole/systole.h"
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace {
/// The message of a status, which it releases; "" for success.
std::string messageOf(systole_status *status) {
  std::string message = systole_status_message(status);
  systole_status_release(status);
  return message;
}

std::string modulePath(const char *name) {
  return std::string(SYSTOLE_TEST_MODULES) + "/" + name + ".so";
}

/// A tensor of the caller.
template <typename T>
systole_tensor tensorOf(uint32_t dtype, std::vector<int64_t> &dims,
                        std::vector<T> &values) {
  systole_tensor tensor = {};
  tensor.size = sizeof(tensor);
  tensor.data = values.data();
  tensor.capacity = values.size() * sizeof(T);
  tensor.dtype = dtype;
  tensor.memory = SYSTOLE_MEMORY_CPU;
  tensor.rank = uint32_t(dims.size());
  tensor.dims = dims.data();
  return tensor;
}

/// An output that takes whatever comes.
systole_tensor anyOutput(int64_t *dims) {
  systole_tensor tensor = {};
  tensor.size = sizeof(tensor);
  tensor.dims = dims;
  return tensor;
}

class Device : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    device = GetParam();
    ASSERT_EQ(open("toy", module), "");
    ASSERT_EQ(messageOf(systole_session_create(module, nullptr, &session)), "");
  }
  void TearDown() override {
    systole_session_release(session);
    systole_module_release(module);
  }
  std::string open(const char *name, systole_module *&result,
                   const char *weights = nullptr) {
    systole_module_options options = {sizeof(options), device.c_str(), weights};
    return messageOf(
        systole_module_open_file(modulePath(name).c_str(), &options, &result));
  }
  size_t entry(const char *name) {
    size_t index = 99;
    EXPECT_EQ(messageOf(systole_module_find_entry(module, name, &index)), "");
    return index;
  }
  /// Runs "square" with the result in the session's memory.
  std::vector<float> square(std::vector<float> values) {
    std::vector<int64_t> dims = {int64_t(values.size())};
    int64_t outputDims[1] = {-7};
    systole_tensor input = tensorOf(SYSTOLE_DTYPE_F32, dims, values);
    systole_tensor output = anyOutput(outputDims);
    EXPECT_EQ(messageOf(systole_session_run(session, entry("square"), &input, 1,
                                            &output, 1)),
              "");
    EXPECT_EQ(outputDims[0], dims[0]);
    EXPECT_EQ(output.dtype, uint32_t(SYSTOLE_DTYPE_F32));
    auto *data = static_cast<const float *>(output.data);
    return std::vector<float>(data, data + dims[0]);
  }
  std::string sum(int64_t count, int64_t &total, systole_session *on) {
    std::vector<int64_t> none, n = {count}, result = {0};
    systole_tensor input = tensorOf(SYSTOLE_DTYPE_I64, none, n);
    systole_tensor output = tensorOf(SYSTOLE_DTYPE_I64, none, result);
    std::string message =
        messageOf(systole_session_run(on, entry("sum"), &input, 1, &output, 1));
    total = result[0];
    return message;
  }

  std::string device;
  systole_module *module = nullptr;
  systole_session *session = nullptr;
};

TEST_P(Device, DescribesTheModule) {
  systole_module_info info = {};
  info.size = sizeof(info);
  systole_module_get_info(module, &info);
  EXPECT_STREQ(info.name, "toy");
  EXPECT_EQ(info.device, device);
  EXPECT_EQ(info.num_entries, 5u);
  systole_entry step = {};
  step.size = sizeof(step);
  ASSERT_EQ(messageOf(systole_module_get_entry(module, 0, &step)), "");
  EXPECT_STREQ(step.name, "step");
  EXPECT_EQ(step.num_inputs, 2u);
  systole_tensor_type type = {};
  type.size = sizeof(type);
  ASSERT_EQ(messageOf(systole_module_get_input(module, 0, 1, &type)), "");
  EXPECT_STREQ(type.name, "state:0");
  EXPECT_STREQ(type.file_name, "state_0");
  EXPECT_EQ(type.dims[0], 2);
  ASSERT_EQ(messageOf(systole_module_get_output(module, 1, 0, &type)), "");
  EXPECT_EQ(type.dims[0], -1);
  EXPECT_EQ(messageOf(systole_module_get_entry(module, 5, &step)),
            "there is no entry point 5; the module has 5");
  EXPECT_EQ(messageOf(systole_module_get_input(module, 0, 2, &type)),
            "there is no input 2; the entry point has 2");
  size_t index;
  EXPECT_EQ(messageOf(systole_module_find_entry(module, "walk", &index)),
            "the module has no entry point 'walk'");
}

// A caller that was compiled with a shorter structure keeps its memory.
TEST_P(Device, WritesNoMoreThanTheCallersStructure) {
  systole_module_info info;
  std::memset(&info, 0x5a, sizeof(info));
  info.size = offsetof(systole_module_info, cpu);
  systole_module_get_info(module, &info);
  EXPECT_STREQ(info.producer, "by hand");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(info.cpu), 0x5a5a5a5a5a5a5a5au);
}

TEST_P(Device, RunsIntoTheCallersMemory) {
  std::vector<int64_t> dims14 = {1, 4}, dims2 = {2}, yDims = {0, 0},
                       nDims = {0};
  std::vector<float> x = {1, 2, 3, 4}, state = {10, 20}, y(4), next(2);
  systole_tensor inputs[] = {tensorOf(SYSTOLE_DTYPE_F32, dims14, x),
                             tensorOf(SYSTOLE_DTYPE_F32, dims2, state)};
  systole_tensor outputs[] = {tensorOf(SYSTOLE_DTYPE_F32, yDims, y),
                              tensorOf(SYSTOLE_DTYPE_F32, nDims, next)};
  ASSERT_EQ(messageOf(systole_session_run(session, 0, inputs, 2, outputs, 2)),
            "");
  EXPECT_EQ(y, (std::vector<float>{11, 14, 19, 26}));
  EXPECT_EQ(next, (std::vector<float>{11, 21}));
  EXPECT_EQ(yDims, dims14);
  EXPECT_EQ(outputs[0].data, y.data());
}

// The arena starts too small and grows until the model is content.
TEST_P(Device, GrowsForDynamicShapes) {
  EXPECT_EQ(square({3}), (std::vector<float>{9}));
  std::vector<float> many(100000, 2.0f);
  EXPECT_EQ(square(many), std::vector<float>(100000, 4.0f));
  EXPECT_EQ(square({}), std::vector<float>());
  EXPECT_EQ(square({5, 6}), (std::vector<float>{25, 36}));
}

TEST_P(Device, SaysHowMuchMemoryAnOutputNeeds) {
  std::vector<int64_t> dims = {5}, outputDims = {0};
  std::vector<float> x(5, 3.0f), y(2);
  systole_tensor input = tensorOf(SYSTOLE_DTYPE_F32, dims, x);
  systole_tensor output = tensorOf(SYSTOLE_DTYPE_F32, outputDims, y);
  systole_status *status =
      systole_session_run(session, entry("square"), &input, 1, &output, 1);
  EXPECT_EQ(systole_status_get_code(status), SYSTOLE_STATUS_BUFFER_TOO_SMALL);
  EXPECT_EQ(messageOf(status), "output 'y' needs 20 bytes, its buffer has 8");
  EXPECT_EQ(outputDims[0], 5);
  EXPECT_EQ(y, (std::vector<float>{0, 0}));
}

TEST_P(Device, ReadsStridedInputs) {
  // The columns of a 4x2 array, back to front.
  std::vector<float> storage = {0, 10, 1, 11, 2, 12, 3, 13};
  std::vector<int64_t> dims = {4}, strides = {-2};
  systole_tensor input = tensorOf(SYSTOLE_DTYPE_F32, dims, storage);
  input.data = storage.data() + 7;
  input.strides = strides.data();
  systole_tensor output = anyOutput(nullptr);
  ASSERT_EQ(messageOf(systole_session_run(session, entry("square"), &input, 1,
                                          &output, 1)),
            "");
  auto *y = static_cast<const float *>(output.data);
  EXPECT_EQ(std::vector<float>(y, y + 4),
            (std::vector<float>{169, 144, 121, 100}));
}

TEST_P(Device, RefusesWrongTensors) {
  std::vector<int64_t> dims = {1, 4}, wrong = {4}, dims2 = {2};
  std::vector<float> x(4), state(2);
  std::vector<double> doubles(4);
  systole_tensor outputs[] = {anyOutput(nullptr), anyOutput(nullptr)};
  auto attempt = [&](systole_tensor first) {
    systole_tensor inputs[] = {first,
                               tensorOf(SYSTOLE_DTYPE_F32, dims2, state)};
    return messageOf(systole_session_run(session, 0, inputs, 2, outputs, 2));
  };
  EXPECT_EQ(attempt(tensorOf(SYSTOLE_DTYPE_F32, wrong, x)),
            "input 'x': expected float32 [1,4], found float32 [4]");
  EXPECT_EQ(attempt(tensorOf(SYSTOLE_DTYPE_F64, dims, doubles)),
            "input 'x': expected float32 [1,4], found float64 [1,4]");
  systole_tensor null = tensorOf(SYSTOLE_DTYPE_F32, dims, x);
  null.data = nullptr;
  EXPECT_EQ(attempt(null), "input 'x': it has no data");
  systole_tensor sizeless = tensorOf(SYSTOLE_DTYPE_F32, dims, x);
  sizeless.size = 0;
  EXPECT_EQ(attempt(sizeless), "input 'x': its `size` field is not set");
  EXPECT_EQ(messageOf(systole_session_run(session, 0, nullptr, 0, outputs, 2)),
            "entry point 'step' expects 2 inputs and 2 outputs, found 0 and 2");
  EXPECT_EQ(messageOf(systole_session_run(session, 9, nullptr, 0, outputs, 2)),
            "there is no entry point 9; the module has 5");
}

TEST_P(Device, ReportsFailedChecks) {
  std::vector<int64_t> none, index = {7};
  systole_tensor input = tensorOf(SYSTOLE_DTYPE_I64, none, index);
  systole_tensor output = anyOutput(nullptr);
  systole_status *status =
      systole_session_run(session, entry("pick"), &input, 1, &output, 1);
  EXPECT_EQ(systole_status_get_code(status), SYSTOLE_STATUS_CHECK_FAILED);
  EXPECT_EQ(messageOf(status),
            "node 'pick' (op Gather): index 7 is outside 0..4 exclusive");
  // The session works on.
  index[0] = 2;
  ASSERT_EQ(messageOf(systole_session_run(session, entry("pick"), &input, 1,
                                          &output, 1)),
            "");
  EXPECT_EQ(*static_cast<float *>(output.data), 3.0f);
}

TEST_P(Device, RunsInParallel) {
  for (uint32_t threads : {0u, 1u, 2u, 5u}) {
    systole_session_options options = {sizeof(options), nullptr, threads};
    systole_session *parallel = nullptr;
    ASSERT_EQ(messageOf(systole_session_create(module, &options, &parallel)),
              "");
    int64_t total = 0;
    for (int64_t count : {0, 1, 1000, 1000000}) {
      EXPECT_EQ(sum(count, total, parallel), "");
      EXPECT_EQ(total, count * (count - 1) / 2);
    }
    systole_session_release(parallel);
  }
}

// The caller may bring its own executor.
TEST_P(Device, UsesTheCallersExecutor) {
  int calls = 0;
  systole_executor executor = {&calls,
                               [](void *context, systole_task_fn task,
                                  void *closure, int64_t count, int64_t) {
                                 ++*static_cast<int *>(context);
                                 for (int64_t i = count; i-- > 0;)
                                   task(closure, i, i + 1);
                               }};
  systole_session_options options = {sizeof(options), &executor, 0};
  systole_session *own = nullptr;
  ASSERT_EQ(messageOf(systole_session_create(module, &options, &own)), "");
  int64_t total = 0;
  EXPECT_EQ(sum(10, total, own), "");
  EXPECT_EQ(total, 45);
  EXPECT_EQ(calls, 1);
  systole_session_release(own);
}

// One module, a session for each thread.
TEST_P(Device, SharesAModuleBetweenThreads) {
  std::vector<std::thread> threads;
  std::vector<int> correct(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      systole_session *mine = nullptr;
      if (!messageOf(systole_session_create(module, nullptr, &mine)).empty())
        return;
      for (int round = 0; round < 50; ++round) {
        int64_t total = 0;
        correct[t] += sum(1000 + t, total, mine).empty() &&
                      total == (1000 + t) * (999 + t) / 2;
      }
      systole_session_release(mine);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(correct, std::vector<int>(4, 50));
}

// Each session has variables of its own, which runs keep until they begin anew.
TEST_P(Device, KeepsVariables) {
  auto count = [&](systole_session *on) {
    std::vector<int64_t> none, result = {0};
    systole_tensor output = tensorOf(SYSTOLE_DTYPE_I64, none, result);
    EXPECT_EQ(messageOf(systole_session_run(on, entry("count"), nullptr, 0,
                                            &output, 1)),
              "");
    return result[0];
  };
  EXPECT_EQ(count(session), 111);
  EXPECT_EQ(count(session), 212);
  systole_session *other = nullptr;
  ASSERT_EQ(messageOf(systole_session_create(module, nullptr, &other)), "");
  EXPECT_EQ(count(other), 111);
  systole_session_release(other);
  EXPECT_EQ(messageOf(systole_session_begin_sample(session)), "");
  EXPECT_EQ(count(session), 311);
  EXPECT_EQ(messageOf(systole_session_reset(session)), "");
  EXPECT_EQ(count(session), 111);
}

// A session keeps its module.
TEST_P(Device, KeepsTheModuleWhileASessionLives) {
  systole_module_release(module);
  EXPECT_EQ(messageOf(systole_session_reset(session)), "");
  systole_module *borrowed = module;
  EXPECT_EQ(square({4}), (std::vector<float>{16}));
  module = nullptr;
  systole_module_retain(borrowed);
  module = borrowed;
}

TEST_P(Device, SubmitsAndWaits) {
  std::vector<int64_t> none, n = {5}, result = {0};
  systole_tensor input = tensorOf(SYSTOLE_DTYPE_I64, none, n);
  systole_tensor output = tensorOf(SYSTOLE_DTYPE_I64, none, result);
  EXPECT_EQ(messageOf(systole_session_wait(session)), "no run was submitted");
  ASSERT_EQ(messageOf(systole_session_submit(session, entry("sum"), &input, 1,
                                             &output, 1)),
            "");
  EXPECT_EQ(messageOf(systole_session_submit(session, entry("sum"), &input, 1,
                                             &output, 1)),
            "a submitted run has not been waited for");
  ASSERT_EQ(messageOf(systole_session_wait(session)), "");
  EXPECT_EQ(result[0], 10);
  // A failure is the wait's.
  n[0] = 9;
  ASSERT_EQ(messageOf(systole_session_submit(session, entry("pick"), &input, 1,
                                             &output, 1)),
            "");
  EXPECT_NE(messageOf(systole_session_wait(session)), "");
}

TEST_P(Device, RefusesAnotherAbiVersion) {
  systole_module *other = nullptr;
  std::string message = open("toy-abi", other);
  EXPECT_NE(message.find("this module has ABI version 999, the runtime has 3: "
                         "recompile the model"),
            std::string::npos)
      << message;
  EXPECT_EQ(other, nullptr);
}

TEST_P(Device, MapsAWeightsFile) {
  systole_module *other = nullptr;
  EXPECT_NE(open("toy-weights", other).find("cannot read the weights file"),
            std::string::npos);
  std::string good = std::string(SYSTOLE_TEST_MODULES) + "/good.weights";
  std::string bad = std::string(SYSTOLE_TEST_MODULES) + "/bad.weights";
  const float values[] = {1, 2, 3, 4}, changed[] = {1, 2, 3, 5};
  for (auto &[path, data] :
       {std::pair(good, values), std::pair(bad, changed)}) {
    FILE *file = fopen(path.c_str(), "wb");
    fwrite(data, 1, 16, file);
    fclose(file);
  }
  EXPECT_NE(open("toy-weights", other, bad.c_str()).find("its hash differs"),
            std::string::npos);
  ASSERT_EQ(open("toy-weights", other, good.c_str()), "");
  systole_session *mapped = nullptr;
  ASSERT_EQ(messageOf(systole_session_create(other, nullptr, &mapped)), "");
  std::vector<int64_t> none, index = {3};
  std::vector<float> value = {0};
  systole_tensor input = tensorOf(SYSTOLE_DTYPE_I64, none, index);
  systole_tensor output = tensorOf(SYSTOLE_DTYPE_F32, none, value);
  EXPECT_EQ(messageOf(systole_session_run(mapped, entry("pick"), &input, 1,
                                          &output, 1)),
            "");
  EXPECT_EQ(value[0], 4.0f);
  systole_session_release(mapped);
  systole_module_release(other);
}

TEST_P(Device, RefusesWhatIsNoModule) {
  systole_module *other = nullptr;
  EXPECT_NE(open("missing", other).find("cannot open module"),
            std::string::npos);
  EXPECT_NE(messageOf(systole_module_open_file("/etc/passwd", nullptr, &other)),
            "");
}

std::vector<std::string> allDevices() {
  std::vector<std::string> names;
  for (size_t i = 0; i < systole_device_count(); ++i)
    names.push_back(systole_device_get(i)->name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Device, testing::ValuesIn(allDevices()),
                         [](const auto &info) { return info.param; });
} // namespace
