//===- CpuBackend.cpp - Graphs to machine code ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The backend's phases in order: lower (host code and kernels), llvm (the LLVM
// dialect), then LLVM IR, object code and linking. Outputs are written beside
// their final name and renamed when whole.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/CpuBackend.h"
#include "backends/Common/Linker.h"
#include "backends/Cpu/Codegen.h"
#include "backends/Cpu/HostBuilder.h"
#include "backends/Cpu/LowerModule.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/Extensions/InlinerExtension.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/Analysis/Costs.h"
#include "passes/Pipelines/Pipelines.h"
#include "runtime/src/selftest.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

void systole::cpu::registerDialects(DialectRegistry &registry) {
  registry.insert<graph::GraphDialect, func::FuncDialect, arith::ArithDialect,
                  math::MathDialect, scf::SCFDialect, cf::ControlFlowDialect,
                  vector::VectorDialect, LLVM::LLVMDialect>();
  // The graph pipeline begins by inlining calls.
  func::registerInlinerExtension(registry);
}

//===----------------------------------------------------------------------===//
// Self-test
//===----------------------------------------------------------------------===//

/// Larger models would spend the compile time in the interpreter.
static constexpr int64_t kSelftestMacs = 400'000'000;

/// Runs the interpreter on the seeded input; nothing where it cannot run it.
static std::optional<SelftestRecord> makeSelftest(func::FuncOp entry) {
  int64_t macs = 0;
  entry.walk([&](Operation *op) { macs += graph::countMacs(op).value_or(0); });
  if (macs > kSelftestMacs)
    return std::nullopt;
  SelftestRecord record{1, {}, {}, {}};
  SmallVector<graph::Tensor> inputs;
  for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes())) {
    auto tensor = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape;
    for (int64_t size : tensor.getShape())
      shape.push_back(rt::selftestDim(ShapedType::isDynamic(size) ? -1 : size));
    inputs.emplace_back(tensor.getElementType(), shape);
    rt::selftestFill(record.seed, i, dtypeOf(tensor.getElementType()),
                     inputs.back().data(), inputs.back().size());
  }
  // A random input may be none that the model takes: then there is no
  // self-test.
  ScopedDiagnosticHandler quiet(entry.getContext(),
                                [](Diagnostic &) { return success(); });
  auto outputs = graph::interpret(entry, inputs);
  if (failed(outputs))
    return std::nullopt;
  for (const graph::Tensor &output : *outputs) {
    auto statistics = rt::selftestStatistics(dtypeOf(output.getElementType()),
                                             output.data(), output.size());
    if (!std::isfinite(statistics.absMax) ||
        !std::isfinite(statistics.checksum))
      return std::nullopt;
    record.mean.push_back(statistics.mean);
    record.absMax.push_back(statistics.absMax);
    record.checksum.push_back(statistics.checksum);
  }
  return record;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {
/// Files that appear under their names when all are whole, or not at all.
class OutputFiles {
public:
  ~OutputFiles() {
    for (auto &[temporary, final] : files)
      llvm::sys::fs::remove(temporary);
  }
  /// A temporary path beside `path`; `path` itself where that is a device or a
  /// pipe, which are written to and never replaced.
  std::string add(llvm::StringRef path) {
    if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path))
      return path.str();
    std::string temporary = (path + ".part").str();
    files.push_back({temporary, path.str()});
    return temporary;
  }
  /// There is nothing to write at `path` after all.
  void drop(llvm::StringRef path) {
    llvm::erase_if(files, [&](auto &file) {
      return file.second == path && (llvm::sys::fs::remove(file.first), true);
    });
  }
  LogicalResult commit(std::string &message) {
    for (auto &[temporary, final] : files)
      if (std::error_code error = llvm::sys::fs::rename(temporary, final)) {
        message = "cannot write '" + final + "': " + error.message();
        return failure();
      }
    files.clear();
    return success();
  }

private:
  std::vector<std::pair<std::string, std::string>> files;
};
} // namespace

static LogicalResult writeBytes(llvm::StringRef path, llvm::StringRef bytes,
                                std::string &message) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error, llvm::sys::fs::OF_None);
  if (!error) {
    file << bytes;
    file.close();
    error = file.error();
    file.clear_error();
  }
  if (!error)
    return success();
  message = "cannot write '" + path.str() + "': " + error.message();
  return failure();
}

/// A temporary object file in the system's folder, removed at the end.
static LogicalResult linkThrough(llvm::Module &module,
                                 const TargetModel &target,
                                 const CompileOptions &options, Emit emit,
                                 llvm::StringRef output, std::string &message) {
  llvm::SmallString<128> object;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("systole", "o", object)) {
    message = "cannot make a temporary file: " + error.message();
    return failure();
  }
  llvm::FileRemover remover(object);
  if (failed(emitFile(module, target, /*assembly=*/false, object, message)))
    return failure();
  LinkOptions link;
  link.arch = target.getArch().str();
  link.threads = options.threads != 1;
  link.dynamic = options.dynamicLink;
  std::string path(object);
  llvm::Error error = emit == Emit::Exe ? linkExecutable(path, output, link)
                                        : linkSharedModule(path, output, link);
  if (!error)
    return success();
  message = llvm::toString(std::move(error));
  return failure();
}

