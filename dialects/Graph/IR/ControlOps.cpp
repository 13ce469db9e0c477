//===- ControlOps.cpp - Operations with regions ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Region verifiers, the assembly of `while` and `group`, and the inlining of
// conditions that are known.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace systole::graph;

/// True if the value may have exactly one element.
static bool mayHaveOneElement(Value value) {
  RankedTensorType type = rankedType(value);
  return !type || llvm::none_of(type.getShape(),
                                [](int64_t dim) { return dimsDiffer(dim, 1); });
}

/// Compares the types of two lists, element by element; a difference is
/// reported with both sides and the number of the pair.
static LogicalResult verifyTypePairs(Operation *op, StringRef leftName,
                                     TypeRange left, StringRef rightName,
                                     TypeRange right, bool mustEqual) {
  if (left.size() != right.size())
    return op->emitOpError()
           << leftName << ": " << left.size() << " values, but " << right.size()
           << " " << rightName;
  for (auto [i, pair] : llvm::enumerate(llvm::zip_equal(left, right))) {
    auto [l, r] = pair;
    if (mustEqual ? l != r : !areTypesCompatible(l, r))
      return op->emitOpError()
             << leftName << ": type " << l << " of value #" << i
             << " does not match " << r << " of the " << rightName;
  }
  return success();
}

/// The types of what a region gives.
static TypeRange yieldedTypes(Region &region) {
  return region.front().getTerminator()->getOperandTypes();
}

//===----------------------------------------------------------------------===//
// if
//===----------------------------------------------------------------------===//

LogicalResult IfOp::verifyRegions() {
  // C1
  if (!mayHaveOneElement(getCondition()))
    return emitOpError("condition of type ")
           << getCondition().getType() << " does not have one element";
  // C2
  if (failed(verifyTypePairs(*this, "first region",
                             yieldedTypes(getThenRegion()), "results",
                             getResultTypes(), /*mustEqual=*/false)))
    return failure();
  return verifyTypePairs(*this, "second region", yieldedTypes(getElseRegion()),
                         "results", getResultTypes(), /*mustEqual=*/false);
}

namespace {

/// Replaces an `if` whose condition is a constant by the region that it
/// chooses.
struct InlineKnownCondition : OpRewritePattern<IfOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IfOp op,
                                PatternRewriter &rewriter) const override {
    bool isTrue = isConstantSplat(op.getCondition(), 1.0);
    if (!isTrue && !isConstantSplat(op.getCondition(), 0.0))
      return rewriter.notifyMatchFailure(op, "the condition is not known");
    Block &block = (isTrue ? op.getThenRegion() : op.getElseRegion()).front();
    Operation *yield = block.getTerminator();
    // A yield may know more, or less, than the result's type says.
    SmallVector<Value> values;
    for (auto [value, type] :
         llvm::zip_equal(yield->getOperands(), op.getResultTypes())) {
      if (value.getType() != type &&
          (!isa<TensorType>(type) || isa<StringType>(elementType(value))))
        return rewriter.notifyMatchFailure(op,
                                           "a value's type has no conversion");
      values.push_back(value);
    }
    rewriter.inlineBlockBefore(&block, op);
    rewriter.setInsertionPoint(op);
    for (auto [value, type] : llvm::zip_equal(values, op.getResultTypes()))
      if (value.getType() != type)
        value = restateType(rewriter, op.getLoc(), value, type);
    rewriter.eraseOp(yield);
    rewriter.replaceOp(op, values);
    return success();
  }

  /// The same value at another compatible type: a cast to its own element type.
  static Value restateType(PatternRewriter &rewriter, Location loc, Value value,
                           Type type) {
    return CastOp::create(rewriter, loc, type, value, elementType(value));
  }
};

} // namespace

void IfOp::getCanonicalizationPatterns(RewritePatternSet &results,
                                       MLIRContext *context) {
  results.add<InlineKnownCondition>(context);
}

//===----------------------------------------------------------------------===//
// while
//===----------------------------------------------------------------------===//

LogicalResult WhileOp::verifyRegions() {
  // C1
  Operation *yield = getCondition().front().getTerminator();
  if (yield->getNumOperands() != 1 ||
      !elementType(yield->getOperand(0)).isInteger(1) ||
      !mayHaveOneElement(yield->getOperand(0)))
    return emitOpError("condition must yield one boolean, but yields ")
           << yield->getOperandTypes();
  // C2
  if (failed(verifyTypePairs(*this, "arguments of the condition",
                             getCondition().getArgumentTypes(), "results",
                             getResultTypes(), /*mustEqual=*/true)) ||
      failed(verifyTypePairs(*this, "arguments of the body",
                             getBody().getArgumentTypes(), "results",
                             getResultTypes(), /*mustEqual=*/true)))
    return failure();
  // C3
  if (failed(verifyTypePairs(*this, "inits", getInits().getTypes(), "results",
                             getResultTypes(), /*mustEqual=*/false)))
    return failure();
  return verifyTypePairs(*this, "values of the body", yieldedTypes(getBody()),
                         "results", getResultTypes(), /*mustEqual=*/false);
}

