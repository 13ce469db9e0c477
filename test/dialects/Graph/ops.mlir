// RUN: systole-opt --verify-roundtrip %s | FileCheck %s
// RUN: systole-opt --emit-bytecode %s | systole-opt | FileCheck %s
// RUN: systole-opt --mlir-print-op-generic %s | systole-opt | FileCheck %s

// Every operation, in the forms that its assembly allows.

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<2x3xf32>, %n: tensor<?xi32>, %c: tensor<*xi1>) {
  // CHECK: graph.abs %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %abs = graph.abs %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.neg %{{.*}} : (tensor<?xi32>) -> tensor<?xi32>
  %neg = graph.neg %n : (tensor<?xi32>) -> tensor<?xi32>
  // CHECK: graph.exp
  %exp = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.log
  %log = graph.log %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sqrt
  %sqrt = graph.sqrt %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.tanh
  %tanh = graph.tanh %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.erf
  %erf = graph.erf %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sigmoid
  %sigmoid = graph.sigmoid %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.floor
  %floor = graph.floor %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.relu
  %relu = graph.relu %n : (tensor<?xi32>) -> tensor<?xi32>
  // CHECK: graph.not %{{.*}} : (tensor<*xi1>) -> tensor<*xi1>
  %not = graph.not %c : (tensor<*xi1>) -> tensor<*xi1>
  // CHECK: graph.expm1
  %expm1 = graph.expm1 %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.log1p
  %log1p = graph.log1p %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.sin
  %sin = graph.sin %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.cos
  %cos = graph.cos %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.atan
  %atan = graph.atan %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.round
  %round = graph.round %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.not %{{.*}} : (tensor<?xi32>) -> tensor<?xi32>
  %bits = graph.not %n : (tensor<?xi32>) -> tensor<?xi32>
  // CHECK: graph.bitcast %{{.*}} to ui32 : (tensor<?xi32>) -> tensor<?xui32>
  %bitcast = graph.bitcast %n to ui32 : (tensor<?xi32>) -> tensor<?xui32>
  // CHECK: graph.cast %{{.*}} to bf16 : (tensor<2x3xf32>) -> tensor<2x3xbf16>
  %cast = graph.cast %x to bf16 : (tensor<2x3xf32>) -> tensor<2x3xbf16>
  return
}

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<2x3xf32>, %y: tensor<3xf32>, %c: tensor<3xi1>,
                  %z: tensor<?xcomplex<f32>>) {
  // CHECK: graph.add %{{.*}}, %{{.*}} : (tensor<?xcomplex<f32>>, tensor<?xcomplex<f32>>) -> tensor<?xcomplex<f32>>
  %add = graph.add %z, %z : (tensor<?xcomplex<f32>>, tensor<?xcomplex<f32>>) -> tensor<?xcomplex<f32>>
  // CHECK: graph.sub
  %sub = graph.sub %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.mul
  %mul = graph.mul %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.div
  %div = graph.div %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.pow
  %pow = graph.pow %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.max
  %max = graph.max %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.min
  %min = graph.min %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.and
  %and = graph.and %c, %c : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  // CHECK: graph.or
  %or = graph.or %c, %c : (tensor<3xi1>, tensor<3xi1>) -> tensor<3xi1>
  // CHECK: graph.compare ge, %{{.*}}, %{{.*}} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  %compare = graph.compare ge, %x, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  // CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} : (tensor<3xi1>, tensor<2x3xf32>, tensor<3xf32>)
  %select = graph.select %c, %x, %y : (tensor<3xi1>, tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: @constants
func.func @constants() {
  // CHECK: graph.constant dense<1> : tensor<ui8>
  %0 = graph.constant dense<1> : tensor<ui8>
  // CHECK: graph.constant dense<[true, false]> : tensor<2xi1>
  %1 = graph.constant dense<[true, false]> : tensor<2xi1>
  // CHECK: graph.constant dense<["a", "bc"]> : tensor<2x!graph.string>
  %2 = graph.constant dense<["a", "bc"]> : tensor<2x!graph.string>
  // CHECK: graph.constant dense_resource<weights> : tensor<2xf32>
  %3 = graph.constant dense_resource<weights> : tensor<2xf32>
  return
}

// CHECK-LABEL: @shapes
func.func @shapes(%x: tensor<1x4x?xf32>, %s: tensor<2xi64>, %d: tensor<?xi64>, %p: tensor<6xi64>,
                  %v: tensor<f32>, %i: tensor<2xi32>, %t: tensor<3x!graph.string>, %e: tensor<0xi64>) {
  // CHECK: graph.shape_of %{{.*}} : (tensor<1x4x?xf32>) -> tensor<3xi64>
  %shape = graph.shape_of %x : (tensor<1x4x?xf32>) -> tensor<3xi64>
  // CHECK: graph.reshape %{{.*}}, %{{.*}} {copy_zeros} : (tensor<1x4x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %reshape = graph.reshape %x, %s {copy_zeros} : (tensor<1x4x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  // CHECK: graph.reshape %{{.*}}, %{{.*}} : (tensor<1x4x?xf32>, tensor<?xi64>) -> tensor<*xf32>
  %unranked = graph.reshape %x, %d : (tensor<1x4x?xf32>, tensor<?xi64>) -> tensor<*xf32>
  // CHECK: graph.squeeze %{{.*}} {axes = array<i64: 0>}
  %squeeze = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x4x?xf32>) -> tensor<4x?xf32>
  // CHECK: graph.unsqueeze %{{.*}} {axes = array<i64: 0, 4>}
  %unsqueeze = graph.unsqueeze %x {axes = array<i64: 0, 4>} : (tensor<1x4x?xf32>) -> tensor<1x1x4x?x1xf32>
  // CHECK: graph.transpose %{{.*}} {perm = array<i64: 2, 0, 1>}
  %transpose = graph.transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<1x4x?xf32>) -> tensor<?x1x4xf32>
  // CHECK: graph.broadcast
  %broadcast = graph.broadcast %v, %s : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  // CHECK: graph.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 0 : i64}
  %concat = graph.concat %t, %t, %t {axis = 0 : i64}
      : (tensor<3x!graph.string>, tensor<3x!graph.string>, tensor<3x!graph.string>) -> tensor<9x!graph.string>
  // CHECK: graph.slice {{.*}} {axes = array<i64: 2, 0>}
  %slice = graph.slice %x, %s, %s, %s {axes = array<i64: 2, 0>}
      : (tensor<1x4x?xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<?x4x?xf32>
  // CHECK: graph.slice {{.*}} {axes = array<i64>}
  %whole = graph.slice %x, %e, %e, %e {axes = array<i64>}
      : (tensor<1x4x?xf32>, tensor<0xi64>, tensor<0xi64>, tensor<0xi64>) -> tensor<1x4x?xf32>
  // CHECK: graph.pad constant, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x4x?xf32>, tensor<6xi64>, tensor<f32>)
  %pad = graph.pad constant, %x, %p, %v : (tensor<1x4x?xf32>, tensor<6xi64>, tensor<f32>) -> tensor<?x?x?xf32>
  // CHECK: graph.pad reflect, %{{.*}}, %{{.*}} : (tensor<1x4x?xf32>, tensor<6xi64>)
  %reflect = graph.pad reflect, %x, %p : (tensor<1x4x?xf32>, tensor<6xi64>) -> tensor<?x?x?xf32>
  // CHECK: graph.gather %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<1x4x?xf32>, tensor<2xi32>)
  %gather = graph.gather %x, %i {axis = 1 : i64} : (tensor<1x4x?xf32>, tensor<2xi32>) -> tensor<1x2x?xf32>
  return
}

// CHECK-LABEL: @neural
func.func @neural(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x2x6xf32>, %b: tensor<6xf32>, %s: tensor<4xf32>) {
  // CHECK: graph.matmul
  %matmul = graph.matmul %x, %s : (tensor<1x8x8x4xf32>, tensor<4xf32>) -> tensor<1x8x8xf32>
  // CHECK: graph.conv %{{.*}}, %{{.*}}, %{{.*}} {auto_pad = #graph.auto_pad<same_upper>
  // CHECK-SAME: filter_layout = #graph.layout<"01io">, groups = 2 : i64
  %conv = graph.conv %x, %w, %b {
      input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, auto_pad = #graph.auto_pad<same_upper>, groups = 2 : i64}
      : (tensor<1x8x8x4xf32>, tensor<3x3x2x6xf32>, tensor<6xf32>) -> tensor<1x6x4x4xf32>
  // CHECK: graph.max_pool %{{.*}} {ceil_mode
  %max_pool = graph.max_pool %x {layout = #graph.layout<"n01c">, kernel = array<i64: 3, 3>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil_mode}
      : (tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32>
  // CHECK: graph.avg_pool %{{.*}} {count_include_pad
  %avg_pool = graph.avg_pool %x {layout = #graph.layout<"n01c">, kernel = array<i64: 3, 3>,
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, count_include_pad}
      : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: graph.reduce prod, %{{.*}} {axes = array<i64: 1, 3>}
  %reduce = graph.reduce prod, %x {axes = array<i64: 1, 3>} : (tensor<1x8x8x4xf32>) -> tensor<1x8xf32>
  // CHECK: graph.softmax %{{.*}} {axis = 3 : i64}
  %softmax = graph.softmax %x {axis = 3 : i64} : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: graph.batch_norm
  %batch_norm = graph.batch_norm %x, %s, %s, %s, %s {axis = 3 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x8x8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x8x8x4xf32>
  return
}

// CHECK-LABEL: @control
func.func @control(%c: tensor<i1>, %x: tensor<?xf32>, %q: !graph.sequence<tensor<?xf32>>) {
  // CHECK: graph.if %{{.*}} : tensor<i1> {
  // CHECK-NEXT: } else {
  // CHECK-NEXT: }
  graph.if %c : tensor<i1> {
  } else {
  }
  // CHECK: %[[R:.*]]:2 = graph.if %{{.*}} : tensor<i1> -> (tensor<?xf32>, !graph.sequence<tensor<?xf32>>) {
  // CHECK: graph.yield %{{.*}}, %{{.*}} : tensor<?xf32>, !graph.sequence<tensor<?xf32>>
  %r:2 = graph.if %c : tensor<i1> -> (tensor<?xf32>, !graph.sequence<tensor<?xf32>>) {
    graph.yield %x, %q : tensor<?xf32>, !graph.sequence<tensor<?xf32>>
  } else {
    graph.yield %x, %q : tensor<?xf32>, !graph.sequence<tensor<?xf32>>
  }
  // CHECK: graph.while () : () -> () {
  // CHECK: } do () {
  graph.while () : () -> () {
    graph.yield %c : tensor<i1>
  } do () {
  }
  // CHECK: %{{.*}}:2 = graph.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) : (tensor<?xf32>, tensor<i1>) -> (tensor<*xf32>, tensor<i1>)
  // CHECK-SAME: attributes {note = "kept"} {
  // CHECK: } do (%{{.*}}, %{{.*}}) {
  %w:2 = graph.while (%a = %x, %b = %c) : (tensor<?xf32>, tensor<i1>) -> (tensor<*xf32>, tensor<i1>) attributes {note = "kept"} {
    graph.yield %b : tensor<i1>
  } do (%d, %e) {
    graph.yield %d, %e : tensor<*xf32>, tensor<i1>
  }
  // CHECK: graph.group "elementwise" (%[[A:.*]] = %{{.*}}) : (tensor<?xf32>) -> (tensor<?xf32>) attributes {tile = 4 : i64} {
  // CHECK-NEXT: graph.exp %[[A]]
  %g = graph.group "elementwise" (%a = %x) : (tensor<?xf32>) -> (tensor<?xf32>) attributes {tile = 4 : i64} {
    %f = graph.exp %a : (tensor<?xf32>) -> tensor<?xf32>
    graph.yield %f : tensor<?xf32>
  }
  return
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x010000000000803F00000040"
    }
  }
#-}

// CHECK-LABEL: @bitwise
func.func @bitwise(%x: tensor<2x3xi8>, %y: tensor<3xi8>) {
  // CHECK: graph.and %{{.*}}, %{{.*}} : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x3xi8>
  %and = graph.and %x, %y : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x3xi8>
  // CHECK: graph.xor
  %xor = graph.xor %x, %y : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x3xi8>
  // CHECK: graph.shift_left
  %left = graph.shift_left %x, %y : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x3xi8>
  // CHECK: graph.shift_right
  %right = graph.shift_right %x, %y : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: @indices
func.func @indices(%x: tensor<2x3xf32>, %i: tensor<2x1xi32>, %u: tensor<2x1xf32>, %r: tensor<2x3xf32>,
                   %n: tensor<i64>, %any: tensor<*xf32>) {
  // CHECK: graph.range %{{.*}}, %{{.*}}, %{{.*}} : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  %range = graph.range %n, %n, %n : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
  // CHECK: graph.gather_elements %{{.*}}, %{{.*}} {axis = 1 : i64}
  %elements = graph.gather_elements %x, %i {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x1xi32>) -> tensor<2x1xf32>
  // CHECK: graph.gather_nd %{{.*}}, %{{.*}} {batch_dims = 0 : i64}
  %slices = graph.gather_nd %x, %i {batch_dims = 0 : i64} : (tensor<2x3xf32>, tensor<2x1xi32>) -> tensor<2x3xf32>
  // CHECK: graph.scatter_elements max, %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64}
  %put = graph.scatter_elements max, %x, %i, %u {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x1xi32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  // CHECK: graph.scatter_nd replace, %{{.*}}, %{{.*}}, %{{.*}} :
  %putSlices = graph.scatter_nd replace, %x, %i, %r : (tensor<2x3xf32>, tensor<2x1xi32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: graph.non_zero %{{.*}} : (tensor<*xf32>) -> tensor<?x?xi64>
  %places = graph.non_zero %any : (tensor<*xf32>) -> tensor<?x?xi64>
  return
}

// CHECK-LABEL: @orders
func.func @orders(%x: tensor<2x3xf32>, %k: tensor<1xi64>, %any: tensor<*xf32>) {
  // CHECK: graph.arg_reduce min, %{{.*}} {axis = 1 : i64, keep_dims, select_last}
  %last = graph.arg_reduce min, %x {axis = 1 : i64, keep_dims, select_last} : (tensor<2x3xf32>) -> tensor<2x1xi64>
  // CHECK: graph.arg_reduce max, %{{.*}} {axis = 1 : i64} : (tensor<*xf32>) -> tensor<*xi64>
  %first = graph.arg_reduce max, %any {axis = 1 : i64} : (tensor<*xf32>) -> tensor<*xi64>
  // CHECK: graph.top_k %{{.*}}, %{{.*}} {axis = 0 : i64, smallest}
  %order = graph.top_k %x, %k {axis = 0 : i64, smallest} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<?x3xi64>
  // CHECK: graph.cumulative prod, %{{.*}} {axis = 0 : i64, exclusive, reverse}
  %scan = graph.cumulative prod, %x {axis = 0 : i64, exclusive, reverse} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}
