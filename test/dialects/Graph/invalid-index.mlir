// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of each operation on indices, orders and scans,
// called after it.

func.func @range_c1(%x: tensor<i64>, %y: tensor<i32>) {
  // expected-error @+1 {{operand element types differ: 'tensor<i64>', 'tensor<i64>', 'tensor<i32>'}}
  %r = graph.range %x, %x, %y : (tensor<i64>, tensor<i64>, tensor<i32>) -> tensor<?xi64>
  return
}

// -----

func.func @range_c1_elements(%x: tensor<i64>, %y: tensor<2xi64>) {
  // expected-error @+1 {{operand of type 'tensor<2xi64>' is not one element}}
  %r = graph.range %x, %y, %x : (tensor<i64>, tensor<2xi64>, tensor<i64>) -> tensor<?xi64>
  return
}

// -----

func.func @range_c2(%x: tensor<i64>) {
  // expected-error @+1 {{result of type 'tensor<?xi32>' does not match the inferred type 'tensor<?xi64>'}}
  %r = graph.range %x, %x, %x : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi32>
  return
}

// -----

// 5, 2, -1: the limit is not reached.
func.func @range_c2_known() {
  %start = graph.constant dense<5> : tensor<i64>
  %limit = graph.constant dense<-4> : tensor<i64>
  %delta = graph.constant dense<-3> : tensor<i64>
  // expected-error @+1 {{result of type 'tensor<4xi64>' does not match the inferred type 'tensor<3xi64>'}}
  %r = graph.range %start, %limit, %delta : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<4xi64>
  return
}

// -----

