//===- PropertyMain.cpp - Interpreter equals CPU, on random samples -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole-property [--seed=N] [--count=N] [--op=NAME] [--verbose]
//
// For every operation of the graph dialect, `count` random samples: evaluated
// by the interpreter and by compiled code, and compared by the table in
// Compare.cpp. Where the interpreter reports a run-time error, so must the
// compiled code. Samples are compiled many to a module, because most of the
// time goes there.
//
//===----------------------------------------------------------------------===//

#include "Compare.h"
#include "CpuModule.h"
#include "backends/Cpu/CpuBackend.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "dialects/Graph/Interpreter/State.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/xxhash.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace systole;
using namespace systole::property;

static llvm::cl::opt<uint64_t>
    seedOption("seed", llvm::cl::init(1),
               llvm::cl::desc("Seed of the first sample of each operation"));
static llvm::cl::opt<int64_t>
    countOption("count", llvm::cl::init(10),
                llvm::cl::desc("Samples for each operation"));
static llvm::cl::opt<std::string>
    opOption("op", llvm::cl::desc("Only operations that fit, e.g. conv, "
                                  "string_*"));
static llvm::cl::opt<std::string>
    cpuOption("cpu", llvm::cl::desc("What to compile for; default this CPU"));
static llvm::cl::opt<bool> verboseOption("verbose",
                                         llvm::cl::desc("Print every sample"));
static llvm::cl::opt<int64_t>
    batchOption("batch", llvm::cl::init(40),
                llvm::cl::desc("Samples compiled together"));

namespace {
/// What a child process that compiles and runs a batch tells its parent.
struct Shared {
  /// Samples of the batch that differ.
  int64_t failures;
  /// The sample that runs now, for the parent if the child crashes.
  int64_t current;
};
} // namespace

namespace {
/// A sample and what the interpreter made of it.
struct Trial {
  Sample sample;
  uint64_t seed;
  std::string name;
  SmallVector<Tensor> arguments;
  /// Empty if the interpreter reported an error.
  std::optional<SmallVector<Tensor>> expected;
  /// What a second run gives where the first left values in variables.
  std::optional<SmallVector<Tensor>> expectedAgain;
};

/// The whole run.
class Property {
public:
  explicit Property(MLIRContext *context);

  /// Makes a sample of `op` and adds it to the batch.
  void add(StringRef op, const Generator &generator, uint64_t seed);
  /// Compiles and compares what is in the batch.
  void flush();

  int64_t numSamples = 0, numErrors = 0, numFailures = 0;

private:
  /// Compiles and runs trials [first, last) in a process of their own, for
  /// compiled code that is wrong may crash. Returns the trial after the last
  /// one that was dealt with.
  size_t runApart(size_t first, size_t last);
  /// Fails only where trials cannot be compiled together.
  LogicalResult runTogether(size_t first, size_t last);
  void check(CpuModule &compiled, const Trial &trial);
  void fail(const Trial &trial, const Twine &what);

  MLIRContext *context;
  OwningOpRef<ModuleOp> module;
  std::vector<Trial> trials;
  Shared *shared;
};
} // namespace

