//===- KernelsTest.cpp - Vector code leaves the plain path's bytes --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random settings and instructions, those that dispatch accepts: every level of
// vector code that this host has must leave every memory as the plain path
// does.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Dispatch.h"
#include "test/unit/hw-sim/SimTesting.h"

using namespace systole::isa;
using namespace systole::sim;

namespace {
/// Random instructions of mm, dw and vx with their settings.
class RandomWork {
public:
  RandomWork(const Machine &machine, uint64_t seed)
      : machine(machine), random(seed), lanes(machine.lanes()) {}

  /// Settings, then one working instruction that they belong to.
  std::vector<Instruction> next();

private:
  void picture(Format pitch, Format window, Format edge, Format ring,
               int64_t units, std::vector<Instruction> &out);
  Stream stream(int64_t rows);
  Rescale rescaling();
  uint32_t multiplier(Rounding rounding);
  void vectorSettings(bool reduces, std::vector<Instruction> &out);
  Instruction matmul(std::vector<Instruction> &out);
  Instruction depthwise(std::vector<Instruction> &out);
  Instruction vector(std::vector<Instruction> &out);

  const Machine &machine;
  Random random;
  int64_t lanes;
  /// Of the picture chosen last: a source that often lies inside.
  int64_t source = 0;
};
} // namespace

template <typename T>
static Instruction make(Format format, T payload) {
  Instruction instruction;
  instruction.format = format;
  instruction.payload = payload;
  return instruction;
}

/// A picture of `units` words or rows.
void RandomWork::picture(Format pitch, Format window, Format edge, Format ring,
                         int64_t units, std::vector<Instruction> &out) {
  Pitch p;
  p.x = int32_t(random.of<int64_t>({1, 1, 1, 2, -1, 0}));
  p.y = int32_t(random.in(-9, 9));
  p.channel = int32_t(random.in(-20, 40));
  Window w;
  bool isPlain = random.oneIn(3);
  w.kernelX = isPlain ? 1 : random.in(1, 3);
  w.kernelY = isPlain ? 1 : random.in(1, 3);
  w.strideX = random.in(1, 2);
  w.strideY = random.in(1, 2);
  w.dilationX = random.in(1, 2);
  w.dilationY = random.in(1, 3);
  w.channels = random.in(1, 2);
  w.edged = random.oneIn(2);
  Edge e;
  e.left = random.in(-1, 2);
  e.right = random.in(2, 8);
  e.top = random.in(-1, 2);
  e.bottom = random.in(2, 8);
  source = random.in(0, units - 1);
  Ring r;
  if (random.oneIn(3)) {
    r.size = uint32_t(random.in(1, units / 2));
    r.limit = uint32_t(std::min(source + random.in(1, 20), units));
  }
  out.push_back(make(pitch, p));
  out.push_back(make(window, w));
  out.push_back(make(edge, e));
  out.push_back(make(ring, r));
}

Stream RandomWork::stream(int64_t rows) {
  Stream work;
  work.source = int32_t(source);
  work.width = random.in(1, 9);
  work.height = random.in(1, 4);
  work.weights = uint32_t(random.in(0, int64_t(machine.weightWords()) / 2));
  work.target = uint32_t(random.in(0, rows / 2));
  work.accumulate = random.oneIn(2);
  work.unsignedInput = random.oneIn(2);
  work.zeroPoint =
      int32_t(work.unsignedInput ? random.in(0, 255) : random.in(-128, 127));
  return work;
}

Instruction RandomWork::matmul(std::vector<Instruction> &out) {
  picture(Format::SetMmPitch, Format::SetMmWindow, Format::SetMmEdge,
          Format::SetMmRing, machine.scratchpadWords(), out);
  ArrayWeights weights;
  weights.columns = random.in(1, 2);
  weights.padK = random.in(0, 1) * random.in(0, lanes - 1);
  weights.padN = random.in(0, 1) * random.in(0, lanes - 1);
  weights.unsignedWeights = random.oneIn(2);
  weights.zeroPoints = random.oneIn(2);
  weights.zeroPointWord = random.in(0, machine.weightWords() - 1);
  out.push_back(make(Format::SetMmWeights, weights));
  return make(Format::Matmul, stream(machine.accumulatorRows()));
}

