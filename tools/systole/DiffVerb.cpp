//===- DiffVerb.cpp - systole diff ----------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Holds engines of the matrix unit against each other: on an image with its
// inputs, or on random programs. Status 1 if they differ.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Campaign.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Host.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/DiffReport.h"
#include "tools/systole/ImageEngine.h"
#include "tools/systole/SimProgram.h"
#include "tools/systole/Verbs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// What the command line says, checked.
struct DiffOptions {
  const Arguments *arguments = nullptr;
  std::vector<const mxu::EngineInfo *> engines;
  /// 0: an image.
  int64_t programs = 0;
  int64_t seed = 1;
};

/// The engines of a comparison, open.
struct OpenEngines {
  std::vector<std::unique_ptr<sim::Device>> devices;
  std::vector<sim::NamedDevice> named;
};
} // namespace

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// What is wrong with the name of a working instruction, if anything is.
static std::optional<std::string> problemOfMnemonic(StringRef name) {
  std::string all;
  for (unsigned i = 0; i < isa::kFormatCount; ++i) {
    const isa::FormatInfo &info = isa::infoOf(isa::Format(i));
    if (info.isSetting())
      continue;
    if (name == info.mnemonic)
      return std::nullopt;
    all += (all.empty() ? "" : ", ") + std::string(info.mnemonic);
  }
  return ("there is no working instruction '" + name + "', but " + all).str();
}

static std::optional<DiffOptions> parseOptions(const Arguments &arguments) {
  DiffOptions options;
  options.arguments = &arguments;
  SmallVector<std::string> names = arguments.list("--engines");
  if (names.empty())
    names = {"functional", "rtl"};
  for (const std::string &name : names) {
    const mxu::EngineInfo *engine = mxu::findEngine(name);
    std::string all;
    for (const mxu::EngineInfo &one : mxu::engines())
      all += (all.empty() ? "" : ", ") + std::string(one.name);
    if (!engine)
      return usageError(arguments, "there is no engine '" + name + "'",
                        "one of " + all),
             std::nullopt;
    if (is_contained(options.engines, engine))
      return usageError(arguments, "engine '" + name + "' is there twice"),
             std::nullopt;
    options.engines.push_back(engine);
  }
  if (options.engines.size() < 2)
    return usageError(arguments, "--engines wants two or more"), std::nullopt;
  for (const std::string &name : arguments.list("--only"))
    if (std::optional<std::string> problem = problemOfMnemonic(name))
      return usageError(arguments, *problem), std::nullopt;
  if (arguments.has("--random"))
    for (StringRef other : {"--input", "--poison"})
      if (arguments.has(other))
        return usageError(arguments, other + " belongs to an image"),
               std::nullopt;
  constexpr int64_t most = INT64_MAX / 2;
  auto programs = parseInteger(arguments, "--random", 0, 1, most);
  auto seed = parseInteger(arguments, "--seed", 1, 0, most);
  if (!programs || !seed)
    return std::nullopt;
  options.programs = *programs;
  options.seed = *seed;
  return options;
}

/// Opens all engines; a message and nullopt if one cannot be had.
static std::optional<OpenEngines> openAll(const DiffOptions &options,
                                          const sim::Machine &machine) {
  OpenEngines result;
  for (const mxu::EngineInfo *engine : options.engines) {
    result.devices.push_back(
        openEngine(*engine, machine, engineOptions(*options.arguments)));
    if (!result.devices.back())
      return std::nullopt;
    result.named.push_back({engine->name, result.devices.back().get()});
  }
  return result;
}

/// The command that shows this again.
static std::string commandFor(const DiffOptions &options, const Twine &subject,
                              uint64_t seed) {
  std::string engines;
  for (const mxu::EngineInfo *engine : options.engines)
    engines += (engines.empty() ? "" : ",") + std::string(engine->name);
  std::string text = ("systole diff " + subject + " --seed=" + Twine(seed) +
                      " --engines=" + engines)
                         .str();
  for (StringRef option : {"--machine", "--what-if", "--input", "--only"})
    for (const std::string &value : options.arguments->all(option))
      text += " " + option.str() + "=" + value;
  if (options.arguments->has("--poison"))
    text += " --poison";
  return text;
}

//===----------------------------------------------------------------------===//
// Waveforms
//===----------------------------------------------------------------------===//

/// Cycles shown before and behind an instruction.
static constexpr uint64_t kMargin = 100;

/// The cycles around an instruction as an engine's record has it.
static mxu::Wave windowAround(const sim::RunRecord &record, uint64_t index,
                              StringRef path) {
  mxu::Wave wave{path.str()};
  for (const sim::InstructionTimes &one : record.times)
    if (one.index == index) {
      wave.first = one.start - std::min(one.start, kMargin);
      wave.last = one.retire + kMargin;
    }
  return wave;
}

