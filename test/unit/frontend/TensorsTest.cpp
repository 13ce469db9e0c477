//===- TensorsTest.cpp - Tensors of ONNX files, good and bad --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Tensors.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace systole;
using systole::graph::Tensor;

namespace {

/// Numbers of ONNX data types.
enum : int32_t {
  kFloat = 1,
  kInt8 = 3,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kHalf = 10,
  kUInt32 = 12,
  kComplex = 14,
  kUInt4 = 21,
  kInt4 = 22
};

class Tensors : public ::testing::Test {
protected:
  Tensors() : context(mlir::MLIRContext::Threading::DISABLED) {
    context.loadDialect<graph::GraphDialect>();
    source.path = "/nonexistent/model.onnx";
  }

  onnx::TensorProto make(int32_t type, std::vector<int64_t> dims) {
    onnx::TensorProto proto;
    proto.set_data_type(type);
    for (int64_t dim : dims)
      proto.add_dims(dim);
    return proto;
  }

  std::optional<Tensor> read(const onnx::TensorProto &proto) {
    error.clear();
    return onnx::TensorReader(&context, source).read(proto, error);
  }

  mlir::MLIRContext context;
  frontend::SourceFile source;
  std::string error;
};

TEST_F(Tensors, ReadsTypedLists) {
  onnx::TensorProto proto = make(kInt64, {2});
  proto.add_int64_data(-5);
  proto.add_int64_data(int64_t(1) << 40);
  auto tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), -5);
  EXPECT_EQ(tensor->getInt(1), int64_t(1) << 40);

  proto = make(kUInt32, {1});
  proto.add_uint64_data(4000000000u);
  tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), 4000000000);

  proto = make(kComplex, {1});
  proto.add_float_data(1);
  proto.add_float_data(2);
  tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->load<float>(1), 2.0f);
}

/// Half floats come as their bits, small integers as themselves.
TEST_F(Tensors, ReadsWhatIsPackedIntoInt32) {
  onnx::TensorProto proto = make(kHalf, {2});
  proto.add_int32_data(0x3c00);
  proto.add_int32_data(0xc000);
  auto tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getDouble(0), 1.0);
  EXPECT_EQ(tensor->getDouble(1), -2.0);

  proto = make(kInt8, {1});
  proto.add_int32_data(-128);
  tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), -128);

  proto = make(kBool, {2});
  proto.add_int32_data(7);
  proto.add_int32_data(0);
  tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), 1);
  EXPECT_EQ(tensor->getInt(1), 0);
}

/// Two nibbles in a byte, the low one first; the last may be alone.
TEST_F(Tensors, UnpacksNibbles) {
  onnx::TensorProto proto = make(kInt4, {3});
  proto.set_raw_data(std::string("\x8f\x07", 2));
  auto tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), -1);
  EXPECT_EQ(tensor->getInt(1), -8);
  EXPECT_EQ(tensor->getInt(2), 7);

  proto = make(kUInt4, {3});
  proto.add_int32_data(0x8f);
  proto.add_int32_data(0x07);
  tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), 15);
  EXPECT_EQ(tensor->getInt(1), 8);
}

/// Large tensors stay in the mapped file, at whatever address.
TEST_F(Tensors, PointsIntoTheFile) {
  auto bytes =
      std::make_shared<std::string>(std::string(1, '?') + std::string(8, '\0'));
  float number = 2.5;
  std::memcpy(bytes->data() + 5, &number, sizeof(number));
  source.bytes = *bytes;
  source.owner = bytes;
  onnx::TensorProto proto = make(kFloat, {2});
  proto.set_mapped_offset(1);
  proto.set_mapped_length(8);
  auto tensor = read(proto);
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->data(), bytes->data() + 1);
  EXPECT_EQ(tensor->getDouble(1), 2.5);
}

