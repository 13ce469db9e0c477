//===- TargetModel.cpp - What code generation knows of a CPU --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CPU names and features come from LLVM's tables; this file maps them to vector
// widths, registers, tile shapes and the feature bits of the runtime's check.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/TargetModel.h"
#include "backends/Cpu/CpuBackend.h"
#include "runtime/src/abi.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <algorithm>
#include <mutex>

using namespace mlir;
using namespace systole::cpu;

static void initializeTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTarget();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVAsmPrinter();
  });
}

/// LLVM's feature names beside the runtime's bits.
static const std::pair<const char *, uint64_t> kX86Features[] = {
    {"sse3", SYSTOLE_X86_SSE3},
    {"ssse3", SYSTOLE_X86_SSSE3},
    {"sse4.1", SYSTOLE_X86_SSE41},
    {"sse4.2", SYSTOLE_X86_SSE42},
    {"popcnt", SYSTOLE_X86_POPCNT},
    {"avx", SYSTOLE_X86_AVX},
    {"f16c", SYSTOLE_X86_F16C},
    {"fma", SYSTOLE_X86_FMA},
    {"avx2", SYSTOLE_X86_AVX2},
    {"bmi", SYSTOLE_X86_BMI},
    {"bmi2", SYSTOLE_X86_BMI2},
    {"lzcnt", SYSTOLE_X86_LZCNT},
    {"movbe", SYSTOLE_X86_MOVBE},
    {"avx512f", SYSTOLE_X86_AVX512F},
    {"avx512bw", SYSTOLE_X86_AVX512BW},
    {"avx512cd", SYSTOLE_X86_AVX512CD},
    {"avx512dq", SYSTOLE_X86_AVX512DQ},
    {"avx512vl", SYSTOLE_X86_AVX512VL},
    {"avx512vnni", SYSTOLE_X86_AVX512VNNI}};

bool TargetModel::multipliesBytes() const {
  return featureBits & SYSTOLE_X86_AVX512VNNI;
}

/// The level of this machine. A level rather than the exact model: LLVM's name
/// for a virtual machine's CPU may imply features that it masks, and a level is
/// what the runtime's check can verify bit by bit.
static std::string nativeLevel() {
  auto host = llvm::sys::getHostCPUFeatures();
  auto has = [&](std::initializer_list<const char *> names) {
    return llvm::all_of(names,
                        [&](const char *name) { return host.lookup(name); });
  };
  if (!has({"sse3", "ssse3", "sse4.1", "sse4.2", "popcnt"}))
    return "x86-64";
  if (!has({"avx", "avx2", "fma", "f16c", "bmi", "bmi2", "lzcnt", "movbe"}))
    return "x86-64-v2";
  if (!has({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}))
    return "x86-64-v3";
  return has({"avx512vnni"}) ? "x86-64-v4+avx512vnni" : "x86-64-v4";
}

static std::string resolveTriple(llvm::StringRef triple) {
  return triple.empty() ? llvm::sys::getDefaultTargetTriple() : triple.str();
}

std::string systole::cpu::resolveCpu(llvm::StringRef cpu,
                                     llvm::StringRef tripleName) {
  llvm::Triple triple(llvm::Triple::normalize(resolveTriple(tripleName)));
  llvm::Triple host(llvm::sys::getDefaultTargetTriple());
  bool isHost = triple.getArch() == host.getArch();
  bool native = cpu.empty() || cpu == "native";
  if (triple.getArch() == llvm::Triple::x86_64) {
    if (native)
      return isHost ? nativeLevel() : "x86-64";
    return cpu == "generic" ? "x86-64" : cpu.str();
  }
  if (native || cpu == "generic")
    return triple.isRISCV() ? "generic-rv64" : "generic";
  return cpu.str();
}

