// RUN: rm -rf %t && systole-opt %s --graph-save-ir=file=%t/deep/folder/all.mlir --graph-save-ir="file=%t/short.mlir elide-bytes=64"
// RUN: FileCheck %s --input-file=%t/deep/folder/all.mlir
// RUN: FileCheck %s --input-file=%t/short.mlir --check-prefix=SHORT
// What is not elided can be read again.
// RUN: systole-opt %t/deep/folder/all.mlir | FileCheck %s
// A file that cannot be written is an error, not a crash.
// RUN: not systole-opt %s --graph-save-ir=file=/dev/null/x.mlir 2>&1 | FileCheck %s --check-prefix=ERROR
// RUN: not systole-opt %s --graph-save-ir=file=/dev/full 2>&1 | FileCheck %s --check-prefix=FULL

// ERROR: error: {{.*}}/dev/null/x.mlir
// FULL: error: cannot write '/dev/full': {{.*}}pace

// CHECK-LABEL: func.func @main
// SHORT-LABEL: func.func @main
func.func @main(%x: tensor<32xf32>) -> tensor<32xf32> {
  // CHECK: graph.constant dense<[0, 1, 2
  // SHORT: graph.constant dense_resource<__elided__>
  %c = graph.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]> : tensor<20xi64>
  // SHORT: loc(
  %y = graph.relu %x : (tensor<32xf32>) -> tensor<32xf32>
  %s = graph.gather %y, %c {axis = 0 : i64} : (tensor<32xf32>, tensor<20xi64>) -> tensor<20xf32>
  return %y : tensor<32xf32>
}
