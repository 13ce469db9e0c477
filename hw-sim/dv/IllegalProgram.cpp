//===- IllegalProgram.cpp - Programs that stop ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A legal program is interrupted by a few words, the last of which faults. Why
// it does is known from how it is made, not by asking a Dispatcher. Settings
// are written out where a fault that comes first could arise from them.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/dv/RandomWork.h"
#include "hw-sim/isa/Assembly.h"

using namespace systole::isa;

namespace systole::sim {

namespace {
/// The place of the fault.
struct Site {
  const Machine &machine;
  Randomness &random;
  /// The program up to here, and the address and bytes of all of it.
  const std::vector<Word> &before;
  uint64_t address, bytes;
};

/// A semaphore's state at the site.
struct SemaphoreState {
  unsigned tokens = 0;
  int signals = -1, waits = -1;
};
} // namespace

/// `name` without any field is the setting's zero bits.
static std::vector<Word> words(const std::string &text) {
  std::vector<AssemblyProblem> problems;
  return assemble(text, problems);
}

static std::string number(int64_t value) { return std::to_string(value); }

static int64_t lastUnit(const Site &site, Memory memory) {
  return int64_t(site.machine.unitsOf(memory)) - 1;
}

//===----------------------------------------------------------------------===//
// Opcodes and fields
//===----------------------------------------------------------------------===//

static std::vector<Word> unknownOpcode(const Site &site) {
  Word word;
  do
    word = {site.random.next(), site.random.next()};
  while (formatOf(word));
  return {word};
}

static std::vector<Word> unknownSetting(const Site &site) {
  Word word;
  do {
    word = infoOf(Format::SetLdBase).empty();
    word.setBits(6, 6, site.random.next());
  } while (formatOf(word));
  return {word};
}

/// A reserved field, a choice beyond the last, or a bit that no field covers.
static std::vector<Word> illegalBits(const Site &site) {
  Randomness &random = site.random;
  while (true) {
    Format format = static_cast<Format>(random.pick(0, kFormatCount - 1));
    const FormatInfo &info = infoOf(format);
    Word word = encode(randomInstruction(format, random));
    std::vector<bool> isCovered(128);
    std::vector<FieldInfo> fields(info.header().begin(), info.header().end());
    fields.insert(fields.end(), info.payload().begin(), info.payload().end());
    for (const FieldInfo &field : fields)
      for (unsigned i = 0; i < field.width; ++i)
        isCovered[field.offset + i] = true;
    // Bits 0 to 5 are the opcode.
    unsigned bit = random.pick(6, 127);
    if (!isCovered[bit]) {
      word.setBits(bit, 1, 1);
      return {word};
    }
    const FieldInfo &field = fields[random.pick(0, fields.size() - 1)];
    uint64_t values = uint64_t(1) << field.width;
    if (field.isReserved())
      word.setBits(field.offset, field.width, random.pick(1, values - 1));
    else if (field.choices && field.choices->count < values)
      word.setBits(field.offset, field.width,
                   random.pick(field.choices->count, values - 1));
    else
      continue;
    return {word};
  }
}

static std::vector<Word> illegalCombination(const Site &site) {
  int64_t lanes = site.machine.lanes();
  switch (site.random.pick(0, 3)) {
  case 0:
    if (lanes < 64)
      return words("set.mm.weights pad_n=" + number(lanes) + "\nmm");
    [[fallthrough]];
  case 1:
    return words("mm unsigned_input zero_point=-1");
  case 2:
    return words("set.vx.window kernel_x=2\nset.vx.stages\nvx");
  default:
    return words("set.vx.window\nset.vx.stages pool=sum\nvx.reduce");
  }
}

//===----------------------------------------------------------------------===//
// Extents, the program, overlap
//===----------------------------------------------------------------------===//

static std::vector<Word> outsideChip(const Site &site) {
  int64_t lanes = site.machine.lanes();
  std::string bases = "set.ld.base\nset.st.base\n";
  switch (site.random.pick(0, 4)) {
  case 0:
    return words(bases + "ld linear to=weights length=" + number(lanes + 1) +
                 " target=" + number(lastUnit(site, Memory::Weights)));
  case 1:
    return words(bases + "st linear length=" + number(2 * lanes) +
                 " source=" + number(lastUnit(site, Memory::Scratchpad)));
  case 2:
    return words("set.mm.window\nset.mm.ring\nset.mm.weights\nmm source=-1");
  case 3:
    return words("set.mm.window\nset.mm.ring\nset.mm.weights\nmm width=2 "
                 "target=" +
                 number(lastUnit(site, Memory::Accumulators)));
  default:
    return words("vx.table entries=int16 source=" +
                 number(lastUnit(site, Memory::Parameters)));
  }
}

static std::vector<Word> outsideDram(const Site &site) {
  int64_t inside = site.random.pick(0, 20);
  std::string unit = site.random.oneIn(2) ? "ld" : "st";
  return words(
      "set." + unit + ".base index=3 address=" +
      number(site.machine.dram.bytes - inside) + "\n" + unit +
      " linear base=3 length=" + number(inside + site.random.pick(1, 20)));
}

static std::vector<Word> writesProgram(const Site &site) {
  // One byte of it is enough, and so is one between two runs.
  int64_t at = site.address + site.random.pick(0, site.bytes - 1);
  std::string base = "set.st.base index=5 address=" + number(at) + "\n";
  if (at == 0 || site.random.oneIn(2))
    return words(base + "st linear base=5");
  return words("set.st.base index=5 address=" + number(at - 1) +
               "\nset.st.shape count0=2\nset.st.steps step0=2\n"
               "set.st.strides\nst base=5");
}

static std::vector<Word> overlaps(const Site &site) {
  int64_t at = site.random.pick(0, lastUnit(site, Memory::Scratchpad) - 16);
  std::string plain = "set.vx.window\nset.vx.ring\nset.vx.rescale\n"
                      "set.vx.result\n";
  if (site.random.oneIn(2))
    return words(plain +
                 "set.vx.pitch x=1\nset.vx.target x=1\n"
                 "set.vx.stages source=int8\nvx width=4 source=" +
                 number(at) + " target=" + number(at + 1));
  return words(plain +
               "set.vx.pitch\nset.vx.target x=2\nset.vx.operand x=1\n"
               "set.vx.stages combine=add\nvx width=4 operand=" +
               number(at) + " target=" + number(at));
}

//===----------------------------------------------------------------------===//
// Semaphores
//===----------------------------------------------------------------------===//

static std::array<SemaphoreState, kSemaphores> statesAt(const Site &site) {
  std::array<SemaphoreState, kSemaphores> states;
  for (const Word &word : site.before) {
    Instruction instruction;
    decode(word, instruction);
    int engine = int(instruction.engine());
    const Tokens &named = instruction.tokens;
    for (int8_t i : {named.wait0, named.wait1})
      if (i >= 0)
        --states[i].tokens, states[i].waits = engine;
    for (int8_t i : {named.signal0, named.signal1})
      if (i >= 0)
        ++states[i].tokens, states[i].signals = engine;
  }
  return states;
}

static std::string sync(int engine, const char *token, unsigned semaphore) {
  return std::string("sync engine=") + nameOf(static_cast<Engine>(engine)) +
         " " + token + "=" + std::to_string(semaphore) + "\n";
}

static std::vector<Word> semaphoreFault(const Site &site) {
  auto states = statesAt(site);
  unsigned index = site.random.pick(0, kSemaphores - 1);
  const SemaphoreState &state = states[index];
  // LD and ST exist everywhere.
  auto other = [](int engine) {
    return int(engine == int(Engine::Ld) ? Engine::St : Engine::Ld);
  };
  int waits = state.waits >= 0 ? state.waits : int(Engine::Mm);
  int signals = state.signals >= 0 ? state.signals : int(Engine::Mm);
  std::string text;
  switch (site.random.pick(0, 3)) {
  case 0: // A wait on zero.
    for (unsigned i = 0; i <= state.tokens; ++i)
      text += sync(waits, "wait1", index);
    break;
  case 1: // A 16th token.
    for (unsigned i = state.tokens; i <= kMaxTokens; ++i)
      text += sync(signals, "signal0", index);
    break;
  case 2: // A second engine that signals.
    if (state.tokens == kMaxTokens)
      text += sync(waits, "wait0", index);
    if (state.signals < 0)
      text += sync(signals, "signal0", index);
    text += sync(other(signals), "signal1", index);
    break;
  default: // A second engine that waits.
    if (state.tokens == 0)
      text += sync(signals, "signal0", index);
    if (state.tokens < kMaxTokens)
      text += sync(signals, "signal1", index);
    text += sync(waits, "wait0", index) + sync(other(waits), "wait0", index);
  }
  return words(text);
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

static const struct {
  Fault fault;
  std::vector<Word> (*make)(const Site &site);
} kIllegal[] = {
    {Fault::Opcode, unknownOpcode},     {Fault::Opcode, unknownSetting},
    {Fault::Field, illegalBits},        {Fault::Field, illegalCombination},
    {Fault::Extent, outsideChip},       {Fault::Extent, outsideDram},
    {Fault::Program, writesProgram},    {Fault::Overlap, overlaps},
    {Fault::Semaphore, semaphoreFault},
};

RandomProgram makeIllegalProgram(const Machine &machine, uint64_t seed,
                                 Mix mix) {
  RandomProgram program = makeLegalProgram(machine, seed, mix);
  Randomness random(~seed);
  size_t cut = random.pick(0, program.words.size());
  std::vector<Word> before(program.words.begin(), program.words.begin() + cut);
  const auto &kind = kIllegal[random.pick(0, std::size(kIllegal) - 1)];
  std::vector<Word> inserted =
      kind.make({machine, random, before, program.address,
                 program.words.size() * kInstructionBytes});
  program.fault = kind.fault;
  program.faultIndex = cut + inserted.size() - 1;
  program.words.insert(program.words.begin() + cut, inserted.begin(),
                       inserted.end());
  return program;
}

} // namespace systole::sim
