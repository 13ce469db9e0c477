//===- Linker.cpp - Objects to executables and modules --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Common/Linker.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>
#include <mutex>
#include <vector>

LLD_HAS_DRIVER(elf)

using namespace systole;
using llvm::StringRef;

namespace path = llvm::sys::path;
namespace fs = llvm::sys::fs;

/// An error with a message for the user.
static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Finding what to link with
//===----------------------------------------------------------------------===//

llvm::Expected<std::string> systole::findSupportFolder() {
  llvm::SmallVector<std::string> images;
  Dl_info info;
  if (dladdr(reinterpret_cast<void *>(&findSupportFolder), &info) &&
      info.dli_fname) {
    llvm::SmallString<256> real;
    if (!fs::real_path(info.dli_fname, real))
      images.push_back(std::string(real));
  }
  images.push_back(fs::getMainExecutable(
      nullptr, reinterpret_cast<void *>(&findSupportFolder)));

  for (const std::string &image : images)
    for (StringRef relative : {"systole/support", "../lib/systole/support"}) {
      llvm::SmallString<256> folder(path::parent_path(image));
      path::append(folder, relative);
      path::remove_dots(folder, /*remove_dot_dot=*/true);
      if (fs::is_directory(folder))
        return std::string(folder);
    }
  return fail("cannot find the folder lib/systole/support beside '" +
              images.back() + "': the installation is incomplete");
}

/// The path of an archive of the support library.
static llvm::Expected<std::string> findArchive(const LinkOptions &options,
                                               StringRef name) {
  std::string folder = options.supportFolder;
  if (folder.empty()) {
    llvm::Expected<std::string> found = findSupportFolder();
    if (!found)
      return found.takeError();
    folder = *found;
  }
  llvm::SmallString<256> archive(folder);
  path::append(archive, options.arch, name);
  if (!fs::exists(archive))
    return fail("there is no support library for " + options.arch + " ('" +
                archive + "' is missing)");
  return std::string(archive);
}

/// The folder with the system's crt1.o and libc, which only the development
/// package of the C library has.
static llvm::Expected<std::string> findSystemLibraries(StringRef arch) {
  for (std::string folder :
       {"/usr/lib/" + arch.str() + "-linux-gnu", std::string("/usr/lib64"),
        std::string("/usr/lib")})
    if (fs::exists(folder + "/crt1.o"))
      return folder;
  return fail("--dynamic needs the system's C library for development (crt1.o "
              "of the package libc6-dev); without --dynamic nothing is needed");
}

/// lld's name for an architecture, or "" for one that is not supported.
static StringRef emulation(StringRef arch) {
  return llvm::StringSwitch<StringRef>(arch)
      .Case("x86_64", "elf_x86_64")
      .Case("aarch64", "aarch64linux")
      .Case("riscv64", "elf64lriscv")
      .Default("");
}

/// The dynamic linker that the ABI of an architecture names.
static StringRef dynamicLinker(StringRef arch) {
  return llvm::StringSwitch<StringRef>(arch)
      .Case("x86_64", "/lib64/ld-linux-x86-64.so.2")
      .Case("aarch64", "/lib/ld-linux-aarch64.so.1")
      .Default("/lib/ld-linux-riscv64-lp64d.so.1");
}

//===----------------------------------------------------------------------===//
// Linking
//===----------------------------------------------------------------------===//

/// Calls lld, one link at a time: it keeps its state in global variables.
static llvm::Error runLld(const std::vector<std::string> &arguments) {
  static std::mutex mutex;
  static bool usable = true;
  std::lock_guard<std::mutex> lock(mutex);
  if (!usable)
    return fail("the linker failed earlier in this process");

  std::vector<const char *> pointers = {"ld.lld"};
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string diagnostics;
  llvm::raw_string_ostream stream(diagnostics);
  lld::Result result =
      lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode == 0)
    return llvm::Error::success();
  return fail(StringRef(diagnostics).trim());
}

