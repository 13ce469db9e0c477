//===- cpu_check.cpp - Can this machine run the module? -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/cpu_check.h"

using namespace systole::rt;

/// Names as `--cpu` and LLVM write them, in the order of the bits.
static const char *const featureNames[] = {
    "sse3",     "ssse3",    "sse4.1",   "sse4.2",    "popcnt",
    "avx",      "f16c",     "fma",      "avx2",      "bmi",
    "bmi2",     "lzcnt",    "movbe",    "avx512f",   "avx512bw",
    "avx512cd", "avx512dq", "avx512vl", "avx512vnni"};

#if defined(__x86_64__)
static const uint32_t thisArch = SYSTOLE_ARCH_X86_64;

namespace {
struct Registers {
  uint32_t a, b, c, d;
};
/// A feature is one bit of one register of one CPUID leaf.
struct Source {
  uint32_t feature;
  uint32_t leaf;
  char reg;
  uint8_t bit;
};
} // namespace

static const Source sources[] = {
    {SYSTOLE_X86_SSE3, 1, 'c', 0},
    {SYSTOLE_X86_SSSE3, 1, 'c', 9},
    {SYSTOLE_X86_FMA, 1, 'c', 12},
    {SYSTOLE_X86_SSE41, 1, 'c', 19},
    {SYSTOLE_X86_SSE42, 1, 'c', 20},
    {SYSTOLE_X86_MOVBE, 1, 'c', 22},
    {SYSTOLE_X86_POPCNT, 1, 'c', 23},
    {SYSTOLE_X86_AVX, 1, 'c', 28},
    {SYSTOLE_X86_F16C, 1, 'c', 29},
    {SYSTOLE_X86_BMI, 7, 'b', 3},
    {SYSTOLE_X86_AVX2, 7, 'b', 5},
    {SYSTOLE_X86_BMI2, 7, 'b', 8},
    {SYSTOLE_X86_AVX512F, 7, 'b', 16},
    {SYSTOLE_X86_AVX512DQ, 7, 'b', 17},
    {SYSTOLE_X86_AVX512CD, 7, 'b', 28},
    {SYSTOLE_X86_AVX512BW, 7, 'b', 30},
    {SYSTOLE_X86_AVX512VL, 7, 'b', 31},
    {SYSTOLE_X86_AVX512VNNI, 7, 'c', 11},
    {SYSTOLE_X86_LZCNT, 0x80000001, 'c', 5},
};

static Registers cpuid(uint32_t leaf) {
  Registers r;
  __asm__ volatile("cpuid"
                   : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
                   : "a"(leaf), "c"(0));
  return r;
}