Instruction RandomWork::depthwise(std::vector<Instruction> &out) {
  picture(Format::SetDwPitch, Format::SetDwWindow, Format::SetDwEdge,
          Format::SetDwRing, machine.scratchpadWords(), out);
  LaneWeights weights;
  weights.padN = random.in(0, 1) * random.in(0, lanes - 1);
  weights.unsignedWeights = random.oneIn(2);
  weights.zeroPoints = random.oneIn(2);
  weights.zeroPointWord = random.in(0, machine.weightWords() - 1);
  out.push_back(make(Format::SetDwWeights, weights));
  return make(Format::Depthwise, stream(machine.depthwiseRows()));
}

uint32_t RandomWork::multiplier(Rounding rounding) {
  if (rounding != Rounding::Float || random.oneIn(20))
    return uint32_t(random.bits());
  // Between 2^-30 and 2.
  return uint32_t(random.in(97, 127) << 23 | random.in(0, 0x7fffff));
}

Rescale RandomWork::rescaling() {
  Rescale to;
  to.rounding = Rounding(random.in(0, 3));
  to.perColumn = random.oneIn(3);
  to.multiplier = multiplier(to.rounding);
  to.shift = int32_t(random.in(-64, 63));
  to.zeroPoint = int32_t(random.in(-200, 200));
  bool isWide = random.oneIn(3);
  to.low = int32_t(isWide ? random.in(-32768, 32767) : -128);
  to.high = int32_t(isWide ? random.in(-32768, 32767) : 127);
  return to;
}

void RandomWork::vectorSettings(bool reduces, std::vector<Instruction> &out) {
  Stages stages;
  stages.source = VectorSource(random.in(0, 4));
  stages.zeroPoint = int32_t(random.in(-300, 300));
  if (!reduces) {
    stages.bias = Bias(random.in(0, 2));
    stages.pool = Pool(random.in(0, 3));
    stages.countOutside = random.oneIn(2);
    stages.combine = Combine(random.in(0, 5));
    stages.lookup = Lookup(random.in(0, 2));
  }
  int64_t units = machine.unitsOf(
      stages.source == VectorSource::Accumulators ? Memory::Accumulators
      : stages.source == VectorSource::Depthwise  ? Memory::Depthwise
                                                  : Memory::Scratchpad);
  picture(Format::SetVxPitch, Format::SetVxWindow, Format::SetVxEdge,
          Format::SetVxRing, units, out);
  Rescale rescale = rescaling(), result = rescaling();
  if (rescale.perColumn)
    result.perColumn = false;
  Target target{int32_t(random.in(-2, 2)), int32_t(random.in(-20, 20)),
                int32_t(random.in(-100, 100)), TargetType(random.in(0, 1))};
  Operand operand;
  operand.x = int32_t(random.in(-2, 2));
  operand.y = int32_t(random.in(-20, 20));
  operand.channel = int32_t(random.in(-100, 100));
  operand.element = stages.combine == Combine::RowMultiply
                        ? OperandType::Row
                        : OperandType(random.in(0, 3));
  operand.zeroPoint = int32_t(random.in(-300, 300));
  Scale scale{multiplier(result.rounding), int32_t(random.in(-64, 63)),
              multiplier(result.rounding), int32_t(random.in(-64, 63)),
              uint8_t(random.in(0, 31))};
  out.push_back(make(Format::SetVxStages, stages));
  out.push_back(make(Format::SetVxRescale, rescale));
  out.push_back(make(Format::SetVxResult, result));
  out.push_back(make(Format::SetVxTarget, target));
  out.push_back(make(Format::SetVxOperand, operand));
  out.push_back(make(Format::SetVxScale, scale));
}

Instruction RandomWork::vector(std::vector<Instruction> &out) {
  LoadTable table;
  table.source = random.in(0, machine.parameterWords() - 1);
  table.entries = TableType(random.in(0, 2));
  int64_t words = machine.scratchpadWords();
  uint32_t target = random.in(0, words - 1);
  uint32_t width = random.in(1, 9), height = random.in(1, 4);
  if (random.oneIn(4))
    return make(Format::LoadTable, table);
  if (random.oneIn(3)) {
    vectorSettings(true, out);
    Reduce work;
    work.source = int32_t(source);
    work.target = target;
    work.width = width;
    work.height = height;
    work.reduction = Reduction(random.in(0, 2));
    work.apply = Apply(random.in(0, 3));
    work.shift = random.in(0, 31);
    work.pad = random.in(0, lanes - 1);
    return make(Format::Reduce, work);
  }
  vectorSettings(false, out);
  Vector work;
  work.source = int32_t(source);
  work.target = target;
  work.operand = random.in(0, words - 1);
  work.parameters = random.in(0, machine.parameterWords() - 1);
  work.width = width;
  work.height = height;
  return make(Format::Vector, work);
}

