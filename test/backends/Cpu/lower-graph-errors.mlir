// RUN: systole-opt --cpu-lower-graph --split-input-file --verify-diagnostics %s

// Elements that the backend has no registers for.
func.func @main(%x: tensor<2xf32>) -> tensor<2xcomplex<f32>> attributes {graph.entry} {
  // expected-error @+1 {{the CPU backend has no elements of type 'complex<f32>'; use --device=interpreter}}
  %c = graph.constant dense<(1.0, 2.0)> : tensor<2xcomplex<f32>>
  return %c : tensor<2xcomplex<f32>>
}

// -----

// A rank that depends on data.
func.func @main(%x: tensor<1x2xf32>, %c: tensor<i1>) -> tensor<*xf32> attributes {graph.entry} {
  // expected-error @+1 {{the rank of a result is not known before the program runs; bind the input shapes}}
  %y = graph.if %c : tensor<i1> -> (tensor<*xf32>) {
    %s = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x2xf32>) -> tensor<2xf32>
    graph.yield %s : tensor<2xf32>
  } else {
    graph.yield %x : tensor<1x2xf32>
  }
  return %y : tensor<*xf32>
}
