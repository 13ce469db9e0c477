// RUN: systole-opt %s | systole-opt | FileCheck %s

// Interpolation, signals, quantisation: each operation parses and prints.

// CHECK-LABEL: @interpolation
func.func @interpolation(%x: tensor<1x3x8x8xf32>, %sizes: tensor<2xi64>, %scales: tensor<2xf64>,
                         %region: tensor<4xf64>, %p: tensor<5x4x2xf32>, %e: tensor<5xi64>) {
  // CHECK: graph.resize linear, %{{.*}}, %{{.*}}, %{{.*}} {axes = array<i64: 2, 3>}
  %resize = graph.resize linear, %x, %sizes, %scales {axes = array<i64: 2, 3>}
      : (tensor<1x3x8x8xf32>, tensor<2xi64>, tensor<2xf64>) -> tensor<1x3x?x?xf32>
  // CHECK: graph.resize cubic, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {antialias
  // CHECK-SAME: coordinates = #graph.resize_coordinates<crop>
  %crop = graph.resize cubic, %x, %sizes, %scales, %region {axes = array<i64: 3, 2>, antialias,
      coordinates = #graph.resize_coordinates<crop>, extrapolation = 1.0 : f64}
      : (tensor<1x3x8x8xf32>, tensor<2xi64>, tensor<2xf64>, tensor<4xf64>) -> tensor<1x3x?x?xf32>
  // CHECK: graph.sample nearest, %{{.*}}, %{{.*}}, %{{.*}} {align_corners, border = #graph.border_mode<reflect>}
  %sample = graph.sample nearest, %x, %p, %e {align_corners, border = #graph.border_mode<reflect>}
      : (tensor<1x3x8x8xf32>, tensor<5x4x2xf32>, tensor<5xi64>) -> tensor<5x3x4xf32>
  return
}

// CHECK-LABEL: @boxes
func.func @boxes(%boxes: tensor<1x6x4xf32>, %scores: tensor<1x2x6xf32>, %n: tensor<i64>, %t: tensor<f32>) {
  // CHECK: graph.non_max_suppression %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} :
  %i = graph.non_max_suppression %boxes, %scores, %n, %t, %t
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64>
  return
}

// CHECK-LABEL: @signals
func.func @signals(%x: tensor<3x16x2xf32>, %m: tensor<5x3x3xf32>, %s: tensor<2xi64>, %k: tensor<i64>) {
  // CHECK: graph.dft %{{.*}} {axis = 1 : i64, inverse}
  %dft = graph.dft %x {axis = 1 : i64, inverse} : (tensor<3x16x2xf32>) -> tensor<3x16x2xf32>
  // CHECK: graph.det
  %det = graph.det %m : (tensor<5x3x3xf32>) -> tensor<5xf32>
  // CHECK: graph.random_bits
  %bits = graph.random_bits %s, %k : (tensor<2xi64>, tensor<i64>) -> tensor<?x?xui32>
  return
}

// CHECK-LABEL: @quantisation
func.func @quantisation(%x: tensor<2x3xf32>, %s: tensor<3xf32>, %z: tensor<i8>, %q: tensor<2x3xf8E4M3FN>, %i: tensor<2x3xi32>, %w: tensor<3xi64>, %m: tensor<3xi32>) {
  // CHECK: graph.quantize %{{.*}}, %{{.*}}, %{{.*}} to i8 :
  %a = graph.quantize %x, %s, %z to i8 : (tensor<2x3xf32>, tensor<3xf32>, tensor<i8>) -> tensor<2x3xi8>
  // CHECK: graph.quantize %{{.*}}, %{{.*}} to f8E5M2 {saturate} :
  %b = graph.quantize %x, %s to f8E5M2 {saturate} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf8E5M2>
  // CHECK: graph.dequantize %{{.*}}, %{{.*}} :
  %c = graph.dequantize %q, %s : (tensor<2x3xf8E4M3FN>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.rescale %{{.*}}, %{{.*}}, %{{.*}} :
  %d = graph.rescale %i, %m, %m : (tensor<2x3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<2x3xi32>
  // CHECK: graph.rescale %{{.*}}, %{{.*}}, %{{.*}} {rounding = #graph.rescale_rounding<once>} :
  %e = graph.rescale %w, %m, %m {rounding = #graph.rescale_rounding<once>} : (tensor<3xi64>, tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  return
}
