// RUN: systole-opt %s --verify-roundtrip | FileCheck %s
// RUN: systole-opt %s --mlir-print-op-generic | systole-opt | FileCheck %s
// RUN: systole-opt %s --emit-bytecode | systole-opt | FileCheck %s
// RUN: systole-opt %s --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=NODE

// What an image holds beside instructions.
// CHECK-LABEL: isa.program @parts machine "mxu-16" at 4096 requires ["isa=1", "array=16"] {
isa.program @parts machine "mxu-16" at 4096 requires ["isa=1", "array=16"] {
  // CHECK-NEXT: isa.tensor input "x" at 65536 : tensor<1x16x16xui8>
  isa.tensor input "x" at 65536 : tensor<1x16x16xui8>
  // An output may have an input's name, and no name at all.
  // CHECK-NEXT: isa.tensor output "x" at 131072 : tensor<f32>
  isa.tensor output "x" at 131072 : tensor<f32>
  // CHECK-NEXT: isa.tensor output "" at 0 : tensor<0x3xi64>
  isa.tensor output "" at 0 : tensor<0x3xi64>
  // CHECK-NEXT: isa.data at 8192 = dense<[1, -1]> : tensor<2xi32>
  isa.data at 8192 = dense<[1, -1]> : tensor<2xi32>
  // CHECK-NEXT: isa.data at 16384 = dense_resource<weights> : tensor<8xi8>
  isa.data at 16384 = dense_resource<weights> : tensor<8xi8>
  // CHECK-NEXT: isa.word 0x800000000000000000000000000000ff
  isa.word 0x800000000000000000000000000000ff
  // Decimal, too; short ones are padded.
  // CHECK-NEXT: isa.word 0x00000000000000000000000000000000
  isa.word 0
}

// Nothing but a name is needed.
// CHECK-LABEL: isa.program @empty {
// CHECK-NEXT: }
isa.program @empty {
}

// Values of zero bits are left out, flags and choices are words.
// CHECK-LABEL: isa.program @fields {
isa.program @fields {
  // CHECK-NEXT: isa.ld{{$}}
  isa.ld(to = scratchpad, linear = 0, length = 1, wait0 = -1)
  // CHECK-NEXT: isa.ld{{$}}
  isa.ld()
  // CHECK-NEXT: isa.ld(to = accumulators, linear, length = 8388608)
  isa.ld(length = 0x800000, to = accumulators, linear)
  // CHECK-NEXT: isa.ld(linear)
  isa.ld(linear = 1)
  // Names that are words of MLIR, too.
  // CHECK-NEXT: isa.set.vx.stages(source = uint8, pool = max, combine = add)
  isa.set.vx.stages(source = uint8, bias = none, pool = max, combine = add)
  // CHECK-NEXT: isa.set.vx.result(rounding = float, multiplier = 4294967295, shift = -64, high = -1)
  isa.set.vx.result(rounding = float, multiplier = 0xffffffff, shift = -64, high = -1)
  // CHECK-NEXT: isa.set.ld.base(index = 7, address = 281474976710655)
  isa.set.ld.base(index = 7, address = 281474976710655)
  // CHECK-NEXT: isa.mm(source = -1048576, wait0 = 0, wait1 = 15, signal0 = 0, signal1 = 1)
  isa.mm(source = -1048576, wait0 = 0, wait1 = 15, signal0 = 0, signal1 = 1)
}

// A base register that follows a tensor.
// CHECK-LABEL: isa.program @relocated {
isa.program @relocated {
  isa.tensor output "a/b: c" at 64 : tensor<4xi8>
  // CHECK: isa.set.st.base(address = 64) {isa.relocation = #isa.relocation<output "a/b: c">}
  isa.set.st.base(address = 64) {isa.relocation = #isa.relocation<output "a/b: c">}
  // CHECK-NEXT: isa.set.ld.base(address = 68) {isa.relocation = #isa.relocation<output "a/b: c" + 4>}
  isa.set.ld.base(address = 68) {isa.relocation = #isa.relocation<output "a/b: c" + 4>}
  // Instructions know their node.
  // NODE: isa.st loc("conv1"("Conv"))
  isa.st loc("conv1"("Conv"))
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x010000000102030405060708"
    }
  }
#-}
