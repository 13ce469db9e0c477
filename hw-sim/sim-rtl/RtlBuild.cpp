//===- RtlBuild.cpp - A simulator of the RTL, made on demand --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// 1. All sources, the machine's package and the tools' versions are hashed.
// 2. In a folder of its own: verilator, then clang on one file that includes
//    all that it made.
// 3. The library is renamed to its place: who asks at the same time makes it
//    twice, and nobody sees half of one.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/RtlBuild.h"
#include "hw-sim/isa/Hash.h"
#include "hw-sim/model/MachineFile.h"
#include "hw-sim/sim-rtl/TimingPackage.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace systole::sim {

/// Packages, in the order in which they need each other; modules are found by
/// their names.
static constexpr const char *kPackages[] = {
    "systole_pkg.sv", "machine_pkg.sv", "mxu_pkg.sv",    "picture_pkg.sv",
    "float_pkg.sv",   "vector_pkg.sv",  "extent_pkg.sv", "depthwise_pkg.sv"};
/// What is generated for the machine, in one file before them.
static constexpr char kParameters[] = "parameters.sv";

/// What is compiled for every product, below src/hw-sim.
static constexpr const char *kModelSources[] = {
    "model/Memories.cpp", "model/Machine.cpp", "model/Accounting.cpp",
    "isa/Formats.cpp", "isa/Encoding.cpp"};

namespace {
/// One row for each RtlProduct.
struct Recipe {
  const char *name;
  /// What Verilator is told; null: it is not needed.
  const char *verilator;
  /// What is compiled beside its output, below src/hw-sim, and its own files.
  std::vector<const char *> sources, runtime;
  /// For clang: flags, and libraries.
  const char *flags, *libraries;
  bool wantsSystemc;
};
} // namespace

static const Recipe &recipeOf(RtlProduct product) {
  static const Recipe kRecipes[] = {
      {"rtl",
       "--cc",
       {"sim-rtl/RtlModel.cpp", "sim-rtl/DramModel.cpp",
        "sim-rtl/ChipMemories.cpp"},
       {"verilated.cpp", "verilated_threads.cpp"},
       "",
       "",
       false},
      {"rtl-waves",
       "--cc --trace-fst",
       {"sim-rtl/RtlModel.cpp", "sim-rtl/DramModel.cpp",
        "sim-rtl/ChipMemories.cpp"},
       {"verilated.cpp", "verilated_threads.cpp", "verilated_fst_c.cpp"},
       "-DVM_TRACE=1 -DVM_TRACE_FST=1",
       "-lz",
       false},
      {"systemc-rtl",
       "--sc",
       {"systemc/RtlPlatform.cpp", "systemc/RtlAccelerator.cpp",
        "systemc/Platform.cpp", "sim-rtl/ChipMemories.cpp"},
       {"verilated.cpp", "verilated_threads.cpp"},
       "-DSC_INCLUDE_DYNAMIC_PROCESSES",
       "-lsystemc",
       true},
      {"systemc",
       nullptr,
       {"systemc/ModelPlatform.cpp", "systemc/Platform.cpp"},
       {},
       "-DSC_INCLUDE_DYNAMIC_PROCESSES",
       "-lsystemc",
       true},
  };
  return kRecipes[unsigned(product)];
}

