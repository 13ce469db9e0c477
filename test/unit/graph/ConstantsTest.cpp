//===- ConstantsTest.cpp - Tests of constants as attributes ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors become attributes and tensors again, bit by bit, for every element
// type, inline and as resources.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole::graph;

namespace {

class ConstantsTest : public ::testing::Test {
protected:
  ConstantsTest() { context.loadDialect<GraphDialect>(); }
  MLIRContext context;
  Builder builder{&context};

  SmallVector<Type> elementTypes() {
    SmallVector<Type> types{builder.getF64Type(),
                            builder.getF32Type(),
                            builder.getF16Type(),
                            builder.getBF16Type(),
                            Float8E4M3FNType::get(&context),
                            Float8E5M2Type::get(&context),
                            Float8E4M3FNUZType::get(&context),
                            Float8E5M2FNUZType::get(&context),
                            Float4E2M1FNType::get(&context)};
    for (unsigned width : {1, 2, 4, 8, 16, 32, 64}) {
      types.push_back(builder.getIntegerType(width));
      if (width > 1)
        types.push_back(
            IntegerType::get(&context, width, IntegerType::Unsigned));
    }
    return types;
  }
  /// 0, 1, 2, 3, 0, 1, ... but 1, -1, ... for signed types.
  Tensor counting(Type type, ArrayRef<int64_t> shape) {
    Tensor tensor(type, shape);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.setInt(i, i % 4 == 3 ? -1 : i % 4);
    return tensor;
  }
};

TEST_F(ConstantsTest, inlineRoundTrip) {
  for (Type type : elementTypes()) {
    Tensor tensor = counting(type, {2, 3});
    ElementsAttr attribute = attributeFromTensor(tensor);
    EXPECT_TRUE(isa<DenseElementsAttr>(attribute));
    FailureOr<Tensor> back = tensorFromAttribute(attribute);
    ASSERT_TRUE(succeeded(back));
    EXPECT_TRUE(back->identical(tensor));
  }
}

TEST_F(ConstantsTest, resourceRoundTrip) {
  for (Type type : elementTypes()) {
    Tensor tensor = counting(type, {kInlineConstantBytes + 1});
    ElementsAttr attribute = attributeFromTensor(tensor);
    EXPECT_TRUE(isa<DenseResourceElementsAttr>(attribute));
    FailureOr<Tensor> back = tensorFromAttribute(attribute);
    ASSERT_TRUE(succeeded(back));
    EXPECT_TRUE(back->identical(tensor));
  }
}

TEST_F(ConstantsTest, resourcesAreNotCopied) {
  Tensor tensor = counting(builder.getF32Type(), {1000});
  tensor.setInt(0, 17);
  FailureOr<Tensor> back = tensorFromAttribute(attributeFromTensor(tensor));
  ASSERT_TRUE(succeeded(back));
  EXPECT_EQ(back->data(), tensor.data());
}

TEST_F(ConstantsTest, uniformTensorsAreSplats) {
  for (Type type : elementTypes()) {
    Tensor tensor(type, {1000});
    for (int64_t i = 0; i < 1000; ++i)
      tensor.setInt(i, 1);
    ElementsAttr attribute = attributeFromTensor(tensor);
    EXPECT_TRUE(attribute.isSplat());
    FailureOr<Tensor> back = tensorFromAttribute(attribute);
    ASSERT_TRUE(succeeded(back));
    EXPECT_TRUE(back->identical(tensor));
  }
}

TEST_F(ConstantsTest, emptyAndComplex) {
  Tensor empty(builder.getF32Type(), {0, 3});
  FailureOr<Tensor> back = tensorFromAttribute(attributeFromTensor(empty));
  ASSERT_TRUE(succeeded(back));
  EXPECT_TRUE(back->identical(empty));

  Tensor complex(ComplexType::get(builder.getF32Type()), {2});
  for (int64_t i = 0; i < 4; ++i)
    complex.store<float>(i, float(i));
  back = tensorFromAttribute(attributeFromTensor(complex));
  ASSERT_TRUE(succeeded(back));
  EXPECT_TRUE(back->identical(complex));
}

TEST_F(ConstantsTest, resourcesKeepTheirOwner) {
  auto memory = std::make_shared<std::vector<char>>(4001);
  std::weak_ptr<std::vector<char>> watch = memory;
  (*memory)[8] = 1;
  {
    MLIRContext other;
    other.loadDialect<GraphDialect>();
    Type f32 = Float32Type::get(&other);
    // One byte off: as in a mapped file.
    ElementsAttr attribute = attributeFromTensor(
        Tensor(f32, {1000}, memory->data() + 1, memory), "weight");
    const char *data = memory->data() + 1;
    memory.reset();
    EXPECT_FALSE(watch.expired());
    FailureOr<Tensor> back = tensorFromAttribute(attribute);
    ASSERT_TRUE(succeeded(back));
    EXPECT_EQ(back->data(), data);
  }
  EXPECT_TRUE(watch.expired());
}

TEST_F(ConstantsTest, equalTensorsShareAResource) {
  Tensor tensor = counting(builder.getF32Type(), {1000});
  Tensor copy = counting(builder.getF32Type(), {1000});
  Tensor other = counting(builder.getF32Type(), {1000});
  other.setInt(0, 5);
  EXPECT_EQ(attributeFromTensor(tensor), attributeFromTensor(copy));
  EXPECT_NE(attributeFromTensor(tensor), attributeFromTensor(other));
  EXPECT_NE(attributeFromTensor(tensor, "a"), attributeFromTensor(tensor, "b"));
}

TEST_F(ConstantsTest, attributesWithoutBytesAreRefused) {
  auto type = RankedTensorType::get({4}, builder.getF32Type());
  // An elided resource, and one of another size.
  auto elided = DenseResourceElementsAttr::get(
      type, DenseResourceElementsHandle::getManagerInterface(&context).insert(
                "none"));
  EXPECT_TRUE(failed(tensorFromAttribute(elided)));
  static const char bytes[8] = {};
  auto small = DenseResourceElementsAttr::get(
      type, DenseResourceElementsHandle::getManagerInterface(&context).insert(
                "small", AsmResourceBlob(ArrayRef<char>(bytes), 1, {}, false)));
  EXPECT_TRUE(failed(tensorFromAttribute(small)));
  auto string = DenseStringElementsAttr::get(
      RankedTensorType::get({1}, builder.getF32Type()), {"text"});
  EXPECT_TRUE(failed(tensorFromAttribute(string)));
}

TEST_F(ConstantsTest, values) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  OpBuilder at(&context);
  at.setInsertionPointToEnd(module->getBody());
  Location loc = at.getUnknownLoc();
  Value list = makeIndexConstant(at, loc, {3, -1});
  EXPECT_EQ(constantInts(list), (SmallVector<int64_t>{3, -1}));
  EXPECT_EQ(constantInts(makeIndexConstant(at, loc, {})),
            SmallVector<int64_t>());
  Value half = makeScalarConstant(at, loc, at.getF16Type(), 0.5);
  EXPECT_TRUE(isConstantSplat(half, 0.5));
  EXPECT_FALSE(isConstantSplat(half, 0.25));
  EXPECT_EQ(constantInts(half), std::nullopt);
  EXPECT_EQ(constantAttribute(Value()), nullptr);
  // A splat of more elements than fit into memory is still a splat.
  auto huge = RankedTensorType::get({int64_t(1) << 40}, at.getF32Type());
  Value zeros =
      ConstantOp::create(at, loc, huge, DenseElementsAttr::get(huge, 0.0f));
  EXPECT_TRUE(isConstantSplat(zeros, 0));
}

