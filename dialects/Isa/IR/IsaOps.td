//===- IsaOps.td - Programs and their instructions ---------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The container and what lies in it beside instructions. The instructions come
// from systole-tblgen, in the build folder.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_ISA_OPS
#define SYSTOLE_ISA_OPS

include "dialects/Isa/IR/IsaDialect.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

/// A byte of DRAM.
def Isa_Address : ConfinedAttr<I64Attr, [IntNonNegative]>;

def Isa_ProgramOp : Op<Isa_Dialect, "program",
    [IsolatedFromAbove, NoRegionArguments, NoTerminator, SingleBlock, Symbol]> {
  let summary = "A program of the matrix unit with all that it needs to run";
  let description = [{
    Instructions in program order, and in any place the tensors and constants that
    lie in DRAM. `machine` is the name of a preset or of the machine that the
    program was made for; `at` says where the program itself lies in DRAM;
    `requires` lists what the machine must be like, a `key=value` each. Without
    `requires` it is not held against the program that the machine is another.

    Constraints:
    - C1: tensors, constants and the program lie below 2^48 bytes.
    - C2: two inputs, or two outputs, have different names.
    - C3: a relocation stands at a setting of a base register, names a tensor of
      the program, and ends below 2^48 bytes.
    - C4: the body holds operations of this dialect only.

    ```mlir
    isa.program @zeros machine "mxu-8" {
      isa.data at 4096 = dense<0> : tensor<64xi8>
      isa.set.ld.base(address = 4096)
      isa.ld(linear, length = 64)
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$machine,
                       DefaultValuedAttr<Isa_Address, "0">:$address,
                       OptionalAttr<StrArrayAttr>:$requirements);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name (`machine` $machine^)? (`at` $address^)? (`requires` $requirements^)?
    attr-dict-with-keyword $body
  }];
  let hasRegionVerifier = 1;
}

class Isa_ProgramPart<string mnemonic, list<Trait> traits = []>
    : Op<Isa_Dialect, mnemonic, !listconcat([HasParent<"ProgramOp">], traits)>;

def Isa_TensorOp : Isa_ProgramPart<"tensor"> {
  let summary = "An input or output of the program";
  let description = [{
    Lies in DRAM from byte `at` on, dense, the last dimension the fastest, unless
    the program is relocated.

    Constraints:
    - C1: the type is a ranked tensor without unknown dimensions, of at most 16
      dimensions, each below 2^48, whose elements are i8, ui8, i16, ui16, i32,
      i64 or f32.

    ```mlir
    isa.program @identity {
      isa.tensor input "x" at 4096 : tensor<1x8x8x16xi8>
      isa.tensor output "y" at 4096 : tensor<1024xi8>
    }
    ```
  }];
  let arguments = (ins Isa_RoleAttr:$role, StrAttr:$name, Isa_Address:$address,
                       TypeAttr:$type);
  let assemblyFormat = "`` $role $name `at` $address attr-dict `:` $type";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The tensor of an image. Precondition: the operation verifies.
    Tensor getTensor();
  }];
}

def Isa_DataOp : Isa_ProgramPart<"data"> {
  let summary = "Bytes that lie in DRAM before the doorbell";
  let description = [{
    The elements one after the other, each little-endian. Later constants win.

    Constraints:
    - C1: elements are integers or floating-point numbers of whole bytes, at most
      2^31 bytes together, and are there: not a resource that was left out of the
      text.

    ```mlir
    isa.program @constants {
      isa.data at 8192 = dense<[1, -1]> : tensor<2xi32>
    }
    ```
  }];
  let arguments = (ins Isa_Address:$address, ElementsAttr:$value);
  let assemblyFormat = "`at` $address attr-dict `=` $value";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Precondition: the operation verifies.
    std::vector<uint8_t> getBytes();
  }];
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

def Isa_WordOp : Isa_ProgramPart<"word"> {
  let summary = "128 bits that are no instruction";
  let description = [{
    What an image holds where no instruction has these bits; dispatch faults at it.

    Constraints:
    - C1: the word has 128 bits.
    - C2: no instruction has these bits.

    ```mlir
    isa.program @illegal {
      isa.word 0x000000000000000000000000000000ff
    }
    ```
  }];
  let arguments = (ins I64Attr:$low, I64Attr:$high);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

/// Every instruction of the table, with its fields as attributes.
def Isa_InstructionOp : OpInterface<"InstructionOp"> {
  let cppNamespace = "::systole::isa";
  let description = [{An instruction or setting that the table knows.}];
  let methods = [
    StaticInterfaceMethod<"Which instruction this is.",
      "::systole::isa::Format", "getFormat">,
    InterfaceMethod<"Its fields. Precondition: the operation verifies.",
      "::systole::isa::Instruction", "getInstruction", (ins), [{}], [{
        Instruction instruction;
        decode(*wordOf($_op), instruction);
        return instruction;
      }]>
  ];
}

/// A field's value as people write it; the table knows its range.
def Isa_Field : TypedSignlessIntegerAttrBase<I64, "int64_t", "field of an instruction"> {
  let convertFromStorage = "$_self.getValue().getSExtValue()";
}

/// `formatName` is the case of Format in C++. Text form, verifier and builder
/// follow from the table and are shared.
class Isa_Op<string mnemonic, string formatName>
    : Isa_ProgramPart<mnemonic, [DeclareOpInterfaceMethods<Isa_InstructionOp>]> {
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "const ::systole::isa::Instruction &":$instruction)>];
  let extraClassDefinition = [{
    ::systole::isa::Format $cppClass::getFormat() {
      return ::systole::isa::Format::}] # formatName # [{;
    }
    void $cppClass::build(::mlir::OpBuilder &, ::mlir::OperationState &state,
                          const ::systole::isa::Instruction &instruction) {
      ::systole::isa::addFields(state, instruction);
    }
    ::mlir::ParseResult $cppClass::parse(::mlir::OpAsmParser &parser,
                                         ::mlir::OperationState &state) {
      return ::systole::isa::parseFields(parser, state, getFormat());
    }
    void $cppClass::print(::mlir::OpAsmPrinter &printer) {
      ::systole::isa::printFields(printer, getOperation(), getFormat());
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::systole::isa::verifyFields(getOperation(), getFormat());
    }
  }];
}

include "hw-sim/isa/IsaInstructions.td"

#endif // SYSTOLE_ISA_OPS
