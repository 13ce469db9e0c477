//===- Samples.cpp - From samples to functions ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace systole::property {

const std::map<std::string, Generator> &generators() {
  static const std::map<std::string, Generator> table = [] {
    std::map<std::string, Generator> result;
    addElementwise(result);
    addMovement(result);
    addIndices(result);
    addNeural(result);
    addControl(result);
    addSpatial(result);
    addState(result);
    addStrings(result);
    return result;
  }();
  return table;
}

void makeHostile(Sample &sample, Random &random) {
  if (!sample.function.empty())
    return;
  SmallVector<Operand *> open;
  for (Operand &operand : sample.operands) {
    // Filters are constants: the backend packs them when it compiles.
    if (operand.known == Operand::Known::Constant ||
        operand.known == Operand::Known::Shape)
      continue;
    operand.known = operand.known == Operand::Known::Rank
                        ? Operand::Known::Length
                        : Operand::Known::Nothing;
    if (operand.tensor.rank())
      open.push_back(&operand);
  }
  if (open.empty())
    return;
  Operand &chosen = *random.pick<Operand *>(open);
  Tensor &tensor = chosen.tensor;
  if (chosen.known == Operand::Known::Length) {
    if (tensor.size())
      tensor.setInt(random.integer(0, tensor.size() - 1),
                    random.integer(-4, 12));
    return;
  }
  Shape shape(tensor.getShape());
  shape[random.integer(0, shape.size() - 1)] = random.size(12);
  Type element = tensor.getElementType();
  tensor = isa<graph::StringType>(element)
               ? Tensor(element, shape)
               : random.numbers(element, shape, 1.0);
}

/// The tensor's type with some dimensions unknown.
static RankedTensorType declaredType(const Operand &operand, Random &random) {
  using Known = Operand::Known;
  Shape shape(operand.tensor.getShape());
  bool isStatic = operand.known == Known::Rank ||
                  operand.known == Known::Shape ||
                  operand.known == Known::Length;
  if (operand.known == Known::Nothing)
    shape.assign(shape.size(), ShapedType::kDynamic);
  else if (!isStatic && random.oneIn(2))
    for (int64_t &dim : shape)
      if (random.oneIn(2))
        dim = ShapedType::kDynamic;
  return RankedTensorType::get(shape, operand.tensor.getElementType());
}

/// True if chance, or the sample, makes the operand a constant.
static bool isConstant(const Operand &operand, Random &random) {
  switch (operand.known) {
  case Operand::Known::Constant:
    return true;
  case Operand::Known::Rank:
    return random.oneIn(2);
  case Operand::Known::Anything:
  case Operand::Known::Shape:
    return random.oneIn(4);
  case Operand::Known::Argument:
  case Operand::Known::Nothing:
  case Operand::Known::Length:
    return false;
  }
  llvm_unreachable("every case is listed");
}

/// Replaces the placeholder type of the result by the one that is inferred.
static LogicalResult inferType(Operation *op) {
  auto infer = cast<InferTypeOpInterface>(op);
  SmallVector<Type> types;
  if (failed(infer.inferReturnTypes(op->getContext(), op->getLoc(),
                                    op->getOperands(), op->getAttrDictionary(),
                                    op->getPropertiesStorage(),
                                    op->getRegions(), types)))
    return op->emitError("sample has no inferred type");
  op->getResult(0).setType(types[0]);
  return success();
}

/// Marks `function` as an entry with names for its arguments and results.
static void nameEntry(func::FuncOp function, StringRef name) {
  Builder builder(function.getContext());
  function.setSymName(name);
  function->setAttr(graph::kEntryAttr, builder.getUnitAttr());
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    function.setArgAttr(i, graph::kNameAttr,
                        builder.getStringAttr("in" + Twine(i)));
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    function.setResultAttr(i, graph::kNameAttr,
                           builder.getStringAttr("out" + Twine(i)));
}

/// A function parsed from the sample's text.
static FailureOr<SmallVector<Tensor>> addParsed(ModuleOp module, StringRef name,
                                                const Sample &sample) {
  OwningOpRef<ModuleOp> parsed =
      parseSourceString<ModuleOp>(sample.function, module.getContext());
  if (!parsed)
    return emitError(module.getLoc()) << "cannot parse " << sample.function;
  // Samples share a module: each has variables of its own.
  for (auto variable :
       llvm::make_early_inc_range(parsed->getOps<graph::VariableOp>())) {
    auto own = StringAttr::get(module.getContext(),
                               name + "_" + variable.getSymName());
    if (failed(SymbolTable::replaceAllSymbolUses(variable, own, *parsed)))
      return failure();
    variable.setSymNameAttr(own);
    variable->remove();
    module.push_back(variable);
  }
  auto function = parsed->lookupSymbol<func::FuncOp>("sample");
  function->remove();
  module.push_back(function);
  nameEntry(function, name);
  SmallVector<Tensor> arguments;
  for (const Operand &operand : sample.operands)
    arguments.push_back(operand.tensor);
  return arguments;
}

FailureOr<SmallVector<Tensor>> addFunction(ModuleOp module, StringRef name,
                                           const Sample &sample,
                                           Random &random) {
  if (!sample.function.empty())
    return addParsed(module, name, sample);
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = NameLoc::get(builder.getStringAttr(name));
  auto function =
      func::FuncOp::create(builder, loc, name, builder.getFunctionType({}, {}));
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  SmallVector<Tensor> arguments;
  SmallVector<Value> operands;
  for (const Operand &operand : sample.operands) {
    if (isConstant(operand, random)) {
      operands.push_back(graph::makeConstant(builder, loc, operand.tensor));
      continue;
    }
    operands.push_back(block->addArgument(declaredType(operand, random), loc));
    arguments.push_back(operand.tensor);
  }
  auto attributes = dyn_cast_or_null<DictionaryAttr>(
      parseAttribute("{" + sample.attributes + "}", module.getContext()));
  if (!attributes)
    return emitError(loc) << "cannot parse {" << sample.attributes << "}";
  OperationState state(loc, sample.op);
  state.addOperands(operands);
  state.addAttributes(attributes.getValue());
  state.addTypes(UnrankedTensorType::get(builder.getF32Type()));
  Operation *op = builder.create(state);
  if (failed(inferType(op)))
    return failure();
  func::ReturnOp::create(builder, loc, op->getResults());
  function.setType(
      builder.getFunctionType(block->getArgumentTypes(), op->getResultTypes()));
  nameEntry(function, name);
  if (failed(verify(function)))
    return failure();
  return arguments;
}

} // namespace systole::property
