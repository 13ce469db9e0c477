//===- Pipelines.cpp - The graph compiler's phases ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of all graph passes, and why. Read it from the top: one function
// for each phase, then the list of phases.
//
//===----------------------------------------------------------------------===//

#include "passes/Pipelines/Pipelines.h"
#include "dialects/Common/Plugins.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace systole;
using namespace systole::graph;

/// Rounds of simplification before we take what there is. Each round only
/// learns shapes or removes operations; real models need two or three.
static constexpr int kMaxSimplifyRounds = 8;

/// Constants with more bytes than this are elided in saved phases.
static constexpr int64_t kSavedConstantBytes = 1024;

/// Adds `pass` to `pm`, unless the options leave it out.
static void add(OpPassManager &pm, const GraphPipelineOptions &options,
                std::unique_ptr<Pass> pass) {
  if (!llvm::is_contained(options.without, pass->getArgument()))
    pm.addPass(std::move(pass));
}

//===----------------------------------------------------------------------===//
// Import
//===----------------------------------------------------------------------===//

static void addImportPhase(OpPassManager &pm,
                           const GraphPipelineOptions &options) {
  // Functions of the model (ONNX functions, TensorFlow library functions) are
  // abstractions of its authors: no later pass looks through calls.
  add(pm, options, createInlinerPass());

  // Fetches first, so that nothing is spent on, and no error arises from, parts
  // of the model that nobody asked for.
  GraphPruneOptions prune;
  prune.fetches.assign(options.fetches.begin(), options.fetches.end());
  add(pm, options, createGraphPrune(prune));
}

//===----------------------------------------------------------------------===//
// Simplify
//===----------------------------------------------------------------------===//

/// One round. Shapes, constants and control flow each tell the others more: a
/// known shape folds shape arithmetic, its value decides a branch, the branch
/// taken has a shape. So the round repeats until nothing changes.
static void addSimplifyRound(OpPassManager &pm,
                             const GraphPipelineOptions &options) {
  // State first: what is a value, or a constant, the others understand.
  add(pm, options, createGraphPromoteVariables());
  add(pm, options, createGraphForwardVariables());
  add(pm, options, createGraphFoldVariables());
  add(pm, options, createGraphInferShapes());
  add(pm, options, createGraphFoldShapes());
  add(pm, options, createGraphFoldConstants());
  // The operations' own folds: x * 1, reshapes of reshapes, casts to the same.
  add(pm, options, createCanonicalizerPass());
  add(pm, options, createGraphSimplifyAlgebra({options.reassociate}));
  add(pm, options, createGraphSimplifyReshapes());
  add(pm, options, createGraphSimplifySlices());
  add(pm, options, createGraphFoldPads());
  if (options.reassociate)
    add(pm, options, createGraphRecognizeComposites());
  // Before pruning: a result that is an outside value is not carried out.
  add(pm, options, createGraphHoistInvariants());
  add(pm, options, createGraphPrune());
}

static void addSimplifyRounds(OpPassManager &pm,
                              const GraphPipelineOptions &options) {
  pm.addPass(createCompositeFixedPointPass(
      "graph-simplify",
      [&](OpPassManager &round) { addSimplifyRound(round, options); },
      kMaxSimplifyRounds));
}

static void addSimplifyPhase(OpPassManager &pm,
                             const GraphPipelineOptions &options) {
  // Equal constants (each node of an ONNX file has its own) become one first:
  // the rounds compare the module, and a smaller one compares faster.
  add(pm, options, createGraphEliminateCommonSubexpressions());
  addSimplifyRounds(pm, options);
  add(pm, options, createGraphEliminateCommonSubexpressions());
}

//===----------------------------------------------------------------------===//
// Fold
//===----------------------------------------------------------------------===//

