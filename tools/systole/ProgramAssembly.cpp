//===- ProgramAssembly.cpp - Programs as assembly -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names come from a file: in comments they are escaped, so that none begins a
// line of its own.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Problems.h"
#include "hw-sim/isa/Assembly.h"
#include "tools/systole/Model.h"
#include "tools/systole/Program.h"

using namespace llvm;
using namespace systole::isa;
using systole::frontend::printable;

/// "output 'y'".
static std::string describe(const Tensor &tensor) {
  return (tensor.role == Tensor::Role::Input ? "input '" : "output '") +
         printable(tensor.name) + "'";
}

/// Everything but the instructions.
static void printHeader(const Image &image, raw_ostream &os) {
  os << "; " << image.program.size() << " instructions at "
     << image.programAddress;
  if (!image.machine.empty())
    os << ", made for " << printable(image.machine);
  os << "\n";
  for (const Tensor &tensor : image.tensors)
    os << "; " << describe(tensor) << " at " << tensor.address << ": "
       << kElementInfo[static_cast<unsigned>(tensor.element)].name << " "
       << systole::driver::shapeText(
              SmallVector<int64_t>(tensor.shape.begin(), tensor.shape.end()))
       << "\n";
  for (const Segment &segment : image.constants)
    os << "; constants at " << segment.address << ": " << segment.bytes.size()
       << " bytes\n";
}

static std::string describe(const SourceNode &node) {
  if (node.name.empty())
    return "no node";
  std::string text = "node '" + printable(node.name) + "'";
  return node.op.empty() ? text : text + " (op " + printable(node.op) + ")";
}

void systole::driver::printAssembly(const Image &image, raw_ostream &os) {
  printHeader(image, os);
  auto node = image.nodes.begin();
  auto relocation = image.relocations.begin();
  for (uint32_t i = 0; i < image.program.size(); ++i) {
    if (node != image.nodes.end() && node->first == i)
      os << "; " << describe(*node++) << "\n";
    os << disassemble(image.program[i]);
    if (relocation != image.relocations.end() && relocation->instruction == i) {
      os << "  ; follows " << describe(image.tensors[relocation->tensor]);
      if (relocation->addend)
        os << " + " << relocation->addend;
      ++relocation;
    }
    os << "\n";
  }
}