/// Parses `(%a = %x, ...)`; types follow later.
static ParseResult
parseBindings(OpAsmParser &parser,
              SmallVectorImpl<OpAsmParser::Argument> &arguments,
              SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands) {
  return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&] {
    return failure(parser.parseArgument(arguments.emplace_back()) ||
                   parser.parseEqual() ||
                   parser.parseOperand(operands.emplace_back()));
  });
}

/// Gives `arguments` the types `types`, or reports that their numbers differ.
static ParseResult assignTypes(OpAsmParser &parser, SMLoc loc,
                               MutableArrayRef<OpAsmParser::Argument> arguments,
                               TypeRange types) {
  if (arguments.size() != types.size())
    return parser.emitError(loc) << arguments.size() << " region arguments for "
                                 << types.size() << " types";
  for (auto [argument, type] : llvm::zip_equal(arguments, types))
    argument.type = type;
  return success();
}

/// Prints `(%a = %x, ...)`.
static void printBindings(OpAsmPrinter &printer, Region &region,
                          ValueRange operands) {
  printer << "(";
  llvm::interleaveComma(
      llvm::zip(region.getArguments(), operands), printer, [&](auto pair) {
        printer << std::get<0>(pair) << " = " << std::get<1>(pair);
      });
  printer << ")";
}

/// Prints ` : (types) -> (types)`.
static void printSignature(OpAsmPrinter &printer, TypeRange operands,
                           TypeRange results) {
  printer << " : (" << operands << ") -> (" << results << ")";
}

ParseResult WhileOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> conditionArgs, bodyArgs;
  SmallVector<OpAsmParser::UnresolvedOperand> inits;
  FunctionType type;
  Region *condition = result.addRegion();
  Region *body = result.addRegion();
  SMLoc loc = parser.getCurrentLocation();
  if (parseBindings(parser, conditionArgs, inits) ||
      parser.parseColonType(type) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.resolveOperands(inits, type.getInputs(), loc, result.operands) ||
      assignTypes(parser, loc, conditionArgs, type.getResults()) ||
      parser.parseRegion(*condition, conditionArgs) ||
      parser.parseKeyword("do"))
    return failure();
  loc = parser.getCurrentLocation();
  auto parseBodyArg = [&] {
    return parser.parseArgument(bodyArgs.emplace_back());
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                     parseBodyArg) ||
      assignTypes(parser, loc, bodyArgs, type.getResults()) ||
      parser.parseRegion(*body, bodyArgs))
    return failure();
  WhileOp::ensureTerminator(*condition, parser.getBuilder(), result.location);
  WhileOp::ensureTerminator(*body, parser.getBuilder(), result.location);
  result.addTypes(type.getResults());
  return success();
}

void WhileOp::print(OpAsmPrinter &printer) {
  printer << " ";
  printBindings(printer, getCondition(), getInits());
  printSignature(printer, getInits().getTypes(), getResultTypes());
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << " ";
  printer.printRegion(getCondition(), /*printEntryBlockArgs=*/false);
  printer << " do (";
  llvm::interleaveComma(getBody().getArguments(), printer,
                        [&](Value argument) { printer << argument; });
  printer << ") ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

//===----------------------------------------------------------------------===//
// group
//===----------------------------------------------------------------------===//

LogicalResult GroupOp::verifyRegions() {
  // C1
  if (failed(verifyTypePairs(*this, "arguments of the region",
                             getBody().getArgumentTypes(), "operands",
                             getInputs().getTypes(), /*mustEqual=*/true)))
    return failure();
  // C2
  if (failed(verifyTypePairs(*this, "values of the region",
                             yieldedTypes(getBody()), "results",
                             getResultTypes(), /*mustEqual=*/true)))
    return failure();
  // C3
  for (Operation &op : getBody().front())
    if (isa<IfOp, WhileOp, GroupOp, ReadVariableOp, AssignVariableOp>(op)) {
      InFlightDiagnostic diagnostic = emitOpError("holds '")
                                      << op.getName() << "'";
      diagnostic.attachNote(op.getLoc()) << "the operation is here";
      return diagnostic;
    }
  return success();
}

ParseResult GroupOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr kind;
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> inputs;
  FunctionType type;
  Region *body = result.addRegion();
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseAttribute(kind, "kind", result.attributes) ||
      parseBindings(parser, arguments, inputs) || parser.parseColonType(type) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.resolveOperands(inputs, type.getInputs(), loc, result.operands) ||
      assignTypes(parser, loc, arguments, type.getInputs()) ||
      parser.parseRegion(*body, arguments))
    return failure();
  GroupOp::ensureTerminator(*body, parser.getBuilder(), result.location);
  result.addTypes(type.getResults());
  return success();
}

void GroupOp::print(OpAsmPrinter &printer) {
  printer << " " << getKindAttr() << " ";
  printBindings(printer, getBody(), getInputs());
  printSignature(printer, getInputs().getTypes(), getResultTypes());
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {"kind"});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