static void addFoldPhase(OpPassManager &pm,
                         const GraphPipelineOptions &options) {
  // Operations of plugins were whole for the plugins' own passes; from here on
  // there is one dialect. What they stand for may fold like everything else.
  add(pm, options, createGraphDecompose());
  if (hasPlugins())
    addSimplifyRounds(pm, options);
  if (!options.reassociate)
    return;
  // NOTE: batch norm must go before bias: what cannot reach a contraction
  // becomes mul and add, and graph-fold-bias tries those again through other
  // operations.
  add(pm, options, createGraphFoldBatchNorm());
  add(pm, options, createGraphFoldBias());
  // The old filters and statistics are dead now.
  add(pm, options, createGraphPrune());
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

static void addLayoutPhase(OpPassManager &pm,
                           const GraphPipelineOptions &options) {
  GraphFoldTransposesOptions transposes;
  transposes.reassociate = options.reassociate;
  // The model's own transposes go first: a pair of them around a convolution
  // (TensorFlow models exported to ONNX) would meet ours in the wrong order.
  add(pm, options, createGraphFoldTransposes(transposes));
  add(pm, options, createGraphChooseLayout({options.channelsLast}));
  add(pm, options, createGraphFoldTransposes(transposes));
  // Reshapes of reshapes, from transposes that moved only dimensions of size 1.
  add(pm, options, createCanonicalizerPass());
  if (options.reassociate) {
    // An addition that a transpose kept from its convolution reaches it now.
    add(pm, options, createGraphFoldBias());
  }
  if (options.byteProducts)
    add(pm, options, createGraphMultiplyBytes());
  // Filters used twice were transposed twice.
  add(pm, options, createGraphEliminateCommonSubexpressions());
  add(pm, options, createGraphPrune());
}

//===----------------------------------------------------------------------===//
// Quantize
//===----------------------------------------------------------------------===//

static void addQuantizePhase(OpPassManager &pm,
                             const GraphPipelineOptions &options) {
  if (!options.quantize)
    return;
  const QuantizePipelineOptions &q = *options.quantize;
  GraphCalibrateOptions calibrate;
  calibrate.ranges = "min-max";
  add(pm, options, createGraphCalibrate(calibrate, q.shared));
  if (q.measureBefore)
    add(pm, options, createGraphMeasureNoise({}, q.shared));
  // The magnitudes of channels are known now. What is scaled loses its ranges.
  add(pm, options, createGraphEqualizeChannels());
  calibrate.ranges = q.ranges;
  calibrate.renew = true;
  add(pm, options, createGraphCalibrate(calibrate, q.shared));
  add(pm, options, createGraphCorrectBias());
  GraphChooseFloatOptions choose;
  choose.target = q.target;
  choose.budget = q.budget;
  add(pm, options, createGraphChooseFloat(choose, q.shared));
  add(pm, options, createGraphQuantize());
  // Filters without their zero points, tables, factors: all are constants.
  addSimplifyRounds(pm, options);
  add(pm, options, createGraphEliminateCommonSubexpressions());
}

//===----------------------------------------------------------------------===//
// Fuse
//===----------------------------------------------------------------------===//

static void addFusePhase(OpPassManager &pm,
                         const GraphPipelineOptions &options) {
  // Groups are opaque to all passes above: nothing of them may run after this.
  if (!options.fuse)
    return;
  // NOTE: last before fusion: any later elimination of common subexpressions
  // would undo it.
  add(pm, options, createGraphRecomputeCheap());
  // First, because the others would take what stands between its products.
  add(pm, options, createGraphFuseAttention());
  // NOTE: rows go first: an element-wise group would take what surrounds a
  // reduction, and leave it alone.
  add(pm, options, createGraphFuseRows());
  add(pm, options, createGraphFuseElementwise());
}

//===----------------------------------------------------------------------===//
// The list of phases
//===----------------------------------------------------------------------===//

static const PhaseInfo kPhases[] = {
    {Phase::Import, "import",
     "The model as imported, calls inlined, without what no fetched result "
     "needs."},
    {Phase::Simplify, "simplify",
     "Shapes are inferred, constants evaluated, equal values computed once."},
    {Phase::Fold, "fold",
     "Batch normalisation and constants for each channel are part of the "
     "weights."},
    {Phase::Layout, "layout",
     "Convolution and pooling have the target's layout, few transposes are "
     "left."},
    {Phase::Quantize, "quantize",
     "Under --quantize: what calibration allows is computed on 8-bit "
     "integers."},
    {Phase::Fuse, "fuse", "Operations that run as one kernel are groups."}};

ArrayRef<PhaseInfo> systole::graphPhases() { return kPhases; }

bool systole::isGraphPhase(StringRef name) {
  return llvm::any_of(kPhases,
                      [&](const PhaseInfo &info) { return info.name == name; });
}

namespace {
/// A pass that a plugin added.
struct AddedPass {
  Phase phase;
  PhaseEdge edge;
  std::function<std::unique_ptr<Pass>()> create;
};
} // namespace

static std::vector<AddedPass> &addedPasses() {
  static std::vector<AddedPass> passes;
  return passes;
}

void systole::addPassToPhase(Phase phase, PhaseEdge edge,
                             std::function<std::unique_ptr<Pass>()> create) {
  addedPasses().push_back({phase, edge, std::move(create)});
}

static void addPluginPasses(OpPassManager &pm, Phase phase, PhaseEdge edge) {
  for (const AddedPass &added : addedPasses())
    if (added.phase == phase && added.edge == edge)
      pm.addPass(added.create());
}

static void addOwnPasses(OpPassManager &pm, Phase phase,
                         const GraphPipelineOptions &options) {
  switch (phase) {
  case Phase::Import:
    return addImportPhase(pm, options);
  case Phase::Simplify:
    return addSimplifyPhase(pm, options);
  case Phase::Fold:
    return addFoldPhase(pm, options);
  case Phase::Layout:
    return addLayoutPhase(pm, options);
  case Phase::Quantize:
    return addQuantizePhase(pm, options);
  case Phase::Fuse:
    return addFusePhase(pm, options);
  }
}

static void addPhase(OpPassManager &pm, Phase phase,
                     const GraphPipelineOptions &options) {
  addPluginPasses(pm, phase, PhaseEdge::Begin);
  addOwnPasses(pm, phase, options);
  addPluginPasses(pm, phase, PhaseEdge::End);
}

/// True for the phase that has nothing to do, unless a plugin has.
static bool isLeftOut(Phase phase, const GraphPipelineOptions &options) {
  return phase == Phase::Quantize && !options.quantize &&
         llvm::none_of(addedPasses(), [](const AddedPass &added) {
           return added.phase == Phase::Quantize;
         });
}

void systole::buildGraphPipeline(OpPassManager &pm,
                                 const GraphPipelineOptions &options,
                                 StringRef stopAfter, PhaseHook hook) {
  unsigned index = 0;
  for (const PhaseInfo &info : kPhases) {
    if (!isLeftOut(info.phase, options)) {
      addPhase(pm, info.phase, options);
      // A phase that loses a name, or breaks the IR, is caught where it did so.
      if (options.verifyNames)
        pm.addPass(createGraphVerifyNames());
      if (hook)
        hook(pm, info, index);
      ++index;
    }
    if (info.name == stopAfter)
      return;
  }
}

unsigned systole::countGraphPhases(const GraphPipelineOptions &options) {
  return llvm::count_if(kPhases, [&](const PhaseInfo &info) {
    return !isLeftOut(info.phase, options);
  });
}

std::vector<std::string> systole::graphPassNames() {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  PassManager pm(&context), round(&context);
  buildGraphPipeline(pm, GraphPipelineOptions());
  addSimplifyRound(round, GraphPipelineOptions());
  std::vector<std::string> names;
  for (OpPassManager *manager : {static_cast<OpPassManager *>(&pm),
                                 static_cast<OpPassManager *>(&round)})
    for (Pass &pass : *manager)
      if (!pass.getArgument().empty() &&
          !llvm::is_contained(names, pass.getArgument()))
        names.push_back(pass.getArgument().str());
  return names;
}

//===----------------------------------------------------------------------===//
// Hooks and registration
//===----------------------------------------------------------------------===//

std::string systole::phaseFileName(StringRef folder, StringRef phase,
                                   unsigned index) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, Twine(index < 10 ? "0" : "") + Twine(index) +
                                    "-" + phase + ".mlir");
  return std::string(path);
}

