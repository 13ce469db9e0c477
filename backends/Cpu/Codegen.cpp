//===- Codegen.cpp - From lowered modules to object code ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Codegen.h"
#include "dialects/Graph/IR/Quantization.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "runtime/src/abi.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace mlir;
using namespace systole::cpu;

LogicalResult systole::cpu::convertToLlvmDialect(ModuleOp module) {
  PassManager pm(module.getContext(), ModuleOp::getOperationName());
  pm.enableVerifier(false);
  // Loop-invariant index arithmetic leaves the loops before they turn into
  // blocks.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  return pm.run(module);
}

/// Emitted code neither throws nor recurses nor keeps state; kernels stay
/// functions of their own, so that host code stays small and profiles readable.
static void setFunctionAttributes(llvm::Module &module,
                                  const ModelDescription &model) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr(llvm::Attribute::NoUnwind);
    auto isOf = [&](const EntryDescription &entry) {
      return entry.symbol == function.getName() ||
             entry.arenaSizeSymbol == function.getName();
    };
    bool isCalledFromOutside =
        llvm::any_of(model.entries, isOf) ||
        (model.stateBegin && isOf(*model.stateBegin)) ||
        (model.stateBeginSample && isOf(*model.stateBeginSample));
    if (isCalledFromOutside)
      continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.addFnAttr(llvm::Attribute::NoInline);
  }
}

namespace {
/// Writes the descriptor's constants into a module.
struct DescriptorWriter {
  llvm::Module &module;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;

  explicit DescriptorWriter(llvm::Module &module)
      : module(module), context(module.getContext()),
        pointer(llvm::PointerType::getUnqual(context)) {}

  llvm::Constant *u32(uint32_t v) {
    return llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), v);
  }
  llvm::Constant *u64(uint64_t v) {
    return llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), v);
  }
  llvm::Constant *null() { return llvm::ConstantPointerNull::get(pointer); }
  llvm::GlobalVariable *global(llvm::Constant *value, const llvm::Twine &name) {
    auto *variable = new llvm::GlobalVariable(
        module, value->getType(), /*isConstant=*/true,
        llvm::GlobalValue::PrivateLinkage, value, name);
    variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return variable;
  }
  llvm::Constant *text(llvm::StringRef string) {
    auto *variable =
        global(llvm::ConstantDataArray::getString(context, string), "text");
    variable->setAlignment(llvm::Align(1));
    return variable;
  }
  template <typename T>
  llvm::Constant *numbers(llvm::ArrayRef<T> values) {
    return values.empty()
               ? null()
               : global(llvm::ConstantDataArray::get(context, values),
                        "numbers");
  }
  llvm::Constant *record(llvm::ArrayRef<llvm::Constant *> fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }
  llvm::Constant *array(llvm::ArrayRef<llvm::Constant *> elements) {
    if (elements.empty())
      return null();
    auto *type = llvm::ArrayType::get(elements[0]->getType(), elements.size());
    return global(llvm::ConstantArray::get(type, elements), "array");
  }

  llvm::Constant *tensors(func::FuncOp function, bool outputs);
  llvm::Constant *entry(const EntryDescription &entry);
  llvm::Constant *selftest(const ModelDescription &model);
  void write(const TargetModel &target, const CompileOptions &options,
             const ModelDescription &model);
};
} // namespace

llvm::Constant *DescriptorWriter::tensors(func::FuncOp function, bool outputs) {
  std::vector<std::string> names = tensorNames(function, outputs),
                           files = fileNames(names);
  TypeRange types = outputs ? TypeRange(function.getResultTypes())
                            : TypeRange(function.getArgumentTypes());
  llvm::SmallVector<llvm::Constant *> records;
  for (auto [i, type] : llvm::enumerate(types)) {
    auto tensor = cast<RankedTensorType>(type);
    systole::graph::TensorScale scale =
        systole::graph::quantizationOf(function, i, outputs);
    llvm::SmallVector<uint64_t> dims;
    for (int64_t size : tensor.getShape())
      dims.push_back(ShapedType::isDynamic(size) ? uint64_t(-1)
                                                 : uint64_t(size));
    records.push_back(record({text(names[i]), text(files[i]),
                              u32(dtypeOf(tensor.getElementType())),
                              u32(tensor.getRank()), numbers<uint64_t>(dims),
                              llvm::ConstantFP::get(
                                  llvm::Type::getFloatTy(context),
                                  llvm::APFloat(scale.scale)),
                              u32(scale.zeroPoint)}));
  }
  return array(records);
}

llvm::Constant *DescriptorWriter::entry(const EntryDescription &entry) {
  llvm::Function *function = module.getFunction(entry.symbol);
  func::FuncOp graph = entry.graph;
  return record({text(graph.getName()), function, u64(graph.getNumArguments()),
                 u64(graph.getNumResults()), tensors(graph, false),
                 tensors(graph, true), u64(entry.arenaBytes),
                 u64(entry.arenaIsExact)});
}

