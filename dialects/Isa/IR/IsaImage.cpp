//===- IsaImage.cpp - Programs from images and back -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors and constants first, then a word after the other. Relocations are
// attributes of their instructions, source nodes their locations.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaImage.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace systole::isa;

/// Requirements are lines; in a program each is a string.
static SmallVector<StringRef> linesOf(StringRef text) {
  SmallVector<StringRef> lines;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    lines.push_back(line);
    text = rest;
  }
  return lines;
}

//===----------------------------------------------------------------------===//
// From an image
//===----------------------------------------------------------------------===//

static void addTensor(OpBuilder &builder, const Tensor &tensor) {
  TensorOp::create(builder, builder.getUnknownLoc(),
                   static_cast<TensorRole>(tensor.role), tensor.name,
                   tensor.address, tensorType(builder.getContext(), tensor));
}

static void addSegment(OpBuilder &builder, const Segment &segment) {
  systole::graph::Tensor bytes(builder.getI8Type(),
                               {static_cast<int64_t>(segment.bytes.size())});
  std::copy(segment.bytes.begin(), segment.bytes.end(), bytes.data());
  DataOp::create(builder, builder.getUnknownLoc(), segment.address,
                 systole::graph::attributeFromTensor(bytes, "data"));
}

/// The location of an instruction.
static Location nodeLocation(MLIRContext *context, const SourceNode &node) {
  if (node.name.empty())
    return UnknownLoc::get(context);
  return systole::graph::nodeLocation(context, node.name, node.op);
}

static void addRelocation(Operation *setting, const Image &image,
                          const Relocation &relocation) {
  const Tensor &tensor = image.tensors[relocation.tensor];
  MLIRContext *context = setting->getContext();
  setting->setDiscardableAttr(
      kRelocationAttr,
      RelocationAttr::get(context, static_cast<TensorRole>(tensor.role),
                          StringAttr::get(context, tensor.name),
                          relocation.addend));
}

OwningOpRef<ModuleOp> systole::isa::programFrom(MLIRContext *context,
                                                const Image &image) {
  context->loadDialect<IsaDialect>();
  OpBuilder builder(context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  SmallVector<StringRef> lines = linesOf(image.requirements);
  auto program = ProgramOp::create(
      builder, builder.getUnknownLoc(), builder.getStringAttr("program"),
      image.machine.empty() ? StringAttr()
                            : builder.getStringAttr(image.machine),
      builder.getI64IntegerAttr(image.programAddress),
      lines.empty() ? ArrayAttr() : builder.getStrArrayAttr(lines));
  builder.createBlock(&program.getBody());
  for (const Tensor &tensor : image.tensors)
    addTensor(builder, tensor);
  for (const Segment &segment : image.constants)
    addSegment(builder, segment);

  Location location = builder.getUnknownLoc();
  auto node = image.nodes.begin();
  auto relocation = image.relocations.begin();
  for (uint32_t i = 0; i < image.program.size(); ++i) {
    if (node != image.nodes.end() && node->first == i)
      location = nodeLocation(context, *node++);
    Operation *op = createWord(builder, location, image.program[i]);
    if (relocation != image.relocations.end() && relocation->instruction == i)
      addRelocation(op, image, *relocation++);
  }
  return module;
}

//===----------------------------------------------------------------------===//
// To an image
//===----------------------------------------------------------------------===//

/// The node at an instruction; an instruction of several belongs to the first.
static SourceNode nodeAt(uint32_t index, Location location) {
  SmallVector<systole::graph::SourceNode> nodes =
      systole::graph::sourceNodes(location);
  if (nodes.empty() || nodes.front().name.empty())
    return {index, "", ""};
  return {index, nodes.front().name.str(), nodes.front().op.str()};
}

static void appendWord(Image &image, Operation *op, const Word &word) {
  uint32_t index = image.program.size();
  image.program.push_back(word);
  appendNode(image, nodeAt(index, op->getLoc()));
  auto attribute = op->getAttrOfType<RelocationAttr>(kRelocationAttr);
  if (!attribute)
    return;
  // A tensor that is not there is found by checkImage().
  uint32_t tensor = 0;
  while (tensor < image.tensors.size() &&
         (image.tensors[tensor].name != attribute.getTensor().strref() ||
          static_cast<TensorRole>(image.tensors[tensor].role) !=
              attribute.getRole()))
    ++tensor;
  image.relocations.push_back({index, tensor, attribute.getAddend()});
}

Image systole::isa::imageOf(ProgramOp program) {
  Image image;
  image.machine = program.getMachine().value_or("").str();
  if (ArrayAttr lines = program.getRequirementsAttr())
    for (auto line : lines.getAsRange<StringAttr>())
      image.requirements += line.str() + "\n";
  image.programAddress = program.getAddress();
  Block &body = program.getBody().front();
  for (TensorOp tensor : body.getOps<TensorOp>())
    image.tensors.push_back(tensor.getTensor());
  for (DataOp data : body.getOps<DataOp>())
    image.constants.push_back({data.getAddress(), data.getBytes()});
  for (Operation &op : body)
    if (std::optional<Word> word = wordOf(&op))
      appendWord(image, &op, *word);
  return image;
}