/// Runs the workload again on the engine that has signals, and writes those
/// around the divergence. False after a message.
static bool writeWave(const DiffOptions &options, const sim::Machine &machine,
                      const sim::Workload &workload,
                      const sim::Divergence &divergence) {
  StringRef path = options.arguments->get("--wave");
  auto engine = find_if(options.engines, [](const mxu::EngineInfo *one) {
    return one->hasWaves;
  });
  if (path.empty() || engine == options.engines.end())
    return true;
  mxu::EngineOptions opening = engineOptions(*options.arguments);
  opening.wave = mxu::Wave{path.str()};
  for (bool isWindow : {false, true}) {
    // First to know when, then to see it.
    if (!isWindow && !divergence.instruction)
      continue;
    if (!isWindow)
      opening.wave.reset();
    std::unique_ptr<sim::Device> device =
        openEngine(**engine, machine, opening);
    if (!device)
      return false;
    workload.prepare(*device, engine - options.engines.begin());
    device->run(workload.address, workload.count);
    if (const sim::RunRecord *record = mxu::recordOf(*device);
        record && divergence.instruction && !isWindow)
      opening.wave = windowAround(*record, *divergence.instruction, path);
  }
  printNote("the signals around it are in '" + path + "'");
  return true;
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

namespace {
/// Runs an image on all engines.
class DiffEngine final : public ImageEngine {
public:
  DiffEngine(const DiffOptions &options, const SimProgram &program,
             OpenEngines &engines)
      : ImageEngine(program.image), options(options), program(program),
        devices(engines.devices), comparison(engines.named) {}

protected:
  bool runAll(const rt::Tensor *inputs) override;

private:
  sim::Workload workloadOn(const rt::Tensor *inputs);
  bool reportAll(const sim::Workload &workload,
                 const std::vector<sim::Divergence> &found);

  const DiffOptions &options;
  const SimProgram &program;
  std::vector<std::unique_ptr<sim::Device>> &devices;
  sim::Comparison comparison;
};
} // namespace

sim::Workload DiffEngine::workloadOn(const rt::Tensor *inputs) {
  bool poison = options.arguments->has("--poison");
  sim::Workload workload{image.programAddress, image.program.size(),
                         [=](sim::Device &device, size_t engine) {
                           device.reset(options.seed + (poison ? engine : 0));
                           load(device, inputs);
                         }};
  if (poison)
    for (const isa::Tensor *tensor : outputTensors)
      workload.outputs.push_back({tensor->address, tensor->bytes()});
  return workload;
}

bool DiffEngine::reportAll(const sim::Workload &workload,
                           const std::vector<sim::Divergence> &found) {
  for (const sim::Divergence &one : found) {
    sim::Divergence located = comparison.locate(workload, one);
    report(describe(located, image.program, &image));
    printHelp(
        commandFor(options, options.arguments->positional(), options.seed));
    if (!writeWave(options, program.machine, workload, located))
      return false;
  }
  return found.empty();
}

bool DiffEngine::runAll(const rt::Tensor *inputs) {
  Progress progress;
  progress.step("comparing engines");
  sim::Workload workload = workloadOn(inputs);
  std::vector<sim::Divergence> found = comparison.run(workload);
  if (!reportAll(workload, found))
    return false;
  results = outputsOf(*devices[0]);
  if (const sim::Outcome &outcome = comparison.outcome(); !outcome.isDone())
    printWarning("all engines stop with fault '" +
                 Twine(isa::nameOf(outcome.fault)) + "' at instruction " +
                 Twine(outcome.index) + ": " + outcome.message);
  return true;
}

static ExitStatus diffImage(const DiffOptions &options) {
  std::optional<SimProgram> program = readSimProgram(*options.arguments);
  if (!program)
    return kFailure;
  std::optional<OpenEngines> engines = openAll(options, program->machine);
  if (!engines)
    return kFailure;
  DiffEngine engine(options, *program, *engines);
  rt::RunResult result;
  RunFiles files;
  files.inputs = options.arguments->all("--input");
  if (!runOnFiles(engine, files, result))
    return kFailure;
  outs() << "1 program, 0 differences\n";
  return kSuccess;
}

//===----------------------------------------------------------------------===//
// Random programs
//===----------------------------------------------------------------------===//

/// Shows the first divergence; false after a message.
static bool reportFailure(const DiffOptions &options,
                          const sim::Machine &machine,
                          sim::DiffCampaign &campaign) {
  sim::DiffCampaign::Failure failure = *campaign.failure();
  if (!options.arguments->has("--no-shrink"))
    failure = campaign.shrunk(failure);
  printError("seed " + Twine(failure.seed) + ": " +
             describe(failure.divergence, failure.program.words));
  printHelp(commandFor(options, "--random=1", failure.seed));
  std::string text = sim::listing(failure.program.words);
  outs() << "; " << failure.program.words.size()
         << " instructions that differ:\n"
         << text;
  if (options.arguments->has("-o") &&
      !writeText(options.arguments->get("-o"),
                 [&](raw_ostream &os) { os << text; }))
    return false;
  return writeWave(options, machine,
                   sim::DiffCampaign::workloadOf(failure.program, failure.seed),
                   failure.divergence);
}

static ExitStatus diffRandom(const DiffOptions &options) {
  std::optional<sim::Machine> machine =
      chooseMachine(*options.arguments, /*fallback=*/"");
  if (!machine)
    return kFailure;
  std::optional<OpenEngines> engines = openAll(options, *machine);
  if (!engines)
    return kFailure;
  SmallVector<std::string> only = options.arguments->list("--only");
  sim::DiffCampaign campaign(*machine, engines->named,
                             {only.begin(), only.end()});
  {
    Progress progress;
    for (int64_t i = 0; i < options.programs; ++i) {
      if (progress.isEnabled())
        progress.step("program " + Twine(i + 1) + " of " +
                      Twine(options.programs));
      campaign.add(options.seed + i);
    }
  }
  bool isShown =
      !campaign.failure() || reportFailure(options, *machine, campaign);
  printCampaign(campaign, outs());
  return isShown && !campaign.failure() ? kSuccess : kFailure;
}

ExitStatus systole::driver::diffVerb(const Arguments &arguments) {
  std::optional<DiffOptions> options = parseOptions(arguments);
  if (!options)
    return kUsage;
  return options->programs > 0 ? diffRandom(*options) : diffImage(*options);
}
