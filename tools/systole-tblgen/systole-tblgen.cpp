//===- systole-tblgen.cpp - Generates what follows from Isa.td ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One option for each output; everything else is TableGen's own command line.
// TableGen and LLVM's support library are linked statically: the shared
// libLLVM beside them would register their options twice.
//
//===----------------------------------------------------------------------===//

#include "tools/systole-tblgen/Table.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/TableGen/Main.h"

using namespace llvm;
using namespace systole::tblgen;

namespace {
enum class Output { Structures, Tables, Operations, SystemVerilog, Manual };
} // namespace

static cl::opt<Output>
    output(cl::desc("What to generate:"), cl::Required,
           cl::values(clEnumValN(Output::Structures, "gen-structures",
                                 "C++ structures of instructions"),
                      clEnumValN(Output::Tables, "gen-tables",
                                 "C++ tables of formats, fields and choices"),
                      clEnumValN(Output::Operations, "gen-operations",
                                 "operations of the isa dialect"),
                      clEnumValN(Output::SystemVerilog, "gen-systemverilog",
                                 "the SystemVerilog package"),
                      clEnumValN(Output::Manual, "gen-manual",
                                 "docs/hardware/isa.md")));

static void emit(const Table &table, raw_ostream &os) {
  switch (output) {
  case Output::Structures:
    return emitStructures(table, os);
  case Output::Tables:
    return emitTables(table, os);
  case Output::Operations:
    return emitOperations(table, os);
  case Output::SystemVerilog:
    return emitSystemVerilog(table, os);
  case Output::Manual:
    return emitManual(table, os);
  }
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "Systole's instruction table\n");
  return TableGenMain(argv[0],
                      [](raw_ostream &os, const RecordKeeper &records) {
                        emit(Table(records), os);
                        return false;
                      });
}
