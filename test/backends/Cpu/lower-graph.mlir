// RUN: systole-opt --cpu-lower-graph="cpu=x86-64-v3" --split-input-file %s | FileCheck %s
// ... but not under --precision=strict.
// RUN: systole-opt --cpu-lower-graph="cpu=x86-64-v3 strict" --split-input-file %s | FileCheck %s --check-prefix=STRICT

// A reshape shares its operand's memory: one kernel, one planned buffer.
// CHECK-LABEL: func.func @model_main_entry(%{{.*}}: !llvm.ptr) -> i32
// CHECK-DAG: %[[BYTES:.*]] = arith.constant 64 : i64
// CHECK: arith.cmpi sge, %{{.*}}, %[[BYTES]]
// CHECK: call @relu_0
// CHECK-NOT: call @
// CHECK: return
func.func @main(%x: tensor<2x3xf32>) -> tensor<3x2xf32> attributes {graph.entry} {
  %shape = graph.constant dense<[3, 2]> : tensor<2xi64>
  %y = graph.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = graph.reshape %y, %shape : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<3x2xf32>
  return %z : tensor<3x2xf32>
}

// -----

// Two operations of the same shape are one kernel, called twice.
// CHECK-LABEL: func.func @model_main_entry
// CHECK: call @exp_0
// CHECK: call @exp_0
// CHECK: func.func private @exp_0
// CHECK-NOT: @exp_1
func.func @main(%x: tensor<8xf32>, %w: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) attributes {graph.entry} {
  %y = graph.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %z = graph.exp %w : (tensor<8xf32>) -> tensor<8xf32>
  return %y, %z : tensor<8xf32>, tensor<8xf32>
}

// -----

// The last reader of a value writes over it: 4 kB for both, and a kernel that
// accesses them through one pointer.
// CHECK-LABEL: func.func @model_main_entry
// CHECK-DAG: arith.constant 4096 : i64
// CHECK-NOT: arith.constant 8192 : i64
// CHECK: call @exp_0
// CHECK: call @tanh_1
// CHECK-LABEL: func.func private @tanh_1
// CHECK-SAME: %[[IN:[a-z0-9]+]]: !llvm.ptr {llvm.noalias}, %[[OUT:[a-z0-9]+]]: !llvm.ptr {llvm.noalias})
// CHECK-NOT: %[[IN]]
func.func @main(%x: tensor<1024xf32>) -> tensor<1024xf32> attributes {graph.entry} {
  %y = graph.exp %x : (tensor<1024xf32>) -> tensor<1024xf32>
  %z = graph.tanh %y : (tensor<1024xf32>) -> tensor<1024xf32>
  return %z : tensor<1024xf32>
}

// -----

// A value that is read later, here as a result, keeps its memory.
// CHECK-LABEL: func.func @model_main_entry
// CHECK: arith.constant 8192 : i64
func.func @main(%x: tensor<1024xf32>) -> (tensor<1024xf32>, tensor<1024xf32>) attributes {graph.entry} {
  %y = graph.exp %x : (tensor<1024xf32>) -> tensor<1024xf32>
  %z = graph.tanh %y : (tensor<1024xf32>) -> tensor<1024xf32>
  return %y, %z : tensor<1024xf32>, tensor<1024xf32>
}

// -----

