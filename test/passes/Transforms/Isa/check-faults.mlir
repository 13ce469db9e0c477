// RUN: systole-opt %s --isa-check-faults | FileCheck %s
// RUN: systole-opt %s --isa-check-faults=machine=mxu-32 | FileCheck %s
// RUN: not systole-opt %s --isa-check-faults=machine=mxu-17 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not systole-opt %s --isa-check-faults=machine=%t.yaml 2>&1 | FileCheck %s --check-prefix=FILE
// UNKNOWN: mxu-17: error: no machine is called so; the presets in '{{.*}}share/systole/machines' are: mxu-8, mxu-16, mxu-32, mxu-64
// FILE: .yaml: error: this machine file cannot be read

// A legal program is left as it is. At the last word of the scratchpad:
// CHECK-LABEL: isa.program @legal
isa.program @legal machine "mxu-16" {
  // CHECK: isa.ld(linear, target = 16383, length = 16, signal0 = 0)
  isa.ld(linear, target = 16383, length = 16, signal0 = 0)
  isa.mm(source = 16383, wait0 = 0)
}
