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
#include "llvm/Support/MemoryBuffer.h"
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

/// Writes and closes. The descriptor is closed whatever happens.
static std::error_code writeAndClose(int descriptor, StringRef contents) {
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream << contents;
  stream.close();
  std::error_code error = stream.error();
  // An error that stays set ends the process when the stream is destroyed.
  stream.clear_error();
  return error;
}

/// Writes a file beside `output` and renames it, so that the output is whole or
/// absent. What is no plain file, such as /dev/null, is written to as it is.
static llvm::Error writeWhole(StringRef output, StringRef contents) {
  auto failure = [&](std::error_code error) {
    return fail("cannot write '" + output + "': " + error.message());
  };
  int descriptor = -1;
  if (fs::exists(output) && !fs::is_regular_file(output)) {
    std::error_code error = fs::openFileForWrite(output, descriptor);
    if (!error)
      error = writeAndClose(descriptor, contents);
    return error ? failure(error) : llvm::Error::success();
  }
  llvm::SmallString<256> temporary;
  const unsigned executable = fs::all_read | fs::all_exe | fs::owner_write;
  if (std::error_code error =
          fs::createUniqueFile(output + ".%%%%%%%%.tmp", descriptor, temporary,
                               fs::OF_None, executable))
    return failure(error);
  std::error_code error = writeAndClose(descriptor, contents);
  if (!error)
    error = fs::rename(temporary, output);
  if (!error)
    return llvm::Error::success();
  (void)fs::remove(temporary);
  return failure(error);
}

/// An upper bound of the size of what the files among `arguments` link to.
static uint64_t boundOutputSize(const std::vector<std::string> &arguments) {
  constexpr uint64_t headers = 1 << 16;
  uint64_t sum = headers, size = 0;
  for (const std::string &argument : arguments)
    if (!StringRef(argument).starts_with("-") && fs::exists(argument) &&
        !fs::file_size(argument, size))
      sum += size;
  return sum;
}

/// Makes a folder where `bytes` bytes have room: in memory, else among the
/// system's temporary files, else beside the output.
static llvm::Expected<std::string> makeWorkFolder(StringRef output,
                                                  uint64_t bytes) {
  llvm::SmallString<256> temporary, beside(output), folder;
  path::system_temp_directory(/*ErasedOnReboot=*/true, temporary);
  if (std::error_code error = fs::make_absolute(beside))
    return fail("cannot link '" + output + "': " + error.message());
  path::remove_filename(beside);
  for (StringRef place :
       {StringRef("/dev/shm"), temporary.str(), beside.str()}) {
    llvm::ErrorOr<fs::space_info> space = fs::disk_space(place);
    if (space && space->available >= bytes &&
        !fs::createUniqueDirectory(place + "/systole-link", folder))
      return std::string(folder);
  }
  return fail("cannot link '" + output + "': no space left for " +
              llvm::Twine(bytes) + " bytes of temporary files");
}

/// Links, then writes the output. `arguments` lack only the output.
///
/// NOTE: a disk that fills up while lld writes ends the process, by a signal or
/// by exit. So it writes where there is certainly room, and the result is
/// brought to its place from there.
static llvm::Error linkTo(StringRef output,
                          std::vector<std::string> arguments) {
  llvm::Expected<std::string> folder =
      makeWorkFolder(output, boundOutputSize(arguments));
  if (!folder)
    return folder.takeError();
  llvm::scope_exit removeFolder([&] { (void)fs::remove_directories(*folder); });
  std::string linked = *folder + "/out";
  arguments.insert(arguments.end(), {"-o", linked});
  if (llvm::Error error = runLld(arguments))
    return fail("cannot link '" + output +
                "': " + llvm::toString(std::move(error)));
  auto contents = llvm::MemoryBuffer::getFile(linked, /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
  if (!contents)
    return fail("cannot link '" + output +
                "': " + contents.getError().message());
  return writeWhole(output, (*contents)->getBuffer());
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
