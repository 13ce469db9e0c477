// RUN: systole-opt %s -split-input-file -verify-diagnostics
// The bounds of every field of every instruction: test/unit/isa.

isa.program @outOfRange {
  // expected-error @+1 {{field 'offset' is 4294967296, not 0 to 4294967295}}
  isa.ld(offset = 4294967296)
}

// -----

// Larger than any number.
isa.program @huge {
  // expected-error @+1 {{field 'offset' is '99999999999999999999999999', which is no number}}
  isa.ld(offset = 99999999999999999999999999)
}

// -----

isa.program @choice {
  // expected-error @+1 {{field 'to' is 'dram', not one of scratchpad, weights, parameters, accumulators}}
  isa.ld(to = dram)
}

// -----

isa.program @noNumber {
  // expected-error @+1 {{field 'offset' is a number from 0 to 4294967295}}
  isa.ld(offset = high)
}

// -----

isa.program @unknownField {
  // expected-error @+1 {{'isa.vx.table' has no field 'sauce'; its fields are source entries wait0 wait1 signal0 signal1}}
  isa.vx.table(sauce = 1)
}

// -----

// Bits that are kept for later are no field.
isa.program @reserved {
  // expected-error @+1 {{'isa.sync' has no field 'core'}}
  isa.sync(core = 0)
}

// -----

isa.program @twice {
  // expected-error @+1 {{field 'linear' is given twice}}
  isa.ld(linear, linear = 0)
}

// -----

isa.program @unknownInstruction {
  // expected-error @+1 {{unknown}}
  isa.add
}

// -----

// All fields that are wrong, at once.
isa.program @generic {
  // expected-error @+3 {{'isa.ld' op field 'to' is 4, not 0 to 3}}
  // expected-error @+2 {{'isa.ld' op field 'length' is 0, not 1 to 8388608}}
  // expected-error @+1 {{'isa.ld' op field 'wait0' is 16, not -1 to 15}}
  "isa.ld"() <{to = 4 : i64, length = 0 : i64, wait0 = 16 : i64}> : () -> ()
}

// -----

isa.program @sameSemaphore {
  // expected-error @+1 {{'isa.mm' op mm: a semaphore is named twice}}
  isa.mm(signal0 = 3, signal1 = 3)
}

// -----

// expected-error @+1 {{expects parent op 'isa.program'}}
isa.sync

// -----

isa.program @program_c1 {
  // expected-error @-1 {{constants at 281474976710656 lie beyond the address space}}
  // expected-error @-2 {{input 'x' lies beyond the address space}}
  isa.tensor input "x" at 281474976710655 : tensor<2xi8>
  isa.data at 281474976710656 = dense<1> : tensor<1xi8>
}

// -----

// expected-error @+1 {{the program lies beyond the address space}}
isa.program @program_c1_program at 281474976710656 {
  isa.ld
}

// -----

// expected-error @+1 {{attribute 'address' failed to satisfy constraint}}
isa.program @program_c1_negative at -1 {
}

// -----

// expected-error @+1 {{input 'x' is there twice}}
isa.program @program_c2 {
  isa.tensor input "x" at 0 : tensor<2xi8>
  isa.tensor input "x" at 64 : tensor<2xi8>
}

// -----

isa.program @program_c3 {
  // expected-error @+1 {{'isa.ld' op has an isa.relocation, but sets no base register}}
  isa.ld {isa.relocation = #isa.relocation<input "x">}
}

// -----

// expected-error @+1 {{relocation of instruction 0 to a tensor that does not exist}}
isa.program @program_c3_tensor {
  isa.tensor output "x" at 0 : tensor<2xi8>
  isa.set.ld.base {isa.relocation = #isa.relocation<input "x">}
}

// -----

// expected-error @+1 {{relocation of instruction 0 beyond the address space}}
isa.program @program_c3_address {
  isa.tensor input "x" at 1 : tensor<2xi8>
  isa.set.ld.base {isa.relocation = #isa.relocation<input "x" + 281474976710656>}
}

// -----

isa.program @program_c3_kind {
  // expected-error @+1 {{has an isa.relocation that is no #isa.relocation: "x"}}
  isa.set.ld.base {isa.relocation = "x"}
}

// -----

isa.program @program_c3_spelling {
  // expected-error @+1 {{has an attribute 'isa.relocate', which the dialect does not know}}
  isa.set.ld.base {isa.relocate = "x"}
}

// -----

isa.program @program_c4 {
  // expected-error @+1 {{is no part of a program}}
  %0 = arith.constant 1 : i32
}

// -----

isa.program @tensor_c1 {
  // expected-error @+1 {{elements must be i8, ui8, i16, ui16, i32, i64 or f32, but are 'f16'}}
  isa.tensor input "x" at 0 : tensor<2xf16>
}

// -----

isa.program @tensor_c1_dynamic {
  // expected-error @+1 {{type must be a tensor without unknown dimensions, but is 'tensor<?xi8>'}}
  isa.tensor input "x" at 0 : tensor<?xi8>
}

// -----

isa.program @tensor_c1_type {
  // expected-error @+1 {{type must be a tensor without unknown dimensions, but is 'i8'}}
  isa.tensor input "x" at 0 : i8
}

// -----

// expected-error @+1 {{input 'x' has more than 16 dimensions}}
isa.program @tensor_c1_rank {
  isa.tensor input "x" at 0 : tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xi8>
}

// -----

// expected-error @+1 {{input 'x' lies beyond the address space}}
isa.program @tensor_c1_dimension {
  isa.tensor input "x" at 0 : tensor<0x562949953421312xi8>
}

// -----

isa.program @data_c1 {
  // expected-error @+1 {{elements must be numbers of whole bytes, but are 'i1'}}
  isa.data at 0 = dense<true> : tensor<2xi1>
}

// -----

isa.program @data_c1_complex {
  // expected-error @+1 {{elements must be numbers of whole bytes, but are 'complex<f32>'}}
  isa.data at 0 = dense<(1.0, 2.0)> : tensor<2xcomplex<f32>>
}

// -----

isa.program @data_c1_size {
  // expected-error @+1 {{has more than 2147483648 bytes}}
  isa.data at 0 = dense<1> : tensor<536870913xi32>
}

// -----

isa.program @data_c1_elided {
  // expected-error @+1 {{bytes are not in the text: the resource was left out}}
  isa.data at 0 = dense_resource<__elided__> : tensor<2xi8>
}

// -----

isa.program @word_c1 {
  // expected-error @+1 {{a word has 128 bits, without a sign}}
  isa.word 0x100000000000000000000000000000000
}

// -----

isa.program @word_c1_sign {
  // expected-error @+1 {{a word has 128 bits, without a sign}}
  isa.word -1
}

// -----

isa.program @word_c1_text {
  // expected-error @+1 {{expected the word's 128 bits as a number: 0x and 32 digits}}
  isa.word "1"
}

// -----

isa.program @word_c2 {
  // expected-error @+1 {{'isa.word' op is the instruction 'ld base=1'}}
  isa.word 0x00000000000000000000000800000003
}
