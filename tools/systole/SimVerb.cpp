//===- SimVerb.cpp - systole sim ------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program on an engine of the matrix unit and reports on the run.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/FunctionalDevice.h"
#include "tools/systole/Compiler.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/ImageEngine.h"
#include "tools/systole/RunReport.h"
#include "tools/systole/SimProgram.h"
#include "tools/systole/SimReport.h"
#include "tools/systole/Verbs.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

namespace {
/// Runs an image on one engine, on fresh memories every time.
class SimEngine final : public ImageEngine {
public:
  /// `poison`: run twice, with other contents in memory that nobody wrote, and
  /// fail if an output depends on it.
  SimEngine(const isa::Image &image, sim::Device &device, bool poison)
      : ImageEngine(image), device(device), poison(poison) {}

  /// What the last run took.
  double seconds = 0;

protected:
  bool runAll(const rt::Tensor *inputs) override;

private:
  bool runOnce(const rt::Tensor *inputs, uint64_t seed);
  bool checkPoison(const std::vector<std::vector<uint8_t>> &others);

  sim::Device &device;
  bool poison;
};
} // namespace

bool SimEngine::runOnce(const rt::Tensor *inputs, uint64_t seed) {
  device.reset(seed);
  Progress progress;
  if (auto *functional = dynamic_cast<sim::FunctionalDevice *>(&device);
      functional && progress.isEnabled())
    functional->observe([&](uint64_t index, const isa::Configuration &,
                            const isa::Instruction &) {
      progress.step("simulating, past instruction " + Twine(index) + " of " +
                    Twine(image.program.size()));
    });
  load(device, inputs);
  auto start = Progress::Clock::now();
  sim::Outcome outcome = device.run(image.programAddress, image.program.size());
  seconds =
      std::chrono::duration<double>(Progress::Clock::now() - start).count();
  if (!outcome.isDone())
    return reportFault(outcome), false;
  results = outputsOf(device);
  return true;
}

bool SimEngine::checkPoison(const std::vector<std::vector<uint8_t>> &others) {
  bool isFine = true;
  for (auto [tensor, one, other] : zip(outputTensors, results, others)) {
    if (one == other)
      continue;
    size_t at = std::mismatch(one.begin(), one.end(), other.begin()).first -
                one.begin();
    report("output '" + Twine(tensor->name) +
           "' depends on memory that nothing has written, from byte " +
           Twine(at) + " on");
    isFine = false;
  }
  return isFine;
}

bool SimEngine::runAll(const rt::Tensor *inputs) {
  constexpr uint64_t kSeed = 1, kOtherSeed = 2;
  std::vector<std::vector<uint8_t>> others;
  if (poison) {
    if (!runOnce(inputs, kOtherSeed))
      return false;
    others = std::move(results);
  }
  return runOnce(inputs, kSeed) && (!poison || checkPoison(others));
}

//===----------------------------------------------------------------------===//
// Reporting
//===----------------------------------------------------------------------===//

using Printer = void (*)(const SimRun &, raw_ostream &);

/// Writes the report, and the files that were asked for.
static bool writeReports(const Arguments &arguments, const SimRun &run) {
  StringRef report = arguments.get("--report", "text");
  Printer printer = report == "json"   ? printSimJson
                    : report == "html" ? printSimPage
                                       : printSimText;
  auto write = [&](StringRef path, Printer print) {
    return writeText(path, [&](raw_ostream &os) { print(run, os); });
  };
  const std::pair<const char *, Printer> files[] = {{"--trace", printSimTrace},
                                                    {"--times", printSimTimes}};
  for (auto [option, print] : files)
    if (arguments.has(option) && !write(arguments.get(option), print))
      return false;
  return write(arguments.get("-o", "-"), printer);
}

static bool simulate(const Arguments &arguments, const SimProgram &program,
                     const mxu::EngineInfo &info,
                     const mxu::EngineOptions &options) {
  std::unique_ptr<sim::Device> device =
      openEngine(info, program.machine, options);
  if (!device)
    return false;
  SimEngine engine(program.image, *device, arguments.has("--poison"));
  rt::RunResult result;
  RunFiles files;
  files.inputs = arguments.all("--input");
  if (!runOnFiles(engine, files, result))
    return false;
  const systole_entry_info &entry = engine.getEntry();
  StringRef folder = arguments.get("--output-dir");
  if (!folder.empty()) {
    rt::Status status = rt::writeOutputs(entry, result, folder.str().c_str());
    if (status.failed())
      return printError(status.message()), false;
  } else if (arguments.get("--report", "text") == "text") {
    // Otherwise standard output holds the report alone.
    printOutputs(entry, result, outs());
  }
  SimRun run(program.machine, program.image, info.name);
  run.seconds = engine.seconds;
  if (const sim::RunRecord *record = mxu::recordOf(*device))
    run.addRecord(*record);
  return writeReports(arguments, run);
}

//===----------------------------------------------------------------------===//
// The verb
//===----------------------------------------------------------------------===//

/// Reads `A:B`; false after a message.
static bool parseWave(const Arguments &arguments, mxu::EngineOptions &options) {
  if (!arguments.has("--wave")) {
    if (!arguments.has("--wave-cycles"))
      return true;
    return usageError(arguments, "--wave-cycles belongs to --wave"), false;
  }
  mxu::Wave wave;
  wave.path = arguments.get("--wave").str();
  if (arguments.has("--wave-cycles")) {
    auto [first, last] = arguments.get("--wave-cycles").split(':');
    if (first.getAsInteger(10, wave.first) ||
        last.getAsInteger(10, wave.last) || wave.first > wave.last)
      return usageError(arguments, "--wave-cycles wants two cycles, A:B, the "
                                   "lower one first"),
             false;
  }
  options.wave = wave;
  return true;
}

/// Refuses what the engine cannot tell; false after a message.
static bool checkEngine(const Arguments &arguments,
                        const mxu::EngineInfo &engine) {
  std::string name = engine.name;
  for (StringRef option : {"--trace", "--times"})
    if (arguments.has(option) && !engine.hasClock)
      return usageError(arguments, option +
                                       " needs an engine with a clock, "
                                       "which " +
                                       name + " is not"),
             false;
  if (arguments.get("--report") == "html" && !engine.hasClock)
    return usageError(arguments, "--report=html needs an engine with a clock, "
                                 "which " +
                                     name + " is not"),
           false;
  if (arguments.has("--wave") && !engine.hasWaves)
    return usageError(arguments, "--wave needs an engine with signals, which " +
                                     name + " is not"),
           false;
  return true;
}

ExitStatus systole::driver::simVerb(const Arguments &arguments) {
  StringRef name = arguments.get("--engine", "functional");
  const mxu::EngineInfo *engine =
      mxu::findEngine(std::string_view(name.data(), name.size()));
  if (!engine)
    return notInThisVersion(arguments, "--engine=" + name);
  mxu::EngineOptions options = engineOptions(arguments);
  if (!parseWave(arguments, options) || !checkEngine(arguments, *engine))
    return kUsage;
  std::optional<SimProgram> program = readSimProgram(arguments);
  return program && simulate(arguments, *program, *engine, options) ? kSuccess
                                                                    : kFailure;
}