FailureOr<TargetModel> TargetModel::create(llvm::StringRef cpuName,
                                           llvm::StringRef tripleName,
                                           std::string &message) {
  initializeTargets();
  TargetModel model;
  llvm::Triple triple(llvm::Triple::normalize(resolveTriple(tripleName)));
  if (triple.getOS() == llvm::Triple::UnknownOS)
    triple.setOS(llvm::Triple::Linux);
  model.triple = triple.str();
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  bool known = triple.getArch() == llvm::Triple::x86_64 ||
               triple.getArch() == llvm::Triple::aarch64 ||
               triple.getArch() == llvm::Triple::riscv64;
  if (!target || !known || !triple.isOSLinux()) {
    message =
        "no code generation for target triple '" + model.triple +
        "'; known: x86_64-linux-gnu, aarch64-linux-gnu, riscv64-linux-gnu";
    return failure();
  }
  model.arch = triple.getArchName().str();
  model.cpu = resolveCpu(cpuName, model.triple);
  if (triple.isRISCV())
    model.features = "+m,+a,+f,+d,+c";
  // "NAME+feature+feature", both in LLVM's words.
  auto [base, extra] = llvm::StringRef(model.cpu).split('+');
  llvm::SmallVector<llvm::StringRef> added;
  extra.split(added, '+', -1, /*KeepEmpty=*/false);
  std::unique_ptr<llvm::MCSubtargetInfo> probe(
      target->createMCSubtargetInfo(triple, "", ""));
  if (!probe->isCPUStringValid(base)) {
    message =
        "unknown CPU '" + cpuName.str() + "' for " + model.arch +
        "; try native, generic, x86-64-v2, x86-64-v3, x86-64-v4 or a name that "
        "LLVM knows";
    return failure();
  }
  for (llvm::StringRef feature : added) {
    if (llvm::none_of(probe->getAllProcessorFeatures(),
                      [&](const llvm::SubtargetFeatureKV &known) {
                        return feature == known.Key;
                      })) {
      message = "unknown feature '" + feature.str() + "' of CPU '" +
                cpuName.str() + "' for " + model.arch;
      return failure();
    }
    model.features += (model.features.empty() ? "+" : ",+") + feature.str();
  }
  model.baseCpu = base.str();
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, model.baseCpu, model.features));
  auto has = [&](llvm::StringRef name) {
    return subtarget->checkFeatures(("+" + name).str());
  };
  if (triple.getArch() == llvm::Triple::x86_64) {
    for (auto [name, bit] : kX86Features)
      if (has(name))
        model.featureBits |= bit;
    model.vectorWidth = has("avx512f") ? 64 : has("avx") ? 32 : 16;
    model.registers = has("avx512f") ? 32 : 16;
    // Full-width vectors: our kernels are dense enough to pay for them.
    if (has("avx512f"))
      model.features +=
          model.features.empty() ? "-prefer-256-bit" : ",-prefer-256-bit";
  } else {
    model.registers = 32;
  }
  return model;
}

uint32_t TargetModel::abiArch() const {
  if (arch == "aarch64")
    return SYSTOLE_ARCH_AARCH64;
  return arch == "riscv64" ? SYSTOLE_ARCH_RISCV64 : SYSTOLE_ARCH_X86_64;
}

ContractionTile TargetModel::contractionTile(int64_t rows, int64_t columns,
                                             int64_t elementBytes) const {
  int64_t lanes = std::max<int64_t>(1, vectorWidth / elementBytes);
  // Narrow outputs use narrower vectors rather than idle lanes.
  while (lanes > 4 && lanes / 2 >= columns)
    lanes /= 2;
  int64_t wide = (columns + lanes - 1) / lanes;
  // A single row is bound by reading weights: many columns hide the latency.
  int64_t vectors =
      rows == 1 ? std::min<int64_t>(wide, 4) : std::min<int64_t>(wide, 2);
  // Registers left after the weights' vectors and one for the input.
  int64_t maxRows = std::max<int64_t>(1, (registers - vectors - 1) / vectors);
  maxRows = std::min<int64_t>(maxRows, registers == 32 ? 12 : 6);
  if (rows < 0)
    return {maxRows, vectors, lanes};
  int64_t tiles = std::max<int64_t>(1, (rows + maxRows - 1) / maxRows);
  return {std::max<int64_t>(1, (rows + tiles - 1) / tiles), vectors, lanes};
}

ContractionTile TargetModel::depthwiseTile(int64_t rows, int64_t channels,
                                           int64_t elementBytes) const {
  int64_t lanes = std::max<int64_t>(1, vectorWidth / elementBytes);
  while (lanes > 4 && lanes / 2 >= channels)
    lanes /= 2;
  int64_t maxRows = registers / 4;
  if (rows < 0)
    return {maxRows, 1, lanes};
  int64_t tiles = std::max<int64_t>(1, (rows + maxRows - 1) / maxRows);
  return {std::max<int64_t>(1, (rows + tiles - 1) / tiles), 1, lanes};
}

std::unique_ptr<llvm::TargetMachine> TargetModel::createTargetMachine() const {
  std::string error;
  llvm::Triple parsed(triple);
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(parsed, error);
  llvm::TargetOptions options;
  options.FunctionSections = true;
  options.DataSections = true;
  if (parsed.isRISCV())
    options.MCOptions.ABIName = "lp64d";
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      parsed, baseCpu, features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}
