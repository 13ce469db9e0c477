//===- ModelNames.cpp - What descriptors say of tensors -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Codegen.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "runtime/src/abi.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

uint32_t systole::cpu::dtypeOf(Type element) {
  if (auto integer = dyn_cast<IntegerType>(element)) {
    bool isUnsigned = integer.isUnsigned();
    switch (integer.getWidth()) {
    case 1:
      return SYSTOLE_DTYPE_BOOL;
    case 2:
      return isUnsigned ? SYSTOLE_DTYPE_U2 : SYSTOLE_DTYPE_I2;
    case 4:
      return isUnsigned ? SYSTOLE_DTYPE_U4 : SYSTOLE_DTYPE_I4;
    case 8:
      return isUnsigned ? SYSTOLE_DTYPE_U8 : SYSTOLE_DTYPE_I8;
    case 16:
      return isUnsigned ? SYSTOLE_DTYPE_U16 : SYSTOLE_DTYPE_I16;
    case 32:
      return isUnsigned ? SYSTOLE_DTYPE_U32 : SYSTOLE_DTYPE_I32;
    case 64:
      return isUnsigned ? SYSTOLE_DTYPE_U64 : SYSTOLE_DTYPE_I64;
    default:
      return SYSTOLE_DTYPE_INVALID;
    }
  }
  if (auto complex = dyn_cast<ComplexType>(element))
    return complex.getElementType().isF64() ? SYSTOLE_DTYPE_C128
                                            : SYSTOLE_DTYPE_C64;
  if (element.isF16())
    return SYSTOLE_DTYPE_F16;
  if (element.isBF16())
    return SYSTOLE_DTYPE_BF16;
  if (element.isF32())
    return SYSTOLE_DTYPE_F32;
  if (element.isF64())
    return SYSTOLE_DTYPE_F64;
  if (isa<Float8E4M3FNType>(element))
    return SYSTOLE_DTYPE_F8E4M3FN;
  if (isa<Float8E5M2Type>(element))
    return SYSTOLE_DTYPE_F8E5M2;
  if (isa<Float8E4M3FNUZType>(element))
    return SYSTOLE_DTYPE_F8E4M3FNUZ;
  if (isa<Float8E5M2FNUZType>(element))
    return SYSTOLE_DTYPE_F8E5M2FNUZ;
  if (isa<Float8E8M0FNUType>(element))
    return SYSTOLE_DTYPE_F8E8M0FNU;
  if (isa<graph::StringType>(element))
    return SYSTOLE_DTYPE_STRING;
  return isa<Float4E2M1FNType>(element) ? SYSTOLE_DTYPE_F4E2M1FN
                                        : SYSTOLE_DTYPE_INVALID;
}

std::vector<std::string> systole::cpu::tensorNames(func::FuncOp function,
                                                   bool outputs) {
  std::vector<std::string> names;
  unsigned count =
      outputs ? function.getNumResults() : function.getNumArguments();
  for (unsigned i = 0; i < count; ++i) {
    auto name =
        outputs ? function.getResultAttrOfType<StringAttr>(i, graph::kNameAttr)
                : function.getArgAttrOfType<StringAttr>(i, graph::kNameAttr);
    names.push_back(name ? name.str()
                         : (outputs ? "result" : "arg") + std::to_string(i));
  }
  return names;
}

std::vector<std::string> systole::cpu::fileNames(ArrayRef<std::string> names) {
  llvm::StringSet<> taken;
  std::vector<std::string> result;
  for (const std::string &name : names) {
    // An element of a sequence lies in a folder.
    int64_t index = 0;
    llvm::StringRef sequence = graph::sequenceOfElement(name, index);
    std::string stem = sequence.empty() ? name : sequence.str();
    // File systems take 255 bytes; converters join names to more.
    constexpr size_t longest = 200;
    stem.resize(std::min(stem.size(), longest));
    for (char &letter : stem)
      if (letter == '/' || letter == ':')
        letter = '_';
    if (!sequence.empty())
      stem += "/" + std::to_string(index);
    std::string unique = stem;
    for (int k = 1; !taken.insert(unique).second; ++k)
      unique = stem + "_" + std::to_string(k);
    result.push_back(unique);
  }
  return result;
}
