// Gives NaN for negative numbers, at the node called "logarithm".
func.func @main(%x: tensor<3xf32> {graph.name = "x"}) -> (tensor<3xf32> {graph.name = "y"})
    attributes {graph.entry} {
  %0 = graph.log %x : (tensor<3xf32>) -> tensor<3xf32> loc("logarithm"("Log"))
  %1 = graph.neg %0 : (tensor<3xf32>) -> tensor<3xf32> loc("minus"("Neg"))
  return %1 : tensor<3xf32>
}