static std::string environment(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

RtlBuildOptions defaultRtlBuild() {
  RtlBuildOptions options;
  options.sources = environment("SYSTOLE_RTL_SOURCES");
  std::error_code error;
  if (options.sources.empty())
    options.sources =
        (fs::read_symlink("/proc/self/exe", error).parent_path().parent_path() /
         "share/systole")
            .string();
  options.prebuilt = options.sources + "/../../lib/systole/rtl";
  options.cache = environment("SYSTOLE_CACHE");
  if (options.cache.empty()) {
    std::string base = environment("XDG_CACHE_HOME");
    if (base.empty())
      base = environment("HOME") + "/.cache";
    options.cache = base + "/systole";
  }
  return options;
}

static std::string textOf(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

static bool writeText(const fs::path &path, const std::string &text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  return bool(file.flush());
}

/// 'text' for a shell.
static std::string quoted(const std::string &text) {
  std::string result = "'";
  for (char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// The first line that a command prints, or "".
static std::string firstLine(const std::string &command) {
  std::string line;
  FILE *pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (!pipe)
    return line;
  for (int c; (c = fgetc(pipe)) != EOF && c != '\n';)
    line += static_cast<char>(c);
  pclose(pipe);
  return line;
}

/// All files below a folder, ascending.
static std::vector<fs::path> filesBelow(const fs::path &folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end;
       !error && it != end; it.increment(error))
    if (it->is_regular_file(error))
      files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return files;
}

namespace {
/// The two programs, and what their versions are.
struct Tools {
  std::string clang, version, missing;
};
} // namespace

/// What of the processor -march=native depends on: a library that was made on
/// one may not run on another.
static std::string processor() {
  return firstLine("grep -m1 ^flags /proc/cpuinfo");
}

static Tools findTools(const Recipe &recipe) {
  Tools tools;
  auto miss = [&](const std::string &what) {
    tools.missing += (tools.missing.empty() ? "" : " and ") + what;
  };
  std::string verilator;
  if (recipe.verilator) {
    verilator = firstLine("verilator --version");
    if (verilator.empty())
      miss("verilator (Debian: verilator)");
  }
  std::string clang;
  for (const char *name : {"clang++-22", "clang++"})
    if (clang.empty() &&
        !(clang = firstLine(name + std::string(" --version"))).empty())
      tools.clang = name;
  if (clang.empty())
    miss("clang++ (Debian: clang-22)");
  else if (recipe.wantsSystemc &&
           firstLine("echo '#include <systemc>' | " + tools.clang +
                     " -std=gnu++17 -E -x c++ - -o /dev/null && echo found")
               .empty())
    miss("SystemC (Debian: libsystemc-dev)");
  // Where there is a compiler cache, it serves here as well.
  if (!firstLine("ccache --version").empty())
    tools.clang = "ccache " + tools.clang;
  tools.version = verilator + "\n" + clang + "\n" + processor();
  return tools;
}

/// Verilator's part: its output, and one file that includes all of it.
static std::string verilatorScript(const RtlBuildOptions &options,
                                   const Recipe &recipe) {
  std::string rtl = quoted(options.sources + "/rtl");
  std::string script = std::string("verilator ") + recipe.verilator +
                       " --assert -Wno-lint -O3 --x-assign fast --x-initial "
                       "fast --prefix Vmxu --Mdir . --top-module mxu -y " +
                       rtl + " " + kParameters;
  for (const char *package : kPackages)
    script += " " + rtl + "/" + package;
  return script + " " + rtl +
         "/mxu.sv\n"
         "root=$(verilator --getenv VERILATOR_ROOT)/include\n"
         "for f in Vmxu*.cpp; do echo \"#include \\\"$f\\\"\"; done > "
         "all.cc\n";
}

/// The commands, one a line, run in the folder of the build.
static std::string buildScript(const RtlBuildOptions &options,
                               const Tools &tools) {
  const Recipe &recipe = recipeOf(options.product);
  std::string src = quoted(options.sources + "/src");
  std::string script = "set -e\nroot=.\n",
              compile = tools.clang + " -std=gnu++17 " +
                        (options.isQuick ? "-O1" : "-O3") +
                        " -march=native -fPIC -w -I. -I" + src +
                        " -I\"$root\" -I\"$root/vltstd\" " + recipe.flags +
                        " -c ";
  std::string objects;
  auto add = [&](const std::string &file, const std::string &name) {
    script += compile + file + " -o " + name + ".o\n";
    objects += " " + name + ".o";
  };
  if (recipe.verilator) {
    script += verilatorScript(options, recipe);
    add("all.cc", "all");
  }
  for (const char *file : recipe.runtime)
    add(std::string("\"$root/") + file + "\"", fs::path(file).stem().string());
  for (const char *file : recipe.sources)
    add(src + "/hw-sim/" + file, fs::path(file).stem().string());
  for (const char *file : kModelSources)
    add(src + "/hw-sim/" + file, fs::path(file).stem().string());
  return script + tools.clang.substr(tools.clang.rfind(' ') + 1) + " -shared" +
         objects + " -o model.so " + recipe.libraries + "\n";
}

/// A name that holds the hash of all that a library is made from.
static std::string nameFor(const RtlBuildOptions &options, const Tools &tools,
                           const std::string &parameters) {
  // The script names folders, which do not matter.
  RtlBuildOptions nowhere = options;
  nowhere.sources = "";
  std::string all = parameters + tools.version + buildScript(nowhere, tools);
  for (const char *folder : {"rtl", "src"})
    for (const fs::path &file : filesBelow(fs::path(options.sources) / folder))
      all += file.filename().string() + "\n" + textOf(file);
  char digits[20];
  snprintf(
      digits, sizeof digits, "%016llx",
      static_cast<unsigned long long>(isa::hashBytes(all.data(), all.size())));
  return std::string(recipeOf(options.product).name) + "-" + digits;
}

std::optional<std::string> buildRtl(const Machine &machine,
                                    const RtlBuildOptions &options,
                                    std::string &problem) {
  const Recipe &recipe = recipeOf(options.product);
  Tools tools = findTools(recipe);
  if (!tools.missing.empty()) {
    problem = (recipe.verilator
                   ? "the RTL is simulated by a program that is made for each "
                     "machine, which needs "
                   : "a platform is made on demand, which needs ") +
              tools.missing;
    return std::nullopt;
  }
  // Machines that differ in their names alone are the same hardware.
  Machine nameless = machine;
  nameless.name = "";
  std::string parameters =
      recipe.verilator ? printParameters(nameless) + timingPackage(machine)
                       : "";
  std::string name = nameFor(options, tools, parameters);
  std::error_code error;
  for (const std::string &place :
       {options.prebuilt + "/" + machine.name, options.cache})
    if (fs::path library = fs::path(place) / (name + ".so");
        fs::exists(library, error))
      return library.string();
  fs::path library = fs::path(options.cache) / (name + ".so");

  fs::path folder =
      fs::path(options.cache) / (name + "." + std::to_string(getpid()));
  fs::create_directories(folder, error);
  if (!writeText(folder / kParameters, parameters) ||
      !writeText(folder / "build.sh", buildScript(options, tools))) {
    problem = "cannot write to '" + folder.string() + "'";
    return std::nullopt;
  }
  std::string command =
      "cd " + quoted(folder.string()) + " && sh build.sh > build.log 2>&1";
  if (system(command.c_str()) != 0) {
    problem = "the simulator could not be made; see '" +
              (folder / "build.log").string() + "'";
    return std::nullopt;
  }
  fs::rename(folder / "model.so", library, error);
  if (error) {
    problem = "cannot write '" + library.string() + "'";
    return std::nullopt;
  }
  fs::remove_all(folder, error);
  return library.string();
}

} // namespace systole::sim