Property::Property(MLIRContext *context) : context(context) {
  shared = static_cast<Shared *>(mmap(nullptr, sizeof(Shared),
                                      PROT_READ | PROT_WRITE,
                                      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

void Property::fail(const Trial &trial, const Twine &what) {
  ++numFailures;
  StringRef op = StringRef(trial.sample.op).drop_front(strlen("graph."));
  llvm::errs() << "FAIL " << trial.name << ": " << what << "\n  "
               << trial.sample.op << " {" << trial.sample.attributes << "}";
  for (const Operand &operand : trial.sample.operands)
    llvm::errs() << " " << operand.tensor.getType();
  llvm::errs() << "\n  again: systole-property --op=" << op
               << " --seed=" << trial.seed << " --count=1\n";
}

void Property::add(StringRef op, const Generator &generator, uint64_t seed) {
  if (!module)
    module = ModuleOp::create(UnknownLoc::get(context));
  // Each sample has a seed of its own, so that it can be made again alone.
  Random random(seed * 1000003 + llvm::xxh3_64bits(op), context);
  Trial trial;
  trial.sample = generator(random);
  if (random.oneIn(8))
    makeHostile(trial.sample, random);
  trial.seed = seed;
  trial.name = (op.drop_front(strlen("graph.")) + "_" + Twine(seed)).str();
  auto arguments = addFunction(*module, trial.name, trial.sample, random);
  ++numSamples;
  if (failed(arguments))
    return fail(trial, "the generator made an invalid operation");
  trial.arguments = *arguments;
  auto function = module->lookupSymbol<func::FuncOp>(trial.name);
  {
    ScopedDiagnosticHandler quiet(context, [](Diagnostic &) {});
    auto state = graph::State::begin(*module);
    graph::InterpreterOptions options;
    options.state = &*state;
    auto results = graph::interpret(function, trial.arguments, options);
    if (succeeded(results))
      trial.expected = *results;
    bool hasState = StringRef(trial.sample.function).contains("graph.variable");
    if (trial.expected && hasState)
      trial.expectedAgain =
          *graph::interpret(function, trial.arguments, options);
  }
  numErrors += !trial.expected;
  if (verboseOption)
    llvm::errs() << function << "\n";
  trials.push_back(std::move(trial));
  if (static_cast<int64_t>(trials.size()) >= batchOption)
    flush();
}

void Property::check(CpuModule &compiled, const Trial &trial) {
  auto function = module->lookupSymbol<func::FuncOp>(trial.name);
  for (const auto *expected : {&trial.expected, &trial.expectedAgain}) {
    if (expected == &trial.expectedAgain && !*expected)
      return;
    std::string message;
    auto found = compiled.run(trial.name, trial.arguments,
                              function.getResultTypes(), message);
    if (!*expected) {
      if (found)
        fail(trial, "the interpreter reports an error, the CPU does not");
      return;
    }
    if (!found)
      return fail(trial, "the CPU reports: " + message);
    for (auto [wanted, result] : llvm::zip_equal(**expected, *found)) {
      std::string difference = compare(trial.sample, wanted, result);
      if (!difference.empty())
        return fail(trial, difference);
    }
  }
}

LogicalResult Property::runTogether(size_t first, size_t last) {
  OwningOpRef<ModuleOp> part = ModuleOp::create(UnknownLoc::get(context));
  for (auto variable : module->getOps<graph::VariableOp>())
    part->push_back(variable.clone());
  for (size_t i = first; i < last; ++i)
    part->push_back(module->lookupSymbol<func::FuncOp>(trials[i].name).clone());
  bool alone = last - first == 1;
  ScopedDiagnosticHandler quiet(context,
                                [&](Diagnostic &) { return success(!alone); });
  CpuModule compiled;
  // Every other batch with threads.
  if (failed(compiled.compile(*part, trials[first].seed % 2, cpuOption))) {
    if (alone)
      fail(trials[first], "does not compile");
    return success(alone);
  }
  for (size_t i = first; i < last; ++i) {
    shared->current = static_cast<int64_t>(i);
    check(compiled, trials[i]);
  }
  return success();
}

size_t Property::runApart(size_t first, size_t last) {
  shared->failures = 0;
  shared->current = -1;
  pid_t child = fork();
  if (child == 0) {
    numFailures = 0;
    LogicalResult done = runTogether(first, last);
    shared->failures = numFailures;
    _exit(succeeded(done) ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  numFailures += shared->failures;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return last;
  if (last - first > 1 && shared->current < 0) {
    // One of them keeps the others from being compiled: each half by itself.
    size_t middle = first + (last - first) / 2;
    for (size_t next = first; next < middle;)
      next = runApart(next, middle);
    return middle;
  }
  size_t crashed = shared->current < 0 ? first : shared->current;
  fail(trials[crashed], "crashes");
  return crashed + 1;
}

void Property::flush() {
  for (size_t next = 0; next < trials.size();)
    next = runApart(next, trials.size());
  trials.clear();
  module = nullptr;
}

/// Every operation that the dialect has must have a generator.
static int64_t checkTable(MLIRContext &context) {
  int64_t missing = 0;
  for (RegisteredOperationName name :
       context.getRegisteredOperationsByDialect("graph")) {
    if (generators().count(name.getStringRef().str()))
      continue;
    llvm::errs() << "FAIL " << name.getStringRef()
                 << " has no generator in test/property\n";
    ++missing;
  }
  return missing;
}

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(
      argc, argv, "Compares compiled code with the interpreter\n");
  DialectRegistry registry;
  cpu::registerDialects(registry);
  registry.insert<graph::GraphDialect, func::FuncDialect>();
  // No threads of ours: batches are run in forked processes.
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  Property property(&context);
  int64_t missing = checkTable(context);
  std::optional<llvm::GlobPattern> pattern;
  if (!opOption.empty()) {
    auto parsed = llvm::GlobPattern::create(opOption, 16);
    if (!parsed) {
      llvm::errs() << "error: --op=" << opOption << ": "
                   << toString(parsed.takeError()) << "\n";
      return 2;
    }
    pattern = std::move(*parsed);
  }
  for (const auto &[op, generator] : generators()) {
    if (pattern && !pattern->match(StringRef(op).drop_front(strlen("graph."))))
      continue;
    for (int64_t i = 0; i < countOption; ++i)
      property.add(op, generator, seedOption + static_cast<uint64_t>(i));
  }
  property.flush();
  llvm::outs() << property.numSamples << " samples (" << property.numErrors
               << " run-time errors), " << property.numFailures
               << " differences\n";
  return property.numFailures || missing || !property.numSamples ? 1 : 0;
}
