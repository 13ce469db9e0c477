//===- Passes.td - The isa dialect's passes ----------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_ISA_PASSES
#define SYSTOLE_PASSES_TRANSFORMS_ISA_PASSES

include "mlir/Pass/PassBase.td"

def IsaSetTarget : Pass<"isa-set-target", "::mlir::ModuleOp"> {
  let summary = "Say which machine a module's code is for";
  let description = [{
    Reads a machine file and attaches it to the module as `isa.target`, a dictionary
    with the machine's name and every key: `{name = "mxu-8", array = 8 : i64,
    dram.width = 8 : i64, ...}`. Passes behind this one need no file.

    **Precondition.** None; another target is replaced.
    **Postcondition.** The module's target is the machine of the file, number by number.
  }];
  let dependentDialects = ["::systole::isa::IsaDialect"];
  let options = [
    Option<"machine", "machine", "std::string", /*default=*/"\"mxu-16\"",
      "Preset or machine file">];
}

def IsaCheckFaults : Pass<"isa-check-faults", "::mlir::ModuleOp"> {
  let summary = "Report every fault that dispatch of a program would raise";
  let description = [{
    Dispatches every `isa.program` as the machine would, one instruction after the
    other, and gives an error at each instruction that faults: its kind, and what
    is wrong. The machine stops at the first; this pass goes on, counting tokens as
    if the instruction had been legal, so that a mistake is reported once.

    In this program the load would write behind the scratchpad of `mxu-8`
    (16384 words):
    ```mlir
    isa.program @outside machine "mxu-8" {
      isa.ld(linear, target = 16384)
    }
    ```

    **Precondition.** The machine is known: from the option, from the module's
    `isa.target`, or named by the program as a preset.
    **Postcondition.** A program that passes raises no fault on that machine.
    **Limits.** Relocated programs have other addresses in DRAM, which this pass
    does not see.
  }];
  let dependentDialects = ["::systole::isa::IsaDialect"];
  let options = [
    Option<"machine", "machine", "std::string", /*default=*/"\"\"",
      "Preset or machine file; default: the module's target, then what the program names">];
}

def IsaCheckProgram : Pass<"isa-check-program", "::mlir::ModuleOp"> {
  let summary = "Report what makes a program's result depend on timing";
  let description = [{
    Runs the static checker, which every image passes before it is emitted: no fault,
    every signal waited for, and no two overlapping accesses, one a write, without an
    order. An error stands at the later instruction of a race, with a note at the
    earlier. Behind a fault nothing is checked: `isa-check-faults` finds all of them.

    Nothing orders the store of this program behind the load:
    ```mlir
    isa.program @race machine "mxu-8" {
      isa.ld(linear, offset = 4096, length = 64)
      isa.st(linear, offset = 8192, length = 64)
    }
    ```

    **Precondition.** As for `isa-check-faults`.
    **Postcondition.** Memories after a program that passes are those of the functional
    engine, whatever the timing.
  }];
  let dependentDialects = ["::systole::isa::IsaDialect"];
  let options = [
    Option<"machine", "machine", "std::string", /*default=*/"\"\"",
      "Preset or machine file; default: the module's target, then what the program names">];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_ISA_PASSES