static LogicalResult writeOutput(llvm::Module &module,
                                 const TargetModel &target,
                                 const CompileOptions &options,
                                 const ModelDescription &model, Emit emit,
                                 llvm::StringRef output, OutputFiles &files,
                                 std::string &message) {
  switch (emit) {
  case Emit::Exe:
  case Emit::Module:
    if (failed(linkThrough(module, target, options, emit, files.add(output),
                           message)))
      return failure();
    break;
  case Emit::Obj: {
    // OUT names both files, with or without its own ".o".
    llvm::StringRef stem =
        output.ends_with(".o") ? output.drop_back(2) : output;
    if (failed(emitFile(module, target, false, files.add((stem + ".o").str()),
                        message)) ||
        failed(writeBytes(files.add((stem + ".h").str()),
                          makeHeader(model, options), message)))
      return failure();
    break;
  }
  case Emit::Asm:
    if (failed(emitFile(module, target, true, files.add(output), message)))
      return failure();
    break;
  case Emit::Mlir:
    llvm_unreachable("text is written before code generation");
  }
  return files.commit(message);
}

static LogicalResult writeText(ModuleOp module, llvm::StringRef output,
                               std::string &message) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, OpPrintingFlags().enableDebugInfo());
  if (output == "-") {
    llvm::outs() << text << "\n";
    return success();
  }
  OutputFiles files;
  if (failed(writeBytes(files.add(output), text + "\n", message)))
    return failure();
  return files.commit(message);
}

//===----------------------------------------------------------------------===//
// The backend as one function
//===----------------------------------------------------------------------===//

static LogicalResult compileWithMessage(ModuleOp module,
                                        const CompileOptions &options,
                                        Emit emit, llvm::StringRef output,
                                        std::string &message) {
  MLIRContext *context = module.getContext();
  DialectRegistry registry;
  registerDialects(registry);
  context->appendDialectRegistry(registry);
  context->loadAllAvailableDialects();
  auto target = TargetModel::create(options.cpu, options.triple, message);
  if (failed(target))
    return failure();
  auto finished = [&](llvm::StringRef phase, ModuleOp current) {
    if (options.onPhase)
      options.onPhase(phase, current);
    return emit == Emit::Mlir &&
           (options.stopAfter == phase ||
            (options.stopAfter.empty() && phase == "llvm"));
  };

  OwningOpRef<ModuleOp> lowered(ModuleOp::create(UnknownLoc::get(context)));
  ModelDescription model;
  OutputFiles files;
  std::string weightsPath = (output + ".weights").str();
  if (!options.embedWeights && emit != Emit::Mlir)
    model.weights.streamTo(files.add(weightsPath));
  if (failed(lowerModule(module, options, emit, *target, *lowered, model)))
    return failure();
  if (failed(verify(*lowered)))
    return failure();
  if (finished("lower", *lowered))
    return writeText(*lowered, output, message);
  if (failed(convertToLlvmDialect(*lowered)))
    return failure();
  if (finished("llvm", *lowered))
    return writeText(*lowered, output, message);

  if (!options.embedWeights) {
    if (failed(model.weights.finish(message)))
      return failure();
    if (!model.weights.empty())
      model.weightsFile = llvm::sys::path::filename(weightsPath).str();
    else
      files.drop(weightsPath);
  }
  if (emit == Emit::Exe)
    model.selftest = makeSelftest(model.entries.front().graph);
  llvm::LLVMContext llvmContext;
  auto code = translateToLlvm(*lowered, *target, options, model, llvmContext);
  lowered = {};
  if (!code) {
    message = "the lowered program has no LLVM form; please report this model";
    return failure();
  }
  return writeOutput(*code, *target, options, model, emit, output, files,
                     message);
}

void systole::cpu::adjustGraphPhases(const CompileOptions &options,
                                     GraphPipelineOptions &phases) {
  std::string message;
  auto target = TargetModel::create(options.cpu, options.triple, message);
  phases.byteProducts = succeeded(target) && target->multipliesBytes();
}

LogicalResult systole::cpu::compile(ModuleOp module,
                                    const CompileOptions &options, Emit emit,
                                    llvm::StringRef output) {
  std::string message;
  if (succeeded(compileWithMessage(module, options, emit, output, message)))
    return success();
  if (!message.empty())
    emitError(UnknownLoc::get(module.getContext())) << message;
  return failure();
}

LogicalResult systole::cpu::compileToModule(ModuleOp module,
                                            const CompileOptions &options,
                                            llvm::StringRef output) {
  return compile(module, options, Emit::Module, output);
}
