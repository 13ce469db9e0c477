//===- RegistryTest.cpp - Devices, types and refusals ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/include/systole/systole.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

namespace {
std::string messageOf(systole_status *status) {
  std::string message = systole_status_message(status);
  systole_status_release(status);
  return message;
}

std::string modulePath(const char *name) {
  return std::string(SYSTOLE_TEST_MODULES) + "/" + name + ".so";
}

TEST(Registry, HasTheCpu) {
  ASSERT_GE(systole_device_count(), 1u);
  EXPECT_NE(systole_device_find("cpu"), nullptr);
  EXPECT_EQ(systole_device_find("abacus"), nullptr);
  EXPECT_EQ(systole_device_get(1000), nullptr);
}

TEST(Registry, TakesDevicesFromOutside) {
  static systole_device device = *systole_device_find("cpu");
  EXPECT_EQ(messageOf(systole_device_register(&device)),
            "there is a device 'cpu' already");
  device.name = "mirror";
  EXPECT_EQ(messageOf(systole_device_register(&device)), "");
  EXPECT_EQ(systole_device_find("mirror"), &device);
  systole_module_options options = {sizeof(options), "mirror", nullptr};
  systole_module *module = nullptr;
  ASSERT_EQ(messageOf(systole_module_open_file(modulePath("toy").c_str(),
                                               &options, &module)),
            "");
  systole_module_info info = {};
  info.size = sizeof(info);
  systole_module_get_info(module, &info);
  EXPECT_STREQ(info.device, "mirror");
  systole_module_release(module);
  static systole_device empty = {};
  EXPECT_NE(messageOf(systole_device_register(&empty)), "");
}

TEST(Registry, RefusesUnknownDevices) {
  systole_module_options options = {sizeof(options), "abacus", nullptr};
  systole_module *module = nullptr;
  systole_status *status =
      systole_module_open_file(modulePath("toy").c_str(), &options, &module);
  EXPECT_EQ(systole_status_get_code(status), SYSTOLE_STATUS_NOT_FOUND);
  EXPECT_NE(messageOf(status).find("there is no device 'abacus'"),
            std::string::npos);
  EXPECT_EQ(module, nullptr);
}

TEST(Types, HaveNamesAndSizes) {
  EXPECT_STREQ(systole_dtype_name(SYSTOLE_DTYPE_BF16), "bfloat16");
  EXPECT_EQ(systole_dtype_bytes(SYSTOLE_DTYPE_C128), 16u);
  EXPECT_EQ(systole_dtype_bytes(SYSTOLE_DTYPE_I4), 1u);
  EXPECT_STREQ(systole_dtype_name(12345), "invalid");
  EXPECT_EQ(systole_dtype_bytes(0), 0u);
  EXPECT_EQ(systole_api_version(), SYSTOLE_API_VERSION);
}

TEST(Status, OfSuccessIsNull) {
  EXPECT_EQ(systole_status_get_code(nullptr), SYSTOLE_STATUS_OK);
  EXPECT_STREQ(systole_status_message(nullptr), "");
  systole_status *status =
      systole_status_create(SYSTOLE_STATUS_UNSUPPORTED, "not here");
  EXPECT_EQ(systole_status_get_code(status), SYSTOLE_STATUS_UNSUPPORTED);
  EXPECT_EQ(messageOf(status), "not here");
}

#if defined(__x86_64__)
// Taking features away makes any machine an old one; none is ever added.
TEST(CpuCheck, NamesWhatIsMissing) {
  systole_module *module = nullptr;
  setenv("SYSTOLE_CPU_FEATURES_MASK", "0x1fff", 1);
  systole_status *status = systole_module_open_file(
      modulePath("toy-avx512").c_str(), nullptr, &module);
  unsetenv("SYSTOLE_CPU_FEATURES_MASK");
  EXPECT_EQ(systole_status_get_code(status), SYSTOLE_STATUS_INCOMPATIBLE);
  EXPECT_NE(
      messageOf(status).find(
          "this module needs AVX-512 (avx512f, avx512vl); this machine has "
          "none: recompile with --cpu="),
      std::string::npos);
  EXPECT_EQ(module, nullptr);
}
#endif
} // namespace