/// Which register sets the operating system saves for each thread; without its
/// help an AVX instruction faults even if CPUID lists it.
static uint32_t enabledStates() {
  constexpr uint32_t osxsave = 1u << 27;
  if (!(cpuid(1).c & osxsave))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static uint64_t detect() {
  constexpr uint64_t needAvx =
      SYSTOLE_X86_AVX | SYSTOLE_X86_F16C | SYSTOLE_X86_FMA | SYSTOLE_X86_AVX2;
  constexpr uint64_t needAvx512 = SYSTOLE_X86_AVX512F | SYSTOLE_X86_AVX512BW |
                                  SYSTOLE_X86_AVX512CD | SYSTOLE_X86_AVX512DQ |
                                  SYSTOLE_X86_AVX512VL | SYSTOLE_X86_AVX512VNNI;
  uint32_t basic = cpuid(0).a, extended = cpuid(0x80000000).a;
  uint64_t features = 0;
  for (const Source &source : sources) {
    if (source.leaf > (source.leaf & 0x80000000 ? extended : basic))
      continue;
    Registers r = cpuid(source.leaf);
    if ((source.reg == 'b' ? r.b : r.c) >> source.bit & 1)
      features |= source.feature;
  }
  // XCR0: bits 1, 2 are SSE and AVX, bits 5 to 7 the parts of AVX-512.
  uint32_t states = enabledStates();
  if ((states & 0x06) != 0x06)
    features &= ~(needAvx | needAvx512);
  if ((states & 0xe6) != 0xe6)
    features &= ~needAvx512;
  return features;
}
#else
#if defined(__aarch64__)
static const uint32_t thisArch = SYSTOLE_ARCH_AARCH64;
#else
static const uint32_t thisArch = SYSTOLE_ARCH_RISCV64;
#endif
static uint64_t detect() { return 0; }
#endif

/// The mask in the environment, or all ones.
static uint64_t environmentMask() {
  const char *text = environmentVariable("SYSTOLE_CPU_FEATURES_MASK");
  if (!text || !*text)
    return ~uint64_t(0);
  int base = 10;
  if (text[0] == '0' && (text[1] | 0x20) == 'x') {
    base = 16;
    text += 2;
  }
  uint64_t value = 0;
  for (; *text; ++text) {
    int digit = *text <= '9' ? *text - '0' : (*text | 0x20) - 'a' + 10;
    value = value * base + (digit >= 0 && digit < base ? digit : 0);
  }
  return value;
}

uint64_t systole::rt::cpuFeatures() { return detect() & environmentMask(); }

/// The highest level of the x86-64 ABI that a set of features contains.
static const char *bestLevel(uint64_t present) {
  constexpr uint64_t v2 = SYSTOLE_X86_SSE3 | SYSTOLE_X86_SSSE3 |
                          SYSTOLE_X86_SSE41 | SYSTOLE_X86_SSE42 |
                          SYSTOLE_X86_POPCNT;
  constexpr uint64_t v3 = v2 | SYSTOLE_X86_AVX | SYSTOLE_X86_F16C |
                          SYSTOLE_X86_FMA | SYSTOLE_X86_AVX2 | SYSTOLE_X86_BMI |
                          SYSTOLE_X86_BMI2 | SYSTOLE_X86_LZCNT |
                          SYSTOLE_X86_MOVBE;
  constexpr uint64_t v4 = v3 | SYSTOLE_X86_AVX512F | SYSTOLE_X86_AVX512BW |
                          SYSTOLE_X86_AVX512CD | SYSTOLE_X86_AVX512DQ |
                          SYSTOLE_X86_AVX512VL;
  return (present & v4) == v4   ? "x86-64-v4"
         : (present & v3) == v3 ? "x86-64-v3"
         : (present & v2) == v2 ? "x86-64-v2"
                                : "generic";
}

Status systole::rt::checkCpuFeatures(uint64_t needed, uint64_t present) {
  constexpr int numNames = sizeof(featureNames) / sizeof(featureNames[0]);
  uint64_t missing = needed & ~present;
  if (!missing)
    return Status();
  StringBuilder names;
  for (int i = 0; i < 64; ++i) {
    if (!(missing >> i & 1))
      continue;
    names << (names.text().size ? ", " : "");
    if (i < numNames)
      names << featureNames[i];
    else
      names << "feature " << i;
  }
  // A machine without the foundation has none of the family.
  Failure failure(SYSTOLE_STATUS_INCOMPATIBLE);
  if (missing & SYSTOLE_X86_AVX512F)
    failure << "this module needs AVX-512 (" << names.text()
            << "); this machine has none";
  else if (missing & SYSTOLE_X86_AVX)
    failure << "this module needs AVX (" << names.text()
            << "); this machine has none";
  else
    failure << "this module needs CPU features that this machine lacks ("
            << names.text() << ")";
  return failure << ": recompile with --cpu=" << bestLevel(present);
}

static const char *archName(uint32_t arch) {
  switch (arch) {
  case SYSTOLE_ARCH_X86_64:
    return "x86-64";
  case SYSTOLE_ARCH_AARCH64:
    return "aarch64";
  case SYSTOLE_ARCH_RISCV64:
    return "riscv64";
  default:
    return "an unknown architecture";
  }
}

/// Tensors of more dimensions than the runtime's have no place.
static Status checkRanks(const systole_entry_info &entry) {
  for (uint64_t i = 0; i < entry.num_inputs + entry.num_outputs; ++i) {
    const systole_tensor_info &info = i < entry.num_inputs
                                          ? entry.inputs[i]
                                          : entry.outputs[i - entry.num_inputs];
    if (info.rank > maxRank)
      return Failure(SYSTOLE_STATUS_INCOMPATIBLE)
             << "'" << info.name << "' has " << info.rank
             << " dimensions; the runtime supports " << maxRank;
  }
  return Status();
}

Status systole::rt::checkLibrary(const systole_library &library) {
  if (library.abi_version != SYSTOLE_ABI_VERSION)
    return Failure(SYSTOLE_STATUS_INCOMPATIBLE)
           << "this module has ABI version " << library.abi_version
           << ", the runtime has " << SYSTOLE_ABI_VERSION
           << ": recompile the model with this version of Systole";
  if (library.arch != thisArch)
    return Failure(SYSTOLE_STATUS_INCOMPATIBLE)
           << "this module is for " << archName(library.arch)
           << ", this machine is " << archName(thisArch);
  Status status = checkCpuFeatures(library.cpu_features, cpuFeatures());
  for (uint64_t i = 0; i < library.num_entries && status.succeeded(); ++i)
    status = checkRanks(library.entries[i]);
  return status;
}
