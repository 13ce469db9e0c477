//===- load_hosted.cpp - Loadable modules ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dynamic linker as the runtime uses it.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/platform/load.h"
#include <dlfcn.h>

using namespace systole::rt;

void *systole::rt::openLibrary(const char *path, StringBuilder &problem) {
  // Without a slash dlopen would search the system's folders instead.
  StringBuilder file;
  file << (Text(path).find('/') < 0 ? "./" : "") << path;
  void *handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    problem << dlerror();
  return handle;
}

const void *systole::rt::librarySymbol(void *handle, const char *name) {
  return dlsym(handle, name);
}

void systole::rt::closeLibrary(void *handle) {
  if (handle)
    dlclose(handle);
}