/// Links to a temporary file beside `output` and renames it, so that the output
/// is whole or absent. `arguments` lack only the output.
static llvm::Error linkTo(StringRef output,
                          std::vector<std::string> arguments) {
  llvm::SmallString<256> temporary;
  if (std::error_code error = fs::createUniqueFile(
          output + ".%%%%%%%%.tmp", temporary, fs::all_read | fs::all_write))
    return fail("cannot write '" + output + "': " + error.message());
  llvm::scope_exit removeTemporary([&] { (void)fs::remove(temporary); });

  // NOTE: lld maps its output by default, where a full disk is a signal.
  arguments.push_back("--no-mmap-output-file");
  arguments.push_back("-o");
  arguments.push_back(std::string(temporary));
  if (llvm::Error error = runLld(arguments))
    return fail("cannot link '" + output +
                "': " + llvm::toString(std::move(error)));
  if (std::error_code error = fs::rename(temporary, output))
    return fail("cannot write '" + output + "': " + error.message());
  removeTemporary.release();
  return llvm::Error::success();
}

/// What all links have in common: small and reproducible output.
static llvm::Expected<std::vector<std::string>>
commonArguments(llvm::ArrayRef<std::string> objects,
                const LinkOptions &options) {
  StringRef machine = emulation(options.arch);
  if (machine.empty())
    return fail("cannot link for the architecture '" + options.arch +
                "'; there are x86_64, aarch64 and riscv64");
  std::vector<std::string> arguments = {"-m",
                                        machine.str(),
                                        "--gc-sections",
                                        "--build-id=none",
                                        "--strip-all",
                                        "--icf=all",
                                        "-O2",
                                        "-z",
                                        "noseparate-code",
                                        "--no-rosegment",
                                        "--color-diagnostics=never"};
  arguments.insert(arguments.end(), objects.begin(), objects.end());
  return arguments;
}

/// Appends what a static executable is made of.
static llvm::Error addStatic(const LinkOptions &options,
                             std::vector<std::string> &arguments) {
  llvm::Expected<std::string> archive =
      findArchive(options, "libsystole_support.a");
  if (!archive)
    return archive.takeError();
  for (const char *argument : {"-static", "-e", "_start", "-z", "norelro"})
    arguments.push_back(argument);
  arguments.push_back(*archive);
  return llvm::Error::success();
}

/// Appends what an executable of the system's C library is made of.
static llvm::Error addDynamic(const LinkOptions &options,
                              std::vector<std::string> &arguments) {
  llvm::Expected<std::string> archive =
      findArchive(options, "libsystole_support_dynamic.a");
  if (!archive)
    return archive.takeError();
  llvm::Expected<std::string> system = findSystemLibraries(options.arch);
  if (!system)
    return system.takeError();
  for (const std::string &argument :
       {std::string("-dynamic-linker"), dynamicLinker(options.arch).str(),
        *system + "/crt1.o", *system + "/crti.o", *archive, "-L" + *system,
        std::string("-L/lib/") + options.arch + "-linux-gnu",
        std::string("-lc"), std::string("-lm"), *system + "/crtn.o"})
    arguments.push_back(argument);
  return llvm::Error::success();
}

llvm::Error systole::linkExecutable(llvm::ArrayRef<std::string> objects,
                                    StringRef output,
                                    const LinkOptions &options) {
  auto arguments = commonArguments(objects, options);
  if (!arguments)
    return arguments.takeError();
  // The pool is referenced weakly; asking for it by name brings it in.
  if (options.threads)
    arguments->push_back("--undefined=systole_executor_create");
  if (llvm::Error error = options.dynamic ? addDynamic(options, *arguments)
                                          : addStatic(options, *arguments))
    return error;
  return linkTo(output, std::move(*arguments));
}

llvm::Error systole::linkSharedModule(llvm::ArrayRef<std::string> objects,
                                      StringRef output,
                                      const LinkOptions &options) {
  auto arguments = commonArguments(objects, options);
  if (!arguments)
    return arguments.takeError();
  llvm::Expected<std::string> archive =
      findArchive(options, "libsystole_support.a");
  if (!archive)
    return archive.takeError();
  // The archive has the few functions that compilers call on their own account;
  // they are hidden, and anything else left undefined is an error here rather
  // than when the module is opened. No entry: lld would take _start from there.
  for (const std::string &argument :
       {std::string("-shared"), std::string("-z"), std::string("defs"),
        std::string("--entry=0"), *archive})
    arguments->push_back(argument);
  return linkTo(output, std::move(*arguments));
}
