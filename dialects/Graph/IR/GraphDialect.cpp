//===- GraphDialect.cpp - The dialect, its attributes and its types -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registration, the layout attribute's rules, and what all operations share:
// checked creation and the comparison of declared with inferred types.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/IR/InferUtils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole::graph;

#include "dialects/Graph/IR/GraphDialect.cpp.inc"
#include "dialects/Graph/IR/GraphEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Graph/IR/GraphAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Graph/IR/GraphTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Graph/IR/GraphOps.cpp.inc"

namespace {

/// Every operation may move into another function or region: none refers to
/// where it is, and a terminator stays in the region that is moved with it.
struct GraphInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;

  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final {
    return true;
  }
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};

} // namespace

void GraphDialect::initialize() {
  addInterfaces<GraphInlinerInterface>();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Graph/IR/GraphAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Graph/IR/GraphTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Graph/IR/GraphOps.cpp.inc"
      >();
}

Operation *GraphDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getShapedType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

//===----------------------------------------------------------------------===//
// Attributes of functions and modules
//===----------------------------------------------------------------------===//

LogicalResult GraphDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == kEntryAttr) {
    if (isa<UnitAttr>(attribute.getValue()) && isa<func::FuncOp>(op))
      return success();
    return op->emitOpError("'") << name << "' marks functions, without a value";
  }
  if (name == kInitializerAttr) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (isa<UnitAttr>(attribute.getValue()) && function &&
        !function.getNumArguments() && !function.getNumResults() &&
        !op->hasAttr(kEntryAttr))
      return success();
    return op->emitOpError("'")
           << name
           << "' marks functions without arguments and results that are no "
              "entries, without a value";
  }
  bool isText =
      name == kFormatAttr || name == kProducerAttr || name == kModelNameAttr;
  if (isText && !isa<StringAttr>(attribute.getValue()))
    return op->emitOpError("'")
           << name << "' is not a string: " << attribute.getValue();
  return success();
}

/// Checks an attribute of an argument or result of type `type`.
static LogicalResult verifyValueAttribute(Operation *op, Type type,
                                          NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == kNameAttr && !isa<StringAttr>(attribute.getValue()))
    return op->emitOpError("'")
           << name << "' is not a string: " << attribute.getValue();
  if (name != kDimNamesAttr)
    return success();
  auto names = dyn_cast<ArrayAttr>(attribute.getValue());
  if (!names || !llvm::all_of(names, llvm::IsaPred<StringAttr>))
    return op->emitOpError("'")
           << name << "' is not a list of strings: " << attribute.getValue();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && static_cast<int64_t>(names.size()) != tensor.getRank())
    return op->emitOpError("'") << name << "' has " << names.size()
                                << " names for the dimensions of " << type;
  return success();
}

LogicalResult GraphDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                     unsigned argument,
                                                     NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  Type type = function ? function.getArgumentTypes()[argument] : Type();
  return type ? verifyValueAttribute(op, type, attribute) : success();
}

LogicalResult GraphDialect::verifyRegionResultAttribute(
    Operation *op, unsigned, unsigned result, NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  Type type = function ? function.getResultTypes()[result] : Type();
  return type ? verifyValueAttribute(op, type, attribute) : success();
}

//===----------------------------------------------------------------------===//
// LayoutAttr
//===----------------------------------------------------------------------===//

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef dims) {
  // The digits from '0' on and one of the two pairs of letters, each once.
  if (dims.size() < 2 || dims.size() > 12)
    return emitError() << "layout '" << dims
                       << "' does not have 2 to 12 dimensions";
  std::string sorted = dims.str();
  llvm::sort(sorted);
  std::string digits;
  for (size_t i = 0; i + 2 < dims.size(); ++i)
    digits += static_cast<char>('0' + i);
  if (sorted != digits + "cn" && sorted != digits + "io")
    return emitError() << "layout '" << dims
                       << "' is not an order of 'n', 'c' (or 'o', 'i') and the "
                          "spatial dimensions '0', '1', ...";
  return success();
}

/// `first`, the digits of the spatial dimensions, `last`.
static LayoutAttr layoutAround(MLIRContext *context, StringRef first,
                               int64_t numSpatial, StringRef last) {
  std::string dims = first.str();
  for (int64_t i = 0; i < numSpatial; ++i)
    dims += static_cast<char>('0' + i);
  return LayoutAttr::get(context, dims + last.str());
}

LayoutAttr LayoutAttr::channelsFirst(MLIRContext *context, int64_t numSpatial) {
  return layoutAround(context, "nc", numSpatial, "");
}
LayoutAttr LayoutAttr::filterChannelsFirst(MLIRContext *context,
                                           int64_t numSpatial) {
  return layoutAround(context, "oi", numSpatial, "");
}
LayoutAttr LayoutAttr::channelsLast(MLIRContext *context, int64_t numSpatial) {
  return layoutAround(context, "n", numSpatial, "c");
}
LayoutAttr LayoutAttr::filterChannelsLast(MLIRContext *context,
                                          int64_t numSpatial) {
  return layoutAround(context, "", numSpatial, "io");
}

//===----------------------------------------------------------------------===//
// Declared and inferred types
//===----------------------------------------------------------------------===//

bool systole::graph::areTypesCompatible(TypeRange l, TypeRange r) {
  if (l.size() != r.size())
    return false;
  for (auto [left, right] : llvm::zip_equal(l, r)) {
    if (left == right)
      continue;
    auto leftTensor = dyn_cast<TensorType>(left);
    auto rightTensor = dyn_cast<TensorType>(right);
    if (!leftTensor || !rightTensor ||
        leftTensor.getElementType() != rightTensor.getElementType() ||
        failed(verifyCompatibleShape(left, right)))
      return false;
  }
  return true;
}

LogicalResult systole::graph::verifyInferredTypes(Operation *op) {
  auto inference = cast<InferTypeOpInterface>(op);
  SmallVector<Type> inferred;
  if (failed(inference.inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
          op->getRegions(), inferred)))
    return failure();
  if (areTypesCompatible(inferred, op->getResultTypes()))
    return success();
  return op->emitOpError("result of type ")
         << op->getResultTypes() << " does not match the inferred type "
         << inferred;
}

LogicalResult systole::graph::inferResultTypes(OperationState &state) {
  MLIRContext *context = state.getContext();
  auto *inference = state.name.getInterface<InferTypeOpInterface>();
  assert(inference && "only for operations whose types are inferred");
  SmallVector<Type> inferred;
  if (failed(inference->inferReturnTypes(
          context, state.location, state.operands,
          state.attributes.getDictionary(context), state.getRawProperties(),
          RegionRange(state.regions), inferred)))
    return failure();
  state.types.assign(inferred.begin(), inferred.end());
  return success();
}
