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

bool systole::cpu::isContractionElement(Type operand, Type sum) {
  if (operand.isSignlessInteger(16))
    return sum.isSignlessInteger(32);
  return (operand.isF32() || operand.isF64()) && operand == sum;
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

Value systole::cpu::multiplyAdd(KernelBuilder &k, const TargetModel &target,
                                Value x, Value weights, Value sum) {
  auto type = cast<VectorType>(sum.getType());
  if (isa<FloatType>(type.getElementType()))
    return multiplyAddLanes(k, x, weights, sum);
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
                                  Value offset, int64_t lanes, bool onlyOne) {
  Type element = input.element();
  if (isa<FloatType>(element))
    return vector::BroadcastOp::create(
        k.b, k.loc, VectorType::get(lanes, element), k.load(input, offset));
  Type pair = k.b.getI32Type();
  Value both =
      onlyOne ? Value(arith::ExtUIOp::create(k.b, k.loc, pair,
                                             k.load(input, offset)))
              : k.loadRaw(pair, k.address(input.pointer, offset, element), 2);
  Value all = vector::BroadcastOp::create(k.b, k.loc,
                                          VectorType::get(lanes, pair), both);
  return vector::BitCastOp::create(k.b, k.loc,
                                   VectorType::get(2 * lanes, element), all);
}

Value systole::cpu::loadWeights(KernelBuilder &k, const CodeTensor &weights,
                                Value offset, int64_t lanes) {
  int64_t elements = lanes * stepOf(weights.element());
  return k.loadVector(weights, offset, elements, elements);
}