llvm::Constant *DescriptorWriter::selftest(const ModelDescription &model) {
  if (!model.selftest)
    return null();
  const SelftestRecord &test = *model.selftest;
  auto doubles = [&](const std::vector<double> &values) {
    return numbers<double>(llvm::ArrayRef<double>(values));
  };
  llvm::Constant *tolerance =
      llvm::ConstantFP::get(llvm::Type::getDoubleTy(context), 1e-3);
  return global(
      record({u64(test.seed), u64(test.mean.size()), doubles(test.mean),
              doubles(test.absMax), doubles(test.checksum), tolerance}),
      "selftest");
}

/// The fields follow systole_library in runtime/src/abi.h, one by one.
void DescriptorWriter::write(const TargetModel &target,
                             const CompileOptions &options,
                             const ModelDescription &model) {
  llvm::Constant *weights = null();
  if (model.weightsFile.empty() && !model.weights.empty()) {
    std::vector<char> bytes = model.weights.bytes();
    auto *data = llvm::ConstantDataArray::getRaw(
        llvm::StringRef(bytes.data(), bytes.size()), bytes.size(),
        llvm::Type::getInt8Ty(context));
    auto *variable = global(data, "weights");
    variable->setAlignment(llvm::Align(SYSTOLE_ALIGNMENT));
    if (model.symbol != SYSTOLE_LIBRARY_SYMBOL) {
      // Object files: the header passes the weights to the entries.
      llvm::StringRef prefix =
          llvm::StringRef(model.symbol).drop_back(strlen("_model"));
      variable->setName(prefix + "_weights");
      variable->setLinkage(llvm::GlobalValue::ExternalLinkage);
    }
    weights = variable;
  }
  llvm::SmallVector<llvm::Constant *> entries, messages;
  for (const EntryDescription &description : model.entries)
    entries.push_back(entry(description));
  for (const std::string &message : model.messages)
    messages.push_back(text(message));
  auto stateEntry = [&](const std::optional<EntryDescription> &description) {
    return description ? global(entry(*description), "state") : null();
  };
  bool inFile = !model.weightsFile.empty();
  llvm::Constant *library = record({u32(SYSTOLE_ABI_VERSION),
                                    u32(target.abiArch()),
                                    u64(target.abiFeatures()),
                                    text(target.getCpu()),
                                    text(options.modelName),
                                    text("systole " SYSTOLE_VERSION),
                                    text(options.optionsText),
                                    u64(entries.size()),
                                    array(entries),
                                    u64(model.weights.totalBytes()),
                                    weights,
                                    inFile ? text(model.weightsFile) : null(),
                                    u64(inFile ? model.weights.hash() : 0),
                                    u64(messages.size()),
                                    array(messages),
                                    selftest(model),
                                    u64(options.threads),
                                    u64(model.stateBytes),
                                    stateEntry(model.stateBegin),
                                    stateEntry(model.stateBeginSample)});
  auto *variable = new llvm::GlobalVariable(
      module, library->getType(), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, library, model.symbol);
  variable->setAlignment(llvm::Align(8));
  if (options.inspectText.empty())
    return;
  llvm::GlobalVariable *inspected =
      global(llvm::ConstantDataArray::getString(context, options.inspectText,
                                                /*AddNull=*/false),
             "inspect");
  inspected->setSection(".systole");
  inspected->setAlignment(llvm::Align(1));
  llvm::appendToUsed(module, {inspected});
}

std::unique_ptr<llvm::Module> systole::cpu::translateToLlvm(
    ModuleOp module, const TargetModel &target, const CompileOptions &options,
    const ModelDescription &model, llvm::LLVMContext &context) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context, "systole");
  if (!result)
    return result;
  auto machine = target.createTargetMachine();
  result->setDataLayout(machine->createDataLayout());
  result->setTargetTriple(machine->getTargetTriple());
  setFunctionAttributes(*result, model);
  DescriptorWriter(*result).write(target, options, model);
  return result;
}

LogicalResult systole::cpu::emitFile(llvm::Module &module,
                                     const TargetModel &target, bool assembly,
                                     llvm::StringRef path,
                                     std::string &message) {
  auto machine = target.createTargetMachine();
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  llvm::PassBuilder builder(machine.get(), tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(module, modules);

  std::error_code error;
  llvm::raw_fd_ostream file(path, error, llvm::sys::fs::OF_None);
  if (error) {
    message = "cannot write '" + path.str() + "': " + error.message();
    return failure();
  }
  {
    // In a scope of its own: the printer's stream writes what is left when it
    // ends.
    llvm::legacy::PassManager passes;
    auto kind = assembly ? llvm::CodeGenFileType::AssemblyFile
                         : llvm::CodeGenFileType::ObjectFile;
    if (machine->addPassesToEmitFile(passes, file, nullptr, kind)) {
      message = "LLVM cannot emit code for " + target.getTriple().str();
      return failure();
    }
    passes.run(module);
  }
  file.close();
  if (file.has_error()) {
    message = "cannot write '" + path.str() + "': " + file.error().message();
    file.clear_error();
    return failure();
  }
  return success();
}