TEST_F(Tensors, RefusesImpossibleShapes) {
  onnx::TensorProto proto = make(kFloat, {2, -1});
  EXPECT_FALSE(read(proto));
  EXPECT_NE(error.find("negative"), std::string::npos) << error;
  proto = make(kFloat, {int64_t(1) << 40, int64_t(1) << 40});
  proto.set_raw_data("1234");
  EXPECT_FALSE(read(proto));
  EXPECT_NE(error.find("too many elements"), std::string::npos) << error;
  // 2^62 bits and bytes overflow where elements do not.
  for (int32_t type : {kFloat, kInt4, kBool, kComplex}) {
    proto = make(type, {int64_t(1) << 61});
    proto.set_raw_data("1234");
    EXPECT_FALSE(read(proto)) << type;
    proto.clear_raw_data();
    EXPECT_FALSE(read(proto)) << type;
  }
}

TEST_F(Tensors, RefusesWrongAmounts) {
  onnx::TensorProto proto = make(kFloat, {2});
  proto.set_raw_data("1234");
  EXPECT_FALSE(read(proto));
  EXPECT_EQ(error, "its shape needs 8 bytes, but there are 4");
  proto = make(kFloat, {2});
  proto.add_float_data(1);
  EXPECT_FALSE(read(proto));
  EXPECT_EQ(error, "its shape needs 2 values, but there are 1");
  EXPECT_FALSE(read(make(kString, {1})));
  EXPECT_FALSE(read(make(99, {1})));
}

//===----------------------------------------------------------------------===//
// External data
//===----------------------------------------------------------------------===//

class ExternalTensors : public Tensors {
protected:
  ExternalTensors() {
    llvm::sys::fs::createUniqueDirectory("systole-external", folder);
    source.path = (folder + "/model.onnx").str();
    std::error_code code;
    llvm::raw_fd_ostream(path("weights.bin"), code) << "....abcd";
    llvm::raw_fd_ostream((folder + ".secret").str(), code) << "secret";
    llvm::sys::fs::create_link(folder + ".secret", path("link.bin"));
    llvm::sys::fs::create_directory(path("sub"));
    llvm::sys::fs::create_link(path("weights.bin"), path("inner.bin"));
  }
  ~ExternalTensors() override {
    llvm::sys::fs::remove_directories(folder);
    llvm::sys::fs::remove(folder + ".secret");
  }
  std::string path(llvm::StringRef name) { return (folder + "/" + name).str(); }

  onnx::TensorProto external(llvm::StringRef location,
                             llvm::StringRef offset = "4",
                             llvm::StringRef length = "4") {
    onnx::TensorProto proto = make(kInt8, {4});
    proto.set_data_location(1);
    for (auto [key, value] :
         {std::pair<llvm::StringRef, llvm::StringRef>("location", location),
          {"offset", offset},
          {"length", length}}) {
      if (value.empty())
        continue;
      proto.add_external_data()->set_key(key.str());
      proto.mutable_external_data()->rbegin()->set_value(value.str());
    }
    return proto;
  }

  llvm::SmallString<128> folder;
};

TEST_F(ExternalTensors, ReadsAPartOfAFile) {
  auto tensor = read(external("weights.bin"));
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(0), 'a');
  // Without a length, what the shape needs.
  tensor = read(external("weights.bin", "2", ""));
  ASSERT_TRUE(tensor) << error;
  EXPECT_EQ(tensor->getInt(3), 'b');
  // A link that stays in the folder is fine.
  EXPECT_TRUE(read(external("inner.bin"))) << error;
}

TEST_F(ExternalTensors, StaysInTheFolder) {
  for (llvm::StringRef location :
       {"/etc/hostname", "../x.bin", "sub/../../x.bin", "link.bin", "", "sub",
        "missing.bin"}) {
    EXPECT_FALSE(read(external(location))) << location.str();
    EXPECT_NE(error.find("external data"), std::string::npos) << error;
  }
}

TEST_F(ExternalTensors, StaysInTheFile) {
  EXPECT_FALSE(read(external("weights.bin", "5")));
  EXPECT_FALSE(read(external("weights.bin", "9")));
  EXPECT_FALSE(read(external("weights.bin", "18446744073709551615")));
  EXPECT_FALSE(read(external("weights.bin", "4", "18446744073709551615")));
  EXPECT_FALSE(read(external("weights.bin", "-1")));
  EXPECT_FALSE(read(external("weights.bin", "five")));
  EXPECT_FALSE(read(external("weights.bin", "6", "")));
}

} // namespace
