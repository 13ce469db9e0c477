// RUN: systole-opt %s --isa-check-program | FileCheck %s
// RUN: systole-opt %S/../../../hw-sim/Inputs/engines.mlir --isa-check-program -o /dev/null
// RUN: systole-opt %S/../../../hw-sim/Inputs/matmul.mlir --isa-check-program=machine=mxu-16 -o /dev/null

// What is ordered is left as it is.
// CHECK-LABEL: isa.program @ordered
isa.program @ordered machine "mxu-16" {
  // CHECK: isa.ld(linear, offset = 4096, target = 100, length = 256, signal0 = 0)
  isa.ld(linear, offset = 4096, target = 100, length = 256, signal0 = 0)
  isa.st(linear, offset = 8192, source = 100, length = 256, wait0 = 0)
}

// So is what lies elsewhere: no byte is touched by both.
// CHECK-LABEL: isa.program @apart
isa.program @apart machine "mxu-16" {
  isa.ld(linear, offset = 4096, target = 100, length = 256)
  isa.st(linear, offset = 8192, source = 116, length = 256)
}
