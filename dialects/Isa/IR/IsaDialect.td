//===- IsaDialect.td - The isa dialect ---------------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_ISA_DIALECT
#define SYSTOLE_ISA_DIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Isa_Dialect : Dialect {
  let name = "isa";
  let summary = "Programs of the matrix unit, an operation for each instruction";
  let description = [{
    The last form of a program before its image, and the form in which programs
    are read and written by people. `isa.program` holds what an image holds; an
    image becomes a program and an image again without a bit changed.

    Operations of instructions are made from the instruction table
    (`hw-sim/isa/Isa.td`), one for each, with an attribute for each field. A
    field that is not named has the value of zero bits; a flag alone is 1;
    choices are written by their names. What instructions mean, and the range
    of every field, is in [the manual](../hardware/isa.md).

    ```mlir
    isa.program @copy machine "mxu-16" at 4096 {
      isa.tensor input "x" at 65536 : tensor<16x16xi8>
      isa.tensor output "y" at 131072 : tensor<16x16xi8>
      isa.set.ld.base(address = 65536) {isa.relocation = #isa.relocation<input "x">}
      isa.ld(linear, target = 100, length = 256, signal0 = 0)
      isa.set.st.base(address = 131072) {isa.relocation = #isa.relocation<output "y">}
      isa.st(linear, source = 100, length = 256, wait0 = 0)
    }
    ```

    **Relocations.** A setting of a base register that follows a tensor has the
    attribute `isa.relocation`: its address becomes the tensor's plus a number of
    bytes when inputs and outputs are bound elsewhere.

    **Target.** A module may carry the whole machine that its code is for, as the
    attribute `isa.target`: its name and every key of
    [its file](../hardware/machine-files.md). `isa-set-target` attaches it.

    **Names.** An instruction's location is the node of the source model that it
    belongs to: `loc("conv1"("Conv"))`, or unknown.

    **Faults** depend on the machine and on earlier instructions: the verifier
    does not know them, `isa-check-faults` reports them all.
  }];
  let cppNamespace = "::systole::isa";
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def Isa_RoleEnum : I32EnumAttr<"TensorRole", "whether a run reads or makes a tensor", [
    I32EnumAttrCase<"Input", 0, "input">, I32EnumAttrCase<"Output", 1, "output">]> {
  let cppNamespace = "::systole::isa";
  let genSpecializedAttr = 0;
}
def Isa_RoleAttr : EnumAttr<Isa_Dialect, Isa_RoleEnum, "role">;

def Isa_RelocationAttr : AttrDef<Isa_Dialect, "Relocation"> {
  let mnemonic = "relocation";
  let summary = "The tensor that a base register follows";
  let description = [{
    The base register is the address of the named tensor plus so many bytes:
    `#isa.relocation<input "x" + 64>`.
  }];
  let parameters = (ins EnumParameter<Isa_RoleEnum>:$role, "::mlir::StringAttr":$tensor,
                        DefaultValuedParameter<"uint64_t", "0">:$addend);
  let assemblyFormat = "`<` $role $tensor (`+` $addend^)? `>`";
}

#endif // SYSTOLE_ISA_DIALECT
