//===- ProgramFuzzer.cpp - Any bits as instructions -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the words: each decodes and is encoded and assembled to itself, or
// has a problem; dispatch decides every fault, and what it lets pass touches
// nothing outside a memory. The first byte chooses the machine, or the
// assembler. Run by test/fuzz/program.sh.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Dispatch.h"
#include <cstdlib>

using namespace systole;
using namespace systole::isa;

static void require(bool condition) {
  if (!condition)
    abort();
}

/// A machine of `array` rows, small in everything, so that ends are near.
static sim::Machine machineOf(uint64_t array, bool depthwise) {
  sim::Machine machine;
  for (const sim::MachineKey &key : sim::machineKeys())
    key.member(machine) = key.minimum;
  machine.array = array;
  machine.scratchpad.bytes = 64 * array;
  machine.weights.bytes = 2 * array * array;
  machine.window.kernel = 5;
  machine.depthwise.multipliersPerLane = depthwise;
  return machine;
}

/// A word of a program against decoder, encoder, assembler.
static void checkWord(const Word &word) {
  Instruction instruction;
  std::string text = disassemble(word);
  std::optional<DecodeProblem> problem = decode(word, instruction);
  require(!problem || !problem->message.empty());
  require(problem || encode(instruction) == word);
  std::vector<AssemblyProblem> problems;
  std::vector<Word> words = assemble(text, problems);
  require(problems.empty() && words.size() == 1 && words[0] == word);
}

static void checkProgram(const sim::Machine &machine, const uint8_t *data,
                         size_t size) {
  sim::Dispatcher dispatcher(machine, 4096, size);
  for (size_t at = 0; at + kInstructionBytes <= size; at += kInstructionBytes) {
    Word word = Word::load(data + at);
    checkWord(word);
    Instruction instruction;
    if (auto problem = dispatcher.dispatch(word, instruction)) {
      require(problem->fault != Fault::None && !problem->message.empty());
      continue;
    }
    if (instruction.isSetting())
      continue;
    for (const sim::Extent &extent :
         sim::extentsOf(machine, dispatcher.configuration(), instruction))
      require(extent.first >= 0 && extent.first <= extent.last &&
              extent.last <
                  static_cast<int64_t>(machine.unitsOf(extent.memory)));
  }
}

/// A text: what is assembled is disassembled to the same words.
static void checkText(std::string_view text) {
  std::vector<AssemblyProblem> problems;
  std::vector<Word> words = assemble(text, problems);
  for (const AssemblyProblem &problem : problems)
    require(problem.line > 0 && !problem.message.empty());
  if (problems.empty())
    for (const Word &word : words)
      checkWord(word);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  if (data[0] == ';')
    checkText({reinterpret_cast<const char *>(data), size});
  else
    checkProgram(machineOf(4 + 4 * (data[0] % 16), data[0] & 16), data + 1,
                 size - 1);
  return 0;
}
