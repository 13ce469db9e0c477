//===- MultiplyAdd.cpp - Steps of a sum of products -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/MultiplyAdd.h"
#include "backends/Cpu/ElementTypes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

bool systole::cpu::isContractionElement(const TargetModel &target, Type input,
                                        Type weight, Type sum) {
  if (input.isUnsignedInteger(8))
    return weight.isSignlessInteger(8) && sum.isSignlessInteger(32) &&
           target.multipliesBytes();
  if (input != weight)
    return false;
  if (input.isSignlessInteger(16))
    return sum.isSignlessInteger(32);
  return (input.isF32() || input.isF64()) && input == sum;
}

Value systole::cpu::zeroVector(KernelBuilder &k, Type sum, int64_t lanes) {
  auto type = VectorType::get(lanes, sum);
  return isa<FloatType>(sum) ? floatConstant(k.b, k.loc, type, 0.0)
                             : intConstant(k.b, k.loc, type, 0);
}

/// The pairs' first (or second) halves as 32-bit integers.
static Value halves(KernelBuilder &k, Value pairs, VectorType sums,
                    bool second) {
  Value wide = vector::BitCastOp::create(k.b, k.loc, sums, pairs);
  Value sixteen = intConstant(k.b, k.loc, sums, 16);
  // The first of two lies in the lower half: all our targets are little-endian.
  if (!second)
    wide = arith::ShLIOp::create(k.b, k.loc, wide, sixteen);
  return arith::ShRSIOp::create(k.b, k.loc, wide, sixteen);
}

/// x86's instruction for pairs, by the bytes of a vector; empty: none.
static llvm::StringRef pairInstruction(const TargetModel &target,
                                       int64_t bytes) {
  if (target.getArch() != "x86_64" || bytes > target.vectorBytes())
    return "";
  switch (bytes) {
  case 16:
    return "llvm.x86.sse2.pmadd.wd";
  case 32:
    return "llvm.x86.avx2.pmadd.wd";
  case 64:
    return "llvm.x86.avx512.pmaddw.d.512";
  default:
    return "";
  }
}

/// Sums of products of two: LLVM adds them to the sum in one instruction where
/// there is one (VNNI).
static Value pairProducts(KernelBuilder &k, const TargetModel &target, Value x,
                          Value weights, VectorType sums) {
  llvm::StringRef name =
      pairInstruction(target, sums.getNumElements() * int64_t(4));
  if (!name.empty())
    return LLVM::CallIntrinsicOp::create(k.b, k.loc, sums,
                                         k.b.getStringAttr(name),
                                         ValueRange{x, weights})
        .getResult(0);
  auto product = [&](bool second) -> Value {
    return arith::MulIOp::create(k.b, k.loc, halves(k, x, sums, second),
                                 halves(k, weights, sums, second));
  };
  return arith::AddIOp::create(k.b, k.loc, product(false), product(true));
}

/// The sums plus four products of bytes each.
static Value quadProducts(KernelBuilder &k, Value x, Value weights, Value sum) {
  auto sums = cast<VectorType>(sum.getType());
  std::string name =
      "llvm.x86.avx512.vpdpbusd." + std::to_string(32 * sums.getNumElements());
  return LLVM::CallIntrinsicOp::create(k.b, k.loc, sums,
                                       k.b.getStringAttr(name),
                                       ValueRange{sum, x, weights})
      .getResult(0);
}

Value systole::cpu::multiplyAdd(KernelBuilder &k, const TargetModel &target,
                                Value x, Value weights, Value sum) {
  auto type = cast<VectorType>(sum.getType());
  if (isa<FloatType>(type.getElementType()))
    return multiplyAddLanes(k, x, weights, sum);
  if (cast<VectorType>(x.getType()).getElementType().isInteger(8))
    return quadProducts(k, x, weights, sum);
  return arith::AddIOp::create(k.b, k.loc, sum,
                               pairProducts(k, target, x, weights, type));
}

Value systole::cpu::multiplyAddLanes(KernelBuilder &k, Value x, Value y,
                                     Value sum) {
  auto type = cast<VectorType>(sum.getType());
  if (isa<FloatType>(type.getElementType())) {
    auto flags = arith::FastMathFlags::contract;
    Value product = arith::MulFOp::create(k.b, k.loc, x, y, flags);
    return arith::AddFOp::create(k.b, k.loc, sum, product, flags);
  }
  Value product = arith::MulIOp::create(
      k.b, k.loc, arith::ExtSIOp::create(k.b, k.loc, type, x),
      arith::ExtSIOp::create(k.b, k.loc, type, y));
  return arith::AddIOp::create(k.b, k.loc, sum, product);
}

Value systole::cpu::broadcastStep(KernelBuilder &k, const CodeTensor &input,
                                  Value offset, int64_t lanes, int64_t count) {
  Type element = input.element();
  if (isa<FloatType>(element))
    return vector::BroadcastOp::create(
        k.b, k.loc, VectorType::get(lanes, element), k.load(input, offset));
  // A step fills 32 bits, the first element lowest.
  Type word = k.b.getI32Type();
  int64_t step = stepOf(element), bits = 32 / step;
  Value all;
  if (count == step)
    all = k.loadRaw(word, k.address(input.pointer, offset, element), bits / 8);
  for (int64_t i = 0; count < step && i < count; ++i) {
    Value part = arith::ExtUIOp::create(k.b, k.loc, word,
                                        k.load(input, k.add(offset, k.c(i))));
    if (i > 0)
      part = arith::ShLIOp::create(k.b, k.loc, part,
                                   intConstant(k.b, k.loc, word, i * bits));
    all = all ? Value(arith::OrIOp::create(k.b, k.loc, all, part)) : part;
  }
  Value repeated = vector::BroadcastOp::create(
      k.b, k.loc, VectorType::get(lanes, word), all);
  return vector::BitCastOp::create(
      k.b, k.loc, VectorType::get(step * lanes, k.b.getIntegerType(bits)),
      repeated);
}

Value systole::cpu::loadWeights(KernelBuilder &k, const CodeTensor &weights,
                                Value offset, int64_t lanes) {
  int64_t elements = lanes * stepOf(weights.element());
  return k.loadVector(weights, offset, elements, elements);
}
