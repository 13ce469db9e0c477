//===- Finite.cpp - Looking for NaN and infinity --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Finite.h"
#include "runtime/src/convert.h"
#include "tools/systole/Compare.h"
#include <cmath>

using namespace llvm;
using namespace systole;
using namespace systole::driver;

int64_t systole::driver::findNonFinite(const rt::Tensor &tensor) {
  char kind = rt::dtypeInfo(tensor.dtype).kind;
  if (kind != 'f' && kind != 'c')
    return -1;
  int64_t parts = kind == 'c' ? 2 : 1;
  for (int64_t i = 0, end = tensor.count() * parts; i < end; ++i)
    if (!std::isfinite(rt::elementAsDouble(tensor.dtype, tensor.data, i)))
      return i / parts;
  return -1;
}

Observer systole::driver::checkFiniteObserver(Observer next) {
  return [next](mlir::Operation *op,
                ArrayRef<graph::Tensor> results) -> mlir::LogicalResult {
    if (next && failed(next(op, results)))
      return mlir::failure();
    for (auto [i, result] : enumerate(results)) {
      graph::Tensor copy = result;
      rt::Tensor tensor = runtimeTensor(copy);
      int64_t at = findNonFinite(tensor);
      if (at >= 0)
        return op->emitError()
               << "result " << i << " of '" << op->getName()
               << "' is not finite at " << indexText(tensor, at) << ": "
               << std::to_string(
                      rt::elementAsDouble(tensor.dtype, tensor.data, at));
    }
    return mlir::success();
  };
}
