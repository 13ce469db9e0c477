// RUN: systole-opt %s --graph-choose-layout --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-choose-layout=channels-last=false --split-input-file | FileCheck %s --check-prefix=FIRST
// RUN: systole-opt %s --graph-choose-layout --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-transposes = 2
// STATS: num-ops-changed = 1

// A convolution with a constant filter: attributes, filter and surroundings.
// CHECK-LABEL: func.func @conv
// FIRST-LABEL: func.func @conv
func.func @conv(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x8x6xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant {{.*}} : tensor<3x3x3x4xf32>
  // CHECK-DAG: %[[T:.*]] = graph.transpose %arg0 {perm = array<i64: 0, 2, 3, 1>}
  // CHECK: %[[Y:.*]] = graph.conv %[[T]], %[[W]] {
  // CHECK-SAME: filter_layout = #graph.layout<"01io">
  // CHECK-SAME: input_layout = #graph.layout<"n01c">, output_layout = #graph.layout<"n01c">
  // CHECK-SAME: -> tensor<1x8x6x4xf32>
  // CHECK: graph.transpose %[[Y]] {perm = array<i64: 0, 3, 1, 2>}
  // FIRST-NOT: graph.transpose
  %w = graph.constant dense<1.0> : tensor<4x3x3x3xf32>
  %y = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x8x6xf32>
  return %y : tensor<1x4x8x6xf32>
}

// -----

// A filter that is an argument is transposed when the program runs.
// CHECK-LABEL: func.func @computedFilter
func.func @computedFilter(%x: tensor<?x2x8x8xf32>, %w: tensor<4x1x3x3xf32>) -> tensor<?x4x8x6xf32> {
  // CHECK: graph.transpose %arg1 {perm = array<i64: 2, 3, 1, 0>}
  // CHECK: graph.conv {{.*}} groups = 2
  %y = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, groups = 2 : i64}
      : (tensor<?x2x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x4x8x6xf32>
  return %y : tensor<?x4x8x6xf32>
}

// -----

// One spatial dimension.
// CHECK-LABEL: func.func @conv1d
func.func @conv1d(%x: tensor<1x3x8xf32>, %w: tensor<4x3x1xf32>) -> tensor<1x4x8xf32> {
  // CHECK: graph.conv {{.*}} filter_layout = #graph.layout<"0io">{{.*}} input_layout = #graph.layout<"n0c">
  %y = graph.conv %x, %w {input_layout = #graph.layout<"nc0">, filter_layout = #graph.layout<"oi0">, output_layout = #graph.layout<"nc0">,
      strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8xf32>, tensor<4x3x1xf32>) -> tensor<1x4x8xf32>
  return %y : tensor<1x4x8xf32>
}

// -----

// Pooling of both kinds.
// CHECK-LABEL: func.func @pooling
func.func @pooling(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x2x2xf32> {
  // CHECK: graph.max_pool {{.*}} layout = #graph.layout<"n01c">{{.*}} -> tensor<1x4x4x3xf32>
  // CHECK: graph.avg_pool {{.*}} layout = #graph.layout<"n01c">{{.*}} -> tensor<1x2x2x3xf32>
  %m = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  %y = graph.avg_pool %m {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x4x4xf32>) -> tensor<1x3x2x2xf32>
  return %y : tensor<1x3x2x2xf32>
}

// -----

// What has the layout already stays, and goes back where the target wants that.
// CHECK-LABEL: func.func @alreadyLast
// FIRST-LABEL: func.func @alreadyLast
func.func @alreadyLast(%x: tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32> {
  // CHECK-NEXT: graph.max_pool
  // CHECK-NEXT: return
  // FIRST: graph.transpose
  // FIRST: graph.max_pool {{.*}} layout = #graph.layout<"nc01">
  %m = graph.max_pool %x {layout = #graph.layout<"n01c">, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32>
  return %m : tensor<1x4x4x3xf32>
}

// -----

// Unranked values keep the model's layout.
// CHECK-LABEL: func.func @unranked
func.func @unranked(%x: tensor<*xf32>) -> tensor<*xf32> {
  // CHECK: graph.max_pool {{.*}} layout = #graph.layout<"nc01">
  %m = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<*xf32>) -> tensor<*xf32>
  return %m : tensor<*xf32>
}

// -----

// A group is a kernel already chosen.
// CHECK-LABEL: func.func @group
func.func @group(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
  %y = graph.group "pool" (%a = %x) : (tensor<1x3x8x8xf32>) -> (tensor<1x3x4x4xf32>) {
    // CHECK: graph.max_pool {{.*}} layout = #graph.layout<"nc01">
    %m = graph.max_pool %a {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
        : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
    graph.yield %m : tensor<1x3x4x4xf32>
  }
  return %y : tensor<1x3x4x4xf32>
}
