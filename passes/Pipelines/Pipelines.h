//===- Pipelines.h - The graph compiler's phases ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What happens to a graph between the importer and a backend, as named phases.
// The names are those of --compile-to and of the files that --save-phases
// writes; help texts, hooks and documentation all read them from graphPhases().
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_PIPELINES_PIPELINES_H
#define SYSTOLE_PASSES_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "passes/Transforms/Quantize/Context.h"
#include <functional>
#include <string>
#include <vector>

namespace systole {

/// The phases of the graph compiler, in order. A backend's own phases follow.
enum class Phase { Import, Simplify, Fold, Layout, Quantize, Fuse };

/// A phase as users see it.
struct PhaseInfo {
  Phase phase;
  /// Name on the command line and in file names: lower case, one word.
  llvm::StringRef name;
  /// One sentence: what is true of the graph after it.
  llvm::StringRef description;
};

/// All graph phases in order.
llvm::ArrayRef<PhaseInfo> graphPhases();

/// How to quantise after training. Its phase does nothing without.
struct QuantizePipelineOptions {
  /// Examples, and the report to fill.
  graph::SharedQuantize shared;
  /// See graph-calibrate and graph-choose-float.
  std::string ranges = "mean-square";
  double target = 25, budget = 10;
  /// Measure the plainest form, too, for the report's "before".
  bool measureBefore = false;
};

/// What a target or a user wants of the graph phases.
struct GraphPipelineOptions {
  /// Convolution and pooling as n01c with 01io filters, else nc01 with oi01.
  bool channelsLast = true;
  /// Form groups. Without, every operation is a kernel of its own.
  bool fuse = true;
  /// Fold scales into weights: results differ by rounding (--precision=fast).
  /// False keeps every floating-point operation as the model has it.
  bool reassociate = true;
  /// Multiply bytes where sums of 16-bit products come from them: for machines
  /// that are faster at it.
  bool byteProducts = false;
  /// Check after each phase that operations still name their source nodes.
  bool verifyNames = true;
  /// Results of entry functions to keep, by graph.name; all if empty.
  std::vector<std::string> fetches;
  /// Passes to leave out, by their names on the command line: to see what one
  /// is good for.
  std::vector<std::string> without;
  /// Null: floats stay floats.
  std::shared_ptr<const QuantizePipelineOptions> quantize;
};

/// Called when the passes of a phase are in the pipeline, to add more after it
/// (save, print). `index` counts from 0.
using PhaseHook = std::function<void(mlir::OpPassManager &pm,
                                     const PhaseInfo &phase, unsigned index)>;

/// A hook that writes the module to DIR/NN-phase.mlir after each phase.
/// Constants larger than 1 kB are elided. `firstIndex` numbers the first graph
/// phase.
PhaseHook savePhasesHook(std::string folder);
/// The path that `savePhasesHook` and backends use for phase number `index`.
std::string phaseFileName(llvm::StringRef folder, llvm::StringRef phase,
                          unsigned index);

/// Appends the graph phases to `pm`, a pass manager on modules. `stopAfter` is
/// the name of the last phase to run, or empty for all; other names (a
/// backend's phases) also mean all.
void buildGraphPipeline(mlir::OpPassManager &pm,
                        const GraphPipelineOptions &options,
                        llvm::StringRef stopAfter = "", PhaseHook hook = {});

/// Where in a phase an added pass runs.
enum class PhaseEdge { Begin, End };

/// Makes every graph pipeline built from now on run a pass of a plugin in
/// `phase`; passes added to one edge run in the order of their addition.
void addPassToPhase(Phase phase, PhaseEdge edge,
                    std::function<std::unique_ptr<mlir::Pass>()> create);

/// How many phases buildGraphPipeline has under these options: Quantize is left
/// out where nothing is quantised.
unsigned countGraphPhases(const GraphPipelineOptions &options);

/// True if `name` is a graph phase.
bool isGraphPhase(llvm::StringRef name);

/// The names of all passes that the graph phases run, those inside the simplify
/// phase's fixed point included.
std::vector<std::string> graphPassNames();

/// Registers --systole-optimize: the graph phases, with the options above and
/// `compile-to`, `save-phases`.
void registerGraphPipelines();

} // namespace systole

#endif // SYSTOLE_PASSES_PIPELINES_PIPELINES_H