func.func @gather_elements_c1(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.gather_elements %x, %i {axis = 2 : i64} : (tensor<2x3xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_elements_c2(%x: tensor<2x3xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{indices 'tensor<2xi64>' do not have the rank of input 'tensor<2x3xf32>'}}
  %y = graph.gather_elements %x, %i {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_elements_c2_result(%x: tensor<2x3xf32>, %i: tensor<2x5xi64>) {
  // expected-error @+1 {{result of type 'tensor<2x3xf32>' does not match the inferred type 'tensor<2x5xf32>'}}
  %y = graph.gather_elements %x, %i {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x5xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_elements_c3(%x: tensor<2x3xf32>, %i: tensor<3x3xi64>) {
  // expected-error @+1 {{indices 'tensor<3x3xi64>' exceed dimension 0 of input 'tensor<2x3xf32>'}}
  %y = graph.gather_elements %x, %i {axis = 1 : i64} : (tensor<2x3xf32>, tensor<3x3xi64>) -> tensor<3x3xf32>
  return
}

// -----

func.func @gather_elements_c4(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>) {
  // expected-error @+1 {{result of type 'tensor<2x3xi64>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.gather_elements %x, %i {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x3xi64>) -> tensor<2x3xi64>
  return
}

// -----

func.func @gather_nd_c1(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{batch_dims 2 does not fit input 'tensor<2x3xf32>' and indices 'tensor<2x1xi64>'}}
  %y = graph.gather_nd %x, %i {batch_dims = 2 : i64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_nd_c1_negative(%x: tensor<*xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{batch_dims -1 is negative}}
  %y = graph.gather_nd %x, %i {batch_dims = -1 : i64} : (tensor<*xf32>, tensor<2x1xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @gather_nd_c2(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>) {
  // expected-error @+1 {{batch dimension 0 differs: input 'tensor<2x3xf32>', indices 'tensor<4x1xi64>'}}
  %y = graph.gather_nd %x, %i {batch_dims = 1 : i64} : (tensor<2x3xf32>, tensor<4x1xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @gather_nd_c3(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>) {
  // expected-error @+1 {{tuples of 3 indices do not fit input 'tensor<2x3xf32>' with batch_dims 0}}
  %y = graph.gather_nd %x, %i {batch_dims = 0 : i64} : (tensor<2x3xf32>, tensor<4x3xi64>) -> tensor<4xf32>
  return
}

// -----

// A tuple's length that only the run tells leaves the rank open.
func.func @gather_nd_c3_unknown(%x: tensor<2x3xf32>, %i: tensor<4x?xi64>) {
  // expected-error @+1 {{result of type 'tensor<4xi32>' does not match the inferred type 'tensor<*xf32>'}}
  %y = graph.gather_nd %x, %i {batch_dims = 0 : i64} : (tensor<2x3xf32>, tensor<4x?xi64>) -> tensor<4xi32>
  return
}

// -----

func.func @gather_nd_c4(%x: tensor<2x3x5xf32>, %i: tensor<2x4x1xi64>) {
  // expected-error @+1 {{result of type 'tensor<2x4x3xf32>' does not match the inferred type 'tensor<2x4x5xf32>'}}
  %y = graph.gather_nd %x, %i {batch_dims = 1 : i64} : (tensor<2x3x5xf32>, tensor<2x4x1xi64>) -> tensor<2x4x3xf32>
  return
}

// -----

func.func @gather_nd_c5(%x: tensor<2x3xf32>, %i: tensor<4x2xi64>) {
  // expected-error @+1 {{result of type 'tensor<4xf64>' does not match the inferred type 'tensor<4xf32>'}}
  %y = graph.gather_nd %x, %i {batch_dims = 0 : i64} : (tensor<2x3xf32>, tensor<4x2xi64>) -> tensor<4xf64>
  return
}

// -----

func.func @scatter_elements_c1(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) {
  // expected-error @+1 {{axis -1 is outside rank 2}}
  %y = graph.scatter_elements replace, %x, %i, %u {axis = -1 : i64} : (tensor<2x3xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_elements_c2(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>, %u: tensor<2x2xf32>) {
  // expected-error @+1 {{updates 'tensor<2x2xf32>' do not have the shape 'tensor<2x3xf32>'}}
  %y = graph.scatter_elements replace, %x, %i, %u {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x3xi64>, tensor<2x2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_elements_c2_rank(%x: tensor<2x3xf32>, %i: tensor<3xi64>, %u: tensor<3xf32>) {
  // expected-error @+1 {{indices 'tensor<3xi64>' do not have the rank of input 'tensor<2x3xf32>'}}
  %y = graph.scatter_elements replace, %x, %i, %u {axis = 1 : i64} : (tensor<2x3xf32>, tensor<3xi64>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_elements_c3(%x: tensor<2x3xf32>, %i: tensor<3x3xi64>, %u: tensor<3x3xf32>) {
  // expected-error @+1 {{indices 'tensor<3x3xi64>' exceed dimension 0 of input 'tensor<2x3xf32>'}}
  %y = graph.scatter_elements replace, %x, %i, %u {axis = 1 : i64} : (tensor<2x3xf32>, tensor<3x3xi64>, tensor<3x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_elements_c4(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf64>) {
  // expected-error @+1 {{updates of type 'tensor<2x3xf64>' do not have the element type of input 'tensor<2x3xf32>'}}
  %y = graph.scatter_elements replace, %x, %i, %u {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x3xi64>, tensor<2x3xf64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_elements_c4_result(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x1xf32>) {
  // expected-error @+1 {{result of type 'tensor<2x1xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.scatter_elements replace, %x, %i, %u {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x1xi64>, tensor<2x1xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @scatter_elements_c5(%x: tensor<2xcomplex<f32>>, %i: tensor<2xi64>) {
  // expected-error @+1 {{kind add does not combine elements of type 'complex<f32>'}}
  %y = graph.scatter_elements add, %x, %i, %x {axis = 0 : i64} : (tensor<2xcomplex<f32>>, tensor<2xi64>, tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>>
  return
}

// -----

func.func @scatter_nd_c1(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{indices 'tensor<4x3xi64>' do not hold tuples of a known length for input 'tensor<2x3xf32>'}}
  %y = graph.scatter_nd replace, %x, %i, %u : (tensor<2x3xf32>, tensor<4x3xi64>, tensor<4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_nd_c1_unknown(%x: tensor<2x3xf32>, %i: tensor<4x?xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{indices 'tensor<4x?xi64>' do not hold tuples of a known length for input 'tensor<2x3xf32>'}}
  %y = graph.scatter_nd replace, %x, %i, %u : (tensor<2x3xf32>, tensor<4x?xi64>, tensor<4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_nd_c2(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>, %u: tensor<4x2xf32>) {
  // expected-error @+1 {{updates 'tensor<4x2xf32>' do not have the shape 'tensor<4x3xf32>'}}
  %y = graph.scatter_nd replace, %x, %i, %u : (tensor<2x3xf32>, tensor<4x1xi64>, tensor<4x2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_nd_c3(%x: tensor<2x3xf32>, %i: tensor<4x2xi64>, %u: tensor<4xi32>) {
  // expected-error @+1 {{updates of type 'tensor<4xi32>' do not have the element type of input 'tensor<2x3xf32>'}}
  %y = graph.scatter_nd replace, %x, %i, %u : (tensor<2x3xf32>, tensor<4x2xi64>, tensor<4xi32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_nd_c4(%x: tensor<2xcomplex<f32>>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{kind max does not combine elements of type 'complex<f32>'}}
  %y = graph.scatter_nd max, %x, %i, %x : (tensor<2xcomplex<f32>>, tensor<2x1xi64>, tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>>
  return
}

// -----

func.func @non_zero_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<3x?xi64>' does not match the inferred type 'tensor<2x?xi64>'}}
  %y = graph.non_zero %x : (tensor<2x3xf32>) -> tensor<3x?xi64>
  return
}

// -----

func.func @arg_reduce_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.arg_reduce max, %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @arg_reduce_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2xi64>' does not match the inferred type 'tensor<2x1xi64>'}}
  %y = graph.arg_reduce max, %x {axis = 1 : i64, keep_dims} : (tensor<2x3xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @arg_reduce_c3(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{op result #0 must be tensor of 64-bit signless integer values, but got 'tensor<2xi32>'}}
  %y = graph.arg_reduce max, %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xi32>
  return
}

// -----

func.func @arg_reduce_c4(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{kind sum is neither max nor min}}
  %y = graph.arg_reduce sum, %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @arg_reduce_c5(%x: tensor<2x0xf32>) {
  // expected-error @+1 {{dimension 1 of input 'tensor<2x0xf32>' is empty}}
  %y = graph.arg_reduce min, %x {axis = 1 : i64} : (tensor<2x0xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @top_k_c1(%x: tensor<2x3xf32>, %k: tensor<i64>) {
  // expected-error @+1 {{axis 3 is outside rank 2}}
  %y = graph.top_k %x, %k {axis = 3 : i64} : (tensor<2x3xf32>, tensor<i64>) -> tensor<2x?xi64>
  return
}

// -----

func.func @top_k_c2(%x: tensor<2x3xf32>) {
  %k = graph.constant dense<4> : tensor<i64>
  // expected-error @+1 {{k is 4, more than dimension 1 of input 'tensor<2x3xf32>'}}
  %y = graph.top_k %x, %k {axis = 1 : i64} : (tensor<2x3xf32>, tensor<i64>) -> tensor<2x4xi64>
  return
}

// -----

func.func @top_k_c2_elements(%x: tensor<2x3xf32>, %k: tensor<2xi64>) {
  // expected-error @+1 {{k of type 'tensor<2xi64>' is not one element}}
  %y = graph.top_k %x, %k {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x?xi64>
  return
}

// -----

func.func @top_k_c2_negative(%x: tensor<2x3xf32>) {
  %k = graph.constant dense<-1> : tensor<i64>
  // expected-error @+1 {{k is -1}}
  %y = graph.top_k %x, %k {axis = 1 : i64} : (tensor<2x3xf32>, tensor<i64>) -> tensor<2x?xi64>
  return
}

// -----

func.func @top_k_c3(%x: tensor<2x3xf32>) {
  %k = graph.constant dense<2> : tensor<1xi64>
  // expected-error @+1 {{result of type 'tensor<2x3xi64>' does not match the inferred type 'tensor<2x2xi64>'}}
  %y = graph.top_k %x, %k {axis = 1 : i64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x3xi64>
  return
}

// -----

func.func @cumulative_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.cumulative sum, %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @cumulative_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.cumulative sum, %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @cumulative_c3(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{kind mean has no scan}}
  %y = graph.cumulative mean, %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}