PhaseHook systole::savePhasesHook(std::string folder) {
  return [folder = std::move(folder)](OpPassManager &pm, const PhaseInfo &phase,
                                      unsigned index) {
    GraphSaveIROptions options;
    options.file = phaseFileName(folder, phase.name, index);
    options.elideBytes = kSavedConstantBytes;
    pm.addPass(createGraphSaveIR(options));
  };
}

namespace {

/// Options of --systole-optimize: GraphPipelineOptions as text.
struct OptimizeOptions : PassPipelineOptions<OptimizeOptions> {
  Option<bool> channelsLast{
      *this, "channels-last",
      llvm::cl::desc("Channels-last convolution and pooling"),
      llvm::cl::init(true)};
  Option<bool> fuse{*this, "fuse", llvm::cl::desc("Form groups"),
                    llvm::cl::init(true)};
  Option<bool> reassociate{*this, "reassociate",
                           llvm::cl::desc("Fold scales into weights"),
                           llvm::cl::init(true)};
  Option<bool> byteProducts{*this, "byte-products",
                            llvm::cl::desc("Multiply bytes"),
                            llvm::cl::init(false)};
  Option<bool> verifyNames{
      *this, "verify-names",
      llvm::cl::desc("Check source names after each phase"),
      llvm::cl::init(true)};
  ListOption<std::string> fetches{
      *this, "fetches", llvm::cl::desc("Results of entry functions to keep")};
  ListOption<std::string> without{
      *this, "without", llvm::cl::desc("Passes to leave out, by their names")};
  Option<std::string> compileTo{
      *this, "compile-to", llvm::cl::desc("Last phase to run; all if empty")};
  Option<std::string> savePhases{
      *this, "save-phases",
      llvm::cl::desc("Folder for the module after each phase")};
};

} // namespace

void systole::registerGraphPipelines() {
  PassPipelineRegistration<OptimizeOptions>(
      "systole-optimize", "All graph phases, from an imported model to groups",
      [](OpPassManager &pm, const OptimizeOptions &given) {
        GraphPipelineOptions options;
        options.channelsLast = given.channelsLast;
        options.fuse = given.fuse;
        options.reassociate = given.reassociate;
        options.byteProducts = given.byteProducts;
        options.verifyNames = given.verifyNames;
        options.fetches.assign(given.fetches.begin(), given.fetches.end());
        options.without.assign(given.without.begin(), given.without.end());
        PhaseHook hook;
        if (!given.savePhases.empty())
          hook = savePhasesHook(given.savePhases);
        buildGraphPipeline(pm, options, given.compileTo, hook);
      });
}
