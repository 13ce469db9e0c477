# The lit suite: how the .mlir, .test and .sh files below test/ are run.
#
# Substitutions: %systole %models %plugins %shared %python, and lit's own %s %S %t.
# systole, systole-opt, FileCheck, not and count are on PATH.
# Features: shared, root, mounts, qemu-aarch64, qemu-riscv64, avx2, avx512, verilator, systemc, asan, and
# one nightly-GROUP for each group that test.sh --nightly asked for.
import os
import shutil
import subprocess
import sys

import lit.formats

config.name = "Systole"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".sh"]
config.excludes = ["Inputs", "models", "unit", "conformance", "lib.sh", "run.sh"]
# The long runs are not part of the quick suite: test.sh --nightly names them.
if "nightly" not in lit_config.params:
    config.excludes.append("nightly")
config.test_source_root = os.path.join(config.systole_source_root, "test")
config.test_exec_root = os.path.join(config.systole_build_root, "test")

bin_dir = os.path.join(config.systole_build_root, "bin")
models = os.path.join(config.test_source_root, "models")
shared = os.path.abspath(
    os.environ.get("SYSTOLE_SHARED")
    or os.path.join(config.systole_source_root, "..", "shared")
)
environment = config.environment
environment["PATH"] = os.pathsep.join([bin_dir, config.llvm_bin, environment["PATH"]])
environment["SYSTOLE_SOURCE"] = config.systole_source_root
environment["SYSTOLE_BUILD"] = config.systole_build_root
environment["SYSTOLE_SHARED"] = shared
environment["SYSTOLE_MODELS"] = models
environment["SYSTOLE_PYTHON"] = sys.executable
# Compiled modules of one test run stay in the build folder.
environment["SYSTOLE_CACHE"] = os.path.join(config.test_exec_root, "cache")
for name in ("CC", "CXX", "CCACHE_SLOPPINESS", "CCACHE_DIR", "HOME", "CI"):
    if name in os.environ:
        environment[name] = os.environ[name]

config.substitutions += [
    ("%systole", os.path.join(bin_dir, "systole")),
    ("%models", models),
    ("%plugins", os.path.join(config.systole_build_root, "lib")),
    ("%shared", shared),
    ("%python", sys.executable),
]
# The nightly group roundtrip: what is printed must parse to the same IR.
if os.environ.get("SYSTOLE_VERIFY_ROUNDTRIP"):
    config.substitutions.append(
        (r"(?<![\w/-])systole-opt(?![\w/-])", "systole-opt --verify-roundtrip")
    )

features = config.available_features
if os.path.isdir(os.path.join(shared, "corpus")):
    features.add("shared")
if os.geteuid() == 0:
    features.add("root")
    # Mounts of a test's own: not in every container, nor inside a chroot.
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0:
        features.add("mounts")
for machine in ("aarch64", "riscv64"):
    if shutil.which("qemu-" + machine):
        features.add("qemu-" + machine)
if shutil.which("verilator"):
    features.add("verilator")
if os.path.exists("/usr/include/systemc"):
    features.add("systemc")
try:
    with open("/proc/cpuinfo") as cpuinfo:
        flags = set(next(line for line in cpuinfo if line.startswith("flags")).split())
except (OSError, StopIteration):
    flags = set()
if {"avx2", "fma"} <= flags:
    features.add("avx2")
if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= flags:
    features.add("avx512")
for group in lit_config.params.get("nightly", "").split(","):
    if group:
        features.add("nightly-" + group)

if "address" in config.systole_sanitize:
    features.add("asan")
    # libMLIR and libLLVM are not instrumented, yet poison memory in code that
    # is inlined into ours. LLVM sets a signal stack of its own on our threads,
    # which the sanitiser would unmap as its own when they end.
    environment["ASAN_OPTIONS"] = (
        "allow_user_poisoning=0:detect_leaks=0:use_sigaltstack=0")
    environment["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