std::vector<Instruction> RandomWork::next() {
  std::vector<Instruction> out;
  int64_t kind = random.in(0, 4);
  Instruction work = kind == 0   ? matmul(out)
                     : kind == 1 ? depthwise(out)
                                 : vector(out);
  out.push_back(work);
  return out;
}

/// A program of `count` random working instructions, and how often each format
/// is in it.
static std::vector<Word> randomProgram(const Machine &machine, uint64_t seed,
                                       unsigned count,
                                       std::map<Format, unsigned> &formats) {
  RandomWork work(machine, seed);
  std::vector<Word> program;
  while (count > 0) {
    // Each stands by itself, so that one dispatcher answers for it alone.
    Dispatcher dispatcher(machine, kProgramAddress, 0);
    std::vector<Word> words;
    bool isLegal = true;
    Format format = Format::Sync;
    for (const Instruction &instruction : work.next()) {
      Instruction decoded;
      words.push_back(encode(instruction));
      if (isLegal)
        isLegal = !dispatcher.dispatch(words.back(), decoded);
      format = instruction.format;
    }
    if (!isLegal)
      continue;
    program.insert(program.end(), words.begin(), words.end());
    ++formats[format];
    --count;
  }
  return program;
}

TEST(KernelsTest, VectorCodeEqualsThePlainPath) {
  // SYSTOLE_SIM_PROGRAMS: how many for each machine; the nightly run sets it.
  const char *programs = getenv("SYSTOLE_SIM_PROGRAMS");
  std::map<Format, unsigned> formats;
  for (const Machine &machine : testMachines())
    for (int seed = 0; seed < (programs ? atoi(programs) : 2); ++seed) {
      std::vector<Word> program = randomProgram(machine, seed, 60, formats);
      FunctionalDevice plain(machine, seed, plainKernels());
      Outcome outcome = run(plain, program);
      ASSERT_TRUE(outcome.isDone()) << outcome.message;
      for (const Kernels *kernels : supportedKernels()) {
        FunctionalDevice fast(machine, seed, *kernels);
        EXPECT_TRUE(run(fast, program).isDone());
        auto difference = firstDifference(plain.memories(), fast.memories());
        EXPECT_FALSE(difference)
            << kernels->name << ", lanes " << machine.lanes() << ", seed "
            << seed << ": " << difference->text(machine);
      }
    }
  for (Format format : {Format::Matmul, Format::Depthwise, Format::Vector,
                        Format::Reduce, Format::LoadTable})
    EXPECT_GE(formats[format], 20u) << infoOf(format).mnemonic;
}

/// A program with one word of random bits, or with one field changed, does all
/// that comes before the first fault and nothing from it on.
TEST(KernelsTest, FaultsLeaveWhatCameBefore) {
  Random random(7);
  std::map<Format, unsigned> formats;
  std::map<Fault, unsigned> faults;
  for (const Machine &machine : testMachines())
    for (int seed = 0; seed < 8; ++seed) {
      std::vector<Word> program = randomProgram(machine, seed, 12, formats);
      Word &word = program[random.in(0, int64_t(program.size()) - 1)];
      if (random.oneIn(3))
        word = {random.bits(), random.bits()};
      else
        word.setBits(unsigned(random.in(6, 112)), 16, random.bits());
      FunctionalDevice broken(machine, 1), before(machine, 1);
      Outcome outcome = run(broken, program);
      ++faults[outcome.fault];
      // The same bytes in DRAM, a shorter program.
      EXPECT_TRUE(run(before, program, outcome.index).isDone());
      auto difference = firstDifference(broken.memories(), before.memories());
      EXPECT_FALSE(difference)
          << outcome.index << ": " << difference->text(machine);
    }
  EXPECT_GE(faults.size(), 3u);
}
