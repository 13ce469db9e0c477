//===- FieldsTest.cpp - Every field of every operation --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// At the ends of its range a field survives text and operation; one further it
// is refused, by the parser and by the verifier, with its name, value and
// range.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaImage.h"
#include "hw-sim/isa/Assembly.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace systole::isa;

namespace {

/// A context with the dialect, and what it complained about.
class FieldsTest : public ::testing::Test {
protected:
  FieldsTest() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<IsaDialect>();
    context.getDiagEngine().registerHandler([&](Diagnostic &diagnostic) {
      messages += diagnostic.str() + "\n";
      return success();
    });
  }

  OwningOpRef<ModuleOp> parse(const std::string &line) {
    messages.clear();
    return parseSourceString<ModuleOp>("isa.program @p {\n" + line + "\n}",
                                       &context);
  }
  /// The only word of a program.
  std::optional<Word> wordIn(ModuleOp module) {
    Image image = imageOf(*module.getOps<ProgramOp>().begin());
    return image.program.size() == 1 ? std::optional<Word>(image.program[0])
                                     : std::nullopt;
  }

  MLIRContext context;
  std::string messages;
};

} // namespace

/// Calls `body` with every format and every field that programs can set.
template <typename Body>
static unsigned forEachField(Body body) {
  unsigned count = 0;
  for (unsigned i = 0; i < kFormatCount; ++i) {
    const FormatInfo &info = infoOf(static_cast<Format>(i));
    for (FieldList list : {info.payload(), info.header()})
      for (const FieldInfo &field : list)
        if (!field.isReserved() && std::string(field.name) != "number") {
          body(info, field);
          ++count;
        }
  }
  return count;
}

static std::string lineOf(const FormatInfo &info, const FieldInfo &field,
                          const std::string &value) {
  return "isa." + std::string(info.mnemonic) + "(" + field.name + " = " +
         value + ")";
}

TEST_F(FieldsTest, EndsOfRangesSurvive) {
  unsigned count =
      forEachField([&](const FormatInfo &info, const FieldInfo &field) {
        for (int64_t value : {field.minimum, field.maximum}) {
          std::string text = field.kind == Kind::Choice
                                 ? printValue(field, value)
                                 : std::to_string(value);
          OwningOpRef<ModuleOp> module = parse(lineOf(info, field, text));
          ASSERT_TRUE(module) << messages;
          Word expected = info.empty();
          field.set(expected, value);
          ASSERT_TRUE(wordIn(*module));
          EXPECT_EQ(*wordIn(*module), expected) << lineOf(info, field, text);
          // And what is printed is parsed to the same.
          std::string printed;
          llvm::raw_string_ostream os(printed);
          module->print(os);
          OwningOpRef<ModuleOp> again =
              parseSourceString<ModuleOp>(printed, &context);
          ASSERT_TRUE(again) << printed << messages;
          EXPECT_EQ(*wordIn(*again), expected) << printed;
        }
      });
  // The table has no fewer than it had when this was written.
  EXPECT_GT(count, 150u);
}

TEST_F(FieldsTest, OneFurtherIsRefusedByTheParser) {
  forEachField([&](const FormatInfo &info, const FieldInfo &field) {
    for (int64_t value : {field.minimum - 1, field.maximum + 1}) {
      EXPECT_FALSE(parse(lineOf(info, field, std::to_string(value))));
      // A choice is no number at all.
      std::string expected = field.kind == Kind::Choice
                                 ? "expected valid keyword"
                                 : field.problem(value);
      EXPECT_NE(messages.find(expected), std::string::npos)
          << lineOf(info, field, std::to_string(value)) << messages;
    }
  });
}

TEST_F(FieldsTest, OneFurtherIsRefusedByTheVerifier) {
  forEachField([&](const FormatInfo &info, const FieldInfo &field) {
    for (int64_t value : {field.minimum - 1, field.maximum + 1}) {
      OwningOpRef<ModuleOp> module = parse("isa." + std::string(info.mnemonic));
      ASSERT_TRUE(module) << messages;
      Operation *op = nullptr;
      module->walk([&](InstructionOp one) { op = one; });
      op->setAttr(field.name, Builder(&context).getI64IntegerAttr(value));
      EXPECT_FALSE(wordOf(op));
      EXPECT_TRUE(failed(verify(op)));
      EXPECT_EQ(messages, "'isa." + std::string(info.mnemonic) + "' op " +
                              field.problem(value) + "\n");
      // Printing what is wrong does not crash.
      std::string printed;
      llvm::raw_string_ostream(printed) << *op;
    }
  });
}

TEST_F(FieldsTest, StructuresBecomeOperationsWithoutLoss) {
  OpBuilder builder(&context);
  Load load;
  load.to = LoadTarget::Weights;
  // More than the field's 20 bits: the verifier sees it, nothing is cut.
  load.target = 1u << 20;
  Instruction instruction{Format::Load, {}, load};
  OwningOpRef<Operation *> op =
      LoadOp::create(builder, builder.getUnknownLoc(), instruction)
          .getOperation();
  EXPECT_EQ(llvm::cast<LoadOp>(*op).getTarget(), 1 << 20);
  EXPECT_FALSE(wordOf(*op));
  instruction.as<Load>().target = 5;
  instruction.tokens.signal1 = 3;
  op = LoadOp::create(builder, builder.getUnknownLoc(), instruction)
           .getOperation();
  EXPECT_TRUE(llvm::cast<InstructionOp>(*op).getInstruction() == instruction);
}