TEST_F(ConstantsTest, createChecked) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  OpBuilder at(&context);
  at.setInsertionPointToEnd(module->getBody());
  Location loc = at.getUnknownLoc();
  SmallVector<std::string> messages;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    messages.push_back(diagnostic.str());
  });

  Value two = makeConstant(at, loc, counting(at.getF32Type(), {2}));
  Value three = makeConstant(at, loc, counting(at.getF32Type(), {3, 1}));
  Value integer = makeIndexConstant(at, loc, {1, 2});
  FailureOr<AddOp> sum = createChecked<AddOp>(at, loc, two, three);
  ASSERT_TRUE(succeeded(sum));
  EXPECT_EQ(sum->getType(), RankedTensorType::get({3, 2}, at.getF32Type()));
  EXPECT_TRUE(messages.empty());

  size_t count = module->getBody()->getOperations().size();
  // Inference refuses the first, the operand constraint the second.
  EXPECT_TRUE(failed(createChecked<AddOp>(at, loc, two, integer)));
  EXPECT_TRUE(failed(createChecked<ExpOp>(at, loc, integer)));
  EXPECT_EQ(messages.size(), 2u);
  EXPECT_EQ(module->getBody()->getOperations().size(), count);
}

TEST_F(ConstantsTest, stringsRoundTrip) {
  for (auto texts : {std::vector<llvm::StringRef>{"a", "", "longer \xc3\xa4"},
                     std::vector<llvm::StringRef>{"same", "same", "same"}}) {
    Tensor tensor(StringType::get(&context), {3});
    for (auto [i, text] : llvm::enumerate(texts))
      tensor.setString(static_cast<int64_t>(i), text);
    ElementsAttr attribute = attributeFromTensor(tensor);
    auto back = tensorFromAttribute(attribute);
    ASSERT_TRUE(succeeded(back));
    EXPECT_TRUE(back->identical(tensor));
    EXPECT_EQ(attribute.isSplat(), texts[0] == texts[1]);
  }
  auto none = tensorFromAttribute(
      attributeFromTensor(Tensor(StringType::get(&context), {0, 2})));
  ASSERT_TRUE(succeeded(none));
  EXPECT_EQ(none->getShape(), ArrayRef<int64_t>({0, 2}));
}

} // namespace
