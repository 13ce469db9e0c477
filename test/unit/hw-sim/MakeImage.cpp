//===- MakeImage.cpp - Makes program images for tests ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole-make-image PROGRAM.s MACHINE.yaml OUT [input|output NAME ELEMENT
// 2x8 ADDRESS | node NAME FIRST]...
//
// The program lies at the end of the machine's DRAM.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Host.h"
#include "hw-sim/model/MachineFile.h"
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace systole;

static int fail(const std::string &message) {
  fprintf(stderr, "systole-make-image: %s\n", message.c_str());
  return 1;
}

/// "2x8" as sizes.
static std::vector<uint64_t> shapeOf(const std::string &text) {
  std::vector<uint64_t> shape;
  std::stringstream stream(text);
  for (std::string size; std::getline(stream, size, 'x');)
    shape.push_back(std::stoull(size));
  return shape;
}

static isa::Element elementOf(const std::string &name) {
  unsigned i = 0;
  while (i < isa::kElementCount - 1 && name != isa::kElementInfo[i].name)
    ++i;
  return static_cast<isa::Element>(i);
}

/// The words behind the output file.
static void addTables(const std::vector<std::string> &words,
                      isa::Image &image) {
  for (size_t i = 0; i < words.size();) {
    if (words[i] == "node") {
      image.nodes.push_back(
          {uint32_t(std::stoul(words.at(i + 2))), words[i + 1]});
      i += 3;
      continue;
    }
    isa::Tensor tensor;
    tensor.role = words[i] == "input" ? isa::Tensor::Role::Input
                                      : isa::Tensor::Role::Output;
    tensor.name = words.at(i + 1);
    tensor.element = elementOf(words.at(i + 2));
    tensor.shape = shapeOf(words.at(i + 3));
    tensor.address = std::stoull(words.at(i + 4));
    image.tensors.push_back(tensor);
    i += 5;
  }
}

int main(int argc, char **argv) {
  if (argc < 4)
    return fail("PROGRAM.s MACHINE.yaml OUT [tables]");
  std::stringstream text;
  text << std::ifstream(argv[1]).rdbuf();
  std::vector<isa::AssemblyProblem> problems;
  std::vector<isa::Word> words = isa::assemble(text.str(), problems);
  if (!problems.empty())
    return fail("line " + std::to_string(problems[0].line) + ": " +
                problems[0].message);
  std::vector<sim::FileProblem> fileProblems;
  std::optional<sim::Machine> machine = sim::loadMachine(argv[2], fileProblems);
  if (!machine)
    return fail(fileProblems[0].text());
  isa::Image image = *sim::imageOf(*machine, words);
  addTables({argv + 4, argv + argc}, image);
  for (const std::string &problem : isa::checkImage(image))
    return fail(problem);
  std::vector<uint8_t> bytes = isa::writeImage(image);
  std::ofstream(argv[3], std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return 0;
}
