//===- main_hosted.cpp - main, where there is a C library -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/exe/exe.h"

int main(int argc, char **argv) { return systole::rt::exeMain(argc, argv); }
