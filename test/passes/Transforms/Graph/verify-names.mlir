// RUN: systole-opt %s --graph-verify-names --split-input-file --verify-diagnostics

// A node's name.
func.func @node(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc("act"("Relu"))
  return %y : tensor<2xf32>
}

// -----

// A line of this file; constants need none.
func.func @line(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = graph.constant dense<1.0> : tensor<2xf32> loc(unknown)
  %y = graph.add %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32> loc(unknown)
}

// -----

// One of several that were merged.
func.func @fused(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc(fused[unknown, "act"("Relu")])
  return %y : tensor<2xf32>
}

// -----

// Nothing at all, at the top and inside a region.
func.func @lost(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @unknown {{'graph.relu' op has lost the name of its source node}}
  %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32> loc(unknown)
  %z = graph.group "elementwise" (%a = %y) : (tensor<2xf32>) -> (tensor<2xf32>) {
    // expected-error @unknown {{'graph.exp' op has lost the name of its source node}}
    %b = graph.exp %a : (tensor<2xf32>) -> tensor<2xf32> loc(unknown)
    graph.yield %b : tensor<2xf32>
  }
  return %z : tensor<2xf32>
}
