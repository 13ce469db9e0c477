//===- Windows.cpp - Attributes of sliding windows ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Windows.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

bool readList(Node &n, llvm::StringRef name, int64_t count, int64_t otherwise,
              SmallVector<int64_t> &list) {
  auto given = n.integers(name);
  list = given ? *given : SmallVector<int64_t>(count, otherwise);
  if (static_cast<int64_t>(list.size()) == count)
    return true;
  n.error("attribute '" + name + "' has " + llvm::Twine(list.size()) +
          " entries instead of " + llvm::Twine(count));
  return false;
}

bool readWindow(Node &n, Window &w) {
  auto rank = n.rank(0);
  if (!rank)
    return false;
  if (*rank < 3) {
    n.error("its input has " + llvm::Twine(*rank) +
            " dimensions; it needs 3 or more");
    return false;
  }
  w.spatial = *rank - 2;
  if (w.spatial > 10) {
    n.error("more than 10 spatial dimensions are not supported");
    return false;
  }
  if (n.attribute("kernel_shape") &&
      !readList(n, "kernel_shape", w.spatial, 1, w.kernel))
    return false;
  std::string autoPad = n.string("auto_pad", "NOTSET");
  if (autoPad == "SAME_UPPER")
    w.autoPad = graph::AutoPad::same_upper;
  else if (autoPad == "SAME_LOWER")
    w.autoPad = graph::AutoPad::same_lower;
  else if (autoPad != "NOTSET" && autoPad != "VALID" && !autoPad.empty()) {
    n.error("auto_pad '" + autoPad + "' is unknown");
    return false;
  }
  if (!readList(n, "strides", w.spatial, 1, w.strides) ||
      !readList(n, "dilations", w.spatial, 1, w.dilations) ||
      !readList(n, "pads", 2 * w.spatial, 0, w.pads))
    return false;
  // Pads beside an automatic mode are ignored.
  if (w.autoPad != graph::AutoPad::explicit_pads || autoPad == "VALID")
    w.pads.assign(2 * w.spatial, 0);
  return !n.failed();
}

NamedAttribute autoPadAttr(Node &n, const Window &w) {
  return n.attr("auto_pad", graph::AutoPadAttr::get(n.getContext(), w.autoPad));
}

Value convolution(Node &n, const Window &w, Value input, Value filter,
                  Value bias, Type sum) {
  for (int64_t d = 0; filter && d < w.spatial && !w.kernel.empty(); ++d)
    if (int64_t size = GraphBuilder::sizeOf(filter, d + 2);
        size >= 0 && size != w.kernel[d])
      return n.error("kernel_shape says " + llvm::Twine(w.kernel[d]) +
                     " but the filter has size " + llvm::Twine(size));
  MLIRContext *context = n.getContext();
  auto layout = graph::LayoutAttr::channelsFirst(context, w.spatial);
  SmallVector<NamedAttribute> attributes{
      n.attr("input_layout", layout),
      n.attr("filter_layout",
             graph::LayoutAttr::filterChannelsFirst(context, w.spatial)),
      n.attr("output_layout", layout),
      n.attr("strides", w.strides),
      n.attr("dilations", w.dilations),
      n.attr("pads", w.pads),
      autoPadAttr(n, w),
      n.attr("groups", n.integer("group", 1))};
  if (sum)
    attributes.push_back(n.attr("sum_type", TypeAttr::get(sum)));
  return n.make<graph::ConvOp>({input, filter, bias}, attributes, 1);
}

} // namespace systole::onnx
