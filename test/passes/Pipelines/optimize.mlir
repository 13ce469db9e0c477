// RUN: rm -rf %t && systole-opt %s --systole-optimize=save-phases=%t | FileCheck %s
// RUN: ls %t | FileCheck %s --check-prefix=FILES
// RUN: FileCheck %s --input-file=%t/01-simplify.mlir --check-prefix=SIMPLIFY
// RUN: systole-opt %s --systole-optimize=compile-to=layout | FileCheck %s --check-prefix=LAYOUT
// RUN: systole-opt %s --systole-optimize="compile-to=layout channels-last=false reassociate=false" | FileCheck %s --check-prefix=STRICT
// RUN: systole-opt %s --systole-optimize=fuse=false | FileCheck %s --check-prefix=UNFUSED
// RUN: systole-opt %s --systole-optimize=fetches=features | FileCheck %s --check-prefix=FETCH

// FILES: 00-import.mlir
// FILES-NEXT: 01-simplify.mlir
// FILES-NEXT: 02-fold.mlir
// FILES-NEXT: 03-layout.mlir
// FILES-NEXT: 04-fuse.mlir

// A convolutional network as an exporter writes it: normalisation, a shape that is
// computed to flatten, a branch that is decided.
// CHECK-LABEL: func.func @main
// CHECK-SAME: -> (tensor<?x4x4x4xf32> {graph.name = "features"}, tensor<?x2xf32> {graph.name = "scores"})
// CHECK: graph.transpose
// CHECK: graph.group "conv"
// CHECK-NEXT: graph.conv
// CHECK-NEXT: graph.relu
// CHECK-NOT: graph.batch_norm
// CHECK: graph.group "matmul"
// CHECK: graph.add
// CHECK-NOT: graph.if

// SIMPLIFY: graph.batch_norm
// SIMPLIFY: graph.reshape {{.*}} -> tensor<?x64xf32>
// SIMPLIFY-NOT: graph.shape_of

// LAYOUT-NOT: graph.group
// LAYOUT: input_layout = #graph.layout<"n01c">

// STRICT: input_layout = #graph.layout<"nc01">
// STRICT: graph.batch_norm

// UNFUSED: input_layout = #graph.layout<"n01c">
// UNFUSED-NOT: graph.group

// FETCH-LABEL: func.func @main
// FETCH-SAME: -> (tensor<?x4x4x4xf32> {graph.name = "features"})
// FETCH-NOT: graph.matmul
func.func @main(%x: tensor<?x3x4x4xf32>) -> (tensor<*xf32> {graph.name = "features"}, tensor<*xf32> {graph.name = "scores"}) attributes {graph.entry} {
  %w = graph.constant dense<0.5> : tensor<4x3x3x3xf32>
  %s = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<?x3x4x4xf32>, tensor<4x3x3x3xf32>) -> tensor<*xf32>
  %n = graph.batch_norm %c, %s, %s, %s, %s {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<*xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<*xf32>
  %r = graph.relu %n : (tensor<*xf32>) -> tensor<*xf32>
  %zero = graph.constant dense<0> : tensor<1xi64>
  %minus = graph.constant dense<-1> : tensor<1xi64>
  %shape = graph.shape_of %r : (tensor<*xf32>) -> tensor<4xi64>
  %batch = graph.gather %shape, %zero {axis = 0 : i64} : (tensor<4xi64>, tensor<1xi64>) -> tensor<1xi64>
  %target = graph.concat %batch, %minus {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %f = graph.reshape %r, %target : (tensor<*xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %m = graph.constant dense<0.25> : tensor<64x2xf32>
  %b = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %train = graph.compare gt, %zero, %minus : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi1>
  %y = graph.if %train : tensor<1xi1> -> (tensor<*xf32>) {
    %g = graph.matmul %f, %m : (tensor<?x?xf32>, tensor<64x2xf32>) -> tensor<*xf32>
    %h = graph.add %g, %b : (tensor<*xf32>, tensor<2xf32>) -> tensor<*xf32>
    graph.yield %h : tensor<*xf32>
  } else {
    graph.yield %f : tensor<?x?xf32>
  }
  return %r, %y : tensor<*xf32>, tensor<*xf32>
}