// A slice that is one run of elements is a view: no copy.
// CHECK-LABEL: func.func @model_main_entry
// CHECK: call @exp_0
// CHECK: llvm.getelementptr {{.*}}[%c16_i64] : {{.*}} f32
// CHECK-NOT: call @copy
// CHECK: call @tanh_1
func.func @main(%x: tensor<1x64xf32>) -> tensor<1x32xf32> attributes {graph.entry} {
  %one = graph.constant dense<1> : tensor<1xi64>
  %start = graph.constant dense<16> : tensor<1xi64>
  %end = graph.constant dense<48> : tensor<1xi64>
  %y = graph.exp %x : (tensor<1x64xf32>) -> tensor<1x64xf32>
  %s = graph.slice %y, %start, %end, %one {axes = array<i64: 1>} : (tensor<1x64xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x32xf32>
  %z = graph.tanh %s : (tensor<1x32xf32>) -> tensor<1x32xf32>
  return %z : tensor<1x32xf32>
}

// -----

// Not a part of every row, one that begins where no tensor may, or one much
// smaller than what it would keep alive.
// CHECK-LABEL: func.func @model_main_entry
// CHECK-COUNT-3: call @copy
func.func @main(%x: tensor<2x64xf32>) -> (tensor<2x32xf32>, tensor<1x32xf32>, tensor<1x16xf32>) attributes {graph.entry} {
  %one = graph.constant dense<1> : tensor<1xi64>
  %zero = graph.constant dense<0> : tensor<1xi64>
  %start = graph.constant dense<16> : tensor<1xi64>
  %end = graph.constant dense<48> : tensor<1xi64>
  %starts = graph.constant dense<[0, 1]> : tensor<2xi64>
  %ends = graph.constant dense<[1, 33]> : tensor<2xi64>
  %shorts = graph.constant dense<[1, 16]> : tensor<2xi64>
  %ones = graph.constant dense<1> : tensor<2xi64>
  %y = graph.exp %x : (tensor<2x64xf32>) -> tensor<2x64xf32>
  %a = graph.slice %y, %start, %end, %one {axes = array<i64: 1>} : (tensor<2x64xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x32xf32>
  %b = graph.slice %y, %starts, %ends, %ones {axes = array<i64: 0, 1>} : (tensor<2x64xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x32xf32>
  %zeros = graph.constant dense<0> : tensor<2xi64>
  %c = graph.slice %y, %zeros, %shorts, %ones {axes = array<i64: 0, 1>} : (tensor<2x64xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x16xf32>
  return %a, %b, %c : tensor<2x32xf32>, tensor<1x32xf32>, tensor<1x16xf32>
}

// -----

// A normalisation written out is one kernel: three sweeps over a row.
// CHECK-LABEL: func.func @model_main_entry
// CHECK: call @rows_0
// CHECK-NOT: call @
// CHECK-LABEL: func.func private @rows_0
// CHECK-COUNT-4: scf.for
// CHECK-NOT: scf.for
// CHECK: return
func.func @main(%x: tensor<4x64xf32>) -> tensor<4x64xf32> attributes {graph.entry} {
  %y = graph.group "rows" (%g = %x) : (tensor<4x64xf32>) -> (tensor<4x64xf32>) {
    %epsilon = graph.constant dense<1.0e-5> : tensor<f32>
    %m = graph.reduce mean, %g {axes = array<i64: 1>, keep_dims} : (tensor<4x64xf32>) -> tensor<4x1xf32>
    %c = graph.sub %g, %m : (tensor<4x64xf32>, tensor<4x1xf32>) -> tensor<4x64xf32>
    %q = graph.mul %c, %c : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
    %v = graph.reduce mean, %q {axes = array<i64: 1>, keep_dims} : (tensor<4x64xf32>) -> tensor<4x1xf32>
    %e = graph.add %v, %epsilon : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
    %s = graph.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
    %n = graph.div %c, %s : (tensor<4x64xf32>, tensor<4x1xf32>) -> tensor<4x64xf32>
    graph.yield %n : tensor<4x64xf32>
  }
  return %y : tensor<4x64xf32>
}

// -----

// Neighbouring dimensions that are contiguous in every operand become one loop.
// CHECK-LABEL: func.func private @add_0
// CHECK: scf.for
// CHECK-NOT: scf.for
// CHECK: return
func.func @main(%x: tensor<4x5x6xf32>, %y: tensor<4x5x6xf32>) -> tensor<4x5x6xf32> attributes {graph.entry} {
  %z = graph.add %x, %y : (tensor<4x5x6xf32>, tensor<4x5x6xf32>) -> tensor<4x5x6xf32>
  return %z : tensor<4x5x6xf32>
}

// -----

// A matrix product with constant weights: vectors of accumulators, the group's
// relu in registers before the only store.
// CHECK-LABEL: func.func private @contraction_0
// CHECK: scf.for
// CHECK: vector.broadcast
// CHECK: arith.mulf {{.*}} : vector<8xf32>
// CHECK: arith.addf {{.*}} : vector<8xf32>
// CHECK: arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: llvm.store {{.*}} : vector<8xf32>
func.func @main(%x: tensor<6x4xf32>) -> tensor<6x8xf32> attributes {graph.entry} {
  %w = graph.constant dense<2.0> : tensor<4x8xf32>
  %y = graph.group "matmul" (%a = %x, %b = %w) : (tensor<6x4xf32>, tensor<4x8xf32>) -> (tensor<6x8xf32>) {
    %m = graph.matmul %a, %b : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
    %r = graph.relu %m : (tensor<6x8xf32>) -> tensor<6x8xf32>
    graph.yield %r : tensor<6x8xf32>
  }
  return %y : tensor<6x8xf32>
}

// -----

// Sums may be contracted and reordered ...
// CHECK-LABEL: func.func private @reduce_0
// CHECK: arith.addf {{.*}} fastmath<reassoc,contract>
// STRICT-LABEL: func.func private @reduce_0
// STRICT-NOT: fastmath
func.func @main(%x: tensor<4x100xf32>) -> tensor<4xf32> attributes {graph.entry} {
  %y = graph.reduce sum, %x {axes = array<i64: 1>} : (tensor<4x100xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
